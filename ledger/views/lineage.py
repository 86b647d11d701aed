"""Where a range comes from and what became of it: the tree of hops over the units of a payable.

A cut needs no row of its own: units are numbers, so the hops of a range are those that touch it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.model.states import PayableState, VoucherState
from ledger.views.claim_rows import Freeze, Hop, HopKind, Payable, Voucher
from ledger.views.money_rows import Loan, Payment, Settlement
from ledger.views.projection import Projection
from ledger.views.state import State

__all__ = ["Branch", "Lineage", "Piece", "lineage_of", "pieces_of"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A range of a payable in its present cut, with all that lies on it."""

    voucher: Voucher
    is_redeemed: bool
    is_frozen: bool
    principal_left: int
    loan: Loan | None
    """The loan it secures, or last secured."""
    settlements: tuple[Settlement, ...]

    @property
    def to_holders(self) -> int:
        """What payments brought its holders."""
        return sum(one.to_holder for one in self.settlements)

    @property
    def to_lenders(self) -> int:
        """What payments brought the lenders on it."""
        return sum(one.to_lender for one in self.settlements)


@dataclass(frozen=True, slots=True)
class Branch:
    """Units that went one way: their hops in order, then where they parted."""

    start: int
    end: int
    hops: tuple[Hop, ...]
    branches: tuple["Branch", ...]
    pieces: tuple[Piece, ...]
    """What stands on these units now; filled where they part no more."""

    def walk(self) -> Iterator["Branch"]:
        """The branch and every branch below it."""
        yield self
        for branch in self.branches:
            yield from branch.walk()


@dataclass(frozen=True, slots=True)
class Lineage:
    """The lineage of [start, end) of a payable."""

    payable: Payable
    start: int
    end: int
    root: Branch
    pieces: tuple[Piece, ...]
    payments: tuple[Payment, ...]
    freezes: tuple[Freeze, ...]
    """Those in force that overlap."""


def lineage_of(
    projection: Projection, *, payable: int = 0, voucher: int = 0, second: int | None = None
) -> Lineage:
    """The lineage of a whole payable, or of the range of one voucher; `KeyError` if unknown."""
    state = projection.state
    row = state.vouchers[voucher] if voucher else None
    found = state.payables[row.payable if row else payable]
    start, end = (row.start, row.end) if row else (0, found.face)
    pieces = tuple(
        piece
        for piece in pieces_of(projection, found.id, second=second)
        if _overlaps(piece.voucher, start, end)
    )
    hops = [hop for hop in state.hops.get(found.id, ()) if _overlaps(hop, start, end)]
    freezes = (one for one in state.freezes.values() if one.payable == found.id)
    return Lineage(
        payable=found,
        start=start,
        end=end,
        root=_branch(start, end, hops, pieces),
        pieces=pieces,
        payments=tuple(state.payments.get(found.id, ())),
        freezes=tuple(one for one in freezes if not one.is_lifted and _overlaps(one, start, end)),
    )


def pieces_of(
    projection: Projection, payable: int, *, second: int | None = None
) -> tuple[Piece, ...]:
    """The ranges of a payable in their present cut; they cover it whole, without overlap."""
    state = projection.state
    rows = state.vouchers_of(payable)
    joined = {parent for row in rows if len(row.parents) == 2 for parent in row.parents}
    redeemed = {
        hop.voucher for hop in state.hops.get(payable, ()) if hop.kind is HopKind.REDEMPTION
    }
    return tuple(
        Piece(
            voucher=projection.voucher(row.id, second=second),
            is_redeemed=row.id in redeemed,
            is_frozen=projection.is_frozen(row.id),
            principal_left=_principal_left(projection, row),
            loan=state.loans.get(state.loan_on.get(row.id, 0)),
            settlements=tuple(one for one in state.settlements if one.voucher == row.id),
        )
        for row in sorted(rows, key=lambda row: row.start)
        if row.id not in joined
    )


def _principal_left(projection: Projection, row: Voucher) -> int:
    state: State = projection.state
    is_live = state.payables[row.payable].state is PayableState.LIVE
    is_open = row.state is not VoucherState.CLOSED
    return projection.principal_left(row.id) if is_live and is_open else 0


def _branch(start: int, end: int, hops: Sequence[Hop], pieces: Sequence[Piece]) -> Branch:
    """The branch of [start, end): first the hops of all of it, then one branch per way on."""
    common = 0
    while common < len(hops) and hops[common].start <= start and end <= hops[common].end:
        common += 1
    later = hops[common:]
    branches = [
        _branch(
            low,
            high,
            [hop for hop in later if _overlaps(hop, low, high)],
            [piece for piece in pieces if _overlaps(piece.voucher, low, high)],
        )
        for low, high in (_partings(start, end, later) if later else ())
    ]
    return Branch(
        start=start,
        end=end,
        hops=tuple(hops[:common]),
        branches=tuple(branches),
        pieces=() if branches else tuple(pieces),
    )


def _partings(start: int, end: int, hops: Sequence[Hop]) -> list[tuple[int, int]]:
    """[start, end) by the first hop that touches each unit; what none touches is the rest."""
    taken: list[tuple[int, int]] = []
    for hop in hops:
        taken += _gaps(max(start, hop.start), min(end, hop.end), taken)
    return sorted(taken + _gaps(start, end, taken))


def _gaps(start: int, end: int, taken: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of [start, end) that lie in none of the ranges."""
    gaps, position = [], start
    for low, high in sorted(taken):
        if high <= position or low >= end:
            continue
        if low > position:
            gaps.append((position, low))
        position = max(position, high)
    if position < end:
        gaps.append((position, end))
    return gaps


def _overlaps(row: Voucher | Hop | Freeze, start: int, end: int) -> bool:
    return row.start < end and start < row.end
