"""Payment proposals: what a settlement bank has still to pay out of a run, line by line.

Each line has a reference of its own, at most 35 characters, from which the bank's signed facts and
its statements lead back to the payout. A payout that came back is paid anew, under another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledger.chain.deployment import Deployment
from ledger.chain.typed_data import keccak
from ledger.records.profiles import BankAccount
from ledger.service.records.directory import Directory, Reader
from ledger.store.database import Connection
from ledger.store.lists import AllOf, Condition, Is, Of, rows_of
from ledger.store.runs import RunRow
from ledger.views.money_rows import Payout, PayoutState

__all__ = [
    "REFERENCE_MAX",
    "Totals",
    "accounts_of",
    "end_to_end_id",
    "payment_reference",
    "payouts_of",
    "totals_of",
]

REFERENCE_MAX: Final = 35
"""Characters of an EndToEndId of ISO 20022."""


def end_to_end_id(deployment: Deployment, payout: Payout) -> str:
    """The reference under which a payout is paid: its ledger, its number, how often it was tried.

    Letters and digits alone, which every bank's format takes.
    """
    ledger = deployment.address("Settlement")[2:10].upper()
    return f"FB{ledger}P{payout.number}T{payout.returns + 1}"


def payment_reference(reference: str, *, is_return: bool = False) -> bytes:
    """What stands for a reference in the bank's signed fact: that it was paid, or came back."""
    return keccak((reference + ("R" if is_return else "")).encode("ascii"))


def payouts_of(run: RunRow) -> Condition:
    """What a payout must be like to be a line of a run's proposal."""
    own = AllOf((Is("payable", (run.payable,)), Is("first_payment", (run.first_payment,))))
    return Of("number", "settlement_payouts", "payout", own)


@dataclass(frozen=True, slots=True)
class Totals:
    """A proposal in sum: numbers of payouts, and fen."""

    open_count: int = 0
    open_amount: int = 0
    confirmed_count: int = 0
    confirmed_amount: int = 0
    returned_count: int = 0
    """Payouts that came back and are open again."""


def totals_of(connection: Connection, run: RunRow) -> Totals:
    """What of a run's proposal is open and what is paid, as the bank's signed facts say."""
    found = list(rows_of(connection, "payouts", payouts_of(run)))
    paid = [one for one in found if one.state is PayoutState.CONFIRMED]
    left = [one for one in found if one.state is PayoutState.OPEN]
    return Totals(
        open_count=len(left),
        open_amount=sum(one.amount for one in left),
        confirmed_count=len(paid),
        confirmed_amount=sum(one.amount for one in paid),
        returned_count=sum(bool(one.returns) for one in left),
    )


def accounts_of(
    directory: Directory | None, payees: Iterable[int], reader: Reader
) -> Mapping[int, BankAccount]:
    """The accounts to which payees are paid: of each the first that is recorded, if there is one.

    Whether the reader may see them is asked before; that they were read is logged.
    """
    if directory is None:
        return {}
    profiles = directory.read(payees, reader)
    return {number: one.accounts[0] for number, one in profiles.items() if one.accounts}
