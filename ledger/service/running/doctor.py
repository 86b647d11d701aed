"""Looks a service over from outside: settings, files, database, nodes, the ledger's own code.

Each look is by itself: what cannot be looked at is told, and the others go on. Nothing is changed,
and no secret is told.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from ledger.chain.artifacts import CONTRACTS, artifact
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, Question, SteerableEndpoint
from ledger.chain.rpc import RpcEndpoint
from ledger.model.plain import moment_text
from ledger.records.keys import P256Key
from ledger.service.following.stopping import stop_of
from ledger.service.relaying.outbox import OVERDUE_SECONDS_MOST, Outbox
from ledger.service.running.findings import Finding, State, told_of
from ledger.service.running.lane_watch import troubles_of
from ledger.service.running.machine import disks, files, versions
from ledger.service.running.settings import Settings
from ledger.store.cursor import cursor, setting
from ledger.store.database import Database

__all__ = ["Finding", "State", "look_over"]

_SKEW_SECONDS: Final = 60
_LAG_BLOCKS: Final = 10
_P256: Final = "0x" + "00" * 18 + "0100"
"""Address of the precompile for P-256 signatures (RIP-7212, EIP-7951)."""


def look_over(
    settings: Settings,
    environment: Mapping[str, str],
    *,
    wall: Callable[[], float] = time.time,
    embedded: Callable[[], tuple[Endpoint, Deployment]] | None = None,
) -> Iterator[Finding]:
    """Every finding in order. `embedded` makes the chain of an evaluation, if it is one."""
    yield versions()
    yield from files(settings, environment)
    yield from disks(settings)
    database: Database | None = None
    with told_of("database") as told:
        if Database.has_begun(url := settings.database.get_secret_value()):
            database = Database.open(url)
        told.append(_database(database))
    yield from told
    try:
        if database is not None:
            yield from _outbox(database, _overdue_most(environment))
            yield from _lanes(database)
            yield from _follower(database)
        yield from _chain(settings, database, wall, embedded)
    finally:
        if database is not None:
            database.close()


# ---- the database


def _database(database: Database | None) -> Finding:
    if database is None:
        return Finding("database", State.LOOK, {"dialect": "sqlite", "revision": "none"})
    revision = database.revision
    facts = {"dialect": database.dialect, "revision": revision or "none"}
    if not revision:
        return Finding("database", State.LOOK, facts)
    return Finding("database", State.OK if database.is_current else State.WRONG, facts)


def _overdue_most(environment: Mapping[str, str]) -> int:
    """What the door's readiness allows."""
    text = environment.get("FENBOOK_DOOR_OUTBOX_SECONDS_MOST", "")
    return int(text) if text.isdecimal() else OVERDUE_SECONDS_MOST


def _outbox(database: Database, overdue_most: int) -> Iterator[Finding]:
    if not database.revision:
        return
    with told_of("outbox") as told:
        outbox = Outbox(database)
        counts = outbox.counts()
        is_paused, overdue = outbox.is_paused, outbox.overdue_seconds()
        facts = {"is_paused": is_paused, "overdue_seconds": overdue, **counts}
        is_fine = not is_paused and not counts.get("parked") and overdue <= overdue_most
        told.append(Finding("outbox", State.OK if is_fine else State.LOOK, facts))
    yield from told


def _lanes(database: Database) -> Iterator[Finding]:
    """What keeps a relayer's key from its work, while something does."""
    if not database.revision:
        return
    with told_of("lanes") as told:
        for lane, trouble in troubles_of(database).items():
            facts = {"lane": lane, "problem": trouble.code, "since": moment_text(trouble.since)}
            told.append(Finding("lanes", State.LOOK, facts))
    yield from told


def _follower(database: Database) -> Iterator[Finding]:
    """Whether an event that cannot be read keeps the views where they are."""
    if not database.revision:
        return
    with told_of("follower") as told:
        with database.reading() as connection:
            stop = stop_of(connection)
        if stop is not None:
            facts = {"problem": stop.code, "detail": str(stop), "next_step": stop.next_step()}
            told.append(Finding("follower", State.WRONG, facts, stop))
    yield from told


# ---- the chain


def _chain(
    settings: Settings,
    database: Database | None,
    wall: Callable[[], float],
    embedded: Callable[[], tuple[Endpoint, Deployment]] | None,
) -> Iterator[Finding]:
    if settings.is_evaluation:
        yield Finding("evaluation", State.LOOK)
        if embedded is not None:
            with told_of("chain") as told:
                endpoint, deployment = embedded()
                told.append(_node(endpoint, deployment, wall))
                told.extend(_ledger(endpoint, deployment))
                told.extend(_place(database, endpoint, deployment))
            yield from told
        return
    with told_of("deployment") as told:
        assert settings.deployment is not None
        deployment = Deployment.load(settings.deployment)
        told.append(Finding("deployment", State.OK, {"chain_id": deployment.chain_id}))
    yield from told
    if told[-1].state is not State.OK:
        return
    heads = []
    for url in settings.nodes:
        node = RpcEndpoint(url, timeout=settings.node_timeout)
        with told_of("node") as told:
            heads.append(node.head().number)
            told.append(_node(node, deployment, wall))
            told.extend(_ledger(node, deployment))
            told.extend(_place(database, node, deployment))
        yield from told
        node.close()
    if len(heads) > 1:
        apart = max(heads) - min(heads)
        state = State.OK if apart <= _LAG_BLOCKS else State.LOOK
        yield Finding("nodes_apart", state, {"blocks": apart})


def _node(node: Endpoint, deployment: Deployment, wall: Callable[[], float]) -> Finding:
    """Whether a node is on our chain, and its clock right: of a chain in this process, its own."""
    head = node.head()
    second = node.now if isinstance(node, SteerableEndpoint) else head.second
    ahead = second - int(wall())
    facts = {"node": node.name, "chain_id": node.chain_id, "head": head.number}
    facts["clock_ahead"] = ahead
    if node.chain_id != deployment.chain_id:
        return Finding("node", State.WRONG, facts)
    return Finding("node", State.OK if abs(ahead) <= _SKEW_SECONDS else State.LOOK, facts)


def _ledger(endpoint: Endpoint, deployment: Deployment) -> list[Finding]:
    """Whether the code at the ledger's addresses is the code that ships here."""
    wrong = [
        name for name in CONTRACTS if not _is_shipped(name, endpoint.code(deployment.address(name)))
    ]
    state = State.WRONG if wrong else State.OK
    checked = {"contracts": len(CONTRACTS), "other_code": " ".join(wrong)}
    return [Finding("code", state, checked), _precompile(endpoint)]


def _is_shipped(name: str, code: bytes) -> bool:
    """Equal but for the immutables, which a constructor fills in."""
    shipped = artifact(name)
    found = bytearray(code)
    for places in shipped.immutables:
        for start in places:
            found[start : start + 32] = bytes(32)
    return bytes(found) == shipped.deployed


def _precompile(endpoint: Endpoint) -> Finding:
    """Whether the chain checks P-256 signatures itself; if not, the verifier computes them."""
    key, digest = P256Key.random(bytes(20)), bytes(range(32))
    asked = digest + key.sign(digest) + key.key[20:]
    answer = endpoint.calls([Question(_P256, asked)])[0]
    has_it = isinstance(answer, bytes) and answer == (1).to_bytes(32, "big")
    return Finding("p256", State.OK, {"precompile": has_it})


def _place(database: Database | None, endpoint: Endpoint, deployment: Deployment) -> list[Finding]:
    """Whether the database is of this ledger, and how far its views are behind."""
    if database is None or not database.revision:
        return []
    with database.reading() as connection:
        known = setting(connection, "chain_id")
        at = cursor(connection)
    if known is None:
        return [Finding("views", State.LOOK, {"block": at.number})]
    if known != str(deployment.chain_id):
        return [Finding("views", State.WRONG, {"chain_id": known})]
    behind = max(0, endpoint.head().number - at.number)
    state = State.OK if behind <= _LAG_BLOCKS else State.LOOK
    return [Finding("views", state, {"block": at.number, "blocks_behind": behind})]
