"""Participants as a sheet names them: by name, by code, by number; all of a sheet at once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from ledger.imports.cells import Cell, CellKind
from ledger.imports.columns import Field
from ledger.imports.values import Unreadable, code_text

if TYPE_CHECKING:
    from ledger.imports.drafts import Draft

__all__ = ["Finder", "Parties"]

_OF_PARTIES: Final = (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID, Field.BANK)
_ID: Final = re.compile(r"[1-9][0-9]{0,8}")
_CODE: Final = re.compile(r"[0-9A-Za-z]{18}")


class Finder(Protocol):
    """The directory, as far as a sheet needs it; it opens nothing."""

    def by_uscc(self, codes: Iterable[str]) -> Mapping[str, int]:
        """The participants under these codes; codes whose check character is wrong are left out."""

    def by_name(self, names: Iterable[str]) -> Mapping[str, Sequence[int]]:
        """The participants that go by these names."""

    def is_uscc(self, code: str) -> bool:
        """Whether the check character of a code fits."""

    def is_known(self, participant: int) -> bool:
        """Whether there is a participant of this number."""


class Parties:
    """Looks all names and codes of a sheet up once and says whom each cell means."""

    def __init__(self, finder: Finder, lines: Iterable[Mapping[Field, Cell]]) -> None:
        texts = {
            cell.text
            for cells in lines
            for of in _OF_PARTIES
            if (cell := cells.get(of)) is not None and cell.kind is CellKind.TEXT
        }
        self._finder = finder
        self._by_uscc = finder.by_uscc(texts)
        self._by_name = finder.by_name(texts)

    def read(self, draft: "Draft", of: Field, cell: Cell) -> None:
        """Fill in the draft's supplier or bank, or say why the cell names none."""
        try:
            found = self._meant(draft, of, cell)
        except Unreadable as unreadable:
            draft.find(unreadable.code, of)
            return
        if not found:
            return
        before = draft.bank if of is Field.BANK else draft.supplier
        if before and before != found:
            draft.find("Contradiction", of, participants=str(before))
        elif of is Field.BANK:
            draft.bank = found
        else:
            draft.supplier = found

    def _meant(self, draft: "Draft", of: Field, cell: Cell) -> int:
        text = code_text(cell)
        if of is not Field.SUPPLIER_USCC and _ID.fullmatch(text):
            if self._finder.is_known(int(text)):
                return int(text)
            raise Unreadable("NotInDirectory")
        if of is Field.SUPPLIER_ID or cell.kind is not CellKind.TEXT:
            raise Unreadable("Malformed")
        if found := self._by_uscc.get(cell.text):
            return found
        if of is Field.SUPPLIER_USCC:
            is_code = self._finder.is_uscc(cell.text)
            raise Unreadable("NotInDirectory" if is_code else "Malformed")
        named = self._by_name.get(cell.text, ())
        if len(named) > 1:
            draft.find("NameShared", of, participants=", ".join(map(str, named)))
            return 0
        if not named:
            raise Unreadable("NotInDirectory")
        return named[0]
