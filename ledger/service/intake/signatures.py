"""Signatures are checked before a command is tried: a false one leaves no trace anywhere.

The contracts decide; this only spares them what cannot be a signature of the keys they know. A
signer's key never changes under its number on one chain, so it is asked for once; and once more
before a signature is called false, since a fork may have given the number to another key.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Signed
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, Question
from ledger.chain.keys import signed_by_account
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import Domain, digest
from ledger.model.errors import InvalidSignature, LedgerError
from ledger.model.structs import Command
from ledger.records import verification

__all__ = ["Signatures"]

_KEYS_MAX: Final = 50_000
"""Keys that are remembered."""
_DIGESTS_MAX: Final = 1_024
"""Digests that are remembered: who asks for one asks for it again within the same moment."""
_NO_ACCOUNT: Final = "0x" + "00" * 20

_Place = tuple[int, int]
"""A participant and the number of one of its signers."""
_Key = tuple[int, bytes]
"""Kind of a key, and the account or the public key under a verifier."""

_VERIFIED: Final[Mapping[int, Callable[[bytes, bytes, bytes], bool]]] = MappingProxyType(
    {
        0: signed_by_account,
        1: verification.signed_by_curve,
        2: verification.signed_by_passkey,
        3: verification.signed_by_certificate,
    }
)
"""How a key of each kind is checked."""


class Signatures:
    """Checks signatures against the keys that the registry holds."""

    def __init__(self, endpoint: Endpoint, deployment: Deployment) -> None:
        self._endpoint = endpoint
        self._registry = deployment.address("Participants")
        self._domains = {
            name: Domain.of(deployment.chain_id, address)
            for name, address in deployment.addresses.items()
        }
        self._keys: dict[_Place, _Key] = {}
        self._hashed = lru_cache(_DIGESTS_MAX)(self._digest)

    def digest(self, command: Command) -> bytes:
        """What a command's signers sign: its trace id everywhere."""
        return self._hashed(command)

    def check(self, commands: Sequence[Sequence[Signed]]) -> list[LedgerError | None]:
        """For each command, with what is signed beside it: the first signature that is false.

        A signer that the registry does not know is left to the contracts, which refuse it, or to
        whatever is on its way to make it known.
        """
        places = dict.fromkeys(place for one in commands for place in _places_of(one))
        fresh = [place for place in places if place not in self._keys]
        self._learn(fresh)
        found = [self._first_false(several) for several in commands]
        false = [one for one, problem in zip(commands, found, strict=True) if problem is not None]
        doubtful = {place for one in false for place in _places_of(one)}.difference(fresh)
        if not doubtful:
            return found
        self._learn(sorted(doubtful))
        return [
            one and self._first_false(several) for one, several in zip(found, commands, strict=True)
        ]

    def forget(self) -> None:
        """Ask for every key again: the chain has gone back."""
        self._keys.clear()

    def _digest(self, command: Command) -> bytes:
        return digest(command, self._domains[command.desk])

    def _first_false(self, several: Sequence[Signed]) -> LedgerError | None:
        for one in several:
            signed = self.digest(one.command)
            for place, approval in zip(_places(one), one.approvals, strict=True):
                kind, key = self._keys.get(place, (-1, b""))
                if kind >= 0 and not _VERIFIED[kind](key, signed, approval[1:]):
                    return InvalidSignature(participant=place[0], signer=place[1])
        return None

    def _learn(self, wanted: Sequence[_Place]) -> None:
        """Ask the registry for keys."""
        if not wanted:
            return
        entry = artifact("Participants").functions["signerOf"]
        answers = self._endpoint.calls(
            [Question(self._registry, entry.call(*place)) for place in wanted]
        )
        if len(self._keys) + len(wanted) > _KEYS_MAX:
            self._keys.clear()
        for place, answer in zip(wanted, answers, strict=True):
            if not isinstance(answer, Reverted):
                key, public = entry.answer(answer)
                if key["account"] != _NO_ACCOUNT:
                    self._keys[place] = _key(key, public)
                else:
                    self._keys.pop(place, None)


def _places_of(several: Sequence[Signed]) -> Iterator[_Place]:
    return (place for one in several for place in _places(one))


def _places(signed: Signed) -> list[_Place]:
    return [(signed.command.participant, approval[0]) for approval in signed.approvals]


def _key(key: Mapping[str, Any], public: bytes) -> _Key:
    """An account is checked by its address, any other key by what stands under its verifier."""
    kind = int(key["kind"])
    return kind, public if kind else bytes.fromhex(key["account"][2:])
