"""`fenbook import`: its steps from the signature on, and back."""

from pathlib import Path
from typing import Any, Final, cast

import typer

from ledger.cli.acting import Signing
from ledger.cli.connection import SessionOption, connected
from ledger.cli.imports import ImportArgument, show_import
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import DIFFERENT, Screen
from ledger.model.commands import COMMANDS, IssueBatch
from ledger.model.errors.client import AnswerFalse

__all__ = ["cancel", "reopen", "retry", "sign"]

_PATH: Final = "/v1/imports"
_READY: Final = "awaiting_signatures"


def sign(ctx: typer.Context, id: str, choice: str, **given: Any) -> None:
    """Sign the one command that issues the chosen rows, as maker or checker 签署."""
    from ledger.chain.typed_data import digest  # noqa: PLC0415
    from ledger.cli import signing  # noqa: PLC0415
    from ledger.cli.acting import signing_of  # noqa: PLC0415
    from ledger.cli.import_leaves import leaves_shown, tell_leaves  # noqa: PLC0415

    options: Signing = signing_of(given)
    screen, kind, once = options.screen(ctx), COMMANDS["IssueBatch"], Once(None, options.is_dry)
    for option, value in (("--out", options.out), ("--reference", options.reference)):
        if value is not None:
            screen.fail(screen.say("not_of_import", option=option), screen.say("sign_there"))
    with connected(screen, options.session) as connection:
        named = {"deadline": options.deadline, "nonce": options.nonce}
        terms = {name: value for name, value in named.items() if value is not None}
        body: dict[str, Any] = {"choice": choice, **terms}
        if options.is_dry and connection.client.get(f"{_PATH}/{id}")["state"] == "previewed":
            made = connection.client.post(f"{_PATH}/{id}/typed-data", body, **once.sent)
            once.show(screen, made, is_json=options.is_json)
            return  # what would be signed is made when it is prepared in earnest
        is_ready = terms and connection.client.get(f"{_PATH}/{id}")["state"] == _READY
        prepared = connection.client.post(f"{_PATH}/{id}/typed-data", body)
        try:
            command = signing.checked(connection, prepared, kind, terms)
        except AnswerFalse:
            if not is_ready:
                raise
            screen.fail(screen.say("terms_stand"), screen.say("reopen_it", id=id), status=DIFFERENT)
        hashed = digest(command, signing.domain_of(connection, kind))
        signing.tell(screen, command, hashed)
        leaves = leaves_shown(connection, f"{_PATH}/{id}", cast(IssueBatch, command))
        tell_leaves(screen, connection, leaves)
        if not options.key:
            screen.fail(screen.say("no_key"), screen.say("name_key"))
        if not signing.confirmed(screen, options.is_yes):
            screen.fail(screen.say("not_signed"), status=DIFFERENT)
        approvals = signing.sign(screen, connection, hashed, options.key, options.password_file)
        body = {"approvals": approvals}
        made = connection.client.post(f"{_PATH}/{id}/signatures", body, **once.sent)
        _show(screen, made, once, is_json=options.is_json)


def reopen(
    ctx: typer.Context,
    id: ImportArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Take an import back that is not recorded yet, to preview it again 退回修改."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    _act(screen, session, (id, "reopen"), Once(key, is_dry), is_json=is_json)


def cancel(
    ctx: typer.Context,
    id: ImportArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Give an import up that was not signed to the end 取消."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    _act(screen, session, (id, "cancel"), Once(key, is_dry), is_json=is_json)


def retry(
    ctx: typer.Context,
    id: ImportArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Ask once more for payables that were refused 重试."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    _act(screen, session, (id, "retry"), Once(key, is_dry), is_json=is_json)


# ---- private


def _act(
    screen: Screen, session: Path | None, what: tuple[str, str], once: Once, *, is_json: bool
) -> None:
    id_, word = what
    with connected(screen, session) as connection:
        made = connection.client.post(f"{_PATH}/{id_}/{word}", **once.sent)
        _show(screen, made, once, is_json=is_json)


def _show(screen: Screen, made: Any, once: Once, *, is_json: bool) -> None:
    if once.is_dry:
        once.show(screen, made, is_json=is_json)
    else:
        show_import(screen, made, is_json)
