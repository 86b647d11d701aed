"""The beginning of a ledger, when nobody could sign yet: what its constructors have named."""

from collections.abc import Callable, Mapping
from typing import Final

from ledger.audit.registry_parts import Rules
from ledger.audit.signers import Key, Member
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.model.errors import ERRORS, LedgerError
from ledger.model.parts import RuleSet

__all__ = ["begin"]


def begin(world: World, event: Event) -> bool:
    """Take an event of a constructor into the world; whether it is one that a constructor leaves.

    What stands there is trusted: it names whose signatures count from then on.
    """
    take = _TAKEN.get(event.name)
    is_rules = event.name == "RulesSet"
    if take is None or (event.contract == world.registry) == is_rules:
        return False
    try:
        take(world, event)
    except LedgerError:  # about a participant or signer that no event has named
        return False
    return True


def _verifier_allowed(world: World, event: Event) -> None:
    verifier = bytes.fromhex(event.values["verifier"][2:])
    world.register.verifiers[verifier] = event.values["kind"]


def _desk_added(world: World, event: Event) -> None:
    register = world.register
    register.desks[event.values["desk"]] = event.values["version"]
    register.versions = max(register.versions, event.values["version"])


def _participant_admitted(world: World, event: Event) -> None:
    values, register = event.values, world.register
    register.members[values["participant"]] = Member(values["roles"], values["recovery_bank"])
    register.identities[values["identity"]] = values["participant"]


def _signer_added(world: World, event: Event) -> None:
    values = event.values
    keys = world.register.member(values["participant"]).keys
    if values["signer"] != len(keys):
        raise ERRORS["UnknownSigner"].of(values["participant"], values["signer"])
    keys.append(Key(values["key"], values["duty"], values["expiry"]))


def _threshold_set(world: World, event: Event) -> None:
    values = event.values
    member = world.register.member(values["participant"])
    member.low, member.high, member.high_from = (
        values["low"],
        values["high"],
        values["high_from"],
    )


def _rules_set(world: World, event: Event) -> None:
    world.part(Rules, event.contract).sets.append(RuleSet(**event.values["rules"]))


_TAKEN: Final[Mapping[str, Callable[[World, Event], None]]] = {
    "VerifierAllowed": _verifier_allowed,
    "DeskAdded": _desk_added,
    "ParticipantAdmitted": _participant_admitted,
    "SignerAdded": _signer_added,
    "ThresholdSet": _threshold_set,
    "RulesSet": _rules_set,
}
