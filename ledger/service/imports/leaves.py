"""Valid rows as the leaves of a batch, with the texts and references that belong to them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.trees import Tree
from ledger.imports.drafts import Draft, Reading
from ledger.model.canonical import canonical
from ledger.model.errors import NothingToIssue, PreviewOutdated, RowsInvalid
from ledger.model.parts import BatchIssue, InvoiceUse
from ledger.records.commitments import Memo, RecordKind
from ledger.service.imports.states import ItemState
from ledger.service.records.directory import Directory
from ledger.store import import_items as stored
from ledger.store import imports as rows
from ledger.store import records
from ledger.store.database import Connection
from ledger.store.import_items import ImportItem
from ledger.store.imports import ImportRow
from ledger.store.records import MemoRow, ReferenceRow

__all__ = [
    "Leaves", "expect_unchanged", "give_back", "leaf_from", "leaves_of", "rows_chosen", "source_of",
]  # fmt: skip

_NO_EVIDENCE = bytes(32)
_TOLD_MAX = 20


@dataclass(frozen=True, slots=True)
class Leaves:
    """What is kept when an import is made ready to be signed."""

    items: list[ImportItem]
    memos: list[MemoRow]
    references: list[ReferenceRow]
    root: bytes
    total: int


def leaves_of(directory: Directory, owner: int, import_id: str, drafts: Sequence[Draft]) -> Leaves:
    """The leaves of these drafts. Evidence is committed to under fresh salts: another root each
    time."""
    leaves, items, memos, references = [], [], [], []
    for place, draft in enumerate(drafts):
        evidence = _NO_EVIDENCE
        if draft.evidence:
            memo = Memo.new(RecordKind.EVIDENCE, draft.evidence)
            evidence = memo.commitment
            memos.append(directory.sealed_memo(owner, memo))
        if draft.reference:
            source = source_of(import_id, place)
            references.append(directory.sealed_reference(owner, draft.reference, source=source))
        leaf = BatchIssue(
            index=place,
            to=draft.supplier,
            bank=draft.bank,
            face=draft.face,
            maturity=draft.maturity,
            evidence=evidence,
            invoices=tuple(
                InvoiceUse(one.fingerprint, one.total, one.used) for one in draft.invoices
            ),
        )
        leaves.append(leaf)
        said = canonical(leaf.to_message())
        items.append(ImportItem(place, draft.line, said, ItemState.WAITING))
    total = sum(draft.face for draft in drafts)
    return Leaves(items, memos, references, Tree(leaves).root, total)


def rows_chosen(reading: Reading, *, is_all: bool) -> list[Draft]:
    """The rows that are to be issued: all, which is refused with one at fault, or the valid ones.

    Raises `RowsInvalid`, `NothingToIssue`.
    """
    valid = [draft for draft in reading.drafts if draft.is_valid]
    faulty = len(reading.drafts) - len(valid)
    if not reading.is_valid or (is_all and faulty):
        raise RowsInvalid(count=faulty + sum(one.is_error for one in reading.findings))
    if not valid:
        raise NothingToIssue()
    return valid


def expect_unchanged(shown: Reading, found: Reading, *, is_all: bool) -> None:
    """Refuse rows that would be issued on other terms than the preview has shown.

    A name in the file may stand for somebody else by now, who would be paid in its supplier's
    place. Of the valid rows alone, those were chosen that were shown as valid: one that was at
    fault then and is not now was left out by whoever chose. Raises `PreviewOutdated`.
    """
    seen = [draft for draft in shown.drafts if is_all or draft.is_valid]
    terms = {draft.line: _terms(draft) for draft in seen}
    valid = (draft for draft in found.drafts if draft.is_valid)
    others = [str(draft.line) for draft in valid if terms.get(draft.line) != _terms(draft)]
    if others:
        more = ", …" if len(others) > _TOLD_MAX else ""
        raise PreviewOutdated(lines=", ".join(others[:_TOLD_MAX]) + more)


def leaf_from(item: ImportItem) -> BatchIssue:
    """A leaf as it was kept."""
    return BatchIssue.from_message(json.loads(item.leaf))


def _terms(draft: Draft) -> tuple[object, ...]:
    """What is signed of a row; its texts are the file's."""
    invoices = [(one.number, one.fingerprint, one.total, one.used) for one in draft.invoices]
    return (draft.supplier, draft.bank, draft.face, draft.maturity, invoices)


def give_back(connection: Connection, row: ImportRow) -> None:
    """Forget what was made ready to be signed."""
    items = stored.items_of(connection, row.id)
    records.drop_memos(connection, (leaf_from(one).evidence for one in items))
    sources = (source_of(row.id, one.place) for one in items)
    records.free_references(connection, row.participant, sources)
    stored.drop_items(connection, row.id)
    rows.drop_approvals(connection, row.id)


def source_of(import_id: str, place: int) -> str:
    """What claims the reference of a row."""
    return f"{import_id}:{place}"
