"""Imports to look at: each is there for its own participant and for nobody else."""

from ledger.imports.drafts import Reading
from ledger.imports.files import error_file
from ledger.imports.sheets import read_sheet
from ledger.model.errors import ImportStateWrong, ImportUnknown
from ledger.model.glossary import Language
from ledger.service.import_files import ImportFiles, Meta, file_name
from ledger.service.import_states import ImportState
from ledger.store import import_items as stored
from ledger.store import imports as rows
from ledger.store.conditions import EVERYTHING, Condition
from ledger.store.database import Connection, Database
from ledger.store.import_items import ImportItem
from ledger.store.imports import ImportRow

__all__ = ["ImportShelf", "expect", "wrong"]


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

    def opened(
        self, participant: int, id_: str, *states: ImportState
    ) -> tuple[ImportRow, Meta, bytes]:
        """An import in one of these states, its choices and its file."""
        with self._database.reading() as connection:
            row = self.find_in(connection, participant, id_)
            expect(row, *states)
            meta = self._files.meta(connection, participant, id_)
            return row, meta, self._files.open(connection, participant, id_, "sealed_file")

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
        _, meta, data = self.opened(participant, id_, *ImportState)
        return error_file(read_sheet(data, sheet=meta.sheet), reading, language)


def expect(row: ImportRow, *states: ImportState) -> None:
    """Refuse what cannot be done with an import as it stands."""
    if row.state not in states:
        raise wrong(row, *states)


def wrong(row: ImportRow, *states: ImportState) -> ImportStateWrong:
    """The refusal that says in which state it could be done."""
    return ImportStateWrong(import_id=row.id, state=row.state, expected=", ".join(states))
