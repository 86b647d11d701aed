"""What the service is and how it does: about, health, readiness, metrics, documents."""

from fastapi import Request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import Field
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

import ledger
from api import handbook, health, shapes
from api.addresses import is_within, origin_of
from api.asking import Reader
from api.context import context_of
from api.languages import CONTENT_LANGUAGE
from api.lists import as_of, reading
from api.openapi import ALSO
from api.problems import scope_language
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.plain import moment_text

__all__ = ["ROUTER"]

ROUTER = router("about")


class Healthy(Shape):
    """The process answers."""

    status: str = Field(examples=["ok"])


@ROUTER.get("/healthz", operation_id="checkHealth")
async def check_health() -> Healthy:
    """Whether the process answers; asks nothing else."""
    return Healthy(status="ok")


class Checks(Shape):
    """What was looked at."""

    database: bool
    chain: bool = Field(description="The chain answers.")
    views: bool = Field(description="The views are near its end.")
    outbox: bool = Field(
        description="Nothing has waited too long to be sent, tried again or mined."
    )


class Readiness(Shape):
    """Whether it should be given work."""

    is_ready: bool
    checks: Checks


class Standstill(Shape):
    """What keeps the views from going on, and what to do about it."""

    code: str = Field(examples=["EventUnreadable"])
    block: int = Field(description="The first that is not shown.")
    transaction: str = Field(examples=["0x" + "ab" * 32])
    detail: str
    next_step: str


class About(Shape):
    """What this service is, and of which ledger."""

    service: str = Field(examples=["fenbook"])
    version: str = Field(examples=["0.1.0"])
    chain_id: int = Field(examples=[20261])
    first_block: int
    contracts: dict[str, shapes.Account]
    is_evaluation: bool = Field(
        description="Whether its chain is for evaluation only: everybody can compute the keys."
    )
    test_clock: shapes.Moment | None = Field(description="Where the clock can be moved on.")
    limits: dict[str, str] = Field(description="Requests by window.")
    problem: Standstill | None = Field(None, description="Nothing while the views go on.")


class Indexing(Shape):
    """How far the views have come."""

    as_of: AsOf
    head: int = Field(description="The chain's last block.")
    lag_blocks: int


@ROUTER.get(
    "/readyz",
    operation_id="checkReadiness",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "Not ready."}},
)
def check_readiness(request: Request) -> JSONResponse:
    """Whether database, chain, views and outbox do well enough to take work."""
    checks = health.checks_of(context_of(request))
    is_ready = all(checks.values())
    body = {"is_ready": is_ready, "checks": checks}
    return JSONResponse(body, 200 if is_ready else 503)


@ROUTER.get("/v1/about", operation_id="readAbout")
def read_about(request: Request) -> About:
    """Version, chain and contracts: enough to check every signature without us."""
    context = context_of(request)
    options, deployment = context.options, context.service.deployment
    clock = context.service.clock
    rates = {
        "per_address": options.per_address,
        "per_session": options.per_session,
        "per_key": options.per_key,
        "sign_in": options.sign_in,
        "sign_in_address": options.sign_in_address,
        "export": options.export,
    }
    return About(
        service=options.service,
        version=ledger.__version__,
        chain_id=deployment.chain_id,
        first_block=deployment.first_block,
        contracts={name: one.lower() for name, one in deployment.addresses.items()},
        is_evaluation=clock.is_steerable,
        test_clock=moment_text(clock.second) if clock.is_steerable else None,
        limits={name: f"{rate.most}/{rate.seconds}s" for name, rate in rates.items()},
        problem=_standstill(request),
    )


def _standstill(request: Request) -> Standstill | None:
    stop = health.stop_in(context_of(request))
    if stop is None:
        return None
    language = scope_language(request.scope)
    return Standstill(
        code=stop.code,
        block=stop.block,
        transaction="0x" + stop.transaction.hex(),
        detail=stop.message(language),
        next_step=stop.next_step(language),
    )


@ROUTER.get("/v1/about/indexing", operation_id="readIndexing")
def read_indexing(request: Request, subject: Reader) -> Indexing:
    """How far the views are behind the chain."""
    head = context_of(request).service.endpoint.head().number
    with reading(request, subject) as opened:
        lag = max(0, head - opened.at.number)
        return Indexing(as_of=as_of(opened), head=head, lag_blocks=lag)


@ROUTER.get(
    "/metrics",
    operation_id="readMetrics",
    response_class=PlainTextResponse,
    openapi_extra={ALSO: [404]},
)
def read_metrics(request: Request) -> Response:
    """Measures for Prometheus, for the networks that the installation names; by no proxy."""
    origin, networks = origin_of(request), context_of(request).options.metrics_networks
    if origin.is_forwarded or not is_within(origin.address, networks):
        raise ResourceUnknown()
    registry: CollectorRegistry = request.app.state.registry
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


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
