"""Placeholders of statements for PostgreSQL, put into its own form once for each statement.

The driver walks through a statement's text letter by letter whenever it is executed, which takes
longer than the server does; the same few hundred statements come again and again.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from pg8000 import dbapi, legacy

__all__ = ["translate_once"]

_STATEMENTS_MAX: Final = 2_048
_IN_ORDER: Final = ("format", "numeric", "qmark")
"""The styles whose values are taken as they come."""

_walk: Final = dbapi.convert_paramstyle


@lru_cache(maxsize=_STATEMENTS_MAX)
def _translated(style: str, statement: str) -> str:
    return str(_walk(style, statement, ())[0])


def _convert(style: str, statement: str, values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """As the driver's own: the statement with `$1`, `$2`, … and the values in that order."""
    if style in _IN_ORDER:
        return _translated(style, statement), values
    translated: tuple[str, Sequence[Any]] = _walk(style, statement, values)
    return translated


def translate_once() -> None:
    """Have the driver remember what it has translated, in this process."""
    legacy.convert_paramstyle = _convert
