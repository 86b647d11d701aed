"""Keys sign what OpenZeppelin's own verifiers accept, and keep their secrets to themselves."""

import copy
import json
import pickle
import random
from pathlib import Path
from typing import Any

import pytest
from coincurve import PrivateKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from eth_account import Account
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, Web3

from ledger.chain.keys import AccountKey
from ledger.model.errors import InvalidField, KeyFileExposed, KeyFileInvalid, KeyFileLocked
from ledger.model.signing import SigningKey
from ledger.records.keys import CertificateKey, P256Key, PasskeyKey

ARTIFACTS = Path(__file__).parents[1] / "ledger" / "chain" / "artifacts"
ACCEPTED = bytes.fromhex("024ad318")  # IERC7913SignatureVerifier.verify.selector
VERIFIER = bytes(range(1, 21))
SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
KINDS: dict[str, Any] = {
    "ERC7913P256Verifier": P256Key,
    "ERC7913WebAuthnVerifier": PasskeyKey,
    "ERC7913RSAVerifier": CertificateKey,
}
WORK = 2  # of the password hash: key files of the tests need not withstand anybody


@pytest.fixture(scope="module")
def web3() -> Web3:
    return Web3(EthereumTesterProvider(EthereumTester(PyEVMBackend())))


def _deployed(web3: Web3, name: str) -> Any:
    artifact = json.loads((ARTIFACTS / f"{name}.json").read_text(encoding="utf-8"))
    contract = web3.eth.contract(abi=artifact["abi"], bytecode=artifact["bytecode"])
    receipt = web3.eth.wait_for_transaction_receipt(
        contract.constructor().transact({"from": web3.eth.accounts[0]})
    )
    return web3.eth.contract(address=receipt["contractAddress"], abi=artifact["abi"])


def _accepts(verifier: Any, key: bytes, digest: bytes, signature: bytes) -> bool:
    return bool(verifier.functions.verify(key, digest, signature).call() == ACCEPTED)


@pytest.mark.parametrize("name", KINDS)
def test_verifier_accepts_the_signature_and_nothing_near_it(web3: Web3, name: str) -> None:
    verifier = _deployed(web3, name)
    address = bytes.fromhex(verifier.address[2:])
    key, stranger = KINDS[name].random(address), KINDS[name].random(address)
    digest = random.Random(name).randbytes(32)
    signature = key.sign(digest)
    assert key.key[:20] == address
    assert _accepts(verifier, key.key[20:], digest, signature)
    assert not _accepts(verifier, key.key[20:], bytes(32), signature)
    assert not _accepts(verifier, stranger.key[20:], digest, signature)
    assert not _accepts(verifier, key.key[20:], digest, stranger.sign(digest))


def test_passkey_verifier_accepts_other_sites_and_every_challenge(web3: Web3) -> None:
    verifier = _deployed(web3, "ERC7913WebAuthnVerifier")
    secret = ec.generate_private_key(ec.SECP256R1())
    key = PasskeyKey(secret, VERIFIER, site="fenbook.example", origin="https://fenbook.example")
    for digest in (bytes(32), b"\xff" * 32, random.Random(1).randbytes(32)):
        assert _accepts(verifier, key.key[20:], digest, key.sign(digest))


def test_account_signature_recovers_to_its_account_with_low_s() -> None:
    source = random.Random(3)
    for _ in range(50):
        secret = source.randbytes(32)
        key, digest = AccountKey(secret), source.randbytes(32)
        signature = key.sign(digest)
        account = Account.from_key(secret)
        assert Web3.to_checksum_address(key.address) == account.address
        assert signature == bytes(account.unsafe_sign_hash(digest).signature)
        assert len(signature) == 65
        assert signature[64] in (27, 28)
        assert int.from_bytes(signature[32:64], "big") <= SECP256K1_ORDER // 2


def test_p256_signature_is_64_bytes_with_low_s() -> None:
    key = P256Key.random(VERIFIER)
    for number in range(50):
        signature = key.sign(number.to_bytes(32, "big"))
        assert len(signature) == 64
        assert int.from_bytes(signature[32:], "big") <= P256_ORDER // 2
    assert len(key.key) == 20 + 64


def test_certificate_key_has_one_spelling() -> None:
    key = CertificateKey.random(VERIFIER)
    body = key.key[20:]
    words = [int.from_bytes(body[at : at + 32], "big") for at in range(0, len(body), 32)]
    assert words[:3] == [0x40, 0x80, 3]
    assert body[96:99] == (65537).to_bytes(3, "big")
    assert words[4] == 256
    assert body[160] != 0
    assert len(body) == 160 + 256


@pytest.mark.parametrize("digest", [b"", bytes(31), bytes(33), "00" * 32, None, bytearray(32)])
def test_anything_but_a_digest_is_not_signed(digest: Any) -> None:
    keys: list[SigningKey] = [AccountKey.random()]
    keys += [P256Key.random(VERIFIER), PasskeyKey.random(VERIFIER)]
    keys.append(CertificateKey.random(VERIFIER))
    for key in keys:
        with pytest.raises(InvalidField) as refusal:
            key.sign(digest)
        assert refusal.value.field == "digest"


@pytest.mark.parametrize("verifier", [b"", bytes(19), "0x" + "00" * 20, None])
def test_verifier_that_is_no_address_is_refused(verifier: Any) -> None:
    for kind in (P256Key, PasskeyKey, CertificateKey):
        with pytest.raises(InvalidField) as refusal:
            kind.random(verifier)
        assert refusal.value.field == "verifier"


@pytest.mark.parametrize(
    "secret",
    [b"", bytes(32), b"\x01" * 31, b"\xff" * 32, SECP256K1_ORDER.to_bytes(32, "big"), "01" * 32],
)
def test_secret_out_of_range_is_refused_without_showing_it(secret: Any) -> None:
    with pytest.raises(InvalidField) as refusal:
        AccountKey(secret)
    assert refusal.value.field == "secret"
    assert refusal.value.value == "…"


def test_keys_of_another_kind_or_length_are_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1())
    short = rsa.generate_private_key(65537, 1024)
    pairs: list[tuple[Any, Any]] = [(P256Key, other), (PasskeyKey, other), (CertificateKey, short)]
    for kind, secret in pairs:
        with pytest.raises(InvalidField):
            kind(secret, VERIFIER)


def test_keys_are_read_from_pem_files() -> None:
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    locked = serialization.BestAvailableEncryption(b"password")
    secret = ec.generate_private_key(ec.SECP256R1())
    pem = secret.private_bytes(*form, locked)
    key = P256Key.from_pem(pem, VERIFIER, password=b"password")
    assert key.key == P256Key(secret, VERIFIER).key
    rsa_secret = rsa.generate_private_key(65537, 2048)
    rsa_pem = rsa_secret.private_bytes(*form, serialization.NoEncryption())
    certificate = CertificateKey.from_pem(rsa_pem, VERIFIER)
    assert certificate.key == CertificateKey(rsa_secret, VERIFIER).key
    with pytest.raises(InvalidField):
        P256Key.from_pem(rsa_pem, VERIFIER)
    with pytest.raises(InvalidField):
        CertificateKey.from_pem(pem, VERIFIER, password=b"password")


def test_repr_shows_no_secret_and_keys_are_not_copied() -> None:
    secret = random.Random(5).randbytes(32)
    number = int.from_bytes(secret, "big")
    p256 = ec.derive_private_key(number, ec.SECP256R1())
    for key in (AccountKey(secret), P256Key(p256, VERIFIER), PasskeyKey(p256, VERIFIER)):
        text = repr(key).lower()
        assert secret.hex()[:16] not in text
        assert str(number)[:16] not in text
        assert key.key[:20].hex() in text
        with pytest.raises(TypeError):
            pickle.dumps(key)
        with pytest.raises(TypeError):
            copy.copy(key)


def test_key_file_opens_with_its_password_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    key = AccountKey.random()
    key.save(path, "correct horse", work=WORK)
    assert path.stat().st_mode & 0o777 == 0o600
    assert AccountKey.load(path, "correct horse").key == key.key
    with pytest.raises(KeyFileLocked):
        AccountKey.load(path, "wrong")
    with pytest.raises(FileExistsError):
        key.save(path, "correct horse", work=WORK)


def test_key_file_is_the_common_format(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    secret = PrivateKey().secret
    path.write_text(json.dumps(Account.encrypt(secret, "x", kdf="scrypt", iterations=WORK)))
    path.chmod(0o600)
    assert AccountKey.load(path, "x").key == AccountKey(secret).key
    other = tmp_path / "other.json"
    AccountKey(secret).save(other, "y", work=WORK)
    assert bytes(Account.decrypt(other.read_text(), "y")) == secret


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_key_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key.json"
    AccountKey.random().save(path, "x", work=WORK)
    path.chmod(mode)
    with pytest.raises(KeyFileExposed) as refusal:
        AccountKey.load(path, "x")
    assert refusal.value.mode == f"{mode:04o}"


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"version": 3}', '{"version": 4}', '{"version": 3, "crypto": 1}']
)
def test_file_of_another_format_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "key.json"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileInvalid):
        AccountKey.load(path, "x")
