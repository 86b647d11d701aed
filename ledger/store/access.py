"""Statements of the door: sessions, API keys, first answers, and the log of a regulator's reads.

The log has a function that appends and one that reads; there is none to change it.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ledger.store.bulk import insert_rows
from ledger.store.rows import VIEW_TABLES
from ledger.store.statements import insert_of
from ledger.store.tables.access import (
    ACCESS_LOG,
    API_KEYS,
    FIRST_ANSWERS,
    SESSIONS,
    USED_CHALLENGES,
)
from ledger.store.tables.settings import SETTINGS
from ledger.views.party_rows import Participant, SignerRow

__all__ = [
    "FirstAnswer",
    "KeyRow",
    "ReadRow",
    "SessionRow",
    "add_answers",
    "add_key",
    "add_session",
    "end_answer",
    "end_session",
    "find_answers",
    "find_key",
    "find_participant",
    "find_session",
    "find_signer",
    "forget_ended",
    "live_keys",
    "log_read",
    "reads",
    "revoke_key",
    "seal_of",
    "use_challenge",
    "verifier_kind",
]

_SEAL: Final = "door_seal"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signer that is signed in."""

    id: str
    secret_hash: bytes
    participant: int
    signer: int
    begun_wall: int
    ends_wall: int


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key of a participant, made by one of its signers."""

    id: str
    secret_hash: bytes
    participant: int
    signer: int
    label: str
    scopes: str
    made_wall: int
    ends_wall: int
    revoked_wall: int | None = None


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered first under a client's key."""

    participant: int
    key: str
    request_hash: bytes
    status: int
    location: str
    body: str
    made_wall: int
    sealed: bytes | None = None
    """The body, where it tells what is private."""


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One read of a regulator."""

    read_wall: int
    participant: int
    actor: str
    operation: str
    subject: str
    purpose: str
    trace_id: str


# ---- the door's own


def seal_of(connection: Connection, drawn: str) -> bytes:
    """The door's seal: the one in the database, or `drawn`, which is kept from now on."""
    values = {"key": _SEAL, "value": drawn}
    connection.execute(insert_of(connection)(SETTINGS).values(values).on_conflict_do_nothing())
    found = connection.execute(select(SETTINGS.c.value).where(SETTINGS.c.key == _SEAL)).scalar_one()
    return bytes.fromhex(found)


# ---- sessions


def use_challenge(connection: Connection, challenge: bytes, ends_wall: int) -> bool:
    """Take a challenge out of use; False where it was already, or is by another meanwhile."""
    values = {"challenge": challenge, "ends_wall": ends_wall}
    used = insert_of(connection)(USED_CHALLENGES).values(values).on_conflict_do_nothing()
    return connection.execute(used).rowcount == 1


def add_session(connection: Connection, row: SessionRow) -> None:
    """Begin a session."""
    connection.execute(insert(SESSIONS), asdict(row))


def find_session(connection: Connection, secret_hash: bytes) -> SessionRow | None:
    """The session of a secret."""
    found = connection.execute(select(SESSIONS).where(SESSIONS.c.secret_hash == secret_hash))
    row = found.first()
    return None if row is None else SessionRow(**row._mapping)


def end_session(connection: Connection, session: str) -> None:
    """End a session."""
    connection.execute(delete(SESSIONS).where(SESSIONS.c.id == session))


# ---- who may sign in


def find_participant(connection: Connection, participant: int) -> Participant | None:
    """A participant as the views have it."""
    view = VIEW_TABLES["participants"]
    found = connection.execute(view.table.select().where(view.table.c.id == participant)).first()
    row: Participant | None = None if found is None else view.read_back(found)
    return row


def find_signer(connection: Connection, participant: int, number: int) -> SignerRow | None:
    """A signer of a participant, whatever has become of it."""
    view = VIEW_TABLES["signers"]
    own = (view.table.c.participant == participant) & (view.table.c.number == number)
    found = connection.execute(view.table.select().where(own)).first()
    row: SignerRow | None = None if found is None else view.read_back(found)
    return row


def verifier_kind(connection: Connection, address: str) -> int:
    """Which kind of key a verifier contract takes; 0 for an address that is none."""
    verifiers = VIEW_TABLES["verifiers"].table
    found = select(verifiers.c.kind).where(verifiers.c.verifier == address)
    return int(connection.execute(found).scalar() or 0)


# ---- API keys


def add_key(connection: Connection, row: KeyRow) -> None:
    """Record a new API key."""
    connection.execute(insert(API_KEYS), asdict(row))


def live_keys(connection: Connection, participant: int, wall: int) -> int:
    """How many API keys of a participant are neither revoked nor ended."""
    own = (API_KEYS.c.participant == participant) & (API_KEYS.c.ends_wall > wall)
    live = select(func.count()).where(own & API_KEYS.c.revoked_wall.is_(None))
    return int(connection.execute(live).scalar_one())


def find_key(connection: Connection, secret_hash: bytes) -> KeyRow | None:
    """The API key of a secret."""
    row = connection.execute(select(API_KEYS).where(API_KEYS.c.secret_hash == secret_hash)).first()
    return None if row is None else KeyRow(**row._mapping)


def revoke_key(connection: Connection, participant: int, key: str, wall: int) -> bool:
    """Take an API key out of use; False where the participant has no such key."""
    own = (API_KEYS.c.participant == participant) & (API_KEYS.c.id == key)
    found = connection.execute(select(API_KEYS.c.revoked_wall).where(own)).first()
    if found is not None and found[0] is None:
        connection.execute(update(API_KEYS).where(own).values(revoked_wall=wall))
    return found is not None


# ---- first answers

_ANSWER_VALUES: Final = attrgetter(*FIRST_ANSWERS.c.keys())
_ANSWERS_OF: Final = select(FIRST_ANSWERS).where(
    FIRST_ANSWERS.c.participant == bindparam("participant"),
    FIRST_ANSWERS.c.key.in_(bindparam("keys", expanding=True)),
)


def find_answers(
    connection: Connection, keys: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], FirstAnswer]:
    """The first answers under keys of participants."""
    found: dict[tuple[int, str], FirstAnswer] = {}
    by_participant: dict[int, list[str]] = {}
    for participant, key in keys:
        by_participant.setdefault(participant, []).append(key)
    for participant, own in by_participant.items():
        for row in connection.execute(_ANSWERS_OF, {"participant": participant, "keys": own}):
            answer = FirstAnswer(**row._mapping)
            found[participant, answer.key] = answer
    return found


def add_answers(connection: Connection, answers: Sequence[FirstAnswer]) -> bool:
    """Keep first answers; False, and the transaction is spoilt, where a key has one already."""
    try:
        insert_rows(connection, FIRST_ANSWERS, [_ANSWER_VALUES(one) for one in answers])
    except IntegrityError:
        return False
    return True


def end_answer(connection: Connection, answer: FirstAnswer, *, begun: int) -> bool:
    """Keep the answer of what was begun under its key; False where it was answered meanwhile."""
    own = (FIRST_ANSWERS.c.participant == answer.participant, FIRST_ANSWERS.c.key == answer.key)
    ended = connection.execute(
        update(FIRST_ANSWERS).where(*own, FIRST_ANSWERS.c.status == begun).values(**asdict(answer))
    )
    return ended.rowcount == 1


# ---- a regulator's reads


def log_read(connection: Connection, row: ReadRow) -> None:
    """Append a read."""
    connection.execute(insert(ACCESS_LOG), asdict(row))


def reads(connection: Connection, *, after: int, most: int) -> Sequence[tuple[int, ReadRow]]:
    """The reads after a number, in order."""
    rows = connection.execute(
        select(ACCESS_LOG).where(ACCESS_LOG.c.seq > after).order_by(ACCESS_LOG.c.seq).limit(most)
    )
    return [
        (row.seq, ReadRow(**{name: row._mapping[name] for name in ReadRow.__slots__}))
        for row in rows
    ]


# ---- what has ended


def forget_ended(connection: Connection, wall: int, answers_before: int) -> None:
    """Drop what has ended by itself: challenges, sessions, and answers that are old enough."""
    connection.execute(delete(USED_CHALLENGES).where(USED_CHALLENGES.c.ends_wall < wall))
    connection.execute(delete(SESSIONS).where(SESSIONS.c.ends_wall < wall))
    connection.execute(delete(FIRST_ANSWERS).where(FIRST_ANSWERS.c.made_wall < answers_before))


# ---- private
