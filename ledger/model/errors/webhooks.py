"""Refusals of webhooks: addresses that are not called, and what there is no room for."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Count, Text

__all__ = [
    "EventKindUnknown",
    "ReplayTooLong",
    "WebhookAddressRefused",
    "WebhookDisabled",
    "WebhookUnknown",
    "WebhooksTooMany",
]


class WebhookAddressRefused(LedgerError):
    """This address is never called."""

    kind = Kind.TERMS
    zh = "不会调用该地址。"
    next_steps = (
        "Name an https address of the public internet, without a name, a password or a # in it.",
        "请提供公共互联网上的 https 地址，其中不得含有用户名、密码或 #。",
    )


class WebhookUnknown(LedgerError):
    """There is no such webhook endpoint, or no such delivery to it."""

    kind = Kind.NOT_FOUND
    zh = "没有该回调地址或该次投递。"
    next_steps = (
        "Check the number; the list shows the endpoints of your organisation.",
        "请核对编号；列表显示贵机构的全部回调地址。",
    )


class WebhooksTooMany(LedgerError):
    """A participant has at most {most} webhook endpoints."""

    most: Count
    kind = Kind.LIMIT
    zh = "每个参与方至多设置 {most} 个回调地址。"
    next_steps = ("Remove one that is not needed.", "请先删除不再需要的回调地址。")


class WebhookDisabled(LedgerError):
    """The webhook endpoint is disabled."""

    kind = Kind.CONFLICT
    zh = "该回调地址已停用。"
    next_steps = ("Enable it first.", "请先启用。")


class EventKindUnknown(LedgerError):
    """There is no event of the kind {name}."""

    name: Text
    kind = Kind.MALFORMED
    zh = "没有名为 {name} 的事件。"
    next_steps = (
        "Name kinds as the feed of events tells them.",
        "请使用事件清单中的名称。",
    )


class ReplayTooLong(LedgerError):
    """At most {most} events are delivered again at a time."""

    most: Count
    kind = Kind.LIMIT
    zh = "每次至多重新投递 {most} 个事件。"
    next_steps = (
        "Name a shorter range, or read the feed of events itself.",
        "请缩小范围，或直接读取事件清单。",
    )
