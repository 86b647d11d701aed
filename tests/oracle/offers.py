"""The verbs that offer vouchers and answer offers: issue, accept, decline, transfer."""

from datetime import date
from typing import Any

from tests.oracle.money import amount
from tests.oracle.payable import Payable
from tests.oracle.refusal import BookError, Refused, refuse_if
from tests.oracle.state import State
from tests.oracle.voucher import Voucher

__all__ = ["accept", "decline", "expect_movable", "expect_part", "issue", "transfer"]


def issue(state: State, step: dict[str, Any]) -> None:
    """Offer the root voucher of a new payable."""
    obligor, receiver, face = step["obligor"], step["to"], amount(step["face"])
    maturity = date.fromisoformat(step["maturity"])
    refuse_if(not state.has_role(obligor, "issuer"), "NotEligible")
    refuse_if(not state.has_role(receiver, "supplier", "issuer"), "NotEligible")
    refuse_if(receiver == obligor, "SelfTransfer")
    refuse_if(state.is_blocked(obligor), "IssuerBlocked")
    refuse_if(face == 0, "ZeroAmount")
    refuse_if(maturity <= state.today, "PastMaturity")
    refuse_if(maturity - state.today > state.rules.tenor_max, "TenorTooLong")
    limit = state.limits.get(obligor, 0)
    refuse_if(state.outstanding(obligor) + face > limit, "LimitExceeded")
    uses = state.invoices.use(face, step.get("invoices", []))
    if step["payable"] in state.payables or step["as"] in state.vouchers:
        raise BookError(f"payable {step['payable']} or voucher {step['as']} exists already")
    payable = Payable(step["payable"], obligor, face, maturity, invoice_uses=uses)
    root = Voucher(payable, 0, face, obligor, "offered")
    root.offer(receiver, state.today)
    state.payables[payable.name] = payable
    state.vouchers[step["as"]] = root


def _offered_to(state: State, step: dict[str, Any]) -> Voucher:
    voucher = state.vouchers.get(step["voucher"])
    if voucher is None or voucher.state != "offered" or voucher.offeree != step["by"]:
        raise Refused("VoucherNotOffered")
    return voucher


def accept(state: State, step: dict[str, Any]) -> None:
    """Take an offered voucher; a root's payable goes live, a recourse of before ends."""
    voucher = _offered_to(state, step)
    voucher.payable.state = "live"
    voucher.recourse = None
    voucher.give(step["by"])


def decline(state: State, step: dict[str, Any]) -> None:
    """Send an offered voucher back."""
    state.return_offer(_offered_to(state, step))


def expect_movable(state: State, step: dict[str, Any]) -> Voucher:
    """The checks that transfer, sell, pledge and redeem begin with."""
    voucher = state.vouchers.get(step["voucher"])
    if voucher is None:
        raise Refused("UnknownVoucher")
    refuse_if(voucher.holder != step["from"], "NotHolder")
    refuse_if(voucher.state != "held", "VoucherNotHeld")
    refuse_if(state.today >= voucher.payable.maturity, "PastMaturity")
    return voucher


def expect_part(voucher: Voucher, part: int) -> None:
    """The checks of a cut."""
    refuse_if(part == 0, "ZeroAmount")
    refuse_if(part > voucher.length, "AmountExceedsVoucher")


def transfer(state: State, step: dict[str, Any]) -> None:
    """Offer a part of a voucher to another party."""
    voucher, receiver, part = expect_movable(state, step), step["to"], amount(step["amount"])
    refuse_if(receiver == step["from"], "SelfTransfer")
    refuse_if(not state.has_role(receiver, "issuer", "supplier", "bank"), "NotEligible")
    refuse_if(receiver == voucher.payable.obligor, "ToObligor")
    refuse_if(voucher.depth + 1 > state.rules.depth_max, "DepthExceeded")
    expect_part(voucher, part)
    state.take_part(step["voucher"], part, step["as"]).offer(receiver, state.today)
