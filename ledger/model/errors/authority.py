"""Refusals of who signs: participants, their state, nonces, deadlines and signatures."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Address,
    Count,
    Index,
    Nonce,
    ParticipantId,
    Roles,
    Second,
)

__all__ = [
    "ApprovalsMalformed",
    "BatchMalformed",
    "CheckerMissing",
    "DeadlinePassed",
    "DeadlineTooFar",
    "InvalidSignature",
    "LedgerPaused",
    "MakerMissing",
    "MissingRole",
    "NonceUsed",
    "NotDesk",
    "ParticipantFrozen",
    "ParticipantSuspended",
    "SameCosigner",
    "SignerExpired",
    "SignerRevoked",
    "SignersTooFew",
    "SignersUnordered",
    "UnknownParticipant",
    "UnknownSigner",
]


class NotDesk(LedgerError):
    """Only a desk of a registered ledger version may ask this; {caller} is none."""

    caller: Address
    kind = Kind.FORBIDDEN
    zh = "只有已登记版本的受理合约可以发起此调用；{caller} 不是。"
    next_steps = ("Send the command through the ledger.", "请通过本账本提交指令。")


class BatchMalformed(LedgerError):
    """The batch does not hold the items it says: from item {index} on it is something else."""

    index: Index
    kind = Kind.MALFORMED
    zh = "该批次内容与其声明的条目不符，从第 {index} 项起无法识别。"
    next_steps = (
        "Send each item as the desk's number, the length of its call and the call itself.",
        "每一项应依次为受理合约序号、调用长度和调用内容，请重新打包发送。",
    )


class ApprovalsMalformed(LedgerError):
    """The approvals of {participant} are not made of whole signatures."""

    participant: ParticipantId
    kind = Kind.MALFORMED
    zh = "{participant}的签名数据不完整。"
    next_steps = ("Sign the command again.", "请重新签署该指令。")


class UnknownParticipant(LedgerError):
    """{participant} is not an admitted participant."""

    participant: ParticipantId
    kind = Kind.NOT_FOUND
    zh = "{participant}不是已准入的参与方。"
    next_steps = (
        "Check the participant, or ask the operator to admit it.",
        "请核对参与方，或请平台方办理准入。",
    )


class MissingRole(LedgerError):
    """{participant} lacks the role {role}."""

    participant: ParticipantId
    role: Roles
    kind = Kind.FORBIDDEN
    zh = "{participant}没有{role}角色。"
    next_steps = (
        "Ask the operator to admit the participant with this role.",
        "请平台方以该角色办理准入。",
    )


class ParticipantSuspended(LedgerError):
    """{participant} is suspended."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}的资格已被暂停。"
    next_steps = (
        "Ask the operator why, and to lift the suspension. Paying, settling and "
        "declining still work.",
        "请向平台方了解原因并申请恢复；付款、清分和拒签不受影响。",
    )


class ParticipantFrozen(LedgerError):
    """{participant} is frozen by the regulator."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}已被监管冻结。"
    next_steps = ("Ask the regulator about the case.", "请就案件向监管机构查询。")


class LedgerPaused(LedgerError):
    """The ledger is paused for new business."""

    kind = Kind.NOT_YET
    zh = "账本已暂停办理新业务。"
    next_steps = (
        "Try again when the operator has resumed it. Paying, settling and declining still work.",
        "请在平台方恢复后重试；付款、清分和拒签不受影响。",
    )


class DeadlinePassed(LedgerError):
    """The command was valid until {deadline}; it is {time}."""

    deadline: Second
    time: Second
    kind = Kind.CONFLICT
    zh = "指令有效期至 {deadline}，现在是 {time}。"
    next_steps = (
        "Sign it again with the same command number and a later deadline.",
        "请以相同的指令编号和更晚的有效期重新签署。",
    )


class DeadlineTooFar(LedgerError):
    """The deadline {deadline} is too far ahead; the latest now is {latest}."""

    deadline: Second
    latest: Second
    kind = Kind.TERMS
    zh = "有效期 {deadline} 过晚，目前最晚为 {latest}。"
    next_steps = ("Sign it again with an earlier deadline.", "请以更早的有效期重新签署。")


class NonceUsed(LedgerError):
    """Command number {nonce} of {participant} is used or void."""

    participant: ParticipantId
    nonce: Nonce
    kind = Kind.CONFLICT
    zh = "{participant}的指令编号 {nonce} 已使用或已作废。"
    next_steps = (
        "Look whether the first command took effect; for another act choose a new number.",
        "请先确认原指令是否已生效；办理其他业务请使用新编号。",
    )


class SignersTooFew(LedgerError):
    """This act needs {required} signers of {participant}; {given} signed."""

    participant: ParticipantId
    required: Count
    given: Count
    kind = Kind.FORBIDDEN
    zh = "此业务需要{participant}的 {required} 名签署人，现有 {given} 名。"
    next_steps = (
        "Have further signers of the participant sign it.",
        "请由该参与方的其他签署人补签。",
    )


class SignersUnordered(LedgerError):
    """Approvals of {participant} must name their signers in rising order, each once; signer
    {signer} is out of place.
    """

    participant: ParticipantId
    signer: Index
    kind = Kind.MALFORMED
    zh = "{participant}的签署须按签署人序号升序排列且不重复；序号 {signer} 位置有误。"
    next_steps = ("Send the approvals sorted by signer.", "请按签署人序号排序后重新提交。")


class UnknownSigner(LedgerError):
    """{participant} has no signer {signer}."""

    participant: ParticipantId
    signer: Index
    kind = Kind.NOT_FOUND
    zh = "{participant}没有序号为 {signer} 的签署人。"
    next_steps = ("Use a registered signer of the participant.", "请使用该参与方已登记的签署人。")


class SignerRevoked(LedgerError):
    """Signer {signer} of {participant} is revoked."""

    participant: ParticipantId
    signer: Index
    kind = Kind.FORBIDDEN
    zh = "{participant}的签署人 {signer} 已被撤销。"
    next_steps = ("Have another signer sign.", "请由其他签署人签署。")


class SignerExpired(LedgerError):
    """Signer {signer} of {participant} could sign until {expiry}."""

    participant: ParticipantId
    signer: Index
    expiry: Second
    kind = Kind.FORBIDDEN
    zh = "{participant}的签署人 {signer} 的有效期已于 {expiry} 届满。"
    next_steps = (
        "Have another signer sign, or register a new key.",
        "请由其他签署人签署，或登记新的密钥。",
    )


class MakerMissing(LedgerError):
    """No maker of {participant} has signed."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}缺少经办签署。"
    next_steps = ("Have a maker sign.", "请由经办签署。")


class CheckerMissing(LedgerError):
    """No checker of {participant} has signed."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}缺少复核签署。"
    next_steps = ("Have a checker sign.", "请由复核签署。")


class InvalidSignature(LedgerError):
    """The signature of signer {signer} of {participant} does not fit the command."""

    participant: ParticipantId
    signer: Index
    kind = Kind.FORBIDDEN
    zh = "{participant}的签署人 {signer} 的签名与指令不符。"
    next_steps = (
        "Check the key, the chain and the contract that the signing device showed, and sign again.",
        "请核对密钥以及签署设备显示的链和合约，然后重新签署。",
    )


class SameCosigner(LedgerError):
    """{participant} cannot co-sign its own act or sign twice."""

    participant: ParticipantId
    kind = Kind.FORBIDDEN
    zh = "{participant}不能会签自己的业务，也不能重复会签。"
    next_steps = ("Have another institution co-sign.", "请由另一机构会签。")
