"""External references: what a participant calls a thing by in its own books."""

import unicodedata
from typing import Final

__all__ = ["REFERENCE_LENGTH_MAX", "reference_text"]

REFERENCE_LENGTH_MAX: Final = 64

_UNREAD: Final = "\ufffd"


def reference_text(text: str) -> str:
    """A reference as it is kept, one line in NFC; empty where it is none.

    It is none where it is too long, or holds what cannot be seen, turns the direction of writing or
    stands for what could not be read.
    """
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    is_seen = kept.isprintable() and _UNREAD not in kept
    return kept if is_seen and len(kept) <= REFERENCE_LENGTH_MAX else ""
