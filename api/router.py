"""Routers of the nouns."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from ledger.model.errors import RequestInvalid

__all__ = ["router"]

_DRY: Final = "dry_run"

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Route(APIRoute):
    """A route; a write that cannot be tried out is not carried out for who only wants to try it."""

    def get_route_handler(self) -> _Handler:
        handle: _Handler = super().get_route_handler()
        given = (self.openapi_extra or {}).get("parameters", ())
        if self.methods == {"GET"} or any(one["name"] == _DRY for one in given):
            return handle

        async def handle_in_earnest(request: Request) -> Response:
            if _DRY in request.query_params:
                raise RequestInvalid()
            return await handle(request)

        return handle_in_earnest


def router(noun: str) -> APIRouter:
    """The routes of one noun, under its tag in the document."""
    return APIRouter(tags=[noun], redirect_slashes=False, route_class=_Route)
