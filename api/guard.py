"""The guard before every route: nothing too long, too deep or ambiguous reaches a parser.

Pure ASGI. A JSON body is counted while it is read, decoded as UTF-8, scanned for its depth and then
parsed once in the strictest way; what follows reads the same bytes and finds nothing new in them.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.languages import header
from api.problems import answer
from ledger.model.errors import (
    BodyTooDeep,
    BodyTooLarge,
    BodyUnreadable,
    FormUnsupported,
    LedgerError,
    NotSignedIn,
)

__all__ = ["Guard", "Upload", "strict_json"]

DIGITS_MAX: Final = 39
"""Of a whole number in JSON; wider ones travel as text."""

_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_BRACKETS: Final = re.compile(r"[\[\]{}]")
# Possessive, and satisfied with the end of the text: no way to make it look twice.
_STRINGS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_BROKEN: Final = re.compile("[\ud800-\udfff\0]")
_CONTROL: Final = re.compile(rb"%0[0-9a-fA-F]|%1[0-9a-fA-F]|%7[fF]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A path that takes files instead of JSON."""

    most: int
    """Bytes."""
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets a request through to `app` once its body is known to be harmless."""

    app: ASGIApp
    body_bytes: int
    body_depth: int
    target_bytes: int
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    """By path."""
    is_known: Callable[[Scope], Awaitable[bool]] | None = None
    """Whether somebody is signed in; nothing as large as a file is read for a stranger."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            self._check_target(scope)
            if scope["method"] not in _WITH_BODY:
                await self.app(scope, _nothing_more(receive), send)
                return
            body = await self._body(scope, receive)
        except LedgerError as refusal:
            # The rest of the body is not read, so nothing can follow on this connection.
            response = answer(scope, refusal, headers={"Connection": "close"})
            await response(scope, receive, send)
            return
        if body is not None:
            await self.app(scope, _again(body, receive), send)

    def _check_target(self, scope: Scope) -> None:
        path, query = scope.get("raw_path") or b"", scope.get("query_string") or b""
        if len(path) + len(query) > self.target_bytes:
            raise BodyTooLarge(most=self.target_bytes)
        if _CONTROL.search(path) or _CONTROL.search(query):
            raise BodyUnreadable(problem="control characters in the address")
        if query and not _names_once(query):
            raise BodyUnreadable(problem="a name twice in the address")

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body, or None where the client has gone."""
        upload = self.uploads.get(scope["path"])
        if upload and self.is_known and not await self.is_known(scope):
            raise NotSignedIn()
        most = upload.most if upload else self.body_bytes
        length = header(scope["headers"], b"content-length")
        if length and not (length.isascii() and length.isdigit() and len(length) < 20):
            raise BodyUnreadable(problem="Content-Length")
        if length and int(length) > most:
            raise BodyTooLarge(most=most)
        _check_form(scope, upload, is_empty=length == "0")
        body = await _read(receive, most)
        if body and upload is None:
            strict_json(body, depth=self.body_depth)
        return body


def strict_json(body: bytes, *, depth: int) -> Any:
    """Parse JSON that means the same to everybody, or refuse it.

    Raises `BodyUnreadable` or `BodyTooDeep`.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyUnreadable(problem="not UTF-8") from None
    _check_depth(text, depth)
    try:
        value = _DECODER.decode(text)
    except ValueError:
        raise BodyUnreadable(problem="not JSON") from None
    if _ESCAPED.search(text):
        _check_escapes(value)
    return value


def _names_once(query: bytes) -> bool:
    """Whether no parameter stands there twice: which of the two is meant nobody could say."""
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    return len(set(names)) == len(names)


def _check_form(scope: Scope, upload: Upload | None, *, is_empty: bool) -> None:
    expected = upload.types if upload else ("application/json",)
    kind, *parameters = (
        part.strip().lower() for part in header(scope["headers"], b"content-type").split(";")
    )
    coding = header(scope["headers"], b"content-encoding").strip().lower()
    is_other = any(
        one.startswith("charset=") and one[8:].strip('"') not in ("utf-8", "utf8")
        for one in parameters
    )
    if coding not in ("", "identity") or is_other or (kind not in expected and not is_empty):
        raise FormUnsupported(expected=", ".join(expected))


async def _read(receive: Receive, most: int) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise BodyTooLarge(most=most)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives the body once, as one message."""
    is_given = False

    async def receive_again() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _nothing_more(receive: Receive) -> Receive:
    """Without the body that some methods cannot have."""

    async def receive_nothing() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            return {"type": "http.request", "body": b"", "more_body": False}
        return message

    return receive_nothing


def _check_depth(text: str, most: int) -> None:
    """Count open brackets outside strings; one pass, no recursion."""
    if text.count("{") + text.count("[") <= most:
        return
    depth = 0
    for mark in _BRACKETS.finditer(_STRINGS.sub("", text)):
        depth += 1 if mark[0] in "[{" else -1
        if depth > most:
            raise BodyTooDeep(most=most)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BodyUnreadable(problem="a name twice in one object")
    return made


def _no_fraction(_: str) -> NoReturn:
    raise BodyUnreadable(problem="a number that is not whole")


def _no_constant(_: str) -> NoReturn:
    raise BodyUnreadable(problem="NaN or Infinity")


def _bounded(digits: str) -> int:
    if len(digits) > DIGITS_MAX:
        raise BodyUnreadable(problem="a number of too many digits")
    return int(digits)


def _check_escapes(value: Any) -> None:
    """Refuse what no text can hold: half of a pair of surrogates, and the character zero."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += [*one, *one.values()]
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str) and _BROKEN.search(one):
            raise BodyUnreadable(problem="a character that is none")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_float=_no_fraction,
    parse_constant=_no_constant,
    parse_int=_bounded,
)
