"""`fenbook participant`: finding one by its code, and recording one's own contacts."""

from typing import Annotated, Any, Final

import typer

from ledger.cli.connection import PurposeOption, SessionOption, connected
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import show_record
from ledger.cli.screen import Screen

__all__ = ["contacts", "lookup"]

_RECORDED: Final = ("name_zh", "name_en", "uscc", "lei", "group", "accounts")
"""What `contacts` leaves as it is recorded."""

CodeArgument = Annotated[
    str, typer.Argument(metavar="USCC", help="Its unified social credit code 统一社会信用代码.")
]
ContactOption = Annotated[
    list[str],
    typer.Option(
        "--contact",
        metavar="name=…,phone=…,email=…,position=…",
        help="A person to reach; may be repeated. Those recorded before are replaced 联系人.",
    ),
]


def lookup(
    ctx: typer.Context,
    uscc: CodeArgument,
    purpose: PurposeOption = "",
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Find a participant's number by its code 按信用代码查找."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session, purpose) as connection:
        found = connection.client.post("/v1/participants/lookup", {"uscc": uscc})
    show_record(screen, found, is_json=is_json)


def contacts(
    ctx: typer.Context,
    contact: ContactOption,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Record whom to reach at your organisation; the rest stays as it is 更新联系人."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    given, once = [_contact(screen, one) for one in contact], Once(key, is_dry)
    with connected(screen, session) as connection:
        path = f"/v1/participants/{connection.session.participant}/profile"
        known = connection.client.get(path)
        kept = {name: known[name] for name in _RECORDED}
        made = connection.client.put(path, {**kept, "contacts": given}, **once.sent)
    once.show(screen, made, is_json=is_json)


def _contact(screen: Screen, text: str) -> dict[str, Any]:
    parts = [one.partition("=") for one in text.split(",")]
    if any(not equals for _, equals, _ in parts):
        screen.fail(screen.say("not_pairs", text=text), screen.say("pairs"))
    return {name.strip(): value.strip() for name, _, value in parts}
