"""Values as the one text that stands for them: what is signed, sealed, or compared as it is."""

import json
from typing import Any, Final

__all__ = ["canonical"]

_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(value: Any) -> str:
    """JSON with its names in order, no spaces, and characters as they are."""
    return _ENCODER.encode(value)
