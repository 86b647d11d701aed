"""What the contract says would become of vouchers: believed for a while, and never for ever.

A node may answer for a block that is behind our rows. Only what the contract calls frozen is
frozen. A voucher that our rows have unsettled, and that the contract calls up to date or unknown,
tells of a node that lags, or of rows that do; a question that reverts tells nothing, and nor does
a node that is away. All are asked again, later each time.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from ledger.chain.artifacts import artifact
from ledger.chain.endpoint import ENDPOINT_FAILURES, Question
from ledger.chain.transactions import Reverted
from ledger.service.running.crash_points import calling
from ledger.service.running.site import Site
from ledger.service.scheduling.room import chunks
from ledger.service.scheduling.run_figures import RunScene
from ledger.views.claim_rows import Voucher

__all__ = ["Verdict", "Verdicts"]

_ASKED_GAS: Final = 12_000_000
"""What one question to the contract may take."""

BELIEVED_SECONDS: Final = 300.0
"""How long an answer is believed that tells of each voucher."""
RESTS: Final = (5.0, 300.0)
"""Seconds after which it is asked again where it does not: at first, and at most."""
STUCK_SECONDS: Final = 300.0
"""After so long without a full answer the operator is told."""

_FROZEN: Final = 2
_SETTLED: Final = 3
"""What the contract says of a voucher that it would settle."""

_log = structlog.get_logger("fenbook.service")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of some vouchers those that would not be settled now; none of the rest is named."""

    frozen: frozenset[int] = frozenset()
    """Their money stays in the hold."""
    unsure: frozenset[int] = frozenset()
    """What would become of them is not known."""


@dataclass(frozen=True, slots=True)
class _Asked:
    stand: object
    """What the answer was given for."""
    verdict: Verdict
    until: float
    rest: float
    """The last of the rests in a row; 0 where it told of each."""
    unsure_since: float | None


class Verdicts:
    """Asks the contract about the vouchers of runs, each again when something has changed."""

    def __init__(self, site: Site, *, monotonic: Callable[[], float]) -> None:
        self._site, self._monotonic = site, monotonic
        self._known: dict[Hashable, _Asked] = {}
        self._away_until = 0.0

    def keep(self, keys: Collection[Hashable]) -> None:
        """Forget all runs but these."""
        self._known = {key: one for key, one in self._known.items() if key in keys}

    def of(self, key: Hashable, scene: RunScene, left: Sequence[Voucher]) -> Verdict:
        """Which vouchers of a run the contract would not settle now."""
        ids = frozenset(one.id for one in left)
        is_second = {one.voucher for one in scene.assigned} & ids
        if not ids or (not scene.freezes and not is_second):
            self._known.pop(key, None)
            return Verdict()
        now, before = self._monotonic(), self._known.get(key)
        stand = (scene.at.epoch, scene.freezes, scene.run.payments, ids)
        if before is None or before.stand != stand or now >= before.until:
            before = self._known[key] = self._asked(scene, left, stand, before)
        return before.verdict

    def _asked(
        self, scene: RunScene, left: Sequence[Voucher], stand: object, before: _Asked | None
    ) -> _Asked:
        results = self._tried(list(chunks(left, scene.room, most=_ASKED_GAS)))
        said = {one.id: results.get(one.id) for one in left}
        frozen = frozenset(id_ for id_, one in said.items() if one == _FROZEN)
        unsure = frozenset(id_ for id_, one in said.items() if one not in (_FROZEN, _SETTLED))
        now = self._monotonic()
        if not unsure:
            return _Asked(stand, Verdict(frozen), now + BELIEVED_SECONDS, 0.0, None)
        first, most = RESTS
        rest = first if before is None else min(max(first, 2 * before.rest), most)
        since = now if before is None or before.unsure_since is None else before.unsure_since
        if now - since >= STUCK_SECONDS:
            _log.error(
                "settlement stuck",
                payable=scene.run.payable,
                count=len(unsure),
                seconds=int(now - since),
            )
        return _Asked(stand, Verdict(frozen, unsure), now + rest, rest, since)

    def _tried(self, batches: Sequence[Sequence[Voucher]]) -> Mapping[int, int]:
        """The results; none while nodes are away, which only one run has to wait for."""
        if self._monotonic() < self._away_until:
            return {}
        try:
            return self._results(batches)
        except ENDPOINT_FAILURES as failure:
            _log.warning("settlement not asked", code=failure.code)
            self._away_until = self._monotonic() + RESTS[0]
            return {}

    def _results(self, batches: Sequence[Sequence[Voucher]]) -> Mapping[int, int]:
        """What the contract says of each voucher; nothing where even it alone reverts."""
        found: dict[int, int] = {}
        while batches:
            halves: list[Sequence[Voucher]] = []
            for batch, results in zip(batches, self._answers(batches), strict=True):
                if results is not None:
                    ids = (one.id for one in batch)
                    found.update(zip(ids, results, strict=True))
                elif len(batch) > 1:
                    middle = len(batch) // 2
                    halves += [batch[:middle], batch[middle:]]
            batches = halves
        return found

    def _answers(self, batches: Sequence[Sequence[Voucher]]) -> Iterator[Sequence[int] | None]:
        entry = artifact("Settlement").functions["settle"]
        address = self._site.deployment.address("Settlement")
        questions = [Question(address, entry.call([one.id for one in batch])) for batch in batches]
        with calling("ask"):
            answers = self._site.endpoint.calls(questions)
        for answer in answers:
            yield None if isinstance(answer, Reverted) else entry.answer(answer)
