"""The application, and the straight way through it that the busiest routes take."""

from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api import faults
from api.openapi import FORM
from ledger.model.errors import LedgerError

__all__ = ["Application"]

_FAILURES: Final = (LedgerError, RequestValidationError)


class Application(FastAPI):
    """FastAPI with our own layers around all of its own.

    A route that reads its request itself is called as soon as our layers let a request through:
    what the framework would do for it before and after costs as much as all that it does.
    """

    outermost: ASGIApp
    """Where a request comes in; it leads to `inward`."""

    def __init__(self, routes: Iterable[BaseRoute], **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self._straight = {
            (method, route.path): route
            for route in routes
            if isinstance(route, APIRoute) and FORM in (route.openapi_extra or ())
            for method in route.methods or ()
        }
        self.outermost = self.inward

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's own layers, but for the one that answers faults: our outermost does."""
        stack = super().build_middleware_stack()
        assert isinstance(stack, ServerErrorMiddleware)
        return stack.app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        await self.outermost(scope, receive, send)

    async def inward(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call a route straight, or have the framework look for one."""
        route = None
        if scope["type"] == "http":
            route = self._straight.get((scope["method"], scope["path"]))
        if route is None:
            await super().__call__(scope, receive, send)
            return
        scope["route"], scope["endpoint"] = route, route.endpoint
        request = Request(scope, receive, send)
        try:
            response = await route.endpoint(request)
        except _FAILURES as failure:
            response = await faults.answered(request, failure)
        await response(scope, receive, send)
