"""Statements about operations: accepted once per digest, found by number, picked for a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final

from sqlalchemy import (
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
    update,
)

from ledger.model.references import reference_key
from ledger.store.bulk import insert_rows
from ledger.store.rows import VIEW_TABLES
from ledger.store.statements import chunks
from ledger.store.tables.events import EVENTS, OWN
from ledger.store.tables.operations import (
    ACCEPTED,
    DONE,
    OPERATIONS,
    PARKED,
    REFUSED,
    SENT,
)

__all__ = [
    "IS_DUE",
    "Executed",
    "Operation",
    "add_operations",
    "count_by_state",
    "due_operations",
    "end_parked",
    "ended_operations",
    "find_executed",
    "find_operation",
    "find_operations_by_digest",
    "hold_operations",
    "oldest_due",
    "open_operations",
    "park_operation",
    "postpone_operation",
    "release_operation",
]


@dataclass(frozen=True, slots=True)
class Operation:
    """What the service has answered for, from acceptance to its end."""

    id: str
    digest: bytes | None
    """The command's trace id; none for an act that nobody signs."""
    participant: int
    """Whose command it is, or who asked for an act that nobody signs; 0 is the service itself."""
    nonce: bytes | None
    verb: str
    """Function of the desk."""
    desk: str
    call: bytes
    command: str
    """The command's message, or the act's values, as canonical JSON."""
    signed: str
    """What was posted, as canonical JSON."""
    state: str
    refusal: str | None
    """The last refusal; final only in state `refused`."""
    deadline: int
    """Last chain second at which it may take effect."""
    external_reference: str | None
    accepted_wall: int
    updated_wall: int
    block: int | None = None
    """Where it took effect, or was refused for good."""
    transaction_hash: bytes | None = None
    """The transaction that carries or carried it."""
    tries: int = 0
    """How often the ledger has refused it so far."""
    next_try_wall: int = 0
    payable: int | None = None
    """That an act which nobody signs is about; a command's is told by its events."""

    @property
    def reference_key(self) -> str | None:
        """What its reference is found by, however it is spelled."""
        return None if self.external_reference is None else reference_key(self.external_reference)


@dataclass(frozen=True, slots=True)
class Executed:
    """Where a command took effect, whoever relayed it."""

    block: int
    transaction: bytes


_NAMES: Final = tuple(field.name for field in fields(Operation))
_COLUMNS: Final = tuple(OPERATIONS.c[name] for name in _NAMES)
_VALUES: Final = attrgetter(*OPERATIONS.c.keys())

# Asked with every batch: made once.
_BY_DIGEST: Final = select(*_COLUMNS).where(
    OPERATIONS.c.digest.in_(bindparam("digests", expanding=True))
)
_BY_STATE: Final = select(OPERATIONS.c.state, func.count()).group_by(OPERATIONS.c.state)
_AGAIN: Final = OPERATIONS.c.next_try_wall
IS_DUE: Final = or_(bindparam("wall") >= _AGAIN, bindparam("latest") < _AGAIN)
"""A time to try again has come, or lies beyond `latest`: a clock since set back wrote it."""
_ACCEPTED: Final = (
    select(*_COLUMNS)
    .where(OPERATIONS.c.state == ACCEPTED)
    .order_by(OPERATIONS.c.id)
    .limit(bindparam("limit"))
)
_NEW: Final = _ACCEPTED.where(OPERATIONS.c.tries == 0)
_DUE_AGAIN: Final = (
    _ACCEPTED.where(OPERATIONS.c.tries > 0, IS_DUE).order_by(None).order_by(_AGAIN, OPERATIONS.c.id)
)
"""Those first that have been due for longest: however many there are, each has its turn."""
_IS_RESTING: Final = and_(OPERATIONS.c.state == ACCEPTED, OPERATIONS.c.updated_wall < _AGAIN)
_OLDEST_DUE: Final = select(
    func.min(case((_IS_RESTING, _AGAIN), else_=OPERATIONS.c.updated_wall))
).where(OPERATIONS.c.state.in_((ACCEPTED, SENT)))
_HOLD: Final = (
    update(OPERATIONS)
    .where(
        OPERATIONS.c.id.in_(bindparam("ids", expanding=True)),
        OPERATIONS.c.state.in_((ACCEPTED, SENT)),
    )
    .values(state=SENT, transaction_hash=bindparam("transaction"), updated_wall=bindparam("wall"))
)


def add_operations(connection: Connection, operations: Sequence[Operation]) -> bool:
    """Store new operations; False where one's digest is known already: it changes nothing."""
    rows = [_VALUES(one) for one in operations]
    return insert_rows(connection, OPERATIONS, rows, once=("digest",)) == len(rows)


def find_operation(connection: Connection, id_: str) -> Operation | None:
    """An operation by its number."""
    found = connection.execute(select(*_COLUMNS).where(OPERATIONS.c.id == id_)).mappings().first()
    return None if found is None else _operation(found)


def find_operations_by_digest(
    connection: Connection, digests: Iterable[bytes]
) -> dict[bytes, Operation]:
    """Operations by the digests of their commands."""
    found: dict[bytes, Operation] = {}
    for some in chunks(digests):
        for row in connection.execute(_BY_DIGEST, {"digests": some}).mappings():
            one = _operation(row)
            if one.digest is not None:
                found[one.digest] = one
    return found


def ended_operations(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Those of some operations of which nothing more will become."""
    found: list[str] = []
    for some in chunks(ids):
        statement = select(OPERATIONS.c.id).where(
            OPERATIONS.c.id.in_(some), OPERATIONS.c.state.in_((DONE, REFUSED))
        )
        found += connection.execute(statement).scalars()
    return found


def find_executed(connection: Connection, digest: bytes) -> Executed | None:
    """Where the chain carried out a command, as far as it was read."""
    table = VIEW_TABLES["executed"].table
    carried = connection.execute(select(table.c.transaction).where(table.c.digest == digest))
    transaction = carried.scalars().first()
    # The feed also has what was refused before, and what a fork has undone: the last one stands.
    told = (
        select(EVENTS.c.block)
        .where(EVENTS.c.digest == digest, EVENTS.c.kind == "CommandExecuted", text(OWN))
        .order_by(EVENTS.c.seq.desc())
        .limit(1)
    )
    block = connection.execute(told).scalar()
    if transaction is None or block is None:
        return None
    return Executed(block, transaction)


def open_operations(
    connection: Connection, limit: int, *, participants: Sequence[int] = ()
) -> list[Operation]:
    """Operations on their way, the latest ones in order of acceptance; of all or of some."""
    statement = select(*_COLUMNS).where(OPERATIONS.c.state.in_((ACCEPTED, SENT)))
    if participants:
        statement = statement.where(OPERATIONS.c.participant.in_(participants))
    rows = connection.execute(statement.order_by(OPERATIONS.c.id.desc()).limit(limit)).mappings()
    return [_operation(row) for row in rows][::-1]


def due_operations(
    connection: Connection, limit: int, *, wall: int, latest: int, is_again: bool
) -> list[Operation]:
    """Accepted operations in order of acceptance: new ones, or those to be tried again."""
    statement = _DUE_AGAIN if is_again else _NEW
    values = {"limit": limit, **({"wall": wall, "latest": latest} if is_again else {})}
    is_writing = not connection.get_execution_options().get("postgresql_readonly", False)
    if connection.dialect.name == "postgresql" and is_writing:
        # Another process may be picking too: what it has is not ours. Who only looks locks nothing.
        statement = statement.with_for_update(skip_locked=True)
    found = [_operation(row) for row in connection.execute(statement, values).mappings()]
    return sorted(found, key=attrgetter("id"))


def hold_operations(
    connection: Connection, ids: Sequence[str], transaction_hash: bytes, *, wall: int
) -> None:
    """Note that operations stand in a stored transaction; one that has ended stays ended."""
    for some in chunks(ids):
        values = {"ids": some, "transaction": transaction_hash, "wall": wall}
        connection.execute(_HOLD, values)


def postpone_operation(
    connection: Connection, id_: str, *, refusal: str, again: int, wall: int
) -> None:
    """Note that an accepted operation would be refused now, and when to look again."""
    connection.execute(
        update(OPERATIONS)
        .where(OPERATIONS.c.id == id_, OPERATIONS.c.state == ACCEPTED)
        .values(
            refusal=refusal,
            tries=OPERATIONS.c.tries + 1,
            next_try_wall=again,
            updated_wall=wall,
        )
    )


def park_operation(connection: Connection, id_: str, *, refusal: str, wall: int) -> None:
    """Set an operation aside: no batch that holds it can be carried out."""
    connection.execute(
        update(OPERATIONS)
        .where(OPERATIONS.c.id == id_, OPERATIONS.c.state.in_((ACCEPTED, SENT)))
        .values(state=PARKED, refusal=refusal, updated_wall=wall)
    )


def release_operation(connection: Connection, id_: str, *, wall: int) -> bool:
    """Let a parked operation be tried again; False if it is not parked."""
    changed = connection.execute(
        update(OPERATIONS)
        .where(OPERATIONS.c.id == id_, OPERATIONS.c.state == PARKED)
        .values(state=ACCEPTED, tries=0, next_try_wall=0, updated_wall=wall)
    )
    return changed.rowcount == 1


def end_parked(connection: Connection, ids: Sequence[str], *, refusal: str, wall: int) -> None:
    """End parked operations whose work others do or have done, with the reason."""
    for some in chunks(ids):
        connection.execute(
            update(OPERATIONS)
            .where(OPERATIONS.c.id.in_(some), OPERATIONS.c.state == PARKED)
            .values(state=REFUSED, refusal=refusal, updated_wall=wall)
        )


def count_by_state(connection: Connection) -> dict[str, int]:
    """How many operations are in each state."""
    return {row[0]: row[1] for row in connection.execute(_BY_STATE)}


def oldest_due(connection: Connection) -> int | None:
    """Since when that operation waits for its next step which has waited longest for one.

    By this machine's clock. One that is refused for now waits from when it is to be tried again.
    """
    found: int | None = connection.execute(_OLDEST_DUE).scalar()
    return found


def _operation(row: RowMapping) -> Operation:
    return Operation(**row)
