"""Refusals of sales, redemptions, recourse and loans."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Amount,
    Count,
    Day,
    FieldName,
    FieldValue,
    LoanId,
    ParticipantId,
    PayableId,
    VoucherId,
)

__all__ = [
    "BadTerms",
    "CostShareExceeded",
    "CostShareSpent",
    "CoverTooLow",
    "NoRecourse",
    "NotBorrower",
    "NotLender",
    "NotOverdue",
    "QuoteMismatch",
    "RegistrationMissing",
    "RepaymentExceedsLoan",
    "SettleFirst",
    "TooManyRedemptions",
    "UnknownLoan",
]


class BadTerms(LedgerError):
    """The terms cannot stand: {field} is {value}."""

    field: FieldName
    value: FieldValue
    kind = Kind.TERMS
    zh = "条款不成立：{field}为 {value}。"
    next_steps = (
        "Agree on other terms; rates go up to 36 % a year, shares up to 100 %, due dates "
        "lie ahead.",
        "请另行约定；年利率不超过 36 %，比例不超过 100 %，还款日须在今天之后。",
    )


class QuoteMismatch(LedgerError):
    """The command and the quote differ in: {field}."""

    field: FieldName
    kind = Kind.CONFLICT
    zh = "指令与报价不一致：{field}。"
    next_steps = (
        "Sign the quote exactly as it was given, or ask for a new one.",
        "请按报价原样签署，或重新询价。",
    )


class CostShareSpent(LedgerError):
    """The obligor has already borne a share of the cost on voucher {voucher}."""

    voucher: VoucherId
    kind = Kind.CONFLICT
    zh = "债务人已为凭证 {voucher} 的区间分担过费用。"
    next_steps = (
        "Sell without a share of the obligor.",
        "请办理不含债务人分担费用的转让（保理）。",
    )


class CostShareExceeded(LedgerError):
    """All shares given under the offer would come to {asked}; its budget is {budget}."""

    asked: Amount
    budget: Amount
    kind = Kind.LIMIT
    zh = "该承诺项下的分担合计将达 {asked}，其预算为 {budget}。"
    next_steps = (
        "Ask for a smaller share or a new offer of the obligor.",
        "请降低分担比例，或请债务人重新出具分担承诺。",
    )


class RegistrationMissing(LedgerError):
    """A sale or pledge needs the commitment of its registration."""

    kind = Kind.TERMS
    zh = "转让（保理）或质押须附登记承诺值。"
    next_steps = (
        "Register it in the movables registry and name the certificate.",
        "请先在动产融资统一登记公示系统（中登网）登记，并填写登记证明编号。",
    )


class CoverTooLow(LedgerError):
    """The security covers {cover}; {owed} is owed."""

    cover: Amount
    owed: Amount
    kind = Kind.TERMS
    zh = "质押凭证按质押率可担保 {cover}，所欠 {owed}。"
    next_steps = ("Borrow less, pledge more or release less.", "请减少借款、增加质押或减少解押。")


class TooManyRedemptions(LedgerError):
    """Payable {payable_id} already has {most} redeemed ranges, the most allowed."""

    payable_id: PayableId
    most: Count
    kind = Kind.LIMIT
    zh = "应付账款 {payable_id} 的提前兑付区间已达上限 {most} 个。"
    next_steps = ("Wait for maturity, or sell the voucher.", "请等待到期，或办理转让（保理）。")


class UnknownLoan(LedgerError):
    """There is no loan {loan}."""

    loan: LoanId
    kind = Kind.NOT_FOUND
    zh = "贷款 {loan} 不存在。"
    next_steps = (
        "Check the loan; what is another's looks like what is not there, and one that was just "
        "made is known in a moment.",
        "请核对贷款编号；他方的贷款显示为不存在，刚生成的贷款稍候即可查到。",
    )


class NotLender(LedgerError):
    """{participant} is not the lender of loan {loan}."""

    loan: LoanId
    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不是贷款 {loan} 的贷款人。"
    next_steps = ("Only the lender can do this.", "仅贷款人可办理。")


class NotBorrower(LedgerError):
    """{participant} is not the borrower of loan {loan}."""

    loan: LoanId
    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不是贷款 {loan} 的借款人。"
    next_steps = ("Only the borrower can do this.", "仅借款人可办理。")


class RepaymentExceedsLoan(LedgerError):
    """Loan {loan} has a principal of {principal} left; {asked} is offered."""

    loan: LoanId
    asked: Amount
    principal: Amount
    kind = Kind.TERMS
    zh = "贷款 {loan} 剩余本金 {principal}，还款 {asked}。"
    next_steps = ("Repay at most {principal}.", "还款本金请不超过 {principal}。")


class NoRecourse(LedgerError):
    """Voucher {voucher} carries no recourse."""

    voucher: VoucherId
    kind = Kind.CONFLICT
    zh = "凭证 {voucher} 不带追索权。"
    next_steps = ("Wait for the obligor to pay.", "请等待债务人付款。")


class NotOverdue(LedgerError):
    """Payable {payable_id} is not overdue; it is due on {due}."""

    payable_id: PayableId
    due: Day
    kind = Kind.NOT_YET
    zh = "应付账款 {payable_id} 未逾期，应付日为 {due}。"
    next_steps = (
        "Recourse opens on the day after, if it is not fully paid.",
        "若届时未付清，次日起可追索。",
    )


class SettleFirst(LedgerError):
    """Payments are not yet distributed to voucher {voucher}."""

    voucher: VoucherId
    kind = Kind.CONFLICT
    zh = "凭证 {voucher} 尚有未清分的付款。"
    next_steps = ("Settle the voucher, then try again.", "请先清分该凭证，再重试。")
