"""Refusals of administration: admission, signers, thresholds, recovery, versions and rules."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import (
    Address,
    Commitment,
    Count,
    FieldName,
    FieldValue,
    Index,
    ParticipantId,
    Roles,
    Second,
)

__all__ = [
    "BadRoles",
    "BadRules",
    "BadSigner",
    "BadThreshold",
    "IdentityTaken",
    "RecoveryNotProposed",
    "RecoveryTooEarly",
    "SignerKeyTaken",
    "TooManySigners",
    "UnknownVerifier",
    "VersionNotProposed",
    "VersionTooEarly",
]


class IdentityTaken(LedgerError):
    """This legal identity is already admitted as {by}."""

    identity: Commitment
    by: ParticipantId
    kind = Kind.CONFLICT
    zh = "该法律主体已准入，参与方为：{by}。"
    next_steps = (
        "Use the existing participant; one live admission for each legal identity.",
        "请使用已有参与方；同一法律主体只能有一个有效准入。",
    )


class BadRoles(LedgerError):
    """The roles {roles} cannot be granted together."""

    roles: Roles
    kind = Kind.TERMS
    zh = "角色{roles}不能同时授予。"
    next_steps = (
        "Choose allowed roles and have the admission signed again.",
        "请选择允许的角色并重新签署准入。",
    )


class BadThreshold(LedgerError):
    """Thresholds {low} and {high} cannot be met by the {signers} signers who may sign now."""

    low: Count
    high: Count
    signers: Count
    kind = Kind.TERMS
    zh = "签署人数 {low} 和 {high} 无法由现有 {signers} 名有效签署人满足。"
    next_steps = (
        "Set 1 ≤ low ≤ high ≤ signers neither revoked nor expired, a maker and, from two on,"
        " a checker among them.",
        "应满足 1 ≤ 一般人数 ≤ 大额人数 ≤ 有效签署人数，其中须有经办人，两人以上时还须有复核人。",
    )


class BadSigner(LedgerError):
    """Signer {index} has no usable key or no duty."""

    index: Index
    kind = Kind.TERMS
    zh = "序号为 {index} 的签署人缺少可用密钥或职责。"
    next_steps = (
        "Give it a key and the duty maker, checker or both.",
        "请为其提供密钥，并指定经办、复核或两者。",
    )


class UnknownVerifier(LedgerError):
    """{verifier} is not an allowed verifier of signatures."""

    verifier: Address
    kind = Kind.TERMS
    zh = "{verifier} 不是允许的验签合约。"
    next_steps = (
        "Use an account, or a key under one of the listed verifiers.",
        "请使用账户密钥，或列表中验签合约支持的密钥。",
    )


class SignerKeyTaken(LedgerError):
    """{participant} already has a signer with this key ({key})."""

    participant: ParticipantId
    key: Commitment
    kind = Kind.CONFLICT
    zh = "{participant}已有使用该密钥的签署人（{key}）。"
    next_steps = (
        "Register another key; signers of one participant are distinct keys.",
        "请登记另一密钥；同一参与方的签署人密钥不得相同。",
    )


class TooManySigners(LedgerError):
    """{asked} signers are asked for; a participant may have at most {most}."""

    asked: Count
    most: Count
    kind = Kind.LIMIT
    zh = "申请 {asked} 名签署人，每个参与方最多 {most} 名。"
    next_steps = ("Revoke signers that are no longer needed.", "请撤销不再需要的签署人。")


class RecoveryNotProposed(LedgerError):
    """No recovery of {participant} is proposed."""

    participant: ParticipantId
    kind = Kind.NOT_FOUND
    zh = "{participant}没有待执行的密钥恢复。"
    next_steps = (
        "Have the operator and the recovery bank propose it first.",
        "请先由平台方和恢复见证银行提出恢复。",
    )


class RecoveryTooEarly(LedgerError):
    """The recovery of {participant} takes effect from {effective}; it is {time}."""

    participant: ParticipantId
    effective: Second
    time: Second
    kind = Kind.NOT_YET
    zh = "{participant}的密钥恢复将于 {effective} 起生效，现在是 {time}。"
    next_steps = ("Try again then.", "请届时重试。")


class VersionNotProposed(LedgerError):
    """No ledger version is proposed under {digest}."""

    digest: Commitment
    kind = Kind.NOT_FOUND
    zh = "没有以 {digest} 提出的账本版本。"
    next_steps = (
        "Have the operator and two banks propose it first.",
        "请先由平台方和两家银行提出。",
    )


class VersionTooEarly(LedgerError):
    """The ledger version takes part from {effective}; it is {time}."""

    effective: Second
    time: Second
    kind = Kind.NOT_YET
    zh = "该账本版本将于 {effective} 起启用，现在是 {time}。"
    next_steps = ("Try again then.", "请届时重试。")


class BadRules(LedgerError):
    """The rules cannot be set: {field} is {value}."""

    field: FieldName
    value: FieldValue
    kind = Kind.TERMS
    zh = "业务规则无法设定：{field}为 {value}。"
    next_steps = ("Correct it and have the rules signed again.", "请更正后重新签署业务规则。")
