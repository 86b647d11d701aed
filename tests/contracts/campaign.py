"""A campaign of forgeries: each is refused by its name, leaves no trace, and is counted."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ledger.chain.calls import Item
from ledger.model.errors import DeadlinePassed, DeadlineTooFar, LedgerError, NonceUsed
from tests import evidence
from tests.cast import Cast
from tests.contracts.act import Act
from tests.contracts.asset_acts import ASSET_ACTS
from tests.contracts.forgeries import Forgery, all_forgeries
from tests.contracts.office_acts import OFFICE_ACTS

__all__ = ["ACTS", "CLASSES", "WEEK", "Campaign", "Share", "check_once", "relay_refused"]

ACTS: Final = {**ASSET_ACTS, **OFFICE_ACTS}

CLASSES: Final = (
    *("wrong key", "other actor's key", "too few", "one twice", "unordered", "unknown signer"),
    *("revoked", "expired", "maker as checker", "checker as maker"),
    *("field changed", "other actor", "other nonce", "other deadline", "deadline"),
    *("wrong domain", "other verb", "envelope", "other message"),
    *("high s", "compact", "cut", "padded", "spelling", "bit flipped"),
)
"""Every class of false command."""

WEEK: Final = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Share:
    """How much of all forgeries a run tries of each act."""

    flips: int
    """Signatures with one bit turned."""
    spellings: int = 99
    most: int = 10_000
    """No more than these, taken at random."""
    asked: int = 0
    """How many are asked for at once; none: all are sent."""
    sent: int = 20
    """How many go in one transaction, with a comparison of all storage before and after."""


@dataclass(slots=True)
class Campaign:
    """The forgeries of one kind of signer on one chain."""

    cast: Cast
    kind: str
    seed: int
    share: Share
    tries: int = 0

    def run(self, verb: str, at_last: Callable[[Cast, Act], Act] = lambda _, act: act) -> None:
        """Try the forgeries of one act, then the act itself, and its replay; keep the counts."""
        began = time.monotonic()
        act = ACTS[verb](self.cast)
        assert type(act.command).__name__ == verb
        source = random.Random(f"{self.kind} {verb} {self.seed}")
        forgeries = self._forgeries(act)
        source.shuffle(forgeries)
        forgeries = forgeries[: self.share.most]
        sent = forgeries[: self.share.sent] if self.share.asked else forgeries
        for chunk in _chunks(forgeries if self.share.asked else [], self.share.asked):
            self._ask(act, chunk)
        for chunk in _chunks(sent, self.share.sent):
            self._expect(chunk, relay_refused(self.cast, [act.carry(one.signed) for one in chunk]))
        check_once(self.cast, at_last(self.cast, act))
        self.tries += len(forgeries)
        told = {
            "tries": len(forgeries),
            "accepted": 0,
            "storage_compared": len(sent),
            "honest_accepted_once": 1,
            "replays_refused": int(not act.standing),
            "seed": self.seed,
            "seconds": round(time.monotonic() - began, 2),
            "kinds": {self.kind: len(forgeries)},
            "verbs": {verb: len(forgeries)},
            "classes": Counter(one.group for one in forgeries),
        }
        engine = "tester" if self.cast.node._tester else "anvil"
        print(f"forgeries of {verb}, {self.kind}, {engine}: {told}")
        evidence.record("forgeries", f"{self.kind} {verb} {engine}", told)

    def _forgeries(self, act: Act) -> list[Forgery]:
        share = self.share
        found = all_forgeries(
            self.cast, act, spellings=share.spellings, flips=share.flips, seed=self.seed
        )
        late = self.cast.ledger.now - 1
        times: dict[int, type[LedgerError]] = {late: DeadlinePassed, 1: DeadlinePassed}
        if not act.standing:
            times |= {late + 2 * WEEK: DeadlineTooFar, 2**64 - 1: DeadlineTooFar}
        for deadline, error in times.items():
            signed = act.signed(replace(act.command, deadline=deadline))
            found.append(Forgery("deadline", f"deadline {deadline}", signed, error))
        return found

    def _ask(self, act: Act, forgeries: Sequence[Forgery]) -> None:
        """Ask what would become of forgeries, and behind them of the act itself and its replay."""
        items = [act.carry(one.signed) for one in forgeries]
        honest = [act.item()] if act.standing else [act.item()] * 2
        found = [one.refusal for one in self.cast.ledger.simulate([*items, *honest])]
        self._expect(forgeries, found[: len(items)])
        assert [type(one) for one in found[len(items) :]] == [type(None), NonceUsed][: len(honest)]

    def _expect(self, forgeries: Sequence[Forgery], found: Sequence[LedgerError | None]) -> None:
        for forgery, refusal in zip(forgeries, found, strict=True):
            named = (self.kind, type(forgery.signed.command).__name__, forgery.name, self.seed)
            assert type(refusal) is forgery.error, (*named, refusal)
            values = {name: refusal.values[name] for name in forgery.values}
            assert values == forgery.values, named


def _chunks(forgeries: Sequence[Forgery], size: int) -> Iterator[Sequence[Forgery]]:
    for start in range(0, len(forgeries), size or 1):
        yield forgeries[start : start + size]


def relay_refused(cast: Cast, items: Sequence[Item]) -> list[LedgerError | None]:
    """The refusals of items that must all be refused and leave no trace but the relay's own."""
    before = cast.storage()
    refusals = [one.refusal for one in cast.ledger.relay(items)]
    block = cast.node.block
    left = [event.name for event in cast.ledger.events(block, block)]
    assert left == ["ItemRefused"] * len(items) + ["BatchRelayed"]
    assert cast.storage() == before
    return refusals


def check_once(cast: Cast, act: Act) -> None:
    """The honest act is carried out, and not again."""
    outcome = cast.ledger.carry_out(act.item())
    executed = [one.values for one in outcome.events if one.name == "CommandExecuted"]
    if act.standing:
        return
    [own] = [one for one in executed if one["digest"] == cast.ledger.digest(act.command)]
    assert (own["participant"], own["nonce"]) == (act.actor.id, act.command.nonce)
    [refusal] = relay_refused(cast, [act.item()])
    assert type(refusal) is NonceUsed
