"""What tests ask about settlement runs: their rows, and whether every voucher was named once."""

import json
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from ledger.model.commands import AttestPayment, Part, PayPayable, TransferVoucher
from ledger.store.database import Connection, Database
from ledger.store.lists import EVERYTHING, rows_of
from ledger.store.runs import RunRow
from ledger.store.tables.operations import OPERATIONS, PARKED, REFUSED
from ledger.store.tables.scheduling import RUN_ITEMS, RUNS
from tests.cast import Member, named
from tests.service.stage import Stage
from tests.views_scenario import YUAN

__all__ = ["attest", "cut", "divided", "doubled", "every_run", "pay", "settled_twice"]


def every_run(database: Database) -> list[RunRow]:
    """All runs in the order of their payables."""
    with database.reading() as connection:
        found = connection.execute(select(RUNS).order_by(RUNS.c.payable, RUNS.c.first_payment))
        return [RunRow(**row._mapping) for row in found]


def doubled(database: Database) -> list[int]:
    """Vouchers that more than one operation was to bring up to the same payments.

    Each operation of the outbox is read, not what the scheduler remembers of them.
    """
    with database.reading() as connection:
        named_by: Counter[tuple[int, int]] = Counter()
        ended = (PARKED, REFUSED)
        found = connection.execute(
            select(OPERATIONS.c.id, OPERATIONS.c.command).where(
                OPERATIONS.c.verb == "settle", OPERATIONS.c.state.not_in(ended)
            )
        )
        payments = _payments(connection)
        for id_, command in found:
            for voucher in _named(command):
                named_by[voucher, payments.get(id_, -1)] += 1
        return sorted(voucher for (voucher, _), count in named_by.items() if count > 1)


def settled_twice(database: Database) -> list[int]:
    """Vouchers that the ledger told to be settled twice for the same payments."""
    with database.reading() as connection:
        rows = rows_of(connection, "settlements", EVERYTHING)
        told = Counter((one.voucher, one.payments) for one in rows)
        return sorted(voucher for (voucher, _), count in told.items() if count > 1)


def _payments(connection: Connection) -> dict[str, int]:
    found = connection.execute(select(RUN_ITEMS.c.operation, RUN_ITEMS.c.payments).distinct())
    return {row[0]: row[1] for row in found}


def _named(command: str) -> list[int]:
    return [int(one) for one in json.loads(command)["ids"]]


# ---- what the members do


def divided(stage: Stage, pieces: int = 6) -> int:
    """A payable of which others hold pieces; returns its root."""
    return stage.town.once(("divided", pieces), lambda: _divided(stage, pieces))


def _divided(stage: Stage, pieces: int) -> int:
    root = stage.acts.issue()
    takers = [stage.cast.cedar, stage.cast.delta, stage.cast.echo]
    holders = [takers[place % 3] for place in range(pieces)]
    cut(stage, root, [1_001 * YUAN + place for place in range(pieces)], holders)
    return root


def cut(stage: Stage, root: int, amounts: Sequence[int], takers: Sequence[Member]) -> list[int]:
    """Birch passes parts of a voucher on, and they are accepted."""
    parts = tuple(
        Part(taker.id, root, amount, named("delivery"))
        for amount, taker in zip(amounts, takers, strict=True)
    )
    offered = stage.cast.birch.act(TransferVoucher, parts=parts).offered
    for taker, voucher in zip(takers, offered, strict=True):
        stage.acts.accept(taker, voucher)
    return offered


def pay(stage: Stage, payable: int, amount: int) -> None:
    """Acme pays from its deposit."""
    stage.cast.acme.act(PayPayable, payable_id=payable, amount=amount)


def attest(stage: Stage, payable: int, amount: int, reference: str) -> None:
    """The settlement bank attests money that it has received."""
    stage.cast.settlement_bank.act(
        AttestPayment,
        payable_id=payable,
        amount=amount,
        value_day=stage.cast.ledger.today,
        payment_reference=named(reference),
    )
