"""The one catalogue of tables, and the kinds of column that SQLite and PostgreSQL share."""

from typing import Any, Final

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeEngine

__all__ = ["METADATA", "Bytes", "Json", "Word", "Words"]

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every table of the service; modules of `ledger.store.tables` add theirs when imported."""

Word: Final[TypeEngine[Any]] = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number of 64 bits. SQLite's INTEGER is that, and as a key it is the row's own number."""


class Bytes(LargeBinary):
    """Digests, hashes and whatever else is bytes; uint256 as 32 bytes, so that order is kept.

    Both drivers take and give bytes as they are, so nothing is wrapped on the way.
    """

    def bind_processor(self, dialect: Any) -> None:
        """None: bytes go as they are."""

    def result_processor(self, dialect: Any, coltype: Any) -> None:
        """None: bytes come as they are."""


Words: Final = Text
"""Text."""

Json: Final = Text
"""Canonical JSON: sorted keys, no spaces."""
