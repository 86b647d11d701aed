"""Operations that were set aside: the operator has them tried again."""

from typing import Any

from fastapi import Request, Response

from api.asking import Manager
from api.context import context_of
from api.once import Doing, done_once, kept_after, once_route
from api.operations import OneOperation, OperationPath, one_operation
from api.reading import reading
from api.router import router
from ledger.model.errors import OperationNotParked, ResourceUnknown
from ledger.model.states import Role
from ledger.store.tables.operations import PARKED

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

    def seen() -> dict[str, Any]:
        with reading(request, subject) as opened:
            return one_operation(opened, operation).model_dump()

    def expect_parked() -> None:
        found = context_of(request).service.outbox.find(operation)
        if found.state != PARKED:
            raise OperationNotParked(operation=operation, state=found.state)

    def release() -> dict[str, Any]:
        context_of(request).service.outbox.release(operation)
        return seen()

    seen()
    if not subject.roles & Role.OPERATOR:
        raise ResourceUnknown()
    doing = Doing(kept_after(request, release), dict, trial=expect_parked)
    return done_once(request, subject, None, doing)
