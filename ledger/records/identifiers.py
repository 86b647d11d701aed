"""Identifiers of organisations and accounts, checked by python-stdnum, in one spelling each."""

import re
import unicodedata
from typing import Final

from stdnum import lei as _lei
from stdnum.cn import uscc as _uscc
from stdnum.exceptions import ValidationError

from ledger.model.errors.input import InvalidField

__all__ = ["account_number", "is_uscc", "lei", "name", "name_key", "uscc"]

NAME_LENGTH_MAX: Final = 120

_BLANKS: Final = re.compile(r"[\s\-\u2010-\u2015]")
_ACCOUNT: Final = re.compile(r"[0-9A-Z]{6,34}")
_LETTERED: Final = re.compile(r"[0-9A-HJ-NP-RTUWXY]{2}[0-9]{6}[0-9A-HJ-NP-RTUWXY]{10}")
_PUNCTUATION: Final = re.compile(r"[\s\-_.,·・&'\"“”‘’、，。;:：；/\\|]")
_BRACKETS: Final = str.maketrans("【】［］〔〕「」『』<>《》〈〉[]{}", "()" * 10)


def uscc(text: object, *, field: str = "uscc") -> str:
    """A unified social credit code: 18 characters whose check character fits."""
    plain = _plain(text)
    if not _is_uscc(plain):
        raise InvalidField(field=field, value=text, expected="uscc")
    return plain


def is_uscc(text: str) -> bool:
    """Whether a text is a unified social credit code, however it is spelled."""
    return _is_uscc(_plain(text))


def lei(text: object, *, field: str = "lei") -> str:
    """A legal entity identifier: 20 characters, check digits by ISO 7064."""
    try:
        return str(_lei.validate(_plain(text)))
    except ValidationError:
        raise InvalidField(field=field, value=text, expected="lei") from None


def account_number(text: object, *, field: str = "account") -> str:
    """A bank account: 6 to 34 digits and capital letters, without blanks and hyphens."""
    plain = _plain(text)
    if not _ACCOUNT.fullmatch(plain):
        raise InvalidField(field=field, value=text, expected="account")
    return plain


def name(text: object, *, field: str = "name", length_max: int = NAME_LENGTH_MAX) -> str:
    """A name in NFC: one line, nothing that cannot be seen or turns the direction of writing."""
    if not isinstance(text, str):
        raise InvalidField(field=field, value=text, expected="name")
    composed = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(composed) <= length_max or not composed.isprintable():
        raise InvalidField(field=field, value=text, expected="name")
    return composed


def name_key(text: str) -> str:
    """What two spellings of one name share: width, case, blanks and punctuation do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_BRACKETS)
    return _PUNCTUATION.sub("", folded)


def _is_uscc(plain: str) -> bool:
    """The library's verdict; it knows no letter in the first two places, which the standard has.

    Agricultural collectives, for one, are registered under N.
    """
    if _uscc.is_valid(plain):
        return True
    try:
        fits = bool(_LETTERED.fullmatch(plain)) and _uscc.calc_check_digit(plain) == plain[17]
    except ValidationError:
        return False
    return fits


def _plain(text: object) -> str:
    """Half-width capitals without blanks and hyphens."""
    if not isinstance(text, str):
        return ""
    return _BLANKS.sub("", unicodedata.normalize("NFKC", text)).upper()
