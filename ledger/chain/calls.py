"""Signed commands as calls of the contracts: one entry point per verb."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.abi import encoded
from ledger.chain.artifacts import artifact
from ledger.model.commands import Command, Struct
from ledger.model.structs import fields_of

__all__ = ["ENTRY_POINTS", "Item", "Signed", "abi_values", "framed", "item_of", "packed"]

ENTRY_POINTS: Final[Mapping[str, str]] = {
    "IssuePayable": "issue",
    "IssueBatch": "recordBatch",
    "VoidBatch": "voidBatch",
    "TransferVoucher": "transfer",
    "AcceptVoucher": "accept",
    "DeclineVoucher": "decline",
    "WithdrawOffer": "withdraw",
    "JoinVouchers": "join",
    "SellVoucher": "sell",
    "RedeemVoucher": "redeem",
    "RecourseVoucher": "recourse",
    "PledgeVoucher": "pledge",
    "RepayLoan": "repay",
    "ReleaseSecurity": "release",
    "PayPayable": "pay",
    "AttestPayment": "attest",
    "ReturnUnapplied": "returnUnapplied",
    "ConfirmPayout": "confirmPayout",
    "ReturnPayout": "returnPayout",
    "IssueDeposit": "issueDeposit",
    "WithdrawDeposit": "withdrawDeposit",
    "MoveDeposit": "moveDeposit",
    "FreezeRange": "freeze",
    "UnfreezeRange": "unfreeze",
    "FreezeParticipant": "freezeParticipant",
    "UnfreezeParticipant": "unfreezeParticipant",
    "SetLimit": "setLimit",
    "SetRules": "setRules",
    "SetHolidays": "setHolidays",
    "AdmitParticipant": "admit",
    "SuspendParticipant": "suspend",
    "AddSigner": "addSigner",
    "RevokeSigner": "revokeSigner",
    "SetThreshold": "setThreshold",
    "VoidNonce": "voidNonce",
    "ProposeRecovery": "proposeRecovery",
    "VetoRecovery": "vetoRecovery",
    "PauseLedger": "pause",
    "AddVersion": "proposeVersion",
}
"""The function that carries a command out, by the command's name.

Quotes and offers of a cost share go with another command.
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """A command with the approvals of its participant's signers."""

    command: Command
    approvals: tuple[bytes, ...]
    """One per signer, rising: one byte that numbers the signer, then its signature."""


@dataclass(frozen=True, slots=True)
class Item:
    """One call for the relay."""

    desk: str
    """Name of the contract."""
    data: bytes
    command: Command | None = None
    """The command it carries; none for acts that anybody may ask for."""


def item_of(signed: Signed, *more: Any) -> Item:
    """The call that carries a signed command out.

    `more` is what the verb takes beside it, in the contract's order: another signed command (a
    quote, an offer of a share), co-signatures, proofs, fingerprints of invoices.
    """
    command = signed.command
    entry = artifact(command.desk).functions[ENTRY_POINTS[type(command).__name__]]
    values: list[Any] = [abi_values(command), packed(signed.approvals)]
    for extra in more:
        if isinstance(extra, Signed):
            values += [abi_values(extra.command), packed(extra.approvals)]
        else:
            values.append(_beside(extra, entry.types[len(values)]))
    data = entry.selector + encoded(entry.types, values)
    return Item(command.desk, _unpadded(data, values[-1]), command)


def _beside(extra: Any, kind: str) -> Any:
    """Co-signatures are packed like approvals; proofs and fingerprints are lists."""
    if kind == "bytes" and not isinstance(extra, bytes):
        return packed(extra)
    return extra if isinstance(extra, bytes) else list(extra)


def _unpadded(call: bytes, last: Any) -> bytes:
    """Without the zeros that fill the last bytes up to a word, which nobody reads."""
    padding = -len(last) % 32 if isinstance(last, bytes) else 0
    return call[: len(call) - padding]


def packed(approvals: Sequence[bytes]) -> bytes:
    """Approvals as the contracts read them: number, length of the signature, signature."""
    return b"".join(one[:1] + (len(one) - 1).to_bytes(2, "big") + one[1:] for one in approvals)


def framed(desk: int, call: bytes) -> bytes:
    """A call as the relay reads it: number of its desk in the batch, its length, and itself."""
    return bytes([desk]) + len(call).to_bytes(3, "big") + call


def abi_values(struct: Struct) -> tuple[Any, ...]:
    """A struct as the nested tuple that the ABI encodes."""
    return tuple(_value(getattr(struct, member.name)) for member in fields_of(type(struct)))


def _value(value: Any) -> Any:
    if isinstance(value, Struct):
        return abi_values(value)
    if isinstance(value, tuple):
        return [_value(item) for item in value]
    return value
