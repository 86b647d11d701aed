"""Invoice numbers: one identity however they are spelled, and its keyed fingerprint.

Only fingerprints go on chain. Invoice numbers are few enough to be guessed, so that a plain hash
would give them away; whoever lacks the key learns nothing from a fingerprint.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import Final

__all__ = ["fingerprint", "normalised"]

_BLANKS_AND_HYPHENS: Final = re.compile(r"[\s\-\u2010\u2011]")


def normalised(number: str) -> str:
    """The identity of an invoice: NFKC, upper case, no blanks, hyphens or leading zeros."""
    upper = unicodedata.normalize("NFKC", number).upper()
    return _BLANKS_AND_HYPHENS.sub("", upper).lstrip("0")


def fingerprint(key: bytes, number: str) -> bytes:
    """32 bytes that stand for an invoice on chain: an HMAC of its identity."""
    identity = normalised(number).encode("utf-8", "surrogatepass")
    return hmac.digest(key, identity, hashlib.sha256)
