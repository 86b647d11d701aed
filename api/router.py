"""Routers of the nouns."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel

__all__ = ["refuse_unknown", "router"]

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class _Route(APIRoute):
    """A route that takes the parameters it has and no other.

    Whoever misspells a filter must not be shown everything, and whoever only wants to try out a
    write that cannot be tried must not have it carried out.
    """

    def get_route_handler(self) -> _Handler:
        handle: _Handler = super().get_route_handler()
        known = frozenset(_parameters(self))

        async def handle_known(request: Request) -> Response:
            refuse_unknown(request, known)
            return await handle(request)

        return handle_known


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """Raise `RequestValidationError` for a parameter of the address that is none of these."""
    if not request.scope["query_string"]:
        return
    for name in request.query_params:
        if name not in known:
            raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)}])


def _parameters(route: APIRoute) -> Iterator[str]:
    """The names of what a route takes in its address, as it is read or as the document has it."""
    yield from _read(route.dependant)
    for one in (route.openapi_extra or {}).get("parameters", ()):
        if one["in"] == "query":
            yield one["name"]


def _read(dependant: Dependant) -> Iterator[str]:
    for one in dependant.query_params:
        kind = one.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield one.alias
    for inner in dependant.dependencies:
        yield from _read(inner)


def router(noun: str) -> APIRouter:
    """The routes of one noun, under its tag in the document."""
    return APIRouter(tags=[noun], redirect_slashes=False, route_class=_Route)
