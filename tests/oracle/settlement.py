"""The verbs at and after maturity: pay, with its distribution at once, and recourse."""

from typing import Any

from tests.oracle.cash import Flow
from tests.oracle.loan import Loan
from tests.oracle.money import amount, interest
from tests.oracle.payable import Payable
from tests.oracle.refusal import Refused, refuse_if
from tests.oracle.state import State
from tests.oracle.voucher import Voucher

__all__ = ["pay", "recourse"]


def pay(state: State, step: dict[str, Any]) -> None:
    """Pay on a payable: late interest first, then principal; every open voucher gets its share."""
    payable, paid = state.payables.get(step["payable"]), amount(step["amount"])
    if payable is None:
        raise Refused("UnknownPayable")
    refuse_if(payable.state != "live", "PayableNotLive")
    refuse_if(state.today < payable.maturity, "NotYetDue")
    refuse_if(paid == 0, "ZeroAmount")
    late = payable.late(state.today, state.rules.late_rate_daily)
    debt = late + payable.owed
    refuse_if(paid > debt, "PaymentExceedsDebt")
    refuse_if(paid * 100 < payable.face and paid != debt, "PaymentTooSmall")
    to_late = min(paid, late)
    to_principal = paid - to_late
    vouchers = [v for v in state.vouchers.values() if v.payable is payable and v.state != "closed"]
    shares = [voucher.share(to_late) + voucher.share(to_principal) for voucher in vouchers]
    for voucher, share in zip(vouchers, shares, strict=True):
        _distribute(state, voucher, share)
    payable.record_payment(to_late, to_principal, late_left=late - to_late, today=state.today)
    if payable.owed == 0:
        _settle(payable, vouchers)


def _distribute(state: State, voucher: Voucher, share: int) -> None:
    payable = voucher.payable
    loan = _loan_on(state, voucher)
    to_loan = 0
    if loan is not None:
        to_loan = loan.receive(share, state.today)
        state.cash.pay(Flow("payment", payable.name, payable.obligor, loan.lender, to_loan))
    rest = share - to_loan
    state.cash.pay(Flow("payment", payable.name, payable.obligor, voucher.holder, rest))


def _loan_on(state: State, voucher: Voucher) -> Loan | None:
    open_loans = (loan for loan in state.loans.values() if loan.is_open)
    return next((loan for loan in open_loans if loan.voucher is voucher), None)


def _settle(payable: Payable, vouchers: list[Voucher]) -> None:
    payable.state = "settled"
    for voucher in vouchers:
        voucher.close()


def recourse(state: State, step: dict[str, Any]) -> None:
    """Hand an overdue voucher back to the seller, who pays its price."""
    voucher = state.vouchers.get(step["voucher"])
    if voucher is None:
        raise Refused("UnknownVoucher")
    refuse_if(voucher.state != "held", "VoucherNotHeld")
    right, payable = voucher.recourse, voucher.payable
    if right is None:
        raise Refused("NoRecourse")
    refuse_if(not payable.is_overdue(state.today), "NotOverdue")
    yearly = right.rate * state.rules.overdue_multiplier
    price = voucher.owed + voucher.share(payable.late_carried)
    price += interest(voucher.owed, yearly, payable.reckoned_from, state.today)
    state.cash.pay(Flow("recourse", payable.name, right.seller, voucher.holder, price))
    voucher.holder = right.seller
    voucher.recourse = right.before
