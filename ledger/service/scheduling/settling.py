"""Settlement runs: as soon as a payable is paid, all its vouchers get their shares.

A run asks for settlements in operations of bounded room and remembers which operation names which
voucher, in one transaction with the operations: whoever begins again goes on from there, and no
voucher is named twice for the same payments. Whether a voucher is frozen says the contract.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from ledger.model.errors import OperationNeedless, OperationReplaced
from ledger.service.intake.intake import Intake
from ledger.service.intake.posted import Act
from ledger.service.intake.refusals import refusal_text
from ledger.service.relaying.outbox import Operation
from ledger.service.running.crash_points import writing
from ledger.service.running.patience import Patience
from ledger.service.running.site import Site
from ledger.service.scheduling.room import OPERATION_GAS, chunks
from ledger.service.scheduling.run_figures import RunScene, begun, figures
from ledger.service.scheduling.verdicts import Verdicts
from ledger.store import runs as stored
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection
from ledger.store.lists import Is, find
from ledger.store.operations import end_parked
from ledger.store.runs import RunRow
from ledger.store.tables.operations import ACCEPTED, PARKED, SENT
from ledger.views.claim_rows import Voucher

__all__ = ["Settling", "begin_run"]

TRIES: Final = 8
"""How often a voucher is tried again in a smaller operation, before it is left to the operator."""

_UNDER_WAY: Final = (ACCEPTED, SENT)

_Key = tuple[int, int]


def begin_run(connection: Connection, payable: int, at: Cursor) -> None:
    """Begin a run for the payments of a payable that are in none; one under way takes them too."""
    account = find(connection, "accounts", Is("payable", (payable,)))
    last = stored.last_run(connection, payable)
    covered = 0 if last is None else last.payments
    if account is None or account.payments <= covered:
        return
    if last is None or last.state == stored.DONE:
        stored.put_run(connection, begun(payable, covered, at))


class Settling:
    """Drives the runs that are under way; `monotonic` measures waiting and never goes back."""

    def __init__(
        self, site: Site, intake: Intake, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._site, self._intake = site, intake
        self._verdicts = Verdicts(site, monotonic=monotonic)
        self._patience = Patience("settle", monotonic)

    def step(self) -> int:
        """Look at every run that is under way; returns how many operations were asked for.

        A run that fails is logged and rests; the others do not wait for it.
        """
        with self._site.database.reading() as connection:
            runs = stored.runs_under_way(connection)
        keys = {_key(one) for one in runs}
        self._verdicts.keep(keys)
        self._patience.keep(keys)
        tried = (self._patience.tried(_key(one), partial(self._go_on, one)) for one in runs)
        return sum(asked or 0 for asked in tried)

    def _go_on(self, run: RunRow) -> int:
        with self._site.database.reading() as connection:
            scene = RunScene.read(connection, run)
        if scene is None:
            with writing(self._site.database, "run") as connection:
                stored.drop_run(connection, run)
            return 0
        left = _unassigned(scene)
        verdict = self._verdicts.of(_key(run), scene, left)
        if not self._write(run, scene, sorted(verdict.frozen)):
            return 0
        resting = verdict.frozen | verdict.unsure
        due = [one for one in left if one.id not in resting]
        return self._ask(scene, due) if due else 0

    def _write(self, before: RunRow, scene: RunScene, frozen: Sequence[int]) -> bool:
        """Keep the figures; False where the rows have changed since they were read."""
        with self._site.database.reading() as connection:
            if cursor(connection) != scene.at:
                return False
            now = figures(connection, scene, frozen)
        if replace(now, block=before.block) == before:
            return True
        with writing(self._site.database, "run") as connection:
            self._site.database.lock(connection, "settle")
            if cursor(connection) != scene.at:
                return False
            stored.put_run(connection, now)
            self._end_needless(connection, scene)
            stored.add_payouts(connection, now, block=scene.at.number)
        return True

    def _end_needless(self, connection: Connection, scene: RunScene) -> None:
        """What was set aside, and has nothing left to do, is nobody's concern."""
        left = {(one.id, scene.run.payments) for one in scene.unsettled}
        found = stored.parked(connection, scene.run.payable)
        needless = [operation for operation, named in found.items() if not named & left]
        refusal = refusal_text(OperationNeedless())
        end_parked(connection, needless, refusal=refusal, wall=self._intake.wall)

    # ---- asking for settlements

    def _ask(self, scene: RunScene, due: Sequence[Voucher]) -> int:
        tries = {one.voucher: one.tries + 1 for one in scene.assigned}
        again = [one.id for one in due if one.id in tries]
        batches = list(_batches(scene, due))
        acts = [
            Act("settle", ([one.id for one in batch],), gas=scene.room.whole(batch))
            for batch in batches
        ]

        def keep(connection: Connection, operations: Sequence[Operation]) -> None:
            self._site.database.lock(connection, "settle")
            now = stored.assigned(connection, scene.run.payable, scene.run.payments)
            if sorted(now, key=_order) != sorted(scene.assigned, key=_order):
                raise _Overtaken()
            stored.release(connection, again, scene.run.payments)
            for batch, operation in zip(batches, operations, strict=True):
                ids, most = [one.id for one in batch], max(tries.get(one.id, 0) for one in batch)
                stored.assign(connection, ids, scene.run.payments, operation.id, tries=most)
            self._replace(connection, scene, batches, operations)

        try:
            self._intake.request(acts, keep)
        except _Overtaken:
            return 0  # another process has asked, or something has ended: the next step looks again
        return len(acts)

    def _replace(
        self,
        connection: Connection,
        scene: RunScene,
        batches: Sequence[Sequence[Voucher]],
        operations: Sequence[Operation],
    ) -> None:
        """What was set aside ends where smaller ones go on, and names them."""
        before = {one.voucher: one.operation for one in scene.assigned if one.state == PARKED}
        after: dict[str, list[str]] = {}
        for batch, operation in zip(batches, operations, strict=True):
            for parent in {before[one.id] for one in batch if one.id in before}:
                after.setdefault(parent, []).append(operation.id)
        for parent, ids in after.items():
            refusal = refusal_text(OperationReplaced(operations=", ".join(ids)))
            end_parked(connection, [parent], refusal=refusal, wall=self._intake.wall)


def _unassigned(scene: RunScene) -> list[Voucher]:
    """Vouchers that no operation on its way is to settle, and that have not failed too often."""
    busy = {one.voucher for one in scene.assigned if one.state in _UNDER_WAY or one.tries > TRIES}
    return [one for one in scene.unsettled if one.id not in busy]


def _batches(scene: RunScene, due: Sequence[Voucher]) -> Iterator[list[Voucher]]:
    """Vouchers in operations; what reverted whole comes in halves."""
    known = {one.voucher: one for one in scene.assigned}
    groups: dict[str, list[Voucher]] = {}
    for one in due:
        before = known.get(one.id)
        parked = before.operation if before is not None and before.state == PARKED else ""
        groups.setdefault(parked, []).append(one)
    for operation, some in sorted(groups.items()):
        half = scene.room.whole(some) // 2
        most = half if operation else max(OPERATION_GAS, 4 * scene.room.start)
        yield from chunks(some, scene.room, most=most)


def _key(run: RunRow) -> _Key:
    return (run.payable, run.first_payment)


def _order(one: stored.Assigned) -> tuple[int, str]:
    return (one.voucher, one.operation)


class _Overtaken(Exception):
    """The vouchers were named meanwhile."""
