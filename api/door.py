"""Around everything: the trace id, the headers of every answer, and what becomes of faults."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.addresses import origin_in
from api.limits import Limits, Standing
from api.metrics import Requests
from api.options import Options
from api.problems import answer, trace_of
from ledger.model.errors import LedgerError, ServiceBroken
from ledger.model.plain import moment_text
from ledger.service.running.evaluation_clock import EvaluationClock

__all__ = ["Door"]

_HEADERS: Final[Mapping[bytes, bytes]] = MappingProxyType(
    {
        b"cache-control": b"no-store",
        b"content-security-policy": (
            b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        b"cross-origin-opener-policy": b"same-origin",
        b"cross-origin-resource-policy": b"same-origin",
        b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=()",
        b"referrer-policy": b"no-referrer",
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
    }
)
"""Of every answer that does not set its own."""

_EVALUATES: Final = (b"fenbook-demo", b"for evaluation only: everybody can compute the keys")

_log = structlog.get_logger("fenbook.door")


@dataclass(frozen=True, slots=True)
class Door:
    """The outermost layer."""

    app: ASGIApp
    options: Options
    limits: Limits
    requests: Requests
    clock: EvaluationClock | None = None
    """Shown by every answer where it can be moved."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, status = time.perf_counter(), 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(scope, message)
            await send(message)

        try:
            origin = origin_in(scope, self.options.trusted_proxies)
            scope.setdefault("state", {})["origin"] = origin
            self.limits.take(scope, "address", self.options.per_address, origin.address)
            await self.app(scope, receive, send_on)
        except Exception as fault:  # noqa: BLE001 -- the client gets a problem and no trace of it
            refusal = fault if isinstance(fault, LedgerError) else ServiceBroken()
            if status or refusal is not fault:
                _log.error(
                    "request failed",
                    trace_id=trace_of(scope),
                    fault=type(fault).__name__,
                    exc_info=fault,
                )
            if not status:  # of an answer that has begun the server sees that it did not end
                await answer(scope, refusal)(scope, receive, send_on)
        finally:
            self.requests.count(scope, status, time.perf_counter() - begun)

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers: list[tuple[bytes, bytes]] = list(message["headers"])
        message["headers"] = headers
        named = {name for name, _ in headers}
        headers += [one for one in _HEADERS.items() if one[0] not in named]
        headers.append((b"trace-id", trace_of(scope).encode()))
        headers.append((b"vary", b"Accept-Language, Authorization"))
        if self.clock is not None and self.clock.is_steerable:
            headers.append(_EVALUATES)
            headers.append((b"fenbook-test-clock", moment_text(self.clock.second).encode()))
        standing: Standing | None = scope["state"].get("standing")
        if standing is not None:
            headers += standing.headers()
            if message["status"] == 429:
                headers.append((b"retry-after", str(standing.reset).encode()))
