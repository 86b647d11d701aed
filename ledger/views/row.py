"""A row of the views, and the same row with some fields changed.

Reading an event makes a dozen values. As a struct of C each costs a tenth of what a frozen
dataclass does, and a changed copy a twentieth.
"""

from dataclasses import Field, make_dataclass
from functools import cache
from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

__all__ = ["Row", "replace"]


class _Fields:
    """What the standard library looks for in a dataclass, so that it takes rows for such."""

    def __get__(self, _: object, kind: type[Struct]) -> dict[str, Field[Any]]:
        return _fields_of(kind)


class Row(Struct, frozen=True, gc=False):
    """A value that never changes and is equal to others by its fields.

    Rows hold numbers, bytes, text and tuples of them, never one another: there is no cycle that
    a search could find.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]] = _Fields()  # type: ignore[assignment]


@cache
def _fields_of(kind: type[Struct]) -> dict[str, Field[Any]]:
    made: Any = make_dataclass(kind.__name__, kind.__struct_fields__)
    return dict(made.__dataclass_fields__)
