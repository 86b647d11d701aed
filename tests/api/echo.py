"""The layers of the door around one route that takes a strict body and says what it is."""

from typing import Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.types import Message

from api import faults
from api.door import Door
from api.guard import Guard, Upload
from api.limits import Limits
from api.metrics import Requests
from api.options import Options
from api.shapes import Amount, Given
from api.straight import Application

UPLOAD_BYTES = 1_000_000


class Body(Given):
    a: int
    amount: Amount = "1.00"
    note: str = ""
    inner: Any = None


def echo_app(options: Options | None = None) -> FastAPI:
    """Everything around the routes as `create_app` puts it."""
    chosen = options or Options()
    app = Application((), redirect_slashes=False)

    @app.post("/v1/echo")
    def echo(body: Body) -> dict[str, int]:
        return {"a": body.a}

    @app.get("/v1/broken")
    def broken() -> None:
        raise RuntimeError("secret detail at /srv/fenbook")

    @app.post("/v1/files")
    async def files() -> dict[str, str]:
        return {"status": "ok"}

    faults.install(app)
    guard = Guard(
        app.inward,
        body_bytes=chosen.body_bytes,
        body_depth=chosen.body_depth,
        target_bytes=chosen.target_bytes,
        uploads={"/v1/files": Upload(UPLOAD_BYTES, ("text/csv",))},
    )
    app.outermost = Door(
        guard, options=chosen, limits=Limits(), requests=Requests(CollectorRegistry())
    )
    return app


class Answer:
    """What an application sent."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {key.decode(): value.decode() for key, value in message["headers"]}
        else:
            self.body += message.get("body", b"")
