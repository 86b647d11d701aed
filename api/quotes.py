"""Quotes and offers of a cost share: prepared here, signed, given to whoever asked, and taken."""

import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Request, Response
from pydantic import Field, create_model

from api import shapes
from api.asking import Preparer, Reader, Submitter
from api.commands import DEADLINE_SECONDS, Prepared, add_preparations, prepared
from api.context import Context, context_of
from api.financing_shapes import KindName
from api.finding import OnVoucher, as_asked, in_state, on_voucher
from api.forms import SignedForm, message_of
from api.languages import CONTENT_LANGUAGE
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.once import once_route, tried_out
from api.problems import scope_language
from api.quote_shapes import (
    KIND_NAMES,
    Quote,
    QuoteStateName,
    SignedQuote,
    quote_json,
    signed_json,
)
from api.router import router
from api.shapes import AsOf, Given
from api.submitting import keyed, signed_data
from api.verbs import QUOTES, VERBS
from ledger.model.commands import COMMANDS, Command
from ledger.model.errors import ResourceUnknown
from ledger.model.money import parse_rate
from ledger.model.plain import parse_moment
from ledger.model.structs import fields_of
from ledger.service.financing.states import QuoteStanding, QuoteState, quote_standings
from ledger.store.database import Connection
from ledger.store.financing import QuoteRow
from ledger.store.lists import EVERYTHING, AllOf, Between, Condition, Is, OfEach, find

__all__ = ["ROUTER"]

ROUTER = router("quotes")

QuotePath = Annotated[
    str,
    Path(pattern=shapes.QUOTE, max_length=30, examples=["quo_01JDXW6K3Q8Z0V7M5T2R4N9BCD"]),
]

_TAKEN_BY = {
    "SaleQuote": "SellVoucher",
    "PledgeQuote": "PledgeVoucher",
    "RedemptionQuote": "RedeemVoucher",
}
"""The command that takes a quote."""

_GIVERS = {"SellVoucher": "buyer", "PledgeVoucher": "lender"}
"""Where the taker's command names the giver."""


class OneQuote(Quote):
    """A quote at a block."""

    as_of: AsOf


class QuoteFilters(OnVoucher):
    """Which quotes."""

    state: QuoteStateName | None = None
    giver: shapes.ParticipantNumber | None = None
    taker: shapes.ParticipantNumber | None = None
    request: shapes.RequestName | None = None
    kind: KindName | None = None


class TakeAsked(Given):
    """What of the taker's command is the taker's own to choose."""

    nonce: shapes.Digits | None = None
    deadline: shapes.Moment | None = None
    obligor_share: shapes.RateText = Field(
        default="0", description="Of a sale's cost; the obligor's signed offer goes beside it."
    )


class Taking(Prepared):
    """The command that takes a quote, and what goes beside it."""

    submit_to: str = Field(examples=["/v1/vouchers/sell"])
    quote: SignedQuote = Field(description="Post it beside the signed command, as `quote`.")


# ---- lists


def _where(opened: Reading, asked: QuoteFilters) -> Condition:
    named = as_asked(asked, "giver", "taker", "request")
    if asked.kind:
        structs = tuple(one for one, kind in KIND_NAMES.items() if kind == asked.kind)
        named.append(Is("kind", structs))
    if asked.state == "open":  # the state itself is not written, but this much of it is
        named.append(Between("deadline", opened.at.second))
    elif asked.state == "expired":
        named.append(Between("deadline", None, opened.at.second - 1))
    elif asked.state == "taken":
        named.append(OfEach("digest", "executed", "digest", EVERYTHING))
    return AllOf((opened.sight.quotes, *named, *on_voucher(opened, asked)))


def _standings(opened: Reading, rows: Rows) -> list[QuoteStanding]:
    return quote_standings(opened.connection, [row for _, row in rows], opened.at.second)


def _seen(opened: Reading, rows: Rows, asked: QuoteFilters) -> Rows:
    return in_state(opened, rows, asked.state, _standings)


def _shown(opened: Reading, rows: Rows, _: QuoteFilters) -> list[dict[str, Any]]:
    return [_quote(opened, one) for one in _standings(opened, rows)]


def _quote(opened: Reading, standing: QuoteStanding) -> dict[str, Any]:
    is_taker = opened.sight.sees_all or opened.sight.own == standing.row.taker
    return quote_json(standing, opened.language, is_taker=is_taker)


LIST = Listing(
    name="quotes",
    operation="Quotes",
    view="quotes",
    row=Quote,
    filters=QuoteFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, LIST)


@ROUTER.get("/v1/quotes/{quote}", operation_id="readQuote")
def read_quote(request: Request, quote: QuotePath, subject: Reader) -> OneQuote:
    """One quote."""
    with reading(request, subject) as opened:
        row = find(opened.connection, "quotes", AllOf((Is("id", (quote,)), opened.sight.quotes)))
        if row is None:
            raise ResourceUnknown()
        [standing] = quote_standings(opened.connection, [row], opened.at.second)
        return OneQuote(**_quote(opened, standing), as_of=as_of(opened))


# ---- giving


add_preparations(ROUTER, "SaleQuote", "RedemptionQuote", "PledgeQuote", "CostShareOffer")


def _giving(command: str) -> Callable[..., Any]:
    form = create_model(
        f"Given{command}",
        __base__=SignedForm,
        __doc__=f"A signed {command} on a request.",
        message=(message_of(COMMANDS[command]), ...),
        request=(shapes.RequestName, ...),
    )

    def give(
        request: Request,
        body: Any,
        subject: Submitter,
    ) -> Response:
        data = signed_data(command, body)
        key, desk = keyed(request, subject.participant, data, body.request), context_of(request)
        give = partial(desk.financing.give, key, body.request, data, _said)
        if not key.key:
            return tried_out(give)
        answer = give()
        request.scope["state"]["trace_id"] = json.loads(answer.body)["digest"][2:]
        headers = {"Location": f"/v1/quotes/{answer.place}"}
        if answer.is_replay:
            headers["Idempotent-Replayed"] = "true"
        return Response(answer.body, 201, headers, "application/json")

    give.__annotations__["body"] = form
    give.__doc__ = "Give a signed quote on a request. It is firm until its deadline."
    return give


def _said(_: Connection, row: QuoteRow) -> str:
    told = quote_json(QuoteStanding(row, QuoteState.OPEN), "en", is_taker=False)
    return json.dumps(told, separators=(",", ":"))


for _command in _TAKEN_BY:
    ROUTER.add_api_route(
        QUOTES[_command].path,
        _giving(_command),
        methods=["POST"],
        operation_id=f"give{_command}",
        summary=f"Give {_command}",
        **once_route(Quote, 201),
    )


# ---- taking


@ROUTER.post("/v1/quotes/{quote}/take/typed-data", operation_id="prepareTaking")
def prepare_taking(
    request: Request, response: Response, quote: QuotePath, asked: TakeAsked, subject: Preparer
) -> Taking:
    """Prepare the one command that takes a quote. Nothing is stored."""
    context, language = context_of(request), scope_language(request.scope)
    response.headers["Content-Language"] = CONTENT_LANGUAGE[language]
    row, signed = context.financing.takeable(subject.participant, quote)
    command = _taking(context, row, signed.command, asked)
    made = prepared(request, command, subject)
    return Taking(
        **made.model_dump(),
        submit_to=VERBS[type(command).__name__].path,
        quote=SignedQuote(**signed_json(row.signed)),
    )


def _taking(context: Context, row: QuoteRow, quote: Command, asked: TakeAsked) -> Command:
    """The taker's command: the quote's own words, a number, a deadline."""
    kind = COMMANDS[_TAKEN_BY[row.kind]]
    names = {one.name for one in fields_of(kind)}
    values = {one.name: getattr(quote, one.name) for one in fields_of(type(quote))}
    values = {name: value for name, value in values.items() if name in names}
    values["participant"] = row.taker
    if giver := _GIVERS.get(kind.__name__):
        values[giver] = row.giver
    if "obligor_share" in names:
        values["obligor_share"] = parse_rate(asked.obligor_share, field="obligor_share")
    proposed = context.nonces.propose(row.taker) if asked.nonce is None else int(asked.nonce)
    last = min(context.service.now + DEADLINE_SECONDS, row.deadline)
    values["nonce"] = proposed
    values["deadline"] = last if asked.deadline is None else parse_moment(asked.deadline)
    made: Any = kind
    command: Command = made(**values)
    return command
