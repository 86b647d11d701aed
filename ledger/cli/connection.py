"""A command's connection to the service: the session, the client, and how refusals end it."""
# ruff: noqa: PLC0415 -- HTTP is imported by the commands that need it

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.cli.screen import DIFFERENT, Screen
from ledger.cli.sessions import Session, session_path

if TYPE_CHECKING:
    from ledger.cli.client import Client

__all__ = ["Connection", "PurposeOption", "SessionOption", "connected", "refusing"]

SessionOption = Annotated[
    Path | None,
    typer.Option(
        "--session",
        metavar="FILE",
        help="A session of sign-in; the state directory's if not given 登录会话，默认取状态目录.",
        show_default=False,
        dir_okay=False,
    ),
]
PurposeOption = Annotated[
    str,
    typer.Option(
        "--purpose",
        envvar="FENBOOK_PURPOSE",
        help="What a regulator reads for; logged 监管查询目的.",
        show_default=False,
    ),
]

_MISUSES = (400, 415, 422)
"""Statuses of requests that were not of their form."""
_MISUSED = 2


@dataclass(frozen=True, slots=True)
class Connection:
    """A client that is signed in."""

    client: "Client"
    session: Session


@contextmanager
def connected(screen: Screen, path: Path | None, purpose: str = "") -> Iterator[Connection]:
    """Speak to the service of a session; refusals become messages and exit statuses."""
    with refusing(screen):
        from urllib.parse import quote

        from ledger.cli.client import Client

        session = Session.load(path or session_path(os.environ))
        client = Client(
            session.server,
            secret=session.secret,
            language=screen.language,
            purpose=quote(purpose),
        )
        try:
            yield Connection(client, session)
        finally:
            client.close()


@contextmanager
def refusing(screen: Screen) -> Iterator[None]:
    """Show what a service refuses, and end with the status that it stands for."""
    from ledger.cli.client import Refused

    with screen.guarded():
        try:
            yield
        except Refused as refused:
            screen.complain(refused.message, refused.next_step)
            is_misuse = refused.problem.get("status") in _MISUSES
            raise typer.Exit(_MISUSED if is_misuse else DIFFERENT) from None
