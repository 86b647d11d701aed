"""Refusals of the command line as a client: no service, no session, an answer that is false."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Text, Word

__all__ = [
    "AddressForeign",
    "AnswerFalse",
    "AnswerUnreadable",
    "LedgerChanged",
    "ServiceNameForeign",
    "ServiceUnreachable",
    "SessionMissing",
    "SignerUnknown",
]


class ServiceUnreachable(LedgerError):
    """No service answers at {url}."""

    url: Text
    kind = Kind.NOT_FOUND
    zh = "{url} 没有服务应答。"
    next_steps = (
        "Start the service or correct its address.",
        "请启动服务或更正地址。",
    )


class AddressForeign(LedgerError):
    """Address {path} is not one of the service that was signed in to."""

    path: Text
    kind = Kind.FORBIDDEN
    zh = "地址 {path} 不属于所登录的服务。"
    next_steps = (
        "Nothing was sent. Do not trust whoever gave you that address.",
        "未发送任何内容。请勿信任提供该地址的人。",
    )


class AnswerUnreadable(LedgerError):
    """The service at {url} gives an answer that cannot be read: {problem}."""

    url: Text
    problem: Text
    kind = Kind.CONFLICT
    zh = "{url} 的应答无法读取：{problem}。"
    next_steps = (
        "Make sure that the address is that of a Fenbook service.",
        "请确认该地址是 Fenbook 服务。",
    )


class AnswerFalse(LedgerError):
    """The service asks to sign something else than was asked for: its {what} differs."""

    what: Word
    kind = Kind.CONFLICT
    zh = "服务要求签署的内容与所请求的不符：{what}不一致。"
    next_steps = (
        "Nothing was signed. Do not trust this service; tell its operator and use another one.",
        "未签署任何内容。请勿信任该服务，告知其平台方，并改用其他服务。",
    )


class LedgerChanged(LedgerError):
    """The service at {url} now stands for another ledger than the one that was signed in to."""

    url: Text
    kind = Kind.CONFLICT
    zh = "{url} 的服务现在对应另一个账本，与先前登录的不同。"
    next_steps = (
        "Nothing was signed. If the ledger was replaced, sign in with the manifest of the new one.",
        "未签署任何内容。若账本确已更换，请以新账本的部署清单重新登录。",
    )


class ServiceNameForeign(LedgerError):
    """The service at {url} asks to sign in to {service}, which is not the name of its host."""

    service: Text
    url: Text
    kind = Kind.CONFLICT
    zh = "{url} 的服务要求登录 {service}，而这不是其主机名。"
    next_steps = (
        "Nothing was signed: such a signature may hold at another service. If its operator has "
        "told you that name, give it with --service.",
        "未签署任何内容：该签名可能在另一服务上有效。若平台方已告知该名称，请以 --service 指定。",
    )


class SessionMissing(LedgerError):
    """Nobody is signed in: there is no session at {path}."""

    path: Text
    kind = Kind.UNAUTHENTICATED
    zh = "尚未登录：{path} 处没有会话。"
    next_steps = (
        "Run fenbook sign-in, or name a session with --session.",
        "请运行 fenbook sign-in，或以 --session 指定会话。",
    )


class SignerUnknown(LedgerError):
    """Key {key} is none of the participant's signers that may sign now."""

    key: Text
    kind = Kind.FORBIDDEN
    zh = "密钥 {key} 不是该参与方现在可签署的签署人。"
    next_steps = (
        "Name the key file of a signer that is neither revoked nor expired.",
        "请指定未撤销且未过期的签署人的密钥文件。",
    )
