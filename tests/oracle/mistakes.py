"""Mistakes: for each verb and refusal a step that the rules should refuse with just that code."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction

from tests.oracle import random_invoices
from tests.oracle.author import Author, Move, Step
from tests.oracle.faults import changed, drafted, is_movable
from tests.oracle.money import amount, text
from tests.oracle.moves import MOVES, headroom, issue
from tests.oracle.payment_mistakes import PAY, RECOURSE, REPAY
from tests.oracle.voucher import Voucher

__all__ = ["MISTAKES"]


def _length(author: Author, step: Step) -> int:
    return author.oracle.vouchers[step["voucher"]].length


# ---- transfer, sell, pledge, redeem


def _of_movers(verb: str) -> dict[str, Move]:
    return {
        "UnknownVoucher": changed(verb, lambda a, _: {"voucher": a.ghost("V")}),
        "NotHolder": drafted(
            verb, lambda _a, _v: True, lambda a, s: {"from": a.pick(a.others(s["from"]))}
        ),
        "VoucherNotHeld": drafted(verb, lambda _, v: v.state != "held"),
        "PastMaturity": drafted(
            verb, lambda a, v: v.state == "held" and a.is_mature(v.payable)
        ),
        "ZeroAmount": changed(verb, lambda _a, _s: {"amount": "0.00"}),
        "AmountExceedsVoucher": changed(
            verb, lambda a, s: {"amount": text(_length(a, s) + a.pick([1, 1, 10**7]))}
        ),
    }  # fmt: skip


def _of_banks(verb: str) -> dict[str, Move]:
    return {
        "NotEligible": changed(
            verb, lambda a, _: {"to": a.pick(a.parties("supplier", "issuer", "operator"))}
        ),
        "SelfTransfer": drafted(
            verb,
            lambda a, v: is_movable(a, v) and v.holder in a.parties("bank"),
            lambda _, s: {"to": s["from"]},
        ),
    }


def _too_high(_author: Author, _step: Step) -> Step:
    return {"rate": "0.360001"}


def _bad_sale(author: Author, _step: Step) -> Step:
    bad: Step = author.pick([{"rate": "0.360001"}, {"rate": "1"}, {"obligor_share": "1.000001"}])
    return bad


def _bad_loan(author: Author, _step: Step) -> Step:
    past = author.today - timedelta(days=author.pick([0, 0, 1, 30]))
    bad = [{"rate": "0.360001"}, {"ltv": "0"}, {"ltv": "1.000001"}, {"advance": "0.00"}]
    choice: Step = author.pick([*bad, {"due": past.isoformat()}])
    return choice


def _too_large_advance(author: Author, step: Step) -> Step:
    cover = int(Fraction(step["amount"]) * 100 * Fraction(step["ltv"]))
    return {"advance": text(cover + author.pick([1, 1, 1000]))}


def _is_too_deep(author: Author, voucher: Voucher) -> bool:
    return is_movable(author, voucher) and voucher.depth >= author.book["rules"]["depth_max"]


def _obligor_of(author: Author, step: Step) -> str:
    return author.oracle.vouchers[step["voucher"]].payable.obligor


TRANSFER: dict[str, Move] = {
    "SelfTransfer": changed("transfer", lambda _, s: {"to": s["from"]}),
    "NotEligible": changed(
        "transfer", lambda a, _: {"to": a.pick(a.parties("operator", "regulator"))}
    ),
    "ToObligor": changed("transfer", lambda a, s: {"to": _obligor_of(a, s)}),
    "DepthExceeded": drafted("transfer", _is_too_deep),
}
SELL: dict[str, Move] = {
    "BadTerms": changed("sell", _bad_sale),
    "CostShareSpent": drafted(
        "sell",
        lambda a, v: is_movable(a, v) and v.is_share_spent,
        lambda a, _: {"obligor_share": a.pick(["0.5", "0.000001"])},
    ),
}
PLEDGE: dict[str, Move] = {
    "BadTerms": changed("pledge", _bad_loan),
    "CoverTooLow": changed("pledge", _too_large_advance),
}


# ---- issue and its answers


def _blocked_issue(author: Author) -> Step | None:
    obligor = author.pick(author.oracle.blocked_issuers)
    return issue(author, obligor=obligor) if obligor else None


def _unfit_parties(author: Author, step: Step) -> Step:
    unfit = author.parties("bank", "operator", "regulator")
    not_issuers = [party for party in author.others() if party not in author.parties("issuer")]
    changes: Step = author.pick([{"to": author.pick(unfit)}, {"obligor": author.pick(not_issuers)}])
    return changes if step["to"] != changes.get("obligor") else {"to": "REG"}


def _past_maturity(author: Author, _step: Step) -> Step:
    return {"maturity": (author.today - timedelta(days=author.pick([0, 0, 1, 40]))).isoformat()}


def _long_tenor(author: Author, _step: Step) -> Step:
    days = author.book["rules"]["tenor_days_max"] + author.pick([1, 1, 30])
    return {"maturity": (author.today + timedelta(days=days)).isoformat()}


def _over_limit(author: Author, step: Step) -> Step:
    return {"face": text(headroom(author, step["obligor"]) + author.pick([1, 1, 10**6]))}


def _invoiced(invoices: Callable[[Author, int], list[Step] | None]) -> Move:
    def change(author: Author, step: Step) -> Step | None:
        found = invoices(author, amount(step["face"]))
        return {"invoices": found} if found else None

    return changed("issue", change)


ISSUE: dict[str, Move] = {
    "NotEligible": changed("issue", _unfit_parties),
    "SelfTransfer": changed("issue", lambda _, s: {"to": s["obligor"]}),
    "IssuerBlocked": _blocked_issue,
    "ZeroAmount": changed("issue", lambda _a, _s: {"face": "0.00"}),
    "PastMaturity": changed("issue", _past_maturity),
    "TenorTooLong": changed("issue", _long_tenor),
    "LimitExceeded": changed("issue", _over_limit),
    "InvoiceMismatch": _invoiced(random_invoices.mismatched),
    "InvoiceOverused": _invoiced(random_invoices.overused),
    "InvoiceShort": _invoiced(random_invoices.short),
}


def _answered_wrongly(verb: str) -> Move:
    def move(author: Author) -> Step | None:
        step = MOVES[verb][1](author)
        if step and author.chance(0.5):
            return {**step, "by": author.pick(author.others(step["by"]))}
        name = author.pick([author.ghost("V"), author.pick(author.vouchers("held", "closed"))])
        return {"do": verb, "voucher": name, "by": author.pick(author.others())} if name else None

    return move


_BY_VERB: dict[str, dict[str, Move]] = {
    "issue": ISSUE,
    "accept": {"VoucherNotOffered": _answered_wrongly("accept")},
    "decline": {"VoucherNotOffered": _answered_wrongly("decline")},
    "transfer": {**_of_movers("transfer"), **TRANSFER},
    "sell": {**_of_movers("sell"), **_of_banks("sell"), **SELL},
    "pledge": {**_of_movers("pledge"), **_of_banks("pledge"), **PLEDGE},
    "redeem": {**_of_movers("redeem"), "BadTerms": changed("redeem", _too_high)},
    "repay": REPAY,
    "pay": PAY,
    "recourse": RECOURSE,
}
MISTAKES: dict[tuple[str, str], Move] = {
    (verb, code): move for verb, moves in _BY_VERB.items() for code, move in moves.items()
}
