"""Whom an import may tell of: those its participant knows, and of others so many at a time.

A file names thousands of parties at once, which looking them up one by one is too slow for. The
first ones that are new are told at once, the rest as fast as look-ups. Who was told once is not
counted again for a day: the same file is previewed until it is right.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from api.context import Context, context_of
from api.finding import still_known
from api.look_ups import count_look_up
from api.options import Rate
from api.reading import reading
from ledger.model.errors import TooManyRequests
from ledger.service.access import Subject
from ledger.store.lists import AllOf, Is, rows_of

__all__ = ["AT_ONCE", "LookUpsOfImport"]

AT_ONCE: Final = Rate(1_000, 86_400)
"""Parties that are new to a participant and told by imports at once: enough for its first one."""

_MANY: Final = 2_000


@dataclass(slots=True)
class LookUpsOfImport:
    """The look-ups of one request; `ledger.service.imports.parties.LookUps`."""

    request: Request
    subject: Subject
    _is_spent: bool = False

    def known(self, participants: Collection[int]) -> set[int]:
        """Those of whom the subject needs to know."""
        asked, found = sorted(participants), set[int]()
        with reading(self.request, self.subject) as opened:
            for low in range(0, len(asked), _MANY):
                ids = Is("id", tuple(asked[low : low + _MANY]))
                where = AllOf((ids, opened.sight.participants))
                rows = list(rows_of(opened.connection, "participants", where))
                found |= {one.id for one in still_known(opened, rows)}
        return found

    def take(self, key: Hashable) -> bool:
        """Count one; what the answer says of a rate stays that of the request."""
        context = context_of(self.request)
        own, told = self.subject.participant, context.told
        if told.has(own, key):
            return True
        if self._is_spent:
            return False
        state = self.request.scope["state"]
        standing = state["standing"]
        self._is_spent = not self._is_counted(context)
        state["standing"] = standing
        if not self._is_spent:
            told.add(own, key)
        return not self._is_spent

    def _is_counted(self, context: Context) -> bool:
        who = str(self.subject.participant)
        try:
            context.limits.take(self.request.scope, "new-parties", AT_ONCE, who)
        except TooManyRequests:
            try:
                count_look_up(self.request, self.subject)
            except TooManyRequests:
                return False
        return True
