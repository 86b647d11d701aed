"""Mistakes of the verbs about money owed: repay, pay and recourse."""

from collections.abc import Callable
from fractions import Fraction
from math import ceil

from tests.oracle.author import Author, Move, Step
from tests.oracle.faults import changed
from tests.oracle.loan import Loan
from tests.oracle.money import text
from tests.oracle.moves import draft_repay, release_max
from tests.oracle.payable import Payable
from tests.oracle.voucher import Voucher

__all__ = ["PAY", "RECOURSE", "REPAY"]

# ---- loans


def _repaid(where: Callable[[Author, Loan], bool], release: Callable[[Loan, int], int]) -> Move:
    """A part repayment of an open loan for which `where` holds, with a release."""

    def move(author: Author) -> Step | None:
        found = author.loans(
            lambda loan: loan.is_open and loan.principal > 1 and where(author, loan)
        )
        name = author.pick(found)
        if name is None:
            return None
        loan = author.oracle.loans[name]
        principal = author.part(loan.principal - 1)
        step = draft_repay(author, name, principal)
        return {**step, "release": text(release(loan, principal))}

    return move


def _is_secured(author: Author, loan: Loan) -> bool:
    return loan.voucher.state == "pledged" and not author.is_mature(loan.voucher.payable)


def _repaid_too_much(author: Author) -> Step | None:
    name = author.pick(author.loans(lambda _: True))
    return draft_repay(author, name, author.oracle.loans[name].principal + 1) if name else None


REPAY: dict[str, Move] = {
    "UnknownLoan": lambda author: draft_repay(author, author.ghost("F"), 100),
    "ZeroAmount": changed("repay", lambda _a, _s: {"principal": "0.00"}),
    "RepaymentExceedsLoan": _repaid_too_much,
    "VoucherNotHeld": _repaid(lambda _, loan: loan.voucher.state == "closed", lambda _l, _p: 1),
    "PastMaturity": _repaid(
        lambda a, loan: loan.voucher.state == "pledged" and a.is_mature(loan.voucher.payable),
        lambda _l, _p: 1,
    ),
    "AmountExceedsVoucher": _repaid(_is_secured, lambda loan, _: loan.voucher.length + 1),
    "CoverTooLow": _repaid(_is_secured, lambda loan, paid: max(release_max(loan, paid), 0) + 1),
}


# ---- payments and recourse


def _paid(where: Callable[[Author, Payable], bool], fen: Callable[[int, Payable], int]) -> Move:
    """A payment of so many fen, by debt and payable, on a payable for which `where` holds."""

    def move(author: Author) -> Step | None:
        payable = author.pick([p for p in author.oracle.payables.values() if where(author, p)])
        if payable is None:
            return None
        late = payable.late(author.today, author.oracle.state.rules.late_rate_daily)
        paid = fen(late + payable.owed, payable)
        return {"do": "pay", "payable": payable.name, "amount": text(paid)}

    return move


def _is_due(author: Author, payable: Payable) -> bool:
    return payable.state == "live" and author.is_mature(payable)


def _is_live_early(author: Author, payable: Payable) -> bool:
    return payable.state == "live" and not author.is_mature(payable)


PAY: dict[str, Move] = {
    "UnknownPayable": lambda a: {"do": "pay", "payable": a.ghost("P"), "amount": "1.00"},
    "PayableNotLive": _paid(lambda _, p: p.state != "live", lambda _, p: p.face),
    "NotYetDue": _paid(_is_live_early, lambda debt, _: debt),
    "ZeroAmount": _paid(_is_due, lambda _d, _p: 0),
    "PaymentExceedsDebt": _paid(_is_due, lambda debt, _: debt + 1),
    "PaymentTooSmall": _paid(
        lambda a, p: _is_due(a, p) and p.face > 100 and p.owed > ceil(Fraction(p.face, 100)),
        lambda _, p: ceil(Fraction(p.face, 100)) - 1,
    ),
}


def _turned_back(where: Callable[[Author, Voucher], bool]) -> Move:
    def move(author: Author) -> Step | None:
        vouchers = author.oracle.vouchers
        name = author.pick([name for name in vouchers if where(author, vouchers[name])])
        return {"do": "recourse", "voucher": name} if name else None

    return move


RECOURSE: dict[str, Move] = {
    "UnknownVoucher": lambda author: {"do": "recourse", "voucher": author.ghost("V")},
    "VoucherNotHeld": _turned_back(lambda _, v: v.state != "held"),
    "NoRecourse": _turned_back(lambda _, v: v.state == "held" and v.recourse is None),
    "NotOverdue": _turned_back(
        lambda a, v: v.state == "held" and bool(v.recourse) and not v.payable.is_overdue(a.today)
    ),
}
