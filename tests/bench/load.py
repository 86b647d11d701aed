"""HTTP requests from one thread, made beforehand: as many as are answered, or so many a second.

Sockets and bytes only, so that on a machine that both sides share the load itself weighs little.
"""

import math
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Answered", "Request", "answered", "percentile", "post", "rate_of", "send"]

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_LOOK_SECONDS: Final = 0.004
"""How often `look` is called at least, while nothing comes."""
_SILENCE_SECONDS: Final = 60.0
"""A server that answers nothing for so long has failed."""

Address = tuple[str, int]
Request = bytes
"""A whole request, with its head."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one request. Moments are of the monotonic clock."""

    due: float
    """When it was to be sent; with a rate it may have been sent later."""
    done: float
    status: int
    body: bytes


@dataclass(slots=True)
class _Line:
    """A connection and the request that is on its way on it."""

    socket: socket.socket
    place: int = -1
    due: float = 0.0
    parts: bytearray = field(default_factory=bytearray)

    def whole(self) -> tuple[int, bytes] | None:
        """Status and body, once all has come."""
        end = self.parts.find(b"\r\n\r\n")
        if end < 0:
            return None
        found = _LENGTH.search(self.parts, 0, end + 2)
        size = int(found[1]) if found else 0
        if len(self.parts) < end + 4 + size:
            return None
        return int(self.parts[9:12]), bytes(self.parts[end + 4 :])


def post(path: str, body: bytes, **headers: str) -> Request:
    """The bytes of a request."""
    lines = [f"POST {path} HTTP/1.1", "host: bench", "content-type: application/json"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


def send(
    address: Address,
    requests: Sequence[Request],
    *,
    connections: int,
    rate: float | None = None,
    look: Callable[[], None] = lambda: None,
) -> list[Answered]:
    """Send every request and wait for its answer; `rate` a second, or the next with each answer.

    A request that is due while every connection is taken waits, and its waiting counts.
    """
    answers: dict[int, Answered] = {}
    with selectors.DefaultSelector() as selector, _connected(address, connections) as idle:
        for line in idle:
            selector.register(line.socket, selectors.EVENT_READ, line)
        begun = heard = time.monotonic()
        place = 0
        while len(answers) < len(requests):
            now = time.monotonic()
            while idle and place < len(requests):
                due = now if rate is None else begun + place / rate
                if due > now:
                    break
                # The one that has rested longest, or servers would take those at the end for dead.
                _send(idle.pop(0), requests[place], place, due)
                place += 1
            for key, _ in selector.select(_LOOK_SECONDS):
                heard = now
                if _received(key.data, answers):
                    idle.append(key.data)
            if place > len(answers) and now - heard > _SILENCE_SECONDS:
                raise TimeoutError(f"{place - len(answers)} requests are not answered")
            look()
    return [answers[one] for one in range(len(requests))]


@contextmanager
def _connected(address: Address, count: int) -> Iterator[list[_Line]]:
    """So many connections, all of them idle."""
    lines: list[_Line] = []
    try:
        for _ in range(count):
            lines.append(_Line(socket.create_connection(address)))
            lines[-1].socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield list(lines)
    finally:
        for line in lines:
            line.socket.close()


def _send(line: _Line, request: Request, place: int, due: float) -> None:
    line.place, line.due = place, due
    line.parts.clear()
    line.socket.sendall(request)


def _received(line: _Line, answers: dict[int, Answered]) -> bool:
    """Read what came; whether the answer is whole."""
    part = line.socket.recv(65_536)
    if not part:
        raise ConnectionError("the server hung up")
    line.parts += part
    found = line.whole()
    if found is None:
        return False
    answers[line.place] = Answered(line.due, time.monotonic(), *found)
    return True


def answered(answers: Sequence[Answered], status: int) -> None:
    """Fail unless every request was answered so."""
    others = [one for one in answers if one.status != status]
    if others:
        told = others[0].body[:400].decode(errors="replace")
        raise AssertionError(f"{len(others)} answers are not {status}: {others[0].status} {told}")


def rate_of(answers: Sequence[Answered]) -> float:
    """Requests a second, from the first that was sent to the last that was answered."""
    seconds = max(one.done for one in answers) - min(one.due for one in answers)
    return len(answers) / seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The least of the values that so large a share of them does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
