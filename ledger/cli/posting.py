"""Posting an act from the shell: once however often it is sent, tried out, or awaited."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.cli.connection import Connection
from ledger.cli.operations import end_with, show_operation
from ledger.cli.reading import record_of
from ledger.cli.screen import Screen

__all__ = ["Posting", "post"]


@dataclass(frozen=True, slots=True)
class Posting:
    """How an act is posted and told."""

    key: str
    """Its Idempotency-Key."""
    wait: int
    """Seconds to wait for its end."""
    is_dry: bool
    is_json: bool


def post(
    screen: Screen, connection: Connection, path: str, body: Mapping[str, Any], how: Posting
) -> None:
    """Post it and show what came of it; status 1 where it was refused."""
    headers = {"Idempotency-Key": how.key}
    if how.is_dry:
        answer = connection.client.post(path, body, query={"dry_run": "true"}, headers=headers)
        screen.print_json(answer) if how.is_json else screen.out.print(screen.say("would_do"))
        return
    if how.wait:
        headers["Prefer"] = f"wait={how.wait}"
    answer = connection.client.post(path, body, headers=headers)
    if "verb" in answer:
        show_operation(screen, answer, is_json=how.is_json)
        end_with(answer)
    elif how.is_json:
        screen.print_json(answer)
    else:
        screen.out.print(record_of(screen, answer))
