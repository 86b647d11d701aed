"""Filters of imports and of their rows. A row is found by what was read of it, issued or not."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Request
from pydantic import Field, StringConstraints

from api import shapes
from api.context import context_of
from api.finding import as_asked, within_days
from api.import_shapes import ItemStateName, StateName
from api.lists import Filters
from ledger.imports.drafts import Draft
from ledger.model.ids import parse_payable
from ledger.model.references import reference_key
from ledger.service.access import Subject
from ledger.store.import_items import ImportItem
from ledger.store.lists import AllOf, Condition, Is, Of

__all__ = ["ImportFilters", "RowFilters", "imports_wanted", "row_test"]

Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ImportFilters(Filters):
    """Which imports."""

    state: StateName | None = None
    payable: shapes.PayableName | None = Field(
        default=None, description="That was issued from one of its rows."
    )
    external_reference: shapes.Reference | None = Field(
        default=None, description="Of one of its rows, once it is to be signed."
    )


class RowFilters(Filters):
    """Which rows of an import."""

    faulty: bool = False
    state: ItemStateName | None = None
    reference: shapes.Reference | None = None
    supplier: shapes.ParticipantNumber | None = None
    settlement_bank: shapes.ParticipantNumber | None = None
    maturity_from: shapes.BusinessDate | None = None
    maturity_to: shapes.BusinessDate | None = None
    invoice: shapes.Hash | None = Field(default=None, description="An invoice's fingerprint.")
    invoice_number: Number | None = Field(default=None, description="As the file has it.")
    payable: shapes.PayableName | None = None


def imports_wanted(request: Request, subject: Subject, asked: ImportFilters) -> Condition:
    """What is asked of the participant's imports."""
    found = as_asked(asked, "state")
    if asked.payable:
        # A payable keeps the promise that it came from: the import's one command.
        issued = Is("id", (parse_payable(asked.payable),))
        found.append(Of("digest", "payables", "digest", issued))
    if asked.external_reference:
        found.append(Is("id", _claimed_by(request, subject, asked.external_reference)))
    return AllOf(tuple(found))


def _claimed_by(request: Request, subject: Subject, reference: str) -> tuple[str, ...]:
    """The import that has claimed a reference, if one has: it stands sealed beside its row."""
    directory = context_of(request).service.directory
    if directory is None:
        return ()
    claims = directory.references_claimed(subject.participant, (reference,)).values()
    return tuple(one.source.partition(":")[0] for one in claims)


def row_test(asked: RowFilters) -> Callable[[Draft, ImportItem | None], bool]:
    """Whether a row, with what has become of it, is one that is asked for.

    Raises `InvalidField` for a date that is none, or a range that ends before it begins.
    """
    low, high = within_days("maturity", asked.maturity_from, asked.maturity_to)
    payable = None if asked.payable is None else parse_payable(asked.payable)
    fingerprint = None if asked.invoice is None else bytes.fromhex(asked.invoice[2:])
    reference = None if asked.reference is None else reference_key(asked.reference)

    def fits(draft: Draft, item: ImportItem | None) -> bool:
        if asked.faulty and draft.is_valid:
            return False
        plain = (
            (reference, reference_key(draft.reference)),
            (asked.supplier, draft.supplier),
            (asked.settlement_bank, draft.bank),
            (asked.state, item and item.state),
            (payable, item and item.payable),
        )
        if any(wish is not None and wish != value for wish, value in plain):
            return False
        if (low, high) != (None, None) and not draft.maturity:
            return False  # it could not be read
        if not (low or 0) <= draft.maturity <= (draft.maturity if high is None else high):
            return False
        return _is_backed(draft, fingerprint, asked.invoice_number)

    return fits


def _is_backed(draft: Draft, fingerprint: bytes | None, number: str | None) -> bool:
    """Whether one invoice of a row is the one that is asked for, if one is."""
    if fingerprint is None and number is None:
        return True
    return any(
        fingerprint in (None, one.fingerprint) and number in (None, one.number)
        for one in draft.invoices
    )
