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
    CONSTRAINT pk_cursor PRIMARY KEY (id),
    CONSTRAINT ck_cursor_one_row CHECK (id = 1)
);

CREATE TABLE events (
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    block BIGINT NOT NULL,
    second BIGINT NOT NULL,
    digest BYTEA,
    participants TEXT NOT NULL,
    data TEXT NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (seq)
);

CREATE INDEX ix_events_block ON events (block);

CREATE INDEX ix_events_digest ON events (digest);

CREATE TABLE first_answers (
    participant BIGINT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    location TEXT NOT NULL,
    body TEXT NOT NULL,
    made_wall BIGINT NOT NULL,
    CONSTRAINT pk_first_answers PRIMARY KEY (participant, key)
);

CREATE INDEX ix_first_answers_made_wall ON first_answers (made_wall);

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
    accepted_wall BIGINT NOT NULL,
    updated_wall BIGINT NOT NULL,
    block BIGINT,
    transaction_hash BYTEA,
    tries BIGINT DEFAULT 0 NOT NULL,
    next_try_wall BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_operations PRIMARY KEY (id),
    CONSTRAINT uq_operations_digest UNIQUE (digest)
);

CREATE INDEX ix_operations_block ON operations (block);

CREATE INDEX ix_operations_external_reference ON operations (external_reference);

CREATE INDEX ix_operations_participant_id ON operations (participant, id);

CREATE INDEX ix_operations_participant_nonce ON operations (participant, nonce);

CREATE INDEX ix_operations_state_next_try_wall_id ON operations (state, next_try_wall, id);

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

CREATE INDEX ix_transactions_state_id ON transactions (state, id);

CREATE TABLE used_challenges (
    challenge BYTEA NOT NULL,
    ends_wall BIGINT NOT NULL,
    CONSTRAINT pk_used_challenges PRIMARY KEY (challenge)
);

CREATE INDEX ix_used_challenges_ends_wall ON used_challenges (ends_wall);

CREATE TABLE transaction_items (
    transaction_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    operation_id TEXT NOT NULL,
    CONSTRAINT pk_transaction_items PRIMARY KEY (transaction_id, place),
    CONSTRAINT fk_transaction_items_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT fk_transaction_items_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);

CREATE INDEX ix_transaction_items_operation_id ON transaction_items (operation_id);
