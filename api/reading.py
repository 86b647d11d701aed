"""One read of the door: a transaction, in which everything is true at one block."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from api.context import Context, context_of
from api.need_to_know import Sight, sight_of
from api.problems import scope_language
from api.shapes import AsOf
from ledger.model.days import date_text, day_of_second
from ledger.model.glossary import Language
from ledger.model.plain import moment_text
from ledger.model.rendering import Names
from ledger.service.access import Subject
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection

__all__ = ["Reading", "as_of", "as_of_json", "reading", "reading_in"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One read: a transaction, in which everything is true at one block."""

    context: Context
    connection: Connection
    subject: Subject
    sight: Sight
    at: Cursor
    language: Language

    def names(self, participants: Iterable[int]) -> Names:
        """Display names, for this reader; the directory logs who read them."""
        return self.context.names(participants, self.subject, self.language, "read")

    @property
    def day(self) -> int:
        """Business day of the block."""
        return day_of_second(self.at.second)


@contextmanager
def reading(request: Request, subject: Subject) -> Iterator[Reading]:
    """Open a read for a subject; it ends with its block."""
    with context_of(request).service.database.reading() as connection:
        yield reading_in(connection, request, subject)


def reading_in(connection: Connection, request: Request, subject: Subject) -> Reading:
    """What a subject reads within somebody's transaction, which sees what that has done."""
    context, language = context_of(request), scope_language(request.scope)
    at, sight = cursor(connection), sight_of(subject)
    return Reading(context, connection, subject, sight, at, language)


def as_of_json(reading: Reading) -> dict[str, Any]:
    """The block at which an answer is true."""
    return {
        "block": reading.at.number,
        "block_hash": "0x" + reading.at.hash.hex(),
        "time": moment_text(reading.at.second),
        "business_date": date_text(reading.day),
        "chain_id": reading.context.service.deployment.chain_id,
    }


def as_of(reading: Reading) -> AsOf:
    """The same, for an answer of one thing."""
    return AsOf(**as_of_json(reading))
