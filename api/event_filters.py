"""Filters of the feed: by what events lie on, by whom they name, by the command they came from.

What an event lies on is read from the rows as they stand. Who no longer knows a payable finds its
events all the same, but not by its obligor, its maturity or its invoices.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from api import shapes
from api.finding import (
    OnPayable,
    as_asked,
    of_payables,
    posted_under,
    seen_of,
    under_reference,
)
from api.reading import Reading
from ledger.model.ids import parse_payable
from ledger.model.meanings import Meaning
from ledger.model.showing import MEANINGS
from ledger.store.feed import FeedEvent, Looked, Wanted, look, of_commands
from ledger.store.lists import (
    AllOf,
    AnyOf,
    Condition,
    Is,
    Named,
    OfEach,
    page,
    rows_of,
)

__all__ = ["EventFilters", "looked"]

_SEQ_MOST: Final = 2**53 - 1
_FEW: Final = 200
"""Payables or commands whose events are looked up; those of more are gone through."""


class EventFilters(OnPayable):
    """Which events."""

    after: int = Field(default=0, ge=0, le=_SEQ_MOST, description="Events behind this number.")
    kind: Annotated[str | None, StringConstraints(pattern=r"^[A-Za-z]{2,40}$")] = None
    participant: shapes.ParticipantNumber | None = Field(
        default=None,
        description="Whom they name; regulators, and you of yourself: whom they concern.",
    )
    digest: shapes.Hash | None = Field(default=None, description="Of the command.")


def looked(opened: Reading, asked: EventFilters, *, after: int, limit: int) -> Looked:
    """Events that concern the reader, behind a number."""
    found = [opened.sight.events, *_plain(opened, asked)]
    is_known = bool(asked.payable or asked.digest)
    if payables := of_payables(opened, _but_reference(asked)):
        known = AllOf((opened.sight.payables, *payables))
        ids = _few(opened, "payables", known) if asked.invoice else None
        is_known |= ids is not None
        found.append(_under(known, ids))
    if asked.external_reference:
        given, are_few = _by_reference(opened, asked.external_reference)
        is_known |= are_few
        found.append(given)
    wanted = Wanted(AllOf(tuple(found)), is_known, lambda events: _seen(opened, asked, events))
    return look(opened.connection, after, wanted, limit=limit)


def _plain(opened: Reading, asked: EventFilters) -> list[Condition]:
    found = as_asked(asked, "kind")
    if asked.participant:
        found.append(Named("participants", asked.participant, is_itself=True))
    if asked.payable:
        found.append(Is("payable", (parse_payable(asked.payable),)))
    if asked.digest:
        found.append(of_commands(opened.connection, [bytes.fromhex(asked.digest[2:])]))
    return found


def _by_reference(opened: Reading, reference: str) -> tuple[Condition, bool]:
    """Of commands posted under a reference of one's own, and on payables issued under it.

    And whether they are few.
    """
    own, under = posted_under(opened, reference), under_reference(opened, reference)
    commands, ids = _few(opened, "operations", own), _few(opened, "payables", under)
    if commands is None or ids is None:
        return AnyOf((OfEach("digest", "operations", "digest", own), _under(under, ids))), False
    digests = (one.digest for one in rows_of(opened.connection, "operations", Is("id", commands)))
    done = of_commands(opened.connection, [one for one in digests if one])
    return AnyOf((done, _under(under, ids))), True


def _under(payables: Condition, ids: tuple[Any, ...] | None) -> Condition:
    """On payables: by their numbers where they are few, looked up for each event otherwise."""
    return OfEach("payable", "payables", "id", payables) if ids is None else Is("payable", ids)


def _few(opened: Reading, view: str, where: Condition) -> tuple[Any, ...] | None:
    """The keys of the rows for which a condition holds; None where they are many."""
    found = page(opened.connection, view, where, most=_FEW + 1)
    return None if len(found) > _FEW else tuple(key for (key,), _ in found)


def _but_reference(asked: EventFilters) -> EventFilters:
    return asked.model_copy(update={"external_reference": None})


def _seen(opened: Reading, asked: EventFilters, events: Sequence[FeedEvent]) -> Sequence[FeedEvent]:
    """Without those on payables that time has taken from their reader, and those that name none."""
    sight, who = opened.sight, asked.participant
    if sight.sees_all:
        return events
    if who and who != sight.own:
        events = [one for one in events if _names(one.data, who)]
    if _but_reference(asked).is_of_some:
        seen = seen_of(opened, (one.payable for one in events))
        events = [one for one in events if one.payable in seen]
    return events


def _names(data: Mapping[str, Any], who: int) -> bool:
    """Whether an event's own values name a participant."""
    return any(
        _names(value, who)
        if isinstance(value, Mapping)
        else value == who and MEANINGS.get(name) is Meaning.PARTICIPANT
        for name, value in data.items()
    )
