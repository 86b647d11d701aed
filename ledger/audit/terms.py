"""What sales, redemptions and loans share: short words, the rate ceiling, equal terms."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.scene import Scene

__all__ = ["RATE_MAX", "RATE_ONE", "require_same", "word"]

RATE_ONE: Final = 10**9
RATE_MAX: Final = 360_000_000


def word(text: str) -> bytes:
    """A short text as the contracts hold it: 32 bytes, from the left."""
    return text.encode().ljust(32, b"\0")


def require_same(scene: Scene, pairs: Mapping[str, tuple[object, object]]) -> None:
    """Both sides must have signed the same terms; the refusal names what differs."""
    for name, (one, other) in pairs.items():
        scene.require(one == other, "QuoteMismatch", word(name))
