"""Operations that were set aside: the operator has them tried again."""

from typing import Any

from fastapi import Request, Response

from api.asking import Manager
from api.context import context_of
from api.once import Doing, done_once, kept_after
from api.openapi import ALSO
from api.operations import OneOperation, OperationPath, one_operation
from api.reading import reading
from api.router import router
from api.submitting import IdempotencyKey
from ledger.model.errors import ResourceUnknown
from ledger.model.states import Role

__all__ = ["ROUTER"]

ROUTER = router("operations")


@ROUTER.post(
    "/v1/operations/{operation}/release",
    operation_id="releaseOperation",
    response_model=OneOperation,
    openapi_extra={ALSO: [409]},
)
def release_operation(
    request: Request,
    operation: OperationPath,
    subject: Manager,
    idempotency_key: IdempotencyKey = None,  # noqa: ARG001 -- read with all its values
) -> Response:
    """Let a parked operation be tried again; for the operator."""

    def seen() -> dict[str, Any]:
        with reading(request, subject) as opened:
            return one_operation(opened, operation).model_dump()

    def release() -> dict[str, Any]:
        context_of(request).service.outbox.release(operation)
        return seen()

    seen()
    if not subject.roles & Role.OPERATOR:
        raise ResourceUnknown()
    return done_once(request, subject, None, Doing(kept_after(request, release), dict))
