"""Operations that were set aside: the operator has them tried again."""

from typing import Any

from fastapi import Request, Response

from api.asking import Manager
from api.context import context_of
from api.once import Doing, done_once, once_route, told_within
from api.operations import OneOperation, OperationPath, one_operation
from api.reading import Reading, reading, reading_in
from api.router import router
from ledger.model.errors import ResourceUnknown
from ledger.model.states import Role

__all__ = ["ROUTER"]

ROUTER = router("operations")


@ROUTER.post(
    "/v1/operations/{operation}/release",
    operation_id="releaseOperation",
    **once_route(OneOperation),
)
def release_operation(
    request: Request,
    operation: OperationPath,
    subject: Manager,
) -> Response:
    """Let a parked operation be tried again; for the operator."""

    outbox = context_of(request).service.outbox

    def told(opened: Reading) -> dict[str, Any]:
        return one_operation(opened, operation).model_dump()

    with reading(request, subject) as opened:
        told(opened)
    if not subject.roles & Role.OPERATOR:
        raise ResourceUnknown()
    act = told_within(
        lambda keep: outbox.release(operation, keep),
        lambda connection, _: told(reading_in(connection, request, subject)),
    )
    return done_once(request, subject, None, Doing(act, dict))
