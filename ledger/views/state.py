"""All rows of the views, in memory. Handlers of events change them; nobody else does."""

from dataclasses import dataclass, field
from typing import Any

from ledger.views.claim_rows import Freeze, Hop, Offer, ParticipantFreeze, Payable, Voucher
from ledger.views.log import Entry
from ledger.views.money_rows import (
    Account,
    Demand,
    Loan,
    Movement,
    Payment,
    Payout,
    Redemption,
    Sale,
    Settlement,
    TurnBack,
)
from ledger.views.party_rows import (
    Batch,
    Executed,
    Exposure,
    Invoice,
    Participant,
    Recovery,
    Refused,
    SignerRow,
)

__all__ = ["State"]


@dataclass(slots=True)
class State:
    """The tables, each in the order in which its rows came to be."""

    # claims
    payables: dict[int, Payable] = field(default_factory=dict)
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)
    open_offers: dict[int, int] = field(default_factory=dict)
    """Place in `offers` of the last offer of a voucher that no event has ended."""
    hops: dict[int, list[Hop]] = field(default_factory=dict)
    """By payable."""
    freezes: dict[tuple[int, int], Freeze] = field(default_factory=dict)
    """By payable and number; a lifted one's number may be given again."""

    participant_freezes: dict[tuple[int, bytes], ParticipantFreeze] = field(default_factory=dict)

    # financing
    loans: dict[int, Loan] = field(default_factory=dict)
    loan_on: dict[int, int] = field(default_factory=dict)
    """The last loan on a voucher."""
    sales: list[Sale] = field(default_factory=list)
    recourse: dict[int, Sale] = field(default_factory=dict)
    """Sales with recourse by their number."""
    cost_shares: dict[bytes, int] = field(default_factory=dict)
    """What is spent of each obligor's offer to bear a share of costs."""
    cost_given: tuple[int, int] = (0, 0)
    """Voucher and amount of the last share given."""
    redemptions: list[Redemption] = field(default_factory=list)
    turn_backs: list[TurnBack] = field(default_factory=list)
    demands: list[Demand] = field(default_factory=list)

    # payments
    payments: dict[int, list[Payment]] = field(default_factory=dict)
    """By payable."""
    accounts: dict[int, Account] = field(default_factory=dict)
    settlements: list[Settlement] = field(default_factory=list)
    payouts: dict[int, Payout] = field(default_factory=dict)

    # deposits
    deposits: dict[tuple[int, int], int] = field(default_factory=dict)
    """By bank and owner."""
    holds: dict[tuple[int, str, int], int] = field(default_factory=dict)
    """By bank, desk and payable."""
    issued: dict[int, int] = field(default_factory=dict)
    """What each bank has issued and not taken back."""
    movements: list[Movement] = field(default_factory=list)

    # who takes part
    participants: dict[int, Participant] = field(default_factory=dict)
    signers: dict[tuple[int, int], SignerRow] = field(default_factory=dict)
    recoveries: dict[int, Recovery] = field(default_factory=dict)
    is_paused: bool = False
    executed: list[Executed] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    nonces: dict[int, set[int]] = field(default_factory=dict)
    """Used and void ones by participant."""
    desks: dict[str, int] = field(default_factory=dict)
    verifiers: dict[str, int] = field(default_factory=dict)
    """Kind of key of each verifier contract that signers' keys may name."""
    """Ledger version by desk."""

    # rules, lines, invoices
    rules: dict[int, dict[str, Any]] = field(default_factory=dict)
    holidays: dict[int, int] = field(default_factory=dict)
    limits: dict[tuple[int, int], int] = field(default_factory=dict)
    """By bank and obligor."""
    exposures: dict[int, Exposure] = field(default_factory=dict)
    invoices: dict[bytes, Invoice] = field(default_factory=dict)
    batches: dict[bytes, Batch] = field(default_factory=dict)

    # where the reading stands
    second: int = 0
    block: int = 0
    last: Entry | None = None
    """The entry read last."""
    digest: bytes = b""
    """The command whose effects are being read."""
    taker_digest: bytes = b""
    """The command before it: of a deal the taker's, since the quote is authorised last."""

    def vouchers_of(self, payable: int) -> list[Voucher]:
        """Every voucher of a payable, closed ones too."""
        return [row for row in self.vouchers.values() if row.payable == payable]

    def add_nonce(self, participant: int, nonce: int) -> None:
        """Say that a participant's nonce is used or void."""
        self.nonces.setdefault(participant, set()).add(nonce)

    def add_hop(self, hop: Hop) -> None:
        """Append to the lineage of the range's payable."""
        self.hops.setdefault(hop.payable, []).append(hop)
