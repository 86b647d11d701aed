"""Refusals of payments, settlement, payouts and deposits."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Amount,
    Commitment,
    Day,
    ParticipantId,
    PayableId,
    PayableStateId,
    PayoutId,
)

__all__ = [
    "AmountTooLarge",
    "DepositShort",
    "NotObligor",
    "NotSettlementBank",
    "NotYetDue",
    "NothingUnapplied",
    "PayableNotLive",
    "PayableNotOffered",
    "PaymentExceedsDebt",
    "PaymentTooSmall",
    "PayoutMismatch",
    "PayoutNotConfirmed",
    "PayoutNotOpen",
    "ReferenceConflict",
    "ReferenceMissing",
    "ReferenceUsed",
    "UnappliedExceeded",
    "UnknownPayable",
    "UnknownPayout",
]


class UnknownPayable(LedgerError):
    """There is no payable {payable_id}."""

    payable_id: PayableId
    kind = Kind.NOT_FOUND
    zh = "应付账款 {payable_id} 不存在。"
    next_steps = (
        "Check the payable; what is another's looks like what is not there, and one that was just "
        "made is known in a moment.",
        "请核对应付账款编号；他方的应付账款显示为不存在，刚生成的应付账款稍候即可查到。",
    )


class PayableNotLive(LedgerError):
    """Payable {payable_id} is {state}, not live."""

    payable_id: PayableId
    state: PayableStateId
    kind = Kind.CONFLICT
    zh = "应付账款 {payable_id} 当前状态为{state}，不是存续。"
    next_steps = ("Nothing can be paid or moved on it.", "该应付账款不能再付款或流转。")


class PayableNotOffered(LedgerError):
    """Payable {payable_id} is {state}, no longer offered."""

    payable_id: PayableId
    state: PayableStateId
    kind = Kind.CONFLICT
    zh = "应付账款 {payable_id} 当前状态为{state}，不是待签收。"
    next_steps = (
        "Reload it; the offer has been answered or has lapsed.",
        "请刷新查看；该开立已答复或失效。",
    )


class NotObligor(LedgerError):
    """{participant} is not the obligor of payable {payable_id}."""

    payable_id: PayableId
    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不是应付账款 {payable_id} 的债务人。"
    next_steps = ("Only the obligor can do this.", "仅债务人可办理。")


class NotSettlementBank(LedgerError):
    """{participant} is not the settlement bank of payable {payable_id}."""

    payable_id: PayableId
    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不是应付账款 {payable_id} 的清算行。"
    next_steps = (
        "Have the settlement bank named at issue sign it.",
        "请由开立时指定的清算行签署。",
    )


class NotYetDue(LedgerError):
    """Payable {payable_id} matures on {maturity}; today is {today}."""

    payable_id: PayableId
    maturity: Day
    today: Day
    kind = Kind.NOT_YET
    zh = "应付账款 {payable_id} 的到期日为 {maturity}，今天是 {today}。"
    next_steps = (
        "Pay on or after that day; before it, redeem early.",
        "请在到期日当日或之后付款；此前可提前兑付。",
    )


class PaymentExceedsDebt(LedgerError):
    """{amount} is offered on payable {payable_id}; {debt} is owed."""

    payable_id: PayableId
    amount: Amount
    debt: Amount
    kind = Kind.TERMS
    zh = "对应付账款 {payable_id} 付款 {amount}，应付 {debt}。"
    next_steps = ("Pay at most {debt}.", "付款请不超过 {debt}。")


class PaymentTooSmall(LedgerError):
    """{amount} is offered on payable {payable_id}; a part payment is at least {least}."""

    payable_id: PayableId
    amount: Amount
    least: Amount
    kind = Kind.TERMS
    zh = "对应付账款 {payable_id} 付款 {amount}，部分付款不得少于 {least}。"
    next_steps = ("Pay at least {least}, or the whole debt.", "请至少支付 {least}，或一次付清。")


class ReferenceUsed(LedgerError):
    """{bank} has used the payment reference {payment_reference} already."""

    bank: ParticipantId
    payment_reference: Commitment
    kind = Kind.CONFLICT
    zh = "{bank}已使用过付款参考号 {payment_reference}。"
    next_steps = (
        "It is recorded; nothing to do. Another payment needs its own reference.",
        "该笔证明已记录，无需处理；其他付款须使用各自的参考号。",
    )


class ReferenceConflict(LedgerError):
    """{bank} has used the payment reference {payment_reference} for other facts."""

    bank: ParticipantId
    payment_reference: Commitment
    kind = Kind.CONFLICT
    zh = "{bank}已将付款参考号 {payment_reference} 用于内容不同的证明。"
    next_steps = (
        "Compare with the bank statement and correct the reference.",
        "请与银行流水核对并更正参考号。",
    )


class ReferenceMissing(LedgerError):
    """A bank fact needs a payment reference."""

    kind = Kind.TERMS
    zh = "清算行的证明须附付款参考号。"
    next_steps = ("Give the reference of the bank's own record.", "请填写银行记录的参考号。")


class NothingUnapplied(LedgerError):
    """Payable {payable_id} has no unapplied money."""

    payable_id: PayableId
    kind = Kind.NOT_FOUND
    zh = "应付账款 {payable_id} 没有未分配款项。"
    next_steps = ("Nothing to do.", "无需处理。")


class UnappliedExceeded(LedgerError):
    """Payable {payable_id} has {available} unapplied; {asked} is asked for."""

    payable_id: PayableId
    asked: Amount
    available: Amount
    kind = Kind.TERMS
    zh = "应付账款 {payable_id} 未分配款项为 {available}，申请 {asked}。"
    next_steps = ("Return at most {available}.", "退回金额请不超过 {available}。")


class UnknownPayout(LedgerError):
    """There is no {payout}."""

    payout: PayoutId
    kind = Kind.NOT_FOUND
    zh = "{payout} 不存在。"
    next_steps = ("Check its number.", "请核对划付编号。")


class PayoutMismatch(LedgerError):
    """The bank's record says {asked}; {payout} is of {amount}."""

    payout: PayoutId
    asked: Amount
    amount: Amount
    kind = Kind.CONFLICT
    zh = "{payout} 金额为 {amount}，清算行证明载明 {asked}。"
    next_steps = (
        "Compare with the bank statement and sign the right amount.",
        "请与银行流水核对后按正确金额签署。",
    )


class PayoutNotOpen(LedgerError):
    """The bank has confirmed {payout} already."""

    payout: PayoutId
    kind = Kind.CONFLICT
    zh = "{payout} 已确认。"
    next_steps = ("Nothing to do.", "无需处理。")


class PayoutNotConfirmed(LedgerError):
    """The bank has not confirmed {payout}, so it cannot be returned."""

    payout: PayoutId
    kind = Kind.CONFLICT
    zh = "{payout} 尚未确认，不能退回。"
    next_steps = ("Confirm it first, if it was paid out.", "若已划付，请先确认。")


class AmountTooLarge(LedgerError):
    """The sum {amount} is more than the ledger keeps, {most}."""

    amount: Amount
    most: Amount
    kind = Kind.LIMIT
    zh = "合计金额 {amount} 超过账本可记录的上限 {most}。"
    next_steps = ("Check the amount.", "请核对金额。")


class DepositShort(LedgerError):
    """{participant} has {available} on deposit; {asked} is needed."""

    participant: ParticipantId
    asked: Amount
    available: Amount
    kind = Kind.FUNDS
    zh = "{participant}的存款为 {available}，需要 {asked}。"
    next_steps = (
        "Add to the deposit at the bank, then send the command again.",
        "请先在银行存入款项，再重新提交。",
    )
