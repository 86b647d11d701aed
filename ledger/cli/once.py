"""Writes that are no commands, from the shell: once under a key of one's own, or tried out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

import typer

from ledger.cli.reading import show_record
from ledger.cli.screen import Screen
from ledger.model.errors import IdempotencyKeyMissing

__all__ = ["DryRunOption", "KeyOption", "Once"]

KeyOption = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        metavar="KEY",
        help="Your own name for this: asked again under it, it is done once 幂等键.",
        show_default=False,
    ),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would be answered; keep nothing 试运行.")
]


_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Once:
    """How a write is sent and told."""

    key: str | None
    is_dry: bool

    @property
    def headers(self) -> Mapping[str, str]:
        """What names it; raises `IdempotencyKeyMissing` for a key that is none."""
        if self.key is None:
            return {}
        if not _KEY.fullmatch(self.key):
            raise IdempotencyKeyMissing()
        return {"Idempotency-Key": self.key}

    @property
    def query(self) -> Mapping[str, str]:
        """What only tries it out."""
        return {"dry_run": "true"} if self.is_dry else {}

    @property
    def sent(self) -> dict[str, Mapping[str, str]]:
        """Both, as the client takes them."""
        return {"headers": self.headers, "query": self.query}

    def then(self, step: str) -> "Once":
        """A step that follows under the same name."""
        return Once(None if self.key is None else f"{self.key}.{step}", self.is_dry)

    def show(self, screen: Screen, answer: Any, *, is_json: bool) -> None:
        """Say that it would go well, or show what came of it; nothing where nothing is answered."""
        if self.is_dry and not is_json:
            screen.out.print(screen.say("would_do"))
        elif answer is not None:
            show_record(screen, answer, is_json=is_json)
