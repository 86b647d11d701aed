"""What `fenbook audit` says, in English and Chinese."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.glossary import Language, Term
from ledger.model.meanings import Meaning

__all__ = ["AUDIT", "KINDS", "MEANINGS", "tell"]


def tell(key: str, language: Language, **values: object) -> str:
    """One text of the report."""
    return AUDIT[key].text(language).format_map(values)


AUDIT: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "replaying": Term("Replaying", "正在回放"),
        "title": Term(
            "Ledger {registry} on chain {chain}, blocks {first} to {last}",
            "链 {chain} 上的账本 {registry}，区块 {first} 至 {last}",
        ),
        "explained": Term(
            "Every change follows from a command of the parties then registered.",
            "每一笔变动均可由当时登记各方签署的指令解释。",
        ),
        "unexplained": Term("{count} findings stay unexplained", "有 {count} 项无法解释"),
        "blocks": Term("Blocks", "区块"),
        "transactions": Term("Transactions", "交易"),
        "events": Term("Events explained", "已解释的事件"),
        "unexplained_events": Term("Events unexplained", "无法解释的事件"),
        "commands": Term("Commands with their approvals", "经核验签署的指令"),
        "open_acts": Term("Acts that anybody may ask for", "任何人均可发起的操作"),
        "refused": Term("Items refused beside them", "同批被拒绝的指令"),
        "foreign": Term("Commands to other contracts", "发往其他合约的指令"),
        "founders": Term("Participants named at genesis", "创世参与方"),
        "contracts": Term("Contracts with the committed code", "代码与发布版本一致的合约"),
        "compared": Term("Records compared at the end", "终态比对的记录"),
        "not_compared": Term(
            "The endpoint does not answer for block {last}: the final state is not compared.",
            "该节点无法查询区块 {last} 的状态：未作终态比对。",
        ),
        "holds": Term(
            "It holds up to block {last} of {time}, whose hash is {hash}",
            "结论截至区块 {last}（{time}），其哈希为 {hash}",
        ),
        "old_head": Term(
            "The newest block that the endpoint tells, {head}, is of {time}, {behind} ago: "
            "ask another node whether there are newer ones.",
            "该节点给出的最新区块 {head} 生成于 {time}，距今已 {behind}："
            "请向其他节点核实是否有更新的区块。",
        ),
        "days": Term("{count} days", "{count} 天"),
        "hours": Term("{count} hours", "{count} 小时"),
        "minutes": Term("{count} minutes", "{count} 分钟"),
        "what": Term("What", "类别"),
        "where": Term("Where", "位置"),
        "changed": Term("What changed, and why it cannot be explained", "变动内容与无法解释的原因"),
        "block": Term("block {block}", "区块 {block}"),
        "event": Term("event {index}", "事件 {index}"),
        "command": Term("command {digest}", "指令 {digest}"),
        "expected": Term("expected {values}", "应为 {values}"),
        "actual": Term("found {values}", "实为 {values}"),
        "nothing": Term("nothing", "无"),
        "more": Term("{count} more; --json lists all.", "另有 {count} 项；--json 列出全部。"),
        "name_one": Term(
            "Name the ledger by --participants or by --deployment, not by both.",
            "请用 --participants 或 --deployment 之一指定账本，不可并用。",
        ),
        "which_one": Term(
            "This chain has {count} ledgers; name one by --participants: {registries}",
            "该链上有 {count} 个账本；请用 --participants 指定：{registries}",
        ),
        "other_chain": Term(
            "The manifest is of chain {known}; the endpoint is on chain {chain}.",
            "清单属于链 {known}，而节点位于链 {chain}。",
        ),
        "no_blocks": Term(
            "There are no blocks {first} to {last}; the last one is {end}.",
            "不存在区块 {first} 至 {last}；最新区块为 {end}。",
        ),
    }
)

KINDS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        "code": Term("unknown code", "未知代码"),
        "wiring": Term("asks a stranger", "指向外部合约"),
        "feed": Term("endpoint contradicts itself", "节点数据自相矛盾"),
        "unreadable": Term("command cannot be read", "指令无法读取"),
        "authority": Term("authority missing", "授权不足"),
        "rule": Term("not its signer's right", "超出签署方权限"),
        "extra": Term("event without command", "无指令的事件"),
        "missing": Term("event missing", "缺少事件"),
        "changed": Term("event altered", "事件内容不符"),
        "state": Term("state differs", "终态不符"),
    }
)

_PARTIES: Final = (
    "participant holder from to bank obligor buyer seller lender borrower regulator subject payee "
    "offeree counterparty"
)
_AMOUNTS: Final = (
    "amount price face principal interest carried live paid redeemed outstanding limit total used "
    "freed to_holder to_lender interest_left unapplied"
)

MEANINGS: Final[Mapping[str, Meaning]] = MappingProxyType(
    {
        **dict.fromkeys(_PARTIES.split(), Meaning.PARTICIPANT),
        **dict.fromkeys(_AMOUNTS.split(), Meaning.AMOUNT),
        **dict.fromkeys(("voucher", "whole", "part", "joined", "released"), Meaning.VOUCHER),
        **dict.fromkeys(("maturity", "due", "day", "value_day", "review_day"), Meaning.DAY),
        **dict.fromkeys(("offered_at", "frozen_at", "expiry"), Meaning.SECOND),
        "token_id": Meaning.VOUCHER,
        "payable_id": Meaning.PAYABLE,
        "loan_id": Meaning.LOAN,
    }
)
"""What a value of an event or record stands for, by its name; any other is shown as it is."""
