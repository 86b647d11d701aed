"""Serving: a service made from settings with its door before it, until somebody says stop."""

import os
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import partial
from typing import Any, Final

import structlog
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import ledger
from api.addresses import networks_of
from api.app import create_app
from api.one_packet import OnePacketProtocol
from api.operations import first_answer
from api.options import Options, Rate
from ledger.chain.artifacts import code_fingerprint
from ledger.model.errors import BackOfficeLost, SettingInvalid
from ledger.service.running import logs
from ledger.service.running.back_office import BackOffice, Behind, TwoOffices
from ledger.service.running.behind import intake_behind, work_behind
from ledger.service.running.collecting import keep_for_good
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings, settings_from

__all__ = ["RequestLog", "options_from", "serve"]

_NETWORKS: Final = ("trusted_proxies", "metrics_networks")
_PREFIX: Final = "FENBOOK_DOOR_"
_GRACE_SECONDS: Final = 10
"""How long requests on their way may take to end."""
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})

_log = structlog.get_logger("fenbook.service")


def serve(host: str, port: int, *, environment: Mapping[str, str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; requests on their way end, then the service stops.

    Raises what opening a service raises, `SettingInvalid` for settings of the door, and
    `BackOfficeLost`.
    """
    chosen = os.environ if environment is None else environment
    options, settings, level = options_from(chosen), settings_from(chosen), _level(chosen)
    os.umask(0o077)  # what it writes is for its own eyes
    logs.configure(level)
    office = _office(settings)
    signal.signal(signal.SIGTERM, partial(_end, office))
    try:
        service = Service.open(settings, office)
    except BaseException:
        if office is not None:
            office.stop(_GRACE_SECONDS)
        raise
    service.lost = partial(os.kill, os.getpid(), signal.SIGTERM)
    try:
        service.start()
        keep_for_good()
        submit = None if office is None else office.submit
        _server(create_app(service, options, submit), host, port).run()
    except KeyboardInterrupt:
        pass  # uvicorn raises the signal once more when it has ended
    finally:
        service.stop()


def options_from(environment: Mapping[str, str]) -> Options:
    """The door's options from `FENBOOK_DOOR_…`; raises `SettingInvalid`."""
    kinds = {one.name: one for one in fields(Options)}
    found: dict[str, Any] = {}
    for variable, text in environment.items():
        name = variable.removeprefix(_PREFIX).lower()
        if not variable.startswith(_PREFIX):
            continue
        if name not in kinds:
            raise SettingInvalid(setting=variable, problem="unknown setting")
        found[name] = _value(variable, getattr(Options(), name), text)
        if name in _NETWORKS:
            _expect_networks(variable, found[name])
    return replace(Options(), **found)


class RequestLog:
    """One line for each request: its trace id, which is a command's digest, and what came of it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger("fenbook.door")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, told)
        finally:
            route = scope.get("route")
            self._log.info(
                "answered",
                trace_id=scope.get("state", {}).get("trace_id", ""),
                operation=getattr(route, "operation_id", None) or "unknown",
                status=status,
                milliseconds=round((time.perf_counter() - begun) * 1000, 1),
            )


# ---- private


class _Server(uvicorn.Server):
    """Says when it serves, and where."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            found = self.servers[0].sockets[0].getsockname()
            _log.info(
                "serving",
                host=found[0],
                port=found[1],
                version=ledger.__version__,
                contracts=code_fingerprint(),
            )


def _server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            RequestLog(app),
            http=OnePacketProtocol,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,  # the door itself says whose word counts
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


def _office(settings: Settings) -> Behind | None:
    """What is behind the door in other processes; they share what is in memory by now."""
    if not settings.is_divided:
        return None
    keep_for_good()
    rest = BackOffice.forked(partial(work_behind, settings, first_answer))
    if settings.processes == 2:
        return rest
    intake = BackOffice.forked(partial(intake_behind, settings, first_answer), beside=[rest])
    return TwoOffices(intake, rest)


def _end(office: Behind | None, *_: object) -> None:
    """SIGTERM ends the process as if it had said so itself; without its back office it fails."""
    if office is not None and office.is_lost:
        raise BackOfficeLost()
    sys.exit(0)


def _level(environment: Mapping[str, str]) -> str:
    level = environment.get("FENBOOK_LOG", "info")
    if level not in logs.LEVELS:
        problem = f"one of: {', '.join(logs.LEVELS)}"
        raise SettingInvalid(setting="FENBOOK_LOG", problem=problem)
    return level


def _value(variable: str, default: object, text: str) -> Any:
    """A setting of the same kind as its default."""
    try:
        match default:
            case int():
                return int(text)
            case Rate():
                most, _, seconds = text.partition("/")
                return Rate(int(most), int(seconds))
            case tuple():
                return tuple(one.strip() for one in text.split(",") if one.strip())
    except ValueError:
        _refuse(variable)
    return text


def _expect_networks(variable: str, texts: tuple[str, ...]) -> None:
    try:
        networks_of(texts)
    except ValueError:
        _refuse(variable)


def _refuse(variable: str) -> Any:
    raise SettingInvalid(setting=variable, problem="other form")
