"""Imports: a file of payables from its upload until every payable of it is issued.

The file, its name and what was found in it are sealed like records. A leaf stands in clear: it is
what goes on chain.
"""

from typing import Final

from sqlalchemy import Column, Index, Table, text

from ledger.store.metadata import METADATA, Bytes, Json, Word, Words

__all__ = ["APPROVALS", "IMPORTS", "LAYOUTS", "ROWS"]

IMPORTS: Final = Table(
    "imports",
    METADATA,
    Column("id", Words, primary_key=True),  # "imp_" and a ULID
    Column("participant", Word, nullable=False),
    Column("state", Words, nullable=False),
    Column("format", Words, nullable=False),
    Column("file_index", Bytes, nullable=False),  # HMAC of the file: the same one is noticed
    Column("sealed_file", Bytes, nullable=False),
    Column("sealed_meta", Bytes, nullable=False),  # its name and hash, the choice of columns
    Column("sealed_report", Bytes),  # the rows as they were read, and every finding
    Column("payables", Word, nullable=False, server_default=text("0")),
    Column("valid", Word, nullable=False, server_default=text("0")),
    Column("total", Word, nullable=False, server_default=text("0")),  # of the valid ones, in fen
    Column("errors", Word, nullable=False, server_default=text("0")),
    Column("warnings", Word, nullable=False, server_default=text("0")),
    Column("choice", Words),  # "all" or "valid"
    Column("command", Json),  # the message of the IssueBatch to sign
    Column("digest", Bytes, unique=True),
    Column("operation", Words),
    Column("issued", Word, nullable=False, server_default=text("0")),
    Column("refused", Word, nullable=False, server_default=text("0")),
    Column("refusal", Json),
    Column("deadline", Word),  # last chain second at which a payable of it may be issued
    Column("feed_seq", Word, nullable=False, server_default=text("0")),  # read up to here
    Column("feed_epoch", Word, nullable=False, server_default=text("0")),  # of the feed it read
    Column("made_wall", Word, nullable=False),
    Column("updated_wall", Word, nullable=False),
)

ROWS: Final = Table(
    "import_rows",
    METADATA,
    Column("import_id", Words, primary_key=True),
    Column("place", Word, primary_key=True, autoincrement=False),  # the leaf's index
    Column("line", Word, nullable=False),
    Column("leaf", Json, nullable=False),
    Column("state", Words, nullable=False),
    Column("operation", Words),
    Column("payable", Word),
    Column("refusal", Json),
)

APPROVALS: Final = Table(
    "import_approvals",
    METADATA,
    Column("import_id", Words, primary_key=True),
    Column("signer", Word, primary_key=True, autoincrement=False),
    Column("approval", Bytes, nullable=False),
    Column("given_wall", Word, nullable=False),
)

LAYOUTS: Final = Table(
    "import_layouts",
    METADATA,
    Column("participant", Word, primary_key=True, autoincrement=False),
    Column("sealed", Bytes, nullable=False),  # which heading is which field
    Column("updated_wall", Word, nullable=False),
)

Index(None, IMPORTS.c.participant, IMPORTS.c.id)
Index(None, IMPORTS.c.participant, IMPORTS.c.file_index)
Index(None, IMPORTS.c.state)
Index(None, ROWS.c.import_id, ROWS.c.state)
Index(None, ROWS.c.operation)
