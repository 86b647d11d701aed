"""Where exceptions of routes become problems."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from api.problems import answer, trace_of
from api.validation import faults_of, is_path_wrong
from ledger.model import errors
from ledger.model.errors import (
    BodyUnreadable,
    LedgerError,
    MethodUnknown,
    RequestInvalid,
    ResourceUnknown,
    ServiceBroken,
    ServiceBusy,
)

__all__ = ["answered", "install"]

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def install(app: FastAPI) -> None:
    """Answer every refusal and every unknown address with a problem; call it after all routes."""
    app.add_exception_handler(LedgerError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)

    async def unknown(request: Request) -> Response:
        """An address under /v1 that no route takes, or not with this method."""
        offered = sorted(
            method
            for route in app.routes
            if getattr(route, "path", "") != _REST
            and route.matches(dict(request.scope))[0] is Match.PARTIAL
            for method in getattr(route, "methods", None) or ()
        )
        if offered:
            return answer(request.scope, MethodUnknown(), headers={"Allow": ", ".join(offered)})
        return answer(request.scope, ResourceUnknown())

    app.add_route(_REST, unknown, methods=list(_METHODS), include_in_schema=False)


_INWARD = (
    errors.BatchReverted,
    errors.ChainMismatch,
    errors.DatabaseBusy,
    errors.DatabaseFailed,
    errors.NodeFailed,
    errors.NodeUnreachable,
    errors.RecordTampered,
    errors.RecordsKeyUnknown,
)
_log = structlog.get_logger("fenbook.door")
_REST = "/v1/{rest:path}"


async def answered(request: Request, failure: Exception) -> Response:
    """The problem that tells a refusal, or what is wrong with a request."""
    tell = _refused if isinstance(failure, LedgerError) else _invalid
    return await tell(request, failure)


async def _refused(request: Request, refusal: Any) -> Response:
    if isinstance(refusal, _INWARD):
        # What our own machines say of themselves is for the operator's log alone.
        _log.error("service unavailable", trace_id=trace_of(request.scope), fault=str(refusal))
        return answer(request.scope, ServiceBusy(), headers={"Retry-After": "2"})
    return answer(request.scope, refusal)


async def _invalid(request: Request, failure: Any) -> Response:
    errors = failure.errors()
    if is_path_wrong(errors):
        # What cannot exist looks like what does not.
        return answer(request.scope, ResourceUnknown())
    return answer(request.scope, RequestInvalid(), faults=faults_of(errors))


async def _http(request: Request, failure: Any) -> Response:
    """Starlette's own: an address or method that no route takes, or a body that cannot be read."""
    if failure.status_code == 405:
        return answer(request.scope, MethodUnknown(), headers=failure.headers)
    if failure.status_code == 404:
        return answer(request.scope, ResourceUnknown())
    if failure.status_code < 500:
        return answer(request.scope, BodyUnreadable(problem="body"))
    return answer(request.scope, ServiceBroken())
