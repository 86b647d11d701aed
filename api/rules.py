"""Rules, holidays, lines and freezes: what governs trade, and who set it."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Query, Request
from pydantic import Field
from starlette.responses import Response

from api import shapes
from api.asking import Exporter, Reader
from api.commands import add_verbs
from api.exports import FILE, File, Format, exported
from api.finding import OnPayable, as_asked, on_payable
from api.lists import Filters, Listing, Reading, Rows, add_lists, as_of, reading
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.figures import date_text
from ledger.model.parts import RuleSet as RuleStruct
from ledger.model.plain import plain_value
from ledger.model.structs import fields_of
from ledger.store.lists import EVERYTHING, AllOf, Condition, Is, page

__all__ = ["ROUTER"]

ROUTER = router("rules")

_DAYS = 256
_BLOCKS_OF_DAYS_MOST = 300


class DatedRules(Shape):
    """Dated rules; a payable keeps those in force when it was issued."""

    number: int = Field(ge=0)
    effective: shapes.BusinessDate
    is_in_force: bool
    tenor_days_max: int
    offer_days: int
    depth_max: int
    pieces_max: int = Field(description="0 for no limit.")
    piece_min: shapes.AmountOut
    late_rate_daily: shapes.RateText
    overdue_multiplier: shapes.RateText
    registration_required: bool


class RuleFilters(Filters):
    """All of them."""


class Holidays(Shape):
    """Dates on which nothing is due."""

    holidays: list[shapes.BusinessDate]
    as_of: AsOf


class Limit(Shape):
    """How much an obligor may have outstanding on a bank's line."""

    bank: shapes.ParticipantNumber
    obligor: shapes.ParticipantNumber
    amount: shapes.AmountOut


class LimitFilters(Filters):
    """Which lines."""

    bank: shapes.ParticipantNumber | None = None
    obligor: shapes.ParticipantNumber | None = None


class Freeze(Shape):
    """A range of a payable that a regulator froze."""

    payable: shapes.PayableName
    number: int = Field(ge=0)
    regulator: shapes.ParticipantNumber
    start: shapes.Position
    end: shapes.Position
    begun: shapes.Moment
    case_commitment: shapes.Hash
    review_day: shapes.BusinessDate
    is_lifted: bool


class FreezeFilters(OnPayable):
    """Which freezes."""

    lifted: bool | None = None


def _rules(opened: Reading, rows: Rows, _: RuleFilters) -> list[dict[str, Any]]:
    meanings = {one.name: one.meaning for one in fields_of(RuleStruct)}
    found = [
        {"number": number, **{name: plain_value(rules[name], meanings[name]) for name in meanings}}
        for (number,), rules in rows
    ]
    today = date_text(opened.day)
    current = _in_force(opened)
    return [
        {**one, "is_in_force": one["number"] == current and one["effective"] <= today}
        for one in found
    ]


def _in_force(opened: Reading) -> int:
    """Number of the last rules whose day has come."""
    every = page(opened.connection, "rules", EVERYTHING, most=10_000)
    return max((key[0] for key, rules in every if rules["effective"] <= opened.day), default=-1)


def _limits_where(opened: Reading, asked: LimitFilters) -> Condition:
    return AllOf((opened.sight.limits, *as_asked(asked, "bank", "obligor")))


def _limits(_: Reading, rows: Rows, __: LimitFilters) -> list[dict[str, Any]]:
    return [
        {"bank": bank, "obligor": obligor, "amount": shown("amount", amount)}
        for (bank, obligor), amount in rows
    ]


def _freezes_where(opened: Reading, asked: FreezeFilters) -> Condition:
    found = [opened.sight.freezes, *on_payable(opened, asked)]
    if asked.lifted is not None:
        found.append(Is("is_lifted", (asked.lifted,)))
    return AllOf(tuple(found))


def _freezes(_: Reading, rows: Rows, __: FreezeFilters) -> list[dict[str, Any]]:
    return [picked(row, *Freeze.model_fields) for _, row in rows]


RULES = Listing(
    name="rules",
    operation="Rules",
    view="rules",
    row=DatedRules,
    filters=RuleFilters,
    where=lambda _, __: EVERYTHING,
    shown=_rules,
)
LIMITS = Listing(
    name="limits",
    operation="Limits",
    view="limits",
    row=Limit,
    filters=LimitFilters,
    where=_limits_where,
    shown=_limits,
)
FREEZES = Listing(
    name="freezes",
    operation="Freezes",
    view="freezes",
    row=Freeze,
    filters=FreezeFilters,
    where=_freezes_where,
    shown=_freezes,
)

add_lists(ROUTER, RULES, LIMITS, FREEZES)


@ROUTER.get("/v1/holidays", operation_id="listHolidays")
def list_holidays(request: Request, subject: Reader) -> Holidays:
    """Every holiday that is set, in order."""
    with reading(request, subject) as opened:
        return Holidays(holidays=_holidays(opened), as_of=as_of(opened))


@ROUTER.get("/v1/exports/holidays", operation_id="exportHolidays", **FILE)
def export_holidays(
    request: Request, subject: Exporter, query: Annotated[Format, Query()]
) -> Response:
    """The same, in one file."""

    def rows(opened: Reading) -> Iterator[dict[str, Any]]:
        return ({"holiday": one} for one in _holidays(opened))

    return exported(request, subject, File("holidays", query.format, ["holiday"], rows))


def _holidays(opened: Reading) -> list[str]:
    found = page(opened.connection, "holidays", EVERYTHING, most=_BLOCKS_OF_DAYS_MOST)
    days = sorted(
        first + bit for (first,), bits in found for bit in range(_DAYS) if bits >> bit & 1
    )
    return [date_text(day) for day in days]


add_verbs(ROUTER, "SetRules", "SetHolidays", "SetLimit", "PauseLedger", "AddVersion")
