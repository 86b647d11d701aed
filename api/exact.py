"""Finds a route by its whole address at once; those with parameters are looked for in turn."""

from collections.abc import Iterable

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from api.openapi import FORM

__all__ = ["Exact"]


class Exact(BaseRoute):
    """Stands before all other routes and knows those without parameters.

    A route that reads its request itself is called straight: what the framework would do for it
    before and after costs as much as all that it does.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._routes = {
            (method, route.path): route
            for route in routes
            if isinstance(route, Route) and "{" not in route.path
            for method in route.methods or ()
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The route of this method and address."""
        if scope["type"] != "http":
            return Match.NONE, {}
        route = self._routes.get((scope["method"], scope["path"]))
        if route is None:
            return Match.NONE, {}
        return Match.FULL, {"endpoint": route.endpoint, "path_params": {}, "route": route}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request to the route that was found."""
        route = scope["route"]
        if not _reads_itself(route):
            await route.handle(scope, receive, send)
            return
        response = await route.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


def _reads_itself(route: Route) -> bool:
    return isinstance(route, APIRoute) and FORM in (route.openapi_extra or ())
