"""What a refusal looks like over HTTP: a problem of RFC 9457, in the reader's language.

Its `code` is the refusal's name and never translated. What was sent is never sent back.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from starlette.responses import JSONResponse
from starlette.types import Scope

from api.languages import CONTENT_LANGUAGE, header, language_of
from ledger.model.errors import LedgerError, RequestInvalid
from ledger.model.errors.base import Kind, meanings_of
from ledger.model.errors.input import InvalidField, MissingField, UnknownField
from ledger.model.glossary import Language, Term
from ledger.model.meanings import Meaning
from ledger.model.plain import plain_value
from ledger.model.rendering import NO_NAMES, Names

__all__ = ["MEDIA_TYPE", "STATUS", "Fault", "answer", "problem", "scope_language", "trace_of"]

MEDIA_TYPE: Final = "application/problem+json"

STATUS: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.UNREADABLE: 400,
        Kind.UNAUTHENTICATED: 401,
        Kind.FORBIDDEN: 403,
        Kind.NOT_FOUND: 404,
        Kind.NO_METHOD: 405,
        Kind.CONFLICT: 409,
        Kind.NOT_YET: 409,
        Kind.TERMS: 409,
        Kind.LIMIT: 409,
        Kind.FUNDS: 409,
        Kind.TOO_LARGE: 413,
        Kind.UNSUPPORTED: 415,
        Kind.MALFORMED: 422,
        Kind.TOO_MANY: 429,
        Kind.UNAVAILABLE: 503,
        Kind.BROKEN: 500,
    }
)
"""The one place where a kind of refusal becomes a status."""

_TITLES: Final[Mapping[Kind, Term]] = MappingProxyType(
    {
        Kind.UNREADABLE: Term("Unreadable request", "请求无法读取"),
        Kind.UNAUTHENTICATED: Term("Not signed in", "未登录"),
        Kind.FORBIDDEN: Term("Not permitted", "无权办理"),
        Kind.NOT_FOUND: Term("Not found", "未找到"),
        Kind.NO_METHOD: Term("Method not offered", "不支持的请求方法"),
        Kind.CONFLICT: Term("Conflict with what stands", "与现状冲突"),
        Kind.NOT_YET: Term("Not possible now", "暂不可办理"),
        Kind.TERMS: Term("Terms not possible", "条款不成立"),
        Kind.LIMIT: Term("Limit exceeded", "超出限额"),
        Kind.FUNDS: Term("Not enough money", "资金不足"),
        Kind.TOO_LARGE: Term("Request too large", "请求过大"),
        Kind.UNSUPPORTED: Term("Media type not taken", "不支持的媒体类型"),
        Kind.MALFORMED: Term("Request not of its form", "请求格式不符"),
        Kind.TOO_MANY: Term("Too many requests", "请求过于频繁"),
        Kind.UNAVAILABLE: Term("Service unavailable", "服务暂不可用"),
        Kind.BROKEN: Term("Fault of the service", "服务故障"),
    }
)

_RETRYABLE: Final = frozenset({Kind.NOT_YET, Kind.TOO_MANY, Kind.UNAVAILABLE, Kind.BROKEN})

_ECHOES: Final = (InvalidField, MissingField, UnknownField)
"""Refusals whose values are what was sent; the door says only where and what it should be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One place of a request that is not of its form; it never holds what stood there."""

    pointer: str
    """A JSON pointer into the body, or the name of a parameter or header."""
    detail: Term


def trace_of(scope: Scope) -> str:
    """The trace id of a request: its command's digest, or a number drawn when it came."""
    state: dict[str, Any] = scope.setdefault("state", {})
    found: str = state.setdefault("trace_id", "")
    if not found:
        found = state["trace_id"] = secrets.token_hex(16)
    return found


def scope_language(scope: Scope) -> Language:
    """The language that the request asks for."""
    return language_of(header(scope["headers"], b"accept-language"))


def problem(
    error: LedgerError,
    language: Language,
    *,
    trace_id: str,
    names: Names = NO_NAMES,
    faults: Sequence[Fault] = (),
) -> dict[str, Any]:
    """The body of a problem."""
    if isinstance(error, _ECHOES):
        error, faults = RequestInvalid(), [_fault_of(error), *faults]
    return {
        "type": f"/docs/refusals#{error.code}",
        "title": _TITLES[error.kind].text(language),
        "status": STATUS[error.kind],
        "detail": error.message(language, names),
        "instance": f"urn:fenbook:trace:{trace_id}",
        "code": error.code,
        "params": _params(error),
        "errors": [{"pointer": one.pointer, "detail": one.detail.text(language)} for one in faults],
        "trace_id": trace_id,
        "retryable": error.kind in _RETRYABLE,
        "next_step": error.next_step(language, names),
    }


def answer(
    scope: Scope,
    error: LedgerError,
    *,
    names: Names = NO_NAMES,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A whole answer that refuses."""
    language = scope_language(scope)
    body = problem(error, language, trace_id=trace_of(scope), names=names, faults=faults)
    more = {"Content-Language": CONTENT_LANGUAGE[language], **(headers or {})}
    if error.kind is Kind.UNAUTHENTICATED:
        more["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status_code=body["status"], headers=more, media_type=MEDIA_TYPE)


def _params(error: LedgerError) -> dict[str, Any]:
    return {
        name: plain_value(error.values[name], meaning)
        for name, meaning in meanings_of(type(error)).items()
        if meaning is not Meaning.INPUT
    }


def _fault_of(error: LedgerError) -> Fault:
    """Where a command's field is wrong."""
    path = str(error.values["field"])
    steps = path.replace("[", ".").replace("]", "").split(".")
    if steps[0] == "beside":  # what intake calls so stands in the body itself
        del steps[0]
    if isinstance(error, UnknownField):
        place, detail = unknown(steps)
        return Fault("".join(f"/{one}" for one in place), detail)
    pointer = "/" + "/".join(steps)
    if isinstance(error, MissingField):
        return Fault(pointer, MISSING)
    blank = InvalidField(field="", value="", expected=error.values["expected"])
    english = blank.message("en").partition("it must be ")[2]
    chinese = blank.message("zh").partition("应为")[2]
    return Fault(pointer, Term(f"must be {english}", f"应为{chinese}"))


MISSING: Final = Term("is missing.", "缺失。")
UNKNOWN: Final = Term("is not known here.", "未知字段。")
UNKNOWN_WITHIN: Final = Term("has a field that is not known here.", "含有未知字段。")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}")


def unknown(steps: Sequence[object]) -> tuple[Sequence[object], Term]:
    """Where a field is that nobody knows: by its name, if what was sent looks like one.

    Anything else is not sent back: it may be a secret, and of any length.
    """
    if steps and _NAME.fullmatch(str(steps[-1])):
        return steps, UNKNOWN
    return steps[:-1], UNKNOWN_WITHIN
