"""How much room a call takes in a batch at its worst: figures of docs/performance.md, rounded up.

An estimate that is too low costs time, never an effect: the batch reverts whole and is halved.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

__all__ = ["BATCH_BYTES", "BATCH_GAS", "estimate"]

BATCH_GAS: Final = 15_500_000
"""What the calls of one batch may be estimated at; a transaction is given 16,000,000."""

BATCH_BYTES: Final = 110_000
"""What the calls of one batch may be long; nodes take transactions of 128 KiB."""

_WORST: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "admit": (1_600_000, 620_000),
        "proposeRecovery": (300_000, 340_000),
        "completeRecovery": (200_000, 590_000),
        "addSigner": (760_000, 0),
        "setThreshold": (730_000, 0),
        "revokeSigner": (90_000, 0),
        "voidNonce": (100_000, 0),
        "vetoRecovery": (70_000, 0),
        "suspend": (90_000, 0),
        "pause": (90_000, 0),
        "proposeVersion": (150_000, 1_100),
        "completeVersion": (70_000, 29_000),
        "setRules": (150_000, 0),
        "setHolidays": (130_000, 0),
        "setLimit": (150_000, 0),
        "issueDeposit": (155_000, 0),
        "withdrawDeposit": (140_000, 0),
        "moveDeposit": (120_000, 0),
        "issue": (200_000, 37_000),
        "issueFromBatch": (240_000, 37_000),
        "recordBatch": (130_000, 0),
        "voidBatch": (80_000, 0),
        "transfer": (210_000, 125_000),
        "accept": (220_000, 0),
        "join": (205_000, 0),
        "decline": (110_000, 13_000),
        "withdraw": (110_000, 13_000),
        "lapse": (110_000, 13_000),
        "sell": (450_000, 0),
        "redeem": (365_000, 0),
        "recourse": (1_150_000, 0),
        "pledge": (420_000, 0),
        "repay": (290_000, 0),
        "release": (225_000, 0),
        "pay": (245_000, 0),
        "attest": (250_000, 0),
        "applyUnapplied": (140_000, 0),
        "returnUnapplied": (126_000, 0),
        "confirmPayout": (116_000, 0),
        "returnPayout": (116_000, 0),
        "settle": (11_500_000, 500_000),
        "freeze": (185_000, 0),
        "unfreeze": (90_000, 0),
        "freezeParticipant": (120_000, 0),
        "unfreezeParticipant": (95_000, 0),
    }
)
"""Of each function: with nothing in its lists, and for each element of them."""

_RELAYED: Final = 25_000
"""What the relay adds to a call that is carried out."""
_APPROVALS_AT_HAND: Final = 2
"""Approvals by accounts that each party gives within the figures above."""
_ACCOUNT, _CURVE, _CERTIFICATE, _PASSKEY = 8_000, 260_000, 160_000, 340_000
_BY_LENGTH: Final = {
    65: _ACCOUNT,
    64: _CURVE,
    256: _CERTIFICATE,
    384: _CERTIFICATE,
    512: _CERTIFICATE,
}


def estimate(verb: str, signed: Mapping[str, Any]) -> int:
    """What a call may use, from its verb and what was posted.

    An act that nobody signs may say itself what it uses; a posted command has no such field.
    """
    if "gas" in signed:
        return int(signed["gas"]) + _RELAYED
    start, each = _WORST[verb]
    count = sum(map(len, _lists(signed)))
    return start + each * count + _RELAYED + sum(_approvals(signed))


def _lists(signed: Mapping[str, Any]) -> Iterator[Sequence[Any]]:
    """The lists of a message, also of a struct within it, and those beside it."""
    for value in (*signed.get("message", {}).values(), *signed.get("beside", ())):
        if isinstance(value, list):
            yield value
        elif isinstance(value, dict) and "approvals" not in value:
            yield from _lists({"message": value})


def _approvals(signed: Mapping[str, Any]) -> Iterator[int]:
    """What signatures add that are no account's, or more than two of one party."""
    parties = [signed, *(one for one in signed.get("beside", ()) if isinstance(one, dict))]
    for party in parties:
        for place, approval in enumerate(party.get("approvals", ())):
            cost = _BY_LENGTH.get(len(approval) // 2 - 2, _PASSKEY)
            if place >= _APPROVALS_AT_HAND or cost != _ACCOUNT:
                yield cost
