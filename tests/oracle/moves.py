"""Moves: for each verb a step that the rules should accept, over what is alive; None if nothing is.

The drafts fill in a verb for any voucher at all, so that mistakes can start from them too.
"""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from math import ceil, floor

from tests.oracle.author import Author, Move, Step
from tests.oracle.loan import Loan
from tests.oracle.money import text
from tests.oracle.payable import Payable
from tests.oracle.random_invoices import random_invoices

__all__ = ["DRAFTS", "MOVES", "draft_repay", "headroom", "issue", "release_max"]


def headroom(author: Author, obligor: str) -> int:
    """What the obligor may still issue."""
    state = author.oracle.state
    return state.limits.get(obligor, 0) - state.outstanding(obligor)


def issue(author: Author, *, obligor: str | None = None) -> Step | None:
    """A new payable of an obligor that has room for it."""
    blocked = author.oracle.blocked_issuers
    free = [p for p in author.parties("issuer") if p not in blocked and headroom(author, p) > 0]
    obligor = obligor or author.pick(free)
    if obligor is None:
        return None
    room = max(headroom(author, obligor), 1)
    usual = floor(10 ** author.rng.uniform(3, 8))
    face = min(author.rng.choice([usual] * 20 + [1, 2, room]), room)
    tenor_max: int = author.book["rules"]["tenor_days_max"]
    tenors = [1, 2, 7, 15, tenor_max, *(author.rng.randint(3, 45) for _ in range(9))]
    maturity = author.today + timedelta(days=min(author.rng.choice(tenors), tenor_max))
    payable = author.fresh("P")
    step = {
        "do": "issue", "payable": payable, "obligor": obligor,
        "to": author.pick(author.parties("supplier", "issuer", but=(obligor,))),
        "face": text(face), "maturity": maturity.isoformat(),
        "as": author.pick([payable, author.fresh("V")]),
    }  # fmt: skip
    if author.chance(0.65):
        step["invoices"] = random_invoices(author, face)
    return step


def _answer(verb: str) -> Move:
    def move(author: Author) -> Step | None:
        name = author.pick(author.vouchers("offered"))
        if name is None:
            return None
        return {"do": verb, "voucher": name, "by": author.oracle.vouchers[name].offeree}

    return move


def _draft(author: Author, verb: str, name: str, *, to: str | None) -> Step:
    voucher = author.oracle.vouchers[name]
    part = author.part(voucher.length)
    is_renamed = part < voucher.length or author.chance(0.6)
    step = {"do": verb, "voucher": name, "from": voucher.holder, "to": to}
    return {**step, "amount": text(part), "as": author.fresh("V") if is_renamed else name}


def draft_transfer(author: Author, name: str) -> Step:
    """A transfer of some of a voucher."""
    voucher = author.oracle.vouchers[name]
    but = (voucher.holder, voucher.payable.obligor)
    receivers = author.parties("supplier", "issuer", "bank", but=but)
    return _draft(author, "transfer", name, to=author.pick(receivers))


def draft_sell(author: Author, name: str) -> Step:
    """A sale, with recourse more often when the seller has a recourse itself."""
    voucher = author.oracle.vouchers[name]
    buyer = author.pick(author.parties("bank", but=(voucher.holder,)))
    is_full = author.chance(0.85 if voucher.recourse else 0.55)
    step = _draft(author, "sell", name, to=buyer)
    step |= {"id": author.fresh("F"), "rate": author.yearly()}
    step["recourse"] = "full" if is_full else "none"
    if author.chance(0.5):
        shares = ["0"] if voucher.is_share_spent else ["0", "0.000001", "0.333333", "0.5", "1"]
        step["obligor_share"] = author.pick(shares)
    return step


def draft_pledge(author: Author, name: str) -> Step:
    """A loan, often as large as its cover lets it be."""
    voucher = author.oracle.vouchers[name]
    lender = author.pick(author.parties("bank", but=(voucher.holder,)))
    step = _draft(author, "pledge", name, to=lender)
    ltv = author.pick(["1", "1", "1", "0.8", "0.80", "0.666667", "0.1"])
    cover = max(floor(Fraction(step["amount"]) * 100 * Fraction(ltv)), 1)
    advance = author.pick([cover, cover, cover, 1, author.rng.randint(1, cover)])
    maturity = voucher.payable.maturity
    later = author.today + timedelta(days=author.rng.randint(1, 40))
    due = max(author.pick([maturity, maturity, later]), author.today + timedelta(days=1))
    step |= {"id": author.fresh("F"), "advance": text(advance), "ltv": ltv}
    return {**step, "rate": author.pick([author.yearly(), "0.36"]), "due": due.isoformat()}


def draft_redeem(author: Author, name: str) -> Step:
    """An early redemption."""
    step = _draft(author, "redeem", name, to=None)
    del step["to"]
    return {**step, "rate": author.yearly()}


DRAFTS: dict[str, Callable[[Author, str], Step]] = {
    "transfer": draft_transfer,
    "sell": draft_sell,
    "pledge": draft_pledge,
    "redeem": draft_redeem,
}


def _transfer(author: Author) -> Step | None:
    depth_max: int = author.book["rules"]["depth_max"]
    name = author.larger(author.movable(lambda voucher: voucher.depth < depth_max))
    return draft_transfer(author, name) if name else None


def _sell(author: Author) -> Step | None:
    chained = author.movable(lambda voucher: voucher.recourse is not None)
    name = author.larger(chained if author.chance(0.4) else []) or author.larger(author.movable())
    return draft_sell(author, name) if name else None


def _pledge(author: Author) -> Step | None:
    name = author.larger(author.movable())
    return draft_pledge(author, name) if name else None


def _redeem(author: Author) -> Step | None:
    """The payables nearly redeemed already are preferred, so that some are redeemed whole."""
    begun = author.movable(lambda voucher: bool(voucher.payable.redeemed))
    few = author.movable(lambda voucher: len(voucher.payable.redeemed) < 30)
    name = author.pick(begun) if author.chance(0.5) else author.larger(few)
    return draft_redeem(author, name) if name in few else None


def release_max(loan: Loan, principal: int) -> int:
    """How much security a repayment sets free at most."""
    left = loan.principal - principal + loan.interest_carried
    return loan.voucher.length - ceil(left / loan.ltv)


def draft_repay(author: Author, name: str, principal: int) -> Step:
    """A repayment without a release."""
    step = {"do": "repay", "id": name, "principal": text(principal), "as": author.fresh("V")}
    return {**step, "release": "0.00"} if author.chance(0.15) else step


def _is_early(author: Author, loan: Loan) -> bool:
    return loan.voucher.state == "pledged" and not author.is_mature(loan.voucher.payable)


def _repay(author: Author) -> Step | None:
    names = author.loans(lambda loan: loan.is_open)
    early = [n for n in names if _is_early(author, author.oracle.loans[n])]
    name = author.pick(early if early and author.chance(0.6) else names)
    if name is None:
        return None
    loan = author.oracle.loans[name]
    step = draft_repay(author, name, author.part(loan.principal))
    principal = int(Fraction(step["principal"]) * 100)
    if principal == loan.principal:
        return {**step, "release": text(loan.voucher.length + 1)} if author.chance(0.2) else step
    most = release_max(loan, principal)
    if _is_early(author, loan) and most > 0 and author.chance(0.8):
        step["release"] = text(author.pick([most, author.part(most)]))
    return step


def _pay(author: Author) -> Step | None:
    """A payment: whole, least, one short of the debt, around the late interest, or any."""
    due = [p for p in author.payables("live") if author.is_mature(p)]
    pledged = [author.oracle.vouchers[name].payable for name in author.vouchers("pledged")]
    secured = [payable for payable in due if payable in pledged]
    payable: Payable | None = author.pick(secured if secured and author.chance(0.5) else due)
    if payable is None:
        return None
    late = payable.late(author.today, author.oracle.state.rules.late_rate_daily)
    debt, least = late + payable.owed, ceil(payable.face / Fraction(100))
    middle = author.rng.randint(min(least, debt), debt)
    paid = author.pick([debt, debt, debt, least, debt - 1, late, late + 1, middle, middle, middle])
    return {"do": "pay", "payable": payable.name, "amount": text(min(max(paid, least), debt))}


def _recourse(author: Author) -> Step | None:
    names = author.vouchers("held", where=lambda voucher: voucher.recourse is not None)
    late = [n for n in names if author.oracle.vouchers[n].payable.is_overdue(author.today)]
    name = author.pick(late)
    return {"do": "recourse", "voucher": name} if name else None


def _wait(author: Author) -> Step | None:  # noqa: ARG001 - every move is asked the same way
    return {"do": "wait"}


MOVES: dict[str, tuple[int, Move]] = {
    "issue": (12, issue),
    "accept": (40, _answer("accept")),
    "decline": (4, _answer("decline")),
    "transfer": (18, _transfer),
    "sell": (12, _sell),
    "pledge": (13, _pledge),
    "repay": (8, _repay),
    "redeem": (7, _redeem),
    "pay": (10, _pay),
    "recourse": (7, _recourse),
    "wait": (1, _wait),
}
