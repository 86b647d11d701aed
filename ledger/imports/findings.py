"""What is wrong with a row, in two languages: the cell, what it says, and what would be right."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.imports.columns import Field
from ledger.imports.finding_texts import OTHERWISE, RIGHT, TEXTS, WARNINGS, WITHOUT_CELL
from ledger.model.glossary import Language

__all__ = ["Finding", "shown"]

_VALUE_LENGTH: Final = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a row before it is signed; most keep it from being issued."""

    code: str
    line: int
    """Line of the sheet from 1; 0 for the whole file."""
    column: str = ""
    """Letter of the column; empty where it concerns the row."""
    field: Field | None = None
    value: str = ""
    """What the cell shows."""
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        """Whether the row cannot be issued."""
        return self.code not in WARNINGS

    @property
    def cell(self) -> str:
        """The cell as spreadsheet programs name it."""
        return f"{self.column}{self.line}" if self.column else str(self.line)

    def message(self, language: Language = "en") -> str:
        """One or two sentences for whoever filled in the sheet."""
        chinese = language == "zh"
        text = self._texts()[1 if chinese else 0]
        label = self.field.label(language) if self.field else ""
        if not self.line:
            place = "文件" if chinese else "The file"
        elif self.column:
            beside = (f"（{label}）" if chinese else f" ({label})") if label else ""
            place = f"单元格 {self.cell}{beside}" if chinese else f"Cell {self.cell}{beside}"
        else:
            place = f"第 {self.line} 行" if chinese else f"Row {self.line}"
        right = RIGHT.get(self.field, ("", "")) if self.field else ("", "")
        values = {"right_en": right[0], "right_zh": right[1], "label": label, **self.facts}
        return text.format_map({**values, "place": place, "value": shown(self.value)})

    def _texts(self) -> tuple[str, str]:
        english, chinese = TEXTS[self.code]
        if self.code != "Missing" or self.field is None:
            return english, chinese
        if not self.column:
            english, chinese = WITHOUT_CELL
        also_english, also_chinese = OTHERWISE.get(self.field, ("", ""))
        return english + also_english, chinese + also_chinese

    def to_json(self) -> dict[str, Any]:
        """As it is kept until the import is signed."""
        return {
            "code": self.code,
            "line": self.line,
            "column": self.column,
            "field": self.field.value if self.field else "",
            "value": self.value,
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Finding":
        """A finding as `to_json` wrote it."""
        kept = Field(values["field"]) if values["field"] else None
        return cls(**{**values, "field": kept})


def shown(text: str) -> str:
    """A value from a file, short, and in characters that cannot disguise a sentence."""
    plain = "".join(one if one.isprintable() or one == "\u3000" else "\ufffd" for one in text)
    return plain if len(plain) <= _VALUE_LENGTH else plain[: _VALUE_LENGTH - 1] + "…"
