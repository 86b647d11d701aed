"""Pages of lists: a cursor names the last row and is good for one list, one reader, one filter."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ledger.model.errors import CursorInvalid

__all__ = ["CURSOR_MOST", "Cursors", "Paging"]

CURSOR_MOST: Final = 400
_MAC: Final = 16


class Paging(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page.")
    cursor: Annotated[str | None, StringConstraints(max_length=CURSOR_MOST)] = Field(
        default=None, description="Of the page before: go on behind it."
    )


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals positions."""

    seal: bytes

    def sealed(self, bound: Mapping[str, Any], position: list[Any]) -> str:
        """A cursor after a position, for what it is bound to: list, reader, filters."""
        said = json.dumps(position, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._mac(bound, said) + said).rstrip(b"=").decode()

    def opened(self, bound: Mapping[str, Any], cursor: str) -> list[Any]:
        """The position of a cursor; raises `CursorInvalid` where it is not ours for this."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise CursorInvalid() from None
        mac, said = raw[:_MAC], raw[_MAC:]
        if not hmac.compare_digest(mac, self._mac(bound, said)):
            raise CursorInvalid()
        position: list[Any] = json.loads(said)
        return position

    def _mac(self, bound: Mapping[str, Any], said: bytes) -> bytes:
        told = json.dumps(bound, sort_keys=True, separators=(",", ":")).encode()
        key = hmac.digest(self.seal, b"cursor", "sha256")
        return hmac.digest(key, len(told).to_bytes(4, "big") + told + said, "sha256")[:_MAC]
