"""Rows about money: financing, payments and their shares, payouts, deposits."""

from enum import StrEnum

from ledger.model.ids import payable_of
from ledger.views.row import Row

__all__ = [
    "Account",
    "Demand",
    "Loan",
    "Movement",
    "MovementKind",
    "Payment",
    "Payout",
    "PayoutState",
    "Redemption",
    "Sale",
    "Settlement",
    "TurnBack",
]


class Loan(Row, frozen=True):
    """A loan against one pledged voucher."""

    id: int
    voucher: int
    borrower: int
    lender: int
    principal: int
    interest_left: int
    """Interest that payments did not cover."""
    rate: int
    ltv: int
    due: int
    interest_from: int
    advance: int
    advanced_day: int
    registration: bytes
    principal_paid: int = 0
    interest_paid: int = 0
    released: tuple[int, ...] = ()
    """Vouchers set free from its security."""

    @property
    def is_open(self) -> bool:
        """Whether anything is owed on it."""
        return self.principal != 0 or self.interest_left != 0


class Sale(Row, frozen=True):
    """A voucher sold to a bank."""

    voucher: int
    start: int
    end: int
    seller: int
    buyer: int
    amount: int
    price: int
    rate: int
    registration: bytes
    second: int
    cost_borne: int = 0
    """What of the cost the obligor bore."""
    recourse: int = 0
    """Number of the sale among those with recourse; 0 where it has none."""
    previous: int = 0
    """The recourse that its seller had itself."""


class Redemption(Row, frozen=True):
    """A range paid early by its obligor."""

    voucher: int
    holder: int
    amount: int
    price: int
    rate: int
    second: int


class TurnBack(Row, frozen=True):
    """An overdue voucher given back to its seller against payment."""

    voucher: int
    buyer: int
    seller: int
    price: int
    second: int


class Demand(Row, frozen=True):
    """A recourse price that the seller's deposit did not cover."""

    voucher: int
    buyer: int
    seller: int
    price: int
    day: int


class Payment(Row, frozen=True):
    """Money shared over a payable."""

    payable: int
    number: int
    interest: int
    principal: int
    owed: int
    """Principal owed before it."""
    day: int
    on_bank_rail: bool

    @property
    def amount(self) -> int:
        """The whole payment."""
        return self.interest + self.principal


class Account(Row, frozen=True):
    """What is paid and what waits on a payable."""

    payable: int
    payments: int = 0
    last_day: int = 0
    carried: int = 0
    """Late interest that payments did not cover."""
    unapplied: int = 0
    """Attested money that is not shared yet."""
    unapplied_day: int = 0


class Settlement(Row, frozen=True):
    """What one distribution brought a voucher."""

    voucher: int
    start: int
    end: int
    holder: int
    lender: int
    payments: int
    """Payments distributed to the voucher by then."""
    to_holder: int
    to_lender: int
    second: int

    @property
    def payable(self) -> int:
        """The payable of the voucher."""
        return payable_of(self.voucher)


class PayoutState(StrEnum):
    """Whether the bank has paid a share out."""

    OPEN = "open"
    CONFIRMED = "confirmed"


class Payout(Row, frozen=True):
    """A settled share that the settlement bank pays out."""

    number: int
    bank: int
    payee: int
    amount: int
    voucher: int
    state: PayoutState = PayoutState.OPEN
    returns: int = 0
    """How often it came back."""


class MovementKind(StrEnum):
    """Why a deposit changed."""

    ISSUED = "issued"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    HELD = "held"
    PAID_OUT = "paid_out"


class Movement(Row, frozen=True):
    """Deposit money that moved at a bank; 0 stands for the world outside, or for a hold."""

    kind: MovementKind
    bank: int
    giver: int
    taker: int
    amount: int
    second: int
    payable: int = 0
    purpose: bytes = b""
