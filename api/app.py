"""The application: every route of the door, and what stands around them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from threading import BoundedSemaphore
from typing import Any, Final

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool

import ledger
from api import (
    about,
    access_log,
    asking,
    batches,
    clock,
    comparison,
    deposits,
    events,
    faults,
    financing_requests,
    financing_views,
    import_exports,
    import_files,
    imports,
    lineages,
    loans,
    offers,
    open_acts,
    openapi,
    operations,
    parked,
    participants,
    payables,
    payments,
    profiles,
    quotes,
    reconciliation,
    reports,
    rules,
    settlement_runs,
    sign_in,
    vouchers,
    webhooks,
)
from api.accepting import Accepting, Outcome
from api.context import Context, Service
from api.door import Door
from api.exact import Exact
from api.guard import Guard
from api.health import Health
from api.limits import Limits
from api.metrics import Requests
from api.options import Options
from api.paging import Cursors
from api.places import Places
from api.straight import Application
from ledger.service.access import Access
from ledger.service.financing.desk import Financing
from ledger.service.intake.first_answers import FirstAnswers, Keyed
from ledger.service.intake.nonces import Nonces
from ledger.service.intake.open_acts import OpenActs
from ledger.service.running.site import Site

__all__ = ["create_app"]

_ROUTERS: Final = (
    about.ROUTER,
    sign_in.ROUTER,
    participants.ROUTER,
    profiles.ROUTER,
    payables.ROUTER,
    batches.ROUTER,
    import_files.ROUTER,
    import_exports.ROUTER,
    imports.ROUTER,
    vouchers.ROUTER,
    lineages.ROUTER,
    offers.ROUTER,
    financing_requests.ROUTER,
    financing_views.ROUTER,
    comparison.ROUTER,
    quotes.ROUTER,
    loans.ROUTER,
    payments.ROUTER,
    open_acts.ROUTER,
    settlement_runs.ROUTER,
    reports.ROUTER,
    deposits.ROUTER,
    rules.ROUTER,
    operations.ROUTER,
    parked.ROUTER,
    reconciliation.ROUTER,
    events.ROUTER,
    webhooks.ROUTER,
    clock.ROUTER,
    access_log.ROUTER,
)

_TIDY_SECONDS: Final = 3600

Submit = Callable[[Sequence[Keyed], int], Sequence[Outcome]]
"""Takes writes in at a second of this machine's clock."""


def create_app(
    service: Service, options: Options | None = None, submit: Submit | None = None
) -> FastAPI:
    """The door of a service, which is started and stopped by whoever made it.

    `submit` takes writes in by the batch; without it, threads of this process do.
    """
    chosen = options or Options()
    context, registry = _context(service, chosen, submit), CollectorRegistry()
    routes = [route for one in _ROUTERS for route in one.routes]
    app = Application(
        routes,
        title="Fenbook",
        version=ledger.__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
    )
    app.state.context, app.state.registry = context, registry
    registry.register(Health(context))
    app.router.routes += [Exact(routes), *routes]
    faults.install(app)
    _document(app)
    guard = Guard(
        app.inward,
        body_bytes=chosen.body_bytes,
        body_depth=chosen.body_depth,
        target_bytes=chosen.target_bytes,
        uploads=import_files.UPLOADS,
        is_known=lambda scope: asking.is_known(context.access, scope["headers"]),
    )
    app.outermost = Door(
        guard,
        options=chosen,
        limits=context.limits,
        requests=Requests(registry),
        clock=service.clock,
    )
    return app


def _context(service: Service, options: Options, submit: Submit | None) -> Context:
    database = service.database
    access = Access(
        database,
        service.deployment.chain_id,
        options.service,
        wall=lambda: int(time.time()),
    )
    site = Site(database, service.endpoint, service.deployment)
    take = submit or FirstAnswers(database, service.intake, operations.first_answer).submit
    return Context(
        service=service,
        options=options,
        limits=Limits(),
        access=access,
        nonces=Nonces(database),
        financing=Financing(
            site, service.intake.signatures, now=lambda: service.now, wall=access.wall
        ),
        acts=OpenActs(site, service.intake, access.wall),
        accepting=Accepting(
            lambda writes: take(writes, access.wall()),
            batch_most=options.batch_most,
            queue_most=options.queue_most,
        ),
        cursors=Cursors(access.seal),
        exports=BoundedSemaphore(options.exports_most),
        streams=Places(options.streams_most, each=options.streams_each),
    )


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tidy up now and then; at the end, finish what was taken in."""
    context: Context = app.state.context
    tidying = asyncio.get_running_loop().create_task(_tidy(context))
    try:
        yield
    finally:
        tidying.cancel()
        await asyncio.gather(tidying, return_exceptions=True)
        await context.accepting.close()


async def _tidy(context: Context) -> None:
    forget = partial(context.access.forget_ended, answer_days=context.options.idempotency_days)
    while True:
        await asyncio.sleep(_TIDY_SECONDS)
        await run_in_threadpool(forget)


def _document(app: FastAPI) -> None:
    """Make the OpenAPI document when it is first asked for."""
    kept: dict[str, Any] = {}

    def document() -> dict[str, Any]:
        if not kept:
            kept.update(openapi.document(app))
        return kept

    app.openapi = document  # type: ignore[method-assign]
