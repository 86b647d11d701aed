"""Batches: operations that are due become transactions, whose bytes are stored before all else.

A transaction that reverts whole is stored anew as two, until what spoils it is alone; that one is
parked, and nobody else waits for it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import structlog

from ledger.chain.batches import relay_call
from ledger.chain.calls import Item
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.transactions import TRANSACTION_GAS
from ledger.model.errors import BatchReverted
from ledger.service.intake.intake import trial_of
from ledger.service.intake.refusals import codes_of, refusal_text, text_after, text_of_reason
from ledger.service.intake.simulation import Simulation, batches_of
from ledger.service.relaying.outbox import Operation, Outbox, trace_id_of
from ledger.service.running.crash_points import writing
from ledger.service.running.site import Site
from ledger.store import operations as operation_rows
from ledger.store import relaying as rows
from ledger.store.database import Connection
from ledger.store.relaying import Relayed

__all__ = ["AGAIN_SECONDS_MAX", "REFUSED_FOR_NOW", "Packing"]

AGAIN_SECONDS_MAX: Final = 60
"""An operation that was refused is looked at again at least so often."""

REFUSED_FOR_NOW: Final = "command refused for now"
_USUAL: Final = ("batch stored", REFUSED_FOR_NOW)
"""What a log tells of good days; all else is a warning."""

_PICKED_MAX: Final = 2_000
"""New operations that one step takes; what is left waits for the next step."""
_AGAIN_MAX: Final = 200
"""Refused operations that one step looks at again."""

_log = structlog.get_logger("fenbook.relay")

_Reasons = Mapping[str, bytes | None]
"""By operation: why it would be refused now; None if it would not."""


class Packing:
    """Makes and stores the transactions of one key, of which it is the only writer."""

    def __init__(self, site: Site, outbox: Outbox, key: RelayerKey) -> None:
        self._site, self._outbox, self._key = site, outbox, key
        self._simulation = Simulation(site.endpoint, site.deployment)
        self._lines: list[tuple[str, dict[str, Any]]] = []
        """What is logged once it is stored."""

    def pack(self, count: int, *, pending_max: int, looks_again: bool = True) -> int:
        """Put operations that are due into transactions; how many operations.

        `count` is the key's next nonce by the mined blocks. No more than `pending_max` transactions
        wait for a block at a time. `looks_again` where some were refused and are due again.
        """
        wall, packed = self._outbox.wall, 0
        reasons = self._looked_at_again(wall) if looks_again else {}
        self._lines.clear()
        with writing(self._site.database, "pack") as connection:
            self._site.database.lock(connection, self._key.address)
            waiting = rows.count_from(connection, self._key.address, count)
            if waiting >= pending_max:
                return 0
            due = self._due(connection, wall) + self._due_again(connection, reasons, wall)
            for batch in _batches(due)[: pending_max - waiting]:
                self._store(connection, batch, count)
                packed += len(batch)
        self._tell()
        return packed

    def split(self, failed: Relayed, count: int) -> None:
        """Make halves of a transaction that reverted; park what was alone in it.

        One whose nonce was used by another is stored again as it was.
        """
        self._lines.clear()
        with writing(self._site.database, "split") as connection:
            self._site.database.lock(connection, self._key.address)
            items = rows.items_of(connection, failed)
            if failed.block is not None and rows.item_count(connection, failed) == 1:
                for one in items:
                    self._park(connection, one, failed)
            else:
                self._store_anew(connection, items, failed, count)
        self._tell()

    def _store_anew(
        self, connection: Connection, items: Sequence[Operation], failed: Relayed, count: int
    ) -> None:
        is_whole = failed.block is None
        self._note(
            "batch replaced" if is_whole else "batch split",
            transaction="0x" + failed.hash.hex(),
            nonce=failed.nonce,
            count=len(items),
        )
        middle = 0 if is_whole else len(items) // 2
        for half in filter(None, (items[:middle], items[middle:])):
            self._store(connection, half, count)

    def _park(self, connection: Connection, operation: Operation, failed: Relayed) -> None:
        refusal = BatchReverted(transaction=failed.hash)
        operation_rows.park_operation(
            connection, operation.id, refusal=refusal_text(refusal), wall=self._outbox.wall
        )
        self._note(
            "command parked",
            trace_id=trace_id_of(operation),
            code=refusal.code,
            transaction="0x" + failed.hash.hex(),
        )

    def _note(self, event: str, **facts: Any) -> None:
        self._lines.append((event, facts))

    def _tell(self) -> None:
        """Log what is stored by now."""
        for event, facts in self._lines:
            (_log.info if event in _USUAL else _log.warning)(event, **facts)
        self._lines.clear()

    # ---- what is due

    def _due(self, connection: Connection, wall: int) -> list[Operation]:
        """New operations."""
        latest = wall + AGAIN_SECONDS_MAX
        return operation_rows.due_operations(
            connection, _PICKED_MAX, wall=wall, latest=latest, is_again=False
        )

    def _again(self, connection: Connection, wall: int) -> list[Operation]:
        """Operations that were refused, and whose time has come again."""
        latest = wall + AGAIN_SECONDS_MAX
        return operation_rows.due_operations(
            connection, _AGAIN_MAX, wall=wall, latest=latest, is_again=True
        )

    def _looked_at_again(self, wall: int) -> _Reasons:
        with self._site.database.reading() as connection:
            due = self._again(connection, wall)
        reasons = self._simulation.reasons([trial_of(one) for one in due]) if due else []
        return {one.id: reason for one, reason in zip(due, reasons, strict=True)}

    def _due_again(self, connection: Connection, reasons: _Reasons, wall: int) -> list[Operation]:
        """Those that would pass by now; the others are put off, with the reason of today.

        One whose time seems to be over is carried too: the ledger's clock goes on only with blocks,
        and ends it then.
        """
        if not reasons:
            return []
        due = [one for one in self._again(connection, wall) if one.id in reasons]
        carried = [one for one in due if reasons[one.id] is None or one.deadline < wall]
        for one in due:
            if one not in carried:
                refusal = text_after(text_of_reason(reasons[one.id] or b""), one.refusal)
                code, _ = codes_of(refusal)
                if one.refusal is None or codes_of(one.refusal)[0] != code:
                    trace_id = trace_id_of(one)
                    self._note(REFUSED_FOR_NOW, trace_id=trace_id, code=code, tries=one.tries + 1)
                operation_rows.postpone_operation(
                    connection,
                    one.id,
                    refusal=refusal,
                    again=wall + min(2 ** min(one.tries, 20), AGAIN_SECONDS_MAX),
                    wall=wall,
                )
        return carried

    # ---- storing

    def _store(self, connection: Connection, operations: Sequence[Operation], count: int) -> None:
        """Make a transaction under the key's next nonce and store its bytes."""
        nonce = self._nonce(connection, count)
        items = [Item(one.desk, one.call) for one in operations]
        data = relay_call(self._site.deployment, items)
        relay = self._site.deployment.address("Relay")
        signed = self._key.sign(nonce, relay, data, gas=TRANSACTION_GAS)
        made = Relayed(
            0, self._key.address, nonce, signed.raw, signed.hash, TRANSACTION_GAS, state=""
        )
        ids, wall = [one.id for one in operations], self._outbox.wall
        rows.add_transaction(connection, made, ids, wall=wall)
        operation_rows.hold_operations(connection, ids, signed.hash, wall=wall)
        self._note(
            "batch stored",
            transaction="0x" + signed.hash.hex(),
            nonce=nonce,
            count=len(ids),
            trace_ids=[trace_id_of(one) for one in operations],
        )

    def _nonce(self, connection: Connection, count: int) -> int:
        """The next nonce: the database's own count, unless the chain has come further."""
        return max(rows.next_nonce(connection, self._key.address), count)


def _batches(operations: Sequence[Operation]) -> list[list[Operation]]:
    """Operations in order, in batches that have room."""
    batches, start = [], 0
    for batch in batches_of([trial_of(one) for one in operations]):
        batches.append(list(operations[start : start + len(batch)]))
        start += len(batch)
    return batches
