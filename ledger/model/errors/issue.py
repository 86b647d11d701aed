"""Refusals of an issue: the issuer, its limit, the tenor, invoices and batches."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Amount,
    Commitment,
    Count,
    Day,
    DayCount,
    Index,
    ParticipantId,
    PayableId,
)

__all__ = [
    "BatchExceeded",
    "BatchItemIssued",
    "BatchVoid",
    "EvidenceMissing",
    "FaceTooLarge",
    "InvoiceMismatch",
    "InvoiceNotUsed",
    "InvoiceOverused",
    "InvoiceShort",
    "InvoicesIncomplete",
    "IssuerBlocked",
    "LimitExceeded",
    "NotOnBatch",
    "TenorTooLong",
    "TooManyInvoices",
    "UnknownBatch",
]


class IssuerBlocked(LedgerError):
    """{obligor} cannot issue: a payable due on {unpaid_since} is not fully paid."""

    obligor: ParticipantId
    unpaid_since: Day
    kind = Kind.FORBIDDEN
    zh = "{obligor}暂不能开立：{unpaid_since} 到期的应付账款尚未付清。"
    next_steps = ("Pay all overdue payables first.", "请先付清全部逾期应付账款。")


class TenorTooLong(LedgerError):
    """The tenor of {tenor} is longer than the {most} allowed."""

    tenor: DayCount
    most: DayCount
    kind = Kind.TERMS
    zh = "期限 {tenor}，超过允许的 {most}。"
    next_steps = ("Choose an earlier maturity.", "请选择更早的到期日。")


class LimitExceeded(LedgerError):
    """{obligor} has {outstanding} outstanding; {face} more exceeds its limit of {limit}."""

    obligor: ParticipantId
    outstanding: Amount
    face: Amount
    limit: Amount
    kind = Kind.LIMIT
    zh = "{obligor}未结清 {outstanding}，再开立 {face} 将超过额度 {limit}。"
    next_steps = (
        "Issue less, pay outstanding payables, or ask a bank for a higher line.",
        "请减少金额、先行付款，或向银行申请提高额度。",
    )


class FaceTooLarge(LedgerError):
    """A face of {face} is more than the {most} a payable can carry."""

    face: Amount
    most: Amount
    kind = Kind.TERMS
    zh = "票面金额 {face} 超过单笔上限 {most}。"
    next_steps = ("Issue several payables.", "请分笔开立。")


class InvoiceMismatch(LedgerError):
    """An invoice is given with a total of {total}; at its first use it was {first_total}."""

    fingerprint: Commitment
    total: Amount
    first_total: Amount
    kind = Kind.CONFLICT
    zh = "发票总额填报为 {total}，首次使用时为 {first_total}。"
    next_steps = ("Correct the total of the invoice.", "请更正发票总额。")


class InvoiceOverused(LedgerError):
    """{used} of an invoice of {total} is used already; {asked} more exceeds it."""

    fingerprint: Commitment
    used: Amount
    asked: Amount
    total: Amount
    kind = Kind.CONFLICT
    zh = "总额 {total} 的发票已使用 {used}，再使用 {asked} 将超额。"
    next_steps = (
        "Use less of this invoice or add another one.",
        "请减少该发票的使用金额，或补充其他发票。",
    )


class InvoiceShort(LedgerError):
    """The invoices back {used} of a face of {face}."""

    used: Amount
    face: Amount
    kind = Kind.TERMS
    zh = "发票支持金额 {used} 不足票面金额 {face}。"
    next_steps = ("Add invoices or lower the face.", "请补充发票或调低票面金额。")


class EvidenceMissing(LedgerError):
    """An issue without invoices needs another evidence commitment."""

    kind = Kind.TERMS
    zh = "不附发票的开立须提供其他贸易背景承诺值。"
    next_steps = ("Add invoices, or a contract or delivery note.", "请补充发票，或合同、交付单据。")


class TooManyInvoices(LedgerError):
    """{asked} invoices are given; a payable may have at most {most}."""

    asked: Count
    most: Count
    kind = Kind.LIMIT
    zh = "提交了 {asked} 张发票，单笔最多 {most} 张。"
    next_steps = ("Issue several payables.", "请分笔开立。")


class InvoicesIncomplete(LedgerError):
    """Payable {payable_id} frees its {backing} invoices together; {given} are given."""

    payable_id: PayableId
    given: Count
    backing: Count
    kind = Kind.CONFLICT
    zh = "应付账款 {payable_id} 须一次释放全部 {backing} 张发票，现提交 {given} 张。"
    next_steps = ("Give exactly the invoices that back it.", "请提交与开立时一致的全部发票。")


class InvoiceNotUsed(LedgerError):
    """Invoice {fingerprint} does not back payable {payable_id}."""

    payable_id: PayableId
    fingerprint: Commitment
    kind = Kind.CONFLICT
    zh = "发票 {fingerprint} 不是应付账款 {payable_id} 的支持发票。"
    next_steps = ("Give exactly the invoices that back it.", "请提交与开立时一致的发票。")


class NotOnBatch(LedgerError):
    """Item {index} is not on the signed batch {batch}."""

    batch: Commitment
    index: Index
    kind = Kind.FORBIDDEN
    zh = "第 {index} 项不在已签署的批次 {batch} 中。"
    next_steps = ("Send the items exactly as they were signed.", "请按签署时的清单提交。")


class UnknownBatch(LedgerError):
    """No batch {batch} is recorded."""

    batch: Commitment
    kind = Kind.NOT_FOUND
    zh = "没有批次 {batch} 的记录。"
    next_steps = ("Record the signed batch first.", "请先登记已签署的批次。")


class BatchVoid(LedgerError):
    """Batch {batch} was voided by its signer."""

    batch: Commitment
    kind = Kind.CONFLICT
    zh = "批次 {batch} 已由签署方作废。"
    next_steps = ("Sign a new batch for what is still wanted.", "如仍需开立，请签署新的批次。")


class BatchItemIssued(LedgerError):
    """Item {index} of batch {batch} is issued already."""

    batch: Commitment
    index: Index
    kind = Kind.CONFLICT
    zh = "批次 {batch} 的第 {index} 项已开立。"
    next_steps = ("Nothing to do; look up the payable.", "无需处理，请查询该应付账款。")


class BatchExceeded(LedgerError):
    """Batch {batch} has {left} left; {asked} is asked for."""

    batch: Commitment
    asked: Amount
    left: Amount
    kind = Kind.LIMIT
    zh = "批次 {batch} 剩余 {left}，申请 {asked}。"
    next_steps = ("Sign a new batch for the rest.", "请为其余部分签署新的批次。")
