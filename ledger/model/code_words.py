"""What codes in cells mean in words: states, kinds, acts, yes and no, in English and Chinese.

Programs read the codes, which stay; people read these, in files of lists and in the shell's tables.
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.model.glossary import TERMS, Language, term, terms_of

__all__ = ["CODED", "CODES", "in_words"]

CODED: Final = frozenset(
    ["state", "kind", "kinds", "level", "rail", "choice", "duty", "roles", "scopes", "verb"]
)
"""Fields whose values are codes."""


def in_words(name: str, value: Any, language: Language, *, of: str = "") -> Any:
    """A cell as people read it, by its field and the list that it is of.

    What is no code stays as it is, and so does a code that has no word. A refusal is told by its
    sentence and next step, or by its code where its reader may know no more.
    """
    if isinstance(value, bool):
        return term("yes" if value else "no", language)
    if isinstance(value, Mapping) and "next_step" in value:
        return " ".join(filter(None, (value["detail"], value["next_step"]))) or value["code"]
    if name not in CODED:
        return value
    if isinstance(value, list):
        comma = "、" if language == "zh" else ", "
        return comma.join(str(in_words(name, one, language, of=of)) for one in value)
    return _word(value, language, of) if isinstance(value, str) else value


def _word(code: str, language: Language, of: str) -> str:
    found = CODES.get(f"{of}.{code}") or CODES.get(code) or TERMS.get(f"state_{code}")
    return term(code, language) if found is None else found.text(language)


CODES: Final = terms_of(
    """
    open | open | 进行中
    accepted | accepted | 已受理
    sent | sent | 已发送
    done | done | 已办结
    refused | refused | 已拒绝
    parked | parked | 已搁置
    declined | declined | 已拒签
    withdrawn | withdrawn | 已撤回
    lapsed | lapsed | 已失效
    expired | expired | 已过期
    void | void | 已失效
    taken | taken | 已成交
    answered | answered | 已答复
    confirmed | confirmed | 已确认
    issued | issued | 已开立
    running | running | 进行中
    waiting | waiting | 等待中
    uploaded | uploaded | 已上传
    previewed | previewed | 已预览
    awaiting_signatures | awaiting signatures | 待签署
    recording | being recorded | 登记中
    issuing | issuing | 开立中
    failed | failed | 已失败
    cancelled | cancelled | 已取消
    asked | asked for | 已请求开立
    enabled | enabled | 已启用
    disabled | disabled | 已停用
    gone | gone | 已失效
    queued | queued | 待发送
    delivered | delivered | 已送达
    dropped | dropped | 已放弃
    all | all rows | 全部
    valid | valid rows | 仅有效行
    fine | fine | 正常
    look | look at it | 需关注
    stop | stop | 不可办理
    sale | sale | 转让（保理）
    pledge | pledge | 质押
    redemption | early redemption | 提前兑付
    issue | issue | 开立
    transfer | transfer | 转让
    release | release | 解押
    recourse | recourse | 追索
    join | join | 合并
    moved | moved | 转账
    paid_out | paid out | 清分入账
    read | read | 查询
    export | export | 导出
    prepare | prepare | 准备指令
    submit | submit | 提交
    manage | manage | 管理

    offers.open | open | 待签收
    offers.accepted | accepted | 已签收
    batches.open | open | 开立中
    batches.void | void | 已作废
    quotes.open | open | 有效
    financing-requests.open | open | 询价中
    payouts.open | open | 待确认
    payment-proposals.open | open | 待付款
    movements.issued | issued | 存入
    movements.withdrawn | withdrawn | 支取
    movements.held | held | 转入清分专户
    payables.offered | offered | 待签收
    payments.bank | bank transfer | 银行转账
    payments.deposit | deposit | 存款支付

    settle | settle | 清分
    applyUnapplied | apply unapplied money | 分配未分配款项
    lapse | lapse | 期满未签收失效
    issueFromBatch | issue from a batch | 按批次开立
    completeRecovery | complete a recovery | 完成密钥恢复
    completeVersion | complete a version | 启用新版本
    admit | admit | 准入
    proposeRecovery | propose a recovery | 提议密钥恢复
    addSigner | add a signer | 新增签署人
    setThreshold | set the signers needed | 设定签署人数
    revokeSigner | revoke a signer | 撤销签署人
    voidNonce | void a command number | 作废指令编号
    vetoRecovery | veto a recovery | 否决密钥恢复
    suspend | suspend | 暂停资格
    pause | pause | 暂停账本
    proposeVersion | propose a version | 提议新版本
    setRules | set rules | 设定业务规则
    setHolidays | set holidays | 设定节假日
    setLimit | set a line | 设定授信额度
    issueDeposit | take in a deposit | 存入
    withdrawDeposit | withdraw a deposit | 支取存款
    moveDeposit | move a deposit | 转账
    recordBatch | record a batch | 登记批次
    voidBatch | void a batch | 作废批次
    accept | accept | 签收
    decline | decline | 拒签
    withdraw | withdraw an offer | 撤回
    sell | sell | 转让（保理）
    redeem | redeem | 提前兑付
    repay | repay | 还款
    pay | pay | 付款
    attest | attest a payment | 证明收款
    returnUnapplied | return unapplied money | 退回未分配款项
    confirmPayout | confirm a payout | 确认划付
    returnPayout | return a payout | 退回划付
    freeze | freeze | 冻结
    unfreeze | lift a freeze | 解除冻结
    freezeParticipant | freeze a participant | 冻结参与方
    unfreezeParticipant | lift the freeze of a participant | 解除参与方冻结
    """
)
"""By code, and first by list and code where it means something else there."""
