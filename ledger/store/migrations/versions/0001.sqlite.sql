CREATE TABLE access_log (
    seq INTEGER NOT NULL,
    read_wall INTEGER NOT NULL,
    participant INTEGER NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    CONSTRAINT pk_access_log PRIMARY KEY (seq)
);

CREATE INDEX ix_access_log_operation_seq ON access_log (operation, seq);

CREATE INDEX ix_access_log_participant_seq ON access_log (participant, seq);

CREATE TRIGGER access_log_keeps_update BEFORE UPDATE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log only grows'); END;

CREATE TRIGGER access_log_keeps_delete BEFORE DELETE ON access_log BEGIN SELECT RAISE(ABORT, 'access_log only grows'); END;

CREATE TABLE api_keys (
    id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    participant INTEGER NOT NULL,
    signer INTEGER NOT NULL,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_wall INTEGER NOT NULL,
    ends_wall INTEGER NOT NULL,
    revoked_wall INTEGER,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT uq_api_keys_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_api_keys_participant ON api_keys (participant);

CREATE TABLE blocks (
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    parent BLOB NOT NULL,
    second INTEGER NOT NULL,
    view_hash BLOB NOT NULL,
    CONSTRAINT pk_blocks PRIMARY KEY (number)
);

CREATE TABLE cursor (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    second INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    CONSTRAINT pk_cursor PRIMARY KEY (id),
    CONSTRAINT ck_cursor_one_row CHECK (id = 1)
);

CREATE TABLE errands (
    "key" TEXT NOT NULL,
    operation TEXT NOT NULL,
    asked_wall INTEGER NOT NULL,
    CONSTRAINT pk_errands PRIMARY KEY ("key")
);

CREATE INDEX ix_errands_operation ON errands (operation);

CREATE TABLE events (
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    block INTEGER NOT NULL,
    second INTEGER NOT NULL,
    digest BLOB,
    participants TEXT NOT NULL,
    data TEXT NOT NULL,
    payable INTEGER,
    CONSTRAINT pk_events PRIMARY KEY (seq)
);

CREATE INDEX ix_events_block ON events (block);

CREATE INDEX ix_events_digest ON events (digest) WHERE kind IN ('CommandExecuted', 'ItemRefused', 'StandingOfferUsed');

CREATE INDEX ix_events_payable_seq ON events (payable, seq) WHERE payable IS NOT NULL;

CREATE TABLE financing_refusals (
    request TEXT NOT NULL,
    participant INTEGER NOT NULL,
    reason TEXT NOT NULL,
    refused INTEGER NOT NULL,
    CONSTRAINT pk_financing_refusals PRIMARY KEY (request, participant)
);

CREATE TABLE financing_requests (
    id TEXT NOT NULL,
    participant INTEGER NOT NULL,
    asked TEXT NOT NULL,
    kinds TEXT NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    documents TEXT NOT NULL,
    until INTEGER NOT NULL,
    made INTEGER NOT NULL,
    made_wall INTEGER NOT NULL,
    withdrawn INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_financing_requests PRIMARY KEY (id)
);

CREATE INDEX ix_financing_requests_participant_id ON financing_requests (participant, id);

CREATE INDEX ix_financing_requests_until ON financing_requests (until);

CREATE TABLE first_answers (
    participant INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL,
    made_wall INTEGER NOT NULL,
    sealed BLOB,
    CONSTRAINT pk_first_answers PRIMARY KEY (participant, "key")
);

CREATE INDEX ix_first_answers_made_wall ON first_answers (made_wall);

CREATE TABLE import_approvals (
    import_id TEXT NOT NULL,
    signer INTEGER NOT NULL,
    approval BLOB NOT NULL,
    given_wall INTEGER NOT NULL,
    CONSTRAINT pk_import_approvals PRIMARY KEY (import_id, signer)
);

CREATE TABLE import_layouts (
    participant INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    updated_wall INTEGER NOT NULL,
    CONSTRAINT pk_import_layouts PRIMARY KEY (participant)
);

CREATE TABLE import_rows (
    import_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    line INTEGER NOT NULL,
    leaf TEXT NOT NULL,
    state TEXT NOT NULL,
    operation TEXT,
    payable INTEGER,
    refusal TEXT,
    CONSTRAINT pk_import_rows PRIMARY KEY (import_id, place)
);

CREATE INDEX ix_import_rows_import_id_state ON import_rows (import_id, state);

CREATE INDEX ix_import_rows_operation ON import_rows (operation);

CREATE TABLE imports (
    id TEXT NOT NULL,
    participant INTEGER NOT NULL,
    state TEXT NOT NULL,
    format TEXT NOT NULL,
    file_index BLOB NOT NULL,
    sealed_file BLOB NOT NULL,
    sealed_meta BLOB NOT NULL,
    sealed_report BLOB,
    payables INTEGER DEFAULT 0 NOT NULL,
    valid INTEGER DEFAULT 0 NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    errors INTEGER DEFAULT 0 NOT NULL,
    warnings INTEGER DEFAULT 0 NOT NULL,
    choice TEXT,
    command TEXT,
    digest BLOB,
    operation TEXT,
    issued INTEGER DEFAULT 0 NOT NULL,
    refused INTEGER DEFAULT 0 NOT NULL,
    refusal TEXT,
    deadline INTEGER,
    feed_seq INTEGER DEFAULT 0 NOT NULL,
    feed_epoch INTEGER DEFAULT 0 NOT NULL,
    made_wall INTEGER NOT NULL,
    updated_wall INTEGER NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT uq_imports_digest UNIQUE (digest)
);

CREATE INDEX ix_imports_participant_file_index ON imports (participant, file_index);

CREATE INDEX ix_imports_participant_id ON imports (participant, id);

CREATE INDEX ix_imports_state ON imports (state);

CREATE TABLE journal (
    number INTEGER NOT NULL,
    second INTEGER NOT NULL,
    raw BLOB NOT NULL,
    hash BLOB NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (number)
);

CREATE TABLE operations (
    id TEXT NOT NULL,
    digest BLOB,
    participant INTEGER NOT NULL,
    nonce BLOB,
    verb TEXT NOT NULL,
    desk TEXT NOT NULL,
    call BLOB NOT NULL,
    command TEXT NOT NULL,
    signed TEXT NOT NULL,
    state TEXT NOT NULL,
    refusal TEXT,
    deadline INTEGER NOT NULL,
    external_reference TEXT,
    reference_key TEXT,
    accepted_wall INTEGER NOT NULL,
    updated_wall INTEGER NOT NULL,
    block INTEGER,
    transaction_hash BLOB,
    tries INTEGER DEFAULT 0 NOT NULL,
    next_try_wall INTEGER DEFAULT 0 NOT NULL,
    payable INTEGER,
    CONSTRAINT pk_operations PRIMARY KEY (id),
    CONSTRAINT uq_operations_digest UNIQUE (digest)
);

CREATE INDEX ix_operations_block ON operations (block);

CREATE INDEX ix_operations_participant_id ON operations (participant, id);

CREATE INDEX ix_operations_participant_nonce ON operations (participant, nonce);

CREATE INDEX ix_operations_payable ON operations (payable) WHERE payable IS NOT NULL;

CREATE INDEX ix_operations_proposals ON operations (verb) WHERE verb IN ('proposeRecovery', 'proposeVersion');

CREATE INDEX ix_operations_reference_key_participant_id ON operations (reference_key, participant, id);

CREATE INDEX ix_operations_state_next_try_wall_id ON operations (state, next_try_wall, id);

CREATE TABLE quotes (
    id TEXT NOT NULL,
    digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    giver INTEGER NOT NULL,
    taker INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    deadline INTEGER NOT NULL,
    signed TEXT NOT NULL,
    given INTEGER NOT NULL,
    given_wall INTEGER NOT NULL,
    CONSTRAINT pk_quotes PRIMARY KEY (id),
    CONSTRAINT uq_quotes_digest UNIQUE (digest)
);

CREATE INDEX ix_quotes_giver_id ON quotes (giver, id);

CREATE INDEX ix_quotes_giver_nonce ON quotes (giver, nonce);

CREATE INDEX ix_quotes_request ON quotes (request);

CREATE INDEX ix_quotes_taker_id ON quotes (taker, id);

CREATE TABLE r_access (
    seq INTEGER NOT NULL,
    reader INTEGER NOT NULL,
    actor TEXT NOT NULL,
    purpose TEXT NOT NULL,
    what TEXT NOT NULL,
    subjects TEXT NOT NULL,
    read_wall INTEGER NOT NULL,
    link BLOB NOT NULL,
    CONSTRAINT pk_r_access PRIMARY KEY (seq)
);

CREATE INDEX ix_r_access_reader_seq ON r_access (reader, seq);

CREATE TRIGGER r_access_keeps_update BEFORE UPDATE ON r_access BEGIN SELECT RAISE(ABORT, 'r_access only grows'); END;

CREATE TRIGGER r_access_keeps_delete BEFORE DELETE ON r_access BEGIN SELECT RAISE(ABORT, 'r_access only grows'); END;

CREATE TABLE r_keys (
    owner INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    made_wall INTEGER NOT NULL,
    CONSTRAINT pk_r_keys PRIMARY KEY (owner, purpose)
);

CREATE TABLE r_memos (
    commitment BLOB NOT NULL,
    owner INTEGER NOT NULL,
    kind TEXT NOT NULL,
    sealed BLOB NOT NULL,
    made_wall INTEGER NOT NULL,
    CONSTRAINT pk_r_memos PRIMARY KEY (commitment)
);

CREATE TABLE r_names (
    participant INTEGER NOT NULL,
    name_index BLOB NOT NULL,
    CONSTRAINT pk_r_names PRIMARY KEY (participant, name_index)
);

CREATE INDEX ix_r_names_name_index ON r_names (name_index);

CREATE TABLE r_profiles (
    participant INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    uscc_index BLOB,
    lei_index BLOB,
    group_index BLOB,
    updated_wall INTEGER NOT NULL,
    CONSTRAINT pk_r_profiles PRIMARY KEY (participant),
    CONSTRAINT uq_r_profiles_uscc_index UNIQUE (uscc_index),
    CONSTRAINT uq_r_profiles_lei_index UNIQUE (lei_index)
);

CREATE INDEX ix_r_profiles_group_index ON r_profiles (group_index);

CREATE TABLE r_references (
    owner INTEGER NOT NULL,
    reference_index BLOB NOT NULL,
    sealed BLOB NOT NULL,
    source TEXT NOT NULL,
    payable INTEGER,
    made_wall INTEGER NOT NULL,
    CONSTRAINT pk_r_references PRIMARY KEY (owner, reference_index)
);

CREATE INDEX ix_r_references_owner_source ON r_references (owner, source);

CREATE INDEX ix_r_references_payable ON r_references (payable);

CREATE TABLE reminders (
    payable INTEGER NOT NULL,
    stage TEXT NOT NULL,
    block INTEGER NOT NULL,
    CONSTRAINT pk_reminders PRIMARY KEY (payable, stage)
);

CREATE TABLE sessions (
    id TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    participant INTEGER NOT NULL,
    signer INTEGER NOT NULL,
    begun_wall INTEGER NOT NULL,
    ends_wall INTEGER NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT uq_sessions_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_sessions_ends_wall ON sessions (ends_wall);

CREATE TABLE settings (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY ("key")
);

CREATE TABLE settlement_items (
    voucher INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    operation TEXT NOT NULL,
    tries INTEGER NOT NULL,
    CONSTRAINT pk_settlement_items PRIMARY KEY (voucher, payments)
);

CREATE INDEX ix_settlement_items_operation ON settlement_items (operation);

CREATE TABLE settlement_payouts (
    payout INTEGER NOT NULL,
    payable INTEGER NOT NULL,
    first_payment INTEGER NOT NULL,
    block INTEGER NOT NULL,
    CONSTRAINT pk_settlement_payouts PRIMARY KEY (payout)
);

CREATE INDEX ix_settlement_payouts_payable_first_payment ON settlement_payouts (payable, first_payment);

CREATE TABLE settlement_runs (
    payable INTEGER NOT NULL,
    first_payment INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    state TEXT NOT NULL,
    expected INTEGER NOT NULL,
    received INTEGER NOT NULL,
    distributed INTEGER NOT NULL,
    left_amount INTEGER NOT NULL,
    vouchers_done INTEGER NOT NULL,
    vouchers_left INTEGER NOT NULL,
    vouchers_frozen INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    ended INTEGER,
    block INTEGER NOT NULL,
    CONSTRAINT pk_settlement_runs PRIMARY KEY (payable, first_payment)
);

CREATE INDEX ix_settlement_runs_state ON settlement_runs (state);

CREATE TABLE transactions (
    id INTEGER NOT NULL,
    key_address TEXT NOT NULL,
    nonce INTEGER NOT NULL,
    raw BLOB NOT NULL,
    hash BLOB NOT NULL,
    gas INTEGER NOT NULL,
    state TEXT NOT NULL,
    block INTEGER,
    made_wall INTEGER NOT NULL,
    CONSTRAINT pk_transactions PRIMARY KEY (id),
    CONSTRAINT uq_transactions_key_address_nonce UNIQUE (key_address, nonce),
    CONSTRAINT uq_transactions_hash UNIQUE (hash)
);

CREATE INDEX ix_transactions_block ON transactions (block);

CREATE INDEX ix_transactions_key_address_state_nonce ON transactions (key_address, state, nonce);

CREATE TABLE used_challenges (
    challenge BLOB NOT NULL,
    ends_wall INTEGER NOT NULL,
    CONSTRAINT pk_used_challenges PRIMARY KEY (challenge)
);

CREATE INDEX ix_used_challenges_ends_wall ON used_challenges (ends_wall);

CREATE TABLE v_accounts (
    payable INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    last_day INTEGER NOT NULL,
    carried INTEGER NOT NULL,
    unapplied INTEGER NOT NULL,
    unapplied_day INTEGER NOT NULL,
    CONSTRAINT pk_v_accounts PRIMARY KEY (payable)
);

CREATE TABLE v_batches (
    digest BLOB NOT NULL,
    obligor INTEGER NOT NULL,
    root BLOB NOT NULL,
    count INTEGER NOT NULL,
    "left" INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    is_void BOOLEAN NOT NULL,
    CONSTRAINT pk_v_batches PRIMARY KEY (digest)
)
 WITHOUT ROWID;

CREATE INDEX ix_v_batches_obligor_digest ON v_batches (obligor, digest);

CREATE TABLE v_cost_shares (
    offer BLOB NOT NULL,
    spent INTEGER NOT NULL,
    CONSTRAINT pk_v_cost_shares PRIMARY KEY (offer)
)
 WITHOUT ROWID;

CREATE TABLE v_demands (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    buyer INTEGER NOT NULL,
    seller INTEGER NOT NULL,
    price INTEGER NOT NULL,
    day INTEGER NOT NULL,
    CONSTRAINT pk_v_demands PRIMARY KEY (place)
);

CREATE TABLE v_deposits (
    bank INTEGER NOT NULL,
    owner INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_v_deposits PRIMARY KEY (bank, owner)
)
 WITHOUT ROWID;

CREATE TABLE v_desks (
    desk TEXT NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_v_desks PRIMARY KEY (desk)
)
 WITHOUT ROWID;

CREATE TABLE v_executed (
    place INTEGER NOT NULL,
    digest BLOB NOT NULL,
    participant INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    second INTEGER NOT NULL,
    "transaction" BLOB NOT NULL,
    CONSTRAINT pk_v_executed PRIMARY KEY (place)
);

CREATE INDEX ix_v_executed_digest ON v_executed (digest);

CREATE TABLE v_exposures (
    obligor INTEGER NOT NULL,
    "limit" INTEGER NOT NULL,
    outstanding INTEGER NOT NULL,
    unpaid TEXT NOT NULL,
    CONSTRAINT pk_v_exposures PRIMARY KEY (obligor)
);

CREATE TABLE v_freezes (
    payable INTEGER NOT NULL,
    number INTEGER NOT NULL,
    regulator INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    case_commitment BLOB NOT NULL,
    review_day INTEGER NOT NULL,
    is_lifted BOOLEAN NOT NULL,
    CONSTRAINT pk_v_freezes PRIMARY KEY (payable, number)
)
 WITHOUT ROWID;

CREATE TABLE v_holds (
    bank INTEGER NOT NULL,
    desk TEXT NOT NULL,
    payable INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_v_holds PRIMARY KEY (bank, desk, payable)
)
 WITHOUT ROWID;

CREATE TABLE v_holidays (
    first_day INTEGER NOT NULL,
    holidays BLOB NOT NULL,
    CONSTRAINT pk_v_holidays PRIMARY KEY (first_day)
);

CREATE TABLE v_hops (
    payable INTEGER NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    giver INTEGER NOT NULL,
    taker INTEGER NOT NULL,
    second INTEGER NOT NULL,
    evidence BLOB NOT NULL,
    digest BLOB NOT NULL,
    price INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    is_with_recourse BOOLEAN NOT NULL,
    loan INTEGER NOT NULL,
    CONSTRAINT pk_v_hops PRIMARY KEY (payable, place)
)
 WITHOUT ROWID;

CREATE TABLE v_invoices (
    fingerprint BLOB NOT NULL,
    total INTEGER NOT NULL,
    used INTEGER NOT NULL,
    uses TEXT NOT NULL,
    CONSTRAINT pk_v_invoices PRIMARY KEY (fingerprint)
)
 WITHOUT ROWID;

CREATE TABLE v_issued (
    bank INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_v_issued PRIMARY KEY (bank)
);

CREATE TABLE v_limits (
    bank INTEGER NOT NULL,
    obligor INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    CONSTRAINT pk_v_limits PRIMARY KEY (bank, obligor)
)
 WITHOUT ROWID;

CREATE TABLE v_loan_on (
    voucher INTEGER NOT NULL,
    loan INTEGER NOT NULL,
    CONSTRAINT pk_v_loan_on PRIMARY KEY (voucher)
);

CREATE TABLE v_loans (
    id INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    borrower INTEGER NOT NULL,
    lender INTEGER NOT NULL,
    principal INTEGER NOT NULL,
    interest_left INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    ltv INTEGER NOT NULL,
    due INTEGER NOT NULL,
    interest_from INTEGER NOT NULL,
    advance INTEGER NOT NULL,
    advanced_day INTEGER NOT NULL,
    registration BLOB NOT NULL,
    principal_paid INTEGER NOT NULL,
    interest_paid INTEGER NOT NULL,
    released TEXT NOT NULL,
    CONSTRAINT pk_v_loans PRIMARY KEY (id)
);

CREATE INDEX ix_v_loans_borrower_id ON v_loans (borrower, id);

CREATE INDEX ix_v_loans_lender_id ON v_loans (lender, id);

CREATE INDEX ix_v_loans_voucher_id ON v_loans (voucher, id);

CREATE TABLE v_movements (
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    bank INTEGER NOT NULL,
    giver INTEGER NOT NULL,
    taker INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    second INTEGER NOT NULL,
    payable INTEGER NOT NULL,
    purpose BLOB NOT NULL,
    CONSTRAINT pk_v_movements PRIMARY KEY (place)
);

CREATE INDEX ix_v_movements_giver_place ON v_movements (giver, place);

CREATE INDEX ix_v_movements_payable_place ON v_movements (payable, place);

CREATE INDEX ix_v_movements_taker_place ON v_movements (taker, place);

CREATE TABLE v_nonces (
    participant INTEGER NOT NULL,
    nonce BLOB NOT NULL,
    CONSTRAINT pk_v_nonces PRIMARY KEY (participant, nonce)
)
 WITHOUT ROWID;

CREATE TABLE v_offers (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    giver INTEGER NOT NULL,
    taker INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,
    evidence BLOB NOT NULL,
    digest BLOB NOT NULL,
    state TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    reason BLOB NOT NULL,
    CONSTRAINT pk_v_offers PRIMARY KEY (place)
);

CREATE INDEX ix_v_offers_giver_place ON v_offers (giver, place);

CREATE INDEX ix_v_offers_taker_place ON v_offers (taker, place);

CREATE INDEX ix_v_offers_voucher_place ON v_offers (voucher, place);

CREATE TABLE v_open_offers (
    voucher INTEGER NOT NULL,
    place INTEGER NOT NULL,
    CONSTRAINT pk_v_open_offers PRIMARY KEY (voucher)
);

CREATE TABLE v_participant_freezes (
    participant INTEGER NOT NULL,
    case_commitment BLOB NOT NULL,
    regulator INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    review_day INTEGER NOT NULL,
    CONSTRAINT pk_v_participant_freezes PRIMARY KEY (participant, case_commitment)
)
 WITHOUT ROWID;

CREATE TABLE v_participants (
    id INTEGER NOT NULL,
    roles INTEGER NOT NULL,
    identity BLOB NOT NULL,
    recovery_bank INTEGER NOT NULL,
    threshold_low INTEGER NOT NULL,
    threshold_high INTEGER NOT NULL,
    high_from INTEGER NOT NULL,
    signers INTEGER NOT NULL,
    first_signer INTEGER NOT NULL,
    is_suspended BOOLEAN NOT NULL,
    is_frozen BOOLEAN NOT NULL,
    frozen_at INTEGER NOT NULL,
    committed INTEGER NOT NULL,
    committed_day INTEGER NOT NULL,
    CONSTRAINT pk_v_participants PRIMARY KEY (id)
);

CREATE TABLE v_payables (
    id INTEGER NOT NULL,
    obligor INTEGER NOT NULL,
    offeree INTEGER NOT NULL,
    bank INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,
    face INTEGER NOT NULL,
    maturity INTEGER NOT NULL,
    due INTEGER NOT NULL,
    rules INTEGER NOT NULL,
    invoices INTEGER NOT NULL,
    evidence BLOB NOT NULL,
    digest BLOB NOT NULL,
    state INTEGER NOT NULL,
    freezes INTEGER NOT NULL,
    live INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    redeemed INTEGER NOT NULL,
    cancelled INTEGER NOT NULL,
    pieces INTEGER NOT NULL,
    serials INTEGER NOT NULL,
    redemptions INTEGER NOT NULL,
    CONSTRAINT pk_v_payables PRIMARY KEY (id)
);

CREATE INDEX ix_v_payables_bank_id ON v_payables (bank, id);

CREATE INDEX ix_v_payables_digest_id ON v_payables (digest, id);

CREATE INDEX ix_v_payables_maturity_id ON v_payables (maturity, id);

CREATE INDEX ix_v_payables_obligor_id ON v_payables (obligor, id);

CREATE INDEX ix_v_payables_offeree_id ON v_payables (offeree, id);

CREATE TABLE v_payments (
    payable INTEGER NOT NULL,
    place INTEGER NOT NULL,
    number INTEGER NOT NULL,
    interest INTEGER NOT NULL,
    principal INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    day INTEGER NOT NULL,
    on_bank_rail BOOLEAN NOT NULL,
    CONSTRAINT pk_v_payments PRIMARY KEY (payable, place)
)
 WITHOUT ROWID;

CREATE TABLE v_payouts (
    number INTEGER NOT NULL,
    bank INTEGER NOT NULL,
    payee INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    state TEXT NOT NULL,
    returns INTEGER NOT NULL,
    CONSTRAINT pk_v_payouts PRIMARY KEY (number)
);

CREATE INDEX ix_v_payouts_bank_number ON v_payouts (bank, number);

CREATE INDEX ix_v_payouts_payee_number ON v_payouts (payee, number);

CREATE INDEX ix_v_payouts_voucher_number ON v_payouts (voucher, number);

CREATE TABLE v_recourse (
    recourse INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    seller INTEGER NOT NULL,
    buyer INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    price INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    registration BLOB NOT NULL,
    second INTEGER NOT NULL,
    cost_borne INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    CONSTRAINT pk_v_recourse PRIMARY KEY (recourse)
);

CREATE TABLE v_recoveries (
    participant INTEGER NOT NULL,
    digest BLOB NOT NULL,
    effective INTEGER NOT NULL,
    CONSTRAINT pk_v_recoveries PRIMARY KEY (participant)
);

CREATE TABLE v_redemptions (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    price INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    second INTEGER NOT NULL,
    CONSTRAINT pk_v_redemptions PRIMARY KEY (place)
);

CREATE TABLE v_refused (
    place INTEGER NOT NULL,
    digest BLOB NOT NULL,
    reason BLOB NOT NULL,
    second INTEGER NOT NULL,
    "transaction" BLOB NOT NULL,
    CONSTRAINT pk_v_refused PRIMARY KEY (place)
);

CREATE INDEX ix_v_refused_digest ON v_refused (digest);

CREATE TABLE v_rules (
    number INTEGER NOT NULL,
    rules TEXT NOT NULL,
    CONSTRAINT pk_v_rules PRIMARY KEY (number)
);

CREATE TABLE v_sales (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    seller INTEGER NOT NULL,
    buyer INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    price INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    registration BLOB NOT NULL,
    second INTEGER NOT NULL,
    cost_borne INTEGER NOT NULL,
    recourse INTEGER NOT NULL,
    previous INTEGER NOT NULL,
    CONSTRAINT pk_v_sales PRIMARY KEY (place)
);

CREATE INDEX ix_v_sales_voucher_place ON v_sales (voucher, place);

CREATE TABLE v_settlements (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    lender INTEGER NOT NULL,
    payments INTEGER NOT NULL,
    to_holder INTEGER NOT NULL,
    to_lender INTEGER NOT NULL,
    second INTEGER NOT NULL,
    CONSTRAINT pk_v_settlements PRIMARY KEY (place)
);

CREATE INDEX ix_v_settlements_holder_place ON v_settlements (holder, place);

CREATE INDEX ix_v_settlements_lender_place ON v_settlements (lender, place);

CREATE INDEX ix_v_settlements_voucher_place ON v_settlements (voucher, place);

CREATE TABLE v_signers (
    participant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    "key" BLOB NOT NULL,
    duty INTEGER NOT NULL,
    expiry INTEGER NOT NULL,
    certificate BLOB NOT NULL,
    is_revoked BOOLEAN NOT NULL,
    CONSTRAINT pk_v_signers PRIMARY KEY (participant, number)
)
 WITHOUT ROWID;

CREATE TABLE v_standing (
    id INTEGER NOT NULL,
    standing TEXT NOT NULL,
    CONSTRAINT pk_v_standing PRIMARY KEY (id),
    CONSTRAINT ck_v_standing_one_row CHECK (id = 1)
);

CREATE TABLE v_turn_backs (
    place INTEGER NOT NULL,
    voucher INTEGER NOT NULL,
    buyer INTEGER NOT NULL,
    seller INTEGER NOT NULL,
    price INTEGER NOT NULL,
    second INTEGER NOT NULL,
    CONSTRAINT pk_v_turn_backs PRIMARY KEY (place)
);

CREATE TABLE v_verifiers (
    verifier TEXT NOT NULL,
    kind INTEGER NOT NULL,
    CONSTRAINT pk_v_verifiers PRIMARY KEY (verifier)
)
 WITHOUT ROWID;

CREATE TABLE v_vouchers (
    id INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    holder INTEGER NOT NULL,
    counterparty INTEGER NOT NULL,
    offered_at INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    state INTEGER NOT NULL,
    recourse INTEGER NOT NULL,
    is_cost_shared BOOLEAN NOT NULL,
    parents TEXT NOT NULL,
    CONSTRAINT pk_v_vouchers PRIMARY KEY (id)
);

CREATE INDEX ix_v_vouchers_counterparty_id ON v_vouchers (counterparty, id);

CREATE INDEX ix_v_vouchers_holder_id ON v_vouchers (holder, id);

CREATE TABLE webhook_attempts (
    delivery TEXT NOT NULL,
    number INTEGER NOT NULL,
    begun_wall INTEGER NOT NULL,
    milliseconds INTEGER NOT NULL,
    status INTEGER,
    problem TEXT,
    CONSTRAINT pk_webhook_attempts PRIMARY KEY (delivery, number)
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    seq INTEGER,
    state TEXT NOT NULL,
    tries INTEGER DEFAULT 0 NOT NULL,
    next_try_wall INTEGER NOT NULL,
    made_wall INTEGER NOT NULL,
    ended_wall INTEGER,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_webhook_deliveries_endpoint_seq UNIQUE (endpoint, seq)
);

CREATE INDEX ix_webhook_deliveries_ended_wall ON webhook_deliveries (ended_wall);

CREATE INDEX ix_webhook_deliveries_endpoint_state_next_try_wall ON webhook_deliveries (endpoint, state, next_try_wall);

CREATE INDEX ix_webhook_deliveries_state_next_try_wall ON webhook_deliveries (state, next_try_wall);

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL,
    participant INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    label TEXT NOT NULL,
    kinds TEXT NOT NULL,
    state TEXT NOT NULL,
    failures INTEGER DEFAULT 0 NOT NULL,
    rests_until_wall INTEGER DEFAULT 0 NOT NULL,
    made_wall INTEGER NOT NULL,
    updated_wall INTEGER NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id)
);

CREATE INDEX ix_webhook_endpoints_participant_id ON webhook_endpoints (participant, id);

CREATE TABLE transaction_items (
    transaction_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    CONSTRAINT pk_transaction_items PRIMARY KEY (transaction_id, place),
    CONSTRAINT fk_transaction_items_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT fk_transaction_items_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);

CREATE INDEX ix_transaction_items_operation_id ON transaction_items (operation_id);
