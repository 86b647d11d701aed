"""Valid rows as the leaves of a batch, with the texts and references that belong to them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.trees import Tree
from ledger.imports.drafts import Draft
from ledger.model.parts import BatchIssue, InvoiceUse
from ledger.records.commitments import Memo, RecordKind
from ledger.service.directory import Directory
from ledger.service.import_states import ItemState
from ledger.service.posted import canonical
from ledger.store.import_items import ImportItem
from ledger.store.records import MemoRow, ReferenceRow

__all__ = ["Leaves", "leaf_from", "leaves_of", "source_of"]

_NO_EVIDENCE = bytes(32)


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


def leaf_from(item: ImportItem) -> BatchIssue:
    """A leaf as it was kept."""
    return BatchIssue.from_message(json.loads(item.leaf))


def source_of(import_id: str, place: int) -> str:
    """What claims the reference of a row."""
    return f"{import_id}:{place}"
