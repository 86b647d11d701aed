"""Participants as a sheet names them: by name, by code, by number; all of a sheet at once."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from ledger.imports.cells import Cell, CellKind
from ledger.imports.columns import Field
from ledger.imports.values import Unreadable, code_text

if TYPE_CHECKING:
    from ledger.imports.drafts import Draft

__all__ = ["Finder", "Parties"]

_OF_PARTIES: Final = (Field.SUPPLIER, Field.SUPPLIER_USCC, Field.SUPPLIER_ID, Field.BANK)
_ID: Final = re.compile(r"[1-9][0-9]{0,8}")
_HALF_WIDTH: Final = str.maketrans("０１２３４５６７８９", "0123456789")


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

    def untold(self, asked: Mapping[str, Sequence[int]]) -> Collection[str]:
        """Those of the texts, each with whom it means, of which nothing may be told yet."""


class Parties:
    """Looks all names and codes of a sheet up once and says whom each cell means."""

    def __init__(self, finder: Finder, lines: Sequence[Mapping[Field, Cell]]) -> None:
        cells = {
            (of, cell) for line in lines for of in _OF_PARTIES if (cell := line.get(of)) is not None
        }
        texts = {cell.text for _, cell in cells if cell.kind is CellKind.TEXT}
        self._finder = finder
        self._by_uscc = finder.by_uscc(texts)
        self._by_name = finder.by_name(texts)
        meant = {one: self._asked(*one) for one in cells}
        asked: dict[str, Sequence[int]] = {}
        for line in lines:
            for of in _OF_PARTIES:
                cell = line.get(of)
                if cell is not None and (found := meant[of, cell]) is not None:
                    asked.setdefault(cell.text, found)
        self._untold = frozenset(finder.untold(asked))

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

    def _asked(self, of: Field, cell: Cell) -> Sequence[int] | None:
        """Whom a cell means, whoever that is; None where nobody need be looked up to say."""
        try:
            text = code_text(cell)
        except Unreadable:
            return None
        if of is not Field.SUPPLIER_USCC and (number := _number(text)):
            return [number] if self._finder.is_known(number) else []
        if of is Field.SUPPLIER_ID or cell.kind is not CellKind.TEXT:
            return None
        if found := self._by_uscc.get(cell.text):
            return [found]
        if of is Field.SUPPLIER_USCC:
            return [] if self._finder.is_uscc(cell.text) else None
        return self._by_name.get(cell.text, ())

    def _meant(self, draft: "Draft", of: Field, cell: Cell) -> int:
        text = code_text(cell)
        if cell.text in self._untold and self._asked(of, cell) is not None:
            raise Unreadable("NotLookedUp")
        if of is not Field.SUPPLIER_USCC and (number := _number(text)):
            if self._finder.is_known(number):
                return number
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


def _number(text: str) -> int:
    """The participant's number that a text is, in digits of either width; 0 where it is none."""
    digits = text.translate(_HALF_WIDTH)
    return int(digits) if _ID.fullmatch(digits) else 0
