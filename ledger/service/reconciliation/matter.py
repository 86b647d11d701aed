"""A kind of record that is reconciled: which view a contract is asked, and what our rows say.

Of each key the contract's answer gives some whole numbers by name, and so do the rows; they must
be the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, Is, page, rows_of
from ledger.store.rows import VIEW_TABLES
from ledger.store.sums import amounts

__all__ = [
    "MONEY",
    "PARTICIPANTS",
    "PAYABLES",
    "Ask",
    "Figures",
    "Matter",
    "answered",
    "begun",
    "numbers",
    "pair_name",
    "paired",
    "simple",
    "valued",
]

Figures = Mapping[str, int]
Ask = Callable[..., Any]
"""Asks a view of a contract: its name, the function's, values."""

MONEY: Final = frozenset(
    {
        "amount", "carried", "committed", "face", "interest", "interest_left", "issued", "left",
        "limit", "live", "outstanding", "owed", "paid", "principal", "redeemed", "rest", "total",
        "units", "unapplied", "used", "uses",
    }
)  # fmt: skip
"""Figures that are fen."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A kind of record that a contract and our rows both keep."""

    name: str
    contract: str
    function: str
    keys: Callable[[Connection, Ask], Iterable[Any]]
    """Every key that either side knows of."""
    rows: Callable[[Connection, Sequence[Any], int], Mapping[Any, Figures]]
    """What the rows of some keys say at a second; a key without a row is left out."""
    figures: Callable[[Any], Figures | None]
    """What the contract's answer says; None where it tells that there is no such record."""
    named: Callable[[Any], str]
    """A key as people read it."""


def numbers(view: str, contract: str, counter: str, connection: Connection, ask: Ask) -> range:
    """Numbers from 1 up to the highest that rows or contract have."""
    last = page(connection, view, EVERYTHING, most=1)
    highest = last[0][0][0] if last else 0
    return range(1, max(highest, int(ask(contract, counter))) + 1)


PAYABLES: Final = partial(numbers, "payables", "Vouchers", "payableCount")
PARTICIPANTS: Final = partial(numbers, "participants", "Participants", "participantCount")


def answered(names: Sequence[str], answer: Any) -> Figures:
    return {name: int(answer[name]) for name in names}


def told(
    view: str, names: Mapping[str, str], connection: Connection, keys: Sequence[Any], _: int
) -> Mapping[Any, Figures]:
    """Figures of rows whose key is one column."""
    column = VIEW_TABLES[view].keys[0]
    found = rows_of(connection, view, Is(column, tuple(keys)))
    return {
        getattr(row, column): {name: int(getattr(row, field)) for name, field in names.items()}
        for row in found
    }


def simple(
    name: str,
    place: tuple[str, str],
    keys: Callable[[Connection, Ask], Iterable[Any]],
    names: Sequence[str],
    named: Callable[[Any], str],
    **otherwise: str,
) -> Matter:
    """Rows that have the same fields as the contract's record, but for those named otherwise."""
    fields = {one: otherwise.get(one, one) for one in names}
    view = otherwise.get("view", name)
    return Matter(name, *place, keys, partial(told, view, fields), partial(answered, names), named)


def begun(
    view: str, kind: Callable[[int], Any], names: Sequence[str],
    connection: Connection, keys: Sequence[Any], _: int,
) -> Mapping[Any, Figures]:  # fmt: skip
    """Figures of rows that begin with the first event that needs them."""
    column = VIEW_TABLES[view].keys[0]
    rows = rows_of(connection, view, Is(column, tuple(keys)))
    found = {getattr(row, column): row for row in rows}
    return {
        key: {name: int(getattr(found.get(key) or kind(key), name)) for name in names}
        for key in keys
    }


def paired(
    view: str, keys: tuple[str, str], said: Callable[[Any], Figures],
    connection: Connection, wanted: Sequence[Any], _: int,
) -> Mapping[Any, Figures]:  # fmt: skip
    """Figures of rows whose key is two columns."""
    first, second = keys
    found = rows_of(connection, view, Is(first, tuple({key[0] for key in wanted})))
    known = {(getattr(row, first), getattr(row, second)): row for row in found}
    return {key: said(known[key]) for key in wanted if key in known}


def _amount_rows(
    view: str, connection: Connection, keys: Sequence[Any], _: int
) -> Mapping[Any, Figures]:
    found = amounts(connection, view)
    return {key: {"amount": found.get(key, 0)} for key in keys}


def pair_name(key: Any) -> str:
    """A key of several parts, or of bytes, as people read it."""
    parts = key if isinstance(key, tuple) else (key,)
    return " ".join("0x" + one.hex() if isinstance(one, bytes) else str(one) for one in parts)


def valued(name: str, contract: str, function: str) -> Matter:
    """Rows that are one value by their key."""
    return Matter(
        name,
        contract,
        function,
        lambda connection, _: sorted(amounts(connection, name)),
        partial(_amount_rows, name),
        lambda answer: {"amount": int(answer)},
        pair_name,
    )
