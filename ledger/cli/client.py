"""The service as the command line speaks to it: requests, pages, problems, streams of events."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from ledger.cli.sessions import NEAR
from ledger.model.errors.client import AddressForeign, AnswerUnreadable, ServiceUnreachable
from ledger.model.errors.service import SettingInvalid
from ledger.model.glossary import Language

__all__ = ["Client", "Refused"]

_SECONDS: Final = 90.0
"""An answer may wait for its effect up to a minute."""
_LANGUAGES: Final[Mapping[Language, str]] = {"en": "en", "zh": "zh-CN"}
_PAGE: Final = 200
_PATH: Final = re.compile(r"/(?![/\\])")


class Refused(Exception):
    """The service refuses; what it says is a problem of RFC 9457."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("code", "")))
        self.problem = problem

    @property
    def message(self) -> str:
        """What is wrong, with the places of the request that are not of their form."""
        detail = str(self.problem.get("detail", ""))
        places = self.problem.get("errors") or ()
        told = "; ".join(f"{one['pointer']} {one['detail']}" for one in places)
        return f"{detail} ({told})" if told else detail

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return str(self.problem.get("next_step", ""))


class Client:
    """Asks one service, as one subject or as nobody."""

    def __init__(
        self, server: str, *, secret: str = "", language: Language = "en", purpose: str = ""
    ) -> None:
        """A secret travels only under TLS, or within this machine: else `SettingInvalid`."""
        self.server = server.rstrip("/")
        host = urlsplit(self.server)
        is_near = host.hostname in NEAR
        self._host = host.netloc
        if host.query or host.fragment or "@" in host.netloc or not host.hostname:
            raise SettingInvalid(setting="--server", problem="no plain address")
        if host.scheme not in ("http", "https") or (host.scheme == "http" and not is_near):
            raise SettingInvalid(setting="--server", problem="no https")
        headers = {"Accept-Language": _LANGUAGES[language]}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        if purpose:
            headers["Fenbook-Purpose"] = purpose
        # Without TLS nothing is verified, and reading the system's certificates takes longer than
        # an answer.
        self._http = httpx2.Client(
            headers=headers,
            timeout=_SECONDS,
            trust_env=not is_near,
            verify=host.scheme == "https",
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at an address; raises `Refused`."""
        return self._json(self._sent("GET", path, query=query))

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON that answers a post; raises `Refused`."""
        return self._json(self._sent("POST", path, query=query, body=body, headers=headers))

    def put(
        self,
        path: str,
        body: Any,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON that answers what is put at an address; raises `Refused`."""
        return self._json(self._sent("PUT", path, body=body, query=query, headers=headers))

    def patch(
        self,
        path: str,
        body: Any,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON that answers a change; raises `Refused`."""
        return self._json(self._sent("PATCH", path, body=body, query=query, headers=headers))

    def delete(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Remove what is at an address; raises `Refused`."""
        return self._json(self._sent("DELETE", path, query=query, headers=headers))

    def upload(
        self,
        path: str,
        data: bytes,
        media_type: str,
        *,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Post a file as it is."""
        told = {**(headers or {}), "Content-Type": media_type}
        return self._json(self._sent("POST", path, data=data, headers=told, query=query))

    def download(self, path: str, **query: Any) -> bytes:
        """A file."""
        return bytes(self._sent("GET", path, query=query).content)

    def rows(self, path: str, most: int | None = None, **query: Any) -> Iterator[Any]:
        """The rows of a list, page by page."""
        cursor, left = None, most
        while left is None or left > 0:
            limit = _PAGE if left is None else min(left, _PAGE)
            page = self.get(path, **query, limit=limit, cursor=cursor)
            yield from page["data"]
            if not page.get("has_more"):
                return
            cursor = page["next_cursor"]
            left = None if left is None else left - len(page["data"])

    def whole(self, path: str) -> Any:
        """The JSON at an address, with the rows of all its pages; its block is the first one's."""
        found = more = self.get(path)
        while more.get("has_more"):
            more = self.get(path, limit=_PAGE, cursor=more["next_cursor"])
            found["data"] += more["data"]
            found |= {"has_more": more["has_more"], "next_cursor": more["next_cursor"]}
        return found

    def feed(self, path: str, most: int, *, after: int, **query: Any) -> Iterator[Any]:
        """Events behind a number, page by page: a page may be empty and not the last."""
        left, has_more = most, True
        while has_more and left > 0:
            page = self.get(path, **query, after=after, limit=min(left, _PAGE))
            yield from page["data"]
            after, has_more = page["next_after"], page["has_more"]
            left -= len(page["data"])

    def events(self, path: str, **query: Any) -> Iterator[Any]:
        """Server-sent events for as long as the service sends them; raises `Refused`."""
        asked = {name: value for name, value in query.items() if value is not None}
        with (
            self._guarded(),
            self._http.stream("GET", self._address(path), params=asked, timeout=None) as answer,
        ):
            if answer.status_code >= 400:
                answer.read()
                raise Refused(self._json_of(answer))
            yield from httpx2.EventSource(answer)

    # ---- private

    def _sent(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        with self._guarded():
            answer = self._http.request(
                method,
                self._address(path),
                params=asked,
                json=body,
                content=data,
                headers=dict(headers or {}),
            )
        if answer.status_code >= 400:
            raise Refused(self._json_of(answer))
        return answer

    def _address(self, path: str) -> str:
        """An address of the service, whoever has named its path; raises `AddressForeign`.

        What does not begin with one stroke could lengthen the host's name or give it a port.
        """
        whole = self.server + path
        if not _PATH.match(path) or urlsplit(whole).netloc != self._host:
            raise AddressForeign(path=path)
        return whole

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (httpx2.TransportError, httpx2.InvalidURL):
            raise ServiceUnreachable(url=self.server) from None

    def _json(self, answer: httpx2.Response) -> Any:
        return None if answer.status_code == 204 else self._json_of(answer)

    def _json_of(self, answer: httpx2.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            kind = re.sub(r"[^a-z/+.-]", "", answer.headers.get("content-type", ""))
            problem = f"{answer.status_code} {kind}".strip()
            raise AnswerUnreadable(url=self.server, problem=problem) from None
