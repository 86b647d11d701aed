"""A command on its way from signer to signer, in a file: nothing in it is secret."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.model.errors.input import InvalidField

__all__ = ["CommandFile"]

_FORMAT: Final = "fenbook-command/1"


@dataclass(frozen=True, slots=True)
class CommandFile:
    """What is signed, and the approvals so far.

    Where it goes is not in it: the file comes from others, and the session's secret goes along.
    """

    command: str
    """Name of the struct."""
    typed_data: dict[str, Any]
    body: dict[str, Any]
    """The signed form as far as it has come."""

    def save(self, path: Path) -> None:
        """Write it; what stood there is replaced."""
        data = {
            "format": _FORMAT,
            "command": self.command,
            "typed_data": self.typed_data,
            "body": self.body,
        }
        path.write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path) -> "CommandFile":
        """Read it; raises `InvalidField` for any other file, `OSError` where there is none."""
        text = path.read_text("utf-8")
        try:
            data: dict[str, Any] = json.loads(text)
            data.pop("path", None)  # files of earlier drafts name one
            if data.pop("format") == _FORMAT and isinstance(data["body"], dict):
                return cls(**data)
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
        raise InvalidField(field="file", value=path.name, expected="command_file")
