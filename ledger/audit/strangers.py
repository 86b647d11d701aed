"""Transactions through contracts that nobody knows: the commands in them, and what is not ours.

Anybody may ask the registry about commands that were signed to himself. Such a command moves
nothing of the ledger, but it takes a nonce of its signer and adds to its business day: it is
followed for that, and not judged, for what was signed stands nowhere on the chain.
"""

from collections.abc import Iterator, Mapping, Sequence

from ledger.audit.calls import Call, commands_of, searched
from ledger.audit.contracts import Contract
from ledger.audit.signers import Register
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.chain.typed_data import Domain, digest
from ledger.model.commands import Command, CostShareOffer
from ledger.model.days import day_of_second

__all__ = ["steps_of", "take"]

_EXECUTED = "CommandExecuted"
_AUTHORISED = (_EXECUTED, "StandingOfferUsed")


def steps_of(
    world: World, data: bytes, desks: Mapping[str, Contract], events: Sequence[Event]
) -> list[Call | Event]:
    """The commands in some call data that were carried out, and authorisations by strangers.

    In the order of their events: what comes first may decide how many have to sign the next.
    """
    waiting: dict[bytes, int] = {}
    for place, event in enumerate(events):
        if event.name == _EXECUTED:
            waiting.setdefault(event.values["digest"], place)
    steps: dict[int, Call | Event] = {}
    ours: set[bytes] = set()
    for call in searched(data, desks):
        digests = dict(_digests(world, call))
        carried = {one for one, kind in digests.items() if kind is not CostShareOffer}
        if carried and carried <= set(waiting):
            steps[min(waiting.pop(one) for one in carried)] = call
            ours |= set(digests)
    for place, event in enumerate(events):
        is_asked = event.contract == world.registry and event.name in _AUTHORISED
        if is_asked and event.values["digest"] not in ours:
            steps[place] = event
    return [steps[place] for place in sorted(steps)]


def take(register: Register, event: Event, second: int) -> bool:
    """Take what an authorisation by a stranger takes; false where none can have been given."""
    values = event.values
    member = register.members.get(values["participant"])
    if member is None:
        return False
    if event.name == _EXECUTED:
        act = values["participant"], values["nonce"]
        if list(register.take_nonce(*act)):
            return False
        register.foreign_nonces.append(act)
    # A standing offer is noted for the day even where nothing of it is used.
    if values["amount"] or event.name != _EXECUTED:
        today = day_of_second(second)
        member.commit(today, member.committed_on(today) + values["amount"])
    return True


def _digests(world: World, call: Call) -> Iterator[tuple[bytes, type[Command]]]:
    """The digests of a call's commands, with their kinds."""
    domain = Domain.of(world.chain_id, call.desk.address)
    for command in commands_of(call):
        yield digest(command, domain), type(command)
