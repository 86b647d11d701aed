"""Rows of a sheet as drafts of payables. A line that holds invoice columns alone belongs to the
payable above it, so that one payable may have several invoices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from ledger.imports.cells import EMPTY, Cell, CellKind, column_letter
from ledger.imports.columns import Field, Layout
from ledger.imports.findings import Finding, shown
from ledger.imports.lines import OF_INVOICE, Line, lines_of, sheet_findings
from ledger.imports.parties import Finder, Parties
from ledger.imports.sheets import Sheet
from ledger.imports.values import Unreadable, code_text, parse_amount, parse_date, plain_text
from ledger.model.figures import grouped_text
from ledger.model.references import reference_text

__all__ = ["EXAMPLE", "Draft", "InvoiceDraft", "Reading", "read_drafts"]

EXAMPLE: Final = "示例 EXAMPLE"
"""The reference of the template's example, which is never issued."""

EVIDENCE_LENGTH_MAX: Final = 1_000
NUMBER_LENGTH_MAX: Final = 40

_Value = TypeVar("_Value")


@dataclass(slots=True)
class InvoiceDraft:
    """An invoice that backs a draft, as it was written."""

    line: int
    number: str
    cells: Mapping[Field, tuple[str, str]] = field(default_factory=dict)
    code: str = ""
    seller: str = ""
    day: int | None = None
    total: int = 0
    used: int = 0
    fingerprint: bytes = b""


@dataclass(slots=True)
class Draft:
    """A payable about to be issued; what could not be read is 0 or empty and has its finding."""

    line: int
    cells: dict[Field, tuple[str, str]]
    """Of each filled cell the letter of its column and what it shows."""
    supplier: int = 0
    bank: int = 0
    face: int = 0
    maturity: int = 0
    reference: str = ""
    evidence: str = ""
    invoices: list[InvoiceDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        """Whether nothing keeps it from being issued."""
        return not any(one.is_error for one in self.findings)

    def find(
        self, code: str, of: Field | None = None, *, line: int = 0, value: str = "", **facts: str
    ) -> None:
        """Add what is wrong; the cell and its value are filled in where they are of this line."""
        column, shown = self.cells.get(of, ("", "")) if of and not line else ("", "")
        self.findings.append(
            Finding(code, line or self.line, column, of, value or shown, dict(facts))
        )


@dataclass(slots=True)
class Reading:
    """Everything that a sheet says."""

    heading: int
    """Line of the heading."""
    drafts: list[Draft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """Of the file as a whole."""

    @property
    def is_valid(self) -> bool:
        """Whether nothing about the file as a whole keeps its rows from being issued."""
        return not any(one.is_error for one in self.findings)


def read_drafts(sheet: Sheet, layout: Layout, finder: Finder, *, bank: int = 0) -> Reading:
    """The drafts of a sheet; `bank` is the settlement bank where the sheet names none."""
    reading = Reading(layout.line)
    if layout.ignored:
        facts = {"columns": ", ".join(layout.ignored)}
        reading.findings.append(Finding("ColumnIgnored", 0, facts=facts))
    lines = list(lines_of(sheet, layout))
    reading.findings += sheet_findings(sheet, lines)
    parties = Parties(finder, [one.cells for one in lines])
    reader = _Reader(reading, parties, layout, bank=bank, is_1904=sheet.is_1904)
    for line in lines:
        reader.read(line)
    return reading


class _Reader:
    """Reads line by line what the parties of all lines are known for already."""

    def __init__(
        self, reading: Reading, parties: Parties, layout: Layout, *, bank: int, is_1904: bool
    ) -> None:
        self._reading = reading
        self._parties = parties
        self._letters = {of: column_letter(place) for of, place in layout.columns.items()}
        self._bank = bank
        self._is_1904 = is_1904
        self._days: dict[Cell, int] = {}
        self._total = 0
        self._is_total_known = True

    def read(self, line: Line) -> None:
        """Read one line."""
        number, cells = line.number, line.cells
        if line.is_total:
            self._reading.findings += line.flaws
            self._read_total(number, cells)
        elif cells.get(Field.REFERENCE, EMPTY).text == EXAMPLE:
            self._reading.findings.append(Finding("ExampleSkipped", number))
        elif cells.keys() <= OF_INVOICE:
            self._read_below(line)
        else:
            shown = {of: (self._letters[of], cell.text) for of, cell in cells.items()}
            draft = Draft(number, shown, findings=line.flaws)
            self._reading.drafts.append(draft)
            self._read_payable(draft, cells)

    def _read_below(self, line: Line) -> None:
        """A line of the payable above it: an invoice more, or nothing that is known."""
        if not self._reading.drafts:
            self._reading.findings += line.flaws or [Finding("NoPayableAbove", line.number)]
            return
        draft = self._reading.drafts[-1]
        draft.findings += line.flaws
        if line.cells:
            self._read_invoice(draft, line.number, line.cells)

    def _read_payable(self, draft: Draft, cells: Mapping[Field, Cell]) -> None:
        for of in (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID):
            if of in cells:
                self._parties.read(draft, of, cells[of])
        if not any(of in cells for of in (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID)):
            self._miss(draft, Field.SUPPLIER)
        draft.face = self._value(draft, cells, Field.AMOUNT, parse_amount) or 0
        draft.maturity = self._date(draft, cells, Field.MATURITY) or 0
        self._total += draft.face
        self._is_total_known &= bool(draft.face)
        if Field.BANK in cells:
            self._parties.read(draft, Field.BANK, cells[Field.BANK])
        elif self._bank:
            draft.bank = self._bank
        else:
            self._miss(draft, Field.BANK)
        reference = self._value(draft, cells, Field.REFERENCE, _reference, is_needed=False)
        draft.reference = reference or ""
        draft.evidence = self._text(draft, cells, Field.EVIDENCE, EVIDENCE_LENGTH_MAX)
        if any(of in cells for of in OF_INVOICE):
            self._read_invoice(draft, draft.line, cells)

    def _read_invoice(self, draft: Draft, line: int, cells: Mapping[Field, Cell]) -> None:
        here = draft if line == draft.line else Draft(line, _shown(cells, self._letters))
        number = self._value(here, cells, Field.INVOICE_NUMBER, _number)
        code = self._value(here, cells, Field.INVOICE_CODE, _number, is_needed=False)
        total = self._value(here, cells, Field.INVOICE_TOTAL, parse_amount)
        used = self._value(here, cells, Field.INVOICE_USED, parse_amount, is_needed=False)
        day = self._date(here, cells, Field.INVOICE_DATE, is_needed=False)
        seller = self._text(here, cells, Field.INVOICE_SELLER, NUMBER_LENGTH_MAX * 3)
        if here is not draft:
            draft.findings += here.findings
        if number and total:
            draft.invoices.append(
                InvoiceDraft(line, number, here.cells, code or "", seller, day, total, used or 0)
            )

    def _read_total(self, line: int, cells: Mapping[Field, Cell]) -> None:
        """Compare a total with the rows; where one could not be read, it may only be too small."""
        if Field.AMOUNT not in cells:
            self._reading.findings.append(Finding("TotalWithoutAmount", line))
            return
        column, text = self._letters[Field.AMOUNT], cells[Field.AMOUNT].text
        facts = {"total": grouped_text(self._total)}
        try:
            told = parse_amount(cells[Field.AMOUNT])
        except Unreadable as unreadable:
            code = unreadable.code
            facts |= {name: shown(fact) for name, fact in unreadable.facts.items()}
        else:
            facts["told"] = grouped_text(told)
            if self._is_total_known:
                code = "TotalSkipped" if told == self._total else "TotalDiffers"
            else:
                code = "TotalUnchecked" if told > self._total else "TotalDiffers"
        self._reading.findings.append(Finding(code, line, column, Field.AMOUNT, text, facts))

    # ---- one cell

    def _value(
        self,
        draft: Draft,
        cells: Mapping[Field, Cell],
        of: Field,
        parse: Callable[[Cell], _Value],
        *,
        is_needed: bool = True,
    ) -> _Value | None:
        cell = cells.get(of, EMPTY)
        if cell.kind is CellKind.EMPTY:
            if is_needed:
                self._miss(draft, of)
            return None
        try:
            return parse(cell)
        except Unreadable as unreadable:
            facts: dict[str, Any] = {name: shown(fact) for name, fact in unreadable.facts.items()}
            draft.find(unreadable.code, of, **facts)
            return None

    def _date(
        self, draft: Draft, cells: Mapping[Field, Cell], of: Field, *, is_needed: bool = True
    ) -> int | None:
        return self._value(draft, cells, of, self._day, is_needed=is_needed)

    def _day(self, cell: Cell) -> int:
        """Of the same days a sheet is full."""
        if cell not in self._days:
            self._days[cell] = parse_date(cell, is_1904=self._is_1904)
        return self._days[cell]

    def _text(self, draft: Draft, cells: Mapping[Field, Cell], of: Field, length_max: int) -> str:
        def parse(cell: Cell) -> str:
            return plain_text(cell, length_max=length_max)

        return self._value(draft, cells, of, parse, is_needed=False) or ""

    def _miss(self, draft: Draft, of: Field) -> None:
        draft.cells.setdefault(of, (self._letters.get(of, ""), ""))
        draft.find("Missing", of)


def _reference(cell: Cell) -> str:
    text = plain_text(cell)
    kept = reference_text(text)
    if text and not kept:
        raise Unreadable("Malformed")
    return kept


def _number(cell: Cell) -> str:
    text = code_text(cell)
    if len(text) > NUMBER_LENGTH_MAX:
        raise Unreadable("Malformed")
    return text


def _shown(
    cells: Mapping[Field, Cell], letters: Mapping[Field, str]
) -> dict[Field, tuple[str, str]]:
    return {of: (letters[of], cell.text) for of, cell in cells.items()}
