"""`fenbook webhook`: where your organisation is told what happens, and what was delivered."""

from typing import Annotated, Final

import typer

from ledger.cli.connection import SessionOption, connected
from ledger.cli.once import DryRunOption, KeyOption, Once
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.reading import show_record, show_rows
from ledger.cli.screen import Screen

__all__ = [
    "change", "deliveries", "delivery", "listed", "make", "remove", "renew_secret", "replay",
    "show", "try_out",
]  # fmt: skip

_PATH: Final = "/v1/webhooks"
_COLUMNS: Final = ("id", "url", "label", "state", "failures", "made_at")
_DELIVERIES: Final = ("id", "seq", "state", "tries", "next_try_at", "made_at")

WebhookArgument = Annotated[
    str, typer.Argument(metavar="WEBHOOK", help="An endpoint 回调地址编号.")
]


def listed(
    ctx: typer.Context,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """List the endpoints of your organisation 回调地址."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        found = connection.client.get(_PATH)["data"]
    show_rows(screen, found, _COLUMNS, is_json=is_json, of="webhooks")


def show(
    ctx: typer.Context,
    id: WebhookArgument,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show an endpoint 查看."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        found = connection.client.get(f"{_PATH}/{id}")
        show_record(screen, found, is_json=is_json, of="webhooks")


def make(
    ctx: typer.Context,
    url: Annotated[str, typer.Option("--url", help="An https address 接收地址.")],
    label: Annotated[str, typer.Option("--label", help="Its name 名称.")] = "",
    kind: Annotated[
        list[str],
        typer.Option("--kind", help="Of events; all if none is named 事件种类，默认为全部."),
    ] = [],  # noqa: B006 -- the parser makes a list of its own
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Make an endpoint; its secret is shown once 新建."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        body = {"url": url, "label": label, "kinds": kind}
        once.show(screen, connection.client.post(_PATH, body, **once.sent), is_json=is_json)


def change(
    ctx: typer.Context,
    id: WebhookArgument,
    url: Annotated[str | None, typer.Option("--url", help="Another address 接收地址.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Another name 名称.")] = None,
    kind: Annotated[
        list[str],
        typer.Option("--kind", help="Of events, instead of those before 事件种类，取代原有."),
    ] = [],  # noqa: B006 -- the parser makes a list of its own
    is_enabled: Annotated[
        bool | None, typer.Option("--enable/--disable", help="Whether it is told 启用/停用.")
    ] = None,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Change an endpoint; what is not named stays 修改."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    asked = {"url": url, "label": label, "kinds": kind or None, "is_enabled": is_enabled}
    body = {name: one for name, one in asked.items() if one is not None}
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        changed = connection.client.patch(f"{_PATH}/{id}", body, **once.sent)
    once.show(screen, changed, is_json=is_json)


def renew_secret(
    ctx: typer.Context,
    id: WebhookArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Have another secret from now on; it is shown once 更换密钥."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        made = connection.client.post(f"{_PATH}/{id}/secret", **once.sent)
    once.show(screen, made, is_json=is_json)


def remove(
    ctx: typer.Context,
    id: WebhookArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
) -> None:
    """Forget an endpoint with all that was delivered to it 删除."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        answer = connection.client.delete(f"{_PATH}/{id}", **once.sent)
    once.show(screen, answer, is_json=False)


def try_out(
    ctx: typer.Context,
    id: WebhookArgument,
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Send a message that says nothing, to see whether it arrives 测试."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        made = connection.client.post(f"{_PATH}/{id}/test", **once.sent)
    once.show(screen, made, is_json=is_json)


def replay(
    ctx: typer.Context,
    id: WebhookArgument,
    first: Annotated[
        int, typer.Option("--first", min=1, help="Number of the first event 首个事件序号.")
    ],
    last: Annotated[
        int, typer.Option("--last", min=1, help="Number of the last one 末个事件序号.")
    ],
    key: KeyOption = None,
    is_dry: DryRunOption = False,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Deliver the events of a range again 重放."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    once = Once(key, is_dry)
    with connected(screen, session) as connection:
        body = {"first": first, "last": last}
        queued = connection.client.post(f"{_PATH}/{id}/replay", body, **once.sent)
    once.show(screen, queued, is_json=is_json)


def deliveries(
    ctx: typer.Context,
    id: WebhookArgument,
    state: Annotated[
        str | None, typer.Option("--state", help="queued, delivered, failed or dropped 状态.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most 上限.")] = 50,
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """List what was delivered, the newest first 投递记录."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        found = list(connection.client.rows(f"{_PATH}/{id}/deliveries", limit, state=state))
    show_rows(screen, found, _DELIVERIES, is_json=is_json, of="deliveries")


def delivery(
    ctx: typer.Context,
    id: WebhookArgument,
    message: Annotated[
        str, typer.Argument(metavar="DELIVERY", help="One of its deliveries 其中一次投递.")
    ],
    session: SessionOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show a delivery with every attempt at it 投递详情."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with connected(screen, session) as connection:
        show_record(
            screen, connection.client.get(f"{_PATH}/{id}/deliveries/{message}"), is_json=is_json
        )
