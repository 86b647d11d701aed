"""Sealing: AES-256-GCM under data keys, which a master key wraps.

Each participant has a data key of its own, so that its records can be forgotten by forgetting one
key. What is sealed is bound to its place: table, column, row and owner. Moved to another place it
cannot be opened. A new master key wraps the data keys anew; new data keys seal the records anew.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ledger.model.errors.records import RecordsKeyInvalid, RecordsKeyUnknown, RecordTampered

__all__ = ["KEY_BYTES", "DataKey", "HeirKey", "MasterKeys", "Place", "new_master_key"]

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8
_FORM: Final = b"\x01"
"""First byte of everything sealed: which form it has."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something sealed stands; it can be opened nowhere else."""

    table: str
    column: str
    row: str
    owner: int
    """The participant whose data key seals it; 0 is the ledger's own."""

    def bound(self) -> bytes:
        """The associated data; lengths keep one place from looking like another."""
        parts = (self.table, self.column, self.row, str(self.owner))
        return b"".join(len(one.encode()).to_bytes(4, "big") + one.encode() for one in parts)

    def __str__(self) -> str:
        return f"{self.table}.{self.column}[{self.row}]"


class _Secret:
    """Bytes that show themselves to nobody and are not copied to another process."""

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise RecordsKeyInvalid()
        self._secret = secret

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied to another process")


class DataKey(_Secret):
    """A key that seals records, or makes indices and fingerprints; only its wrapping is stored."""

    __slots__ = ()

    @classmethod
    def random(cls) -> "DataKey":
        """A new key from the system's random source."""
        return cls(os.urandom(KEY_BYTES))

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Form, nonce, ciphertext with its tag; the same text never looks the same twice."""
        return _seal(self._secret, plain, place.bound())

    def open(self, sealed: bytes, place: Place) -> bytes:
        """What was sealed for this place; raises `RecordTampered`."""
        return _open(self._secret, sealed, place)

    def mac(self, label: str, *parts: bytes) -> bytes:
        """32 bytes that stand for the parts under this key and label, and tell nothing of them."""
        framed = [len(one).to_bytes(8, "big") + one for one in (label.encode(), *parts)]
        return hmac.digest(self._secret, b"".join(framed), hashlib.sha256)


class HeirKey(DataKey):
    """A key that seals, and opens also what the key before it and the one after it have sealed."""

    __slots__ = ("_after", "_before")

    def __init__(
        self, key: DataKey, *, before: DataKey | None, after: Callable[[], DataKey | None]
    ) -> None:
        """`after` looks for a newer key: another process may have made one."""
        super().__init__(key._secret)
        self._before, self._after = before, after

    def open(self, sealed: bytes, place: Place) -> bytes:
        """What was sealed for this place, by any of the three; raises `RecordTampered`."""
        try:
            return super().open(sealed, place)
        except RecordTampered:
            for other in (self._before, self._after()):
                if other is not None:
                    with suppress(RecordTampered):
                        return other.open(sealed, place)
            raise


class MasterKeys:
    """The master key in force and those before it, which can still unwrap."""

    __slots__ = ("_current", "_known")

    def __init__(self, current: bytes, previous: Sequence[bytes] = ()) -> None:
        keys = [DataKey(one) for one in (current, *previous)]
        self._known = {_id_of(one): one for one in reversed(keys)}
        self._current = _id_of(keys[0])

    @classmethod
    def read(cls, current: str, previous: Sequence[str] = ()) -> "MasterKeys":
        """Keys as settings write them: 32 bytes in hexadecimal or base64."""
        return cls(_read(current), [_read(one) for one in previous])

    @property
    def id(self) -> bytes:
        """Eight bytes that name the key in force and give nothing of it away."""
        return self._current

    def wrap(self, key: DataKey, place: Place) -> bytes:
        """A data key, sealed under the master key in force, behind that key's name."""
        return self._current + self._known[self._current].seal(key._secret, place)

    def unwrap(self, wrapped: bytes, place: Place) -> DataKey:
        """The data key; raises `RecordsKeyUnknown` if another master key wrapped it."""
        name, sealed = wrapped[:_ID_BYTES], wrapped[_ID_BYTES:]
        if name not in self._known:
            raise RecordsKeyUnknown(key=name.hex())
        return DataKey(self._known[name].open(sealed, place))

    def is_current(self, wrapped: bytes) -> bool:
        """Whether the master key in force wrapped it."""
        return wrapped[:_ID_BYTES] == self._current

    def __repr__(self) -> str:
        return f"MasterKeys({self._current.hex()})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied to another process")


def new_master_key() -> str:
    """A new master key as settings write it."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _id_of(key: DataKey) -> bytes:
    return key.mac("name of a master key")[:_ID_BYTES]


def _read(text: str) -> bytes:
    text = text.strip()
    try:
        secret = (
            bytes.fromhex(text)
            if len(text) == 2 * KEY_BYTES
            else base64.b64decode(text, validate=True)
        )
    except (ValueError, binascii.Error):
        raise RecordsKeyInvalid() from None
    if len(secret) != KEY_BYTES:
        raise RecordsKeyInvalid()
    return secret


def _seal(secret: bytes, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return _FORM + nonce + AESGCM(secret).encrypt(nonce, plain, _FORM + bound)


def _open(secret: bytes, sealed: bytes, place: Place) -> bytes:
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _FORM or len(rest) < 16:
        raise RecordTampered(place=str(place))
    try:
        return AESGCM(secret).decrypt(nonce, rest, _FORM + place.bound())
    except InvalidTag:
        raise RecordTampered(place=str(place)) from None
