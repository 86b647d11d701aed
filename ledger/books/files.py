"""Book files: JSON, read strictly."""

import json
import re
from itertools import accumulate
from pathlib import Path
from typing import Any, Final, NoReturn

from ledger.model.errors.service import BookInvalid

__all__ = ["load"]

_DEPTH_MAX: Final = 32
"""How deep a book may be nested; the parser itself would go down until the stack ends."""

_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_NO_BRACKET: Final = re.compile(r"[^\[\]{}]+")


def load(path: Path | str) -> dict[str, Any]:
    """Read a book; `check_book` says whether it is one. A file that is no JSON object is refused.

    Refused too is what JSON leaves open: a field twice in one object, NaN and infinities.
    """
    data = Path(path).read_bytes()
    try:
        text = data.decode("utf-8-sig")
        _expect_shallow(text)
        book = json.loads(text, object_pairs_hook=_record, parse_constant=_no_number)
    except ValueError as failure:
        raise _invalid("JSON", str(failure), "JSON in UTF-8") from None
    if not isinstance(book, dict):
        raise _invalid("book", type(book).__name__, "an object")
    return book


def _expect_shallow(text: str) -> None:
    brackets = _NO_BRACKET.sub("", _STRING.sub("", text))
    depths = accumulate(1 if one in "[{" else -1 for one in brackets)
    if max(depths, default=0) > _DEPTH_MAX:
        raise _invalid("JSON", "nested too deep", f"nested {_DEPTH_MAX} deep at most")


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _invalid(twice, "given twice", "given once")
    return record


def _no_number(text: str) -> NoReturn:
    raise _invalid("number", text, "a number of JSON")


def _invalid(field: str, value: str, expected: str) -> BookInvalid:
    return BookInvalid(place="book", field=field, value=value, expected=expected)
