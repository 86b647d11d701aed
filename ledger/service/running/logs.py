"""Logs: one line of JSON per event, with facts under names that are listed here and no others.

What is not listed is dropped, so that no name, document, key or address of a person can come into a
log by accident. Of a failure its class and its places in the code are told, never its message:
that may hold what was sent. The digest of a command is its trace id.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

__all__ = ["ALLOWED", "LEVELS", "configure"]

ALLOWED: Final = frozenset(
    {
        # which
        "event", "level", "time", "logger", "trace_id", "loop", "operation", "code", "kind",
        "payable", "trace_ids", "lane", "node",
        "chain", "database", "dialect", "fault", "at", "in_time", "version", "contracts",
        # how much, how long
        "status", "milliseconds", "lanes", "count", "block", "head", "seconds", "port", "host",
        "signal", "bytes", "transaction", "transactions", "nonce", "tries", "after",
    }
)  # fmt: skip
"""Names under which something may stand in a log; a test holds every log call to them."""

LEVELS: Final = ("debug", "info", "warning", "error")

_PLACES_MAX: Final = 12
_Event = MutableMapping[str, Any]


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Have everything that is logged go to a stream, standard error if none is named."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _failure,
            _allowed,
            _rendered,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=lambda *names: _Logger(stream, str(names[0]) if names else "fenbook"),
        cache_logger_on_first_use=True,
    )
    handler = _Handler(stream)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


class _Logger:
    """Writes finished lines, whole ones only, under the name of a part."""

    def __init__(self, out: TextIO | None, name: str) -> None:
        self._out, self.name = out, name

    def msg(self, line: str) -> None:
        """Write a line."""
        out = self._out or sys.stderr
        out.write(line + "\n")
        out.flush()

    debug = info = warning = error = critical = msg


class _Handler(logging.Handler):
    """What libraries log: warnings and worse, without the values that they put in."""

    def __init__(self, out: TextIO | None) -> None:
        super().__init__(logging.WARNING)
        self._logger = _Logger(out, "")
        self._stamped = structlog.processors.TimeStamper(fmt="iso", utc=True, key="time")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record: its text as the library wrote it, before values were filled in."""
        told: _Event = {
            "event": record.msg if isinstance(record.msg, str) else type(record.msg).__name__,
            "level": record.levelname.lower(),
            "logger": record.name,
            "exc_info": record.exc_info or None,
        }
        told = _failure(None, "", self._stamped(None, "", told))
        self._logger.msg(_rendered(None, "", _allowed(None, "", told)))


def _failure(_: Any, __: str, told: _Event) -> _Event:
    """An exception as its class and the places it came through."""
    info = told.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    failure = info[1] if isinstance(info, tuple) else info
    if isinstance(failure, BaseException):
        frames = traceback.extract_tb(failure.__traceback__)[-_PLACES_MAX:]
        told.setdefault("fault", type(failure).__name__)
        told["at"] = [f"{_module(one.filename)}:{one.lineno} {one.name}" for one in frames]
    return told


def _module(path: str) -> str:
    """The end of a file's path: no machine's folders in a log."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def _allowed(logger: Any, _: str, told: _Event) -> _Event:
    """Only what may stand in a log."""
    name = getattr(logger, "name", None)
    if name:
        told.setdefault("logger", name)
    return {name: value for name, value in told.items() if name in ALLOWED}


def _rendered(_: Any, __: str, told: Mapping[str, Any]) -> str:
    return _ENCODER.encode(told)


def _named(value: object) -> str:
    """What JSON has no form for is told by its class alone."""
    return type(value).__name__


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_named)
