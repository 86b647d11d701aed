"""Refusals of vouchers: who holds them, what state they are in, and how they may be cut."""

from types import MappingProxyType

from ledger.model.errors.base import Kind, LedgerError, Wording
from ledger.model.meanings import (
    Amount,
    Count,
    Day,
    ParticipantId,
    PayableId,
    Position,
    Roles,
    VoucherId,
    VoucherStateId,
)

__all__ = [
    "AmountExceedsVoucher",
    "DepthExceeded",
    "NotEligible",
    "NotHolder",
    "NotJoinable",
    "OfferOpen",
    "PastMaturity",
    "PieceTooSmall",
    "RangeChanged",
    "RangeFrozen",
    "SelfTransfer",
    "ToObligor",
    "TooManyPieces",
    "UnknownVoucher",
    "VoucherNotHeld",
    "VoucherNotOffered",
    "ZeroAmount",
]


class UnknownVoucher(LedgerError):
    """There is no voucher {voucher}."""

    voucher: VoucherId
    kind = Kind.NOT_FOUND
    zh = "凭证 {voucher} 不存在。"
    next_steps = (
        "Check the voucher; what is another's looks like what is not there, and one that was just "
        "made is known in a moment.",
        "请核对凭证编号；他方的凭证显示为不存在，刚生成的凭证稍候即可查到。",
    )


class NotHolder(LedgerError):
    """{participant} does not hold voucher {voucher}."""

    voucher: VoucherId
    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不是凭证 {voucher} 的持有人。"
    next_steps = (
        "Only its holder can do this; look up who holds it now.",
        "仅持有人可办理；请查询当前持有人。",
    )


class VoucherNotHeld(LedgerError):
    """Voucher {voucher} is {state}, not held."""

    voucher: VoucherId
    state: VoucherStateId
    kind = Kind.CONFLICT
    zh = "凭证 {voucher} 当前状态为{state}，不是持有中。"
    next_steps = (
        "Wait while it is offered or pledged; one that is closed is not held again.",
        "待签收或已质押的，请等待答复或贷款清偿；已关闭的不再恢复。",
    )


class VoucherNotOffered(LedgerError):
    """Voucher {voucher} is not offered to {participant}."""

    voucher: VoucherId
    participant: ParticipantId
    kind = Kind.CONFLICT
    zh = "凭证 {voucher} 当前并非待{participant}签收。"
    next_steps = (
        "It may have been answered, withdrawn or lapsed; reload it.",
        "可能已签收、拒签、撤回或失效，请刷新后查看。",
    )


class RangeChanged(LedgerError):
    """Voucher {voucher} now runs from {start} to {end}; the command names another range."""

    voucher: VoucherId
    start: Position
    end: Position
    kind = Kind.CONFLICT
    zh = "凭证 {voucher} 现区间为 {start} 至 {end}，与指令不符。"
    next_steps = (
        "Sign again for the present range; for what was to be on a quote, ask for new quotes.",
        "请按当前区间重新签署；涉及报价的，请按当前区间重新询价。",
    )


class OfferOpen(LedgerError):
    """The offer of voucher {voucher} may still be answered."""

    voucher: VoucherId
    kind = Kind.NOT_YET
    zh = "凭证 {voucher} 仍在签收期限内。"
    next_steps = (
        "Wait until it lapses, or have the offeror withdraw it.",
        "请等待期满，或由发出方撤回。",
    )


class PastMaturity(LedgerError):
    """Payable {payable_id} matures on {maturity}; today is {today}, so it is paid and no longer
    moved.
    """

    payable_id: PayableId
    maturity: Day
    today: Day
    kind = Kind.CONFLICT
    zh = "应付账款 {payable_id} 的到期日为 {maturity}，今天是 {today}，只能清偿，不能再流转。"
    next_steps = (
        "Wait for the payment; late interest is reckoned by the ledger.",
        "请等待付款；逾期利息由账本计算。",
    )
    without = MappingProxyType(
        {
            "payable_id": Wording(
                (
                    "A payable cannot be issued with a maturity that is today or has passed: it is "
                    "{maturity}, and today is {today}.",
                    "应付账款的到期日不能是当天或已过的日期：所填为 {maturity}，今天是 {today}。",
                ),
                ("Choose a later maturity.", "请选择更晚的到期日。"),
            )
        }
    )


class RangeFrozen(LedgerError):
    """Voucher {voucher} overlaps a range frozen by the regulator."""

    voucher: VoucherId
    kind = Kind.FORBIDDEN
    zh = "凭证 {voucher} 与监管冻结的区间重叠。"
    next_steps = ("Ask the regulator about the case.", "请就案件向监管机构查询。")


class SelfTransfer(LedgerError):
    """{participant} cannot deal with itself."""

    participant: ParticipantId
    kind = Kind.TERMS
    zh = "{participant}不能与自己交易。"
    next_steps = ("Name another participant.", "请指定其他参与方。")


class NotEligible(LedgerError):
    """{participant} may not take part in this; its roles are {roles}."""

    participant: ParticipantId
    roles: Roles
    kind = Kind.FORBIDDEN
    zh = "{participant}不能参与此项业务，其角色为：{roles}。"
    next_steps = ("Name a participant with such a role.", "请指定具备该角色的参与方。")


class ToObligor(LedgerError):
    """{participant} is the obligor of this payable and cannot receive its vouchers."""

    participant: ParticipantId
    kind = Kind.TERMS
    zh = "{participant}是该应付账款的债务人，不能接收其凭证。"
    next_steps = ("Use early redemption instead.", "请改用提前兑付。")


class DepthExceeded(LedgerError):
    """Voucher {voucher} has passed through {most} hops, the most its rules allow."""

    voucher: VoucherId
    most: Count
    kind = Kind.LIMIT
    zh = "凭证 {voucher} 的流转已达规则允许的 {most} 层。"
    next_steps = (
        "Hold it, sell it to a bank or redeem it.",
        "请继续持有、向银行办理转让（保理），或请债务人提前兑付。",
    )


class ZeroAmount(LedgerError):
    """The amount must be more than zero."""

    kind = Kind.TERMS
    zh = "金额必须大于零。"
    next_steps = ("Give an amount of at least 0.01.", "请填写不少于 0.01 的金额。")


class AmountExceedsVoucher(LedgerError):
    """Voucher {voucher} has {available}; {asked} is asked for."""

    voucher: VoucherId
    asked: Amount
    available: Amount
    kind = Kind.TERMS
    zh = "凭证 {voucher} 可用 {available}，申请 {asked}。"
    next_steps = ("Ask for at most {available}.", "请申请不超过 {available} 的金额。")


class PieceTooSmall(LedgerError):
    """The cut of voucher {voucher} leaves a piece of {piece}; the smallest allowed is {least}."""

    voucher: VoucherId
    piece: Amount
    least: Amount
    kind = Kind.LIMIT
    zh = "拆分凭证 {voucher} 会产生 {piece} 的部分，最小允许 {least}。"
    next_steps = (
        "Choose an amount that leaves at least {least}, or the whole voucher.",
        "请使剩余不少于 {least}，或整张办理。",
    )


class TooManyPieces(LedgerError):
    """Payable {payable_id} already has {most} open vouchers, the most allowed."""

    payable_id: PayableId
    most: Count
    kind = Kind.LIMIT
    zh = "应付账款 {payable_id} 的未关闭凭证已达上限 {most} 张。"
    next_steps = (
        "Pass whole vouchers on, or join touching ones first.",
        "请整张流转，或先合并相邻凭证。",
    )


class NotJoinable(LedgerError):
    """Vouchers {low} and {high} cannot become one: they do not touch, or differ in holder,
    depth, recourse or cost share.
    """

    low: VoucherId
    high: VoucherId
    kind = Kind.CONFLICT
    zh = "凭证 {low} 与 {high} 不能合并：区间不相邻，或持有人、层级、追索权、费用分担不同。"
    next_steps = (
        "Choose two touching vouchers of the same holder and depth, without recourse.",
        "请选择同一持有人、同一层级、无追索且区间相邻的两张凭证。",
    )
