"""Refusals of the database: it is busy, gone, full, of another release, or of another ledger."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Text

__all__ = ["DatabaseBusy", "DatabaseFailed", "DatabaseForeign", "DatabaseOutdated"]


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
