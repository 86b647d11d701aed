"""Sums of reports beyond 63 bits: exact on every engine, whatever single amounts come to."""

from typing import Any

from ledger.model.states import PayableState, VoucherState
from ledger.store.database import Database
from ledger.store.reports import Moved, held_unpaid, moved, owed_by_due
from ledger.store.state import SqlState
from ledger.views.claim_rows import Payable, Voucher
from ledger.views.money_rows import Movement, MovementKind

FACE_MAX = 2**56 - 1
DUE = 20_000
COUNT = 260
"""Of the largest face: 2^64 and more."""


def test_sums_of_the_largest_faces_are_exact(database: Database) -> None:
    with database.writing() as connection:
        state = SqlState(connection)
        for number in range(1, COUNT + 1):
            state.payables[number] = _payable(number)
            state.vouchers[number << 32 | 1] = _voucher(number << 32 | 1)
        state.seal()
        state.flush()
    with database.reading() as connection:
        expected = [(DUE, COUNT, COUNT * FACE_MAX)]
        assert owed_by_due(connection, 1, DUE, DUE) == expected
        assert held_unpaid(connection, 2, DUE, DUE) == expected


def test_sums_of_the_largest_movements_are_exact(database: Database) -> None:
    most = 2**64 - 1
    with database.writing() as connection:
        state = SqlState(connection)
        for second in (5, 6, 7, 8):
            state.movements.append(Movement(MovementKind.MOVED, 6, 1, 2, most, second))
        state.movements.append(Movement(MovementKind.MOVED, 6, 2, 1, most - 1, 8))
        state.seal()
        state.flush()
    with database.reading() as connection:
        assert moved(connection, 2, 7, 9) == [Moved(6, 2 * most, 2 * most, most - 1)]
        assert moved(connection, 1, 7, 9) == [Moved(6, -2 * most, most - 1, 2 * most)]
        assert moved(connection, 1, 1, 5) == []


def _payable(number: int) -> Payable:
    sizes: dict[str, Any] = {"face": FACE_MAX, "live": FACE_MAX, "maturity": DUE, "due": DUE}
    parties: dict[str, Any] = {"obligor": 1, "offeree": 2, "bank": 6}
    said: dict[str, Any] = {"offered_at": 1, "rules": 0, "invoices": 0, "evidence": b""}
    return Payable(number, **parties, **sizes, **said, digest=b"", state=PayableState.LIVE)


def _voucher(number: int) -> Voucher:
    return Voucher(
        number, start=0, end=FACE_MAX, holder=2, counterparty=0, offered_at=0, depth=0, settled=0,
        state=VoucherState.HELD,
    )  # fmt: skip
