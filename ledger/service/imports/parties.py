"""The directory as a sheet asks it, and how much of it one import may tell.

A sheet names thousands. Without a bound its preview would say of as many codes at once who takes
part, which looking up one by one is too slow for.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from ledger.imports.checks import Standing
from ledger.records import identifiers
from ledger.service.records.directory import Directory

__all__ = ["UNBOUNDED", "LookUps", "PartyFinder"]


class LookUps(Protocol):
    """Whom somebody knows already, and whether it may be told of others."""

    def known(self, participants: Collection[int]) -> set[int]:
        """Those whom it need not look up."""

    def take(self, key: Hashable) -> bool:
        """Count somebody, or nobody under a name; False where that is one too many for now."""


class _Unbounded:
    """For whoever asks from within."""

    def known(self, participants: Collection[int]) -> set[int]:
        return set(participants)

    def take(self, key: Hashable) -> bool:  # noqa: ARG002 -- nothing is counted
        return True


UNBOUNDED: Final[LookUps] = _Unbounded()


class PartyFinder:
    """Finds the parties of one sheet."""

    def __init__(
        self,
        directory: Directory,
        standings: Mapping[int, Standing],
        look_ups: LookUps,
        shown: Collection[int],
    ) -> None:
        """`shown` are participants that the same import has told of already."""
        self._directory, self._standings = directory, standings
        self._look_ups, self._shown = look_ups, set(shown)

    def by_uscc(self, codes: Iterable[str]) -> Mapping[str, int]:
        """The participants under these codes."""
        return self._directory.by_uscc(codes)

    def by_name(self, names: Iterable[str]) -> Mapping[str, Sequence[int]]:
        """The participants that go by these names."""
        return self._directory.by_name(names)

    def is_uscc(self, code: str) -> bool:
        """Whether the check character of a code fits."""
        return identifiers.is_uscc(code)

    def is_known(self, participant: int) -> bool:
        """Whether there is a participant of this number."""
        return participant in self._standings

    def untold(self, asked: Mapping[str, Sequence[int]]) -> set[str]:
        """Those of the texts of which nothing may be told yet, each with whom it means.

        Each party that is new to whoever asks counts once, and so does a text that means nobody.
        """
        ids = {one for found in asked.values() for one in found} - self._shown
        known = self._shown | self._look_ups.known(ids)
        untold = set()
        for text, found in asked.items():
            keys = [one for one in found if one not in known] if found else [text]
            if not all(self._look_ups.take(one) for one in keys):
                untold.add(text)
        return untold
