"""Statements about errands and reminders: what was asked for once, and is not asked for again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exists, select, update

from ledger.model.ids import ROOT_SERIAL, SERIAL_MAX, payable_of, voucher_id
from ledger.model.states import PayableState
from ledger.store.rows import VIEW_TABLES
from ledger.store.statements import chunks, insert_of
from ledger.store.tables.operations import DONE, OPERATIONS
from ledger.store.tables.scheduling import ERRANDS, PROPOSALS, REMINDERS

__all__ = [
    "Asked",
    "Proposal",
    "add_reminder",
    "find_errands",
    "fingerprints_of",
    "forget_reminders",
    "offered_payables",
    "proposals",
    "take_errand",
    "unreminded",
]


@dataclass(frozen=True, slots=True)
class Asked:
    """The operation that was asked for."""

    operation: str
    state: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A command that took effect and waits to be completed."""

    verb: str
    digest: bytes
    command: str
    """Its message as canonical JSON."""


def find_errands(connection: Connection, keys: Sequence[str]) -> Mapping[str, Asked]:
    """Which of these errands were asked for, and what has become of it."""
    found: dict[str, Asked] = {}
    for some in chunks(keys):
        rows = connection.execute(
            select(ERRANDS.c.key, ERRANDS.c.operation, OPERATIONS.c.state)
            .join(OPERATIONS, OPERATIONS.c.id == ERRANDS.c.operation)
            .where(ERRANDS.c.key.in_(some))
        )
        found |= {key: Asked(operation, state) for key, operation, state in rows}
    return found


def take_errand(
    connection: Connection, key: str, operation: str, *, instead_of: str | None, wall: int
) -> bool:
    """Note who does an errand; False where somebody else has asked for it meanwhile."""
    if instead_of is not None:
        changed = connection.execute(
            update(ERRANDS)
            .where(ERRANDS.c.key == key, ERRANDS.c.operation == instead_of)
            .values(operation=operation, asked_wall=wall)
        )
        return changed.rowcount == 1
    values = {"key": key, "operation": operation, "asked_wall": wall}
    kept = connection.execute(
        insert_of(connection)(ERRANDS).values(values).on_conflict_do_nothing()
    )
    return kept.rowcount == 1


def proposals(connection: Connection) -> list[Proposal]:
    """Proposals that took effect through this service, the latest last."""
    found = connection.execute(
        select(OPERATIONS.c.verb, OPERATIONS.c.digest, OPERATIONS.c.command)
        .where(OPERATIONS.c.verb.in_(PROPOSALS), OPERATIONS.c.state == DONE)
        .order_by(OPERATIONS.c.id)
    )
    return [Proposal(*row) for row in found]


def offered_payables(connection: Connection, after: int, limit: int) -> list[Any]:
    """Payables behind a number whose root offers no event has ended, in their order."""
    offers, view = VIEW_TABLES["open_offers"].table, VIEW_TABLES["payables"]
    found = connection.scalars(
        select(offers.c.voucher)
        .where(
            offers.c.voucher > voucher_id(after, SERIAL_MAX),
            offers.c.voucher.op("&")(SERIAL_MAX) == ROOT_SERIAL,
        )
        .order_by(offers.c.voucher)
        .limit(limit)
    )
    roots = [payable_of(int(one)) for one in found]
    rows = connection.execute(
        select(view.table).where(view.table.c.id.in_(roots)).order_by(view.table.c.id)
    )
    return [view.read_back(tuple(row)) for row in rows]


def fingerprints_of(connection: Connection, payable: int) -> list[bytes]:
    """The invoices that back a payable, by their fingerprints."""
    view = VIEW_TABLES["invoices"]
    found = connection.execute(select(view.table).where(view.table.c.uses.contains(f"[{payable},")))
    rows = [view.read_back(tuple(row)) for row in found]
    return sorted(row.fingerprint for row in rows if payable in dict(row.uses))


# ---- reminders


def unreminded(
    connection: Connection, stage: str, *, due_from: int, due_to: int, limit: int
) -> list[Any]:
    """Live payables due within days, both included, whose parties were not told of a stage."""
    view = VIEW_TABLES["payables"]
    table = view.table
    told = exists().where(REMINDERS.c.payable == table.c.id, REMINDERS.c.stage == stage)
    found = connection.execute(
        select(table)
        .where(
            table.c.state == int(PayableState.LIVE),
            table.c.maturity <= due_to,
            table.c.due.between(due_from, due_to),
            ~told,
        )
        .order_by(table.c.id)
        .limit(limit)
    )
    return [view.read_back(tuple(row)) for row in found]


def add_reminder(connection: Connection, payable: int, stage: str, *, block: int) -> bool:
    """Note that a payable's parties are told of a stage; False where they were."""
    values = {"payable": payable, "stage": stage, "block": block}
    insert = insert_of(connection)
    kept = connection.execute(insert(REMINDERS).values(values).on_conflict_do_nothing())
    return kept.rowcount == 1


def forget_reminders(connection: Connection, *, above: int) -> None:
    """Blocks above one are void, and what was told at them."""
    connection.execute(delete(REMINDERS).where(REMINDERS.c.block > above))
