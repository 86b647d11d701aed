"""Heads of columns in English and Chinese: for the files of lists and the shell's tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.glossary import LABELS, Language, Term, terms_of
from ledger.model.operating_heads import OPERATING_HEADS

__all__ = ["HEADS", "head"]


def head(name: str, language: Language, *, of: str = "") -> str:
    """The head of a column, by the list that it is of where it means something else there.

    Where it has none it has the label of the command's field, else its name.
    """
    found = HEADS.get(f"{of}.{name}") or HEADS.get(name) or LABELS.get(name)
    return name if found is None else found.text(language)


_OF_LISTS: Final = terms_of(
    """
    id | Number | 编号
    number | Number | 序号
    name | Name | 名称
    label | Label | 标签
    file | File | 文件
    uscc | Credit code | 统一社会信用代码
    kind | Kind | 种类
    kinds | Kinds | 种类
    state | State | 状态
    reason | Reason | 原因
    refusal | Refusal | 拒绝原因
    code | Code | 代码
    detail | Detail | 说明
    next_step | Next step | 下一步
    reference | Reference | 业务编号
    external_reference | External reference | 业务编号
    digest | Digest | 摘要
    verb | Verb | 业务
    block | Block | 区块
    time | Time | 时间
    date | Date | 日期
    day | Day | 日期
    days | Days | 天数
    at | Time | 时间
    data | Data | 数据
    returns | Times returned | 退回次数
    transaction_hash | Transaction hash | 交易哈希

    participant | Participant | 参与方
    participants | Participants | 涉及参与方
    thresholds | Signers needed | 签署人数要求
    recovery_effective_at | Keys replaced at | 密钥恢复生效时间
    may_sign | May sign | 可签署
    committed_today | Committed today | 当日承诺金额
    holder | Holder | 持有人
    offeree | Issued to | 接收方
    counterparty | Offered or pledged to | 待签收方或质权人
    evidence_commitment | Evidence commitment | 贸易背景承诺值
    import-rows.evidence | Evidence | 贸易背景
    settlement_bank | Settlement bank | 清算行
    supplier | Supplier | 供应商
    regulator | Regulator | 监管
    owner | Depositor | 存款人
    giver | From | 转出方
    taker | To | 转入方
    seller | Seller | 转让方
    borrower | Borrower | 借款人
    payee | Payee | 收款方

    made_at | Made at | 创建时间
    updated_at | Changed at | 更新时间
    accepted_at | Taken in at | 受理时间
    offered_at | Offered at | 发出时间
    given_at | Quoted at | 报价时间
    begun | Frozen at | 冻结时间
    begun_at | Begun at | 开始时间
    ended_at | Ended at | 结束时间
    ends_at | Ends at | 失效时间
    revoked_at | Revoked at | 撤销时间
    read_at | Read at | 读取时间
    moved_at | Moved at | 变动时间
    sold_at | Sold at | 转让时间
    settled_at | Settled at | 清分时间
    until | Open until | 询价截止时间

    payable | Payable | 应付账款
    payables | Payables | 应付账款笔数
    request | Request for quotes | 询价
    quote | Quote | 报价
    holiday | Holiday | 节假日
    start | Range from (fen) | 区间起点（分）
    end | Range up to (fen) | 区间终点（分，不含）
    depth | Hops | 流转层级
    pieces | Open vouchers | 未关闭凭证数
    is_open | Open | 未结清
    is_overdue | Overdue | 逾期
    is_frozen | Frozen | 已冻结
    is_lifted | Lifted | 已解除
    is_suspended | Suspended | 已暂停资格
    is_void | Void | 已作废
    is_in_force | In force | 现行有效
    is_with_recourse | With recourse | 有追索权
    is_cost_shared | Cost borne in part by the obligor | 债务人分担费用

    tenor_days_max | Longest tenor, days | 最长期限（天）
    offer_days | Days to answer an offer | 签收期限（天）

    live | Principal owed | 未偿本金
    late_interest | Late interest owed | 应付逾期利息
    carried | Late interest left over | 结转逾期利息
    unapplied | Attested, not yet shared | 未分配款项
    paid | Principal paid | 已付本金
    principal_left | Principal not yet paid | 尚未偿付本金
    payments_received | Payments distributed to it | 已分得付款笔数
    payments_made | Payments on the payable | 应付账款付款笔数
    redeemed | Redeemed early | 已提前兑付金额
    cancelled | Cancelled | 已取消金额
    interest | Late interest | 逾期利息
    owed | Owed in all | 应付本息合计
    receivable | Principal to receive | 应收本金
    rail | Way of payment | 付款方式
    price | Price | 价款
    cost_borne | Cost borne by the obligor | 债务人承担的费用
    advanced_day | Day of the advance | 放款日
    interest_left | Interest left | 未付利息
    interest_from | Interest paid up to | 利息付至
    principal_paid | Principal paid | 已还本金
    interest_paid | Interest paid | 已付利息
    released | Vouchers set free | 已解押凭证
    to_holder | To the holder | 付持有人
    to_lender | To the lender | 付贷款人
    payments | Payments distributed | 已清分付款笔数

    confirmed_amount | Paid out | 已划付金额
    confirmed_count | Payouts made | 已划付笔数
    open_amount | To be paid out | 待划付金额
    open_count | Payouts to make | 待划付笔数
    returned_count | Payouts returned | 退回笔数
    proposal | Payment proposal | 划付建议
    first_payment | First payment | 首笔付款序号
    payment_count | Payments | 付款笔数
    expected | Expected | 应收金额
    received | Received | 实收金额
    distributed | Distributed | 已清分金额
    left_amount | Left | 待清分金额
    difference | Difference | 差额
    vouchers_done | Vouchers settled | 已清分凭证数
    vouchers_left | Vouchers left | 待清分凭证数
    vouchers_frozen | Vouchers frozen | 冻结凭证数
    payable_count | Payables due | 到期应付账款笔数
    voucher_count | Vouchers due | 到期凭证数
    opening | At the beginning | 期初金额
    spent | Spent | 支出金额
    closing | At the end | 期末金额
    account_holder | Account holder | 户名
    account_number | Account number | 账号
    account_bank | Bank of the account | 开户行
    account_branch | Branch number | 开户行联行号
    return_reference | Return reference | 退回参考号


    asked | Asked | 询价对象
    documents | Commitments of documents | 文件承诺值
    answers | Answers | 答复
    quotes | Quotes | 报价
    signed | As signed | 签署原文
    terms | Terms | 报价条件
    holding | If held | 若持有到期
    approvals | Signatures | 签名列表
    message | Signed text | 签署报文
    signature | Signature | 签名
    net_cash | Cash now | 到账现金
    cost | Cost against holding | 较持有到期的成本
    annual_percent | Cost a year, % | 年化成本（%）
    at_maturity | Still to come at maturity | 到期尚可收回
    holding_at_maturity | Held to maturity | 持有到期所得
    holding_due | Held until | 持有至
    holding_days | Days held | 持有天数
    level | Weight | 程度

    columns | Columns | 列对应
    file_name | Name of the file | 文件名
    file_bytes | Size in bytes | 文件大小（字节）
    file_sha256 | SHA-256 of the file | 文件 SHA-256
    same_file | Same file as | 相同文件的导入
    sheet | Sheet | 工作表
    sheets | Sheets | 工作表列表
    cell | Cell | 单元格
    field | Field | 字段
    is_error | Error | 是否错误
    format | Format | 文件格式
    valid | Valid rows | 有效行数
    errors | Errors | 错误数
    warnings | Warnings | 提示数
    choice | Rows to issue | 开立范围
    operation | Operation | 业务请求
    issued | Payables issued | 已开立笔数
    refused | Payables refused | 被拒绝笔数
    left | Left to issue | 待开立金额
    line | Line | 行号
    findings | Findings | 问题

    name_zh | Chinese name | 中文名称
    name_en | English name | 英文名称
    lei | LEI | 全球法人识别编码
    group | Group | 集团
    contacts | Contacts | 联系人
    position | Position | 职务
    phone | Telephone | 电话
    email | E-mail | 电子邮箱
    accounts | Accounts | 银行账户
    branch | Branch number | 联行号
    scopes | Scopes | 权限
    actor | Session or key | 登录会话或接口密钥
    trace_id | Trace number | 追踪编号
    url | Address | 地址
    failures | Failures in a row | 连续失败次数
    rests_until | Rests until | 暂停至
    seq | Number in the feed | 事件序号
    attempts | Attempts | 投递记录
    status | HTTP status | HTTP 状态码
    milliseconds | Milliseconds | 耗时（毫秒）
    secret | Secret | 密钥
    queued | Waiting again | 重新排队数
    tries | Tries | 尝试次数
    next_try_at | Next try at | 下次尝试时间

    maturity_from | Maturing from | 到期日自
    maturity_to | Maturing up to | 到期日至
    due_from | Due from | 还款日自
    due_to | Due up to | 还款日至
    first | From | 自
    last | Up to | 至
    after | Behind number | 该序号之后
    invoice | Fingerprint of an invoice | 发票指纹
    invoice_number | Invoice number | 发票号码
    overdue | Overdue | 是否逾期
    open | Open | 是否未结清
    frozen | Frozen | 是否冻结
    lifted | Lifted | 是否解除
    suspended | Suspended | 是否暂停资格
    faulty | With problems alone | 仅有问题的行
    role | Role | 角色
    run | Settlement run | 清分批次

    access-log.participant | Read by | 读取方
    access-log.operation | What was read | 读取操作
    access-log.asked | Asked for | 读取内容
    access-log.purpose | Purpose | 用途
    comparison.giver | Quoted by | 报价方
    comparison.days | Days financed | 融资天数
    comparison.refusal | Refusal | 拒绝码
    comparison.code | Refusal | 拒绝码
    deposit-statements.bank | Settlement bank | 清算行
    deposit-statements.received | Received | 收入金额
    deposits.bank | Settlement bank | 清算行
    financing-requests.kinds | Kinds of quote | 报价种类
    loans.principal | Principal left | 剩余本金
    maturities.owed | Principal owed | 应付本金
    movements.bank | Settlement bank | 清算行
    movements.giver | Payer | 付款方
    movements.taker | Payee | 收款方
    offers.giver | Offeror | 发出方
    offers.taker | Offeree | 待签收方
    offers.ended_at | Answered at | 答复时间
    offers.reason | Commitment of the reason | 原因承诺值
    operations.participant | Signed for | 签署方
    payables.due | Due day | 顺延后付款日
    payments.owed | Principal owed before | 付款前未偿本金
    payments.day | Value date | 起息日
    payouts.bank | Settlement bank | 清算行
    payouts.number | Payout | 划付
    payment-proposals.reference | Reference for the transfer | 转账附言
    quotes.giver | Quoted by | 报价方
    quotes.taker | Quoted to | 报价对象
    vouchers.due | Due day | 顺延后付款日
    webhooks.kinds | Kinds of event | 事件种类
    """
)

HEADS: Final[Mapping[str, Term]] = MappingProxyType({**_OF_LISTS, **OPERATING_HEADS})
"""By the name of the field, and first by list and field."""
