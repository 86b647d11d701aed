"""The state of the views in a database: the same mappings and lists as in memory.

Handlers of events work on it unchanged. Between `begin` and `flush` lies one SQL transaction; it
may hold many blocks, each ended by `seal`. After a transaction that was undone the state is no
longer true: make another.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import msgspec
from sqlalchemy.engine import Connection

from ledger.model.canonical import canonical
from ledger.model.ids import SERIAL_MAX, voucher_id
from ledger.store.cached import Rows
from ledger.store.placed import Chains, NonceSets, Places
from ledger.store.rows import VIEW_TABLES, Shape, ViewTable
from ledger.store.view_sql import LIVE, ViewSql
from ledger.views.claim_rows import Hop, Voucher
from ledger.views.log import entry_from_json, entry_to_json
from ledger.views.state import State

__all__ = ["CACHE_ROWS", "GENESIS_HASH", "SqlState"]

CACHE_ROWS: Final = 40_000
"""Rows kept in memory over all tables; some twenty megabytes."""

GENESIS_HASH: Final = bytes(32)
"""The view hash before the first change."""


class SqlState(State):
    """The tables of the views in one database."""

    __slots__ = ("_cache_rows", "_rows", "_sql", "view_hash")

    view_hash: bytes
    """Of all changes to all rows up to the last block that was sealed."""

    def __init__(
        self,
        connection: Connection,
        *,
        cache_rows: int = CACHE_ROWS,
        prefix: str = LIVE,
    ) -> None:
        self._sql = ViewSql(connection.dialect.name, prefix=prefix)
        self._sql.bind(connection)
        self._cache_rows = cache_rows
        self._rows = {field: Rows[Any, Any](one, self._sql) for field, one in VIEW_TABLES.items()}
        for field, rows in self._rows.items():
            setattr(self, field, self._shaped(VIEW_TABLES[field], rows))
        self._stand()

    def _shaped(self, table: ViewTable, rows: Rows[Any, Any]) -> Any:
        if table.shape is Shape.LIST:
            return Places(table, self._sql, rows)
        if table.shape is Shape.CHAINS:
            return Chains(table, self._sql, rows)
        return NonceSets(rows) if table.shape is Shape.SETS else rows

    def add_nonce(self, participant: int, nonce: int) -> None:
        """Say that a participant's nonce is used or void."""
        self._rows["nonces"][participant, nonce] = True

    def add_hop(self, hop: Hop) -> None:
        """Append to the lineage of the range's payable."""
        cast("Chains[Hop]", self.hops).add(hop.payable, hop)

    def vouchers_of(self, payable: int) -> list[Voucher]:
        """Every voucher of a payable, closed ones too."""
        rows = cast("Rows[int, Voucher]", self.vouchers)
        return rows.between(voucher_id(payable, 0), voucher_id(payable, SERIAL_MAX))

    # ---- transactions

    def begin(self, connection: Connection) -> None:
        """Read and write on this connection from now on."""
        self._sql.bind(connection)

    def seal(self) -> bytes:
        """End a block; the hash of all changes to all rows so far, this block's with them."""
        changed = [found for rows in self._rows.values() if (found := rows.sealed()) is not None]
        if changed:
            said = msgspec.msgpack.encode(changed)
            self.view_hash = hashlib.sha256(self.view_hash + said).digest()
        if sum(rows.young for rows in self._rows.values()) > self._cache_rows // 2:
            for rows in self._rows.values():
                rows.grow_old()
        return self.view_hash

    def flush(self) -> None:
        """Write every sealed change; the transaction may then be committed."""
        for rows in self._rows.values():
            rows.store()
        self._sql.stand(self._standing())
        for chains in (self.hops, self.payments):
            cast("Chains[Any]", chains).forget(self._cache_rows)

    def fetch(self, field: str, keys: Iterable[Any]) -> None:
        """Bring rows into the cache, in one question, that will be asked for one by one."""
        self._rows[field].fetch(keys)

    @property
    def cached_rows(self) -> int:
        """Rows that are held in memory now."""
        return sum(rows.young + rows.old for rows in self._rows.values())

    # ---- what is no table

    def _stand(self) -> None:
        """Read the one row of what is no table."""
        said = self._sql.standing()
        found = json.loads(said) if said else _NOTHING
        voucher, amount = found["cost_given"]
        self.cost_given = (voucher, amount)
        self.is_paused = found["is_paused"]
        self.second, self.block = found["second"], found["block"]
        self.digest = bytes.fromhex(found["digest"])
        self.taker_digest = bytes.fromhex(found["taker_digest"])
        self.last = None if found["last"] is None else entry_from_json(found["last"])
        self.view_hash = bytes.fromhex(found["view_hash"])

    def _standing(self) -> str:
        standing = {
            "block": self.block,
            "cost_given": self.cost_given,
            "digest": self.digest.hex(),
            "is_paused": self.is_paused,
            "last": None if self.last is None else entry_to_json(self.last),
            "second": self.second,
            "taker_digest": self.taker_digest.hex(),
            "view_hash": self.view_hash.hex(),
        }
        return canonical(standing)


_NOTHING: Final[Mapping[str, Any]] = {
    "block": 0,
    "cost_given": (0, 0),
    "digest": "",
    "is_paused": False,
    "last": None,
    "second": 0,
    "taker_digest": "",
    "view_hash": GENESIS_HASH.hex(),
}
