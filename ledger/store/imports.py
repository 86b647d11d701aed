"""Statements about imports: found by their participant, changed from a state that is named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from ledger.store.conditions import EVERYTHING, Condition
from ledger.store.cursor import Cursor
from ledger.store.statements import chunks
from ledger.store.tables.imports import APPROVALS, IMPORTS, LAYOUTS
from ledger.store.tables.operations import OPERATIONS, REFUSED
from ledger.store.tables.records import REFERENCES

__all__ = [
    "SAME_FILES_TOLD",
    "ImportRow",
    "add_approval",
    "add_import",
    "approvals_of",
    "change",
    "count_imports",
    "drop_approvals",
    "find_import",
    "find_layout",
    "find_same_file",
    "forget_payables",
    "imports_ended",
    "imports_of",
    "imports_under_way",
    "issues_named",
    "new_import",
    "put_layout",
    "sealed_of",
]

_COUNTS: Final = (
    "payables",
    "valid",
    "total",
    "errors",
    "warnings",
    "issued",
    "refused",
    "feed_seq",
    "feed_epoch",
)
SAME_FILES_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as it stands, without what is sealed."""

    id: str
    participant: int
    state: str
    format: str
    file_index: bytes
    payables: int
    valid: int
    total: int
    errors: int
    warnings: int
    choice: str | None
    command: str | None
    digest: bytes | None
    operation: str | None
    issued: int
    refused: int
    refusal: str | None
    deadline: int | None
    feed_seq: int
    feed_epoch: int
    made_wall: int
    updated_wall: int


_COLUMNS: Final = tuple(IMPORTS.c[field.name] for field in fields(ImportRow))


# ---- imports


def new_import(
    id_: str, participant: int, file_index: bytes, *, state: str, wall: int
) -> ImportRow:
    """An import of which nothing is known yet but its file."""
    values: dict[str, Any] = dict.fromkeys(one.name for one in fields(ImportRow))
    values |= dict.fromkeys(_COUNTS, 0)
    values |= {"id": id_, "participant": participant, "file_index": file_index}
    values |= {"state": state, "format": "", "made_wall": wall, "updated_wall": wall}
    return ImportRow(**values)


def add_import(connection: Connection, row: ImportRow, sealed: Mapping[str, bytes]) -> None:
    """Keep a new import with its sealed columns."""
    connection.execute(insert(IMPORTS), {**asdict(row), **sealed})


def find_import(connection: Connection, id_: str, participant: int) -> ImportRow | None:
    """An import of a participant; nobody else's is there."""
    found = connection.execute(
        select(*_COLUMNS).where(IMPORTS.c.id == id_, IMPORTS.c.participant == participant)
    ).first()
    return ImportRow(**found._mapping) if found else None


def sealed_of(connection: Connection, id_: str, column: str) -> bytes | None:
    """One sealed column of an import."""
    found: bytes | None = connection.scalar(select(IMPORTS.c[column]).where(IMPORTS.c.id == id_))
    return found


def find_same_file(connection: Connection, participant: int, file_index: bytes) -> list[str]:
    """The participant's first imports of a file, the oldest first."""
    found = connection.scalars(
        select(IMPORTS.c.id)
        .where(IMPORTS.c.participant == participant, IMPORTS.c.file_index == file_index)
        .order_by(IMPORTS.c.id)
        .limit(SAME_FILES_TOLD)
    )
    return list(found)


def imports_of(
    connection: Connection,
    participant: int,
    where: Condition = EVERYTHING,
    *,
    before: str = "",
    limit: int = 50,
) -> list[ImportRow]:
    """A participant's imports for which a condition holds, the newest first."""
    asked = select(*_COLUMNS).where(IMPORTS.c.participant == participant, where.said(IMPORTS))
    if before:
        asked = asked.where(IMPORTS.c.id < before)
    rows = connection.execute(asked.order_by(IMPORTS.c.id.desc()).limit(limit))
    return [ImportRow(**row._mapping) for row in rows]


def count_imports(connection: Connection, participant: int, states: Sequence[str]) -> int:
    """How many imports of a participant are in some states."""
    where = (IMPORTS.c.participant == participant, IMPORTS.c.state.in_(states))
    return connection.scalar(select(func.count()).select_from(IMPORTS).where(*where)) or 0


def imports_under_way(
    connection: Connection, states: Sequence[str], *, after: str = "", limit: int
) -> list[ImportRow]:
    """Imports in some states behind a number, the oldest first."""
    return _behind(connection, IMPORTS.c.state.in_(states), after, limit)


def imports_ended(
    connection: Connection, states: Sequence[str], at: Cursor, *, after: str = "", limit: int
) -> list[ImportRow]:
    """Imports that have ended in these states and may still change, the oldest first.

    What was refused may be issued by somebody else, as long as the signature holds. What was
    issued may not be, once the views were made anew: the chain may have been wound back.
    """
    is_open = and_(IMPORTS.c.refused > 0, IMPORTS.c.deadline >= at.second)
    is_anew = and_(IMPORTS.c.digest.is_not(None), IMPORTS.c.feed_epoch != at.epoch)
    may_change = and_(IMPORTS.c.state.in_(states), or_(is_open, is_anew))
    return _behind(connection, may_change, after, limit)


def _behind(
    connection: Connection, where: ColumnElement[bool], after: str, limit: int
) -> list[ImportRow]:
    rows = connection.execute(
        select(*_COLUMNS).where(where, IMPORTS.c.id > after).order_by(IMPORTS.c.id).limit(limit)
    )
    return [ImportRow(**row._mapping) for row in rows]


def change(
    connection: Connection,
    id_: str,
    states: Sequence[str],
    values: Mapping[str, Any],
    *,
    sealed_meta: bytes | None = None,
) -> bool:
    """Change an import that is in one of these states; False where it is in none of them.

    Or where its choices are no longer those: they are sealed anew whenever they are kept.
    """
    asked = update(IMPORTS).where(IMPORTS.c.id == id_, IMPORTS.c.state.in_(states))
    if sealed_meta is not None:
        asked = asked.where(IMPORTS.c.sealed_meta == sealed_meta)
    return connection.execute(asked.values(**values)).rowcount == 1


def issues_named(
    connection: Connection, participant: int, keys: Iterable[str], *, verb: str
) -> Iterator[tuple[str, str, bytes | None]]:
    """Operations of a participant under these references that were not refused for good.

    Of each its reference's key, its number and its command's digest; of one key the earliest first.
    """
    for some in chunks(dict.fromkeys(keys)):
        told = connection.execute(
            select(OPERATIONS.c.reference_key, OPERATIONS.c.id, OPERATIONS.c.digest).where(
                OPERATIONS.c.reference_key.in_(some),
                OPERATIONS.c.participant == participant,
                OPERATIONS.c.verb == verb,
                OPERATIONS.c.state != REFUSED,
            )
        )
        for row in sorted(told, key=itemgetter(1)):  # an engine would go through all to order them
            yield row[0], row[1], row[2]


def forget_payables(connection: Connection, owner: int, sources: Sequence[str]) -> None:
    """Forget which payables came of sources; what they claimed stays claimed."""
    for some in chunks(sources):
        connection.execute(
            update(REFERENCES)
            .where(REFERENCES.c.owner == owner, REFERENCES.c.source.in_(some))
            .values(payable=None)
        )


# ---- approvals and layouts


def drop_approvals(connection: Connection, id_: str) -> None:
    """Forget the approvals of a command that is no longer to be signed."""
    connection.execute(delete(APPROVALS).where(APPROVALS.c.import_id == id_))


def add_approval(
    connection: Connection, id_: str, signer: int, approval: bytes, *, wall: int
) -> None:
    """Keep a signer's approval, its number first, in place of an earlier one."""
    key = (APPROVALS.c.import_id == id_, APPROVALS.c.signer == signer)
    connection.execute(delete(APPROVALS).where(*key))
    values = {"import_id": id_, "signer": signer, "approval": approval, "given_wall": wall}
    connection.execute(insert(APPROVALS), values)


def approvals_of(connection: Connection, id_: str) -> tuple[bytes, ...]:
    """The approvals by rising number of their signers."""
    found = connection.scalars(
        select(APPROVALS.c.approval)
        .where(APPROVALS.c.import_id == id_)
        .order_by(APPROVALS.c.signer)
    )
    return tuple(found)


def find_layout(connection: Connection, participant: int) -> bytes | None:
    """What a participant's headings mean, sealed."""
    found: bytes | None = connection.scalar(
        select(LAYOUTS.c.sealed).where(LAYOUTS.c.participant == participant)
    )
    return found


def put_layout(connection: Connection, participant: int, sealed: bytes, *, wall: int) -> None:
    """Remember what a participant's headings mean."""
    connection.execute(delete(LAYOUTS).where(LAYOUTS.c.participant == participant))
    values = {"participant": participant, "sealed": sealed, "updated_wall": wall}
    connection.execute(insert(LAYOUTS), values)
