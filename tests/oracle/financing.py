"""The verbs that turn vouchers into money early: sell, pledge, repay, redeem."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.cash import Flow
from tests.oracle.loan import Loan
from tests.oracle.money import amount, half_up, interest, rate
from tests.oracle.offers import expect_movable, expect_part
from tests.oracle.refusal import BookError, Refused, refuse_if
from tests.oracle.state import State
from tests.oracle.voucher import Recourse

__all__ = ["pledge", "redeem", "repay", "sell"]

RATE_MAX = Fraction(36, 100)


def _is_bad_rate(yearly: Fraction) -> bool:
    return not 0 <= yearly <= RATE_MAX


def sell(state: State, step: dict[str, Any]) -> None:
    """Sell a part to a bank at face less cost; the obligor may bear a share of the cost."""
    voucher, part = expect_movable(state, step), amount(step["amount"])
    seller, buyer, yearly = step["from"], step["to"], rate(step["rate"])
    share = rate(step.get("obligor_share", "0"))
    if step["recourse"] not in ("none", "full"):
        raise BookError(f"recourse is none or full, not {step['recourse']!r}")
    refuse_if(not state.has_role(buyer, "bank"), "NotEligible")
    refuse_if(buyer == seller, "SelfTransfer")
    refuse_if(_is_bad_rate(yearly) or not 0 <= share <= 1, "BadTerms")
    refuse_if(share > 0 and voucher.is_share_spent, "CostShareSpent")
    expect_part(voucher, part)
    sold = state.take_part(step["voucher"], part, step["as"])
    payable = sold.payable
    cost = interest(part, yearly, state.today, payable.maturity)
    borne = half_up(cost * share)
    state.cash.pay(Flow("sale", payable.name, buyer, seller, part - cost + borne))
    if share > 0:
        state.cash.pay(Flow("cost share", payable.name, payable.obligor, buyer, borne))
        sold.is_share_spent = True
    is_full = step["recourse"] == "full"
    sold.recourse = Recourse(seller, yearly, sold.recourse) if is_full else None
    sold.give(buyer)


def pledge(state: State, step: dict[str, Any]) -> None:
    """Borrow from a bank against a part."""
    voucher, part = expect_movable(state, step), amount(step["amount"])
    borrower, lender, advance = step["from"], step["to"], amount(step["advance"])
    ltv, yearly, due = rate(step["ltv"]), rate(step["rate"]), date.fromisoformat(step["due"])
    refuse_if(not state.has_role(lender, "bank"), "NotEligible")
    refuse_if(lender == borrower, "SelfTransfer")
    is_bad_loan = advance == 0 or not 0 < ltv <= 1 or due <= state.today
    refuse_if(is_bad_loan or _is_bad_rate(yearly), "BadTerms")
    expect_part(voucher, part)
    refuse_if(advance > part * ltv, "CoverTooLow")
    if step["id"] in state.loans:
        raise BookError(f"loan {step['id']} exists already")
    pledged = state.take_part(step["voucher"], part, step["as"])
    pledged.state = "pledged"
    state.cash.pay(Flow("advance", pledged.payable.name, lender, borrower, advance))
    state.loans[step["id"]] = Loan(
        pledged, borrower, lender, advance, ltv, yearly, due,
        overdue_multiplier=state.rules.overdue_multiplier, interest_from=state.today,
    )  # fmt: skip


def repay(state: State, step: dict[str, Any]) -> None:
    """Repay a loan early, in part or whole; a part of the security may be set free."""
    loan, principal = state.loans.get(step["id"]), amount(step["principal"])
    if loan is None:
        raise Refused("UnknownLoan")
    refuse_if(principal == 0, "ZeroAmount")
    refuse_if(principal > loan.principal, "RepaymentExceedsLoan")
    is_all = principal == loan.principal
    release = 0 if is_all else amount(step.get("release", "0"))
    if release:
        _expect_release(state, loan, principal=principal, release=release)
        name = next(name for name, voucher in state.vouchers.items() if voucher is loan.voucher)
        state.take_part(name, release, step["as"]).hold()
    paid = principal + loan.interest_on(principal, state.today)
    if is_all:
        paid += loan.interest_carried
        loan.interest_carried = 0
    payable = loan.voucher.payable.name
    state.cash.pay(Flow("repayment", payable, loan.borrower, loan.lender, paid))
    loan.reduce(principal)


def _expect_release(state: State, loan: Loan, *, principal: int, release: int) -> None:
    voucher = loan.voucher
    refuse_if(voucher.state != "pledged", "VoucherNotHeld")
    refuse_if(state.today >= voucher.payable.maturity, "PastMaturity")
    refuse_if(release > voucher.length, "AmountExceedsVoucher")
    stays = voucher.payable.owed_on(voucher.start + release, voucher.end)
    left = loan.principal - principal + loan.interest_carried
    refuse_if(stays * loan.ltv < left, "CoverTooLow")


def redeem(state: State, step: dict[str, Any]) -> None:
    """Let the obligor buy a part back before maturity; the range closes."""
    voucher, part, yearly = expect_movable(state, step), amount(step["amount"]), rate(step["rate"])
    refuse_if(_is_bad_rate(yearly), "BadTerms")
    expect_part(voucher, part)
    redeemed = state.take_part(step["voucher"], part, step["as"])
    payable = redeemed.payable
    price = part - interest(part, yearly, state.today, payable.maturity)
    state.cash.pay(Flow("redemption", payable.name, payable.obligor, step["from"], price))
    redeemed.close()
    payable.redeemed.append((redeemed.start, redeemed.end))
    if payable.owed == 0:
        payable.state = "settled"
