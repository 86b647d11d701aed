"""An endpoint of its own: what a chain answered, kept, and answered again as a liar would.

The first audit of a chain records the answers; every other one needs no chain any more.
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.chain.history import History
from ledger.chain.node import Node
from tests.audit.live import Live

__all__ = ["Change", "Recorded", "served"]

Change = Callable[[str, Any, Any], Any]
"""Method, parameters and true result of a question; returns what is answered instead."""


class Recorded(BaseProvider):
    """A provider over an in-process chain that asks each question once."""

    def __init__(self, node: Node, change: Change | None = None) -> None:
        super().__init__()
        self._live = Live.of(node)
        self._change = change
        self._known: dict[str, Any] = {}

    def lying(self, change: Change) -> "Recorded":
        """The same answers, but for the changed ones."""
        liar = Recorded.__new__(Recorded)
        BaseProvider.__init__(liar)
        liar._live, liar._known, liar._change = self._live, self._known, change
        return liar

    def history(self) -> History:
        """The chain as an audit reads it."""
        return History(Web3(self, middleware=[]))

    def is_connected(self, show_traceback: bool = False) -> bool:
        return not show_traceback

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        key = f"{method} {list(params)!r}"
        if key not in self._known:
            self._known[key] = self._live.make_request(method, params)
        answer = self._known[key]
        if self._change is None or "result" not in answer:
            return answer
        return {**answer, "result": self._change(method, params, answer["result"])}


@contextmanager
def served(provider: BaseProvider) -> Iterator[str]:
    """The provider behind HTTP, as any node is reached; its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version, wbufsize = "HTTP/1.1", -1  # one connection, one packet an answer

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            asked: Mapping[str, Any] = json.loads(self.rfile.read(length))
            answer = provider.make_request(asked["method"], asked["params"])
            body = json.dumps({**answer, "jsonrpc": "2.0", "id": asked["id"]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
