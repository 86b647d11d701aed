"""Whether a command was its participant's own: its digest, and the approvals that carried it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.audit.findings import Kind
from ledger.audit.scene import Scene
from ledger.audit.signers import Act, Level
from ledger.chain.typed_data import Domain, digest
from ledger.model.commands import Command
from ledger.model.errors import ERRORS

__all__ = [
    "NEEDS",
    "Need",
    "act_of",
    "authorise",
    "cosigned",
    "digest_of",
    "require_role",
    "use_standing",
]


@dataclass(frozen=True, slots=True)
class Need:
    """The authority that a verb needs."""

    level: Level
    is_stoppable: bool
    amount: Callable[[Any], int]
    """What a command commits."""


def _need(level: Level, member: str = "", *, is_stoppable: bool = False) -> Need:
    return Need(level, is_stoppable, lambda one: int(getattr(one, member)) if member else 0)


_STOPPED: Final = {
    "IssuePayable": "face",
    "IssueBatch": "total",
    "JoinVouchers": "",
    "SellVoucher": "amount",
    "SaleQuote": "amount",
    "CostShareOffer": "budget",
    "RedeemVoucher": "amount",
    "RedemptionQuote": "amount",
    "PledgeVoucher": "amount",
    "PledgeQuote": "advance",
}
"""Acts that pause, suspension and freeze stop, with what they commit."""

_FREE: Final = {
    "WithdrawOffer": "",
    "RecourseVoucher": "",
    "RepayLoan": "principal",
    "ReleaseSecurity": "amount",
    "PayPayable": "amount",
    "MoveDeposit": "amount",
}
"""Acts that nothing stops, with what they commit."""

_ANSWERS: Final = ("DeclineVoucher", "VoidBatch", "VoidNonce", "VetoRecovery")

NEEDS: Final[Mapping[str, Need]] = {
    **{name: _need(Level.AMOUNT, one, is_stoppable=True) for name, one in _STOPPED.items()},
    **{name: _need(Level.AMOUNT, one) for name, one in _FREE.items()},
    **{name: _need(Level.ONE) for name in _ANSWERS},
    "AcceptVoucher": _need(Level.ONE, is_stoppable=True),
    "TransferVoucher": Need(Level.AMOUNT, True, lambda one: sum(part.amount for part in one.parts)),
}
"""By primary type; every other command needs the highest threshold and commits nothing."""

_HIGHEST: Final = _need(Level.HIGHEST)


def act_of(command: Command, signed: bytes) -> Act:
    """What the registry has to be asked for a command."""
    need = NEEDS.get(type(command).__name__, _HIGHEST)
    return Act(
        participant=command.participant,
        digest=signed,
        nonce=command.nonce,
        deadline=command.deadline,
        amount=need.amount(command),
        level=need.level,
        is_stoppable=need.is_stoppable,
    )


def digest_of(scene: Scene, command: Command) -> bytes:
    """What the signers of a command had to sign: its digest in the domain of the called desk."""
    return digest(command, Domain.of(scene.world.chain_id, scene.desk.address))


def authorise(scene: Scene, command: Command, approvals: bytes) -> bytes:
    """Replay the authorisation of a command; its digest."""
    signed = digest_of(scene, command)
    act = act_of(command, signed)
    scene.digests.append(signed)
    scene.tell(
        scene.world.registry,
        "CommandExecuted",
        digest=signed,
        participant=act.participant,
        nonce=act.nonce,
        amount=act.amount,
    )
    scene.blame(Kind.AUTHORITY, scene.register.authorise(act, approvals, scene.second))
    return signed


def use_standing(scene: Scene, command: Command, used: int, approvals: bytes) -> bytes:
    """Replay the use of a standing offer; its digest."""
    signed = digest_of(scene, command)
    act = act_of(command, signed)
    scene.digests.append(signed)
    scene.blame(Kind.AUTHORITY, scene.register.use_standing(act, used, approvals, scene.second))
    scene.tell(
        scene.world.registry,
        "StandingOfferUsed",
        digest=signed,
        participant=act.participant,
        amount=used,
    )
    return signed


def cosigned(scene: Scene, cosigner: int, roles: int, signed: bytes, approvals: bytes) -> None:
    """Replay the co-signature of another participant that holds one of the roles."""
    require_role(scene, cosigner, roles)
    if scene.register.member(cosigner).is_suspended:
        scene.blame(Kind.AUTHORITY, [ERRORS["ParticipantSuspended"].of(cosigner)])
    found = scene.register.cosigned(cosigner, signed, approvals, scene.second)
    scene.blame(Kind.AUTHORITY, found)


def require_role(scene: Scene, participant: int, roles: int) -> None:
    """A participant must hold one of the roles."""
    if not scene.register.roles(participant) & roles:
        scene.blame(Kind.AUTHORITY, [ERRORS["MissingRole"].of(participant, roles)])
