"""A cell as people read it, also where it holds things with fields of their own."""

from collections.abc import Mapping
from typing import Any

from ledger.model.code_words import in_words
from ledger.model.glossary import Language
from ledger.model.heads import head

__all__ = ["cell_text"]


def cell_text(name: str, value: Any, language: Language, *, of: str = "") -> str:
    """A field's value in words: its codes, and under their heads the fields of what is in it."""
    if value is None or value == []:
        return "–"
    said = in_words(name.rpartition(".")[2], value, language, of=of)
    if isinstance(said, list):
        comma = "、" if language == "zh" else ", "
        return comma.join(cell_text(name, one, language) for one in said)
    if isinstance(said, Mapping):
        return " · ".join(
            f"{head(key, language, of=name)} {cell_text(key, one, language)}"
            for key, one in said.items()
        )
    return str(said)
