"""Refusals of the service: the chain it runs on, and books it cannot run."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Cause, Commitment, Input, Second, Text, Word

__all__ = [
    "BackOfficeLost",
    "BatchReverted",
    "BookInvalid",
    "ChainMismatch",
    "ClockBackward",
    "ClockFixed",
    "ClockTooFar",
    "CommandUnworkable",
    "DeploymentUnknown",
    "NodeFailed",
    "NodeUnreachable",
    "OperationNeedless",
    "OperationNotParked",
    "OperationReplaced",
    "OperationUnknown",
    "ParkedByOperator",
    "SettingInvalid",
]


class BackOfficeLost(LedgerError):
    """The process behind the door has ended, and so the door was closed."""

    kind = Kind.BROKEN
    zh = "后台进程已结束，服务入口随之关闭。"
    next_steps = (
        "Look at its last words in the log, then start the service again: nothing is lost.",
        "请查看日志中的最后记录，然后重新启动服务；已受理的内容不会丢失。",
    )


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


class ClockBackward(LedgerError):
    """The clock stands at {now} and never goes back; {asked} has passed."""

    asked: Second
    now: Second
    kind = Kind.CONFLICT
    zh = "时钟现为 {now}，不可回拨；{asked} 已过。"
    next_steps = ("Name a later time.", "请指定更晚的时间。")


class ClockTooFar(LedgerError):
    """The clock is moved by a year at most: to {latest}, not to {asked}."""

    asked: Second
    latest: Second
    kind = Kind.LIMIT
    zh = "时钟每次最多前移一年：至 {latest} 为止，不可至 {asked}。"
    next_steps = ("Move it in several steps.", "请分多次前移。")


class NodeUnreachable(LedgerError):
    """No chain answers at {url}."""

    url: Text
    kind = Kind.NOT_FOUND
    zh = "{url} 没有可用的链节点。"
    next_steps = (
        "Start the node or correct the address.",
        "请启动节点或更正地址。",
    )


class NodeFailed(LedgerError):
    """The node at {url} gives no answer that can be used: {problem}."""

    url: Text
    problem: Cause
    kind = Kind.NOT_FOUND
    zh = "链节点 {url} 未给出可用的应答：{problem}。"
    next_steps = (
        "Look at the node's own log; the service goes on by itself once the node answers.",
        "请查看该节点的日志；节点恢复应答后，服务会自行继续。",
    )


class ChainMismatch(LedgerError):
    """The node at {url} is on another chain: its {what} is {found}, not {expected}."""

    url: Text
    what: Text
    found: Text
    expected: Text
    kind = Kind.CONFLICT
    zh = "链节点 {url} 属于另一条链：其{what}为 {found}，应为 {expected}。"
    next_steps = (
        "Name a node of the ledger's own chain.",
        "请指定本账本所在链的节点。",
    )


class CommandUnworkable(LedgerError):
    """The ledger can neither carry this command out nor say why not: its call breaks off."""

    kind = Kind.MALFORMED
    zh = "账本既不能执行该指令，也不能说明原因：其调用中断。"
    next_steps = (
        "Build the command again from the ledger's own typed data, with everything that goes "
        "beside it, and sign it again.",
        "请按账本给出的结构重新生成指令及其附带内容，并重新签署。",
    )


class OperationUnknown(LedgerError):
    """There is no operation {operation}."""

    operation: Text
    kind = Kind.NOT_FOUND
    zh = "没有编号为 {operation} 的业务请求。"
    next_steps = (
        "Check the number that came with the first answer.",
        "请核对首次应答中的编号。",
    )


class OperationNeedless(LedgerError):
    """Nothing was left to do: others had done all of it."""

    kind = Kind.CONFLICT
    zh = "已无事可办：其内容均已由其他请求完成。"
    next_steps = ("There is nothing to do.", "无需处理。")


class OperationReplaced(LedgerError):
    """It was too large for one transaction; smaller ones do it in its place: {operations}."""

    operations: Text
    kind = Kind.CONFLICT
    zh = "其内容超出一笔交易的容量，已由较小的请求代为办理：{operations}。"
    next_steps = ("Follow the operations that do it.", "请查看代为办理的请求。")


class OperationNotParked(LedgerError):
    """Operation {operation} is {state}; only a parked one can be released."""

    operation: Text
    state: Word
    kind = Kind.CONFLICT
    zh = "业务请求 {operation} 的状态为“{state}”，只有被搁置的请求可以放行。"
    next_steps = ("Leave it as it is.", "无需处理。")


class ParkedByOperator(LedgerError):
    """The operator has set this aside: {reason}."""

    reason: Text
    kind = Kind.CONFLICT
    zh = "平台方已将其搁置：{reason}。"
    next_steps = (
        "Ask the operator; it takes effect once it is released, if its deadline has not passed.",
        "请与平台方联系；放行后若仍在有效期内即可办理。",
    )


class SettingInvalid(LedgerError):
    """The setting {setting} cannot stand: {problem}."""

    setting: Text
    problem: Cause
    kind = Kind.MALFORMED
    zh = "配置项 {setting} 有误：{problem}。"
    next_steps = ("Correct the setting and start again.", "请更正配置后重新启动。")


class DeploymentUnknown(LedgerError):
    """No ledger can be found by {path}: {problem}."""

    path: Text
    problem: Cause
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
