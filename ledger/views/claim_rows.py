"""Rows about claims: payables, vouchers, offers, and the hops by which ranges reached a holder."""

from enum import StrEnum

from ledger.model.ids import payable_of
from ledger.model.lateness import is_overdue
from ledger.model.states import PayableState, VoucherState
from ledger.views.row import Row

__all__ = [
    "Freeze",
    "Hop",
    "HopKind",
    "Offer",
    "OfferState",
    "ParticipantFreeze",
    "Payable",
    "Voucher",
]


class Payable(Row, frozen=True):
    """A payable with what has become of its units."""

    id: int
    obligor: int
    offeree: int
    bank: int
    offered_at: int
    face: int
    maturity: int
    due: int
    rules: int
    invoices: int
    evidence: bytes
    digest: bytes
    """The obligor's signed promise, or the batch that it came from."""
    state: PayableState = PayableState.OFFERED
    freezes: int = 0
    live: int = 0
    paid: int = 0
    redeemed: int = 0
    cancelled: int = 0
    pieces: int = 0
    """Vouchers that are not closed."""
    serials: int = 0
    redemptions: int = 0

    def is_overdue(self, day: int) -> bool:
        """Whether it is live past its due day."""
        return is_overdue(self.state, self.due, day)


class Voucher(Row, frozen=True):
    """A range of a payable with one holder, as its last event left it."""

    id: int
    start: int
    end: int
    holder: int
    counterparty: int
    """Offeree of the open offer or pledgee of the lien."""
    offered_at: int
    depth: int
    settled: int
    """Payments already distributed to it."""
    state: VoucherState
    recourse: int = 0
    """The sale its holder may turn back on; 0 for none."""
    is_cost_shared: bool = False
    parents: tuple[int, ...] = ()
    """What it was cut from, or the two it was joined from; none for a root."""

    @property
    def payable(self) -> int:
        """The payable it is a range of."""
        return payable_of(self.id)

    @property
    def amount(self) -> int:
        """How many units it covers."""
        return self.end - self.start

    @property
    def flags(self) -> int:
        """Recourse and cost share as the contract packs them."""
        return (1 if self.recourse else 0) | (2 if self.is_cost_shared else 0)


class OfferState(StrEnum):
    """What has become of an offer."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Offer(Row, frozen=True):
    """A voucher offered to somebody."""

    voucher: int
    start: int
    end: int
    giver: int
    taker: int
    offered_at: int
    evidence: bytes
    digest: bytes
    state: OfferState = OfferState.OPEN
    ended_at: int = 0
    """Second of the answer; 0 while there is none. A lapsed part needs no event, so has none."""
    reason: bytes = b""


class HopKind(StrEnum):
    """By what a range changed its holder or its lien."""

    ISSUE = "issue"
    TRANSFER = "transfer"
    SALE = "sale"
    PLEDGE = "pledge"
    RELEASE = "release"
    REDEMPTION = "redemption"
    RECOURSE = "recourse"
    JOIN = "join"


class Hop(Row, frozen=True):
    """One step in the life of a range. It concerns exactly the units [start, end)."""

    kind: HopKind
    voucher: int
    start: int
    end: int
    giver: int
    taker: int
    second: int
    evidence: bytes = b""
    """Commitment of the trade evidence, or of the registration of a sale or pledge."""
    digest: bytes = b""
    """The command that did it; empty where nobody's was needed."""
    price: int = 0
    """What was paid or lent for it."""
    rate: int = 0
    is_with_recourse: bool = False
    loan: int = 0

    @property
    def payable(self) -> int:
        """The payable of the range."""
        return payable_of(self.voucher)


class Freeze(Row, frozen=True):
    """A range of a payable that a regulator froze."""

    payable: int
    number: int
    regulator: int
    start: int
    end: int
    begun: int
    case_commitment: bytes
    review_day: int
    is_lifted: bool = False


class ParticipantFreeze(Row, frozen=True):
    """A participant that a regulator froze, for as long as it stands."""

    participant: int
    regulator: int
    begun: int
    case_commitment: bytes
    review_day: int
