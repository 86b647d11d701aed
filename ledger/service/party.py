"""A participant's side: its keys, its nonces, the acts it signs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from ledger.chain.calls import Item, Signed, item_of
from ledger.model.commands import Command
from ledger.model.signing import SigningKey
from ledger.service.ledger import Ledger, Outcome

__all__ = ["Party", "approval"]

DEADLINE_SECONDS = 15 * 60


def approval(index: int, key: SigningKey, digest: bytes) -> bytes:
    """One signer's approval: the byte that numbers it, then its signature."""
    return bytes([index]) + key.sign(digest)


@dataclass(slots=True)
class Party:
    """A participant that signs with its own keys; the ledger only ever sees signatures."""

    ledger: Ledger
    id: int
    keys: dict[int, SigningKey]
    """Signers by the number that the ledger gave them."""
    _next: int = field(default=0, repr=False)

    def sign(self, command: Command, *, signers: Sequence[int] | None = None) -> Signed:
        """Approve a command, one's own or one that asks for this party's co-signature."""
        digest = self.ledger.digest(command)
        chosen = sorted(self.keys) if signers is None else signers
        return Signed(command, tuple(approval(one, self.keys[one], digest) for one in chosen))

    def make(self, kind: type[Command], **values: Any) -> Command:
        """A command of this party under a nonce that it has not used, good for 15 minutes."""
        values.setdefault("nonce", self.next_nonce())
        values.setdefault("deadline", self.ledger.now + DEADLINE_SECONDS)
        made: Command = cast("Any", kind)(participant=self.id, **values)
        return made

    def signed(self, kind: type[Command], **values: Any) -> Signed:
        """A command of this party with the approvals of all its signers."""
        return self.sign(self.make(kind, **values))

    def item(self, kind: type[Command], *more: Any, **values: Any) -> Item:
        """A command of this party, signed and ready to relay."""
        return item_of(self.signed(kind, **values), *more)

    def act(self, kind: type[Command], *more: Any, **values: Any) -> Outcome:
        """Sign a command, have it relayed, and raise its refusal if it is refused."""
        return self.ledger.carry_out(self.item(kind, *more, **values))

    def next_nonce(self) -> int:
        """The lowest nonce from where this party left off that is neither used nor void."""
        while self.ledger.ask("Participants", "isNonceUsed", self.id, self._next):
            self._next += 1
        nonce = self._next
        self._next += 1
        return nonce
