"""Refusals of the service itself: what was given cannot be a command, a value or a key."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Expected, Input, Text, Word

__all__ = [
    "InvalidField",
    "KeyFileExposed",
    "KeyFileInvalid",
    "KeyFileLocked",
    "MissingField",
    "UnknownCommand",
    "UnknownField",
]


class InvalidField(LedgerError):
    """Field {field} is {value}; it must be {expected}."""

    field: Text
    value: Input
    expected: Expected
    kind = Kind.MALFORMED
    zh = "字段 {field} 的值为 {value}，应为{expected}。"
    next_steps = ("Correct {field} and send it again.", "请更正 {field} 后重新提交。")


class MissingField(LedgerError):
    """{struct} lacks the field {field}."""

    field: Text
    struct: Word
    kind = Kind.MALFORMED
    zh = "{struct} 缺少字段 {field}。"
    next_steps = ("Add {field} and send it again.", "请补充 {field} 后重新提交。")


class UnknownField(LedgerError):
    """{struct} has no field {field}."""

    field: Text
    struct: Word
    kind = Kind.MALFORMED
    zh = "{struct} 没有字段 {field}。"
    next_steps = ("Leave {field} out or correct its name.", "请删除 {field} 或更正其名称。")


class UnknownCommand(LedgerError):
    """The ledger has no command {name}."""

    name: Text
    kind = Kind.MALFORMED
    zh = "没有名为 {name} 的指令。"
    next_steps = ("Choose a command from the documentation.", "请使用文档中列出的指令。")


class KeyFileExposed(LedgerError):
    """Key file {path} can be read by others (mode {mode})."""

    path: Text
    mode: Text
    kind = Kind.FORBIDDEN
    zh = "密钥文件 {path} 可被他人读取（权限 {mode}）。"
    next_steps = (
        "Run chmod 600 on the file; if others may have read it, replace the key.",
        "请将文件权限设为 600；若可能已被他人读取，请更换密钥。",
    )


class KeyFileLocked(LedgerError):
    """The password does not open key file {path}."""

    path: Text
    kind = Kind.FORBIDDEN
    zh = "密码无法打开密钥文件 {path}。"
    next_steps = ("Try the password again.", "请重新输入密码。")


class KeyFileInvalid(LedgerError):
    """{path} is not a key file of the keystore format, version 3."""

    path: Text
    kind = Kind.MALFORMED
    zh = "{path} 不是第 3 版 keystore 格式的密钥文件。"
    next_steps = ("Name another file.", "请指定其他文件。")
