"""Which ledger each service stood for when it was first signed in to; kept when people sign out.

Whoever signs in again is asked to sign for that ledger and no other. It stands apart from sessions
and their secrets, which come and go.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ledger.cli.private_files import private_file_in_place
from ledger.cli.sessions import session_path
from ledger.model.errors.service import SettingInvalid

__all__ = ["Pin", "Pins"]

_FORMAT: Final = "fenbook-ledgers/1"


@dataclass(frozen=True, slots=True)
class Pin:
    """A ledger, and the name under which its service signs people in."""

    service: str
    """Empty where nobody has signed it yet."""
    chain_id: int
    contracts: Mapping[str, str]
    """Addresses by the contracts' names."""

    def is_same_ledger(self, other: "Pin") -> bool:
        """Whether another stands for it too; it may have contracts besides."""
        known = all(other.contracts.get(name) == one for name, one in self.contracts.items())
        return self.chain_id == other.chain_id and known


@dataclass(frozen=True, slots=True)
class Pins:
    """The file of them, by the services' addresses."""

    path: Path

    @classmethod
    def beside(cls, environment: Mapping[str, str]) -> "Pins":
        """Those of the state directory, whatever place a session is kept at."""
        return cls(session_path(environment).with_name("ledgers.json"))

    def find(self, server: str) -> Pin | None:
        """The ledger of a service, None where there was no sign-in; raises `SettingInvalid`."""
        found = self._all().get(server)
        return None if found is None else Pin(**found)

    def name_of(self, server: str) -> str:
        """The name that was signed at a service; empty where none was."""
        found = self.find(server)
        return "" if found is None else found.service

    def keep(self, server: str, pin: Pin) -> None:
        """Remember it; the file is written whole or not at all."""
        ledgers = {**self._all(), server: asdict(pin)}
        with private_file_in_place(self.path) as file:
            json.dump({"format": _FORMAT, "ledgers": ledgers}, file, indent=2)

    def _all(self) -> dict[str, Any]:
        try:
            data = json.loads(self.path.read_text("utf-8"))
            if data["format"] == _FORMAT:
                return {str(server): asdict(Pin(**one)) for server, one in data["ledgers"].items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
        # To begin anew would be to believe whatever the service says next.
        raise SettingInvalid(setting=str(self.path), problem="no pins")
