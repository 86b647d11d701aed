"""What an audit found: each change that no signed command explains, and the totals."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ledger.chain.history import Block
from ledger.model.errors.base import LedgerError

__all__ = ["Finding", "Kind", "Report"]


class Kind(StrEnum):
    """Why something cannot be explained."""

    CODE = "code"
    """A contract of the ledger is not the committed one."""
    WIRING = "wiring"
    """A contract asks another one than the ledger's."""
    FEED = "feed"
    """The endpoint contradicts itself."""
    UNREADABLE = "unreadable"
    """No command can be read from the call data."""
    AUTHORITY = "authority"
    """A command was carried out without the approvals that it needs."""
    RULE = "rule"
    """A command was carried out that its signers had no right to have carried out."""
    EXTRA = "extra"
    """An event that follows from no command."""
    MISSING = "missing"
    """An event that a command must leave is not there."""
    CHANGED = "changed"
    """An event says something else than its command."""
    STATE = "state"
    """At the end a contract holds something else than the commands come to."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that cannot be explained."""

    kind: Kind
    block: int
    transaction: bytes = b""
    index: int | None = None
    """Position of the event in its block."""
    contract: str = ""
    """Name of the contract, or its address where it has none."""
    subject: str = ""
    """The event, the command or the record."""
    digest: bytes = b""
    """The command that stood nearest."""
    expected: Mapping[str, Any] = field(default_factory=dict)
    actual: Mapping[str, Any] = field(default_factory=dict)
    reason: LedgerError | None = None
    """The refusal that the contracts should have given."""


@dataclass(slots=True)
class Report:
    """What was replayed, and all that stayed unexplained."""

    chain_id: int
    registry: str
    first_block: int
    last: Block
    """Up to which block it holds."""
    head: Block
    """The newest block that the endpoint told of when the replay began."""
    contracts: dict[str, str] = field(default_factory=dict)
    """Names of the contracts by address."""
    founders: int = 0
    """Participants named at genesis, when nobody could sign yet."""
    transactions: int = 0
    commands: Counter[str] = field(default_factory=Counter)
    """Commands explained, by their primary type."""
    open_acts: Counter[str] = field(default_factory=Counter)
    """Acts carried out that need no signature, by function."""
    refused: int = 0
    foreign: int = 0
    """Commands signed to contracts that are none of the ledger's; they move nothing here."""
    events: int = 0
    unexplained_events: int = 0
    compared: int = 0
    """Records compared with the contracts at the end."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def last_block(self) -> int:
        """Number of the last block that was replayed."""
        return self.last.number

    @property
    def explained_events(self) -> int:
        """Events that follow from the commands in the right number and with the right values."""
        return self.events - self.unexplained_events

    @property
    def is_explained(self) -> bool:
        """Whether nothing is left unexplained."""
        return not self.findings
