"""What follows the signatures of an import: its commitment is recorded, its payables are issued.

It works in steps and remembers nothing between them but what stands in the database: whatever dies,
the next step goes on. The feed says what was issued, whoever relayed it; an operation's end says
what was refused. Both are read, never guessed.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from ledger.chain.trees import Tree
from ledger.imports.drafts import Reading
from ledger.model.errors import BatchVoid, DeadlinePassed, ImportStateWrong
from ledger.service.imports.feed import issued_after
from ledger.service.imports.leaves import leaf_from, source_of
from ledger.service.imports.shelf import ImportShelf, expect
from ledger.service.imports.states import ImportState, ItemState
from ledger.service.intake.intake import Intake
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.intake.posted import Act
from ledger.service.intake.refusals import refusal_text
from ledger.service.relaying.outbox import Operation
from ledger.service.running.crash_points import writing
from ledger.service.running.patience import Patience
from ledger.store import import_items as stored
from ledger.store import imports as rows
from ledger.store import records
from ledger.store.cursor import cursor
from ledger.store.database import Connection, Database
from ledger.store.feed import last_seq
from ledger.store.import_items import ImportItem
from ledger.store.imports import ImportRow
from ledger.store.lists import Is, find
from ledger.store.operations import find_operation
from ledger.store.tables.operations import REFUSED
from ledger.views.party_rows import Batch

__all__ = ["ImportIssuing"]

_UNDER_WAY: Final = (ImportState.RECORDING, ImportState.ISSUING)
_ENDED: Final = (ImportState.DONE, ImportState.FAILED)

UNDER_WAY_A_STEP: Final = 1_000
ENDED_A_STEP: Final = 100
"""Imports that a step looks at; the next step goes on behind them."""

ASKED_A_STEP: Final = 500
_QUIET_MAX: Final = 10_000
ASKED_MAX: Final = 2_000
"""Payables of one import on their way at a time: others' operations pass between them."""


class ImportIssuing:
    """Drives signed imports to their end."""

    def __init__(
        self, database: Database, shelf: ImportShelf, intake: Intake, wall: Callable[[], int]
    ) -> None:
        self._database, self._shelf = database, shelf
        self._intake, self._wall = intake, wall
        self._patience = Patience("import", wall)
        self._tree: tuple[bytes | None, Tree] | None = None
        self._behind = ["", ""]
        """The last imports that were looked at: of those under way, and of the ended ones."""
        self._quiet: dict[str, int] = {}
        """Up to which number of the feed nothing has become of an ended import."""

    def step(self) -> int:
        """Go on with every import that is under way; returns how many payables were asked for.

        An import that fails is logged and rests; the others do not wait for it.
        """
        found = self._next()
        self._patience.keep({row.id for row in found})
        tried = (self._patience.tried(one.id, partial(self._go_on, one)) for one in found)
        return sum(asked or 0 for asked in tried)

    def retry(self, participant: int, id_: str, keep: Keep = not_kept) -> ImportRow:
        """Ask once more for the payables that were refused, while the signature still holds.

        One whose reference another import has taken meanwhile stays refused.
        """
        reading = self._shelf.reading(participant, id_)
        with writing(self._database, "import") as connection:
            row = self._shelf.held(connection, participant, id_)
            expect(row, *_ENDED)
            batch = self._batch(connection, row)
            if batch is None or batch.is_void or cursor(connection).second > batch.deadline:
                raise ImportStateWrong(
                    import_id=row.id, state=row.state, expected=ImportState.ISSUING
                )
            self._database.lock(connection, f"references {participant}")
            refused = stored.items_in(connection, id_, ItemState.REFUSED, row.refused)
            lost = _lost(connection, row, refused, reading)
            again = [one for one in refused if one.place not in lost]
            self._mark(connection, row, again, state=ItemState.WAITING)
            now = self._change(connection, row, state=ImportState.ISSUING, refused=len(lost))
            keep(connection, now)
            return now

    # ---- private

    def _next(self) -> list[ImportRow]:
        """Those under way, and in a window of their own the ended ones that may still change.

        However many have ended, none of them takes the place of one that is under way.
        """
        with self._database.reading() as connection:
            at = cursor(connection)
            under_way = partial(rows.imports_under_way, connection, _UNDER_WAY)
            ended = partial(rows.imports_ended, connection, _ENDED, at)
            first = self._window(0, under_way, UNDER_WAY_A_STEP)
            return first + self._window(1, ended, ENDED_A_STEP)

    def _window(
        self, which: int, find: Callable[..., list[ImportRow]], limit: int
    ) -> list[ImportRow]:
        after = self._behind[which]
        found = find(after=after, limit=limit) or (find(limit=limit) if after else [])
        self._behind[which] = found[-1].id if len(found) == limit else ""
        return found

    def _is_quiet(self, connection: Connection, row: ImportRow, batch: Batch | None) -> bool:
        """Whether nothing has become of an ended import since it was written last."""
        if row.state not in _ENDED or row.feed_epoch != cursor(connection).epoch:
            return False
        if batch is None:
            return True
        seen = max(row.feed_seq, self._quiet.get(row.id, 0))
        if seen < last_seq(connection):
            issued = issued_after(connection, seen, row.digest or b"")
            if issued.payables:
                return False
            if len(self._quiet) >= _QUIET_MAX:
                self._quiet.clear()
            self._quiet[row.id] = issued.seq
        return True

    def _go_on(self, row: ImportRow) -> int:
        with self._database.reading() as connection:
            batch = self._batch(connection, row)
            if self._is_quiet(connection, row, batch):
                return 0
        if batch is None:
            self._await_record(row)
            return 0
        with writing(self._database, "import") as connection:
            now = self._shelf.held(connection, row.participant, row.id)
            if now.state not in (*_UNDER_WAY, *_ENDED) or now.digest != row.digest:
                return 0
            self._read_feed(connection, now)
            self._read_refusals(connection, now)
            self._end(connection, now, batch)
        return self._ask(row) if not batch.is_void else 0

    def _await_record(self, row: ImportRow) -> None:
        """The commitment is on its way, or was refused for good."""
        with writing(self._database, "import") as connection:
            row = self._shelf.held(connection, row.participant, row.id)
            if row.state not in (*_UNDER_WAY, *_ENDED):
                return
            if cursor(connection).epoch != row.feed_epoch:  # the chain that had it is gone
                row = self._wind_back(connection, row)
                row = self._change(connection, row, state=ImportState.RECORDING, issued=0)
            elif row.state in _ENDED:
                return
            operation = find_operation(connection, row.operation or "")
            if operation is None or operation.state != REFUSED or self._batch(connection, row):
                return
            items = stored.items_of(connection, row.id)
            self._refuse(connection, row, items, operation.refusal)
            counted = {"refused": len(items), "refusal": operation.refusal}
            self._change(connection, row, state=ImportState.FAILED, **counted)

    def _read_feed(self, connection: Connection, row: ImportRow) -> None:
        """Which payables were issued, by whatever transaction."""
        if cursor(connection).epoch != row.feed_epoch:
            row = self._wind_back(connection, row)
        issued = issued_after(connection, row.feed_seq, row.digest or b"")
        values = [{"state": ItemState.ISSUED, "payable": one} for one in issued.payables.values()]
        stored.mark_items(connection, row.id, issued.payables, values)
        sources = [source_of(row.id, place) for place in issued.payables]
        named = zip(sources, issued.payables.values(), strict=True)
        records.name_payables(connection, row.participant, named)
        self._change(connection, row, feed_seq=issued.seq)

    def _wind_back(self, connection: Connection, row: ImportRow) -> ImportRow:
        """Forget what was issued: on another chain it may not be, or be another's."""
        issued = stored.items_in(connection, row.id, ItemState.ISSUED, row.payables)
        self._mark(connection, row, issued, state=ItemState.WAITING)
        sources = [source_of(row.id, one.place) for one in issued]
        rows.forget_payables(connection, row.participant, sources)
        epoch = cursor(connection).epoch
        return self._change(connection, row, feed_seq=0, feed_epoch=epoch)

    def _read_refusals(self, connection: Connection, row: ImportRow) -> None:
        """Which operations ended without their payable."""
        found = stored.ended_items(connection, row.id, ItemState.ASKED, [REFUSED], ASKED_MAX)
        for item, refusal in found:
            self._refuse(connection, row, [item], refusal)

    def _end(self, connection: Connection, row: ImportRow, batch: Batch) -> None:
        """Count, and end what can go no further."""
        second = cursor(connection).second
        if batch.is_void or second > batch.deadline:
            refusal = (
                BatchVoid(batch=batch.digest)
                if batch.is_void
                else DeadlinePassed(deadline=batch.deadline, time=second)
            )
            for state in (ItemState.WAITING, ItemState.ASKED):
                left = stored.items_in(connection, row.id, state, row.payables)
                self._refuse(connection, row, left, refusal_text(refusal))
        counts = stored.count_items(connection, row.id)
        issued, refused = counts.get(ItemState.ISSUED, 0), counts.get(ItemState.REFUSED, 0)
        is_over = not counts.get(ItemState.WAITING) and not counts.get(ItemState.ASKED)
        came_to = ImportState.ISSUING
        if is_over:
            came_to = ImportState.DONE if issued else ImportState.FAILED
        self._change(connection, row, state=came_to, issued=issued, refused=refused)

    def _ask(self, row: ImportRow) -> int:
        """Ask for the next payables; their operations and their new states are one transaction."""
        with self._database.reading() as connection:
            asked = stored.count_items(connection, row.id).get(ItemState.ASKED, 0)
            room = min(ASKED_A_STEP, ASKED_MAX - asked)
            items = stored.items_in(connection, row.id, ItemState.WAITING, max(0, room))
        if not items:
            return 0
        tree, digest = self._tree_of(row), row.digest or b""
        acts = [
            Act("issueFromBatch", (digest, leaf_from(one), tree.proof(one.place))) for one in items
        ]

        def keep(connection: Connection, operations: Sequence[Operation]) -> None:
            now = self._shelf.held(connection, row.participant, row.id)
            if now.digest != digest:
                raise _Overtaken()
            waiting = stored.items_in(connection, row.id, ItemState.WAITING, len(items))
            if [one.place for one in waiting] != [one.place for one in items]:
                raise _Overtaken()
            values = [{"state": ItemState.ASKED, "operation": one.id} for one in operations]
            stored.mark_items(connection, row.id, [one.place for one in items], values)

        try:
            self._intake.request(acts, keep)
        except _Overtaken:
            return 0  # another process has asked for them
        return len(items)

    def _tree_of(self, row: ImportRow) -> Tree:
        # By its command: the same import may be signed anew, with other rows.
        if self._tree is None or self._tree[0] != row.digest:
            with self._database.reading() as connection:
                items = stored.items_of(connection, row.id)
            self._tree = (row.digest, Tree([leaf_from(one) for one in items]))
        return self._tree[1]

    def _batch(self, connection: Connection, row: ImportRow) -> Batch | None:
        found: Batch | None = find(connection, "batches", Is("digest", (row.digest,)))
        return found

    def _refuse(
        self, connection: Connection, row: ImportRow, items: Sequence[ImportItem], text: str | None
    ) -> None:
        """Payables that are not issued; their references are free for another import."""
        self._mark(connection, row, items, state=ItemState.REFUSED, refusal=text)

    def _mark(
        self, connection: Connection, row: ImportRow, items: Sequence[ImportItem], **values: Any
    ) -> None:
        places = [one.place for one in items]
        stored.mark_items(connection, row.id, places, [values] * len(places))

    def _change(self, connection: Connection, row: ImportRow, **values: Any) -> ImportRow:
        """Write what is another by now; where nothing is, nothing is written."""
        if all(getattr(row, name) == value for name, value in values.items()):
            return row
        values["updated_wall"] = self._wall()
        return self._shelf.change(connection, row, [ImportState(row.state)], values)


def _lost(
    connection: Connection, row: ImportRow, items: Sequence[ImportItem], reading: Reading
) -> set[int]:
    """Places whose reference is another's by now."""
    referred = {draft.line for draft in reading.drafts if draft.reference}
    sources = {source_of(row.id, one.place): one.place for one in items if one.line in referred}
    held = records.held_sources(connection, row.participant, sources)
    return {place for source, place in sources.items() if source not in held}


class _Overtaken(Exception):
    """The payables were asked for meanwhile."""
