"""The columns of an import: what they hold, how people head them, and how they are recognised."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.imports.cells import Cell, CellKind, column_letter
from ledger.imports.headings import heading_key
from ledger.imports.units import check_units
from ledger.model.errors.imports import ColumnMissing, ColumnUnclear, ColumnUnknown, UnitUnclear
from ledger.model.glossary import Language

__all__ = ["ALIASES", "COMMENTS", "Field", "Layout", "frozen", "recognise"]

COMMENTS: Final = "问题 Problems"
"""Heading of the column that an error file adds; it is read over."""

HEADER_LINES_MAX: Final = 20
"""The heading stands on one of the first lines; titles may stand above it."""


class Field(StrEnum):
    """What a column holds."""

    REFERENCE = "reference"
    SUPPLIER = "supplier"
    SUPPLIER_USCC = "supplier_uscc"
    SUPPLIER_ID = "supplier_id"
    AMOUNT = "amount"
    MATURITY = "maturity"
    BANK = "bank"
    INVOICE_NUMBER = "invoice_number"
    INVOICE_CODE = "invoice_code"
    INVOICE_DATE = "invoice_date"
    INVOICE_TOTAL = "invoice_total"
    INVOICE_USED = "invoice_used"
    INVOICE_SELLER = "invoice_seller"
    EVIDENCE = "evidence"

    def label(self, language: Language) -> str:
        """The heading in the template."""
        return ALIASES[self][0 if language == "zh" else 1]


def _names(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split("|"))


ALIASES: Final[Mapping[Field, tuple[str, ...]]] = {
    Field.REFERENCE: _names(
        "业务编号 | External reference | 外部编号 | 业务参考号 | 付款单号 | 单据编号 | 单号 | "
        "订单号 | 采购订单号 | 凭证号 | reference | ref | external ref | our reference | "
        "document number | order number | po number | po"
    ),
    Field.SUPPLIER: _names(
        "供应商名称 | Supplier | 供应商 | 收款方 | 收款方名称 | 收款人 | 收款单位 | "
        "收款人名称 | 对方单位 | 往来单位 | 接收方 | 接收方名称 | supplier name | vendor | "
        "vendor name | payee | payee name | to"
    ),
    Field.SUPPLIER_USCC: _names(
        "供应商统一社会信用代码 | Supplier USCC | 统一社会信用代码 | 社会信用代码 | 信用代码 | "
        "供应商税号 | 税号 | 纳税人识别号 | 收款方统一社会信用代码 | 收款方税号 | uscc | "
        "supplier tax number | tax number | tax id | credit code | unified social credit code"
    ),
    Field.SUPPLIER_ID: _names(
        "供应商参与方编号 | Supplier number | 参与方编号 | 供应商编号 | 接收方编号 | "
        "participant | participant id | participant number | supplier id"
    ),
    Field.AMOUNT: _names(
        "金额 | Amount | 票面金额 | 开立金额 | 凭证金额 | 应付金额 | 付款金额 | 应付账款金额 | "
        "face | face amount | amount payable | payable amount | payment amount"
    ),
    Field.MATURITY: _names(
        "到期日 | Maturity | 到期日期 | 付款日 | 付款日期 | 承诺付款日 | 约定付款日 | 兑付日 | "
        "maturity date | due | due date | payment date | date due"
    ),
    Field.BANK: _names(
        "清算行 | Settlement bank | 清算银行 | 付款银行 | 结算银行 | 结算行 | bank | "
        "paying bank | settlement bank name"
    ),
    Field.INVOICE_NUMBER: _names(
        "发票号码 | Invoice number | 发票号 | 发票编号 | 数电票号码 | 数电发票号码 | "
        "电子发票号码 | 全电发票号码 | invoice | invoice no | invoice id | inv no"
    ),
    Field.INVOICE_CODE: _names("发票代码 | Invoice code"),
    Field.INVOICE_DATE: _names("开票日期 | Invoice date | 发票日期 | 开具日期 | date of invoice"),
    Field.INVOICE_TOTAL: _names(
        "发票金额（价税合计） | Invoice total | 发票金额 | 价税合计 | 发票总金额 | 含税金额 | "
        "价税合计金额 | 发票含税金额 | invoice amount | invoice total amount | total with tax"
    ),
    Field.INVOICE_USED: _names(
        "本次使用发票金额 | Invoice amount used | 使用金额 | 本次使用金额 | 占用金额 | "
        "发票使用金额 | amount used | used"
    ),
    Field.INVOICE_SELLER: _names(
        "发票销售方 | Invoice seller | 销售方 | 销售方名称 | 销售方税号 | 销方税号 | 开票方 | "
        "销售方纳税人识别号 | seller | seller tax number | seller uscc"
    ),
    Field.EVIDENCE: _names(
        "贸易背景（合同、交付） | Evidence (contract, delivery) | 贸易背景 | 合同号 | "
        "合同编号 | 交付凭证 | 验收单号 | 送货单号 | evidence | contract | contract number | "
        "delivery | delivery note"
    ),
}
"""Headings by which a column is recognised: the template's in Chinese and English, then others."""

_REQUIRED: Final = (Field.AMOUNT, Field.MATURITY)
_SUPPLIERS: Final = (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID)
_AMOUNTS: Final = (Field.AMOUNT, Field.INVOICE_TOTAL, Field.INVOICE_USED)

_OTHER_UNIT: Final = re.compile(
    r"万|千元|亿|百元|美元|欧元|港元|港币|日元|usd|eur|hkd|jpy|gbp|thousand|million|10k"
)


def _known() -> dict[str, Field]:
    known: dict[str, Field] = {}
    for field, names in ALIASES.items():
        chinese, english = names[:2]
        for name in (*names, chinese + english, english + chinese):
            known[heading_key(name)] = field
    return known


_KNOWN: Final = _known()


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a sheet's heading stands and which column holds what."""

    line: int
    """Line of the heading from 1."""
    columns: Mapping[Field, int]
    ignored: tuple[str, ...] = ()
    """Letters of columns with a heading that was not recognised."""
    headings: Mapping[Field, str] = dataclasses.field(default_factory=dict)
    """The heading of each column as `heading_key` has it: what is worth remembering."""


def frozen(layout: Layout) -> dict[str, str]:
    """A layout as a choice that leaves nothing to be recognised."""
    return {
        field.value: column_letter(layout.columns[field]) if field in layout.columns else ""
        for field in Field
    }


def recognise(
    rows: Sequence[Sequence[Cell]],
    remembered: Mapping[str, str],
    chosen: Mapping[str, str],
    *,
    line: int = 0,
) -> Layout:
    """The layout by what was chosen for this file, what is remembered, and how people head columns.

    `remembered` maps headings to fields, `chosen` maps fields to a letter or a heading; an empty
    one leaves the field out. `line` is the heading's line where that is known. Raises
    `ColumnMissing`, `ColumnUnclear`, `ColumnUnknown`, `UnitUnclear`.
    """
    if 0 < line <= len(rows):
        line, keys = line - 1, [heading_key(one.text) for one in rows[line - 1]]
    else:
        line, keys = _heading(rows, remembered, chosen)
    given = _chosen(chosen, keys)
    columns: dict[Field, int] = {}
    taken = {column for column in given.values() if column is not None}
    for column, key in enumerate(keys):
        field = _field_of(key, remembered)
        if field is None or column in taken or field in given:
            continue
        if field in columns:
            raise ColumnUnclear(
                field=_both(field),
                one=column_letter(columns[field]),
                other=column_letter(column),
            )
        columns[field] = column
    columns |= {field: column for field, column in given.items() if column is not None}
    _check(columns, rows[line], line)
    check_units(rows[:line])
    used = set(columns.values())
    own = heading_key(COMMENTS)
    unused = (place for place, key in enumerate(keys) if key not in ("", own) and place not in used)
    return Layout(
        line + 1,
        columns,
        tuple(column_letter(place) for place in unused),
        {field: keys[column] for field, column in columns.items() if column < len(keys)},
    )


def _heading(
    rows: Sequence[Sequence[Cell]], remembered: Mapping[str, str], chosen: Mapping[str, str]
) -> tuple[int, list[str]]:
    """The line with most headings that are known; the first one with text where none is."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    named = {heading_key(one) for one in chosen.values() if one}
    for line, row in enumerate(rows[:HEADER_LINES_MAX]):
        is_text = (one.kind in (CellKind.TEXT, CellKind.EMPTY) for one in row)
        if not all(is_text):
            continue
        keys = [heading_key(one.text) for one in row]
        score = sum(2 for key in keys if key and (_field_of(key, remembered) or key in named))
        score += 1 if any(keys) else 0
        if score > best[0]:
            best = (score, line, keys)
    if not best[0]:
        raise ColumnMissing(fields=", ".join(map(_both, _REQUIRED)))
    return best[1], best[2]


def _field_of(key: str, remembered: Mapping[str, str]) -> Field | None:
    if key in remembered:
        return Field(remembered[key]) if remembered[key] else None
    return _KNOWN.get(key) or _KNOWN.get(_OTHER_UNIT.sub("", key).removesuffix("元"))


def _chosen(chosen: Mapping[str, str], keys: Sequence[str]) -> dict[Field, int | None]:
    given: dict[Field, int | None] = {}
    letters = {column_letter(place): place for place in range(max(len(keys), 26))}
    for name, column in chosen.items():
        if name not in ALIASES:
            raise ColumnUnknown(column=column, field=name)
        if not column:
            given[Field(name)] = None
        elif heading_key(column) in keys:
            given[Field(name)] = keys.index(heading_key(column))
        elif column.upper() in letters:
            given[Field(name)] = letters[column.upper()]
        else:
            raise ColumnUnknown(column=column, field=name)
    return given


def _check(columns: Mapping[Field, int], row: Sequence[Cell], line: int) -> None:
    missing = [field for field in _REQUIRED if field not in columns]
    if not any(field in columns for field in _SUPPLIERS):
        missing.append(Field.SUPPLIER)
    if missing:
        raise ColumnMissing(fields=", ".join(map(_both, missing)))
    for field in _AMOUNTS:
        column = columns.get(field, len(row))
        if column < len(row) and _OTHER_UNIT.search(heading_key(row[column].text)):
            raise UnitUnclear(heading=f"{column_letter(column)}{line + 1} “{row[column].text}”")


def _both(field: Field) -> str:
    return f"{field.label('zh')} {field.label('en')}"
