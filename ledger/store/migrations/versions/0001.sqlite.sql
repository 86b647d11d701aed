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

CREATE TABLE transaction_items (
    transaction_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    CONSTRAINT pk_transaction_items PRIMARY KEY (transaction_id, place),
    CONSTRAINT fk_transaction_items_transaction_id FOREIGN KEY(transaction_id) REFERENCES transactions (id),
    CONSTRAINT fk_transaction_items_operation_id FOREIGN KEY(operation_id) REFERENCES operations (id)
);

CREATE INDEX ix_transaction_items_operation_id ON transaction_items (operation_id);
