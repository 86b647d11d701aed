"""Looking others up, so many at a time: nobody reads the names of all by counting numbers up.

Whoever deals with somebody for the first time is told the name, which counts as a look-up. It is
counted for the participant, whoever of it asks, and alike for numbers that nobody has.
"""

from collections.abc import Collection

from fastapi import Request

from api.context import context_of
from api.finding import still_known
from api.lists import reading
from ledger.model.errors import TooManyRequests
from ledger.service.access import Subject
from ledger.store.lists import AllOf, Is, rows_of

__all__ = ["count_look_up", "nameable"]


def count_look_up(request: Request, subject: Subject) -> None:
    """Count a look-up, and note what is left of them; raises `TooManyRequests`."""
    context = context_of(request)
    rate, who = context.options.lookup, str(subject.participant)
    context.limits.take(request.scope, "lookup", rate, who)


def nameable(request: Request, subject: Subject, participants: Collection[int]) -> set[int]:
    """Those whose names are told: whom the subject knows, and of others so many at a time.

    What the answer says of a rate stays that of the request.
    """
    with reading(request, subject) as opened:
        where = AllOf((Is("id", tuple(participants)), opened.sight.participants))
        rows = list(rows_of(opened.connection, "participants", where))
        found = {one.id for one in still_known(opened, rows)}
    state = request.scope["state"]
    standing = state["standing"]
    for one in sorted(set(participants) - found):
        try:
            count_look_up(request, subject)
        except TooManyRequests:
            break  # the rest goes by its number alone
        found.add(one)
    state["standing"] = standing
    return found
