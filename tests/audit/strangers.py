"""Commands that participants have signed to contracts of their own, to be authorised for these."""

from ledger.chain.artifacts import artifact
from ledger.chain.calls import packed
from ledger.chain.typed_data import Domain, keccak
from tests.cast import CHECKER, MAKER, Cast, Member, named

__all__ = ["BY_AMOUNT", "asked", "standing"]

BY_AMOUNT = 1
"""The level of acts whose amount adds to the business day."""


def asked(
    cast: Cast, member: Member, asker: str, nonce: int, *, amount: int = 5, level: int = 0
) -> tuple[str, bytes]:
    """What an asker sends to have a member's command to it authorised; not by amount otherwise."""
    hash_ = named(f"a command of nobody's ledger {nonce}")
    word = _word(cast, member, amount, level)
    return _registry(cast, "authorise", word, nonce, hash_, _signed(cast, member, asker, hash_))


def standing(
    cast: Cast, member: Member, asker: str, nonce: int, *, amount: int
) -> tuple[str, bytes]:
    """The same for a standing offer of a member, of which all is used."""
    hash_ = named(f"an offer of nobody's ledger {nonce}")
    word, signed = _word(cast, member, amount, BY_AMOUNT), _signed(cast, member, asker, hash_)
    return _registry(cast, "useStanding", word, nonce, hash_, amount, signed)


def _word(cast: Cast, member: Member, amount: int, level: int) -> int:
    return member.id | (cast.ledger.now + 600) << 64 | amount << 128 | level << 224


def _signed(cast: Cast, member: Member, asker: str, hash_: bytes) -> bytes:
    domain = Domain.of(cast.node.chain_id, asker).separator
    digest = keccak(b"\x19\x01" + domain + hash_)
    return packed(member.approvals(digest, (MAKER, CHECKER)))


def _registry(cast: Cast, function: str, *values: object) -> tuple[str, bytes]:
    address = cast.ledger.deployment.address("Participants")
    return address, artifact("Participants").functions[function].call(*values)
