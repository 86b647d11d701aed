"""Refusals of the database and of what fills it: busy, gone, foreign, outdated, unreadable."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Commitment, Count, Text

__all__ = [
    "ChainDiverged",
    "DatabaseBusy",
    "DatabaseFailed",
    "DatabaseForeign",
    "DatabaseOutdated",
    "EventUnreadable",
]


class ChainDiverged(LedgerError):
    """The chain has another block {number} than the one that was read; its hash is {found}."""

    number: Count
    found: Commitment
    kind = Kind.CONFLICT
    zh = "链上第 {number} 号区块与已读取的不同，其哈希为 {found}。"
    next_steps = (
        "The service makes its rows anew by itself; wait for it, and find out why the chain has "
        "gone back.",
        "服务会自行重建数据，请等待其完成，并查明链回退的原因。",
    )


class DatabaseBusy(LedgerError):
    """The database is busy; nothing was written."""

    kind = Kind.NOT_YET
    zh = "数据库正忙，未写入任何内容。"
    next_steps = ("Try again in a moment.", "请稍后重试。")


class DatabaseFailed(LedgerError):
    """The database does not answer: {problem}."""

    problem: Text
    kind = Kind.NOT_YET
    zh = "数据库没有应答：{problem}。"
    next_steps = (
        "See whether it runs and has room left, then try again.",
        "请检查数据库是否运行、空间是否充足，然后重试。",
    )


class DatabaseForeign(LedgerError):
    """The database belongs to another ledger: its {setting} is {found}, not {expected}."""

    setting: Text
    found: Text
    expected: Text
    kind = Kind.CONFLICT
    zh = "该数据库属于另一账本：其 {setting} 为 {found}，而非 {expected}。"
    next_steps = (
        "Name the database of this ledger, or an empty one.",
        "请指定本账本的数据库，或一个空数据库。",
    )


class DatabaseOutdated(LedgerError):
    """The database is of release {found}; this release needs {expected}."""

    found: Text
    expected: Text
    kind = Kind.CONFLICT
    zh = "数据库的版本为 {found}，本程序需要 {expected}。"
    next_steps = (
        "Bring the database up to date, or run the release that it is of.",
        "请升级数据库，或运行与其相应的程序版本。",
    )


class EventUnreadable(LedgerError):
    """Block {block} holds an event that this release cannot read: {event} of contract {contract}
    in transaction {transaction}."""

    block: Count
    transaction: Commitment
    contract: Text
    event: Text
    kind = Kind.UNAVAILABLE
    zh = (
        "第 {block} 号区块含有本程序无法读取的事件："
        "交易 {transaction} 中合约 {contract} 的 {event}。"
    )
    next_steps = (
        "What is shown is true at the block before. Compare that block with another node; then "
        "run the release that knows these contracts. The service tries again by itself.",
        "目前显示的内容以上一区块为准。请与其他节点核对该区块，再运行与这些合约相应的程序版本；"
        "服务会自行重试。",
    )
