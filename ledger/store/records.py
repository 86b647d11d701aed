"""Statements of the private records: sealed rows in, sealed rows out.

The log of readings has a function that appends and one that reads; there is none to change it.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, insert, select, update

from ledger.store.bulk import insert_rows
from ledger.store.statements import chunks
from ledger.store.tables.records import ACCESS, MEMOS, NAMES, PROFILES, REFERENCES

__all__ = [
    "AccessRow",
    "MemoRow",
    "ProfileRow",
    "ReferenceRow",
    "add_access",
    "add_memos",
    "add_references",
    "drop_memos",
    "drop_references",
    "find_memos",
    "find_names",
    "find_profiles",
    "find_references",
    "free_references",
    "held_sources",
    "last_access",
    "name_payables",
    "put_profile",
    "read_access",
]


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """A participant's profile, sealed, with the indices by which it is found."""

    participant: int
    sealed: bytes
    uscc_index: bytes | None
    lei_index: bytes | None
    group_index: bytes | None
    updated_wall: int


@dataclass(frozen=True, slots=True)
class MemoRow:
    """A text behind a commitment, sealed with its salt."""

    commitment: bytes
    owner: int
    kind: str
    sealed: bytes
    made_wall: int


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """A participant's own number for a payable; each is claimed once."""

    owner: int
    reference_index: bytes
    sealed: bytes
    source: str
    payable: int | None
    made_wall: int


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One reading of private records."""

    seq: int
    reader: int
    actor: str
    purpose: str
    what: str
    subjects: str
    read_wall: int
    link: bytes


# ---- profiles


def put_profile(connection: Connection, row: ProfileRow, names: Collection[bytes]) -> None:
    """Keep a profile in place of the one before; a code of another breaks a constraint."""
    values = asdict(row)
    done = connection.execute(
        update(PROFILES).where(PROFILES.c.participant == row.participant).values(values)
    )
    if not done.rowcount:
        connection.execute(insert(PROFILES), values)
    connection.execute(delete(NAMES).where(NAMES.c.participant == row.participant))
    found = [{"participant": row.participant, "name_index": one} for one in sorted(names)]
    if found:
        connection.execute(insert(NAMES), found)


def find_profiles(connection: Connection, column: str, values: Iterable[Any]) -> list[ProfileRow]:
    """Profiles whose column is one of the values: `participant` or one of the indices."""
    rows = _where_in(connection, PROFILES, column, values)
    return [ProfileRow(**row) for row in rows]


def find_names(connection: Connection, indices: Iterable[bytes]) -> dict[bytes, list[int]]:
    """Which participants go by each name."""
    found: dict[bytes, list[int]] = {}
    for row in _where_in(connection, NAMES, "name_index", indices):
        found.setdefault(row["name_index"], []).append(row["participant"])
    return {name: sorted(participants) for name, participants in found.items()}


# ---- memos


def add_memos(connection: Connection, rows: Sequence[MemoRow]) -> None:
    """Keep texts behind commitments."""
    told = [(row.commitment, row.owner, str(row.kind), row.sealed, row.made_wall) for row in rows]
    insert_rows(connection, MEMOS, told)


def find_memos(connection: Connection, commitments: Iterable[bytes]) -> list[MemoRow]:
    """The texts that are kept of these commitments."""
    return [MemoRow(**row) for row in _where_in(connection, MEMOS, "commitment", commitments)]


def drop_memos(connection: Connection, commitments: Iterable[bytes]) -> None:
    """Forget texts whose commitments never went on chain."""
    for part in chunks(dict.fromkeys(commitments)):
        connection.execute(delete(MEMOS).where(MEMOS.c.commitment.in_(part)))


# ---- references


def add_references(connection: Connection, rows: Sequence[ReferenceRow]) -> int:
    """Claim references; how many were free. One that is claimed already stays as it is."""
    told = [
        (row.owner, row.reference_index, row.sealed, row.source, row.payable, row.made_wall)
        for row in rows
    ]
    return insert_rows(connection, REFERENCES, told, once=("owner", "reference_index"))


def find_references(
    connection: Connection, owner: int, indices: Iterable[bytes]
) -> dict[bytes, ReferenceRow]:
    """Those of the references that the owner has claimed."""
    rows = _where_in(connection, REFERENCES, "reference_index", indices)
    found = (ReferenceRow(**row) for row in rows if row["owner"] == owner)
    return {row.reference_index: row for row in found}


def free_references(connection: Connection, owner: int, sources: Iterable[str]) -> None:
    """Give back what these sources claimed, unless a payable came of it."""
    for part in chunks(dict.fromkeys(sources)):
        connection.execute(
            delete(REFERENCES).where(
                REFERENCES.c.owner == owner,
                REFERENCES.c.source.in_(part),
                REFERENCES.c.payable.is_(None),
            )
        )


def drop_references(connection: Connection, owner: int, indices: Iterable[bytes]) -> None:
    """Give references back for which no payable will come."""
    for part in chunks(dict.fromkeys(indices)):
        connection.execute(
            delete(REFERENCES).where(
                REFERENCES.c.owner == owner, REFERENCES.c.reference_index.in_(part)
            )
        )


def held_sources(connection: Connection, owner: int, sources: Iterable[str]) -> set[str]:
    """Those of the sources that hold a reference."""
    found: set[str] = set()
    for part in chunks(dict.fromkeys(sources)):
        asked = select(REFERENCES.c.source).where(
            REFERENCES.c.owner == owner, REFERENCES.c.source.in_(part)
        )
        found.update(connection.scalars(asked))
    return found


def name_payables(connection: Connection, owner: int, payables: Iterable[tuple[str, int]]) -> None:
    """Say which payable came of each source."""
    for source, payable in payables:
        connection.execute(
            update(REFERENCES)
            .where(and_(REFERENCES.c.owner == owner, REFERENCES.c.source == source))
            .values(payable=payable)
        )


# ---- the log of readings


def last_access(connection: Connection) -> tuple[int, bytes]:
    """Number and link of the last reading; 0 and nothing before the first."""
    row = connection.execute(
        select(ACCESS.c.seq, ACCESS.c.link).order_by(ACCESS.c.seq.desc()).limit(1)
    ).first()
    return (row.seq, row.link) if row else (0, b"")


def add_access(connection: Connection, row: AccessRow) -> None:
    """Append a reading."""
    connection.execute(insert(ACCESS), asdict(row))


def read_access(connection: Connection, after: int = 0, limit: int = 200) -> list[AccessRow]:
    """Readings by their number."""
    rows = connection.execute(
        select(ACCESS).where(ACCESS.c.seq > after).order_by(ACCESS.c.seq).limit(limit)
    )
    return [AccessRow(**row._mapping) for row in rows]


# ---- private


def _where_in(
    connection: Connection, table: Table, column: str, values: Iterable[Any]
) -> Iterator[dict[str, Any]]:
    for part in chunks(dict.fromkeys(values)):
        rows = connection.execute(select(table).where(table.c[column].in_(part)))
        for row in rows:
            yield dict(row._mapping)
