"""Requests for quotes: a holder asks several parties; each sees its own answer alone."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import Field

from api import shapes
from api.asking import Reader, Submitter
from api.context import context_of
from api.financing_shapes import (
    FinancingRequest,
    KindName,
    ReasonName,
    RequestStateName,
    request_json,
)
from api.finding import OnVoucher, in_state, on_voucher
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.once import Doing, done_once, once_route, told_within, tried_out
from api.reading import reading_in
from api.router import router
from api.shapes import AsOf, Given
from api.submitting import keyed
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_voucher, payable_of
from ledger.model.money import parse_amount
from ledger.model.plain import parse_moment
from ledger.service.access import Subject
from ledger.service.financing.asking import (
    ASKED_MAX,
    DOCUMENTS_MAX,
    Asking,
    QuoteKind,
    RefusalReason,
)
from ledger.service.financing.states import RequestStanding, request_standings
from ledger.service.intake.kept_answers import Keep
from ledger.store.database import Connection
from ledger.store.financing import RequestRow
from ledger.store.lists import AllOf, Between, Condition, Is, Named, find, rows_of

__all__ = ["ROUTER", "RequestPath", "one_request"]

ROUTER = router("financing requests")

RequestPath = Annotated[
    str,
    Path(pattern=shapes.REQUEST, max_length=30, examples=["frq_01JDXW6K3Q8Z0V7M5T2R4N9BCD"]),
]


class RequestAsked(Given):
    """What you want quotes for, and from whom."""

    voucher: shapes.VoucherName
    amount: shapes.Amount | None = Field(default=None, description="A part; all of it if null.")
    kinds: list[KindName] = Field(min_length=1, max_length=3, examples=[["sale", "pledge"]])
    asked: list[shapes.ParticipantNumber] = Field(
        min_length=1, max_length=ASKED_MAX, examples=[[4, 5]], description="Banks; the obligor."
    )
    until: shapes.Moment | None = Field(default=None, description="As long as possible if null.")
    documents: list[shapes.Hash] = Field(
        default=[], max_length=DOCUMENTS_MAX, description="Commitments of what you can show."
    )


class RefusalGiven(Given):
    """Why you do not quote."""

    reason: ReasonName


class OneFinancingRequest(FinancingRequest):
    """A request at a block."""

    as_of: AsOf


class RequestFilters(OnVoucher):
    """Which requests."""

    state: RequestStateName | None = None
    holder: shapes.ParticipantNumber | None = None
    asked: shapes.ParticipantNumber | None = Field(
        default=None, description="Who is asked; others than you of your own requests alone."
    )


# ---- lists


def _payables(connection: Connection, requests: Sequence[RequestRow]) -> Mapping[int, Any]:
    ids = tuple({payable_of(one.voucher) for one in requests})
    return {row.id: row for row in rows_of(connection, "payables", Is("id", ids))}


def _reader(opened: Reading) -> int | None:
    return None if opened.sight.sees_all else opened.sight.own


def _where(opened: Reading, asked: RequestFilters) -> Condition:
    found: list[Condition] = [opened.sight.financing_requests]
    if asked.holder:
        found.append(Is("participant", (asked.holder,)))
    if asked.asked:
        found.append(Named("asked", asked.asked))
        if asked.asked != opened.sight.own and not opened.sight.sees_all:
            found.append(Is("participant", (opened.sight.own,)))
    if asked.state == "open":  # the state itself is not written, but this much of it is
        found.append(Between("until", opened.at.second))
    elif asked.state == "withdrawn":
        found.append(Between("withdrawn", 1))
    return AllOf((*found, *on_voucher(opened, asked)))


def _standings(opened: Reading, rows: Rows) -> list[RequestStanding]:
    requests, second = [row for _, row in rows], opened.at.second
    return request_standings(opened.connection, requests, second, viewer=_reader(opened))


def _seen(opened: Reading, rows: Rows, asked: RequestFilters) -> Rows:
    return in_state(opened, rows, asked.state, _standings)


def _shown(opened: Reading, rows: Rows, _: RequestFilters) -> list[dict[str, Any]]:
    reader, payables = _reader(opened), _payables(opened.connection, [row for _, row in rows])
    return [
        request_json(one, payables[payable_of(one.row.voucher)], reader, opened.language)
        for one in _standings(opened, rows)
        if payable_of(one.row.voucher) in payables
    ]


REQUESTS = Listing(
    name="financing-requests",
    operation="FinancingRequests",
    view="financing_requests",
    row=FinancingRequest,
    filters=RequestFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, REQUESTS)


def one_request(opened: Reading, id_: str) -> RequestStanding:
    """A request that the reader may see; raises `ResourceUnknown`."""
    where = AllOf((Is("id", (id_,)), opened.sight.financing_requests))
    row = find(opened.connection, "financing_requests", where)
    if row is None:
        raise ResourceUnknown()
    second = opened.at.second
    return request_standings(opened.connection, [row], second, viewer=_reader(opened))[0]


@ROUTER.get("/v1/financing-requests/{request_id}", operation_id="readFinancingRequest")
def read_request(request: Request, request_id: RequestPath, subject: Reader) -> OneFinancingRequest:
    """One request, with the answers that are yours to see."""
    with reading(request, subject) as opened:
        return _one(opened, request_id)


def _one(opened: Reading, id_: str) -> OneFinancingRequest:
    standing = one_request(opened, id_)
    payable = _payables(opened.connection, [standing.row]).get(payable_of(standing.row.voucher))
    if payable is None:
        raise ResourceUnknown()
    told = request_json(standing, payable, _reader(opened), opened.language)
    return OneFinancingRequest(**told, as_of=as_of(opened))


# ---- acts


@ROUTER.post(
    "/v1/financing-requests",
    operation_id="makeFinancingRequest",
    **once_route(FinancingRequest, 201),
)
def make_request(
    request: Request,
    asked: RequestAsked,
    subject: Submitter,
) -> Response:
    """Ask for quotes on a part of a voucher that you hold. It binds nobody and locks nothing."""
    context = context_of(request)
    key = keyed(request, subject.participant, asked.model_dump())

    def said(connection: Connection, standing: RequestStanding) -> str:
        payable = _payables(connection, [standing.row])[payable_of(standing.row.voucher)]
        return json.dumps(request_json(standing, payable, None, "en"), separators=(",", ":"))

    ask = partial(context.financing.ask, key, _asking(asked), said)
    if not key.key:
        return tried_out(ask)
    answer = ask()
    headers = {"Location": f"/v1/financing-requests/{answer.place}"}
    if answer.is_replay:
        headers["Idempotent-Replayed"] = "true"
    return Response(answer.body, 201, headers, "application/json")


def _asking(asked: RequestAsked) -> Asking:
    return Asking(
        voucher=parse_voucher(asked.voucher),
        amount=None if asked.amount is None else parse_amount(asked.amount),
        kinds=tuple(QuoteKind(one) for one in asked.kinds),
        asked=tuple(asked.asked),
        until=None if asked.until is None else parse_moment(asked.until, field="until"),
        documents=tuple(bytes.fromhex(one[2:]) for one in asked.documents),
    )


@ROUTER.post(
    "/v1/financing-requests/{request_id}/withdraw",
    operation_id="withdrawFinancingRequest",
    **once_route(OneFinancingRequest),
)
def withdraw_request(request: Request, request_id: RequestPath, subject: Submitter) -> Response:
    """Take your request back. Quotes that were given on it stay firm until they end."""
    desk, own = context_of(request).financing, subject.participant
    act = _told(request, subject, request_id, lambda keep: desk.withdraw(own, request_id, keep))
    return done_once(request, subject, None, Doing(act, dict))


@ROUTER.post(
    "/v1/financing-requests/{request_id}/refuse",
    operation_id="refuseFinancingRequest",
    **once_route(OneFinancingRequest),
)
def refuse_request(
    request: Request, request_id: RequestPath, given: RefusalGiven, subject: Submitter
) -> Response:
    """Say that you will not quote, and why. A quote may still follow."""
    desk, own, reason = context_of(request).financing, subject.participant, given.reason

    def refuse(keep: Keep) -> None:
        desk.refuse(own, request_id, RefusalReason(reason), keep)

    act = _told(request, subject, request_id, refuse)
    return done_once(request, subject, given.model_dump(), Doing(act, dict))


def _told(
    request: Request, subject: Subject, request_id: str, act: Callable[[Keep], None]
) -> Callable[[Keep], dict[str, Any]]:
    """Of an act on a request: answered with the request as it leaves it."""

    def told(connection: Connection, _: None) -> dict[str, Any]:
        return _one(reading_in(connection, request, subject), request_id).model_dump()

    return told_within(act, told)
