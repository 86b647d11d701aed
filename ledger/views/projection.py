"""The views of a ledger: every row that its events say, and nothing else.

A projection may be dropped at any time and read again from the first event. It decides nothing.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.days import day_of_second
from ledger.model.states import VoucherState
from ledger.views import circulation, financing, registry, settlement
from ledger.views.circulation import Handler, as_of, has_offer_ended
from ledger.views.claim_rows import Offer, OfferState, Voucher
from ledger.views.log import Entry
from ledger.views.money_rows import Sale
from ledger.views.row import replace
from ledger.views.shares import principal_of, redeemed_ranges
from ledger.views.state import State

__all__ = ["HANDLERS", "UNREAD", "Projection"]

HANDLERS: Final[Mapping[str, Handler]] = MappingProxyType(
    {
        **circulation.HANDLERS,
        **financing.HANDLERS,
        **settlement.HANDLERS,
        **registry.HANDLERS,
    }
)
"""What each event does to the rows."""

UNREAD: Final = frozenset(
    {
        # ERC-721's own, for explorers; ours say the same and more.
        "Transfer",
        "Approval",
        "ApprovalForAll",
        "EIP712DomainChanged",
        "VersionProposed",  # a proposal changes nothing until its desks are added
        "BatchRelayed",  # counts what its items say one by one
    }
)
"""Events that change no row; a test knows every event to be here or among the handlers."""


class Projection:
    """The rows as they stand after the events read so far."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.state = State()
        for entry in entries:
            self.apply(entry)

    def apply(self, entry: Entry) -> None:
        """Read the next event."""
        state, before = self.state, self.state.last
        is_same = before is not None and before.transaction == entry.transaction
        if not is_same:
            state.digest = state.taker_digest = b""
        if entry.name == "CommandExecuted":
            state.taker_digest, state.digest = state.digest, entry["digest"]
        state.second, state.block, state.last = entry.second, entry.block, entry
        if handler := HANDLERS.get(entry.name):
            handler(state, entry)

    # ---- questions; `second` is the time of asking, the last event's if not given

    def voucher(self, voucher: int, *, second: int | None = None) -> Voucher:
        """A voucher as it stands at a time; raises `KeyError` for an unknown one."""
        return as_of(self.state, self.state.vouchers[voucher], self._second(second))

    def vouchers_of(self, payable: int, *, second: int | None = None) -> list[Voucher]:
        """The vouchers of a payable that are not closed, by their ranges."""
        now = self._second(second)
        current = [as_of(self.state, row, now) for row in self.state.vouchers_of(payable)]
        return sorted(
            (row for row in current if row.state is not VoucherState.CLOSED),
            key=lambda row: row.start,
        )

    def offers(self, *, second: int | None = None) -> list[Offer]:
        """Every offer ever made, with what has become of it by a time."""
        now = self._second(second)
        return [self._offer_at(place, now) for place in range(len(self.state.offers))]

    def recourse_of(self, voucher: int) -> tuple[Sale, ...]:
        """The sales that a voucher may be turned back on, the last one first."""
        found: list[Sale] = []
        number = self.state.vouchers[voucher].recourse
        while number:
            found.append(self.state.recourse[number])
            number = found[-1].previous
        return tuple(found)

    def principal_left(self, voucher: int) -> int:
        """Principal of a voucher that the obligor has not paid, distributed or not."""
        row = self.state.vouchers[voucher]
        if row.state is VoucherState.CLOSED:
            return 0
        payments = self.state.payments.get(row.payable, ())
        redeemed = redeemed_ranges(self.state.hops.get(row.payable, ())) if payments else ()
        return principal_of((row.start, row.end), payments, redeemed)

    def current_offer(self, voucher: int, *, second: int | None = None) -> Offer | None:
        """The offer of a voucher that may still be answered."""
        place = self.state.open_offers.get(voucher)
        offer = None if place is None else self._offer_at(place, self._second(second))
        return offer if offer is not None and offer.state is OfferState.OPEN else None

    def is_range_frozen(self, voucher: int) -> bool:
        """Whether a freeze in force overlaps a voucher's range."""
        row = self.state.vouchers[voucher]
        return any(
            freeze.start < row.end and row.start < freeze.end
            for freeze in self.state.freezes.values()
            if freeze.payable == row.payable and not freeze.is_lifted
        )

    def is_frozen(self, voucher: int) -> bool:
        """Whether a freeze in force overlaps a voucher's range or names its holder."""
        holder = self.state.vouchers[voucher].holder
        return self.is_range_frozen(voucher) or self.state.participants[holder].is_frozen

    def is_overdue(self, payable: int, *, second: int | None = None) -> bool:
        """Whether a payable is live past its due day."""
        return self.state.payables[payable].is_overdue(day_of_second(self._second(second)))

    def _offer_at(self, place: int, second: int) -> Offer:
        offer = self.state.offers[place]
        if offer.state is not OfferState.OPEN:
            return offer
        row = self.state.vouchers[offer.voucher]
        has_ended = has_offer_ended(self.state, row, second)
        return replace(offer, state=OfferState.LAPSED) if has_ended else offer

    def _second(self, second: int | None) -> int:
        return self.state.second if second is None else second
