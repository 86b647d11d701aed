"""Acts that need no signature: settle, lapse, apply; the clock, comparing, trying again."""

import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from ledger.cli.connection import PurposeOption, SessionOption, connected
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.posting import Posting, post
from ledger.cli.screen import Screen

__all__ = ["apply_unapplied", "lapse", "move_clock", "reconcile", "retry", "settle"]

VouchersArgument = Annotated[
    list[str], typer.Argument(metavar="VOUCHER…", help="Vouchers of one payable 电子凭证.")
]
PayableArgument = Annotated[str, typer.Argument(metavar="PAYABLE", help="A payable 应付账款.")]
TimeArgument = Annotated[
    str, typer.Argument(metavar="TIME", help="In UTC, such as 2027-03-31T01:00:00Z 时间.")
]
WaitOption = Annotated[
    int, typer.Option("--wait", min=0, max=60, help="Seconds to wait for its end 等待秒数.")
]


def settle(
    ctx: typer.Context,
    vouchers: VouchersArgument,
    wait: WaitOption = 30,
    is_dry: DryRunOption = False,
    purpose: PurposeOption = "",
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Distribute what was paid to vouchers, without waiting for the scheduler 清分."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    asked = ("/v1/settlements", {"vouchers": vouchers}, wait)
    _act(screen, (session, purpose), asked, is_dry=is_dry, is_json=is_json)


def lapse(
    ctx: typer.Context,
    payable: PayableArgument,
    wait: WaitOption = 30,
    is_dry: DryRunOption = False,
    purpose: PurposeOption = "",
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Let a payable lapse that nobody has accepted in time 期满未签收失效."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    asked = ("/v1/lapses", {"payable": payable}, wait)
    _act(screen, (session, purpose), asked, is_dry=is_dry, is_json=is_json)


def apply_unapplied(
    ctx: typer.Context,
    payable: PayableArgument,
    wait: WaitOption = 30,
    is_dry: DryRunOption = False,
    purpose: PurposeOption = "",
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Apply money that was attested before maturity, once that has come 分配未分配款项."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    asked = ("/v1/unapplied-payments", {"payable": payable}, wait)
    _act(screen, (session, purpose), asked, is_dry=is_dry, is_json=is_json)


def move_clock(
    ctx: typer.Context,
    time: TimeArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Move the clock of an evaluation chain on; it never goes back 拨快测试时钟."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        moved = connection.client.post("/v1/test-clock", {"time": time}, **once.sent)
    once.show(screen, moved, is_json=is_json)


def reconcile(
    ctx: typer.Context,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    purpose: PurposeOption = "",
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Have chain, rows and deposits compared in the background; for the operator 发起对账."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session, purpose) as connection:
        found = connection.client.post("/v1/reconciliation", **once.sent)
    once.show(screen, found, is_json=is_json)


def retry(
    ctx: typer.Context,
    id: Annotated[
        str, typer.Argument(metavar="OPERATION", help="One that was set aside 已搁置的业务请求.")
    ],
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Have an operation tried again that was set aside; for the operator 重试."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        found = connection.client.post(f"/v1/operations/{id}/release", **once.sent)
    once.show(screen, found, is_json=is_json)


def _act(
    screen: Screen,
    who: tuple[Path | None, str],
    asked: tuple[str, dict[str, Any], int],
    *,
    is_dry: bool,
    is_json: bool,
) -> None:
    """Ask for an act and wait for its end; status 1 where it was refused."""
    path, body, wait = asked
    how = Posting(secrets.token_hex(16), wait, is_dry=is_dry, is_json=is_json)
    with connected(screen, *who) as connection:
        post(screen, connection, path, body, how)
