"""A refusal comes back from its text as it was, whatever its values."""

import json

import pytest
from eth_abi.abi import encode

from ledger.chain.artifacts import entries_of
from ledger.model.errors import ERRORS, CommandUnworkable, InvalidField, LedgerError, NonceUsed
from ledger.service.refusals import refusal_of, refusal_text, text_of_reason

SAMPLES = {
    "uint": 3, "address": "0x" + "ab" * 20, "bytes32": bytes(range(32)), "bytes": b"\x01\x02",
    "bool": True,
}  # fmt: skip


def sample(kind: str) -> object:
    return SAMPLES["uint" if kind.startswith("uint") else kind]


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_refusal_of_a_contract_comes_back_from_its_bytes(name: str) -> None:
    [entry] = (one for one in entries_of("error").values() if one.name == name)
    values = [sample(kind) for kind in entry.types]
    text = text_of_reason(entry.selector + encode(entry.types, values))
    again = refusal_of(text)
    assert isinstance(again, ERRORS[name])
    assert list(again.values.values()) == values
    assert refusal_text(again) == text


def test_refusal_of_a_code_that_nobody_knows_keeps_its_bytes() -> None:
    text = text_of_reason(bytes.fromhex("12345678aa"))
    assert json.loads(text) == {"code": "0x12345678", "data": "0x12345678aa"}
    assert refusal_of(text) is None


@pytest.mark.parametrize(
    "refusal",
    [
        NonceUsed(participant=1, nonce=2**256 - 1),
        CommandUnworkable(),
        InvalidField(field="面额", value=["a", 1], expected="uint64"),
    ],
)
def test_refusal_of_the_service_comes_back(refusal: LedgerError) -> None:
    again = refusal_of(refusal_text(refusal))
    assert type(again) is type(refusal)
    assert str(again) == str(refusal) or refusal.code == "InvalidField"
