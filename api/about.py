"""What the service is and how it does: about, health, readiness, metrics, documents."""

from ipaddress import ip_address, ip_network

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import Field
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from api import handbook
from api.context import context_of
from api.languages import CONTENT_LANGUAGE
from api.problems import scope_language
from api.router import router
from api.shapes import Shape
from ledger.model.errors import ResourceUnknown

__all__ = ["ROUTER"]

ROUTER = router("about")


class Healthy(Shape):
    """The process answers."""

    status: str = Field(examples=["ok"])


@ROUTER.get("/healthz", operation_id="checkHealth")
async def check_health() -> Healthy:
    """Whether the process answers; asks nothing else."""
    return Healthy(status="ok")


@ROUTER.get("/metrics", operation_id="readMetrics", response_class=PlainTextResponse)
def read_metrics(request: Request) -> Response:
    """Measures for Prometheus, for the networks that the installation names."""
    context, client = context_of(request), request.client
    if not _is_within(client.host if client else "", context.options.metrics_networks):
        raise ResourceUnknown()
    registry: CollectorRegistry = request.app.state.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in ip_network(one) for one in networks)


@ROUTER.get("/v1/openapi.json", operation_id="readOpenapi", response_class=JSONResponse)
async def read_openapi(request: Request) -> Response:
    """This document."""
    return JSONResponse(request.app.openapi())


@ROUTER.get("/docs", include_in_schema=False)
async def read_handbook(request: Request) -> Response:
    """The operations as a page."""
    return _page(handbook.operations_page(request.app.openapi()), "en")


@ROUTER.get("/docs/refusals", include_in_schema=False)
async def read_refusals(request: Request) -> Response:
    """The refusals as a page."""
    language = scope_language(request.scope)
    return _page(handbook.refusals_page(language), CONTENT_LANGUAGE[language])


@ROUTER.get("/docs/style.css", include_in_schema=False)
async def read_style() -> Response:
    """How the pages look."""
    return Response(handbook.style(), media_type="text/css")


def _page(text: str, language: str) -> Response:
    headers = {"Content-Security-Policy": handbook.POLICY, "Content-Language": language}
    return HTMLResponse(text, headers=headers)
