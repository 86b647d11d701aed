"""What the demonstration says, in English and Chinese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.glossary import Language, Term, terms_of
from ledger.model.meanings import Meaning
from ledger.model.rendering import rendered

__all__ = ["NAMES", "STORY", "money", "names_of", "tell"]

NAMES: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "core": Term("Galaxy Heavy Industries", "星河重工"),
        "a": Term("Yuantuo Castings", "远拓精铸"),
        "b": Term("Hengsheng Machining", "恒晟机加工"),
        "bank": Term("Bank Jia", "甲银行"),
        "settlement": Term("Clearing Bank", "清算银行"),
        "operator": Term("Platform Operator", "平台运营方"),
        "regulator": Term("Regulator", "监管节点"),
    }
)
"""The cast, fictional."""


def names_of(language: Language) -> dict[int, str]:
    """Display names by participant number."""
    return {number: name.text(language) for number, name in enumerate(NAMES.values(), start=1)}


def money(fen: int, language: Language) -> str:
    """An amount as sentences write it."""
    return rendered(fen, Meaning.AMOUNT, language)


def tell(key: str, language: Language, **values: object) -> str:
    """One text of the story; {core}, {a}, {b}, {bank} and {settlement} are the cast."""
    cast = {name: term.text(language) for name, term in NAMES.items()}
    return STORY[key].text(language).format_map({**cast, **values})


STORY: Final = terms_of(
    """
    title | Fenbook: the life of a voucher in five steps | Fenbook 分账本：五步看完一张电子凭证的一生
    subtitle | a fresh chain in this process, {contracts} contracts, {parties} parties with keys of their own; every figure is read from the chain | 进程内全新链，{contracts} 个合约，{parties} 个参与方各持密钥；以下数字均取自链上
    deploying | Putting the ledger on a fresh chain | 正在全新链上部署账本
    cast_core | core enterprise | 核心企业
    cast_a | supplier A | 供应商 A
    cast_b | supplier B | 供应商 B
    cast_bank | lends; its line for {core} is {line} | 出资银行，对 {core} 授信 {line}
    cast_settlement | settlement bank; keeps the deposits | 清算行，保管存款
    cast_operator | admits and suspends; can never act for anybody | 准入与暂停，永远不能代签
    cast_regulator | sees all; freezes with a case number | 全量可见，凭案号冻结

    step_1 | {core} promises to pay, {a} accepts | {core} 开立，{a} 签收
    step_2 | {a} splits it and passes a part to {b} | {a} 拆分，转让一部分给 {b}
    step_3 | {b} pledges its part; {bank} verifies it and lends | {b} 质押，{bank} 核验后放款
    step_4 | Maturity: {core} pays | 到期：{core} 付款
    step_5 | Settlement: the money finds the bank and the holders by itself | 清分：资金自动到达银行和持有人
    signed_by | {name} signs ({duties}) | {name} 签署（{duties}）
    quoted_by | {name} signs a firm quote ({duties}) | {name} 签署报价（{duties}）
    tried_by | {name} tries ({duties}) | {name} 尝试（{duties}）
    forged_by | A stranger signs as {name} | 外人冒用 {name} 名义签署
    nobody_signs | Nobody signs: anyone may ask for settlement, and who asks changes nothing | 无需签署：任何人均可发起清分，结果不因发起人而变
    digest | digest | 摘要
    check_code | check code {code} | 校验码 {code}
    refused | refused | 被拒绝
    now | Now | 此后
    checks | {bank} verifies, on the chain itself | {bank} 在链上核验
    check_range | range | 区间
    check_holder | holder | 持有人
    check_invoices | invoices | 发票
    check_liens | liens | 权利负担
    check_obligor | obligor | 债务人
    check_lineage | lineage | 流转链
    check_cover | cover | 覆盖
    range_is | {voucher} is {range} of {payable}, as the quote says | {voucher} 为 {payable} 的 {range}，与报价一致
    range_is_not | {voucher} is now {range}; the quote says otherwise | {voucher} 现为 {range}，与报价不一致
    holder_is | {name} holds it; {obligor} owes it on {maturity} | 由 {name} 持有；{obligor} 于 {maturity} 应付
    invoices_are | {count} invoice backs {used} of {face}; {left} of it is unused | {count} 张发票支持 {face} 中的 {used}，尚余 {left} 未用
    liens_none | held: no lien, no open offer, no freeze | 持有中：无质押、无待签收、无冻结
    liens_some | not free to be pledged | 不能自由出质
    obligor_is | {outstanding} outstanding on lines of {limit}, nothing overdue | 未结清 {outstanding}，授信合计 {limit}，无逾期
    obligor_overdue | {outstanding} outstanding on lines of {limit}, overdue since {due} | 未结清 {outstanding}，授信合计 {limit}，自 {due} 起逾期
    cover_is | {amount} × {ltv} = {cover}; {advance} is lent | {amount} × {ltv} = {cover}，放款 {advance}
    loan_is | Loan {loan}: {advance} moved from {bank} to {b} in the same transaction | 贷款 {loan}：{advance} 在同一交易中由 {bank} 划至 {b}
    paid_is | {amount} paid in; it stands in the hold of {payable}, out of everybody's reach but settlement's | 已付入 {amount}，存于 {payable} 的清分专户，除清分外任何人不能动用
    share_holder | {voucher} · {range} → {holder} {amount} | {voucher} · {range} → {holder} {amount}
    share_lender | {voucher} · {range} → {lender} {to_lender} (loan {loan} with {interest} interest), then {holder} {amount} | {voucher} · {range} → {lender} {to_lender}（贷款 {loan}，含利息 {interest}），余款 {holder} {amount}
    settled_is | {payable} is settled, {loan} is paid in full, every voucher is closed | {payable} 已结清，{loan} 已还清，凭证全部关闭

    now_1_a | {a} may pass on any part of {amount}, sell it, pledge it, or wait for {maturity} | {a} 可转让其中任意部分、保理、质押，或持有 {amount} 至 {maturity}
    now_1_core | {core} owes {amount} on {maturity}, whoever holds it then | {core} 于 {maturity} 应付 {amount}，无论届时由谁持有
    now_2_a | {a} keeps {amount} and may do the same with it | {a} 保留 {amount}，仍可照此办理
    now_2_b | {b} holds {amount} of the promise of {core} and can prove it by the lineage | {b} 持有 {core} 承诺中的 {amount}，流转链即为证明
    now_3_b | {b} has {amount} in hand; it may repay early; it cannot move the pledged voucher | {b} 已得款 {amount}，可提前还款；质押的凭证不能再流转
    now_3_bank | {bank} is paid out of {voucher} first, without asking anybody | {bank} 自 {voucher} 优先受偿，无需任何人配合
    now_4_any | Anyone may have it settled; nobody can redirect it | 任何人均可发起清分；无人可改变资金去向
    now_5_core | {core} owes nothing; its line is free again for {amount} | {core} 已无欠款，授信恢复 {amount}

    reconciled | Reconciled, read from the chain | 对账，数据取自链上
    paid_in | paid in | 付入
    shares_out | shares out | 清分付出
    issued | deposits issued by {settlement} | {settlement} 记入的存款
    deposits_and_holds | sum of deposits and holds | 存款与专户合计
    hold_left | left in holds | 专户余额
    difference | difference | 差额
    nothing_held | nothing is held by the ledger | 账本不持有任何资金
    deposits | Deposits | 存款
    line_spent | before | 期初
    line_now | now | 现在
    """  # noqa: E501
)
"""Texts by key."""
