"""What payments bring a range, reckoned from rows alone: a check of what was distributed.

Nothing is paid by it. The contract distributes; this says from the same events what a range is
still to get, so that money received and money distributed can be held against each other.
"""

from collections.abc import Iterable, Sequence

from ledger.views.claim_rows import Hop, HopKind
from ledger.views.money_rows import Payment

__all__ = ["Range", "principal_of", "redeemed_ranges", "share_of"]

Range = tuple[int, int]
"""Units [start, end) of a payable."""


def redeemed_ranges(hops: Iterable[Hop]) -> list[Range]:
    """The ranges of a payable that its obligor paid early; nothing more is owed on them."""
    return [(one.start, one.end) for one in hops if one.kind is HopKind.REDEMPTION]


def share_of(
    units: Range, payments: Sequence[Payment], redeemed: Sequence[Range], *, settled: int
) -> int:
    """What a range gets of a payable's payments behind the first `settled` ones, in fen.

    Of each payment ⌊position × payment / owed⌋ between its two bounds, of the interest part before
    the principal part moves them.
    """
    low, high = (_owed_below(unit, redeemed) for unit in units)
    found = 0
    for place, one in enumerate(payments):
        below_low = low * one.principal // one.owed
        below_high = high * one.principal // one.owed
        if place >= settled:
            found += below_high - below_low
            found += high * one.interest // one.owed - low * one.interest // one.owed
        low, high = low - below_low, high - below_high
    return found


def principal_of(units: Range, payments: Sequence[Payment], redeemed: Sequence[Range]) -> int:
    """The principal that is unpaid on a range after a payable's payments, in fen."""
    low, high = (_owed_below(unit, redeemed) for unit in units)
    for one in payments:
        low -= low * one.principal // one.owed
        high -= high * one.principal // one.owed
    return high - low


def _owed_below(unit: int, redeemed: Iterable[Range]) -> int:
    """Units below one on which anything was owed at maturity."""
    return unit - sum(max(0, min(end, unit) - start) for start, end in redeemed)
