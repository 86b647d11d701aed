"""Refusals of the financing desk: requests that have ended, and quotes that do not fit them."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Count, ParticipantId, Text, Word

__all__ = [
    "AddresseeUnfit",
    "DeskFull",
    "QuoteEnded",
    "QuoteOffRequest",
    "QuotesTooMany",
    "RequestEnded",
    "RequestHeldUp",
    "RequestTimeUnfit",
]


class AddresseeUnfit(LedgerError):
    """{participant} cannot be asked for such a quote: banks buy and lend, the obligor redeems."""

    participant: ParticipantId
    kind = Kind.TERMS
    zh = "不能就此向{participant}询价：银行受让或放款，债务人提前兑付。"
    next_steps = (
        "Ask banks for a sale or a loan, and the payable's obligor for early redemption.",
        "转让（保理）或质押请向银行询价，提前兑付请向该应付账款的债务人询价。",
    )


class RequestTimeUnfit(LedgerError):
    """A request is open for at most {most} days, and ends before the payable matures."""

    most: Count
    kind = Kind.TERMS
    zh = "询价至多开放 {most} 天，且须早于应付账款到期日结束。"
    next_steps = ("Name an earlier time to come.", "请指定更早的未来时间。")


class RequestEnded(LedgerError):
    """Financing request {request} is {state} and takes no more answers."""

    request: Text
    state: Word
    kind = Kind.CONFLICT
    zh = "询价 {request} 的状态为“{state}”，不再接受答复。"
    next_steps = (
        "Have the supplier make a new request.",
        "请供应商重新询价。",
    )


class RequestHeldUp(LedgerError):
    """Financing request {request} cannot be answered as things stand."""

    request: Text
    kind = Kind.NOT_YET
    zh = "询价 {request} 目前无法答复。"
    next_steps = (
        "Look at its state and try again, or have the supplier make a new request.",
        "请查看其状态后重试，或请供应商重新询价。",
    )


class QuoteOffRequest(LedgerError):
    """The quote and the request differ in: {field}."""

    field: Word
    kind = Kind.CONFLICT
    zh = "报价与询价不一致：{field}。"
    next_steps = (
        "Quote exactly what the request asks for.",
        "请完全按询价内容报价。",
    )


class QuoteEnded(LedgerError):
    """Quote {quote} is {state} and can no longer be taken."""

    quote: Text
    state: Word
    kind = Kind.CONFLICT
    zh = "报价 {quote} 的状态为“{state}”，不能再接受。"
    next_steps = ("Take another quote, or ask for a new one.", "请接受其他报价，或重新询价。")


class QuotesTooMany(LedgerError):
    """Financing request {request} takes at most {most} quotes of one giver, ended ones too."""

    request: Text
    most: Count
    kind = Kind.LIMIT
    zh = "询价 {request} 至多接受同一报价方的 {most} 份报价，已失效的也计入。"
    next_steps = (
        "Let one of them stand, or have the supplier make a new request.",
        "请沿用其中一份报价，或请供应商重新询价。",
    )


class DeskFull(LedgerError):
    """No more than {most} {what} may be open at a time."""

    most: Count
    what: Word
    kind = Kind.LIMIT
    zh = "同时进行中的{what}不得超过 {most} 个。"
    next_steps = (
        "Wait until some have ended, or withdraw those that are no longer needed.",
        "请等待部分结束，或撤回不再需要的。",
    )
