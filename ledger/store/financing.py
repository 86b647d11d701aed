"""Statements of the financing desk: requests, refusals, quotes, and what the views say of them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_, update

from ledger.store.columns import as_stored, as_was
from ledger.store.rows import VIEW_TABLES
from ledger.store.statements import chunks
from ledger.store.tables.financing import QUOTES, REFUSALS, REQUESTS

__all__ = [
    "QuoteRow",
    "RefusalRow",
    "RequestRow",
    "add_quote",
    "add_refusal",
    "add_request",
    "count_quotes",
    "count_quotes_on",
    "count_requests",
    "executed_digests",
    "find_quote",
    "find_quote_by_digest",
    "find_request",
    "quote_row",
    "quotes_of",
    "refusals_of",
    "request_row",
    "used_nonces",
    "withdraw_request",
]


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A holder asks for quotes on a part of one exact range."""

    id: str
    participant: int
    asked: str
    """Who is asked: `,4,5,`."""
    kinds: str
    """What is asked for: ` sale pledge `."""
    voucher: int
    start: int
    end: int
    amount: int
    documents: str
    """Commitments as JSON."""
    until: int
    """Last chain second at which it may be answered."""
    made: int
    made_wall: int
    withdrawn: int = 0
    """Chain second; 0 for one that stands."""


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """Somebody who was asked will not quote."""

    request: str
    participant: int
    reason: str
    refused: int


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A signed quote in its giver's words."""

    id: str
    digest: bytes
    kind: str
    """Name of the signed struct."""
    request: str
    giver: int
    taker: int
    voucher: int
    start: int
    end: int
    amount: int
    nonce: bytes
    deadline: int
    signed: str
    """Command, message and approvals as canonical JSON."""
    given: int
    given_wall: int


# ---- requests


def add_request(connection: Connection, row: RequestRow) -> None:
    """Keep a request."""
    connection.execute(insert(REQUESTS), _stored(row))


def find_request(connection: Connection, id_: str) -> RequestRow | None:
    """A request by its number."""
    found = connection.execute(select(REQUESTS).where(REQUESTS.c.id == id_)).first()
    return None if found is None else request_row(found)


def count_requests(connection: Connection, participant: int, *, second: int) -> int:
    """How many requests of a participant may still be answered."""
    own = (REQUESTS.c.participant == participant, REQUESTS.c.withdrawn == 0)
    open_ = select(func.count()).select_from(REQUESTS).where(*own, REQUESTS.c.until >= second)
    return int(connection.execute(open_).scalar_one())


def withdraw_request(connection: Connection, id_: str, *, second: int) -> None:
    """Take a request back; one that was taken back before stays as it is."""
    standing = (REQUESTS.c.id == id_, REQUESTS.c.withdrawn == 0)
    connection.execute(update(REQUESTS).where(*standing).values(withdrawn=second))


# ---- refusals


def add_refusal(connection: Connection, row: RefusalRow) -> None:
    """Keep a refusal."""
    connection.execute(insert(REFUSALS), asdict(row))


def refusals_of(connection: Connection, requests: Iterable[str]) -> list[RefusalRow]:
    """The refusals of requests."""
    return [
        RefusalRow(**row._mapping)
        for some in chunks(dict.fromkeys(requests))
        for row in connection.execute(select(REFUSALS).where(REFUSALS.c.request.in_(some)))
    ]


# ---- quotes


def add_quote(connection: Connection, row: QuoteRow) -> None:
    """Keep a quote."""
    connection.execute(insert(QUOTES), _stored(row))


def find_quote(connection: Connection, id_: str) -> QuoteRow | None:
    """A quote by its number."""
    found = connection.execute(select(QUOTES).where(QUOTES.c.id == id_)).first()
    return None if found is None else quote_row(found)


def find_quote_by_digest(connection: Connection, digest: bytes) -> QuoteRow | None:
    """A quote by what its giver signed."""
    found = connection.execute(select(QUOTES).where(QUOTES.c.digest == digest)).first()
    return None if found is None else quote_row(found)


def quotes_of(connection: Connection, requests: Iterable[str]) -> list[QuoteRow]:
    """The quotes given on requests, in the order in which they came."""
    return [
        quote_row(row)
        for some in chunks(dict.fromkeys(requests))
        for row in connection.execute(
            select(QUOTES).where(QUOTES.c.request.in_(some)).order_by(QUOTES.c.id)
        )
    ]


def count_quotes(connection: Connection, giver: int, *, second: int) -> int:
    """How many quotes of a giver have not yet reached their deadline."""
    own = (QUOTES.c.giver == giver, QUOTES.c.deadline >= second)
    return int(
        connection.execute(select(func.count()).select_from(QUOTES).where(*own)).scalar_one()
    )


def count_quotes_on(connection: Connection, request: str, giver: int) -> int:
    """How many quotes of a giver a request has had."""
    own = (QUOTES.c.request == request, QUOTES.c.giver == giver)
    return int(
        connection.execute(select(func.count()).select_from(QUOTES).where(*own)).scalar_one()
    )


# ---- what the views say


def executed_digests(connection: Connection, digests: Iterable[bytes]) -> set[bytes]:
    """Those of some digests that took effect."""
    executed = VIEW_TABLES["executed"].table
    return {
        found
        for some in chunks(dict.fromkeys(digests))
        for found in connection.execute(
            select(executed.c.digest).where(executed.c.digest.in_(some))
        ).scalars()
    }


def used_nonces(
    connection: Connection, numbers: Iterable[tuple[int, bytes]]
) -> set[tuple[int, bytes]]:
    """Those of some participants' numbers that are used or void."""
    nonces = VIEW_TABLES["nonces"].table
    place = tuple_(nonces.c.participant, nonces.c.nonce)
    return {
        (row.participant, row.nonce)
        for some in chunks(dict.fromkeys(numbers))
        for row in connection.execute(
            select(nonces.c.participant, nonces.c.nonce).where(place.in_(some))
        )
    }


# ---- rows


def request_row(row: Row[Any]) -> RequestRow:
    """A request from the columns of its table."""
    return RequestRow(**{**row._mapping, "voucher": as_was(row.voucher)})


def quote_row(row: Row[Any]) -> QuoteRow:
    """A quote from the columns of its table."""
    return QuoteRow(**{**row._mapping, "voucher": as_was(row.voucher)})


def _stored(row: RequestRow | QuoteRow) -> dict[str, Any]:
    values = asdict(row)
    [values["voucher"]] = as_stored((row.voucher,))
    return values
