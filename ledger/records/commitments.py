"""Commitments: what goes on chain in place of a text or a document.

A salted hash. Whoever is shown the text and the salt can check it; whoever is not learns nothing,
also of a text that could be guessed. The salt is kept with the text, sealed.
"""

import hashlib
import hmac
import os
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ledger.model.errors.input import InvalidField

__all__ = ["MEMO_LENGTH_MAX", "SALT_BYTES", "Memo", "RecordKind", "document_hash", "memo_text"]

SALT_BYTES: Final = 32
MEMO_LENGTH_MAX: Final = 2_000
_TAG: Final = b"fenbook commitment 1\0"

# Characters that change how others are read: no honest memo needs them.
_DISGUISES: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
)


class RecordKind(StrEnum):
    """What a commitment stands for; part of what is hashed."""

    MEMO = "memo"
    REASON = "reason"
    EVIDENCE = "evidence"
    DOCUMENT = "document"
    CASE = "case"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Memo:
    """A text in NFC with its salt; a document is told by its hash, its name and its number."""

    kind: RecordKind
    text: str
    salt: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", memo_text(self.text))
        if len(self.salt) != SALT_BYTES:
            raise InvalidField(field="salt", value="…", expected="bytes32")

    @classmethod
    def new(cls, kind: RecordKind, text: str) -> "Memo":
        """A text under a fresh salt."""
        return cls(kind, text, os.urandom(SALT_BYTES))

    @property
    def commitment(self) -> bytes:
        """The 32 bytes that go on chain."""
        head = _TAG + self.kind.value.encode() + b"\0"
        return hashlib.sha256(head + self.salt + self.text.encode()).digest()

    def opens(self, commitment: bytes) -> bool:
        """Whether this text and salt are what was committed to."""
        return hmac.compare_digest(self.commitment, commitment)

    def to_bytes(self) -> bytes:
        """Kind, salt and text: what is sealed."""
        return self.kind.value.encode() + b"\0" + self.salt + self.text.encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> "Memo":
        """A memo as `to_bytes` wrote it."""
        kind, _, rest = plain.partition(b"\0")
        return cls(RecordKind(kind.decode()), rest[SALT_BYTES:].decode(), rest[:SALT_BYTES])


def memo_text(text: object) -> str:
    """A text in NFC that shows what it says; raises `InvalidField`."""
    if not isinstance(text, str):
        raise InvalidField(field="memo", value=text, expected="memo")
    composed = unicodedata.normalize("NFC", text).strip()
    is_plain = all(one.isprintable() or one in "\n\t\u3000" for one in composed)
    if not 0 < len(composed) <= MEMO_LENGTH_MAX or not is_plain or _DISGUISES & set(composed):
        raise InvalidField(field="memo", value=text[:60], expected="memo")
    return composed


def document_hash(content: bytes) -> bytes:
    """What names a document's content; its commitment hashes this once more, with a salt."""
    return hashlib.sha256(content).digest()
