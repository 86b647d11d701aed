"""Imports to look at: each is there for its own participant and for nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.imports.drafts import Reading
from ledger.imports.files import error_file
from ledger.imports.sheets import read_sheet
from ledger.model.errors import ImportChanged, ImportStateWrong, ImportUnknown, LedgerError
from ledger.model.glossary import Language
from ledger.service.imports.files import ImportFiles, Meta, file_name
from ledger.service.imports.states import ImportState
from ledger.store import import_items as stored
from ledger.store import imports as rows
from ledger.store.conditions import EVERYTHING, Condition
from ledger.store.database import Connection, Database
from ledger.store.import_items import ImportItem
from ledger.store.imports import ImportRow
from ledger.store.lists import Is, find
from ledger.store.operations import find_operations_by_digest
from ledger.store.tables.operations import REFUSED

__all__ = ["ImportShelf", "Opened", "expect", "is_signed", "overtaken", "wrong"]


@dataclass(frozen=True, slots=True)
class Opened:
    """An import as it stood when its file was opened."""

    row: ImportRow
    meta: Meta
    data: bytes
    mark: bytes
    """Its choices, sealed: other bytes once anybody has previewed it or made it ready."""


class ImportShelf:
    """Finds imports and opens what is sealed of them; safe to share between threads."""

    def __init__(self, database: Database, files: ImportFiles) -> None:
        self._database, self._files = database, files

    def find(self, participant: int, id_: str) -> ImportRow:
        """An import of this participant; raises `ImportUnknown`."""
        with self._database.reading() as connection:
            return self.find_in(connection, participant, id_)

    def find_in(self, connection: Connection, participant: int, id_: str) -> ImportRow:
        """The same within a transaction."""
        row = rows.find_import(connection, id_, participant)
        if row is None:
            raise ImportUnknown(import_id=file_name(id_))
        return row

    def held(self, connection: Connection, participant: int, id_: str) -> ImportRow:
        """The same, and nobody else changes it before the transaction ends."""
        self.find_in(connection, participant, id_)  # a stranger holds nobody up
        self._database.lock(connection, f"import {id_}")
        return self.find_in(connection, participant, id_)

    def change(
        self,
        connection: Connection,
        row: ImportRow,
        states: Sequence[ImportState],
        values: Mapping[str, Any],
        *,
        mark: bytes | None = None,
    ) -> ImportRow:
        """Change an import in one of these states, as it was opened; it as it stands then.

        Raises `ImportStateWrong`, or `ImportChanged` where its mark is another by now.
        """
        is_done = rows.change(connection, row.id, states, values, sealed_meta=mark)
        now = self.find_in(connection, row.participant, row.id)
        if not is_done:
            raise overtaken(now, *states)
        return now

    def imports(
        self,
        participant: int,
        where: Condition = EVERYTHING,
        *,
        before: str = "",
        limit: int = 50,
    ) -> list[ImportRow]:
        """Imports for which a condition holds, the newest first."""
        with self._database.reading() as connection:
            return rows.imports_of(connection, participant, where, before=before, limit=limit)

    def meta(self, participant: int, id_: str) -> Meta:
        """An import's name and choices."""
        with self._database.reading() as connection:
            self.find_in(connection, participant, id_)
            return self._files.meta(connection, participant, id_)

    def opened(self, participant: int, id_: str, *states: ImportState) -> Opened:
        """An import in one of these states, its choices and its file."""
        with self._database.reading() as connection:
            row = self.find_in(connection, participant, id_)
            expect(row, *states)
            meta = self._files.meta(connection, participant, id_)
            data = self._files.open(connection, participant, id_, "sealed_file")
            return Opened(row, meta, data, rows.sealed_of(connection, id_, "sealed_meta") or b"")

    def expect_still(self, opened: Opened) -> None:
        """Refuse what was begun on an import that has been changed since it was opened."""
        row = opened.row
        with self._database.reading() as connection:
            now = self.find_in(connection, row.participant, row.id)
            expect(now, ImportState(row.state))
            if rows.sealed_of(connection, row.id, "sealed_meta") != opened.mark:
                raise ImportChanged(import_id=row.id)

    def reading(self, participant: int, id_: str) -> Reading:
        """What the last preview found; raises `ImportStateWrong` before the first."""
        with self._database.reading() as connection:
            row = self.find_in(connection, participant, id_)
            if row.state == ImportState.UPLOADED:
                raise wrong(row, ImportState.PREVIEWED)
            return self._files.reading(connection, participant, id_)

    def items(
        self, participant: int, id_: str, *, after: int = -1, limit: int = 200
    ) -> list[ImportItem]:
        """The payables on their way, by their places."""
        with self._database.reading() as connection:
            self.find_in(connection, participant, id_)
            return stored.items_of(connection, id_, after=after, limit=limit)

    def items_by_line(self, participant: int, id_: str) -> dict[int, ImportItem]:
        """The payables on their way, by the lines of their rows."""
        with self._database.reading() as connection:
            self.find_in(connection, participant, id_)
            return {one.line: one for one in stored.items_of(connection, id_)}

    def same_file(self, participant: int, row: ImportRow) -> list[str]:
        """Earlier imports of the very same file."""
        with self._database.reading() as connection:
            same = rows.find_same_file(connection, participant, row.file_index)
        return [one for one in same if one < row.id]

    def error_file(self, participant: int, id_: str, language: Language) -> bytes:
        """The file as it came, with one column more that says what is wrong: a workbook."""
        reading = self.reading(participant, id_)
        opened = self.opened(participant, id_, *ImportState)
        return error_file(read_sheet(opened.data, sheet=opened.meta.sheet), reading, language)


def expect(row: ImportRow, *states: ImportState) -> None:
    """Refuse what cannot be done with an import as it stands."""
    if row.state not in states:
        raise wrong(row, *states)


def is_signed(connection: Connection, row: ImportRow) -> bool:
    """Whether an import's command is recorded or on its way, whatever door it came through."""
    known = find_operations_by_digest(connection, [row.digest or b""]).values()
    is_recorded = find(connection, "batches", Is("digest", (row.digest,))) is not None
    return is_recorded or any(one.state != REFUSED for one in known)


def overtaken(now: ImportRow, *states: ImportState) -> LedgerError:
    """Why what was begun in one of these states cannot be ended on an import as it is now."""
    return ImportChanged(import_id=now.id) if now.state in states else wrong(now, *states)


def wrong(row: ImportRow, *states: ImportState) -> ImportStateWrong:
    """The refusal that says in which state it could be done."""
    expected = " or ".join(filter(None, (", ".join(states[:-1]), states[-1])))
    return ImportStateWrong(import_id=row.id, state=row.state, expected=expected)
