"""What the contracts of a ledger version remember, as commands have made it; one part each."""

from collections import defaultdict
from dataclasses import dataclass, field

from ledger.audit.contracts import Contract
from ledger.model.parts import RuleSet
from ledger.model.states import PayableState, VoucherState

__all__ = [
    "Account",
    "Batch",
    "Batches",
    "Cases",
    "Claims",
    "Freeze",
    "Loan",
    "Loans",
    "Payable",
    "Payment",
    "Payments",
    "Payout",
    "Sale",
    "Sales",
    "Voucher",
]


@dataclass(slots=True)
class Voucher:
    """A range of a payable with its holder."""

    start: int
    end: int
    holder: int
    state: VoucherState = VoucherState.HELD
    counterparty: int = 0
    offered_at: int = 0
    depth: int = 0
    settled: int = 0
    recourse: int = 0
    """The sale on which it may be turned back; 0 for none."""
    is_cost_shared: bool = False

    @property
    def amount(self) -> int:
        """Length of its range."""
        return self.end - self.start


@dataclass(slots=True)
class Payable:
    """A promise with what has become of its units."""

    obligor: int
    offeree: int
    bank: int
    offered_at: int
    face: int
    maturity: int
    due: int
    rules: int
    invoices: int
    state: PayableState = PayableState.OFFERED
    freezes: int = 0
    live: int = 0
    paid: int = 0
    redeemed: int = 0
    pieces: int = 0
    serials: int = 0
    redemptions: list[tuple[int, int]] = field(default_factory=list)

    def units_below(self, unit: int) -> int:
        """How many units below one are not redeemed."""
        return unit - sum(max(min(end, unit) - start, 0) for start, end in self.redemptions)


@dataclass(slots=True)
class Claims:
    """`Vouchers`: payables and the vouchers they are cut into."""

    contract: Contract
    payables: dict[int, Payable] = field(default_factory=dict)
    vouchers: dict[int, Voucher] = field(default_factory=dict)
    limits: dict[int, RuleSet] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """What a signed batch of issues still allows."""

    obligor: int
    root: bytes
    count: int
    left: int
    deadline: int
    is_void: bool = False
    issued: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Batches:
    """`Issuance`: batches by their digest."""

    contract: Contract
    batches: dict[bytes, Batch] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale with recourse."""

    seller: int
    rate: int
    previous: int


@dataclass(slots=True)
class Sales:
    """`Sales`: sales with recourse, and what of standing offers is spent."""

    contract: Contract
    sales: dict[int, Sale] = field(default_factory=dict)
    spent: defaultdict[bytes, int] = field(default_factory=lambda: defaultdict(int))
    standing: dict[tuple[int, int], bytes] = field(default_factory=dict)


@dataclass(slots=True)
class Loan:
    """A loan secured by one voucher."""

    voucher: int
    borrower: int
    lender: int
    principal: int
    interest_left: int
    rate: int
    ltv: int
    due: int
    interest_from: int


@dataclass(slots=True)
class Loans:
    """`Loans`: loans, and the last one on each voucher."""

    contract: Contract
    loans: dict[int, Loan] = field(default_factory=dict)
    on: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment and the principal that was owed before it."""

    principal: int
    interest: int
    owed: int
    day: int
    on_bank_rail: bool


@dataclass(slots=True)
class Account:
    """What has been paid on a payable, and attested money that waits."""

    carried: int = 0
    unapplied: int = 0
    unapplied_day: int = 0
    last_day: int = 0
    payments: list[Payment] = field(default_factory=list)


@dataclass(slots=True)
class Payout:
    """A share that the settlement bank pays."""

    bank: int
    payee: int
    amount: int
    voucher: int
    is_confirmed: bool = False


@dataclass(slots=True)
class Payments:
    """`Settlement`: payments by payable, and payouts of the bank rail."""

    contract: Contract
    accounts: defaultdict[int, Account] = field(default_factory=lambda: defaultdict(Account))
    payouts: dict[int, Payout] = field(default_factory=dict)


@dataclass(slots=True)
class Freeze:
    """A range that a regulator has frozen."""

    start: int
    end: int
    begun: int
    case: bytes
    is_lifted: bool = False


@dataclass(slots=True)
class Cases:
    """`Oversight`: freezes of ranges by payable and number, and open cases against participants."""

    contract: Contract
    freezes: defaultdict[int, dict[int, Freeze]] = field(default_factory=lambda: defaultdict(dict))
    open_cases: set[tuple[int, bytes]] = field(default_factory=set)
