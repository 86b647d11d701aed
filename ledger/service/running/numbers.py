"""Ids of rows that the service makes: a word, then a ULID, so that they sort by their time."""

import secrets
import time
from typing import Final

__all__ = ["new_id"]

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(kind: str) -> str:
    """A fresh id such as `op_01JDXW6K3Q8Z0V7M5T2R4N9BCD`."""
    number = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return f"{kind}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
