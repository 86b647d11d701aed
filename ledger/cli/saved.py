"""Saved runs: the events of a book's ledger with its names and outcome, in one file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.cli.private_files import private_file_in_place
from ledger.views import Entry, Projection
from ledger.views.log import entry_from_json, entry_to_json

__all__ = ["NotARun", "SavedRun", "last_run_path"]

_FORMAT: Final = "fenbook-run/1"


class NotARun(Exception):
    """A file that is no saved run."""


def last_run_path(environment: Mapping[str, str]) -> Path:
    """Where the last run is kept: the XDG state directory."""
    home = Path(environment.get("HOME") or Path.home())
    given = environment.get("XDG_STATE_HOME", "")
    # A relative one is to be ignored (XDG base directory specification).
    state = Path(given) if given.startswith("/") else home / ".local" / "state"
    return state / "fenbook" / "last-run.json"


@dataclass(frozen=True, slots=True)
class SavedRun:
    """What a run came to, with everything that the views need to be rebuilt."""

    book: str
    second: int
    """The ledger's clock at the end."""
    outcome: dict[str, Any]
    parties: dict[str, tuple[int, str]]
    """Participant number and name by the book's id."""
    vouchers: dict[str, int]
    payables: dict[str, int]
    loans: dict[str, int]
    events: tuple[Entry, ...]

    def projection(self) -> Projection:
        """The views, rebuilt from the events."""
        return Projection(self.events)

    @property
    def names(self) -> dict[int, str]:
        """Display names by participant number."""
        return dict(self.parties.values())

    def save(self, path: Path) -> None:
        """Write the file whole or not at all; only its owner can read it."""
        data = {
            "format": _FORMAT,
            "book": self.book,
            "second": self.second,
            "outcome": self.outcome,
            "parties": {name: list(entry) for name, entry in self.parties.items()},
            "vouchers": self.vouchers,
            "payables": self.payables,
            "loans": self.loans,
            "events": [entry_to_json(entry) for entry in self.events],
        }
        with private_file_in_place(path) as file:
            json.dump(data, file, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, path: Path) -> "SavedRun":
        """Read a saved run; raises `NotARun`, or `OSError` where there is no file."""
        text = path.read_bytes()
        try:
            data = json.loads(text)
            if data["format"] != _FORMAT:
                raise NotARun(path)
            return cls(
                book=str(data["book"]),
                second=int(data["second"]),
                outcome=dict(data["outcome"]),
                parties={
                    name: (int(entry[0]), str(entry[1])) for name, entry in data["parties"].items()
                },
                vouchers=_numbers(data["vouchers"]),
                payables=_numbers(data["payables"]),
                loans=_numbers(data["loans"]),
                events=tuple(entry_from_json(entry) for entry in data["events"]),
            )
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            raise NotARun(path) from None


def _numbers(data: Mapping[str, Any]) -> dict[str, int]:
    return {str(name): int(number) for name, number in data.items()}
