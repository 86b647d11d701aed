"""The application: every route of the door, and what stands around them."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from prometheus_client import CollectorRegistry

import ledger
from api import about, faults, openapi, sign_in
from api.context import Context
from api.door import Door
from api.guard import Guard
from api.limits import Limits
from api.metrics import Requests
from api.options import Options
from ledger.service.access import Access

if TYPE_CHECKING:
    from ledger.service.running import Service

__all__ = ["create_app"]

_ROUTERS = (about.ROUTER, sign_in.ROUTER)


def create_app(service: "Service", options: Options | None = None) -> FastAPI:
    """The door of a service."""
    chosen = options or Options()
    app = FastAPI(
        title="Fenbook",
        version=ledger.__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    limits, registry = Limits(), CollectorRegistry()
    access = Access(service.database, service.chain_id, chosen.service, wall=service.wall)
    app.state.context = Context(service, chosen, limits, access)
    app.state.registry = registry
    for one in _ROUTERS:
        app.include_router(one)
    faults.install(app)
    _document(app)
    app.add_middleware(
        Guard,
        body_bytes=chosen.body_bytes,
        body_depth=chosen.body_depth,
        target_bytes=chosen.target_bytes,
    )
    app.add_middleware(Door, options=chosen, limits=limits, requests=Requests(registry))
    return app


def _document(app: FastAPI) -> None:
    """Make the OpenAPI document when it is first asked for."""
    kept: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not kept:
            kept.update(openapi.document(app))
        return kept

    app.openapi = document  # type: ignore[method-assign]
