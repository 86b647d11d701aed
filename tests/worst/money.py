"""Payments, their distribution and recourse at their worst, and the relay that carries all."""

from collections.abc import Sequence
from typing import Final

from ledger.chain.calls import Item, framed
from ledger.chain.deployment import DESKS
from ledger.model.commands import (
    AcceptVoucher,
    AttestPayment,
    ConfirmPayout,
    PayPayable,
    RecourseVoucher,
    ReturnPayout,
    ReturnUnapplied,
)
from ledger.model.ids import payable_of, root_voucher
from tests.cast import named
from tests.worst.claims import EARLY, FACE, LATE, PIECES, PLEDGED, RESOLD
from tests.worst.town import Town, answer

__all__ = ["batches", "distribution", "payments"]

PAYMENTS: Final = 250
_FIRST: Final = 1
_LATE_DAYS: Final = 200
"""So late that the interest alone is more than all part payments."""


def attest(town: Town, payable: int, amount: int, name: str = "money in") -> Item:
    values = {"value_day": town.ledger.today, "payment_reference": named(name)}
    bank = town.settlement_bank
    return bank.item(AttestPayment, payable_id=payable, amount=amount, **values)


def settle(town: Town, vouchers: Sequence[int]) -> Item:
    return town.ledger.call("Settlement", "settle", list(vouchers))


# ---- the first payment of a payable, whole, after which its day is unpaid no more


def payments(town: Town) -> None:
    with town.taken_back():
        town.relay([attest(town, _FIRST, FACE)])
        values = {"amount": FACE - 1, "payment_reference": named("money back")}
        back = town.settlement_bank.item(ReturnUnapplied, payable_id=_FIRST, **values)
        town.measure("Settlement.returnUnapplied", back)
        town.begin(EARLY + 9)
        town.measure(
            "Settlement.applyUnapplied", town.ledger.call("Settlement", "applyUnapplied", _FIRST)
        )
    with town.taken_back():
        town.begin(EARLY + 9)
        debt = sum(town.ledger.debt(_FIRST))
        pay = town.acme.item(PayPayable, payable_id=_FIRST, amount=debt)
        town.measure("Settlement.pay", pay)
        received = attest(town, _FIRST, debt + 1)
        town.measure("Settlement.attest", received)
        town.relay([received, settle(town, [root_voucher(_FIRST)])])
        _payouts(town, debt)


def _payouts(town: Town, amount: int) -> None:
    bank = town.settlement_bank
    values = {"payout": 1, "amount": amount}
    confirm = bank.item(ConfirmPayout, payment_reference=named("paid out"), **values)
    town.measure("Settlement.confirmPayout", confirm)
    town.relay([confirm])
    came_back = bank.item(ReturnPayout, payment_reference=named("came back"), **values)
    town.measure("Settlement.returnPayout", came_back)


# ---- as many payments as there can be


def distribution(town: Town) -> None:
    payable = payable_of(PLEDGED)
    town.begin(LATE + _LATE_DAYS)
    least = FACE // 100 + 1
    town.relay([attest(town, payable, least, f"part {number}") for number in range(PAYMENTS)])
    assert town.ledger.ask("Settlement", "accountOf", payable)["payments"] == PAYMENTS

    def pieces(count: int) -> Item:
        return settle(town, PIECES[:count])

    town.measure_list("Settlement.settle, each further voucher", (1, 2, 3), pieces)
    town.empty(town.echo)
    _recourse(town)
    # The whole debt is taken even then; it is the last payment, and by the other rail.
    debt = sum(town.ledger.debt(payable))
    town.relay([town.acme.item(PayPayable, payable_id=payable, amount=debt)])
    settled = town.measure("Settlement.settle", settle(town, [PLEDGED]))
    counts = [event.name for event in settled.events]
    assert counts.count("LoanServed") == PAYMENTS + 1
    assert counts.count("PayoutOpened") == PAYMENTS


def _recourse(town: Town) -> None:
    with town.taken_back():
        town.relay([settle(town, [RESOLD]), town.deposit(town.delta, amount=FACE)])
        demand = town.echo.item(RecourseVoucher, voucher=RESOLD)
        done = town.measure("Sales.recourse", demand)
        assert "VoucherTurnedBack" in [event.name for event in done.events]


# ---- batches


def batches(town: Town) -> None:
    """What the relay adds to its items: most for one that is refused, whose digest it asks for."""
    at = town.ledger.deployment.addresses
    desks = [at["Vouchers"], *(at[name] for name in DESKS if name != "Vouchers")]

    def refused(count: int) -> Item:
        return _batch(town, desks[:1], [_unknown(town) for _ in range(count)])

    town.measure("Relay.relay", refused(1))
    town.measure_list("Relay.relay, each further command", (1, 16, 32), refused)

    def between(count: int) -> Item:
        return _batch(town, desks[:count], [_unknown(town)])

    town.measure_list("Relay.relay, each further desk", (1, 6, len(desks)), between)


def _unknown(town: Town) -> Item:
    """An answer to an offer that there is not."""
    values = {"voucher": 2**64 - 1, "start": 0, "end": FACE}
    return answer(town.birch, town.birch.make(AcceptVoucher, **values))


def _batch(town: Town, desks: Sequence[str], items: Sequence[Item]) -> Item:
    calls = b"".join(framed(0, item.data) for item in items)
    return town.ledger.call("Relay", "relay", list(desks), len(items), calls)
