"""External references: what a participant calls a thing by in its own books.

Numbers of orders and the like are told apart by their hyphens, dots and slashes: 2027/1/12 and
2027/11/2 are two. What a keyboard or a program may change about one is how it is spelled alone.
"""

import unicodedata
from typing import Final

__all__ = ["REFERENCE_LENGTH_MAX", "reference_key", "reference_text"]

REFERENCE_LENGTH_MAX: Final = 64

_UNREAD: Final = "\ufffd"
_WIDTHS: Final = ("<wide>", "<narrow>")


def reference_text(text: str) -> str:
    """A reference as it is kept, one line in NFC; empty where it is none.

    It is none where it is too long, or holds what cannot be seen, turns the direction of writing or
    stands for what could not be read.
    """
    kept = " ".join(unicodedata.normalize("NFC", text).split())
    is_seen = kept.isprintable() and _UNREAD not in kept
    return kept if is_seen and len(kept) <= REFERENCE_LENGTH_MAX else ""


def reference_key(text: str) -> str:
    """What the spellings of one reference share: width, case and runs of blanks do not count.

    Every sign does, and so do marks such as ①, which are no digits.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(map(_usual_width, text)))
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


def _usual_width(one: str) -> str:
    is_other = unicodedata.decomposition(one).startswith(_WIDTHS)
    return unicodedata.normalize("NFKC", one) if is_other else one
