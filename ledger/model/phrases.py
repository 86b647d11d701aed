"""The sentence of each command, in English and Chinese, with places for its values.

`{parts}`, `{invoices}`, `{signers}`, `{length}` and the like are phrases that `sentences` makes.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.glossary import Term

__all__ = ["CHOICES", "SENTENCES"]

SENTENCES: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "IssuePayable": Term(
            "Promise {to} unconditionally to pay {face} on {maturity} through the settlement "
            "bank {bank}, {invoices}, accept every later transfer on this ledger, and waive "
            "set-off and defences",
            "向 {to} 开立应付账款 {face}，承诺于 {maturity} 通过清算行 {bank} 无条件付款，"
            "{invoices}，接受此后在本账本上的每一次转让，并放弃抵销和抗辩",
        ),
        "IssueBatch": Term(
            "Promise unconditionally to pay the {count} payables of the list {root}, {total} "
            "in all, accept every later transfer on this ledger, and waive set-off and "
            "defences",
            "按清单 {root} 开立 {count} 笔应付账款，合计 {total}，承诺到期无条件付款，接受此后"
            "在本账本上的每一次转让，并放弃抵销和抗辩",
        ),
        "VoidBatch": Term(
            "Stop what is not yet issued of batch {batch}",
            "停止批次 {batch} 中尚未开立的部分",
        ),
        "TransferVoucher": Term(
            "Transfer {parts}",
            "{parts}",
        ),
        "AcceptVoucher": Term(
            "Accept voucher {voucher} of {length}, the range from {start} to {end}",
            "签收凭证 {voucher}，金额 {length}，区间 {start} 至 {end}",
        ),
        "DeclineVoucher": Term(
            "Decline the offer of voucher {voucher}",
            "拒签凭证 {voucher}",
        ),
        "WithdrawOffer": Term(
            "Take back the offer of voucher {voucher}",
            "撤回已发出、尚未签收的凭证 {voucher}",
        ),
        "JoinVouchers": Term(
            "Join vouchers {low} and {high} into one",
            "将凭证 {low} 与 {high} 合并为一张",
        ),
        "SaleQuote": Term(
            "Offer {taker} to buy {amount} of voucher {voucher} at {rate}, {recourse}; the "
            "offer is firm until {deadline}",
            "向 {taker} 报价：以{rate} 受让凭证 {voucher} 中的 {amount}，{recourse}，报价有效"
            "期至 {deadline}",
        ),
        "SellVoucher": Term(
            "Sell {amount} of voucher {voucher} to {buyer} at {rate}, {consent}, the obligor "
            "bearing {obligor_share} of the cost",
            "将凭证 {voucher} 中的 {amount} 以{rate} 转让（保理）给 {buyer}，{consent}，债务人"
            "承担费用的 {obligor_share}",
        ),
        "CostShareOffer": Term(
            "Offer to bear up to {share_max} of the cost of sales on payable {payable_id} at "
            "up to {rate_max}, {budget} in all",
            "承诺为应付账款 {payable_id} 的转让（保理）承担费用，比例不超过 {share_max}，限"
            "{rate_max} 以内，预算合计 {budget}",
        ),
        "RedemptionQuote": Term(
            "Offer {taker} to pay {amount} of voucher {voucher} early, less a discount at "
            "{rate}; the offer is firm until {deadline}",
            "向 {taker} 报价：提前兑付凭证 {voucher} 中的 {amount}，按{rate} 扣减至到期日的利息，"
            "报价有效期至 {deadline}",
        ),
        "RedeemVoucher": Term(
            "Take early payment of {amount} of voucher {voucher}, less a discount at {rate}",
            "接受提前兑付凭证 {voucher} 中的 {amount}，按{rate} 扣减至到期日的利息",
        ),
        "RecourseVoucher": Term(
            "Turn voucher {voucher} back to its seller against payment",
            "就凭证 {voucher} 向其转让方追索，收取追索价款后将凭证退回转让方",
        ),
        "PledgeQuote": Term(
            "Offer {taker} a loan of {advance} at {rate}, due on {due}, against {amount} of "
            "voucher {voucher} at an advance rate of {ltv}; the offer is firm until {deadline}",
            "向 {taker} 报价：以凭证 {voucher} 中的 {amount} 质押，贷款 {advance}，{rate}，还"
            "款日 {due}，质押率 {ltv}，报价有效期至 {deadline}",
        ),
        "PledgeVoucher": Term(
            "Pledge {amount} of voucher {voucher} to {lender} for a loan of {advance} at "
            "{rate}, due on {due}, at an advance rate of {ltv}",
            "将凭证 {voucher} 中的 {amount} 质押给 {lender}，借款 {advance}，{rate}，还款日 "
            "{due}，质押率 {ltv}",
        ),
        "RepayLoan": Term(
            "Repay {principal} of the principal of loan {loan} with its interest, {release}",
            "归还贷款 {loan} 的本金 {principal} 及其利息，{release}",
        ),
        "ReleaseSecurity": Term(
            "Set {amount} of the security of loan {loan} free",
            "解除贷款 {loan} 项下 {amount} 的质押",
        ),
        "PayPayable": Term(
            "Pay {amount} on payable {payable_id} from the deposit",
            "以存款支付应付账款 {payable_id} 的款项 {amount}",
        ),
        "AttestPayment": Term(
            "State that {amount} arrived for payable {payable_id} with value date {value_day}"
            ", payment reference {payment_reference}",
            "证明已收到应付账款 {payable_id} 的款项 {amount}，起息日 {value_day}，付款参考号 "
            "{payment_reference}",
        ),
        "ReturnUnapplied": Term(
            "State that {amount} which could not be shared on payable {payable_id} went back "
            "to its sender, payment reference {payment_reference}",
            "证明应付账款 {payable_id} 的未分配款项 {amount} 已退回付款人，付款参考号 "
            "{payment_reference}",
        ),
        "ConfirmPayout": Term(
            "State that {payout} of {amount} was paid out, payment reference {payment_reference}",
            "证明{payout} 的款项 {amount} 已付出，付款参考号 {payment_reference}",
        ),
        "ReturnPayout": Term(
            "State that {payout} of {amount} came back, payment reference {payment_reference}",
            "证明{payout} 的款项 {amount} 被退回，付款参考号 {payment_reference}",
        ),
        "IssueDeposit": Term(
            "Record a deposit of {amount} for {to}, payment reference {payment_reference}",
            "为 {to} 记入存款 {amount}，付款参考号 {payment_reference}",
        ),
        "WithdrawDeposit": Term(
            "Withdraw {amount} of the deposit of {participant} at {bank}, payment reference "
            "{payment_reference}",
            "支取 {participant} 在 {bank} 的存款 {amount}，付款参考号 {payment_reference}",
        ),
        "MoveDeposit": Term(
            "Pay {amount} to {to} from the deposit at {bank}",
            "以在 {bank} 的存款向 {to} 支付 {amount}",
        ),
        "FreezeRange": Term(
            "Freeze the range from {start} to {end} of payable {payable_id}, to be reviewed "
            "on {review_day}",
            "冻结应付账款 {payable_id} 的区间 {start} 至 {end}，复查日 {review_day}",
        ),
        "UnfreezeRange": Term(
            "End freeze {freeze} of payable {payable_id}",
            "解除应付账款 {payable_id} 的第 {freeze} 号冻结",
        ),
        "FreezeParticipant": Term(
            "Freeze everything of {subject}, to be reviewed on {review_day}",
            "冻结 {subject} 的全部凭证、存款和新业务，复查日 {review_day}",
        ),
        "UnfreezeParticipant": Term(
            "End the freeze of {subject} under this case",
            "解除本案号下对 {subject} 的冻结",
        ),
        "SetLimit": Term(
            "Set the line of {obligor} to {amount}",
            "将本行对 {obligor} 的授信额度设为 {amount}",
        ),
        "SetRules": Term(
            "Set, together with {bank}, these rules: {rules}",
            "与 {bank} 共同设定业务规则：{rules}",
        ),
        "SetHolidays": Term(
            "Set, together with {bank}, the holidays of the 256 days from {first_day}, {holidays}",
            "与 {bank} 共同设定自 {first_day} 起 256 天内的节假日，{holidays}",
        ),
        "AdmitParticipant": Term(
            "Admit a participant with the roles {roles} and {signers}, co-signed by "
            "{cosigners}, with {recovery_bank} as recovery bank",
            "准入一个参与方，角色为{roles}，{signers}，会签方为 {cosigners}，恢复见证银行为 "
            "{recovery_bank}",
        ),
        "SuspendParticipant": Term(
            "{suspended} {subject}",
            "{suspended} {subject} 的资格",
        ),
        "AddSigner": Term(
            "Add a signer of {participant} as {duty}: key {key}",
            "为 {participant} 新增签署人，职责为{duty}，公钥 {key}",
        ),
        "RevokeSigner": Term(
            "Revoke signer {signer} of {participant}",
            "撤销 {participant} 的签署人 {signer}",
        ),
        "SetThreshold": Term(
            "Require {threshold_low} signers of {participant} for an act, and {threshold_high}"
            " from {high_from} a day on",
            "{participant} 的每项业务需 {threshold_low} 名签署人，单日累计金额达到 {high_from} "
            "起需 {threshold_high} 名",
        ),
        "VoidNonce": Term(
            "Make command number {voided} of {participant} void",
            "作废 {participant} 的指令编号 {voided}",
        ),
        "ProposeRecovery": Term(
            "Propose to replace all keys of {subject} by {signers}",
            "提议以 {signers}取代 {subject} 的全部密钥",
        ),
        "VetoRecovery": Term(
            "Stop the replacement of the keys of {participant}",
            "否决对 {participant} 的密钥更换",
        ),
        "PauseLedger": Term(
            "{paused} new business on the ledger",
            "{paused}账本的新业务",
        ),
        "AddVersion": Term(
            "Add, together with {bank} and {second_bank}, a ledger version of {desks}",
            "与 {bank} 和 {second_bank} 共同提议启用由 {desks}组成的账本版本",
        ),
    }
)
"""Sentences by command."""

CHOICES: Final[Mapping[str, tuple[Term, Term]]] = MappingProxyType(
    {
        "recourse": (
            Term("without recourse", "无追索权"),
            Term("with full recourse", "有全额追索权"),
        ),
        "suspended": (Term("Lift the suspension of", "恢复"), Term("Suspend", "暂停")),
        "paused": (Term("Resume", "恢复"), Term("Pause", "暂停")),
    }
)
"""How a yes-or-no field reads in a sentence: first for no, then for yes."""
