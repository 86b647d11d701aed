"""Units that a sheet states above its heading: 万元 would be read 10,000 times too small.

Titles, names of companies and sums stand there as well; a unit is what follows a word for it, or
stands alone in a cell or in brackets.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from ledger.imports.cells import Cell, CellKind, column_letter
from ledger.imports.headings import BRACKETS, heading_key
from ledger.model.errors.imports import UnitUnclear

__all__ = ["check_units"]

_MONEY: Final = "(?:人民币|rmb|cny|yuan|¥)"
_OTHER: Final = (
    "[美欧港日英澳]元|港币|英镑|欧|日圆|韩元|usd|us|eur|euros?|hkd|jpy|gbp|krw|sgd|dollars?|[$€£]"
)
_LARGE: Final = (
    "[十百千万亿拾佰仟萬億]+元?|1[0万]{2,}元?|(?:tens?of|hundreds?of)?(?:thousand|million|billion)s?"
    "|10k|[kmw]|mn|0{3}|[角分]|fen|cents?"
)
_UNIT: Final = re.compile(
    f"(?:in)?{_MONEY}?(?:{_LARGE}|{_OTHER})(?:of)?{_MONEY}?(?:$|[^a-z\u4e00-\u9fff]|币种|货币)"
)
_SAID: Final = re.compile("(?:单位|币种|货币|units?|currency)(?:为|是|is|are)?")
_SUM: Final = re.compile("(?:金额|amounts?|figures)(?:均?为|均?以|is|are)?")
_ALONE: Final = re.compile(
    f"(?:in)?{_MONEY}?(?:[十百千万亿萬億]+元|thousands?|millions?|0{{3}}|[美欧港日英]元|usd|eur|hkd)"
    f"(?:of)?{_MONEY}?"
)


def check_units(rows: Sequence[Sequence[Cell]]) -> None:
    """Refuse lines that state another unit than yuan; raises `UnitUnclear`."""
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            if cell.kind is CellKind.TEXT and _is_other_unit(cell.text, row[place + 1 :]):
                raise UnitUnclear(heading=f"{column_letter(place)}{line} “{cell.text}”")


def _is_other_unit(text: str, beside: Sequence[Cell]) -> bool:
    key = heading_key(text)
    for said in _SAID.finditer(key):
        # A word for the unit may have its unit in the next cell that is filled.
        rest = key[said.end() :] or heading_key(next((one.text for one in beside if one.text), ""))
        if _UNIT.match(rest):
            return True
    if any(_ALONE.match(key, said.end()) for said in _SUM.finditer(key)):
        return True
    inner = BRACKETS.findall(unicodedata.normalize("NFKC", text))
    return any(_ALONE.fullmatch(one) for one in (key, *map(heading_key, inner)))
