"""The nouns of the command line in English and Chinese: a group of commands for each."""

from collections.abc import Mapping
from typing import Final

from ledger.model.glossary import Term, terms_of

__all__ = ["NOUNS"]

NOUNS: Final[Mapping[str, Term]] = terms_of(
    """
    payable | What obligors owe | 应付账款
    voucher | Ranges of payables with their holders | 电子凭证
    offer | Vouchers offered: accept, decline, withdraw | 签收
    request | Ask banks for quotes, or answer | 询价
    quote | Give, compare and take firm quotes | 报价
    loan | Loans against pledged vouchers | 贷款
    sale | Vouchers sold to banks | 转让（保理）记录
    payment | Money shared over payables | 付款
    settlement | What payments brought vouchers | 清分明细
    run | Settlement runs | 清分批次
    proposal | What a settlement bank pays out | 划付建议
    payout | Shares that a bank pays out | 划付
    deposit | Deposits at settlement banks | 存款
    movement | Every movement of deposits | 存款流水
    participant | Who takes part, and by whose keys | 参与方
    limit | Lines that banks give obligors | 授信额度
    rules | Dated rules | 业务规则
    holiday | Days on which nothing is due | 节假日
    freeze | Ranges that a regulator froze | 冻结
    ledger | Pause, and versions of the ledger | 账本
    batch | Many payables under one signature | 批次
    import | Files of payables | 导入
    operation | What became of commands | 业务请求
    event | The feed of events | 事件
    webhook | Being told by HTTP | 回调
    command | Files that pass a command from signer to signer | 待签文件
    key | Key files of signers | 密钥文件
    api-key | Keys of your organisation's systems | 接口密钥
    access-log | What regulators have read | 监管查询记录
    report | Sums over some days | 汇总
    clock | The clock of an evaluation chain | 测试时钟
    reconciliation | Whether chain, rows and deposits agree | 对账
    views | The rows that lists show | 视图
    relayer | What sends to the chain | 中继
    """
)
"""What each is about."""
