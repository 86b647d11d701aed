"""Account keys: secp256k1 signatures through libsecp256k1, and key files of the keystore format."""

import json
import os
import stat
from pathlib import Path
from typing import NoReturn

from coincurve import PrivateKey, PublicKey

from ledger.chain.typed_data import keccak
from ledger.model.errors.input import InvalidField, KeyFileExposed, KeyFileInvalid, KeyFileLocked
from ledger.model.signing import check_digest

__all__ = ["SCRYPT_WORK", "AccountKey", "signed_by_account"]

SCRYPT_WORK = 2**18
"""Work factor of the password hash in a new key file; the keystore format's own."""

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

_PRIVATE = stat.S_IRUSR | stat.S_IWUSR


class AccountKey:
    """A secp256k1 key that signs as an account; its signer is the account's 20 bytes."""

    __slots__ = ("_secret", "key")

    key: bytes

    def __init__(self, secret: bytes) -> None:
        self._secret = _private_key(secret)
        self.key = keccak(self._secret.public_key.format(compressed=False)[1:])[12:]

    @classmethod
    def random(cls) -> "AccountKey":
        """A new key from the system's random source."""
        return cls(PrivateKey().secret)

    @classmethod
    def load(cls, path: Path, password: str) -> "AccountKey":
        """Open a key file; one that others can read is refused before its content is used."""
        from eth_keyfile.keyfile import decode_keyfile_json  # noqa: PLC0415 -- takes long to import

        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & ~_PRIVATE & 0o077:
                raise KeyFileExposed(path=str(path), mode=f"{mode:04o}")
            content = file.read()
        try:
            document = json.loads(content)
            if document["version"] != 3:
                raise KeyFileInvalid(path=str(path))
            secret = decode_keyfile_json(document, password.encode())
        except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError):
            raise KeyFileInvalid(path=str(path)) from None
        except ValueError as failure:
            if "MAC" in str(failure):
                raise KeyFileLocked(path=str(path)) from None
            raise KeyFileInvalid(path=str(path)) from None
        return cls(secret)

    def save(self, path: Path, password: str, *, work: int = SCRYPT_WORK) -> None:
        """Write a new key file that only its owner can read; an existing file is never replaced."""
        from eth_keyfile.keyfile import create_keyfile_json  # noqa: PLC0415 -- as above

        document = create_keyfile_json(
            self._secret.secret, password.encode(), kdf="scrypt", iterations=work
        )
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            json.dump(document, stream)

    @property
    def address(self) -> str:
        """The account in hexadecimal, in lower case."""
        return "0x" + self.key.hex()

    def sign(self, digest: bytes) -> bytes:
        """65 bytes r, s, v with v 27 or 28; libsecp256k1 always gives the low s."""
        check_digest(digest)
        signature = self._secret.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])

    def __repr__(self) -> str:
        return f"AccountKey({self.address})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key is not copied to another process")


def signed_by_account(account: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether an account signed a digest: 65 bytes r, s, v with the low s and v 27 or 28."""
    if len(signature) != 65 or signature[64] not in (27, 28):
        return False
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        return False
    recoverable = signature[:64] + bytes([signature[64] - 27])
    try:
        public = PublicKey.from_signature_and_message(recoverable, digest, hasher=None)
    except Exception:  # noqa: BLE001 -- the library raises bare exceptions for what is no signature
        return False
    return keccak(public.format(compressed=False)[1:])[12:] == account


def _private_key(secret: object) -> PrivateKey:
    """The key of a secret; the refusal of a wrong one never shows it."""
    try:
        if isinstance(secret, bytes) and len(secret) == 32:
            return PrivateKey(secret)
    except ValueError:
        pass  # zero, or not below the order of the curve
    raise InvalidField(field="secret", value="…", expected="private_key")
