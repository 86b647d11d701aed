"""Transactions through contracts that nobody knows: what was done there, told step by step.

A signed command is known by its digest, wherever its bytes stand in the call data; of several
copies that one is taken which accounts for the events. An act that needs no signature is known by
what it leaves. Anybody may ask the registry about commands that were signed to himself. Such a
command moves nothing of the ledger, but it takes a nonce of its signer and adds to its business
day: it is followed for that, and not judged, for what was signed stands nowhere on the chain.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from ledger.audit.acting import carry_out
from ledger.audit.calls import Call, commands_of, searched
from ledger.audit.contracts import Contract
from ledger.audit.matching import key_of
from ledger.audit.open_acts import Traces, told
from ledger.audit.scene import Effect, Scene
from ledger.audit.signers import Register
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.chain.typed_data import Domain, digest
from ledger.model.commands import CostShareOffer
from ledger.model.days import day_of_second

__all__ = ["Search"]

_EXECUTED: Final = "CommandExecuted"
_AUTHORISED: Final = (_EXECUTED, "StandingOfferUsed")


class Search:
    """A transaction that is followed in the order of its events.

    What comes first may decide how many have to sign the next.
    """

    def __init__(
        self, world: World, desks: Mapping[str, Contract], data: bytes, events: Sequence[Event]
    ) -> None:
        self.scenes: list[Scene] = []
        """What was carried out."""
        self.strangers: dict[int, bool] = {}
        """Places of what was authorised for strangers, and whether somebody can have done so."""
        self._world, self._second = world, 0
        self._traces = Traces(world, desks, events, data)
        self._waiting = Counter(key_of(event) for event in events)
        """Events that nothing has accounted for yet."""
        self._executed = {
            event.values["digest"]
            for event in events
            if event.name == _EXECUTED and self._is_asked(event)
        }
        """Digests of commands that no step has carried out yet."""
        self._ours: set[bytes] = set()
        """Digests that stand for commands to desks of the ledger."""
        self._carrying: list[tuple[frozenset[bytes], Call]] = []
        """Calls by which commands can have been carried, each once, with the digests of these."""
        self._find_commands()

    def follow(self, second: int) -> "Search":
        """Carry out on the world what was done."""
        self._second = second
        for place, event in enumerate(self._traces.events):
            if not self._waiting[key_of(event)]:
                continue
            if not self._is_asked(event):
                self._follow_open_act(place, event)
            elif event.values["digest"] in self._ours:
                self._follow_command(event.values["digest"])
            else:
                self._waiting[key_of(event)] -= 1
                self.strangers[place] = _take(self._world.register, event, second)
        return self

    # ---- steps

    def _follow_command(self, signed: bytes) -> None:
        calls = [
            call
            for digests, call in self._carrying
            if signed in digests and digests <= self._executed
        ]
        if calls:
            self._carry_out(calls[0] if len(calls) == 1 else self._best(calls).call)

    def _follow_open_act(self, place: int, event: Event) -> None:
        """Only what comes to such an event is followed; else nothing accounts for it."""
        calls = list(told(self._traces, place))
        if not calls:
            return
        scene = self._best(calls)
        alike = [one for one in scene.effects if _kind(one) == _kind(event)]
        is_same = any(key_of(one) == key_of(event) for one in alike)
        if is_same or (alike and not scene.faults):
            self._carry_out(scene.call)

    # ---- private

    def _find_commands(self) -> None:
        """Who carries a command may put other copies of it beside it, with anything unsigned."""
        known = set()
        for call in searched(self._traces.data, self._traces.desks):
            domain = Domain.of(self._world.chain_id, call.desk.address)
            digests = {digest(one, domain): type(one) for one in commands_of(call)}
            self._ours |= set(digests)
            carried = frozenset(one for one, kind in digests.items() if kind is not CostShareOffer)
            said = repr((call.desk.address, call.function, call.arguments))
            if carried and carried <= self._executed and said not in known:
                known.add(said)
                self._carrying.append((carried, call))

    def _best(self, calls: Sequence[Call]) -> Scene:
        """The call with the least against it, tried on a draft of the world."""
        tried: list[Scene] = []
        for call in calls:
            tried.append(self._done(self._world.draft(), call))
            if not any(self._lack(tried[-1])):
                return tried[-1]
        return min(tried, key=self._lack)

    def _lack(self, scene: Scene) -> tuple[int, int]:
        """How many refusals were due, and how many events are not there."""
        left = Counter(key_of(effect) for effect in scene.effects)
        return len(scene.faults), (left - self._waiting).total()

    def _carry_out(self, call: Call) -> None:
        scene = self._done(self._world, call)
        self.scenes.append(scene)
        self._executed -= set(scene.digests)
        for key, count in Counter(key_of(effect) for effect in scene.effects).items():
            self._waiting[key] = max(self._waiting[key] - count, 0)

    def _done(self, world: World, call: Call) -> Scene:
        return carry_out(Scene(world, call, self._second, self._traces.events))

    def _is_asked(self, event: Event) -> bool:
        """Whether it is the registry's word that it has authorised something."""
        return event.contract == self._world.registry and event.name in _AUTHORISED


def _take(register: Register, event: Event, second: int) -> bool:
    """Take what an authorisation by a stranger takes; false where none can have been given."""
    values = event.values
    member = register.members.get(values["participant"])
    if member is None:
        return False
    if event.name == _EXECUTED:
        act = values["participant"], values["nonce"]
        if list(register.take_nonce(*act)):
            return False
        register.foreign_nonces.add(act)
    # A standing offer is noted for the day even where nothing of it is used.
    if values["amount"] or event.name != _EXECUTED:
        today = day_of_second(second)
        member.commit(today, member.committed_on(today) + values["amount"])
    return True


def _kind(one: Event | Effect) -> tuple[str, str]:
    return one.contract, one.name
