"""A row of the views, and the same row with some fields changed.

Reading an event makes a dozen values. As a struct of C each costs a tenth of what a frozen
dataclass does, and a changed copy a twentieth.
"""

from msgspec import Struct
from msgspec.structs import replace

__all__ = ["Row", "replace"]


class Row(Struct, frozen=True, gc=False):
    """A value that never changes and is equal to others by its fields.

    Rows hold numbers, bytes, text and tuples of them, never one another: there is no cycle that
    a search could find.
    """
