"""Named places at which a process may die: before and after every commit and every outside call.

In production `at` does nothing. The fault campaign sets a hook that kills, and counts which places
it has killed at. A test compares the names below with the calls in the code.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from ledger.store.database import Connection, Database

__all__ = ["NAMES", "at", "calling", "hook", "writing"]

_COMMITS: Final = (
    "accept",  # intake: operations are stored, the client may be answered
    "pack",  # relayer: transactions with their bytes are stored
    "mark",  # relayer: what the node said to them, or what keeps a lane from its work, is stored
    "split",  # relayer: a transaction that reverted whole is stored as two
    "switch",  # outbox: nothing is sent from now on, or all again
    "release",  # outbox: a parked operation is tried again
    "claim",  # opening: the database belongs to this ledger
    "found",  # evaluation: a chain is begun, its ledger is whole
    "journal",  # embedded chain: a block's making is stored
    "follow",  # follower: a block's rows, cursor, operations and events
    "import",  # imports: a file, a preview, signatures, what became of payables
    "desk",  # financing desk: a request, its end, a refusal or a quote
    "run",  # scheduler: what it heard, the figures of a settlement run
    "remind",  # scheduler: reminders, and that they were told
    "hook",  # webhooks: an endpoint, what is to be delivered to it
    "take",  # deliverer: messages whose time has come, and that they are tried
    "note",  # deliverer: how a try went
    "alarm",  # follower: the chain is another one than was read, or cannot be read
    "rebuild",  # rebuild: some blocks' rows, in tables of their own
    "take over",  # rebuild: those tables' rows in place of the ones in use
    "seal",  # access: what challenges and cursors are sealed with
    "sign in",  # access: a challenge is used, a session begun
    "sign out",  # access: a session has ended
    "key",  # access: an API key
    "revoke",  # access: an API key is out of use
    "log",  # access: a regulator's read, before it is answered
    "forget",  # access: what has ended by itself is gone
    "begin answer",  # kept answers: an act that takes effect elsewhere is begun
    "end answer",  # kept answers: its first answer
    "records key",  # keyring: a data key
    "renew",  # keyring: a participant has a new records key
    "rotate",  # keyring: data keys are wrapped by the master key in force
    "reseal",  # resealing: some values are sealed under new keys
    "profile",  # directory: a profile in place of the one before
    "memo",  # directory: a text is kept
    "reading",  # directory: a row in the log, before anything is opened
    "want comparison",  # reconciling: somebody has asked for one
    "begin comparison",  # reconciling: it is this process's
    "continue comparison",  # reconciling: it goes on
    "end comparison",  # reconciling: what it found
)
_CALLS: Final = (
    "simulate",  # intake: what would become of commands
    "quote",  # financing desk: whether a quote could be taken
    "ask",  # scheduler: which vouchers the contract would settle
    "post",  # deliverer: a message to its receiver
    "count",  # relayer: how far a key has come
    "send",  # relayer: bytes to a node
    "locate",  # relayer: where a transaction stands
    "head",  # follower: the last block
    "fetch",  # follower: blocks and their events
)

NAMES: Final = tuple(f"{when} {what}" for what in _COMMITS + _CALLS for when in ("before", "after"))
"""Every crash point. Of a commit, *before* is inside its transaction, which is then undone."""

_hooks: Final[list[Callable[[str], None]]] = []


def at(name: str) -> None:
    """Die here if the fault campaign says so."""
    for hook in _hooks:
        hook(name)


@contextmanager
def writing(database: Database, what: str) -> Iterator[Connection]:
    """A write transaction between its two crash points."""
    with database.writing() as connection:
        yield connection
        at(f"before {what}")
    at(f"after {what}")


@contextmanager
def calling(what: str) -> Iterator[None]:
    """A call of somebody outside between its two crash points."""
    at(f"before {what}")
    yield
    at(f"after {what}")


@contextmanager
def hook(strike: Callable[[str], None]) -> Iterator[None]:
    """For the fault campaign: have every crash point call `strike` with its name."""
    _hooks.append(strike)
    try:
        yield
    finally:
        _hooks.remove(strike)
