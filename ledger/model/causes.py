"""Why a setting, a node or a ledger is no use: our words in both languages, others' as they are."""

from typing import Final

from ledger.model.glossary import Language, terms_of

__all__ = ["CAUSES", "cause_text"]


def cause_text(cause: str, language: Language) -> str:
    """A cause as people read it: ours by its key, with what stands behind a colon as it is.

    What a node, a library or the system has said has no key, and is told in its own words.
    """
    key, colon, rest = cause.partition(": ")
    if key not in CAUSES:
        return cause
    said = CAUSES[key].text(language)
    return said if not colon else f"{said}{'：' if language == 'zh' else colon}{rest}"


CAUSES: Final = terms_of(
    """
    no private key | it is no private key of 32 bytes | 不是 32 字节的私钥
    no hexadecimal key | a relayer key is not hexadecimal | 中继私钥不是十六进制
    key twice | a relayer key is named twice | 同一中继私钥出现了两次
    no relayer key | nodes need at least one relayer key | 使用链节点时至少须有一把中继私钥
    no manifest | nodes need the manifest of a deployment | 使用链节点时须指定部署清单
    no manifest named | no manifest is named | 未指定部署清单
    loopback webhooks | webhooks to this machine are for evaluation | 发往本机的 Webhook 仅供评估
    no address | it is no http or https address | 不是 http 或 https 地址
    no plain address | it must be a plain address | 须为不带参数的普通地址
    no https | it must begin with https:// | 须以 https:// 开头
    no pins | it is not what sign-in has written | 内容并非登录时所写入
    unreadable file | its file cannot be read | 其文件无法读取
    no TOML | it is no TOML | 不是 TOML 格式
    no fenbook table | it must hold one table, [fenbook] | 须有且仅有 [fenbook] 一节
    secret in settings | a secret stands in a file of its own, named by | 机密须另存文件，由此项指定
    unknown setting | the door has no such setting | 服务入口没有这一配置项
    other form | its value has another form | 取值格式不符
    one of | it must be one of | 须为下列之一
    cannot listen | nothing can listen at | 无法监听

    no node | no node is named | 未指定链节点
    no block yet | it has not come to this block | 尚未到达此区块
    no block | it has no such block | 没有此区块
    block named elsewhere | a block that another answer named is not there | 没有另一应答所指的区块
    other shape | an answer of another shape | 应答的结构不符
    empty answer | an empty answer | 应答为空
    HTTP status | HTTP status | HTTP 状态码
    not mined | a transaction was not mined in time | 交易未能按时入块
    contradiction | its answers do not fit together | 各项应答互相矛盾

    came between | another transaction came between | 期间插入了另一笔交易
    no contract | no such contract on this chain | 该链上没有此合约
    no ledger | no ledger was founded on this chain | 该链上没有建立过账本
    no ledger in blocks | no ledger was founded in these blocks | 下列区块中没有建立过账本
    """
)
"""By keys that our own code writes."""
