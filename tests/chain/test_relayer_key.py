"""The relayer key signs what every node reads, and never shows its secret."""

import pickle

import pytest
from eth_account import Account
from eth_utils import to_checksum_address

from ledger.chain.relayer_key import RelayerKey
from ledger.model.errors.service import SettingInvalid

SECRET = bytes(range(1, 33))
TO = "0x" + "ab" * 20


@pytest.mark.parametrize("secret", [b"", bytes(32), b"\xff" * 32, SECRET + b"\0"])
def test_secret_that_is_no_key_is_refused_without_being_shown(secret: bytes) -> None:
    with pytest.raises(SettingInvalid) as caught:
        RelayerKey(secret, chain_id=1)
    assert secret.hex() not in str(caught.value) or not secret


@pytest.mark.parametrize("chain_id", [1, 20261, 131277322940537])
@pytest.mark.parametrize("to", [TO, None])
def test_bytes_are_those_of_the_reference(chain_id: int, to: str | None) -> None:
    for nonce, gas_price, data in ((0, 0, b""), (1, 10**10, b"\0" * 40), (2**40, 7, b"\x80")):
        key = RelayerKey(SECRET, chain_id=chain_id, gas_price=gas_price)
        signed = key.sign(nonce, to, data, gas=16_000_000)
        asked = {
            "nonce": nonce,
            "gasPrice": gas_price,
            "gas": 16_000_000,
            "value": 0,
            "data": data,
            "chainId": chain_id,
        }
        if to is not None:
            asked["to"] = to_checksum_address(to)
        reference = Account.from_key(SECRET).sign_transaction(asked)
        assert signed.raw == bytes(reference.raw_transaction)
        assert signed.hash == bytes(reference.hash)


def test_same_act_under_a_nonce_has_the_same_bytes() -> None:
    key = RelayerKey(SECRET, chain_id=5)
    assert key.sign(3, TO, b"x", gas=1) == key.sign(3, TO, b"x", gas=1)
    assert key.sign(3, TO, b"x", gas=1) != key.sign(4, TO, b"x", gas=1)


def test_key_is_not_shown_and_not_copied() -> None:
    key = RelayerKey(SECRET, chain_id=5)
    assert repr(key) == f"RelayerKey({key.address})"
    assert key.address == Account.from_key(SECRET).address.lower()
    with pytest.raises(TypeError):
        pickle.dumps(key)
