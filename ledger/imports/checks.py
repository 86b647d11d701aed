"""What can be known before anything is signed: repeats, invoices used twice, terms, the line.

The contracts decide when the payables are issued. This is a forecast by the facts of the moment,
made so that nobody signs what will be refused.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.imports.columns import Field
from ledger.imports.drafts import Draft, InvoiceDraft, Reading
from ledger.imports.findings import Finding
from ledger.model.days import months_after
from ledger.model.errors.input import InvalidField
from ledger.model.figures import date_text, grouped_text
from ledger.model.references import reference_key
from ledger.model.states import Role

__all__ = ["PAYABLES_MAX", "Backing", "Facts", "Standing", "judge"]

PAYABLES_MAX: Final = 10_000
"""Payables of one batch, as the contract bounds them."""

INVOICES_MAX: Final = 64
FACE_MAX: Final = 2**56 - 1
_TENOR_MONTHS: Final = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a participant matters to an issue."""

    roles: Role
    is_active: bool


@dataclass(frozen=True, slots=True)
class Backing:
    """What the ledger knows of an invoice."""

    total: int
    used: int
    is_own: bool
    """Whether the obligor alone uses it; of others' uses it is told no amounts."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger knows at the moment of a preview."""

    obligor: int
    today: int
    tenor_days_max: int
    room: int
    """Fen that the lines leave free."""
    unpaid_since: int
    """Due day of the first overdue payable; 0 for none."""
    standings: Mapping[int, Standing]
    fingerprint: Callable[[InvoiceDraft], bytes]
    """Raises `InvalidField` where an invoice is not unique."""
    invoices: Callable[[Sequence[bytes]], Mapping[bytes, Backing]]
    """Those invoices that the ledger knows."""
    references: Callable[[Iterable[str]], Mapping[str, str]]
    """Of those references that are taken, by what."""


def judge(reading: Reading, facts: Facts) -> None:
    """Add to each draft, and to the file, what would keep it from being issued."""
    _judge_file(reading, facts)
    for draft in reading.drafts:
        _judge_parties(draft, facts)
        _judge_terms(draft, facts)
    _judge_references(reading.drafts, facts)
    _judge_repeats(reading.drafts)
    _judge_invoices(reading.drafts, facts)
    total = sum(draft.face for draft in reading.drafts if draft.is_valid)
    if total > facts.room:
        told = {"total": grouped_text(total), "room": grouped_text(max(0, facts.room))}
        reading.findings.append(Finding("LimitExceeded", 0, facts=told))


def _judge_file(reading: Reading, facts: Facts) -> None:
    own = facts.standings.get(facts.obligor)
    if own is None or not own.is_active or Role.ISSUER not in own.roles:
        reading.findings.append(Finding("NotIssuer", 0))
    if facts.unpaid_since:
        told = {"since": date_text(facts.unpaid_since)}
        reading.findings.append(Finding("IssuerBlocked", 0, facts=told))
    if len(reading.drafts) > PAYABLES_MAX:
        told = {"count": str(len(reading.drafts)), "most": str(PAYABLES_MAX)}
        reading.findings.append(Finding("TooManyPayables", 0, facts=told))


def _judge_parties(draft: Draft, facts: Facts) -> None:
    suppliers = (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID)
    of = next((one for one in suppliers if one in draft.cells), Field.SUPPLIER)
    if draft.supplier == facts.obligor:
        draft.find("OwnPayable", of)
    elif draft.supplier:
        roles, words = Role.SUPPLIER | Role.ISSUER, ("supplier", "供应商")
        _judge_standing(draft, of, facts.standings.get(draft.supplier), roles, words)
    if draft.bank:
        words = ("settlement bank", "清算行")
        _judge_standing(draft, Field.BANK, facts.standings.get(draft.bank), Role.SETTLEMENT, words)


def _judge_standing(
    draft: Draft, of: Field, standing: Standing | None, roles: Role, words: tuple[str, str]
) -> None:
    if standing is None or not standing.roles & roles:
        draft.find("NotEligible", of, role_en=words[0], role_zh=words[1])
    elif not standing.is_active and of is not Field.BANK:
        draft.find("Suspended", of)


def _judge_terms(draft: Draft, facts: Facts) -> None:
    if draft.maturity:
        last = facts.today + facts.tenor_days_max
        shown = date_text(draft.maturity)
        if draft.maturity <= facts.today:
            first = date_text(facts.today + 1)
            draft.find("MaturityPassed", Field.MATURITY, value=shown, first=first)
        elif draft.maturity > last:
            draft.find("TenorTooLong", Field.MATURITY, value=shown, last=date_text(last))
        elif draft.maturity > months_after(facts.today, _TENOR_MONTHS):
            draft.find("TenorLong", Field.MATURITY, value=shown)
    if draft.face > FACE_MAX:
        draft.find(
            "FaceTooLarge",
            Field.AMOUNT,
            value=grouped_text(draft.face),
            most=grouped_text(FACE_MAX),
        )
    if not draft.invoices and not draft.evidence and not _names_invoice(draft):
        draft.find("EvidenceMissing")


def _names_invoice(draft: Draft) -> bool:
    """Whether there is an invoice that could not be read, which is told already."""
    return any(of.value.startswith("invoice_") for of in draft.cells)


# ---- repeats


def _judge_references(drafts: Sequence[Draft], facts: Facts) -> None:
    taken = facts.references({draft.reference for draft in drafts if draft.reference})
    first: dict[str, int] = {}
    for draft in drafts:
        if not draft.reference:
            continue
        key = reference_key(draft.reference)
        if key in first:
            draft.find("ReferenceRepeated", Field.REFERENCE, other=str(first[key]))
        elif draft.reference in taken:
            draft.find("ReferenceUsed", Field.REFERENCE, earlier=taken[draft.reference])
        first.setdefault(key, draft.line)


def _judge_repeats(drafts: Sequence[Draft]) -> None:
    """Equal rows are told apart by a reference or an invoice of their own, or by nothing."""
    alike: dict[tuple[object, ...], Draft] = {}
    for draft in drafts:
        if not (draft.supplier and draft.face and draft.maturity):
            continue
        invoices = tuple((one.number, one.code) for one in draft.invoices)
        terms = (draft.supplier, draft.face, draft.maturity, invoices)
        whole = (*terms, draft.reference, draft.evidence)
        other = alike.get(whole)
        if other is not None and not draft.reference:
            draft.find("Repeated", other=str(other.line))
        elif (other := alike.get(terms)) is not None:
            draft.find("LooksAlike", other=str(other.line))
        alike.setdefault(whole, draft)
        alike.setdefault(terms, draft)


# ---- invoices


@dataclass(slots=True)
class _Known:
    """An invoice's amount and use, and where they were told."""

    total: int
    used: int
    by_en: str
    by_zh: str
    is_own: bool = True


def _judge_invoices(drafts: Sequence[Draft], facts: Facts) -> None:
    for draft in drafts:
        for invoice in draft.invoices:
            try:
                invoice.fingerprint = facts.fingerprint(invoice)
            except InvalidField:
                _find(draft, invoice, "InvoiceUnclear", Field.INVOICE_NUMBER, {})
    prints = [one.fingerprint for draft in drafts for one in draft.invoices if one.fingerprint]
    known = {
        one: _Known(told.total, told.used, "the ledger", "账本", told.is_own)
        for one, told in facts.invoices(prints).items()
    }
    for draft in drafts:
        if draft.invoices and draft.face:
            _judge_backing(draft, known)


def _judge_backing(draft: Draft, known: dict[bytes, _Known]) -> None:
    if len(draft.invoices) > INVOICES_MAX:
        count = str(len(draft.invoices))
        draft.find("TooManyInvoices", count=count, most=str(INVOICES_MAX))
        return
    if len(draft.invoices) == 1:
        draft.invoices[0].used = draft.invoices[0].used or draft.face
    seen: dict[bytes, int] = {}
    for invoice in draft.invoices:
        if not invoice.used:
            _find(draft, invoice, "Missing", Field.INVOICE_USED, {})
        if invoice.fingerprint in seen:
            other = {"other": str(seen[invoice.fingerprint])}
            _find(draft, invoice, "InvoiceTwice", Field.INVOICE_NUMBER, other)
        elif invoice.fingerprint:
            _judge_use(draft, invoice, known.get(invoice.fingerprint))
            seen[invoice.fingerprint] = invoice.line
    backed = sum(one.used for one in draft.invoices)
    if backed < draft.face and all(one.used for one in draft.invoices):
        draft.find("InvoiceShort", backed=grouped_text(backed), face=grouped_text(draft.face))
    if draft.is_valid:
        for invoice in draft.invoices:
            here = _Known(invoice.total, 0, f"row {invoice.line}", f"第 {invoice.line} 行")
            known.setdefault(invoice.fingerprint, here).used += invoice.used


def _judge_use(draft: Draft, invoice: InvoiceDraft, before: _Known | None) -> None:
    total, used = (before.total, before.used) if before else (invoice.total, 0)
    told = {"total": grouped_text(total), "used": grouped_text(used)}
    if before is not None:
        told |= {"earlier": before.by_en, "earlier_zh": before.by_zh}
    elif invoice.used > total:
        _find(draft, invoice, "InvoiceTooSmall", Field.INVOICE_USED, told)
        return
    is_over = used + invoice.used > total
    if before is not None and not before.is_own:
        if is_over or invoice.total != total:
            _find(draft, invoice, "InvoiceUsedUp", Field.INVOICE_USED, {})
    elif invoice.total != total:
        _find(draft, invoice, "InvoiceMismatch", Field.INVOICE_TOTAL, told)
    elif is_over:
        _find(draft, invoice, "InvoiceOverused", Field.INVOICE_USED, told)


def _find(
    draft: Draft, invoice: InvoiceDraft, code: str, of: Field, facts: Mapping[str, str]
) -> None:
    """Add what is wrong with an invoice; amounts are shown as they were read."""
    column, value = invoice.cells.get(of, ("", ""))
    if of in (Field.INVOICE_TOTAL, Field.INVOICE_USED):
        value = grouped_text(invoice.total if of is Field.INVOICE_TOTAL else invoice.used)
    draft.findings.append(Finding(code, invoice.line, column, of, value, facts))
