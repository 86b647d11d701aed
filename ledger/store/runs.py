"""Statements about settlement runs: their figures, who is assigned to which operation, payouts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from ledger.model.ids import vouchers_of
from ledger.store.bulk import insert_rows
from ledger.store.rows import VIEW_TABLES
from ledger.store.statements import chunks
from ledger.store.tables.operations import OPERATIONS, PARKED
from ledger.store.tables.scheduling import RUN_ITEMS, RUN_PAYOUTS, RUNS

__all__ = [
    "DONE",
    "RUNNING",
    "WAITING",
    "Assigned",
    "RunRow",
    "add_payouts",
    "assign",
    "assigned",
    "distributed",
    "drop_run",
    "gaps",
    "last_run",
    "oldest_running",
    "parked",
    "put_run",
    "release",
    "runs_under_way",
    "wind_back",
]

RUNNING: Final = "running"
WAITING: Final = "waiting"
DONE: Final = "done"


@dataclass(frozen=True, slots=True)
class RunRow:
    """How far the payments of a payable are distributed. Amounts are fen."""

    payable: int
    first_payment: int
    """Number of its first payment."""
    payments: int
    """Number behind its last payment."""
    state: str
    """`running`; `waiting` where only frozen vouchers are left; `done`."""
    expected: int
    """What was owed when the payments came: principal, and late interest by their days."""
    received: int
    distributed: int
    left_amount: int
    """The shares of vouchers that have not got theirs."""
    vouchers_done: int
    vouchers_left: int
    vouchers_frozen: int
    """What of them is frozen: their money stays in the hold."""
    begun: int
    """Chain second."""
    ended: int | None
    block: int
    """The figures are true at it."""

    @property
    def difference(self) -> int:
        """What was received and neither distributed nor is still to be: nothing, when right."""
        return self.received - self.distributed - self.left_amount


@dataclass(frozen=True, slots=True)
class Assigned:
    """The operation that is to bring a voucher up to date."""

    voucher: int
    operation: str
    state: str
    """Of the operation."""
    tries: int


_COLUMNS: Final = tuple(RUNS.c[one.name] for one in fields(RunRow))


# ---- runs


def runs_under_way(connection: Connection) -> list[RunRow]:
    """Runs that are not done, in the order of their payables."""
    asked = select(*_COLUMNS).where(RUNS.c.state != DONE)
    found = connection.execute(asked.order_by(RUNS.c.payable, RUNS.c.first_payment))
    return [RunRow(**row._mapping) for row in found]


def last_run(connection: Connection, payable: int) -> RunRow | None:
    """The last run of a payable."""
    asked = select(*_COLUMNS).where(RUNS.c.payable == payable)
    row = connection.execute(asked.order_by(RUNS.c.first_payment.desc()).limit(1)).first()
    return None if row is None else RunRow(**row._mapping)


def put_run(connection: Connection, row: RunRow) -> None:
    """Keep a run as it stands now."""
    key = (RUNS.c.payable == row.payable, RUNS.c.first_payment == row.first_payment)
    if not connection.execute(update(RUNS).where(*key).values(**asdict(row))).rowcount:
        connection.execute(insert(RUNS).values(**asdict(row)))


def drop_run(connection: Connection, row: RunRow) -> None:
    """Forget a run whose payments are on no chain any more."""
    for table in (RUNS, RUN_PAYOUTS):
        connection.execute(
            delete(table).where(
                table.c.payable == row.payable, table.c.first_payment == row.first_payment
            )
        )


def wind_back(connection: Connection, *, above: int) -> None:
    """Blocks above one are void: take up again, as one run, what was found in them.

    Of each payable the first run that read such a block stands for all later ones. Operations keep
    their vouchers: their transactions are sent again.
    """
    found = connection.execute(
        select(RUNS.c.payable, func.min(RUNS.c.first_payment))
        .where(RUNS.c.block > above)
        .group_by(RUNS.c.payable)
    ).all()
    connection.execute(delete(RUN_PAYOUTS).where(RUN_PAYOUTS.c.block > above))
    for payable, first in found:
        of_payable = RUNS.c.payable == payable
        connection.execute(delete(RUNS).where(of_payable, RUNS.c.first_payment > first))
        connection.execute(
            update(RUNS)
            .where(of_payable, RUNS.c.first_payment == first)
            .values(state=RUNNING, ended=None, block=above)
        )


def gaps(connection: Connection) -> tuple[int, int]:
    """What runs miss or have too much of in all, in fen; and how many have ended so."""
    gap = RUNS.c.received - RUNS.c.distributed - RUNS.c.left_amount
    amount = connection.execute(select(func.sum(func.abs(gap)))).scalar() or 0
    ended = select(func.count()).select_from(RUNS).where(RUNS.c.state == DONE, gap != 0)
    return int(amount), int(connection.execute(ended).scalar() or 0)


def oldest_running(connection: Connection) -> int | None:
    """The chain second in which the oldest run began that is neither done nor only frozen."""
    oldest = select(func.min(RUNS.c.begun)).where(RUNS.c.state == RUNNING)
    found: int | None = connection.execute(oldest).scalar()
    return found


# ---- vouchers


def assigned(connection: Connection, payable: int, payments: int) -> list[Assigned]:
    """The vouchers of a payable that an operation is to bring up to so many payments."""
    found = connection.execute(
        select(RUN_ITEMS.c.voucher, RUN_ITEMS.c.operation, OPERATIONS.c.state, RUN_ITEMS.c.tries)
        .join(OPERATIONS, OPERATIONS.c.id == RUN_ITEMS.c.operation)
        .where(
            RUN_ITEMS.c.voucher.between(*vouchers_of(payable)),
            RUN_ITEMS.c.payments == payments,
        )
    )
    return [Assigned(*row) for row in found]


def assign(
    connection: Connection, vouchers: Sequence[int], payments: int, operation: str, *, tries: int
) -> None:
    """Name the operation for vouchers; raises `IntegrityError` if one has another by now."""
    rows = [(one, payments, operation, tries) for one in vouchers]
    insert_rows(connection, RUN_ITEMS, rows)


def parked(connection: Connection, payable: int) -> dict[str, set[tuple[int, int]]]:
    """Operations that were set aside: which vouchers they were to bring up to how many payments."""
    rows = connection.execute(
        select(RUN_ITEMS.c.operation, RUN_ITEMS.c.voucher, RUN_ITEMS.c.payments)
        .join(OPERATIONS, OPERATIONS.c.id == RUN_ITEMS.c.operation)
        .where(RUN_ITEMS.c.voucher.between(*vouchers_of(payable)), OPERATIONS.c.state == PARKED)
    )
    found: dict[str, set[tuple[int, int]]] = {}
    for operation, voucher, payments in rows:
        found.setdefault(operation, set()).add((voucher, payments))
    return found


def release(connection: Connection, vouchers: Sequence[int], payments: int) -> None:
    """Let vouchers go whose operations have ended without bringing them up to date."""
    for some in chunks(vouchers):
        connection.execute(
            delete(RUN_ITEMS).where(RUN_ITEMS.c.voucher.in_(some), RUN_ITEMS.c.payments == payments)
        )


def distributed(connection: Connection, row: RunRow) -> tuple[int, int]:
    """What a run's payments have brought so far, and how many vouchers have had all of them."""
    table = VIEW_TABLES["settlements"].table
    of_payable = table.c.voucher.between(*vouchers_of(row.payable))
    brought = select(func.sum(table.c.to_holder + table.c.to_lender)).where(
        of_payable, table.c.payments > row.first_payment, table.c.payments <= row.payments
    )
    done = select(func.count(table.c.voucher.distinct())).where(
        of_payable, table.c.payments == row.payments
    )
    amount = connection.execute(brought).scalar() or 0
    return int(amount), int(connection.execute(done).scalar() or 0)


# ---- payouts


def add_payouts(connection: Connection, row: RunRow, *, block: int) -> None:
    """Note for a run the payouts of its payable that belong to no run yet."""
    table = VIEW_TABLES["payouts"].table
    known = select(RUN_PAYOUTS.c.payout).where(RUN_PAYOUTS.c.payable == row.payable)
    fresh = select(
        table.c.number, literal(row.payable), literal(row.first_payment), literal(block)
    ).where(table.c.voucher.between(*vouchers_of(row.payable)), table.c.number.not_in(known))
    names = ["payout", "payable", "first_payment", "block"]
    connection.execute(insert(RUN_PAYOUTS).from_select(names, fresh))
