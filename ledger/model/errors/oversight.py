"""Refusals of freezes, and of the read surface that other software may try to write to."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Commitment,
    Count,
    Day,
    PayableId,
    Position,
)

__all__ = [
    "BadRange",
    "CaseMissing",
    "CaseOpen",
    "CountNotKept",
    "NotFrozen",
    "ReviewDayPast",
    "SignedCommandsOnly",
    "TooManyFreezes",
]


class CaseMissing(LedgerError):
    """A freeze needs the commitment of its case number."""

    kind = Kind.TERMS
    zh = "冻结须附案号承诺值。"
    next_steps = ("Give the case number and authority.", "请填写案号及办案机关。")


class CaseOpen(LedgerError):
    """A freeze of this participant under case {case_commitment} is in force already."""

    case_commitment: Commitment
    kind = Kind.CONFLICT
    zh = "该参与方在案件 {case_commitment} 下的冻结已经生效。"
    next_steps = ("Nothing is to be done.", "无需重复提交。")


class ReviewDayPast(LedgerError):
    """The review date {review_day} does not lie after today, {today}."""

    review_day: Day
    today: Day
    kind = Kind.TERMS
    zh = "复查日 {review_day} 不在今天 {today} 之后。"
    next_steps = ("Choose a later review date.", "请选择更晚的复查日。")


class BadRange(LedgerError):
    """The range from {start} to {end} is empty or lies outside the payable."""

    start: Position
    end: Position
    kind = Kind.TERMS
    zh = "区间 {start} 至 {end} 为空或超出应付账款范围。"
    next_steps = ("Name a range inside the face.", "请指定票面范围内的区间。")


class TooManyFreezes(LedgerError):
    """Payable {payable_id} already has {most} freezes in force, the most allowed."""

    payable_id: PayableId
    most: Count
    kind = Kind.LIMIT
    zh = "应付账款 {payable_id} 的有效冻结已达上限 {most} 个。"
    next_steps = (
        "End a freeze or freeze one wider range.",
        "请先解除一项冻结，或以一个更大的区间冻结。",
    )


class NotFrozen(LedgerError):
    """There is no such freeze in force."""

    kind = Kind.NOT_FOUND
    zh = "没有此项有效冻结。"
    next_steps = ("Check the freeze and its case.", "请核对冻结及其案号。")


class SignedCommandsOnly(LedgerError):
    """Vouchers move by signed commands only."""

    kind = Kind.FORBIDDEN
    zh = "凭证只能通过签署的指令流转。"
    next_steps = ("Sign a transfer in the ledger.", "请在本账本中签署转让。")


class CountNotKept(LedgerError):
    """Counts of vouchers are not kept on chain."""

    kind = Kind.NOT_FOUND
    zh = "链上不保存凭证数量。"
    next_steps = ("Read them from the ledger.", "请从账本查询。")
