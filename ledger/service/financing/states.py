"""What has become of requests and quotes: nothing of it is written, it follows from views and time.

A quote is taken when its digest took effect on the chain. It is void when its number was used
otherwise, or when the range that it names is no longer there for its taker.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.model.days import day_of_second
from ledger.model.errors import (
    LedgerError,
    NonceUsed,
    NotHolder,
    PastMaturity,
    RangeChanged,
    UnknownVoucher,
    VoucherNotHeld,
)
from ledger.model.states import VoucherState
from ledger.store import financing as rows
from ledger.store.database import Connection
from ledger.store.financing import QuoteRow, RefusalRow, RequestRow
from ledger.store.lists import Is, rows_of
from ledger.store.slices import sliced
from ledger.views.claim_rows import Hop
from ledger.views.projection import Projection

__all__ = [
    "QuoteStanding",
    "QuoteState",
    "RequestStanding",
    "RequestState",
    "is_asked",
    "quote_standings",
    "request_standings",
    "was_before",
]


class QuoteState(StrEnum):
    """What has become of a quote."""

    OPEN = "open"
    TAKEN = "taken"
    EXPIRED = "expired"
    VOID = "void"


class RequestState(StrEnum):
    """What has become of a request, for whoever looks at it."""

    OPEN = "open"
    ANSWERED = "answered"
    """A quote stands, or somebody has refused."""
    TAKEN = "taken"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class QuoteStanding:
    """A quote as it stands."""

    row: QuoteRow
    state: QuoteState
    reason: LedgerError | None = None
    """Why it is void."""


@dataclass(frozen=True, slots=True)
class RequestStanding:
    """A request as it stands, with as much of its answers as its reader may know."""

    row: RequestRow
    state: RequestState
    quotes: tuple[QuoteStanding, ...]
    refusals: tuple[RefusalRow, ...]
    reason: LedgerError | None = None
    """Why it is void."""

    @property
    def takes_answers(self) -> bool:
        """Whether those who are asked may still answer."""
        return self.state in (RequestState.OPEN, RequestState.ANSWERED)

    @property
    def is_underway(self) -> bool:
        """Whether an answer may still come, or one that was given may still be taken."""
        return self.takes_answers or any(one.state is QuoteState.OPEN for one in self.quotes)


def is_asked(request: RequestRow, participant: int) -> bool:
    """Whether a request asks somebody for quotes."""
    return f",{participant}," in request.asked


def was_before(request: RequestRow, hop: Hop) -> bool:
    """Whether a hop was there when a request was made.

    In the very second of the request, what its holder gave away came after it.
    """
    is_given_since = hop.second == request.made and hop.giver == request.participant
    return hop.second <= request.made and not is_given_since


def quote_standings(
    connection: Connection, quotes: Sequence[QuoteRow], second: int
) -> list[QuoteStanding]:
    """Quotes as they stand at a second, in their order."""
    made = _vouchers(connection, (one.voucher for one in quotes), second)
    taken = rows.executed_digests(connection, (one.digest for one in quotes))
    used = rows.used_nonces(connection, ((one.giver, one.nonce) for one in quotes))
    return [_quote_standing(made, one, second, taken, used) for one in quotes]


def request_standings(
    connection: Connection,
    requests: Sequence[RequestRow],
    second: int,
    *,
    viewer: int | None = None,
) -> list[RequestStanding]:
    """Requests as they stand at a second, in their order.

    A viewer who did not make a request is told of its own answers alone. None sees all.
    """
    ids = [one.id for one in requests]
    holders = {one.id: one.participant for one in requests}

    def is_told(request: str, answerer: int) -> bool:
        return viewer is None or viewer in (holders[request], answerer)

    given = [one for one in rows.quotes_of(connection, ids) if is_told(one.request, one.giver)]
    refused = [
        one for one in rows.refusals_of(connection, ids) if is_told(one.request, one.participant)
    ]
    quotes = _by_request(quote_standings(connection, given, second))
    made = _vouchers(connection, (one.voucher for one in requests), second)
    return [
        _request_standing(
            made,
            one,
            quotes.get(one.id, ()),
            tuple(each for each in refused if each.request == one.id),
        )
        for one in requests
    ]


# ---- private


def _by_request(quotes: Iterable[QuoteStanding]) -> Mapping[str, tuple[QuoteStanding, ...]]:
    found: dict[str, list[QuoteStanding]] = {}
    for one in quotes:
        found.setdefault(one.row.request, []).append(one)
    return {request: tuple(some) for request, some in found.items()}


def _vouchers(connection: Connection, vouchers: Iterable[int], second: int) -> Projection:
    wanted = tuple(dict.fromkeys(vouchers))
    return sliced(connection, rows_of(connection, "vouchers", Is("id", wanted)), second)


def _quote_standing(
    made: Projection,
    row: QuoteRow,
    second: int,
    taken: set[bytes],
    used: set[tuple[int, bytes]],
) -> QuoteStanding:
    if row.digest in taken:
        return QuoteStanding(row, QuoteState.TAKEN)
    if (row.giver, row.nonce) in used:
        nonce = int.from_bytes(row.nonce, "big")
        reason: LedgerError | None = NonceUsed(participant=row.giver, nonce=nonce)
    else:
        reason = _end_of_range(made, row, row.taker)
    if reason is not None:
        return QuoteStanding(row, QuoteState.VOID, reason)
    return QuoteStanding(row, QuoteState.EXPIRED if second > row.deadline else QuoteState.OPEN)


def _request_standing(
    made: Projection,
    row: RequestRow,
    quotes: tuple[QuoteStanding, ...],
    refusals: tuple[RefusalRow, ...],
) -> RequestStanding:
    states = {one.state for one in quotes}
    reason = _end_of_range(made, row, row.participant)
    if QuoteState.TAKEN in states:
        state, reason = RequestState.TAKEN, None
    elif row.withdrawn:
        state, reason = RequestState.WITHDRAWN, None
    elif reason is not None:
        state = RequestState.VOID
    elif QuoteState.OPEN in states:
        state = RequestState.ANSWERED
    elif made.state.second > row.until:
        state = RequestState.EXPIRED
    else:
        state = RequestState.ANSWERED if quotes or refusals else RequestState.OPEN
    return RequestStanding(row, state, quotes, refusals, reason)


def _end_of_range(made: Projection, row: RequestRow | QuoteRow, holder: int) -> LedgerError | None:
    """Why the range is no longer there for its holder; None while it is.

    An offer, a lien or a freeze may pass again and ends nothing.
    """
    if row.voucher not in made.state.vouchers:
        return UnknownVoucher(voucher=row.voucher)
    voucher = made.voucher(row.voucher)
    payable = made.state.payables[voucher.payable]
    today = day_of_second(made.state.second)
    if voucher.holder != holder:
        return NotHolder(voucher=voucher.id, participant=holder)
    if voucher.state is VoucherState.CLOSED:
        return VoucherNotHeld(voucher=voucher.id, state=int(voucher.state))
    if (voucher.start, voucher.end) != (row.start, row.end):
        return RangeChanged(voucher=voucher.id, start=voucher.start, end=voucher.end)
    if today >= payable.maturity:
        return PastMaturity(payable_id=payable.id, maturity=payable.maturity, today=today)
    return None
