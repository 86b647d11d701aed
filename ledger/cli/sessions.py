"""What the command line remembers of a service: where it is, which ledger, who is signed in.

The file can be read by its owner alone. The ledger's chain and contracts are remembered with it, so
that whatever the service says later, a signature holds on that ledger and no other.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from ledger.cli.private_files import private_file_in_place
from ledger.model.errors.client import SessionMissing
from ledger.model.errors.input import KeyFileExposed

__all__ = ["NEAR", "Session", "session_path"]

NEAR: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts that are this machine."""

_FORMAT: Final = "fenbook-session/1"


def session_path(environment: Mapping[str, str]) -> Path:
    """Where the session is kept if no other place is named: the XDG state directory."""
    home = Path(environment.get("HOME") or Path.home())
    given = environment.get("XDG_STATE_HOME", "")
    state = Path(given) if given.startswith("/") else home / ".local" / "state"
    return state / "fenbook" / "session.json"


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in to a service."""

    server: str
    """Its address, without a stroke at the end."""
    service: str
    """The name under which it signs people in."""
    chain_id: int
    contracts: Mapping[str, str]
    """Addresses by the contracts' names."""
    participant: int
    secret: str

    def __repr__(self) -> str:
        return f"Session({self.server!r}, participant={self.participant})"

    def save(self, path: Path) -> None:
        """Write the file whole or not at all; only its owner can read it."""
        with private_file_in_place(path) as file:
            json.dump({"format": _FORMAT, **asdict(self)}, file, ensure_ascii=False, indent=2)

    @classmethod
    def load(cls, path: Path) -> "Session":
        """Read a session; raises `SessionMissing`, or `KeyFileExposed` where others can read it."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            if os.name == "posix" and mode & 0o077:
                raise KeyFileExposed(path=str(path), mode=f"{mode:04o}")
            data: dict[str, Any] = json.loads(path.read_text("utf-8"))
            if data.pop("format") != _FORMAT:
                raise SessionMissing(path=str(path))
            return cls(**data)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise SessionMissing(path=str(path)) from None
