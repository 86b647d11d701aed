"""What a look over a service comes to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ledger.model.errors import LedgerError

__all__ = ["Finding", "State", "told_of"]


class State(StrEnum):
    """What a look has come to."""

    OK = "ok"
    LOOK = "look"
    """Somebody should know of it."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    state: State
    facts: Mapping[str, Any] = field(default_factory=dict)
    refusal: LedgerError | None = None
    """What it was refused with, which speaks both languages."""


@contextmanager
def told_of(check: str) -> Iterator[list[Finding]]:
    """Findings of one look; what it raises is a finding too."""
    found: list[Finding] = []
    try:
        yield found
    except LedgerError as refusal:
        facts = {"problem": refusal.code, "detail": str(refusal)}
        found.append(Finding(check, State.WRONG, facts, refusal))
    except OSError as failure:
        found.append(Finding(check, State.WRONG, {"problem": type(failure).__name__}))
