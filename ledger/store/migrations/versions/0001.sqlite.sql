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
    CONSTRAINT pk_cursor PRIMARY KEY (id),
    CONSTRAINT ck_cursor_one_row CHECK (id = 1)
);

CREATE TABLE events (
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    block INTEGER NOT NULL,
    second INTEGER NOT NULL,
    digest BLOB,
    participants TEXT NOT NULL,
    data TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (seq)
);

CREATE INDEX ix_events_block ON events (block);

CREATE INDEX ix_events_digest ON events (digest);

CREATE TABLE first_answers (
    participant INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL,
    made_wall INTEGER NOT NULL,
    CONSTRAINT pk_first_answers PRIMARY KEY (participant, "key")
);

CREATE INDEX ix_first_answers_made_wall ON first_answers (made_wall);

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
    accepted_wall INTEGER NOT NULL,
    updated_wall INTEGER NOT NULL,
    block INTEGER,
    transaction_hash BLOB,
    tries INTEGER DEFAULT 0 NOT NULL,
    next_try_wall INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_operations PRIMARY KEY (id),
    CONSTRAINT uq_operations_digest UNIQUE (digest)
);

CREATE INDEX ix_operations_block ON operations (block);

CREATE INDEX ix_operations_external_reference ON operations (external_reference);

CREATE INDEX ix_operations_participant_id ON operations (participant, id);

CREATE INDEX ix_operations_participant_nonce ON operations (participant, nonce);

CREATE INDEX ix_operations_state_next_try_wall_id ON operations (state, next_try_wall, id);

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

CREATE INDEX ix_transactions_state_id ON transactions (state, id);

CREATE TABLE used_challenges (
    challenge BLOB NOT NULL,
    ends_wall INTEGER NOT NULL,
    CONSTRAINT pk_used_challenges PRIMARY KEY (challenge)
);

CREATE INDEX ix_used_challenges_ends_wall ON used_challenges (ends_wall);

CREATE TABLE transaction_items (
    transaction_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    CONSTRAINT pk_transaction_items PRIMARY KEY (transaction_id, place),
    CONSTRAINT fk_transaction_items_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT fk_transaction_items_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);

CREATE INDEX ix_transaction_items_operation_id ON transaction_items (operation_id);
