"""Pages of lists: a cursor names the last row and is good for one list, one reader, one filter."""

import base64
import binascii
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ledger.model.canonical import canonical
from ledger.model.errors import CursorInvalid
from ledger.model.errors.records import RecordTampered
from ledger.records.vault import DataKey, Place
from ledger.service.access import Subject

__all__ = ["CURSOR_MOST", "Cursors", "Paging", "bound_to"]

CURSOR_MOST: Final = 400
Row = TypeVar("Row")

_PADDED: Final = 64
"""Bytes of which a position has one, two, ...: its length is told as little as itself."""


class Paging(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=50, ge=1, le=200, description="Rows of a page.")
    cursor: Annotated[str | None, StringConstraints(max_length=CURSOR_MOST)] = Field(
        default=None, description="Of the page before: go on behind it."
    )


@dataclass(frozen=True, slots=True)
class Cursors:
    """Seals positions: how far apart two of them lie would tell of the rows between."""

    secret: bytes

    def sealed(self, bound: Mapping[str, Any], position: list[Any]) -> str:
        """A cursor after a position, for what it is bound to: list, reader, filters."""
        said = json.dumps(position, separators=(",", ":")).encode()
        padded = said + b" " * (-len(said) % _PADDED)
        sealed = self._key().seal(padded, _place(bound))
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def opened(self, bound: Mapping[str, Any], cursor: str) -> list[Any]:
        """The position of a cursor; raises `CursorInvalid` where it is not ours for this."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            position: list[Any] = json.loads(self._key().open(raw, _place(bound)))
        except (binascii.Error, ValueError, RecordTampered):
            raise CursorInvalid() from None
        return position

    def page(
        self,
        bound: Mapping[str, Any],
        asked: Paging,
        fetch: Callable[[Any, int], Sequence[Row]],
        position: Callable[[Row], list[Any]],
    ) -> tuple[Sequence[Row], str | None]:
        """The rows of a page, and the cursor of the next one where there is one.

        `fetch` takes the position to go on behind, None at the beginning, and how many rows at
        most; `position` is that of a row. Raises `CursorInvalid`.
        """
        after = None if asked.cursor is None else self.opened(bound, asked.cursor)
        found = fetch(after, asked.limit + 1)
        rows = found[: asked.limit]
        return rows, self.sealed(bound, position(rows[-1])) if len(found) > asked.limit else None

    def _key(self) -> DataKey:
        return DataKey(hmac.digest(self.secret, b"cursor", "sha256"))


def bound_to(name: str, subject: Subject, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a cursor is good for: a list, its reader, and what of it was asked for."""
    return {"list": name, "reader": subject.participant, "asked": dict(asked)}


def _place(bound: Mapping[str, Any]) -> Place:
    return Place("cursors", "position", canonical(bound), 0)
