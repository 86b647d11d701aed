"""Acts that need no signature: anybody who may know the claim may ask for them.

The service asks for them by itself when they come due; these routes are for whoever will not wait.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final

from fastapi import Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from api import shapes
from api.asking import StatingSubmitter, log_read
from api.context import context_of
from api.finding import sees_payable
from api.lists import Reading, reading
from api.openapi import ALSO
from api.operations import Operation, first_answer
from api.router import router
from api.shapes import Given
from api.submitting import PARAMETERS, DryRun, answered, client_key, is_dry, request_hash
from api.veil import veiled
from ledger.model.errors import LedgerError, ResourceUnknown
from ledger.model.ids import parse_payable, parse_voucher
from ledger.service.access import Subject
from ledger.service.intake.first_answers import Accepted
from ledger.service.intake.kept_answers import Answered, ClientKey
from ledger.service.intake.posted import Act
from ledger.store.errands import fingerprints_of
from ledger.store.lists import AllOf, Is, rows_of
from ledger.store.slices import sliced

__all__ = ["ROUTER"]

ROUTER = router("operations")

VOUCHERS_MAX: Final = 8
"""What fits into one transaction at its worst; the scheduler settles whole payables."""

_ROUTE: Final[dict[str, Any]] = {
    "status_code": 202,
    "response_model": Operation,
    "openapi_extra": {"parameters": PARAMETERS, ALSO: [404, 409]},
    "responses": {200: {"model": Operation | DryRun, "description": "At its end, or a dry run."}},
}


class SettlementAsked(Given):
    """Vouchers of one payable that are to get their shares of what was paid."""

    vouchers: Annotated[list[shapes.VoucherName], Field(min_length=1, max_length=VOUCHERS_MAX)] = (
        Field(examples=[["V-1.1"]])
    )


class PayableAsked(Given):
    """The payable that it is about."""

    payable: shapes.PayableName


@ROUTER.post("/v1/settlements", operation_id="settle", **_ROUTE)
async def settle(request: Request, asked: SettlementAsked, subject: StatingSubmitter) -> Response:
    """Distribute what was paid to vouchers. Frozen ones, and those up to date, stay as they are."""
    ids = sorted({parse_voucher(one) for one in asked.vouchers})

    def act(opened: Reading) -> Act:
        _require_vouchers(opened, ids)
        return Act("settle", (ids,))

    return await _asked(request, subject, asked, act)


@ROUTER.post("/v1/lapses", operation_id="lapse", **_ROUTE)
async def lapse(request: Request, asked: PayableAsked, subject: StatingSubmitter) -> Response:
    """Let a payable lapse that nobody has accepted in time; its invoices become free."""
    payable = parse_payable(asked.payable)

    def act(opened: Reading) -> Act:
        _require_payable(opened, payable)
        return Act("lapse", (payable, fingerprints_of(opened.connection, payable)))

    return await _asked(request, subject, asked, act)


@ROUTER.post("/v1/unapplied-payments", operation_id="applyUnapplied", **_ROUTE)
async def apply_unapplied(
    request: Request, asked: PayableAsked, subject: StatingSubmitter
) -> Response:
    """Apply money that was attested before maturity, once that has come."""
    payable = parse_payable(asked.payable)

    def act(opened: Reading) -> Act:
        _require_payable(opened, payable)
        return Act("applyUnapplied", (payable,))

    return await _asked(request, subject, asked, act)


async def _asked(
    request: Request, subject: Subject, asked: Given, act: Callable[[Reading], Act]
) -> Response:
    """Take an act in, as a signed command is: once under its key, answered with its operation."""
    acts = context_of(request).acts
    key = None if is_dry(request) else client_key(request)

    def ask() -> Answered | None:
        log_read(request, subject, asked.model_dump(mode="json"))
        with reading(request, subject) as opened:
            made = act(opened)
        try:
            if key is None:
                acts.try_out(made)
                return None
            hashed = request_hash(request, asked.model_dump())
            return acts.ask(ClientKey(subject.participant, key, hashed), made, first_answer)
        except LedgerError as refusal:
            raise veiled(request, subject, None, refusal) from None

    found = await run_in_threadpool(ask)
    if found is None:
        return JSONResponse({"dry_run": True})
    return await answered(request, subject, Accepted(found.place, found.body, found.is_replay))


def _require_payable(opened: Reading, payable: int) -> None:
    """Raise `ResourceUnknown` for what is not there or may not be seen."""
    if not sees_payable(opened, payable):
        raise ResourceUnknown()


def _require_vouchers(opened: Reading, ids: Sequence[int]) -> None:
    """The same, for all of some vouchers, as they stand."""
    where = AllOf((Is("id", tuple(ids)), opened.sight.settleable))
    rows = list(rows_of(opened.connection, "vouchers", where))
    made = sliced(opened.connection, rows, opened.at.second)
    now = [made.voucher(row.id) for row in rows]
    seen = [one for one in now if opened.sight.may_settle(one, made.state.payables[one.payable])]
    if len(seen) != len(ids):
        raise ResourceUnknown()
