"""Headings as they are compared: without what people write around them."""

import re
import unicodedata
from typing import Final

__all__ = ["BRACKETS", "heading_key"]

BRACKETS: Final = re.compile(r"[(\[【〔{]([^)\]】〕}]*)[)\]】〕}]")
_MARKS: Final = re.compile(r"[\s*·•:：、,，./\\_\-'\"“”#＊]+")
_YUAN: Final = re.compile(r"(人民币)?元|单位元|人民币|rmb|cny|yuan|cnyyuan|rmbyuan")


def heading_key(text: str) -> str:
    """What two spellings of one heading share."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _MARKS.sub("", BRACKETS.sub(_kept_bracket, folded))


def _kept_bracket(match: re.Match[str]) -> str:
    """What stands in brackets counts unless it says yuan, or that the column is required."""
    inner = _MARKS.sub("", match[1])
    is_beside = _YUAN.fullmatch(inner) or inner in ("必填", "选填", "required", "optional", "可选")
    return "" if is_beside else inner
