"""The words of the ledger in English and Chinese; screens, sentences and the CLI take them here."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

__all__ = ["EXPECTED", "LABELS", "TERMS", "Language", "Term", "label", "term", "terms_of"]

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Term:
    """One word or phrase in both languages."""

    en: str
    zh: str

    def text(self, language: Language) -> str:
        """The word in one language."""
        return self.zh if language == "zh" else self.en


def terms_of(text: str) -> Mapping[str, Term]:
    """Read lines of `key | English | 中文`; raises `ValueError` where a key stands twice."""
    found: dict[str, Term] = {}
    for line in filter(str.strip, text.splitlines()):
        key, en, zh = map(str.strip, line.split(" | "))
        if key in found:
            raise ValueError(key)
        found[key] = Term(en, zh)
    return MappingProxyType(found)


def term(key: str, language: Language) -> str:
    """The word for a noun, role, state or position; the key itself where there is none."""
    return TERMS[key].text(language) if key in TERMS else key


def label(name: str, language: Language) -> str:
    """The label of a field; the name itself where there is none."""
    return LABELS[name].text(language) if name in LABELS else name


TERMS: Final = terms_of(
    """
    payable | payable | 应付账款
    voucher | voucher | 电子凭证
    obligor | obligor | 债务人
    core_enterprise | core enterprise | 核心企业
    holder | holder | 持有人
    offeree | offeree | 待签收方
    offeror | offeror | 发出方
    pledgor | pledgor | 出质人
    pledgee | pledgee | 质权人
    borrower | borrower | 借款人
    lender | lender | 贷款人
    participant | participant | 参与方
    signer | signer | 签署人
    maker | maker | 经办
    checker | checker | 复核
    issuer | issuer | 开立方
    supplier | supplier | 供应商
    bank | bank | 银行
    settlement | settlement bank | 清算行
    operator | operator | 平台方
    regulator | regulator | 监管
    quote | quote | 报价
    sale | sale | 转让（保理）
    pledge | pledge | 质押
    redemption | early redemption | 提前兑付
    recourse | recourse | 追索权
    maturity | maturity | 到期日
    overdue | overdue | 逾期
    late_interest | late interest | 逾期利息
    distribution | settlement | 清分
    lineage | lineage | 流转链
    deposit | deposit | 存款
    loan | loan | 贷款
    payout | payout | 划付
    freeze | freeze | 冻结
    line | line | 授信额度
    rules | rules | 业务规则
    frozen | frozen | 已冻结
    none | none | 无
    nobody | nobody | 无
    never | never | 不失效
    nothing | nothing | 无
    recourse_full | full | 全额追索
    recourse_none | none | 无追索
    yes | yes | 是
    no | no | 否
    state_offered | offered | 待签收
    state_live | live | 存续
    state_settled | settled | 已结清
    state_cancelled | cancelled | 已取消
    state_held | held | 持有中
    state_pledged | pledged | 已质押
    state_closed | closed | 已关闭
    state_none | unknown | 不存在
    """
)
"""Nouns, roles, positions and states."""

LABELS: Final = terms_of(
    """
    participant | Signed for | 签署方
    nonce | Command number | 指令编号
    deadline | Valid until | 有效期至
    to | Receiver | 接收方
    bank | Bank | 银行
    face | Face amount | 票面金额
    maturity | Maturity | 到期日
    parts_item | Part | 分项
    invoices_item | Invoice | 发票
    signers_item | Signer | 签署人
    desks_item | Contract | 合约地址
    evidence | Evidence commitment | 贸易背景承诺值
    invoices | Invoices | 发票
    root | Root of the list | 清单根值
    count | Number of payables | 笔数
    total | Total | 合计金额
    index | Place in the list | 清单序号
    batch | Batch | 批次
    parts | Parts | 分项
    voucher | Voucher | 凭证
    start | Range from | 区间起点
    end | Range up to | 区间终点（不含）
    reason | Commitment of the reason | 原因承诺值
    low | Lower voucher | 低位凭证
    high | Upper voucher | 高位凭证
    taker | For | 报价对象
    buyer | Buyer | 受让方
    amount | Amount | 金额
    rate | Rate a year | 年利率
    recourse | Recourse | 追索权
    registration | Registration commitment | 登记承诺值
    obligor_share | Obligor's share of the cost | 债务人承担比例
    payable_id | Payable | 应付账款
    share_max | Largest share | 最高承担比例
    rate_max | Highest rate a year | 最高年利率
    budget | Budget | 预算
    lender | Lender | 贷款人
    advance | Advance | 放款金额
    ltv | Advance rate | 质押率
    due | Due date | 还款日
    loan | Loan | 贷款
    principal | Principal | 本金
    release | Security set free | 解押金额
    value_day | Value date | 起息日
    payment_reference | Payment reference | 付款参考号
    payout | Payout | 划付
    purpose | Commitment of the purpose | 用途承诺值
    case_commitment | Commitment of the case number | 案号承诺值
    review_day | Review date | 复查日
    freeze | Freeze number | 冻结序号
    subject | Concerning | 对象
    obligor | Obligor | 债务人
    rules | Rules | 业务规则
    first_day | First day | 起始日
    holidays | Holidays | 节假日
    key | Key | 公钥
    duty | Duty | 职责
    expiry | Signs until | 失效时间
    certificate | Certificate fingerprint | 证书指纹
    cosigner | Co-signer | 会签方
    second_cosigner | Second co-signer | 第二会签方
    roles | Roles | 角色
    identity | Identity commitment | 身份承诺值
    recovery_bank | Recovery bank | 恢复见证银行
    threshold_low | Signers needed | 签署人数
    threshold_high | Signers needed above | 大额签署人数
    high_from | Large from | 大额起点
    signers | Signers | 签署人
    suspended | Suspended | 暂停资格
    signer | Signer | 签署人
    voided | Command number made void | 作废的指令编号
    paused | Paused | 暂停
    second_bank | Second bank | 第二银行
    desks | Contracts | 合约地址
    effective | In force from | 生效日
    tenor_days_max | Longest tenor | 最长期限
    offer_days | Days to answer an offer | 签收期限
    depth_max | Most hops | 最多流转层级
    pieces_max | Most open vouchers of a payable | 单笔最多未关闭凭证数
    piece_min | Smallest voucher | 最小凭证金额
    late_rate_daily | Late interest a day | 逾期日利率
    overdue_multiplier | Overdue rate factor | 逾期利率倍数
    registration_required | Registration required | 须登记
    fingerprint | Invoice fingerprint | 发票指纹
    used | Amount used | 使用金额
    share | Obligor's share of the cost | 债务人承担比例
    """
)
"""Labels of fields, by their snake_case name."""

EXPECTED: Final = terms_of(
    """
    bool | true or false | true 或 false
    bytes | bytes | 字节串
    bytes32 | exactly 32 bytes | 恰好 32 字节
    address | exactly 20 bytes | 恰好 20 字节
    list | a list | 列表
    amount | an amount such as 1000000.00 with at most two decimals | 形如 1000000.00 的金额，至多两位小数
    rate | a rate such as 0.0385 with at most nine decimals | 形如 0.0385 的利率，至多九位小数
    fen | a whole number of fen from 0 to 999999999999999999 | 从 0 至 999999999999999999 的整数（分）
    date | a date such as 2027-03-31 | 形如 2027-03-31 的日期
    date_range | a date from 1970-01-01 to 2149-06-06 | 从 1970-01-01 至 2149-06-06 的日期
    date_order | no earlier than where the range begins | 不早于起始日期
    day | a whole number of days from 0 to 65535 | 从 0 至 65535 的整数（日）
    second | a whole number of seconds since 1970 | 自 1970 年起的整数秒
    voucher_name | a voucher such as V-12.3 | 形如 V-12.3 的凭证名
    loan_name | a loan such as L-7 | 形如 L-7 的贷款名
    aware_time | a time with its zone | 带时区的时间
    payable_name | a payable such as P-12 | 形如 P-12 的应付账款名
    digest | a digest of exactly 32 bytes | 恰好 32 字节的摘要
    private_key | a private key of exactly 32 bytes, not zero, below the order of the curve | 恰好 32 字节、非零且小于曲线阶的私钥
    verifier | a verifier's address of exactly 20 bytes | 恰好 20 字节的验签合约地址
    rsa_2048 | an RSA key of 2048 bits or more | 不少于 2048 位的 RSA 密钥
    types | the types of this very command | 该指令自身的类型定义
    domain | the domain of this ledger and desk | 本账本及合约的域
    moment | a time such as 2026-03-02T01:00:00Z, in UTC | 形如 2026-03-02T01:00:00Z 的 UTC 时间
    digits | a whole number, written as text | 以文本书写的整数
    pairs | name=value pairs such as to=3,amount=100.00, each name once | 形如 to=3,amount=100.00 的名称与取值，名称不得重复
    command_file | a file that --out has written | 由 --out 写出的文件
    words | a list of the words listed for it, each once | 由可选词组成且不重复的列表
    holiday | a day within 256 days from the first one | 起始日起 256 天内的日期
    message | an object with the command's fields | 含指令字段的对象
    p256 | a P-256 key | P-256 密钥
    uscc | a unified social credit code of 18 characters whose check character fits | 18 位且校验码相符的统一社会信用代码
    lei | a legal entity identifier of 20 characters whose check digits fit | 20 位且校验码相符的法人识别编码（LEI）
    account | a bank account of 6 to 34 digits or capital letters | 6 至 34 位数字或大写字母的银行账号
    branch | the 12 digits of a bank's branch | 12 位开户行联行号
    name | a name of one line with visible characters, at most 120 | 单行、字符可见、至多 120 字的名称
    contact | a telephone number or an e-mail address | 电话号码或电子邮箱
    phone | a telephone number such as +86 591 8765 4321 | 电话号码，如 +86 591 8765 4321
    email | an e-mail address such as lin.yue@birch.example | 电子邮箱，如 lin.yue@birch.example
    either_name | a name here, in name_en or in both | 名称，与 name_en 至少填写其一
    memo | a text of at most 2000 characters | 至多 2000 字的文本
    invoice | an invoice number with what makes it unique: 20 digits; a code and 8 digits; or seller, number and date | 可唯一确定发票的号码：20 位数电票号码；发票代码加 8 位号码；或销售方、号码与日期
    """  # noqa: E501
)
"""What would have been right, by the key that `InvalidField` carries."""
