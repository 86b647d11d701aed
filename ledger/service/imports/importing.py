"""An import before it is signed: a file is taken in, previewed, and made ready for signatures.

Nothing becomes a payable here. Signatures are `ledger.service.imports.signing`'s, what follows them
is `ledger.service.imports.issuing`'s.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ledger.imports.checks import judge
from ledger.imports.columns import Layout, frozen, recognise
from ledger.imports.drafts import Reading, read_drafts
from ledger.imports.sheets import read_sheet
from ledger.model.canonical import canonical
from ledger.model.commands import IssueBatch
from ledger.model.errors import ImportsTooMany, RowsInvalid
from ledger.service.imports.facts import ImportFacts, claimed_by, refused_of
from ledger.service.imports.files import ImportFiles, Meta, Previewed, Uploaded, file_name
from ledger.service.imports.leaves import (
    Leaves,
    expect_unchanged,
    give_back,
    leaves_of,
    rows_chosen,
)
from ledger.service.imports.parties import PartyFinder
from ledger.service.imports.shelf import ImportShelf, Opened, expect, is_signed, wrong
from ledger.service.imports.states import ImportState
from ledger.service.imports.terms import Choice, Terms, Wishes
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.records.directory import Directory, Reader
from ledger.service.running.collecting import uncollected
from ledger.service.running.crash_points import writing
from ledger.service.running.numbers import new_id
from ledger.store import import_items as stored
from ledger.store import imports as rows
from ledger.store import records
from ledger.store.cursor import cursor
from ledger.store.database import Database
from ledger.store.feed import last_seq
from ledger.store.imports import ImportRow

__all__ = ["OPEN_MAX", "Choice", "Clerk", "Importing", "Terms", "Wishes"]

_EARLY: Final = (ImportState.UPLOADED, ImportState.PREVIEWED)
_NO_WISHES: Final = Wishes()
_FAILED: Final = (ImportState.FAILED,)
_OPEN: Final = (*_EARLY, ImportState.AWAITING_SIGNATURES)


OPEN_MAX: Final = 100
"""Imports of one participant that are neither signed nor cancelled."""


@dataclass(frozen=True, slots=True)
class Clerk:
    """What an import needs of the service around it."""

    directory: Directory
    facts: ImportFacts
    propose: Callable[[int], int]
    """A participant's next free number of a command."""
    digest: Callable[[IssueBatch], bytes]
    wall: Callable[[], int]


class Importing:
    """Takes files in and makes them ready; safe to share between threads."""

    def __init__(
        self, database: Database, files: ImportFiles, shelf: ImportShelf, clerk: Clerk
    ) -> None:
        self._database, self._files = database, files
        self._shelf, self._clerk = shelf, clerk

    def upload(self, participant: int, name: str, data: bytes, keep: Keep = not_kept) -> Uploaded:
        """Take a file in; raises a refusal of `ledger.model.errors.imports` if it cannot be read.

        The same file is taken in again, and it is said so. So many are open at a time.
        """
        sheet = read_sheet(data)
        id_ = new_id("imp")
        hashed = hashlib.sha256(data).hexdigest()
        meta = Meta(file_name(name), hashed, len(data), sheets=sheet.names)
        index, wall = self._files.file_index(participant, data), self._clerk.wall()
        row = rows.new_import(id_, participant, index, state=ImportState.UPLOADED, wall=wall)
        row = replace(row, format=sheet.format)
        sealed = {
            "sealed_file": self._files.seal(participant, id_, "sealed_file", data),
            "sealed_meta": self._files.seal_meta(participant, id_, meta),
        }
        with writing(self._database, "import") as connection:
            self._database.lock(connection, f"imports {participant}")
            if rows.count_imports(connection, participant, _OPEN) >= OPEN_MAX:
                raise ImportsTooMany(most=OPEN_MAX)
            same = tuple(rows.find_same_file(connection, participant, index))
            rows.add_import(connection, row, sealed)
            keep(connection, made := Uploaded(row, meta, same))
        return made

    def preview(
        self,
        participant: int,
        id_: str,
        reader: Reader,
        wishes: Wishes = _NO_WISHES,
        keep: Keep = not_kept,
    ) -> Reading:
        """Read the file and say what is wrong with each row.

        What is wished is kept for the next time; what the headings mean is remembered for the
        participant's next file. Raises `ColumnMissing` and the like, and `ImportChanged` where
        another request came between, as every step does.
        """
        opened = self._shelf.opened(participant, id_, *_EARLY)
        meta = opened.meta
        if wishes.sheet is not None or wishes.columns is not None:
            meta = replace(meta, heading=0, columns=dict(wishes.columns or {}))
        meta = replace(
            meta,
            sheet=meta.sheet if wishes.sheet is None else wishes.sheet,
            bank=meta.bank if wishes.bank is None else wishes.bank,
        )
        with self._database.reading() as connection:
            remembered = self._files.layout(connection, participant)
        finder = self._clerk.facts.finder(wishes.look_ups, ())
        reading, layout = self._read(participant, meta, opened.data, (finder, reader), remembered)
        headings = {heading: of.value for of, heading in layout.headings.items() if heading}
        meta = replace(meta, heading=layout.line, columns=frozen(layout))
        self._keep(opened, meta, reading, {**remembered, **headings}, keep)
        return reading

    def prepare(
        self, participant: int, id_: str, reader: Reader, terms: Terms, keep: Keep = not_kept
    ) -> IssueBatch:
        """The command that maker and checker sign: root, count and sum of the rows.

        The columns are those of the preview; the rows are judged by the facts of this moment.
        Raises `RowsInvalid` where something is wrong with the file, or with a row and all are
        chosen; `NothingToIssue` where no row is left; `PreviewOutdated` where a row would be
        issued on other terms than were shown, or was shown as invalid. A corrected command gets
        the number of the one before, so that of both at most one takes effect.
        """
        opened = self._shelf.opened(participant, id_, ImportState.PREVIEWED)
        nonce = opened.meta.nonce if terms.nonce is None else terms.nonce
        nonce = self._clerk.propose(participant) if nonce is None else nonce
        meta = replace(opened.meta, nonce=nonce)
        shown = self._shelf.reading(participant, id_)
        told = {one for draft in shown.drafts for one in (draft.supplier, draft.bank)}
        finder = self._clerk.facts.finder(terms.look_ups, told)
        reading, _ = self._read(participant, meta, opened.data, (finder, reader), {})
        is_all = terms.choice == "all"
        expect_unchanged(shown, reading, is_all=is_all)
        if terms.is_tried:
            self._shelf.expect_still(opened)
        else:  # what is wrong with a row now can be looked at
            opened = self._keep(opened, meta, reading, None, not_kept)
        chosen = rows_chosen(reading, is_all=is_all)
        leaves = leaves_of(self._clerk.directory, participant, id_, chosen)
        latest = self._clerk.facts.latest_deadline
        command = IssueBatch(
            participant=participant,
            root=leaves.root,
            count=len(leaves.items),
            total=leaves.total,
            nonce=nonce,
            deadline=latest if terms.deadline is None else terms.deadline,
        )
        self._await(opened, command, leaves, terms.choice, keep)
        return command

    def reopen(
        self, participant: int, id_: str, keep: Keep = not_kept, *, cancel: bool = False
    ) -> ImportRow:
        """Take an import back that was not recorded: to preview it again, or for good."""
        with writing(self._database, "import") as connection:
            row = self._shelf.held(connection, participant, id_)
            expect(row, *(_OPEN if cancel else (ImportState.AWAITING_SIGNATURES, *_FAILED)))
            if is_signed(connection, row):
                raise wrong(row, ImportState.AWAITING_SIGNATURES)  # it was signed after all
            values = {
                "state": ImportState.CANCELLED if cancel else ImportState.PREVIEWED,
                "command": None,
                "digest": None,
                "choice": None,
                "operation": None,
                "refused": 0,
                "refusal": None,
                "updated_wall": self._clerk.wall(),
            }
            now = self._shelf.change(connection, row, [ImportState(row.state)], values)
            give_back(connection, row)
            keep(connection, now)
            return now

    # ---- private

    def _read(
        self,
        participant: int,
        meta: Meta,
        data: bytes,
        asking: tuple[PartyFinder, Reader],
        remembered: Mapping[str, str],
    ) -> tuple[Reading, Layout]:
        facts, (finder, reader) = self._clerk.facts, asking
        with uncollected():
            cells = read_sheet(data, sheet=meta.sheet)
            layout = recognise(cells.rows, remembered, meta.columns, line=meta.heading)
            reading = read_drafts(cells, layout, finder, bank=meta.bank)
            facts.fill_sellers(reading, finder, reader)
            judge(reading, facts.of(participant, lambda asked: self._taken(participant, asked)))
        return reading, layout

    def _taken(self, participant: int, references: Iterable[str]) -> dict[str, str]:
        """Which references stand for something, and for what."""
        asked = list(references)
        alone = self._clerk.facts.issued_alone(participant, asked)
        claimed = self._clerk.directory.references_claimed(participant, asked)
        with self._database.reading() as connection:
            free = refused_of(connection, claimed.values())
        return alone | {
            one: claimed_by(row.payable, row.source)
            for one, row in claimed.items()
            if row.reference_index not in free
        }

    def _keep(
        self,
        opened: Opened,
        meta: Meta,
        reading: Reading,
        headings: dict[str, str] | None,
        keep: Keep,
    ) -> Opened:
        """Keep what was found in a file as it was opened; the import as it stands then."""
        own, id_, wall = opened.row.participant, opened.row.id, self._clerk.wall()
        values = self._files.found(own, id_, meta, reading)
        values |= {"state": ImportState.PREVIEWED, "updated_wall": wall}
        sealed = None if headings is None else self._files.seal_layout(own, headings)
        with writing(self._database, "import") as connection:
            row = self._shelf.held(connection, own, id_)
            now = self._shelf.change(connection, row, _EARLY, values, mark=opened.mark)
            if sealed is not None:
                self._database.lock(connection, f"layout {own}")
                rows.put_layout(connection, own, sealed, wall=wall)
            keep(connection, Previewed(now, meta, reading))
        return replace(opened, row=now, meta=meta, mark=values["sealed_meta"])

    def _await(
        self, opened: Opened, command: IssueBatch, leaves: Leaves, choice: Choice, keep: Keep
    ) -> None:
        """Keep what is to be signed of a file as it was opened, and claim its references."""
        owner = opened.row.participant
        values = {
            "state": ImportState.AWAITING_SIGNATURES,
            "choice": choice,
            "command": canonical(command.to_message()),
            "digest": self._clerk.digest(command),
            "deadline": command.deadline,
            "refusal": None,
            "updated_wall": self._clerk.wall(),
        }
        indices = [one.reference_index for one in leaves.references]
        with writing(self._database, "import") as connection:
            row = self._shelf.held(connection, owner, opened.row.id)
            values |= {"feed_seq": last_seq(connection), "feed_epoch": cursor(connection).epoch}
            early = [ImportState.PREVIEWED]
            self._shelf.change(connection, row, early, values, mark=opened.mark)
            self._database.lock(connection, f"references {owner}")
            taken = records.find_references(connection, owner, indices)
            free = refused_of(connection, taken.values())
            records.drop_references(connection, owner, free)
            claimed = records.add_references(connection, leaves.references)
            if claimed < len(leaves.references):  # others have been claimed meanwhile
                raise RowsInvalid(count=len(leaves.references) - claimed)
            stored.add_items(connection, row.id, leaves.items)
            records.add_memos(connection, leaves.memos)
            keep(connection, command)
