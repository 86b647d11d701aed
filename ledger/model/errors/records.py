"""Refusals of the private records: their keys, and what may not be told apart or made twice."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import ParticipantId, Text, Word

__all__ = [
    "IdentifierTaken",
    "IdentityDiffers",
    "PurposeMissing",
    "RecordTampered",
    "RecordUnknown",
    "RecordsKeyInvalid",
    "RecordsKeyMissing",
    "RecordsKeyUnknown",
]


class RecordsKeyMissing(LedgerError):
    """No key for the records is set."""

    kind = Kind.CONFLICT
    zh = "未设置私密档案的主密钥。"
    next_steps = (
        "Set FENBOOK_RECORDS_KEY_FILE to a file that only this service can read.",
        "请用 FENBOOK_RECORDS_KEY_FILE 指定仅本服务可读的密钥文件。",
    )


class RecordsKeyInvalid(LedgerError):
    """A key for the records must be exactly 32 bytes, written in hexadecimal or base64."""

    kind = Kind.MALFORMED
    zh = "私密档案的主密钥必须恰为 32 字节，以十六进制或 base64 书写。"
    next_steps = (
        "Make one with `fenbook records new-key` and keep it in a safe place.",
        "请用 `fenbook records new-key` 生成，并妥善保管。",
    )


class RecordsKeyUnknown(LedgerError):
    """The records were sealed under another key ({key}) than those that are set."""

    key: Text
    kind = Kind.CONFLICT
    zh = "私密档案由另一把密钥（{key}）封存，与所设密钥不符。"
    next_steps = (
        "Set that key as well, as the previous one; without it the records cannot be read.",
        "请将该密钥设为上一把密钥；没有它，档案无法读取。",
    )


class IdentityDiffers(LedgerError):
    """The code recorded for {participant} is not the one under which it was admitted."""

    participant: ParticipantId
    kind = Kind.CONFLICT
    zh = "为 {participant} 登记的代码与其准入时的身份不符。"
    next_steps = (
        "Compare with `fenbook records identity CODE`: its value must be the participant's "
        "identity on the ledger. Find out who it is before anything is recorded.",
        "请用 `fenbook records identity CODE` 核对，其值须与账本上的参与方身份一致；"
        "查明身份之前请勿登记。",
    )


class RecordTampered(LedgerError):
    """What stands at {place} was not sealed for that place, or was changed since."""

    place: Text
    kind = Kind.CONFLICT
    zh = "{place} 处的内容并非为该处封存，或已被改动。"
    next_steps = (
        "Stop the service, keep the database as it is and restore the records from a backup.",
        "请停止服务，保留数据库现状，并从备份恢复档案。",
    )


class RecordUnknown(LedgerError):
    """Nothing is recorded about {participant}."""

    participant: ParticipantId
    kind = Kind.NOT_FOUND
    zh = "没有关于{participant}的档案。"
    next_steps = ("Record its name and identifiers first.", "请先登记其名称与识别码。")


class IdentifierTaken(LedgerError):
    """Another participant is recorded under this {identifier}."""

    identifier: Word
    kind = Kind.CONFLICT
    zh = "该{identifier}已登记在另一参与方名下。"
    next_steps = (
        "Compare it with the business licence; one organisation takes part once.",
        "请与营业执照核对；同一机构只登记一次。",
    )


class PurposeMissing(LedgerError):
    """Who reads private records says what for."""

    kind = Kind.FORBIDDEN
    zh = "读取私密档案须说明用途。"
    next_steps = ("State the purpose of the reading.", "请说明读取用途。")
