"""The language of an answer, by the header Accept-Language."""

from collections.abc import Iterable

from ledger.model.glossary import Language

__all__ = ["CONTENT_LANGUAGE", "header", "language_of"]

CONTENT_LANGUAGE: dict[Language, str] = {"en": "en", "zh": "zh-CN"}

_RANGES_MOST = 16


def language_of(accepted: str) -> Language:
    """Chinese where it is preferred to English, else English.

    Each of the two has the weight of the closest range that names it; `*` names both.
    """
    weights: dict[str, float] = {}
    for item in accepted.split(",")[:_RANGES_MOST]:
        name, _, parameter = item.partition(";")
        name = name.strip().lower()
        weights.setdefault(name.split("-")[0], _weight(parameter))
    rest = weights.get("*", 0.0)
    chinese, english = weights.get("zh", rest), weights.get("en", rest)
    return "zh" if chinese > english else "en"


def header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """The first value of a header in an ASGI scope; empty where there is none."""
    for key, value in headers:
        if key == name:
            return value.decode("latin-1")
    return ""


def _weight(parameter: str) -> float:
    text = parameter.strip().lower().removeprefix("q=")
    try:
        weight = float(text) if text else 1.0
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
