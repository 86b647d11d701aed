"""Rules, holidays, lines and freezes: what governs trade, and who set it."""

from itertools import islice
from typing import Any

from pydantic import Field

from api import shapes
from api.commands import add_verbs
from api.finding import OnPayable, as_asked, on_payable
from api.lists import Filters, Listing, Reading, Rows, add_lists
from api.meanings import picked, shown
from api.router import router
from api.shapes import Shape
from ledger.model.days import DAY_MAX, SET_DAYS, days_of
from ledger.model.figures import date_text
from ledger.model.parts import RuleSet as RuleStruct
from ledger.model.plain import plain_value
from ledger.model.structs import fields_of
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, AllOf, Between, Condition, Is, page

__all__ = ["ROUTER"]

ROUTER = router("rules")


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


class Holiday(Shape):
    """A date on which nothing is due."""

    holiday: shapes.BusinessDate


class HolidayFilters(Filters):
    """All of them."""


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

    regulator: shapes.ParticipantNumber | None = None
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
    found = [opened.sight.freezes, *as_asked(asked, "regulator"), *on_payable(opened, asked)]
    if asked.lifted is not None:
        found.append(Is("is_lifted", (asked.lifted,)))
    return AllOf(tuple(found))


def _freezes(_: Reading, rows: Rows, __: FreezeFilters) -> list[dict[str, Any]]:
    return [picked(row, *Freeze.model_fields) for _, row in rows]


def _days(
    connection: Connection, view: str, where: Condition, *, after: Any = None, most: int
) -> Rows:
    """Holidays from the last one down; the view has them as bits."""
    last = DAY_MAX if after is None else after[0] - 1
    begun = AllOf((where, Between("first_day", None, last)))
    days = (
        day
        for (first,), bits in page(connection, view, begun, most=DAY_MAX // SET_DAYS + 1)
        for day in reversed(days_of(bits, first))
    )
    return [((day,), day) for day in islice((day for day in days if day <= last), most)]


def _holidays(_: Reading, rows: Rows, __: HolidayFilters) -> list[dict[str, Any]]:
    return [{"holiday": date_text(day)} for _, day in rows]


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

HOLIDAYS = Listing(
    name="holidays",
    operation="Holidays",
    view="holidays",
    row=Holiday,
    filters=HolidayFilters,
    where=lambda _, __: EVERYTHING,
    shown=_holidays,
    source=_days,
)

add_lists(ROUTER, RULES, LIMITS, FREEZES, HOLIDAYS)

add_verbs(ROUTER, "SetRules", "SetHolidays", "SetLimit", "PauseLedger", "AddVersion")
