"""Faults: how a good step is turned into a mistaken one."""

from collections.abc import Callable
from datetime import date

from tests.oracle.author import Author, Move, Step
from tests.oracle.moves import DRAFTS, MOVES
from tests.oracle.voucher import Voucher

__all__ = ["Change", "changed", "drafted", "is_movable", "spoil"]

Change = Callable[[Author, Step], Step | None]


def changed(verb: str, change: Change) -> Move:
    """A good move of the verb with some fields changed."""

    def move(author: Author) -> Step | None:
        step = MOVES[verb][1](author)
        changes = change(author, step) if step else None
        return {**step, **changes} if step and changes else None

    return move


def drafted(
    verb: str, where: Callable[[Author, Voucher], bool], change: Change | None = None
) -> Move:
    """A draft of the verb for a voucher for which `where` holds, with some fields changed."""

    def move(author: Author) -> Step | None:
        vouchers = author.oracle.vouchers
        name = author.pick([name for name in vouchers if where(author, vouchers[name])])
        if name is None:
            return None
        step = DRAFTS[verb](author, name)
        changes = change(author, step) if change else {}
        return None if changes is None else {**step, **changes}

    return move


def is_movable(author: Author, voucher: Voucher) -> bool:
    """Whether a voucher can be transferred, sold, pledged or redeemed now."""
    return voucher.state == "held" and not author.is_mature(voucher.payable)


def spoil(author: Author, step: Step) -> Step:
    """Add another fault to a step, so that the order of the checks decides."""
    faults: dict[str, list[str]] = {
        "amount": ["0.00", "99999999.99"], "rate": ["0.360001"], "ltv": ["1.000001", "0"],
        "advance": ["0.00", "99999999.99"], "face": ["0.00", "99999999.99"],
        "maturity": [author.today.isoformat(), date(2099, 1, 1).isoformat()],
        "due": [author.today.isoformat()], "principal": ["0.00", "99999999.99"],
        "to": author.others(), "from": author.others(), "by": author.others(),
        "obligor": author.others(), "obligor_share": ["1.000001"],
    }  # fmt: skip
    name = author.pick([name for name in faults if name in step])
    return {**step, name: author.pick(faults[name])} if name else step
