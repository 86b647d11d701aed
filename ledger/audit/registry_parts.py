"""What the contracts of the registry remember, as commands have made it; one part each."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ledger.audit.contracts import Contract
from ledger.model.commands import AddVersion, ProposeRecovery
from ledger.model.errors import ERRORS
from ledger.model.parts import RuleSet

__all__ = [
    "Deposits",
    "Invoices",
    "Lines",
    "Offices",
    "Proposal",
    "Rules",
    "desks_of",
]

Kind = TypeVar("Kind", AddVersion, ProposeRecovery)


@dataclass(slots=True)
class Lines:
    """`Exposure`: lines, what is outstanding, what is unpaid by the day it falls due."""

    contract: Contract
    limits: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """By obligor, then by bank."""
    outstanding: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    unpaid: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    """By obligor, then by the day they fall due."""

    def limit(self, obligor: int) -> int:
        """The sum of lines of all banks."""
        return min(sum(self.limits[obligor].values()), 2**64 - 1)

    def count_unpaid(self, obligor: int, day: int, change: int) -> int:
        """Count a payable that falls due on a day, or uncount it; how many there are then."""
        count = self.unpaid[obligor].pop(day, 0) + change
        if count:
            self.unpaid[obligor][day] = count
        return count

    def unpaid_due(self, obligor: int) -> int:
        """The first day on which an unpaid payable fell or falls due; 0 for none."""
        return min(self.unpaid[obligor], default=0)


@dataclass(slots=True)
class Invoices:
    """`Invoices`: how much of each invoice backs payables."""

    contract: Contract
    totals: dict[bytes, int] = field(default_factory=dict)
    uses: defaultdict[bytes, dict[tuple[int, int], int]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    """By fingerprint, then by ledger version and payable."""

    def used(self, fingerprint: bytes) -> int:
        """How much of an invoice is used in all."""
        return sum(self.uses[fingerprint].values())


@dataclass(slots=True)
class Rules:
    """`Rules`: dated rules and holidays."""

    contract: Contract
    sets: list[RuleSet] = field(default_factory=list)
    holidays: dict[int, int] = field(default_factory=dict)

    def at(self, index: int) -> RuleSet:
        """The rules with a number; refuses an unknown one."""
        if not 0 <= index < len(self.sets):
            raise ERRORS["BadRules"].of(b"index".ljust(32, b"\0"), max(index, 0))
        return self.sets[index]

    def in_force(self, day: int) -> int:
        """Index of the rules of a day."""
        index = len(self.sets) - 1
        while index > 0 and self.sets[index].effective > day:
            index -= 1
        return index

    def business_day(self, day: int) -> int:
        """The first business day on or after a day; the longest run of holidays skipped is 31."""
        for _ in range(31):
            if not self.holidays.get(day >> 8, 0) >> (day & 0xFF) & 1:
                return day
            day += 1
        return day


@dataclass(slots=True)
class Deposits:
    """`Deposits`: deposits at banks, holds of payables, references that stand for facts."""

    contract: Contract
    deposits: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    holds: defaultdict[tuple[int, str, int], int] = field(default_factory=lambda: defaultdict(int))
    issued: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    references: dict[tuple[int, bytes], tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal(Generic[Kind]):
    """What may be completed from a second on, by whoever asks."""

    command: Kind
    digest: bytes
    effective: int


def desks_of(command: AddVersion) -> tuple[str, ...]:
    """The addresses of a version's desks."""
    return tuple("0x" + one.hex() for one in command.desks)


@dataclass(slots=True)
class Offices:
    """`Administration`: what is proposed and waits."""

    contract: Contract
    recoveries: dict[int, Proposal[ProposeRecovery]] = field(default_factory=dict)
    """By the participant that gets new keys."""
    versions: dict[bytes, Proposal[AddVersion]] = field(default_factory=dict)
    """By their digests."""
