"""What a log tells of commands when blocks were read: done, refused for good, refused for now.

What was done is one line a transaction: at full load a line a command would be as many as the
door's own. It is asked of the rows, so that only commands that this service answers for are told.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from ledger.model.errors import DatabaseBusy, DatabaseFailed
from ledger.service.intake.refusals import codes_of
from ledger.service.relaying.outbox import trace_id_of
from ledger.service.relaying.packing import REFUSED_FOR_NOW
from ledger.store.database import Database
from ledger.store.following import Ended, Happened, ended_between
from ledger.store.operations import find_operations_by_digest
from ledger.store.tables.operations import ACCEPTED, DONE

__all__ = ["tell_endings"]

_log: Final = structlog.get_logger("fenbook.follow")


def tell_endings(database: Database, happened: Happened, *, after: int, last: int) -> None:
    """Log what has become of commands in the blocks after one, up to another; they are stored.

    Raises nothing for a database that is busy: whoever waits is to hear of what was read.
    """
    digests = {digest for digest, _ in happened.refused}
    try:
        with database.reading() as connection:
            ended = ended_between(connection, after, last)
            refused = find_operations_by_digest(connection, digests)
    except (DatabaseBusy, DatabaseFailed) as failure:
        _log.warning("endings not told", code=failure.code, block=last)
        return
    _tell_ended(ended)
    for digest, transaction in happened.refused:
        waiting = refused.get(digest)
        if waiting is None or (waiting.state, waiting.transaction_hash) != (ACCEPTED, transaction):
            continue  # another's transaction, or it has ended
        code, _ = codes_of(waiting.refusal or "{}")
        _log.info(
            REFUSED_FOR_NOW,
            trace_id=trace_id_of(waiting),
            code=code,
            tries=waiting.tries,
            transaction=_hexadecimal(transaction),
        )


def _tell_ended(ended: Sequence[Ended]) -> None:
    done: dict[tuple[int, bytes | None], list[str]] = {}
    for one in ended:
        if one.state == DONE:
            done.setdefault((one.block, one.transaction_hash), []).append(trace_id_of(one))
        else:
            code, before = codes_of(one.refusal or "{}")
            _log.info(
                "command refused",
                trace_id=trace_id_of(one),
                code=code,
                after=before,
                block=one.block,
            )
    for (block, transaction), trace_ids in done.items():
        _log.info(
            "batch done",
            block=block,
            transaction=_hexadecimal(transaction),
            count=len(trace_ids),
            trace_ids=trace_ids,
        )


def _hexadecimal(transaction: bytes | None) -> str:
    return "0x" + (transaction or b"").hex()
