"""The key of a relayer: it pays for inclusion, if anybody is paid, and holds no right."""

from dataclasses import dataclass
from typing import Final, NoReturn

import rlp
from coincurve import PrivateKey

from ledger.chain.typed_data import keccak
from ledger.model.errors.service import SettingInvalid

__all__ = ["RelayerKey", "SignedTransaction"]

_REPLAY_BASE: Final = 35


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """The bytes that are sent, and sent again: they never change."""

    raw: bytes
    hash: bytes


class RelayerKey:
    """Signs transactions of one chain in the form that every network takes (EIP-155)."""

    __slots__ = ("_chain_id", "_gas_price", "_secret", "address")

    def __init__(self, secret: bytes, *, chain_id: int, gas_price: int = 0) -> None:
        self._secret = _private_key(secret)
        self._chain_id, self._gas_price = chain_id, gas_price
        public = self._secret.public_key.format(compressed=False)[1:]
        self.address = "0x" + keccak(public)[12:].hex()

    def sign(self, nonce: int, to: str | None, data: bytes, *, gas: int) -> SignedTransaction:
        """A transaction under this nonce; `to` is None where it creates a contract."""
        receiver = bytes.fromhex(to.removeprefix("0x")) if to is not None else b""
        fields = [nonce, self._gas_price, gas, receiver, 0, data]
        digest = keccak(rlp.encode([*fields, self._chain_id, 0, 0]))
        signature = self._secret.sign_recoverable(digest, hasher=None)
        v = signature[64] + _REPLAY_BASE + 2 * self._chain_id
        r, s = (int.from_bytes(signature[at : at + 32], "big") for at in (0, 32))
        raw = rlp.encode([*fields, v, r, s])
        return SignedTransaction(raw, keccak(raw))

    def __repr__(self) -> str:
        return f"RelayerKey({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied to another process")


def _private_key(secret: bytes) -> PrivateKey:
    """The key of a secret; the refusal of a wrong one never shows it."""
    try:
        if len(secret) == 32:
            return PrivateKey(secret)
    except ValueError:
        pass  # zero, or not below the order of the curve
    raise SettingInvalid(setting="relayer_key", problem="no private key")
