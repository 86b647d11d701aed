"""A small model of the bank rail and of money set aside, worked on the oracle's own records."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.oracle.cash import Flow
from tests.oracle.payable import Payable
from tests.oracle.state import State

__all__ = ["Account", "BankRail", "Share", "pay"]

VALUE_DAYS_BACK = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Share:
    """What a payment owes somebody on a voucher."""

    voucher: int
    payee: str
    amount: int
    is_banked: bool


@dataclass(slots=True)
class Account:
    """Attested money that waits on a payable, and the day of its last payment."""

    unapplied: int = 0
    unapplied_on: date = date.min
    last_on: date = date.min


@dataclass(slots=True)
class BankRail:
    """What banks have attested and owe, and the shares that freezes keep back."""

    accounts: dict[str, Account] = field(default_factory=dict)
    waiting: list[Share] = field(default_factory=list)
    attested: Counter[str] = field(default_factory=Counter)
    """What of an obligor's payments came over its bank."""
    paid_out: Counter[str] = field(default_factory=Counter)
    """What payees have got or get from the bank, not as a deposit."""
    references: dict[bytes, dict[str, int]] = field(default_factory=dict)
    """What was attested under each reference."""

    def account(self, payable: str) -> Account:
        """The account of a payable."""
        return self.accounts.setdefault(payable, Account())

    def besides(self) -> Counter[str]:
        """What of the oracle's cash is in no deposit, by party."""
        found = Counter(self.paid_out)
        for share in self.waiting:
            found[share.payee] += share.amount
        found.subtract(self.attested)
        return found

    def attest(self, payable: str, amount: int, *, stated: date, today: date) -> None:
        """Money has come: its value day is brought into the days that a bank may name."""
        account = self.account(payable)
        earliest = max(today - VALUE_DAYS_BACK, account.last_on)
        account.unapplied += amount
        account.unapplied_on = max(account.unapplied_on, min(max(stated, earliest), today))

    def applicable(self, state: State, payable: Payable) -> tuple[int, date] | None:
        """What of the unapplied money can be shared now, and the day of the payment."""
        account = self.account(payable.name)
        is_due = payable.state == "live" and state.today >= payable.maturity
        if not is_due or account.unapplied == 0:
            return None
        day = max(account.unapplied_on, account.last_on, payable.maturity)
        debt = payable.late(day, state.rules.late_rate_daily) + payable.owed
        amount = min(account.unapplied, debt)
        return (amount, day) if amount == debt or amount * 100 >= payable.face else None

    def take(self, payable: str, amount: int) -> None:
        """Unapplied money is shared or returned; with the last of it its value day is forgotten."""
        account = self.account(payable)
        account.unapplied -= amount
        if account.unapplied == 0:
            account.unapplied_on = date.min

    def apply(self, payable: Payable, amount: int, day: date) -> None:
        """Unapplied money becomes a payment of a day."""
        account = self.account(payable.name)
        self.take(payable.name, amount)
        account.last_on = day
        self.attested[payable.obligor] += amount


def pay(state: State, payable: Payable, paid: int, day: date) -> list[int]:
    """Book a payment of a day; its shares, by voucher the lender's and then the holder's."""
    late = payable.late(day, state.rules.late_rate_daily)
    to_late = min(paid, late)
    vouchers = [v for v in state.vouchers.values() if v.payable is payable and v.state != "closed"]
    shares = [voucher.share(to_late) + voucher.share(paid - to_late) for voucher in vouchers]
    legs: list[tuple[str, int]] = []
    for voucher, share in zip(vouchers, shares, strict=True):
        loans = [one for one in state.loans.values() if one.is_open and one.voucher is voucher]
        to_loan = 0
        for loan in loans:
            # A loan is never reckoned back behind its last interest day.
            to_loan = loan.receive(share, max(day, loan.interest_from))
            legs.append((loan.lender, to_loan))
        legs.append((voucher.holder, share - to_loan))
    for payee, amount in legs:
        state.cash.pay(Flow("payment", payable.name, payable.obligor, payee, amount))
    payable.record_payment(to_late, paid - to_late, late_left=late - to_late, today=day)
    if payable.owed == 0:
        payable.state = "settled"
        for voucher in vouchers:
            voucher.close()
    return [amount for _, amount in legs]
