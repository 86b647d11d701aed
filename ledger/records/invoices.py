"""Invoices: one identity however they are spelled, and its keyed fingerprint.

Only fingerprints go on chain. Invoice numbers are few enough to be guessed, so that a plain hash
would give them away; whoever lacks the key learns nothing from a fingerprint.

An identity holds what makes an invoice unique and nothing that could be varied to finance it
twice: the number alone of a fully digital invoice (20 digits, issued once in the country), code
and number of an older tax invoice; of any other its seller, its number and its date.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from ledger.model.errors.input import InvalidField
from ledger.records.identifiers import is_uscc

__all__ = ["Invoice", "fingerprint", "normalised"]

_BLANKS_AND_HYPHENS: Final = re.compile(r"[\s\-\u2010-\u2015\u2212\u200b\ufeff]")
_DIGITAL: Final = re.compile(r"[0-9]{20}")
_CODE: Final = re.compile(r"[0-9]{9,12}")
_OLD_NUMBER: Final = re.compile(r"[0-9]{1,8}")
_ODD: Final = re.compile(r"[^0-9A-Z\u4e00-\u9fff/._#]")
NUMBER_LENGTH_MAX: Final = 40


def normalised(number: str) -> str:
    """The identity of a number: NFKC, upper case, no blanks, hyphens or leading zeros."""
    return _squeezed(number).lstrip("0")


def fingerprint(key: bytes, number: str) -> bytes:
    """32 bytes that stand for an invoice on chain: an HMAC of its identity."""
    identity = normalised(number).encode("utf-8", "surrogatepass")
    return hmac.digest(key, identity, hashlib.sha256)


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it was written down; which fields count depends on what sort it is of."""

    number: str
    code: str = ""
    seller: str = ""
    """The seller's unified social credit code, or another name that it is known by."""
    day: int | None = None
    """Business day on which it was made out."""

    @property
    def identity(self) -> str:
        """One text for all spellings of one invoice; raises `InvalidField` if it is not unique.

        Excel drops leading zeros of codes and numbers, so that these never count.
        """
        number, code = _squeezed(self.number), _squeezed(self.code)
        if not number or len(number) > NUMBER_LENGTH_MAX or _ODD.search(number):
            raise InvalidField(field="number", value=self.number, expected="invoice")
        if _DIGITAL.fullmatch(number):
            # Some forms repeat a part of the number as its code: it adds nothing.
            return f"cn:{number}"
        if code:
            if not _CODE.fullmatch(code) or not _OLD_NUMBER.fullmatch(number):
                raise InvalidField(field="code", value=self.code, expected="invoice")
            return f"cn:{code.lstrip('0')}:{number.lstrip('0')}"
        seller = _squeezed(self.seller)
        lacks_code = _OLD_NUMBER.fullmatch(number) and is_uscc(seller)
        if not seller or self.day is None or lacks_code:
            raise InvalidField(field="number", value=self.number, expected="invoice")
        return f"other:{seller}:{number.lstrip('0')}:{self.day}"

    def fingerprint(self, key: bytes) -> bytes:
        """32 bytes that stand for the invoice on chain; no amount is in it."""
        return hmac.digest(key, self.identity.encode(), hashlib.sha256)


def _squeezed(text: str) -> str:
    upper = unicodedata.normalize("NFKC", text).upper()
    return _BLANKS_AND_HYPHENS.sub("", upper)
