"""View tables, each made from the class of its rows.

A table stands for one field of `ledger.views.state.State`; there is no second list of columns that
could differ from the rows.
"""

import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import CheckConstraint, Column, Index, Table

from ledger.store.columns import Plain, as_stored, as_was, column_type, maker, putter, reader, taker
from ledger.store.metadata import METADATA, Json, Word
from ledger.views import claim_rows, money_rows, party_rows
from ledger.views.row import Row

__all__ = ["STANDING", "VIEW_TABLES", "Shape", "ViewTable"]


class Shape(StrEnum):
    """What a field of the state is."""

    ROWS = "rows"
    """Rows by a key that is part of them."""
    VALUES = "values"
    """One value by key."""
    LIST = "list"
    """A list; the place is the key."""
    CHAINS = "chains"
    """A list for each payable."""
    SETS = "sets"
    """A set for each participant."""


@dataclass(frozen=True, slots=True)
class ViewTable:
    """A field of the state as a table."""

    field: str
    shape: Shape
    table: Table
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    """Keys first."""
    put_down: Callable[[Any, Any], Plain]
    """A key and its row, as stored in the columns."""
    read_back: Callable[[Sequence[Any]], Any]
    """What the state holds, from the values of the columns."""

    @property
    def is_appended(self) -> bool:
        """Whether its rows are written once and hardly ever read by who writes them."""
        is_long = self.shape in (Shape.LIST, Shape.CHAINS, Shape.SETS)
        return is_long and self.field != "offers"

    def key_of(self, stored: Sequence[Any]) -> Any:
        """The key in the state: a number, text or bytes, or a tuple of them."""
        values = tuple(as_was(value) for value in stored[: len(self.keys)])
        if self.shape is Shape.SETS:
            return (values[0], int.from_bytes(values[1], "big"))
        return values[0] if len(values) == 1 else values

    def key_stored(self, key: Any) -> Plain:
        """The key in the columns."""
        values = key if isinstance(key, tuple) else (key,)
        if self.shape is Shape.SETS:
            return (values[0], values[1].to_bytes(32, "big"))
        return as_stored(values)


_ROWS: Final[Mapping[str, tuple[type[Row], tuple[str, ...]]]] = {
    "payables": (claim_rows.Payable, ("id",)),
    "vouchers": (claim_rows.Voucher, ("id",)),
    "freezes": (claim_rows.Freeze, ("payable", "number")),
    "participant_freezes": (claim_rows.ParticipantFreeze, ("participant", "case_commitment")),
    "loans": (money_rows.Loan, ("id",)),
    "recourse": (money_rows.Sale, ("recourse",)),
    "accounts": (money_rows.Account, ("payable",)),
    "payouts": (money_rows.Payout, ("number",)),
    "participants": (party_rows.Participant, ("id",)),
    "signers": (party_rows.SignerRow, ("participant", "number")),
    "recoveries": (party_rows.Recovery, ("participant",)),
    "exposures": (party_rows.Exposure, ("obligor",)),
    "invoices": (party_rows.Invoice, ("fingerprint",)),
    "batches": (party_rows.Batch, ("digest",)),
}

_LISTS: Final[Mapping[str, type[Row]]] = {
    "offers": claim_rows.Offer,
    "sales": money_rows.Sale,
    "redemptions": money_rows.Redemption,
    "turn_backs": money_rows.TurnBack,
    "demands": money_rows.Demand,
    "settlements": money_rows.Settlement,
    "movements": money_rows.Movement,
    "executed": party_rows.Executed,
    "refused": party_rows.Refused,
}

_CHAINS: Final[Mapping[str, type[Row]]] = {"hops": claim_rows.Hop, "payments": money_rows.Payment}

_VALUES: Final[Mapping[str, tuple[dict[str, type], str, type]]] = {
    "open_offers": ({"voucher": int}, "place", int),
    "loan_on": ({"voucher": int}, "loan", int),
    "cost_shares": ({"offer": bytes}, "spent", int),
    "deposits": ({"bank": int, "owner": int}, "amount", int),
    "holds": ({"bank": int, "desk": str, "payable": int}, "amount", int),
    "issued": ({"bank": int}, "amount", int),
    "desks": ({"desk": str}, "version", int),
    "verifiers": ({"verifier": str}, "kind", int),
    "rules": ({"number": int}, "rules", dict),
    "holidays": ({"first_day": int}, "holidays", int),
    "limits": ({"bank": int, "obligor": int}, "amount", int),
}

_INDICES: Final[Mapping[str, tuple[tuple[str, ...], ...]]] = {
    "payables": (
        *(("obligor", "id"), ("offeree", "id"), ("bank", "id"), ("maturity", "id")),
        ("digest", "id"),
    ),
    "vouchers": (("holder", "id"), ("counterparty", "id")),
    "offers": (("taker", "place"), ("giver", "place"), ("voucher", "place")),
    "loans": (("borrower", "id"), ("lender", "id"), ("voucher", "id")),
    "sales": (("voucher", "place"),),
    "settlements": (("voucher", "place"), ("holder", "place"), ("lender", "place")),
    "payouts": (("payee", "number"), ("bank", "number"), ("voucher", "number")),
    "movements": (("giver", "place"), ("taker", "place"), ("payable", "place")),
    "batches": (("obligor", "digest"),),
    "executed": (("digest",),),
    "refused": (("digest",),),
}
"""What lists are filtered by."""


def _hints(kind: type[Row]) -> dict[str, Any]:
    known = typing.get_type_hints(kind)
    return {name: known[name] for name in kind.__struct_fields__}


def _table(
    name: str, hints: Mapping[str, Any], keys: Sequence[str], columns: Sequence[str]
) -> Table:
    made = (
        Column(
            column,
            column_type(hints[column], column),
            primary_key=column in keys,
            autoincrement=False,
            nullable=False,
        )
        for column in columns
    )
    indices = (Index(None, *some) for some in _INDICES.get(name, ()))
    # On SQLite rows of a longer key lie in its order, as a payable's lineage is read.
    has_number = len(keys) == 1 and column_type(hints[keys[0]], keys[0]) is Word
    return Table(f"v_{name}", METADATA, *made, *indices, sqlite_with_rowid=has_number)


def _of_rows(name: str, kind: type[Row], keys: tuple[str, ...]) -> ViewTable:
    hints = _hints(kind)
    columns = (*keys, *(one for one in hints if one not in keys))
    take = taker(kind, hints, columns)
    return ViewTable(
        field=name,
        shape=Shape.ROWS,
        table=_table(name, hints, keys, columns),
        keys=keys,
        columns=columns,
        put_down=lambda _, row: take(row),
        read_back=maker(kind, hints, columns),
    )


def _of_places(name: str, kind: type[Row], shape: Shape) -> ViewTable:
    hints = _hints(kind)
    keys = ("place",) if shape is Shape.LIST else ("payable", "place")
    own = tuple(one for one in hints if one not in keys)
    columns, take = (*keys, *own), taker(kind, hints, own)

    def in_list(key: Any, row: Any) -> Plain:
        return (key, *take(row))

    def in_chain(key: Any, row: Any) -> Plain:
        return (*key, *take(row))

    return ViewTable(
        field=name,
        shape=shape,
        table=_table(name, {**dict.fromkeys(keys, int), **hints}, keys, columns),
        keys=keys,
        columns=columns,
        put_down=in_list if shape is Shape.LIST else in_chain,
        read_back=maker(kind, hints, columns),
    )


def _of_values(name: str, keys: dict[str, type], value: str, kind: type) -> ViewTable:
    hints = {**keys, value: kind}
    put, read = putter(kind, value), reader(kind, value)
    is_single = len(keys) == 1

    def put_down(key: Any, row: Any) -> Plain:
        plain = row if put is None else put(row)
        return (key, plain) if is_single else (*key, plain)

    return ViewTable(
        field=name,
        shape=Shape.VALUES,
        table=_table(name, hints, tuple(keys), tuple(hints)),
        keys=tuple(keys),
        columns=tuple(hints),
        put_down=put_down,
        read_back=lambda values: values[-1] if read is None else read(values[-1]),
    )


def _of_nonces() -> ViewTable:
    hints = {"participant": int, "nonce": int}
    keys = tuple(hints)
    return ViewTable(
        field="nonces",
        shape=Shape.SETS,
        table=_table("nonces", hints, keys, keys),
        keys=keys,
        columns=keys,
        put_down=lambda key, _: (key[0], key[1].to_bytes(32, "big")),
        read_back=lambda _: True,
    )


def _all() -> dict[str, ViewTable]:
    found = [_of_rows(name, *parts) for name, parts in _ROWS.items()]
    found += [_of_places(name, kind, Shape.LIST) for name, kind in _LISTS.items()]
    found += [_of_places(name, kind, Shape.CHAINS) for name, kind in _CHAINS.items()]
    found += [_of_values(name, *parts) for name, parts in _VALUES.items()]
    found.append(_of_nonces())
    return {one.field: one for one in sorted(found, key=lambda one: one.field)}


VIEW_TABLES: Final[Mapping[str, ViewTable]] = MappingProxyType(_all())

STANDING: Final = Table(
    "v_standing",
    METADATA,
    Column("id", Word, primary_key=True, autoincrement=False),
    Column("standing", Json, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)
"""One row: the fields of the state that are no table, such as where the reading stands."""
