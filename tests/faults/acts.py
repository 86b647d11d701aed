"""Signed acts of the model's participants, as they are posted to the service."""

from collections.abc import Sequence
from typing import Any

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, Signed, framed, item_of
from ledger.chain.typed_data import Domain, digest, keccak
from ledger.model.commands import IssueDeposit, MoveDeposit, VoidNonce
from ledger.model.structs import Command
from tests.faults.model_ledger import BANK, CHAIN_ID, DEPLOYMENT, KEYS

__all__ = ["batch", "issue", "move", "posted", "signed", "void"]


def issue(to: int, amount: int, nonce: int, deadline: int) -> IssueDeposit:
    """The bank books money that came in."""
    reference = keccak(b"reference %d" % nonce)
    return IssueDeposit(BANK, to, amount, reference, nonce, deadline)


def move(
    giver: int, taker: int, amount: int, nonce: int, deadline: int, *, purpose: bytes = b""
) -> MoveDeposit:
    """A participant pays another."""
    why = purpose or keccak(b"purpose %d" % nonce)
    return MoveDeposit(giver, BANK, taker, amount, why, nonce, deadline)


def void(participant: int, voided: int, nonce: int, deadline: int) -> VoidNonce:
    """A participant makes one of its numbers void."""
    return VoidNonce(participant, voided, nonce, deadline)


def signed(command: Command) -> Signed:
    """A command with the approval of its participant's signer."""
    domain = Domain.of(CHAIN_ID, DEPLOYMENT.address(command.desk))
    signature = KEYS[command.participant].sign(digest(command, domain))
    return Signed(command, (b"\0" + signature,))


def posted(command: Command) -> dict[str, Any]:
    """A signed command as it comes through a door."""
    approvals = ["0x" + one.hex() for one in signed(command).approvals]
    name = type(command).__name__
    return {"command": name, "message": command.to_message(), "approvals": approvals, "beside": []}


def batch(commands: Sequence[Command]) -> bytes:
    """Call data of the relay that carries these commands."""
    items: list[Item] = [item_of(signed(one)) for one in commands]
    desks = list(dict.fromkeys(item.desk for item in items))
    addresses = [DEPLOYMENT.address(one) for one in desks]
    calls = b"".join(framed(desks.index(item.desk), item.data) for item in items)
    return artifact("Relay").functions["relay"].call(addresses, len(items), calls)
