"""What is owed on payables and vouchers, and how a payment is shared, reckoned anew."""

from dataclasses import dataclass, replace

from ledger.audit.arithmetic import below, daily
from ledger.audit.ledger_parts import Account, Claims, Payable, Payment, Payments
from ledger.audit.registry_parts import Rules
from ledger.audit.scene import Scene
from ledger.audit.transitions import current, payable
from ledger.model.ids import payable_of
from ledger.model.states import PayableState, VoucherState

__all__ = [
    "PAYMENTS_MAX",
    "Stand",
    "application_day",
    "claim_of",
    "interest_from",
    "late_interest",
    "least_payment",
    "require_caught_up",
    "shareable",
    "waiting",
]

PAYMENTS_MAX = 250


@dataclass(frozen=True, slots=True)
class Stand:
    """What is owed on the units below a voucher's start and below its end."""

    low: int
    high: int

    @classmethod
    def of(cls, record: Payable, start: int, end: int) -> "Stand":
        """Before the first payment."""
        return cls(record.units_below(start), record.units_below(end))

    def share(self, payment: int, owed: int) -> int:
        """What of a payment goes to the range."""
        return below(self.high, payment, owed) - below(self.low, payment, owed)

    def share_of(self, payment: Payment) -> int:
        """What of a payment's interest and principal goes to the range."""
        return self.share(payment.interest, payment.owed) + self.share(
            payment.principal, payment.owed
        )

    def after(self, payment: Payment) -> "Stand":
        """What is owed once a payment is shared."""
        principal, owed = payment.principal, payment.owed
        return replace(
            self,
            low=self.low - below(self.low, principal, owed),
            high=self.high - below(self.high, principal, owed),
        )


def claim_of(
    scene: Scene, claims: Claims, payments: Payments, voucher: int, late: int
) -> tuple[int, int]:
    """Unpaid principal of a voucher, and its share of an amount of late interest."""
    found, number = current(scene, claims, voucher), payable_of(voucher)
    if found.state is VoucherState.CLOSED:
        return 0, 0
    record = payable(claims, number)
    stand = Stand.of(record, found.start, found.end)
    for payment in payments.accounts[number].payments:
        stand = stand.after(payment)
    return stand.high - stand.low, stand.share(late, record.live)


def interest_from(account: Account, record: Payable) -> int:
    """The day from which interest on unpaid principal runs."""
    return max(account.last_day, record.due)


def late_interest(scene: Scene, account: Account, record: Payable, day: int) -> int:
    """Late interest owed on a day: what is carried, and what accrued since the last payment."""
    if record.state is not PayableState.LIVE:
        return 0
    rate = scene.near(Rules, "rules").at(record.rules).late_rate_daily
    return account.carried + daily(record.live, rate, interest_from(account, record), day)


def least_payment(face: int) -> int:
    """The least part payment: a hundredth of the face, rounded up."""
    return -(-face // 100)


def shareable(account: Account, face: int, amount: int, debt: int) -> bool:
    """Whether an amount is the whole debt, or large enough as a part of it."""
    is_part = amount >= least_payment(face) and len(account.payments) < PAYMENTS_MAX
    return amount == debt or is_part


def application_day(account: Account, record: Payable) -> int:
    """The day from which attested money counts."""
    return max(account.unapplied_day, account.last_day, record.maturity)


def waiting(scene: Scene, account: Account, record: Payable) -> tuple[int, int] | None:
    """The day and amount of attested money that can be shared now; None where none can."""
    is_due = record.state is PayableState.LIVE and scene.today >= record.maturity
    if not is_due or not account.unapplied:
        return None
    day = application_day(account, record)
    debt = late_interest(scene, account, record, day) + record.live
    amount = min(account.unapplied, debt)
    return (day, amount) if shareable(account, record.face, amount, debt) else None


def require_caught_up(scene: Scene, voucher: int) -> None:
    """A voucher must have had its share of all payments, and no attested money may wait."""
    payments, claims = scene.near(Payments, "settlement"), scene.near(Claims, "vouchers")
    number = payable_of(voucher)
    record, account = payable(claims, number), payments.accounts[number]
    found = current(scene, claims, voucher)
    is_done = found.state is VoucherState.CLOSED or found.settled == len(account.payments)
    waits = waiting(scene, account, record) is not None
    scene.require(is_done and not waits, "SettleFirst", voucher)
