"""What a bank looks at before it quotes: found in the views and in what parties have declared.

The contracts decide whether a quote is carried out. This is for the people who decide whether to
give one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from ledger.model.checks import Check, Level
from ledger.model.days import day_of_second, months_after
from ledger.model.ids import payable_of
from ledger.model.states import VoucherState
from ledger.service.financing.states import is_asked
from ledger.store.backing import invoices_behind
from ledger.store.database import Connection
from ledger.store.financing import RequestRow
from ledger.store.lists import AllOf, Is, find, rows_of
from ledger.store.slices import whole
from ledger.views.claim_rows import Hop, HopKind, Payable, Voucher
from ledger.views.projection import Projection

__all__ = ["PARTICIPANTS_TOLD", "Groups", "checks_on"]

Groups = Callable[[Iterable[int]], Mapping[int, bytes]]
"""For participants that declare a group: a value that members of one group share."""

PARTICIPANTS_TOLD: Final = 50
"""That one check names."""

_TENOR_MONTHS: Final = 6
_PASSED_ON: Final = (HopKind.ISSUE, HopKind.TRANSFER, HopKind.SALE)
_FINANCED: Final = (HopKind.SALE, HopKind.PLEDGE)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Everything that the checks look at."""

    connection: Connection
    made: Projection
    request: RequestRow
    viewer: int
    groups: Groups

    @property
    def voucher(self) -> Voucher:
        """As it stands."""
        return self.made.voucher(self.request.voucher)

    @property
    def payable(self) -> Payable:
        """That the range is of."""
        return self.made.state.payables[self.voucher.payable]

    @property
    def today(self) -> int:
        """Business day of the views' block."""
        return day_of_second(self.made.state.second)

    @property
    def hops(self) -> list[Hop]:
        """The hops that touch the part."""
        start, end = self.request.start, self.request.start + self.request.amount
        every = self.made.state.hops.get(self.payable.id, ())
        return [hop for hop in every if hop.start < end and start < hop.end]


def checks_on(
    connection: Connection, request: RequestRow, second: int, *, viewer: int, groups: Groups
) -> list[Check]:
    """Every check on a request whose range is still there, in the order in which they are read."""
    made = whole(connection, payable_of(request.voucher), second)
    facts = _Facts(connection, made, request, viewer, groups)
    return [one for look in _LOOKS for one in look(facts)]


# ---- the obligor


def _obligor(facts: _Facts) -> Iterator[Check]:
    exposure = find(facts.connection, "exposures", Is("obligor", (facts.payable.obligor,)))
    is_blocked = exposure is not None and exposure.is_blocked(facts.today)
    since = exposure.unpaid_due if exposure and is_blocked else None
    yield _check("obligor_overdue", not is_blocked, since=since)


def _lines(facts: _Facts) -> Iterator[Check]:
    """Only for banks that are asked: whether all lines together suffice, and its own line.

    What other banks give, and what is drawn on it, is told to nobody.
    """
    obligor = facts.payable.obligor
    if is_asked(facts.request, facts.viewer) and facts.viewer != obligor:
        exposure = find(facts.connection, "exposures", Is("obligor", (obligor,)))
        is_within = exposure is None or exposure.outstanding <= exposure.limit
        yield _check("line", is_within)
        own = (Is("bank", (facts.viewer,)), Is("obligor", (obligor,)))
        limit = find(facts.connection, "limits", AllOf(own)) or 0
        yield _check("own_line", limit > 0, limit=limit or None)


# ---- the payable


def _tenor(facts: _Facts) -> Iterator[Check]:
    payable = facts.payable
    issued = day_of_second(payable.offered_at)
    if facts.today >= payable.maturity:
        yield Check("tenor", Level.STOP, {})
    else:
        is_short = payable.maturity <= months_after(issued, _TENOR_MONTHS)
        days, tenor = payable.maturity - facts.today, payable.maturity - issued
        yield _check("tenor", is_short, days=days, tenor=tenor)


def _invoices(facts: _Facts) -> Iterator[Check]:
    payable = facts.payable
    yield _check("evidence", bool(payable.invoices))
    if payable.invoices:
        behind = invoices_behind(facts.connection, payable)
        shared = sum(1 for one in behind if any(number != payable.id for number, _ in one.uses))
        yield _check("invoices", not shared, count=shared or len(behind))
    passed = [hop for hop in facts.hops if hop.kind is HopKind.TRANSFER]
    bare = sum(1 for hop in passed if not any(hop.evidence))
    yield _check("hop_evidence", not bare, count=bare or None)


# ---- the range


def _lien(facts: _Facts) -> Iterator[Check]:
    voucher = facts.voucher
    if voucher.state is VoucherState.HELD:
        yield Check("lien", Level.FINE, {})
    else:
        yield Check("lien", Level.STOP, {"state": int(voucher.state)})
    sellers = [one.seller for one in facts.made.recourse_of(voucher.id)]
    yield _check("recourse", not sellers, participants=sellers or None)
    count = sum(1 for hop in facts.hops if hop.kind in _FINANCED)
    yield _check("financed_before", not count, count=count or None)


def _freeze(facts: _Facts) -> Iterator[Check]:
    parties = _parties(facts, [facts.voucher.holder, facts.payable.obligor])
    is_frozen = facts.made.is_range_frozen(facts.voucher.id) or any(
        one.is_frozen for one in parties
    )
    yield Check("freeze", Level.STOP if is_frozen else Level.FINE, {})
    suspended = [one.id for one in parties if one.is_suspended]
    yield _check("suspension", not suspended, participants=suspended or None)


# ---- how it came


def _lineage(facts: _Facts) -> Iterator[Check]:
    passed = [hop for hop in facts.hops if hop.kind in _PASSED_ON]
    back = sorted({one for hops in _ways(passed) for one in _returns(hops)})
    yield _check("round_trip", not back, participants=back or None)
    parties = {facts.payable.obligor, facts.voucher.holder, facts.viewer}
    parties |= {one for hop in passed for one in (hop.giver, hop.taker)}
    related = _related(facts.groups(parties))
    yield _check("related_parties", not related, participants=related or None)


def _ways(hops: Sequence[Hop]) -> Iterator[list[Hop]]:
    """The hops of each run of units that went the same way."""
    bounds = sorted({bound for hop in hops for bound in (hop.start, hop.end)})
    for low, high in pairwise(bounds):
        yield [hop for hop in hops if hop.start <= low and high <= hop.end]


def _returns(hops: Sequence[Hop]) -> Iterator[int]:
    """Those to whom units came back that they, or their obligor, had given before."""
    had: set[int] = set()
    for hop in hops:
        had.add(hop.giver)
        if hop.taker in had:
            yield hop.taker


def _related(groups: Mapping[int, bytes]) -> list[int]:
    """Those who share a declared group with another."""
    counts: dict[bytes, int] = {}
    for group in groups.values():
        counts[group] = counts.get(group, 0) + 1
    return sorted(one for one, group in groups.items() if counts[group] > 1)


# ---- private


def _check(code: str, is_fine: bool, **values: Any) -> Check:
    told = {name: value for name, value in values.items() if value is not None}
    if "participants" in told:
        told["participants"] = told["participants"][:PARTICIPANTS_TOLD]
    return Check(code, Level.FINE if is_fine else Level.LOOK, told)


def _parties(facts: _Facts, participants: Sequence[int]) -> list[Any]:
    wanted = tuple(dict.fromkeys(participants))
    return list(rows_of(facts.connection, "participants", Is("id", wanted)))


_LOOKS: Final = (_obligor, _lines, _tenor, _invoices, _lien, _freeze, _lineage)
