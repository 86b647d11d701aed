"""What must hold after every run, whatever died, lied or was lost in it."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import fields
from typing import Any

from sqlalchemy import select

from ledger.model.errors import BatchReverted
from ledger.service.following.rebuild import rebuild
from ledger.service.intake.refusals import refusal_before, refusal_of
from ledger.store.cursor import cursor
from ledger.store.database import Database
from ledger.store.operations import Operation, find_operations_by_digest
from ledger.store.rows import VIEW_TABLES
from ledger.store.state import SqlState
from ledger.store.tables.transactions import TRANSACTIONS
from ledger.views import Projection, entries
from ledger.views.state import State
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import DEPLOYMENT, POISON

__all__ = ["Violated", "hold", "verdict"]


class Violated(AssertionError):
    """Something does not hold that must hold."""


def hold(condition: object, said: str) -> None:
    """Raise `Violated` unless something holds."""
    if not condition:
        raise Violated(said)


def verdict(
    database: Database,
    chain: ModelChain,
    acknowledged: Mapping[bytes, str],
    posted: Mapping[bytes, Any],
    *,
    is_rebuilt: bool = True,
    foreign: Set[bytes] = frozenset(),
) -> None:
    """Look at everything once it has come to rest. `acknowledged` has the operation that each
    sender was told, by digest; `posted` all commands, answered or not; `foreign` the hashes of
    transactions that are not the service's. Raises `Violated`.
    """
    events = chain.logs(0, chain.head().number, ())
    executed = Counter(one.values["digest"] for one in events if one.name == "CommandExecuted")
    with database.reading() as connection:
        stored = find_operations_by_digest(connection, list(posted))
    _commands(stored, executed, acknowledged, posted)
    _nonces(database, chain, foreign)
    _views(database, chain, is_rebuilt=is_rebuilt)


def _commands(
    stored: Mapping[bytes, Operation],
    executed: Mapping[bytes, int],
    acknowledged: Mapping[bytes, str],
    posted: Mapping[bytes, Any],
) -> None:
    """Every acknowledged command took effect once, or was refused with a reason."""
    hold(all(count == 1 for count in executed.values()), "a command took effect twice")
    hold(set(executed) <= set(posted), "a command took effect that nobody posted")
    for digest, id_ in acknowledged.items():
        one = stored.get(digest)
        hold(one is not None, f"acknowledged {id_} is gone")
        assert one is not None
        hold(one.id == id_, f"{id_} became another operation")
    for digest, one in stored.items():
        hold(one.state in ("done", "refused"), f"{one.id} is still {one.state}")
        if one.state == "done":
            hold(executed.get(digest) == 1, f"{one.id} is done, but had no effect")
            hold(one.block is not None, f"{one.id} is done nowhere")
            continue
        hold(digest not in executed, f"{one.id} is refused, but took effect")
        reason = refusal_of(one.refusal or "{}") if one.refusal else None
        hold(reason is not None, f"{one.id} is refused without a reason")
        before = refusal_before(one.refusal or "{}")
        if BatchReverted in (type(reason), type(before)):
            is_poison = getattr(posted[digest], "purpose", None) == POISON
            hold(is_poison, f"{one.id} was parked for another's fault")


def _nonces(database: Database, chain: ModelChain, foreign: Set[bytes]) -> None:
    """The bytes of a nonce were stored before they were sent, and never changed."""
    with database.reading() as connection:
        rows = connection.execute(select(TRANSACTIONS.c.hash, TRANSACTIONS.c.raw)).all()
    stored = {row.hash: row.raw for row in rows}
    for hash_, raw in chain.taken.items():
        if hash_ in foreign:
            continue
        hold(stored.get(hash_) == raw, "bytes were sent that are not stored")


def _views(database: Database, chain: ModelChain, *, is_rebuilt: bool) -> None:
    """Views are what the chain holds, and what reading it again gives; the books balance."""
    deposits = {owner: amount for owner, amount in chain.ledger.deposits.items() if amount}
    events = chain.logs(0, chain.head().number, ())
    again = Projection(entries(events, lambda number: chain.blocks(number, number)[0].second))
    with database.reading() as connection:
        state = SqlState(connection)
        shown = {owner: amount for (_, owner), amount in state.deposits.items() if amount}
        hold(shown == deposits, f"views have {shown}, the chain {deposits}")
        for field in fields(State):
            if field.name in VIEW_TABLES:
                live, fresh = getattr(state, field.name), getattr(again.state, field.name)
                hold(_plain(live) == _plain(fresh), f"views of {field.name} are not the chain's")
        hold(cursor(connection).number == chain.head().number, "views are behind the chain")
    hold(sum(deposits.values()) == chain.ledger.issued, "deposits are not what was issued")
    if is_rebuilt:
        found = rebuild(database, chain, DEPLOYMENT, takes_over=False)
        hold(found.is_equal, "views are not, byte for byte, what reading the chain again gives")


def _plain(value: Any) -> Any:
    """Mappings and lists as plain ones, whatever holds their rows."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(value)
    return set(value) if hasattr(value, "add") else value
