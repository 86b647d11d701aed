"""Answers in one packet: the same bytes as uvicorn's own, fewer calls, none held for long."""

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.one_packet import HELD_MOST, OnePacketProtocol, _Gathering

WAIT_SECONDS = 20
_DATE = re.compile(rb"date: [^\r]*\r\n")


async def _plain(_: Request) -> Response:
    return PlainTextResponse("a" * 700, 202, {"trace-id": "1"})


async def _empty(_: Request) -> Response:
    return Response(status_code=204)


async def _parts(_: Request) -> Response:
    async def told() -> AsyncIterator[bytes]:
        for one in range(40):
            yield bytes([65 + one % 26]) * 3_000

    return StreamingResponse(told(), media_type="text/plain")


async def _slow(request: Request) -> Response:
    async def told() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.to_thread(request.app.state.heard.wait, WAIT_SECONDS)
        yield b"second"

    return StreamingResponse(told(), media_type="text/plain")


async def _broken(_: Request) -> Response:
    raise ZeroDivisionError


ROUTES = {"/plain": _plain, "/empty": _empty, "/parts": _parts, "/slow": _slow, "/broken": _broken}


@contextmanager
def _served(protocol: type[asyncio.Protocol]) -> Iterator[tuple[int, Any]]:
    app = Starlette(routes=[Route(path, one) for path, one in ROUTES.items()])
    app.state.heard = threading.Event()
    server = uvicorn.Server(
        uvicorn.Config(
            app, http=protocol, port=0, log_config=None, access_log=False, lifespan="off"
        )
    )
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()[1], app.state
    finally:
        app.state.heard.set()
        server.should_exit = True
        thread.join(WAIT_SECONDS)
        assert not thread.is_alive()


def _asked(port: int, *requests: str) -> bytes:
    """What comes back when all is asked at once, until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), WAIT_SECONDS) as line:
        line.sendall("".join(requests).encode())
        found = b""
        while part := line.recv(65_536):
            found += part
    return _DATE.sub(b"", found)


def _request(method: str, path: str, *more: str) -> str:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: test", *more, "", ""])


LAST = _request("GET", "/plain", "connection: close")


@pytest.mark.parametrize(
    "requests",
    [
        [LAST],
        [_request("GET", "/empty"), LAST],
        [_request("HEAD", "/plain"), LAST],
        [_request("GET", "/parts"), _request("GET", "/plain"), _request("GET", "/parts"), LAST],
        [_request("GET", "/nothing"), LAST],
        [_request("GET", "/broken")],
        [_request("GET", "/plain"), "no request at all\r\n\r\n"],
        [_request("GET", "/parts", "connection: close")],
    ],
    ids=["one", "empty", "head", "many", "unknown", "broken", "rubbish", "stream"],
)
def test_the_bytes_are_those_of_the_server_s_own_protocol(requests: list[str]) -> None:
    with _served(H11Protocol) as (port, _):
        expected = _asked(port, *requests)
    with _served(OnePacketProtocol) as (port, _):
        assert _asked(port, *requests) == expected
    assert expected


def test_what_is_written_before_a_pause_is_not_held_until_its_end() -> None:
    with _served(OnePacketProtocol) as (port, state):
        with socket.create_connection(("127.0.0.1", port), WAIT_SECONDS) as line:
            line.sendall(_request("GET", "/slow", "connection: close").encode())
            found = b""
            while b"first" not in found:
                part = line.recv(65_536)
                assert part
                found += part
            state.heard.set()
            while part := line.recv(65_536):
                found += part
        assert b"second" in found


class _Transport(asyncio.Transport):
    """Notes what it is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Any] = []

    def write(self, data: Any) -> None:
        self.asked.append(bytes(data))

    def close(self) -> None:
        self.asked.append("close")

    def is_closing(self) -> bool:
        return "close" in self.asked


def test_one_turn_s_writes_are_one_and_come_before_the_close() -> None:
    async def told() -> list[Any]:
        transport = _Transport()
        gathering = _Gathering(transport, asyncio.get_running_loop())
        for one in (b"head ", b"body", b""):
            gathering.write(one)
        assert transport.asked == []
        await asyncio.sleep(0)
        gathering.write(b"last")
        gathering.close()
        await asyncio.sleep(0)
        assert gathering.is_closing()
        return transport.asked

    assert asyncio.run(told()) == [b"head body", b"last", "close"]


def test_no_more_is_held_than_so_much_so_that_a_slow_reader_stops_the_writer() -> None:
    async def told() -> list[Any]:
        transport = _Transport()
        gathering = _Gathering(transport, asyncio.get_running_loop())
        for _ in range(5):
            gathering.write(b"x" * (HELD_MOST // 2))
        return list(transport.asked)

    assert list(map(len, asyncio.run(told()))) == [HELD_MOST // 2 * 3]
