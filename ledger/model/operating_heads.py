"""Heads of what whoever runs a service is told: how it fares, what was compared, what is wrong."""

from typing import Final

from ledger.model.glossary import terms_of

__all__ = ["OPERATING_HEADS"]

OPERATING_HEADS: Final = terms_of(
    """
    service | Service | 服务
    version | Version | 版本
    chain_id | Chain id | 链编号
    first_block | First block | 首个区块
    contracts | Contracts | 合约
    is_evaluation | For evaluation only | 仅供评估
    test_clock | Test clock | 测试时钟
    limits | Requests allowed | 请求频率上限
    problem | Problem | 问题
    is_paused | Paused | 已暂停
    overdue_seconds | Overdue, seconds | 积压（秒）
    is_steerable | Can be moved | 可拨动
    seconds_ahead | Ahead of this machine, seconds | 快于本机（秒）
    lag_blocks | Blocks behind | 落后区块数
    blocks | Blocks | 区块数
    events | Events | 事件数
    head | Last block of the chain | 链上最新区块
    block_hash | Hash of the block | 区块哈希
    business_date | Business date | 营业日
    transaction | Transaction | 交易
    is_ready | Ready | 就绪
    checks | Checks | 检查项
    chain | Chain | 链
    database | Database | 数据库
    views | Views | 视图
    outbox | Outbox | 待发队列
    is_asked | Asked for | 已请求
    is_running | Running | 进行中
    difference_count | Differences | 差异数
    differences | What differs | 差异明细
    is_equal | Equal | 一致
    compared | Compared | 已比对
    matter | Matter | 事项
    record | Record | 记录
    figure | Figure | 项目
    on_chain | On the chain | 链上
    in_rows | In the rows | 视图中
    relayer.accepted | Taken in | 已受理
    relayer.sent | Sent | 已发送
    relayer.done | Done | 已办结
    relayer.refused | Refused | 已拒绝
    relayer.parked | Set aside | 已搁置

    compared.vouchers | vouchers | 电子凭证
    compared.payables | payables | 应付账款
    compared.accounts | accounts of payables | 应付账款账户
    compared.payments | payments | 付款
    compared.rests | rests of payables | 应付账款余额
    compared.redemptions | redemptions | 提前兑付
    compared.redeemed_ranges | redeemed ranges | 已兑付区间
    compared.sales | sales | 转让（保理）
    compared.turnable | rights of recourse | 追索权
    compared.loans | loans | 贷款
    compared.repayments | repayments | 还款
    compared.liens | liens | 质押
    compared.offers | offers | 签收
    compared.freezes | freezes | 冻结
    compared.payouts | payouts | 划付
    compared.issued | deposits taken in | 存入
    compared.deposits | deposits | 存款
    compared.funds | deposits by bank | 各清算行存款
    compared.holds | money set aside | 清分专户
    compared.recourse | sales with recourse | 有追索权转让
    compared.cost_shares | costs shared | 费用分担
    compared.desks | versions of the ledger | 账本版本
    compared.exposures | exposures | 授信占用
    compared.limits | lines | 授信额度
    compared.participants | participants | 参与方
    compared.signers | signers | 签署人
    compared.cases | cases | 案号
    compared.identities | identities | 准入身份
    compared.recoveries | recoveries | 密钥恢复
    compared.pause | pause | 暂停
    compared.unpaid | unpaid payables | 未付清应付账款
    compared.invoices | invoices | 发票
    compared.batches | batches | 批次
    compared.rules | rules | 业务规则

    doctor.problem | problem | 问题
    doctor.detail | detail | 说明
    doctor.next_step | next step | 下一步
    doctor.lane | lane | 通道
    doctor.since | since | 起始时间
    doctor.folder | folder | 目录
    doctor.file | file | 文件
    doctor.mode | mode | 权限
    doctor.free_megabytes | free megabytes | 可用空间（MB）
    doctor.dialect | kind | 种类
    doctor.revision | revision | 版本
    doctor.contracts | contracts | 合约
    doctor.other_code | other code | 代码不符
    doctor.precompile | precompile | 预编译合约
    doctor.chain_id | chain id | 链编号
    doctor.node | node | 节点
    doctor.head | head | 最新区块
    doctor.clock_ahead | clock ahead, seconds | 时钟快（秒）
    doctor.block | block | 区块
    doctor.blocks | blocks | 区块数
    doctor.blocks_behind | blocks behind | 落后区块数
    doctor.is_paused | paused | 已暂停
    doctor.overdue_seconds | overdue, seconds | 积压（秒）
    doctor.accepted | taken in | 已受理
    doctor.sent | sent | 已发送
    doctor.done | done | 已办结
    doctor.refused | refused | 已拒绝
    doctor.parked | set aside | 已搁置
    """
)
"""By the name of the field, and first by what it is told of and the field."""
