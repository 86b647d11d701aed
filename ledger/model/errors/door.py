"""Refusals of the HTTP door: what cannot be read, who is not known, what is asked too often."""

from ledger.model.errors.base import Kind, LedgerError
from ledger.model.meanings import Count, Text, Word

__all__ = [
    "ApiKeysTooMany",
    "BodyTooDeep",
    "BodyTooLarge",
    "BodyUnreadable",
    "CommandForeign",
    "CursorInvalid",
    "ExportTooLong",
    "FormUnsupported",
    "IdempotencyKeyBusy",
    "IdempotencyKeyMissing",
    "IdempotencyKeyReused",
    "MethodUnknown",
    "NotSignedIn",
    "ProfileGuarded",
    "PurposeNotStated",
    "RequestInvalid",
    "ResourceUnknown",
    "ScopeMissing",
    "ServiceBroken",
    "ServiceBusy",
    "SignInRefused",
    "StreamsTooMany",
    "TooManyRequests",
]


class BodyTooLarge(LedgerError):
    """The request is larger than the {most} bytes that are taken here."""

    most: Count
    kind = Kind.TOO_LARGE
    zh = "请求超过此处允许的 {most} 字节。"
    next_steps = (
        "Send less at a time; long lists go through an import.",
        "请减少单次提交的内容；长清单请使用导入。",
    )


class BodyTooDeep(LedgerError):
    """The JSON of the request is nested deeper than the {most} levels that are taken."""

    most: Count
    kind = Kind.UNREADABLE
    zh = "请求的 JSON 嵌套超过允许的 {most} 层。"
    next_steps = (
        "Send the fields that the documentation lists.",
        "请只提交文档列出的字段。",
    )


class BodyUnreadable(LedgerError):
    """The request cannot be read: {problem}."""

    problem: Word
    kind = Kind.UNREADABLE
    zh = "请求无法读取：{problem}。"
    next_steps = (
        "Send plain JSON in UTF-8: each name once, whole numbers only, amounts as text.",
        "请以 UTF-8 编码提交普通 JSON：名称不得重复，数字须为整数，金额以文本表示。",
    )


class FormUnsupported(LedgerError):
    """A body of this media type or content coding is not taken here; {expected} is."""

    expected: Text
    kind = Kind.UNSUPPORTED
    zh = "此处不接受该媒体类型或内容编码，应为 {expected}。"
    next_steps = (
        "Set the header Content-Type to {expected} and send the body uncompressed.",
        "请将请求头 Content-Type 设为 {expected}，且不要压缩请求体。",
    )


class RequestInvalid(LedgerError):
    """Some fields of the request are missing, unknown or not of their form."""

    kind = Kind.MALFORMED
    zh = "请求中有字段缺失、未知或格式不符。"
    next_steps = (
        "Correct the fields that the list of errors names and send it again.",
        "请按错误列表更正字段后重新提交。",
    )


class MethodUnknown(LedgerError):
    """This method is not offered here."""

    kind = Kind.NO_METHOD
    zh = "此处不支持该请求方法。"
    next_steps = (
        "Use one of the methods that the header Allow names.",
        "请使用响应头 Allow 列出的方法。",
    )


class ResourceUnknown(LedgerError):
    """There is nothing here that you may see."""

    kind = Kind.NOT_FOUND
    zh = "此处没有您可以查看的内容。"
    next_steps = (
        "Check the address and the number, and whether it concerns your organisation.",
        "请核对地址和编号，并确认其与贵机构有关。",
    )


class NotSignedIn(LedgerError):
    """Nobody is signed in, or the session has ended."""

    kind = Kind.UNAUTHENTICATED
    zh = "尚未登录，或会话已结束。"
    next_steps = (
        "Sign in with a signer of your organisation, or send a valid API key.",
        "请以贵机构的签署人登录，或提交有效的接口密钥。",
    )


class CommandForeign(LedgerError):
    """The command acts for another participant than the one that is signed in."""

    kind = Kind.FORBIDDEN
    zh = "该指令的签署方不是当前登录的参与方。"
    next_steps = (
        "Sign in for the participant that acts, or have it submit the command itself.",
        "请以该签署方的身份登录，或由其自行提交。",
    )


class SignInRefused(LedgerError):
    """The sign-in does not hold: the challenge has ended or the signature does not fit it."""

    kind = Kind.UNAUTHENTICATED
    zh = "登录未通过：登录挑战码已失效，或签名与之不符。"
    next_steps = (
        "Ask for a new challenge and sign it with a signer that is neither revoked nor expired.",
        "请重新获取登录挑战码，并以未撤销且未过期的签署人签署。",
    )


class ScopeMissing(LedgerError):
    """What you signed in with lacks the scope {scope}."""

    scope: Word
    kind = Kind.FORBIDDEN
    zh = "当前登录凭据没有“{scope}”权限。"
    next_steps = (
        "Use a session, or have an API key made with this scope.",
        "请使用登录会话，或申请带有此权限的接口密钥。",
    )


class ProfileGuarded(LedgerError):
    """One person may not change {fields} of a recorded profile."""

    fields: Word
    kind = Kind.FORBIDDEN
    zh = "已登记档案中的{fields}不能由一人自行更改。"
    next_steps = (
        "Change the contacts alone. Names, codes and accounts are recorded anew by the ledger's "
        "operator, who checks them against documents.",
        "只可自行更改联系人。名称、代码和收款账户须由平台方核对证明材料后重新登记。",
    )


class PurposeNotStated(LedgerError):
    """A regulator's read needs its purpose in the header Fenbook-Purpose."""

    kind = Kind.UNREADABLE
    zh = "监管查询须在请求头 Fenbook-Purpose 中写明目的。"
    next_steps = (
        "State the purpose in up to 200 characters, percent-encoded in UTF-8; it is logged.",
        "请以 UTF-8 百分号编码写明目的，不超过 200 个字符；该目的会留痕。",
    )


class CursorInvalid(LedgerError):
    """The cursor does not belong to this list and these filters."""

    kind = Kind.UNREADABLE
    zh = "该游标不属于此列表或当前筛选条件。"
    next_steps = (
        "Begin again without a cursor, or keep the filters that it was given for.",
        "请不带游标重新查询，或保持取得该游标时的筛选条件。",
    )


class ExportTooLong(LedgerError):
    """There are more than the {most} rows that one file takes."""

    most: Count
    kind = Kind.LIMIT
    zh = "符合条件的记录超过单个文件的上限 {most} 行。"
    next_steps = (
        "Narrow the filters, and export the parts one after another: no file leaves rows out.",
        "请缩小筛选条件后分次导出；导出文件不会省略任何记录。",
    )


class IdempotencyKeyMissing(LedgerError):
    """A write needs an Idempotency-Key of 1 to 255 visible characters."""

    kind = Kind.UNREADABLE
    zh = "写入请求须带 1 至 255 个可见字符的 Idempotency-Key。"
    next_steps = (
        "Choose a new key for each act and keep it when you send the act again.",
        "请为每项业务选用新的键，重新提交同一业务时沿用原键。",
    )


class IdempotencyKeyReused(LedgerError):
    """This Idempotency-Key was used for another request."""

    kind = Kind.MALFORMED
    zh = "该 Idempotency-Key 已用于另一请求。"
    next_steps = (
        "Send the first request again unchanged, or choose a new key for the new act.",
        "请原样重发首次请求，或为新业务选用新的键。",
    )


class IdempotencyKeyBusy(LedgerError):
    """The first request with this Idempotency-Key is still being answered."""

    kind = Kind.CONFLICT
    zh = "带有此 Idempotency-Key 的首次请求仍在处理。"
    next_steps = (
        "Send it again in a second; you will get the first answer.",
        "请一秒后重发，届时将返回首次结果。",
    )


class TooManyRequests(LedgerError):
    """More than {most} requests came within {seconds} seconds."""

    most: Count
    seconds: Count
    kind = Kind.TOO_MANY
    zh = "{seconds} 秒内的请求超过 {most} 次。"
    next_steps = (
        "Wait as long as the header Retry-After says.",
        "请按响应头 Retry-After 的时间等待后重试。",
    )


class ServiceBusy(LedgerError):
    """The service cannot answer this now."""

    kind = Kind.UNAVAILABLE
    zh = "服务暂时无法受理。"
    next_steps = (
        "Nothing was taken. Send it again with the same Idempotency-Key in a few seconds.",
        "本次未受理。请在数秒后以相同的 Idempotency-Key 重发。",
    )


class ServiceBroken(LedgerError):
    """The service failed to answer. The fault is its own and has been recorded."""

    kind = Kind.BROKEN
    zh = "服务未能作答。这是服务自身的故障，已留痕。"
    next_steps = (
        "Send it again with the same Idempotency-Key; tell the operator the trace id if it stays.",
        "请以相同的 Idempotency-Key 重发；若仍失败，请将追踪编号告知平台方。",
    )


class ApiKeysTooMany(LedgerError):
    """A participant has at most {most} API keys that are good at a time."""

    most: Count
    kind = Kind.LIMIT
    zh = "每个参与方同时有效的接口密钥至多 {most} 个。"
    next_steps = (
        "Revoke one that is not needed, or use one key for several systems.",
        "请先撤销不再需要的接口密钥，或由多个系统共用一个密钥。",
    )


class StreamsTooMany(LedgerError):
    """A participant has at most {most} streams of events open at a time."""

    most: Count
    kind = Kind.TOO_MANY
    zh = "每个参与方同时打开的事件流至多 {most} 条。"
    next_steps = (
        "Close one, or share one among your systems.",
        "请先关闭一条，或由多个系统共用一条。",
    )
