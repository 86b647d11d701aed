"""A refusal comes back from its text as it was, whatever its values."""

import json

import pytest
from eth_abi.abi import encode

from ledger.chain.artifacts import entries_of
from ledger.model.errors import (
    ERRORS,
    CommandUnworkable,
    DeadlinePassed,
    InvalidField,
    LedgerError,
    NonceUsed,
)
from ledger.service.intake.refusals import (
    refusal_before,
    refusal_of,
    refusal_text,
    text_after,
    text_of_reason,
)

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


SHORT = refusal_text(CommandUnworkable())
LATE = refusal_text(DeadlinePassed(deadline=1, time=2))
USED = refusal_text(NonceUsed(participant=1, nonce=3))


class TestReasonBesideAReason:
    @pytest.mark.parametrize("last", [LATE, USED])
    def test_what_only_says_too_late_keeps_what_was_wrong_before(self, last: str) -> None:
        text = text_after(last, SHORT)
        assert type(refusal_of(text)) is type(refusal_of(last))
        assert isinstance(refusal_before(text), CommandUnworkable)

    def test_it_is_kept_however_often_it_is_too_late(self) -> None:
        text = text_after(USED, text_after(LATE, text_after(LATE, SHORT)))
        assert isinstance(refusal_before(text), CommandUnworkable)

    @pytest.mark.parametrize("before", [None, LATE, USED])
    def test_without_an_earlier_cause_there_is_nothing_beside(self, before: str | None) -> None:
        assert text_after(LATE, before) == LATE
        assert refusal_before(LATE) is None

    def test_cause_stands_alone(self) -> None:
        assert text_after(SHORT, text_after(LATE, SHORT)) == SHORT
