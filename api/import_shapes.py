"""Imports as they are sent and answered."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from api import shapes
from api.forms import Approvals
from api.operations import Refusal, Told, refusal_json
from api.shapes import AsOf, Given, Shape
from ledger.imports.columns import Field as ColumnField
from ledger.imports.drafts import Draft
from ledger.imports.findings import Finding
from ledger.model.days import date_text
from ledger.model.figures import amount_text, payable_name
from ledger.model.glossary import Language
from ledger.model.plain import moment_text
from ledger.service.imports.files import Meta
from ledger.service.imports.leaves import leaf_from
from ledger.store.import_items import ImportItem
from ledger.store.imports import ImportRow

__all__ = [
    "IMPORT",
    "Import",
    "ImportPage",
    "ImportedRow",
    "ImportedRowPage",
    "ItemStateName",
    "PreviewForm",
    "SignaturesForm",
    "StateName",
    "TermsForm",
    "WholeImport",
    "import_json",
    "row_json",
    "whole_json",
]

IMPORT: Final = r"^imp_[0-9A-HJKMNP-TV-Z]{26}$"

ImportName = Annotated[
    str,
    StringConstraints(pattern=IMPORT, max_length=30),
    Field(description="An import.", examples=["imp_01JDXW6K3Q8Z0V7M5T2R4N9BCD"]),
]
StateName = Literal[
    "uploaded", "previewed", "awaiting_signatures", "recording", "issuing", "done", "failed",
    "cancelled",
]  # fmt: skip
ItemStateName = Literal["waiting", "asked", "issued", "refused"]
ColumnText = Annotated[str, StringConstraints(max_length=200)]
FieldName = Literal[
    "reference", "supplier", "supplier_uscc", "supplier_id", "amount", "maturity", "bank",
    "invoice_number", "invoice_code", "invoice_date", "invoice_total", "invoice_used",
    "invoice_seller", "evidence",
]  # fmt: skip


class PreviewForm(Given):
    """How the file is to be read. What is left out stays as it was."""

    columns: dict[FieldName, ColumnText] | None = Field(
        default=None,
        max_length=len(ColumnField),
        description="Fields to a column's letter or heading; an empty one leaves the field out. "
        "Fields that are not named are recognised by their headings.",
        examples=[{"amount": "F", "maturity": "付款日"}],
    )
    sheet: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="Of a workbook.", examples=["付款计划"]
    )
    settlement_bank: shapes.ParticipantNumber | None = Field(
        default=None, description="Of rows that name none."
    )


class TermsForm(Given):
    """What is to be signed."""

    choice: Literal["all", "valid"] = Field(
        description="All rows, refused where one has a fault; or the valid ones alone."
    )
    deadline: shapes.Moment | None = Field(
        default=None, description="Until when its payables may be issued; at most seven days."
    )
    nonce: shapes.Digits | None = None


class SignaturesForm(Given):
    """Approvals of the import's command, together or one after another."""

    approvals: Approvals


class Found(Shape):
    """Something to know about a cell, a row or the file."""

    code: str = Field(description="Never translated.", examples=["AmountUnclear"])
    is_error: bool = Field(description="Whether the row cannot be issued.")
    line: int = Field(ge=0, description="Of the sheet, from 1; 0 for the file.", examples=[5])
    cell: str | None = Field(examples=["C5"])
    field: str | None = Field(examples=["amount"])
    detail: str


class ImportedInvoice(Shape):
    """An invoice that backs a row."""

    line: int = Field(ge=1)
    number: str
    code: str
    date: shapes.BusinessDate | None
    total: shapes.AmountOut
    used: shapes.AmountOut
    fingerprint: shapes.Hash | None


class ImportedRow(Shape):
    """A row as it was read, what is wrong with it, and what has become of it."""

    line: int = Field(ge=1, examples=[5])
    reference: str
    supplier: int | None = Field(description="A participant's number.", examples=[2])
    settlement_bank: int | None = Field(examples=[6])
    amount: shapes.AmountOut | None
    maturity: shapes.BusinessDate | None
    evidence: str
    evidence_commitment: shapes.Hash | None = Field(
        description="Once it is to be signed: with it a row is the leaf that is signed."
    )
    invoices: list[ImportedInvoice]
    findings: list[Found]
    state: ItemStateName | None = Field(description="Once it is to be signed.")
    payable: shapes.PayableName | None
    refusal: Refusal | None


class Import(Shape):
    """A file of payables on its way."""

    id: ImportName
    state: StateName
    format: str = Field(examples=["xlsx"])
    payables: int = Field(ge=0)
    valid: int = Field(ge=0)
    total: shapes.AmountOut = Field(description="Of the valid rows.")
    errors: int = Field(ge=0)
    warnings: int = Field(ge=0)
    choice: Literal["all", "valid"] | None
    digest: shapes.Hash | None = Field(description="Of the command to sign; the trace id.")
    operation: shapes.OperationName | None
    issued: int = Field(ge=0)
    refused: int = Field(ge=0)
    refusal: Refusal | None = Field(
        description="What is missing for the ledger to take it, or why it was refused."
    )
    deadline: shapes.Moment | None
    made_at: shapes.Moment
    updated_at: shapes.Moment


class WholeImport(Import):
    """An import with its file and with what was found about the file as a whole."""

    file_name: str
    file_sha256: str
    file_bytes: int = Field(ge=0)
    sheets: list[str]
    sheet: str
    columns: dict[str, str]
    settlement_bank: int | None
    findings: list[Found]
    same_file: list[ImportName] = Field(description="The first 20 imports of the very same file.")
    as_of: AsOf


class ImportPage(Shape):
    """A page of imports."""

    data: list[Import]
    has_more: bool
    next_cursor: str | None
    as_of: AsOf


class ImportedRowPage(Shape):
    """A page of rows."""

    data: list[ImportedRow]
    has_more: bool
    next_cursor: str | None
    as_of: AsOf


def import_json(row: ImportRow, language: Language, told: Told) -> dict[str, Any]:
    """An import as it stands."""
    return {
        "id": row.id,
        "state": row.state,
        "format": row.format,
        "payables": row.payables,
        "valid": row.valid,
        "total": amount_text(row.total),
        "errors": row.errors,
        "warnings": row.warnings,
        "choice": row.choice,
        "digest": None if row.digest is None else "0x" + row.digest.hex(),
        "operation": row.operation,
        "issued": row.issued,
        "refused": row.refused,
        "refusal": refusal_json(row.refusal, language, told),
        "deadline": None if row.deadline is None else moment_text(row.deadline),
        "made_at": moment_text(row.made_wall),
        "updated_at": moment_text(row.updated_wall),
    }


def whole_json(
    row: ImportRow, meta: Meta, findings: list[Finding], language: Language, told: Told
) -> dict[str, Any]:
    """An import with its file."""
    return {
        **import_json(row, language, told),
        "file_name": meta.name,
        "file_sha256": meta.sha256,
        "file_bytes": meta.size,
        "sheets": list(meta.sheets),
        "sheet": meta.sheet,
        "columns": meta.columns,
        "settlement_bank": meta.bank or None,
        "findings": [_found(one, language) for one in findings],
    }


def row_json(
    draft: Draft, item: ImportItem | None, language: Language, told: Told
) -> dict[str, Any]:
    """A row with what has become of it."""
    payable = None if item is None else item.payable
    return {
        "line": draft.line,
        "reference": draft.reference,
        "supplier": draft.supplier or None,
        "settlement_bank": draft.bank or None,
        "amount": amount_text(draft.face) if draft.face else None,
        "maturity": date_text(draft.maturity) if draft.maturity else None,
        "evidence": draft.evidence,
        "evidence_commitment": None if item is None else "0x" + leaf_from(item).evidence.hex(),
        "invoices": [
            {
                "line": one.line,
                "number": one.number,
                "code": one.code,
                "date": None if one.day is None else date_text(one.day),
                "total": amount_text(one.total),
                "used": amount_text(one.used),
                "fingerprint": "0x" + one.fingerprint.hex() if one.fingerprint else None,
            }
            for one in draft.invoices
        ],
        "findings": [_found(one, language) for one in draft.findings],
        "state": None if item is None else item.state,
        "payable": None if payable is None else payable_name(payable),
        "refusal": None if item is None else refusal_json(item.refusal, language, told),
    }


def _found(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "code": finding.code,
        "is_error": finding.is_error,
        "line": finding.line,
        "cell": finding.cell if finding.column else None,
        "field": finding.field.value if finding.field else None,
        "detail": finding.message(language),
    }
