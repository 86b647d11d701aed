"""False approvals of one act: who signed, what was signed, how the signature is written."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ledger.chain.calls import Signed
from ledger.chain.keys import AccountKey
from ledger.chain.typed_data import Domain, keccak, struct_hash
from ledger.model.commands import COMMANDS, Command
from ledger.model.errors import (
    CheckerMissing,
    InvalidSignature,
    LedgerError,
    MakerMissing,
    QuoteMismatch,
    SignerExpired,
    SignerRevoked,
    SignersTooFew,
    SignersUnordered,
    UnknownSigner,
)
from ledger.model.structs import Field, Struct, fields_of
from tests.cast import CHECKER, EXPIRED, MAKER, OTHER_MAKER, REVOKED, Cast
from tests.contracts.act import Act, Need
from tests.contracts.key_kinds import like
from tests.contracts.spellings import flipped, wrong_spellings
from tests.random_commands import random_struct

__all__ = ["Forgery", "all_forgeries", "changed_fields"]

_MEMBERS: Final = 8
_OWN_GROUPS: Final = {
    "participant": "other actor",
    "nonce": "other nonce",
    "deadline": "other deadline",
}
_DIGEST_GROUPS: Final = (("domain", "wrong domain"), ("signature of", "other verb"))
_DOMAIN: Final = (
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)


@dataclass(frozen=True, slots=True)
class Forgery:
    """Approvals that must not do, and how they are refused."""

    group: str
    """Its class."""
    name: str
    signed: Signed
    error: type[LedgerError]
    values: dict[str, Any] = field(default_factory=dict)


def all_forgeries(
    cast: Cast, act: Act, *, spellings: int, flips: int, seed: int = 0
) -> list[Forgery]:
    """Every class of false approvals of an act, but for those of time.

    Of the other spellings of a signature, and of signatures with one bit turned, at most so many
    are taken; another choice for each verb and seed.
    """
    return [
        *_wrong_signers(cast, act),
        *_wrong_numbers(act),
        *_changed(act),
        *_wrong_digests(cast, act),
        *_wrong_signatures(cast, act, spellings, flips, seed),
    ]


# ---- who signed


def _wrong_signers(cast: Cast, act: Act) -> Iterator[Forgery]:
    """Keys that are not, not yet or no longer the participant's."""
    digest = cast.ledger.digest(act.command)
    number = act.actor.id
    watcher = cast.regulator if act.actor is cast.operator else cast.operator
    neighbour = cast.birch if act.actor is cast.cedar else cast.cedar
    relayer = AccountKey(bytes(cast.node._account.key))
    own = act.actor.keys
    strangers = tuple(like(own[one], f"stranger {one}") for one in (MAKER, CHECKER))
    others = [
        ("wrong key", "a stranger", strangers),
        ("wrong key", "the relayer", (relayer, relayer)),
        ("wrong key", "its own two keys exchanged", (own[CHECKER], own[MAKER])),
        ("other actor's key", "another participant", tuple(neighbour.keys.values())),
        ("other actor's key", "the operator", tuple(watcher.keys.values())),
    ]
    for group, name, keys in others:
        approvals = tuple(bytes([one]) + key.sign(digest) for one, key in enumerate(keys))
        signed = Signed(act.command, approvals)
        values = {"participant": number, "signer": 0}
        yield Forgery(group, f"signed by {name}", signed, InvalidSignature, values)
    mixed = bytes([CHECKER]) + strangers[1].sign(digest)
    signed = Signed(act.command, (*act.actor.approvals(digest, [MAKER]), mixed))
    values = {"participant": number, "signer": CHECKER}
    yield Forgery("wrong key", "checked by a stranger", signed, InvalidSignature, values)


def _wrong_numbers(act: Act) -> Iterator[Forgery]:
    """The participant's own keys, but too few, twice, unordered, revoked, expired, of one duty."""
    number = act.actor.id

    def by(*signers: int) -> Signed:
        return act.actor.sign_by(act.command, *signers)

    maker = by(MAKER).approvals[0]
    few = {"participant": number, "required": 2, "given": 1}
    one = {"participant": number}
    yield Forgery("too few", "nobody", by(), SignersTooFew, {"given": 0})
    revoked, expired = by(MAKER, REVOKED), by(MAKER, EXPIRED)
    yield Forgery("revoked", "revoked", revoked, SignerRevoked, {**one, "signer": REVOKED})
    yield Forgery("expired", "expired", expired, SignerExpired, {**one, "signer": EXPIRED})
    twice, turned = by(MAKER, MAKER), by(CHECKER, MAKER)
    yield Forgery("one twice", "one twice", twice, SignersUnordered, {**one, "signer": MAKER})
    yield Forgery("unordered", "unordered", turned, SignersUnordered, {**one, "signer": MAKER})
    beyond = Signed(act.command, (maker, bytes([200]) + maker[1:]))
    unknown = {**one, "signer": 200}
    yield Forgery("unknown signer", "unknown signer", beyond, UnknownSigner, unknown)
    if act.need is Need.HIGH:
        yield Forgery("too few", "maker alone", by(MAKER), SignersTooFew, few)
        yield Forgery("too few", "checker alone", by(CHECKER), SignersTooFew, few)
        makers = by(MAKER, OTHER_MAKER)
        yield Forgery("maker as checker", "two makers", makers, CheckerMissing, one)
    if act.need is Need.LOW:
        yield Forgery("checker as maker", "checker alone", by(CHECKER), MakerMissing, one)


# ---- what was signed


def _changed(act: Act) -> Iterator[Forgery]:
    """Each field changed after signing."""
    approvals = act.signed().approvals
    for path, command in changed_fields(act.command):
        error: type[LedgerError] = InvalidSignature
        values: dict[str, Any] = {"participant": command.participant, "signer": MAKER}
        if act.standing and path in ("participant", "payable_id"):
            error, values = QuoteMismatch, {}
        group = _OWN_GROUPS.get(path, "field changed")
        yield Forgery(group, f"{path} changed", Signed(command, approvals), error, values)


def changed_fields(command: Command) -> Iterator[tuple[str, Command]]:
    """The command with each of its fields changed, those of inner structs too."""
    for member in fields_of(type(command)):
        value = getattr(command, member.name)
        for path, other in _changes(member, value):
            yield path, replace(command, **{member.name: other})


def _changes(member: Field, value: Any) -> Iterator[tuple[str, Any]]:
    if not member.is_list:
        yield from _item_changes(member, value, member.name)
        return
    if value:
        yield f"{member.name} shorter", value[:-1]
        yield f"{member.name} longer", (*value, value[0])
    for number, item in enumerate(value):
        for path, other in _item_changes(member, item, f"{member.name}[{number}]"):
            yield path, (*value[:number], other, *value[number + 1 :])


def _item_changes(member: Field, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Struct):
        for inner in fields_of(type(value)):
            for name, other in _changes(inner, getattr(value, inner.name)):
                yield f"{path}.{name}", replace(value, **{inner.name: other})
    elif isinstance(value, bool):
        yield path, not value
    elif isinstance(value, bytes):
        yield path, value[:-1] + bytes([value[-1] ^ 1])
    elif member.name == "participant":
        yield path, value % _MEMBERS + 1
    else:
        # The nonces that small numbers stand for are taken by the acts before.
        yield path, value + 500_000 if member.name == "nonce" else value ^ 1


def _wrong_digests(cast: Cast, act: Act) -> Iterator[Forgery]:
    """The same fields in another domain, or as another verb."""
    ledger, command = cast.ledger, act.command
    domain = ledger.domain(command)
    elsewhere = "Vouchers" if command.desk == "Participants" else "Participants"
    chain = ledger.node.chain_id
    separators = {
        "another chain": Domain(chain + 1, domain.contract).separator,
        "chain 1": Domain(1, domain.contract).separator,
        "another desk": Domain.of(chain, ledger.deployment.address(elsewhere)).separator,
        "the relay": Domain.of(chain, ledger.deployment.address("Relay")).separator,
        "another name": _separator("Fenbooks", "1", domain),
        "another version": _separator("Fenbook", "2", domain),
    }
    digests = {
        f"domain of {name}": keccak(b"\x19\x01" + separator + struct_hash(command))
        for name, separator in separators.items()
    }
    digests["bare struct"] = struct_hash(command)
    prefix = b"\x19Ethereum Signed Message:\n32"
    digests["personal message"] = keccak(prefix + ledger.digest(command))
    for verb, other in _other_verbs(command):
        digests[f"signature of {verb}"] = keccak(
            b"\x19\x01" + domain.separator + struct_hash(other)
        )
    values = {"participant": act.actor.id, "signer": MAKER}
    for name, digest in digests.items():
        signed = Signed(command, act.actor.approvals(digest, [MAKER, CHECKER]))
        group = next((one for start, one in _DIGEST_GROUPS if name.startswith(start)), "envelope")
        yield Forgery(group, name, signed, InvalidSignature, values)


def _separator(name: str, version: str, domain: Domain) -> bytes:
    words = (keccak(_DOMAIN.encode()), keccak(name.encode()), keccak(version.encode()))
    end = domain.chain_id.to_bytes(32, "big") + domain.contract.rjust(32, b"\0")
    return keccak(b"".join(words) + end)


def _other_verbs(command: Command) -> Iterator[tuple[str, Command]]:
    """Commands of the same participant, nonce and deadline: all of the same shape, and two more."""
    source = random.Random(type(command).__name__)
    others = [kind for kind in COMMANDS.values() if kind is not type(command)]
    shape = [member.type for member in fields_of(type(command))]
    for kind in others:
        members = fields_of(kind)
        if [member.type for member in members] == shape:
            values = [getattr(command, member.name) for member in fields_of(type(command))]
            yield kind.__name__, kind(*values)
    for kind in source.sample(others, 2):
        names = ("participant", "nonce", "deadline")
        same = {name: getattr(command, name) for name in names}
        yield kind.__name__, replace(random_struct(kind, source), **same)


# ---- how the signature is written


def _wrong_signatures(
    cast: Cast, act: Act, spellings: int, flips: int, seed: int
) -> Iterator[Forgery]:
    approvals = act.signed().approvals
    good = approvals[0][1:]
    values = {"participant": act.actor.id, "signer": MAKER}
    source = random.Random(f"{type(act.command).__name__} {seed}")
    written = list(wrong_spellings(act.actor.keys[MAKER], cast.ledger.digest(act.command)))
    written = source.sample(written, min(spellings, len(written)))
    for bit in source.sample(range(len(good) * 8), min(flips, len(good) * 8)):
        written.append(("bit flipped", f"bit {bit} flipped", flipped(good, bit)))
    for group, name, signature in written:
        signed = Signed(act.command, (bytes([MAKER]) + signature, *approvals[1:]))
        yield Forgery(group, f"signature with {name}", signed, InvalidSignature, values)
