"""Refusals of the door that stand for one of the contracts that would tell of others' figures."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Amount, Commitment, ParticipantId

__all__ = ["ApprovalsVoid", "BudgetShort", "InvoiceUsedUp", "PayerShort"]


class ApprovalsVoid(LedgerError):
    """What {participant} is said to have signed does not hold."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "所附{participant}的签署无效。"
    next_steps = (
        "Send what {participant} signed unchanged, or have it sign again; what is wrong is told to "
        "it alone.",
        "请原样提交{participant}所签内容，或请其重新签署，具体原因仅告知其本身。",
    )


class PayerShort(LedgerError):
    """{participant} has less than {asked} on deposit."""

    participant: ParticipantId
    asked: Amount
    kind = Kind.FUNDS
    zh = "{participant}的存款不足 {asked}。"
    next_steps = (
        "Take another quote, or wait until {participant} has added to its deposit.",
        "请接受其他报价，或等待{participant}补足存款。",
    )


class BudgetShort(LedgerError):
    """What is left of the obligor's budget of {budget} does not cover its share."""

    budget: Amount
    kind = Kind.LIMIT
    zh = "债务人分担预算 {budget} 的剩余部分不足以承担其应分担的费用。"
    next_steps = (
        "Ask for a smaller share or a new offer of the obligor.",
        "请降低分担比例，或请债务人重新出具分担承诺。",
    )


class InvoiceUsedUp(LedgerError):
    """Invoice {fingerprint} has another total on the ledger, or does not back as much any more."""

    fingerprint: Commitment
    kind = Kind.CONFLICT
    zh = "发票 {fingerprint} 在账本上所载总额不同，或剩余可用金额不足以支持此笔。"
    next_steps = (
        "Correct the total, use less of this invoice, or add another one.",
        "请更正发票总额、减少该发票的使用金额，或补充其他发票。",
    )
