CREATE TABLE access_log (
    seq BIGSERIAL NOT NULL,
    read_wall BIGINT NOT NULL,
    participant BIGINT NOT NULL,
    actor TEXT NOT NULL,
    operation TEXT NOT NULL,
    subject TEXT NOT NULL,
    purpose TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    CONSTRAINT pk_access_log PRIMARY KEY (seq)
);

CREATE INDEX ix_access_log_operation_seq ON access_log (operation, seq);

CREATE INDEX ix_access_log_participant_seq ON access_log (participant, seq);

CREATE FUNCTION access_log_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'access_log only grows'; END $$;

CREATE TRIGGER access_log_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log FOR EACH STATEMENT EXECUTE FUNCTION access_log_keeps();

CREATE TABLE api_keys (
    id TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    participant BIGINT NOT NULL,
    signer BIGINT NOT NULL,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_wall BIGINT NOT NULL,
    ends_wall BIGINT NOT NULL,
    revoked_wall BIGINT,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT uq_api_keys_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_api_keys_participant ON api_keys (participant);

CREATE TABLE blocks (
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    parent BYTEA NOT NULL,
    second BIGINT NOT NULL,
    view_hash BYTEA NOT NULL,
    CONSTRAINT pk_blocks PRIMARY KEY (number)
);

CREATE TABLE cursor (
    id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    second BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    CONSTRAINT pk_cursor PRIMARY KEY (id),
    CONSTRAINT ck_cursor_one_row CHECK (id = 1)
);

CREATE TABLE errands (
    key TEXT NOT NULL,
    operation TEXT NOT NULL,
    asked_wall BIGINT NOT NULL,
    CONSTRAINT pk_errands PRIMARY KEY (key)
);

CREATE INDEX ix_errands_operation ON errands (operation);

CREATE TABLE events (
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    block BIGINT NOT NULL,
    second BIGINT NOT NULL,
    digest BYTEA,
    participants TEXT NOT NULL,
    data TEXT NOT NULL,
    payable BIGINT,
    CONSTRAINT pk_events PRIMARY KEY (seq)
);

CREATE INDEX ix_events_block ON events (block);

CREATE INDEX ix_events_digest ON events (digest) WHERE kind IN ('CommandExecuted', 'ItemRefused', 'StandingOfferUsed');

CREATE INDEX ix_events_payable_seq ON events (payable, seq) WHERE payable IS NOT NULL;

CREATE TABLE financing_refusals (
    request TEXT NOT NULL,
    participant BIGINT NOT NULL,
    reason TEXT NOT NULL,
    refused BIGINT NOT NULL,
    CONSTRAINT pk_financing_refusals PRIMARY KEY (request, participant)
);

CREATE TABLE financing_requests (
    id TEXT NOT NULL,
    participant BIGINT NOT NULL,
    asked TEXT NOT NULL,
    kinds TEXT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    documents TEXT NOT NULL,
    until BIGINT NOT NULL,
    made BIGINT NOT NULL,
    made_wall BIGINT NOT NULL,
    withdrawn BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_financing_requests PRIMARY KEY (id)
);

CREATE INDEX ix_financing_requests_participant_id ON financing_requests (participant, id);

CREATE INDEX ix_financing_requests_until ON financing_requests (until);

CREATE TABLE first_answers (
    participant BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL,
    made_wall BIGINT NOT NULL,
    sealed BYTEA,
    CONSTRAINT pk_first_answers PRIMARY KEY (participant, key)
);

CREATE INDEX ix_first_answers_made_wall ON first_answers (made_wall);

CREATE TABLE import_approvals (
    import_id TEXT NOT NULL,
    signer BIGINT NOT NULL,
    approval BYTEA NOT NULL,
    given_wall BIGINT NOT NULL,
    CONSTRAINT pk_import_approvals PRIMARY KEY (import_id, signer)
);

CREATE TABLE import_layouts (
    participant BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    updated_wall BIGINT NOT NULL,
    CONSTRAINT pk_import_layouts PRIMARY KEY (participant)
);

CREATE TABLE import_rows (
    import_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    line BIGINT NOT NULL,
    leaf TEXT NOT NULL,
    state TEXT NOT NULL,
    operation TEXT,
    payable BIGINT,
    refusal TEXT,
    CONSTRAINT pk_import_rows PRIMARY KEY (import_id, place)
);

CREATE INDEX ix_import_rows_import_id_state ON import_rows (import_id, state);

CREATE INDEX ix_import_rows_operation ON import_rows (operation);

CREATE TABLE imports (
    id TEXT NOT NULL,
    participant BIGINT NOT NULL,
    state TEXT NOT NULL,
    format TEXT NOT NULL,
    file_index BYTEA NOT NULL,
    sealed_file BYTEA NOT NULL,
    sealed_meta BYTEA NOT NULL,
    sealed_report BYTEA,
    payables BIGINT DEFAULT 0 NOT NULL,
    valid BIGINT DEFAULT 0 NOT NULL,
    total BIGINT DEFAULT 0 NOT NULL,
    errors BIGINT DEFAULT 0 NOT NULL,
    warnings BIGINT DEFAULT 0 NOT NULL,
    choice TEXT,
    command TEXT,
    digest BYTEA,
    operation TEXT,
    issued BIGINT DEFAULT 0 NOT NULL,
    refused BIGINT DEFAULT 0 NOT NULL,
    refusal TEXT,
    deadline BIGINT,
    feed_seq BIGINT DEFAULT 0 NOT NULL,
    feed_epoch BIGINT DEFAULT 0 NOT NULL,
    made_wall BIGINT NOT NULL,
    updated_wall BIGINT NOT NULL,
    CONSTRAINT pk_imports PRIMARY KEY (id),
    CONSTRAINT uq_imports_digest UNIQUE (digest)
);

CREATE INDEX ix_imports_participant_file_index ON imports (participant, file_index);

CREATE INDEX ix_imports_participant_id ON imports (participant, id);

CREATE INDEX ix_imports_state ON imports (state);

CREATE TABLE journal (
    number BIGINT NOT NULL,
    second BIGINT NOT NULL,
    raw BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (number)
);

CREATE TABLE operations (
    id TEXT NOT NULL,
    digest BYTEA,
    participant BIGINT NOT NULL,
    nonce BYTEA,
    verb TEXT NOT NULL,
    desk TEXT NOT NULL,
    call BYTEA NOT NULL,
    command TEXT NOT NULL,
    signed TEXT NOT NULL,
    state TEXT NOT NULL,
    refusal TEXT,
    deadline BIGINT NOT NULL,
    external_reference TEXT,
    reference_key TEXT,
    accepted_wall BIGINT NOT NULL,
    updated_wall BIGINT NOT NULL,
    block BIGINT,
    transaction_hash BYTEA,
    tries BIGINT DEFAULT 0 NOT NULL,
    next_try_wall BIGINT DEFAULT 0 NOT NULL,
    payable BIGINT,
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
    digest BYTEA NOT NULL,
    kind TEXT NOT NULL,
    request TEXT NOT NULL,
    giver BIGINT NOT NULL,
    taker BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    deadline BIGINT NOT NULL,
    signed TEXT NOT NULL,
    given BIGINT NOT NULL,
    given_wall BIGINT NOT NULL,
    CONSTRAINT pk_quotes PRIMARY KEY (id),
    CONSTRAINT uq_quotes_digest UNIQUE (digest)
);

CREATE INDEX ix_quotes_giver_id ON quotes (giver, id);

CREATE INDEX ix_quotes_giver_nonce ON quotes (giver, nonce);

CREATE INDEX ix_quotes_request ON quotes (request);

CREATE INDEX ix_quotes_taker_id ON quotes (taker, id);

CREATE TABLE r_access (
    seq BIGINT NOT NULL,
    reader BIGINT NOT NULL,
    actor TEXT NOT NULL,
    purpose TEXT NOT NULL,
    what TEXT NOT NULL,
    subjects TEXT NOT NULL,
    read_wall BIGINT NOT NULL,
    link BYTEA NOT NULL,
    CONSTRAINT pk_r_access PRIMARY KEY (seq)
);

CREATE INDEX ix_r_access_reader_seq ON r_access (reader, seq);

CREATE FUNCTION r_access_keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'r_access only grows'; END $$;

CREATE TRIGGER r_access_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON r_access FOR EACH STATEMENT EXECUTE FUNCTION r_access_keeps();

CREATE TABLE r_keys (
    owner BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    made_wall BIGINT NOT NULL,
    CONSTRAINT pk_r_keys PRIMARY KEY (owner, purpose)
);

CREATE TABLE r_memos (
    commitment BYTEA NOT NULL,
    owner BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    made_wall BIGINT NOT NULL,
    CONSTRAINT pk_r_memos PRIMARY KEY (commitment)
);

CREATE TABLE r_names (
    participant BIGINT NOT NULL,
    name_index BYTEA NOT NULL,
    CONSTRAINT pk_r_names PRIMARY KEY (participant, name_index)
);

CREATE INDEX ix_r_names_name_index ON r_names (name_index);

CREATE TABLE r_profiles (
    participant BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    uscc_index BYTEA,
    lei_index BYTEA,
    group_index BYTEA,
    updated_wall BIGINT NOT NULL,
    CONSTRAINT pk_r_profiles PRIMARY KEY (participant),
    CONSTRAINT uq_r_profiles_uscc_index UNIQUE (uscc_index),
    CONSTRAINT uq_r_profiles_lei_index UNIQUE (lei_index)
);

CREATE INDEX ix_r_profiles_group_index ON r_profiles (group_index);

CREATE TABLE r_references (
    owner BIGINT NOT NULL,
    reference_index BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    source TEXT NOT NULL,
    payable BIGINT,
    made_wall BIGINT NOT NULL,
    CONSTRAINT pk_r_references PRIMARY KEY (owner, reference_index)
);

CREATE INDEX ix_r_references_owner_source ON r_references (owner, source);

CREATE INDEX ix_r_references_payable ON r_references (payable);

CREATE TABLE reminders (
    payable BIGINT NOT NULL,
    stage TEXT NOT NULL,
    block BIGINT NOT NULL,
    CONSTRAINT pk_reminders PRIMARY KEY (payable, stage)
);

CREATE TABLE sessions (
    id TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,
    participant BIGINT NOT NULL,
    signer BIGINT NOT NULL,
    begun_wall BIGINT NOT NULL,
    ends_wall BIGINT NOT NULL,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT uq_sessions_secret_hash UNIQUE (secret_hash)
);

CREATE INDEX ix_sessions_ends_wall ON sessions (ends_wall);

CREATE TABLE settings (
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_settings PRIMARY KEY (key)
);

CREATE TABLE settlement_items (
    voucher BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    operation TEXT NOT NULL,
    tries BIGINT NOT NULL,
    CONSTRAINT pk_settlement_items PRIMARY KEY (voucher, payments)
);

CREATE INDEX ix_settlement_items_operation ON settlement_items (operation);

CREATE TABLE settlement_payouts (
    payout BIGINT NOT NULL,
    payable BIGINT NOT NULL,
    first_payment BIGINT NOT NULL,
    block BIGINT NOT NULL,
    CONSTRAINT pk_settlement_payouts PRIMARY KEY (payout)
);

CREATE INDEX ix_settlement_payouts_payable_first_payment ON settlement_payouts (payable, first_payment);

CREATE TABLE settlement_runs (
    payable BIGINT NOT NULL,
    first_payment BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    state TEXT NOT NULL,
    expected BIGINT NOT NULL,
    received BIGINT NOT NULL,
    distributed BIGINT NOT NULL,
    left_amount BIGINT NOT NULL,
    vouchers_done BIGINT NOT NULL,
    vouchers_left BIGINT NOT NULL,
    vouchers_frozen BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    ended BIGINT,
    block BIGINT NOT NULL,
    CONSTRAINT pk_settlement_runs PRIMARY KEY (payable, first_payment)
);

CREATE INDEX ix_settlement_runs_state ON settlement_runs (state);

CREATE TABLE transactions (
    id BIGSERIAL NOT NULL,
    key_address TEXT NOT NULL,
    nonce BIGINT NOT NULL,
    raw BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    gas BIGINT NOT NULL,
    state TEXT NOT NULL,
    block BIGINT,
    made_wall BIGINT NOT NULL,
    CONSTRAINT pk_transactions PRIMARY KEY (id),
    CONSTRAINT uq_transactions_key_address_nonce UNIQUE (key_address, nonce),
    CONSTRAINT uq_transactions_hash UNIQUE (hash)
);

CREATE INDEX ix_transactions_block ON transactions (block);

CREATE INDEX ix_transactions_key_address_state_nonce ON transactions (key_address, state, nonce);

CREATE TABLE used_challenges (
    challenge BYTEA NOT NULL,
    ends_wall BIGINT NOT NULL,
    CONSTRAINT pk_used_challenges PRIMARY KEY (challenge)
);

CREATE INDEX ix_used_challenges_ends_wall ON used_challenges (ends_wall);

CREATE TABLE v_accounts (
    payable BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    last_day BIGINT NOT NULL,
    carried BIGINT NOT NULL,
    unapplied BIGINT NOT NULL,
    unapplied_day BIGINT NOT NULL,
    CONSTRAINT pk_v_accounts PRIMARY KEY (payable)
);

CREATE TABLE v_batches (
    digest BYTEA NOT NULL,
    obligor BIGINT NOT NULL,
    root BYTEA NOT NULL,
    count BIGINT NOT NULL,
    "left" BIGINT NOT NULL,
    deadline BIGINT NOT NULL,
    issued BIGINT NOT NULL,
    is_void BOOLEAN NOT NULL,
    CONSTRAINT pk_v_batches PRIMARY KEY (digest)
);

CREATE INDEX ix_v_batches_obligor_digest ON v_batches (obligor, digest);

CREATE TABLE v_cost_shares (
    offer BYTEA NOT NULL,
    spent BIGINT NOT NULL,
    CONSTRAINT pk_v_cost_shares PRIMARY KEY (offer)
);

CREATE TABLE v_demands (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    buyer BIGINT NOT NULL,
    seller BIGINT NOT NULL,
    price BIGINT NOT NULL,
    day BIGINT NOT NULL,
    CONSTRAINT pk_v_demands PRIMARY KEY (place)
);

CREATE TABLE v_deposits (
    bank BIGINT NOT NULL,
    owner BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_v_deposits PRIMARY KEY (bank, owner)
);

CREATE TABLE v_desks (
    desk TEXT NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_v_desks PRIMARY KEY (desk)
);

CREATE TABLE v_executed (
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    participant BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    second BIGINT NOT NULL,
    transaction BYTEA NOT NULL,
    CONSTRAINT pk_v_executed PRIMARY KEY (place)
);

CREATE INDEX ix_v_executed_digest ON v_executed (digest);

CREATE TABLE v_exposures (
    obligor BIGINT NOT NULL,
    "limit" BIGINT NOT NULL,
    outstanding BIGINT NOT NULL,
    unpaid TEXT NOT NULL,
    CONSTRAINT pk_v_exposures PRIMARY KEY (obligor)
);

CREATE TABLE v_freezes (
    payable BIGINT NOT NULL,
    number BIGINT NOT NULL,
    regulator BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    case_commitment BYTEA NOT NULL,
    review_day BIGINT NOT NULL,
    is_lifted BOOLEAN NOT NULL,
    CONSTRAINT pk_v_freezes PRIMARY KEY (payable, number)
);

CREATE TABLE v_holds (
    bank BIGINT NOT NULL,
    desk TEXT NOT NULL,
    payable BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_v_holds PRIMARY KEY (bank, desk, payable)
);

CREATE TABLE v_holidays (
    first_day BIGINT NOT NULL,
    holidays BYTEA NOT NULL,
    CONSTRAINT pk_v_holidays PRIMARY KEY (first_day)
);

CREATE TABLE v_hops (
    payable BIGINT NOT NULL,
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    giver BIGINT NOT NULL,
    taker BIGINT NOT NULL,
    second BIGINT NOT NULL,
    evidence BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    price BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    is_with_recourse BOOLEAN NOT NULL,
    loan BIGINT NOT NULL,
    CONSTRAINT pk_v_hops PRIMARY KEY (payable, place)
);

CREATE TABLE v_invoices (
    fingerprint BYTEA NOT NULL,
    total BIGINT NOT NULL,
    used BIGINT NOT NULL,
    uses TEXT NOT NULL,
    CONSTRAINT pk_v_invoices PRIMARY KEY (fingerprint)
);

CREATE TABLE v_issued (
    bank BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_v_issued PRIMARY KEY (bank)
);

CREATE TABLE v_limits (
    bank BIGINT NOT NULL,
    obligor BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    CONSTRAINT pk_v_limits PRIMARY KEY (bank, obligor)
);

CREATE TABLE v_loan_on (
    voucher BIGINT NOT NULL,
    loan BIGINT NOT NULL,
    CONSTRAINT pk_v_loan_on PRIMARY KEY (voucher)
);

CREATE TABLE v_loans (
    id BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    borrower BIGINT NOT NULL,
    lender BIGINT NOT NULL,
    principal BIGINT NOT NULL,
    interest_left BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    ltv BIGINT NOT NULL,
    due BIGINT NOT NULL,
    interest_from BIGINT NOT NULL,
    advance BIGINT NOT NULL,
    advanced_day BIGINT NOT NULL,
    registration BYTEA NOT NULL,
    principal_paid BIGINT NOT NULL,
    interest_paid BIGINT NOT NULL,
    released TEXT NOT NULL,
    CONSTRAINT pk_v_loans PRIMARY KEY (id)
);

CREATE INDEX ix_v_loans_borrower_id ON v_loans (borrower, id);

CREATE INDEX ix_v_loans_lender_id ON v_loans (lender, id);

CREATE INDEX ix_v_loans_voucher_id ON v_loans (voucher, id);

CREATE TABLE v_movements (
    place BIGINT NOT NULL,
    kind TEXT NOT NULL,
    bank BIGINT NOT NULL,
    giver BIGINT NOT NULL,
    taker BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    second BIGINT NOT NULL,
    payable BIGINT NOT NULL,
    purpose BYTEA NOT NULL,
    CONSTRAINT pk_v_movements PRIMARY KEY (place)
);

CREATE INDEX ix_v_movements_giver_place ON v_movements (giver, place);

CREATE INDEX ix_v_movements_payable_place ON v_movements (payable, place);

CREATE INDEX ix_v_movements_taker_place ON v_movements (taker, place);

CREATE TABLE v_nonces (
    participant BIGINT NOT NULL,
    nonce BYTEA NOT NULL,
    CONSTRAINT pk_v_nonces PRIMARY KEY (participant, nonce)
);

CREATE TABLE v_offers (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    giver BIGINT NOT NULL,
    taker BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    evidence BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    state TEXT NOT NULL,
    ended_at BIGINT NOT NULL,
    reason BYTEA NOT NULL,
    CONSTRAINT pk_v_offers PRIMARY KEY (place)
);

CREATE INDEX ix_v_offers_giver_place ON v_offers (giver, place);

CREATE INDEX ix_v_offers_taker_place ON v_offers (taker, place);

CREATE INDEX ix_v_offers_voucher_place ON v_offers (voucher, place);

CREATE TABLE v_open_offers (
    voucher BIGINT NOT NULL,
    place BIGINT NOT NULL,
    CONSTRAINT pk_v_open_offers PRIMARY KEY (voucher)
);

CREATE TABLE v_participant_freezes (
    participant BIGINT NOT NULL,
    case_commitment BYTEA NOT NULL,
    regulator BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    review_day BIGINT NOT NULL,
    CONSTRAINT pk_v_participant_freezes PRIMARY KEY (participant, case_commitment)
);

CREATE TABLE v_participants (
    id BIGINT NOT NULL,
    roles BIGINT NOT NULL,
    identity BYTEA NOT NULL,
    recovery_bank BIGINT NOT NULL,
    threshold_low BIGINT NOT NULL,
    threshold_high BIGINT NOT NULL,
    high_from BIGINT NOT NULL,
    signers BIGINT NOT NULL,
    first_signer BIGINT NOT NULL,
    is_suspended BOOLEAN NOT NULL,
    is_frozen BOOLEAN NOT NULL,
    frozen_at BIGINT NOT NULL,
    committed BIGINT NOT NULL,
    committed_day BIGINT NOT NULL,
    CONSTRAINT pk_v_participants PRIMARY KEY (id)
);

CREATE TABLE v_payables (
    id BIGINT NOT NULL,
    obligor BIGINT NOT NULL,
    offeree BIGINT NOT NULL,
    bank BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    face BIGINT NOT NULL,
    maturity BIGINT NOT NULL,
    due BIGINT NOT NULL,
    rules BIGINT NOT NULL,
    invoices BIGINT NOT NULL,
    evidence BYTEA NOT NULL,
    digest BYTEA NOT NULL,
    state BIGINT NOT NULL,
    freezes BIGINT NOT NULL,
    live BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    redeemed BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    pieces BIGINT NOT NULL,
    serials BIGINT NOT NULL,
    redemptions BIGINT NOT NULL,
    CONSTRAINT pk_v_payables PRIMARY KEY (id)
);

CREATE INDEX ix_v_payables_bank_id ON v_payables (bank, id);

CREATE INDEX ix_v_payables_digest_id ON v_payables (digest, id);

CREATE INDEX ix_v_payables_maturity_id ON v_payables (maturity, id);

CREATE INDEX ix_v_payables_obligor_id ON v_payables (obligor, id);

CREATE INDEX ix_v_payables_offeree_id ON v_payables (offeree, id);

CREATE TABLE v_payments (
    payable BIGINT NOT NULL,
    place BIGINT NOT NULL,
    number BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    principal BIGINT NOT NULL,
    owed BIGINT NOT NULL,
    day BIGINT NOT NULL,
    on_bank_rail BOOLEAN NOT NULL,
    CONSTRAINT pk_v_payments PRIMARY KEY (payable, place)
);

CREATE TABLE v_payouts (
    number BIGINT NOT NULL,
    bank BIGINT NOT NULL,
    payee BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    state TEXT NOT NULL,
    returns BIGINT NOT NULL,
    CONSTRAINT pk_v_payouts PRIMARY KEY (number)
);

CREATE INDEX ix_v_payouts_bank_number ON v_payouts (bank, number);

CREATE INDEX ix_v_payouts_payee_number ON v_payouts (payee, number);

CREATE INDEX ix_v_payouts_voucher_number ON v_payouts (voucher, number);

CREATE TABLE v_recourse (
    recourse BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    seller BIGINT NOT NULL,
    buyer BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    price BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    registration BYTEA NOT NULL,
    second BIGINT NOT NULL,
    cost_borne BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    CONSTRAINT pk_v_recourse PRIMARY KEY (recourse)
);

CREATE TABLE v_recoveries (
    participant BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    effective BIGINT NOT NULL,
    CONSTRAINT pk_v_recoveries PRIMARY KEY (participant)
);

CREATE TABLE v_redemptions (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    holder BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    price BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    second BIGINT NOT NULL,
    CONSTRAINT pk_v_redemptions PRIMARY KEY (place)
);

CREATE TABLE v_refused (
    place BIGINT NOT NULL,
    digest BYTEA NOT NULL,
    reason BYTEA NOT NULL,
    second BIGINT NOT NULL,
    transaction BYTEA NOT NULL,
    CONSTRAINT pk_v_refused PRIMARY KEY (place)
);

CREATE INDEX ix_v_refused_digest ON v_refused (digest);

CREATE TABLE v_rules (
    number BIGINT NOT NULL,
    rules TEXT NOT NULL,
    CONSTRAINT pk_v_rules PRIMARY KEY (number)
);

CREATE TABLE v_sales (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    seller BIGINT NOT NULL,
    buyer BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    price BIGINT NOT NULL,
    rate BIGINT NOT NULL,
    registration BYTEA NOT NULL,
    second BIGINT NOT NULL,
    cost_borne BIGINT NOT NULL,
    recourse BIGINT NOT NULL,
    previous BIGINT NOT NULL,
    CONSTRAINT pk_v_sales PRIMARY KEY (place)
);

CREATE INDEX ix_v_sales_voucher_place ON v_sales (voucher, place);

CREATE TABLE v_settlements (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    holder BIGINT NOT NULL,
    lender BIGINT NOT NULL,
    payments BIGINT NOT NULL,
    to_holder BIGINT NOT NULL,
    to_lender BIGINT NOT NULL,
    second BIGINT NOT NULL,
    CONSTRAINT pk_v_settlements PRIMARY KEY (place)
);

CREATE INDEX ix_v_settlements_holder_place ON v_settlements (holder, place);

CREATE INDEX ix_v_settlements_lender_place ON v_settlements (lender, place);

CREATE INDEX ix_v_settlements_voucher_place ON v_settlements (voucher, place);

CREATE TABLE v_signers (
    participant BIGINT NOT NULL,
    number BIGINT NOT NULL,
    key BYTEA NOT NULL,
    duty BIGINT NOT NULL,
    expiry BIGINT NOT NULL,
    certificate BYTEA NOT NULL,
    is_revoked BOOLEAN NOT NULL,
    CONSTRAINT pk_v_signers PRIMARY KEY (participant, number)
);

CREATE TABLE v_standing (
    id BIGINT NOT NULL,
    standing TEXT NOT NULL,
    CONSTRAINT pk_v_standing PRIMARY KEY (id),
    CONSTRAINT ck_v_standing_one_row CHECK (id = 1)
);

CREATE TABLE v_turn_backs (
    place BIGINT NOT NULL,
    voucher BIGINT NOT NULL,
    buyer BIGINT NOT NULL,
    seller BIGINT NOT NULL,
    price BIGINT NOT NULL,
    second BIGINT NOT NULL,
    CONSTRAINT pk_v_turn_backs PRIMARY KEY (place)
);

CREATE TABLE v_verifiers (
    verifier TEXT NOT NULL,
    kind BIGINT NOT NULL,
    CONSTRAINT pk_v_verifiers PRIMARY KEY (verifier)
);

CREATE TABLE v_vouchers (
    id BIGINT NOT NULL,
    start BIGINT NOT NULL,
    "end" BIGINT NOT NULL,
    holder BIGINT NOT NULL,
    counterparty BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    settled BIGINT NOT NULL,
    state BIGINT NOT NULL,
    recourse BIGINT NOT NULL,
    is_cost_shared BOOLEAN NOT NULL,
    parents TEXT NOT NULL,
    CONSTRAINT pk_v_vouchers PRIMARY KEY (id)
);

CREATE INDEX ix_v_vouchers_counterparty_id ON v_vouchers (counterparty, id);

CREATE INDEX ix_v_vouchers_holder_id ON v_vouchers (holder, id);

CREATE TABLE webhook_attempts (
    delivery TEXT NOT NULL,
    number BIGINT NOT NULL,
    begun_wall BIGINT NOT NULL,
    milliseconds BIGINT NOT NULL,
    status BIGINT,
    problem TEXT,
    CONSTRAINT pk_webhook_attempts PRIMARY KEY (delivery, number)
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    seq BIGINT,
    state TEXT NOT NULL,
    tries BIGINT DEFAULT 0 NOT NULL,
    next_try_wall BIGINT NOT NULL,
    made_wall BIGINT NOT NULL,
    ended_wall BIGINT,
    CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_webhook_deliveries_endpoint_seq UNIQUE (endpoint, seq)
);

CREATE INDEX ix_webhook_deliveries_ended_wall ON webhook_deliveries (ended_wall);

CREATE INDEX ix_webhook_deliveries_endpoint_state_next_try_wall ON webhook_deliveries (endpoint, state, next_try_wall);

CREATE INDEX ix_webhook_deliveries_state_next_try_wall ON webhook_deliveries (state, next_try_wall);

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL,
    participant BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    label TEXT NOT NULL,
    kinds TEXT NOT NULL,
    state TEXT NOT NULL,
    failures BIGINT DEFAULT 0 NOT NULL,
    rests_until_wall BIGINT DEFAULT 0 NOT NULL,
    made_wall BIGINT NOT NULL,
    updated_wall BIGINT NOT NULL,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id)
);

CREATE INDEX ix_webhook_endpoints_participant_id ON webhook_endpoints (participant, id);

CREATE TABLE transaction_items (
    transaction_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    operation_id TEXT NOT NULL,
    CONSTRAINT pk_transaction_items PRIMARY KEY (transaction_id, place),
    CONSTRAINT fk_transaction_items_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT fk_transaction_items_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);

CREATE INDEX ix_transaction_items_operation_id ON transaction_items (operation_id);
