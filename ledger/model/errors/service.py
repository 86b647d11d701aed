"""Refusals of the service: the chain it runs on, and books it cannot run."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Commitment, Input, Text

__all__ = [
    "BatchReverted",
    "BookInvalid",
    "ClockFixed",
    "DeploymentUnknown",
    "NodeUnreachable",
]


class BatchReverted(LedgerError):
    """Transaction {transaction} reverted whole: it was too large or malformed."""

    transaction: Commitment
    kind = Kind.CONFLICT
    zh = "交易 {transaction} 整体回滚：批量过大或格式有误，未产生任何效果。"
    next_steps = (
        "Nothing took effect. Send the commands again in smaller batches.",
        "没有任何指令生效。请减小批量后重新提交。",
    )


class ClockFixed(LedgerError):
    """The clock of this chain cannot be set."""

    kind = Kind.CONFLICT
    zh = "该链的时钟不可调整。"
    next_steps = (
        "Run scenario books on an evaluation chain: in process or on anvil.",
        "情景账簿请在评估链（进程内或 anvil）上运行。",
    )


class NodeUnreachable(LedgerError):
    """No chain answers at {url}."""

    url: Text
    kind = Kind.NOT_FOUND
    zh = "{url} 没有可用的链节点。"
    next_steps = (
        "Start the node or correct the address.",
        "请启动节点或更正地址。",
    )


class DeploymentUnknown(LedgerError):
    """No ledger can be found by {path}: {problem}."""

    path: Text
    problem: Text
    kind = Kind.NOT_FOUND
    zh = "无法根据 {path} 找到账本：{problem}。"
    next_steps = (
        "Name the manifest that the deployment wrote.",
        "请指定部署时写出的清单文件。",
    )


class BookInvalid(LedgerError):
    """{place}: field {field} is {value}; it must be {expected}."""

    place: Text
    field: Text
    value: Input
    expected: Text
    kind = Kind.MALFORMED
    zh = "{place}：字段 {field} 的值为 {value}，应为 {expected}。"
    next_steps = ("Correct the book and run it again.", "请更正账簿后重新运行。")
