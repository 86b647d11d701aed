"""The records of participants, asked by an administration that asks for whatever it likes."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import packed
from ledger.chain.codec import decode_refusal
from ledger.chain.deployment import VERIFIERS
from ledger.chain.keys import AccountKey
from ledger.chain.transactions import Receipt, Reverted
from ledger.model.errors import (
    BadSigner,
    BadThreshold,
    InvalidSignature,
    LedgerError,
    NotFrozen,
    TooManyFreezes,
    TooManySigners,
)
from ledger.model.errors.service import BatchReverted
from ledger.model.states import Duty, Role
from tests.cast import HIGH_FROM, Cast, named
from tests.contracts.situations import NOTHING
from tests.contracts.strange_keys import verifier
from tests.contracts.test_genesis import MODULUS, rsa_key

MUCH_GAS: Final = 100_000_000
SUBJECT: Final = 1
"""The first participant of a registry."""

ACCOUNTS: Final = [AccountKey(named(f"member {number}")).key for number in range(4)]

BAD_KEYS: Final = {
    "too short for an account": ("P256", b""),
    "a curve's key of 63 bytes": ("P256", bytes(63)),
    "a passkey of 65 bytes": ("WebAuthn", bytes(65)),
    "RSA of a byte": ("RSA", b"\1"),
    "RSA shorter than any": ("RSA", b"\xff" * 0x19F),
    "RSA longer than any": ("RSA", b"\xff" * 0x2C1),
    "RSA without an exponent": ("RSA", rsa_key(b"", MODULUS + MODULUS[:32])),
    "RSA of 2,040 bits": ("RSA", rsa_key(b"\3", MODULUS[1:])),
    "RSA of 4,104 bits": ("RSA", rsa_key(b"\3", MODULUS * 2 + b"\1")),
    "RSA of 8,192 bits": ("RSA", rsa_key(b"\3", MODULUS * 4)),
}


class Registry:
    """Participants of their own, with the relayer's key for administration and for their desk."""

    def __init__(self, cast: Cast) -> None:
        self.node = cast.node
        kinds = [(cast.ledger.deployment.address(name), kind) for name, kind in VERIFIERS]
        sender = self.node.sender
        creation = artifact("Participants").creation([], [sender], kinds, sender)
        self.address = str(self.node.send(None, creation).contract)

    def tell(self, function: str, *values: Any) -> Receipt:
        entry = artifact("Participants").functions[function]
        return self.node.send(self.address, entry.call(*values))

    def ask(self, function: str, *values: Any) -> Any:
        entry = artifact("Participants").functions[function]
        return entry.answer(self.node.call(self.address, entry.call(*values), gas=MUCH_GAS))

    def refusal(self, function: str, *values: Any) -> LedgerError | None:
        """Why a call is refused; None where it is not refused by name."""
        with pytest.raises(Reverted) as caught:
            self.ask(function, *values)
        return decode_refusal(caught.value.data)


def contract(cast: Cast, code: bytes) -> bytes:
    """Address of a new contract with this code, which is shorter than 256 bytes."""
    # Returns the code behind these 10 bytes.
    creation = b"\x60" + bytes([len(code)]) + bytes.fromhex("80600a5f395ff3") + b"\0" + code
    return bytes.fromhex(str(cast.node.send(None, creation).contract)[2:])


def repeater(cast: Cast, registry: Registry, times: int) -> str:
    """A desk that passes each call on to the registry so many times."""
    again = "5f5f365f5f73" + registry.address[2:] + "5af150"
    code = bytes.fromhex(f"365f5f3760{times:02x}5b{again}600190038060065700")
    address = "0x" + contract(cast, code).hex()
    registry.tell("addVersion", [address])
    return address


@pytest.fixture
def registry(cast: Cast) -> Registry:
    return Registry(cast)


def signer(key: bytes, duty: int = Duty.MAKER | Duty.CHECKER, expiry: int = 0) -> tuple[Any, ...]:
    return (key, int(duty), expiry, NOTHING)


def admitted(signers: Sequence[tuple[Any, ...]], low: int = 1, high: int = 1) -> tuple[Any, ...]:
    """A supplier with these signers and thresholds."""
    return (int(Role.SUPPLIER), named("one"), 0, low, high, HIGH_FROM, list(signers))


def two() -> tuple[Any, ...]:
    return admitted([signer(key) for key in ACCOUNTS[:2]])


class TestKeys:
    @pytest.mark.parametrize("name", BAD_KEYS)
    def test_a_bad_one_is_refused_by_its_number(
        self, cast: Cast, registry: Registry, name: str
    ) -> None:
        kind, public = BAD_KEYS[name]
        key = verifier(cast.ledger, kind) + public
        if name == "too short for an account":
            key = key[:19]
        found = registry.refusal("admit", admitted([signer(ACCOUNTS[0]), signer(key)]))
        assert isinstance(found, BadSigner)
        assert found.values["index"] == 1

    @pytest.mark.parametrize("length", [0x1A0, 0x2C0])
    def test_what_is_no_encoding_of_a_certificate_s_key_is_refused_by_its_decoder(
        self, cast: Cast, registry: Registry, length: int
    ) -> None:
        """Of a length that a key may have; the decoder gives no name."""
        key = verifier(cast.ledger, "RSA") + b"\xff" * length
        assert registry.refusal("admit", admitted([signer(key)])) is None

    def test_an_exponent_has_four_bytes_at_most(self, cast: Cast, registry: Registry) -> None:
        key = verifier(cast.ledger, "RSA") + rsa_key(b"\1\0\0\1", MODULUS)
        assert registry.ask("admit", admitted([signer(key)])) == SUBJECT
        longer = verifier(cast.ledger, "RSA") + rsa_key(b"\1\0\0\0\1", MODULUS)
        assert isinstance(registry.refusal("admit", admitted([signer(longer)])), BadSigner)

    def test_a_key_is_told_with_its_kind_and_its_public_part(
        self, cast: Cast, registry: Registry
    ) -> None:
        kinds = {"Account": 0, **{name[7:-8]: kind for name, kind in VERIFIERS}}
        public = {"Account": b"", "RSA": rsa_key(b"\3", MODULUS)}
        signers = {
            kind: (ACCOUNTS[0] if kind == "Account" else verifier(cast.ledger, kind))
            for kind in kinds
        }
        keys = [
            signer(account + public.get(kind, bytes([number]) * 64), expiry=2**40 - 1 - number)
            for number, (kind, account) in enumerate(signers.items())
        ]
        registry.tell("admit", admitted(keys))
        for number, (kind, account) in enumerate(signers.items()):
            told, rest = registry.ask("signerOf", SUBJECT, number)
            assert bytes.fromhex(told["account"][2:]) == account
            assert (told["kind"], told["duty"], told["revoked"]) == (kinds[kind], 3, False)
            assert told["expiry"] == 2**40 - 1 - number
            assert rest == public.get(kind, bytes([number]) * 64)

    def test_nothing_is_a_signature_of_the_account_of_zeros(self, registry: Registry) -> None:
        for signature in (b"", bytes(65), b"\xff" * 65):
            assert registry.ask("signedBy", bytes(20), named("digest"), signature) is False

    def test_code_at_an_account_signs_nothing(self, cast: Cast, registry: Registry) -> None:
        """A contract that calls every signature good, as ERC-1271 would have it."""
        good = bytes.fromhex("1626ba7e").ljust(32, b"\0")
        account = contract(cast, b"\x7f" + good + bytes.fromhex("5f5260205ff3"))
        assert cast.node.call("0x" + account.hex(), b"") == good
        assert registry.ask("signedBy", account, NOTHING, bytes(65)) is False
        registry.tell("admit", admitted([signer(account)]))
        approvals = packed([b"\0" + bytes(65)])
        found = registry.refusal("requireCosigned", SUBJECT, NOTHING, approvals)
        assert isinstance(found, InvalidSignature)


class TestSigners:
    def test_there_are_255_at_most(self, registry: Registry) -> None:
        many = [signer(number.to_bytes(20, "big")) for number in range(1, 257)]
        found = registry.refusal("admit", admitted(many))
        assert isinstance(found, TooManySigners)
        assert found.values == {"asked": 256, "most": 255}

    def test_the_first_that_came_with_a_recovery_can_be_ended(self, registry: Registry) -> None:
        registry.tell("admit", two())
        registry.tell("replaceSigners", SUBJECT, [signer(key) for key in ACCOUNTS[2:]])
        receipt = registry.tell("endSigner", SUBJECT, 2, NOTHING)
        assert [one.name for one in receipt.events] == ["SignerEnded"]

    def test_sixteen_may_be_needed_and_no_more(self, registry: Registry) -> None:
        many = [signer(number.to_bytes(20, "big")) for number in range(1, 18)]
        found = registry.refusal("admit", admitted(many, high=17))
        assert isinstance(found, BadThreshold)
        assert found.values == {"low": 1, "high": 17, "signers": 17}
        assert registry.ask("admit", admitted(many, high=16)) == SUBJECT

    def test_one_with_an_expiry_counts_for_a_threshold_until_then(
        self, cast: Cast, registry: Registry
    ) -> None:
        expiry = cast.ledger.now + 3
        keys = [signer(ACCOUNTS[0]), signer(ACCOUNTS[1], expiry=expiry)]
        registry.tell("admit", admitted(keys))
        registry.tell("setThreshold", SUBJECT, 1, 2, HIGH_FROM)
        assert cast.ledger.now == expiry - 1
        with pytest.raises(BatchReverted):
            registry.tell("setThreshold", SUBJECT, 1, 2, HIGH_FROM)
        found = registry.refusal("setThreshold", SUBJECT, 1, 2, HIGH_FROM)
        assert isinstance(found, BadThreshold)
        assert found.values["signers"] == 1


class TestFreezes:
    def test_one_that_is_not_frozen_is_not_let_go(self, registry: Registry) -> None:
        registry.tell("admit", two())
        assert isinstance(registry.refusal("setFrozen", SUBJECT, False), NotFrozen)

    def test_the_frozen_are_counted_by_head_not_by_case(self, registry: Registry) -> None:
        registry.tell("admit", two())
        counts = []
        for frozen in (True, True, True, False, False, False):
            registry.tell("setFrozen", SUBJECT, frozen)
            counts.append(registry.ask("frozenCount"))
        assert counts == [1, 1, 1, 1, 1, 0]
        assert registry.ask("frozenSince", SUBJECT)[0] is False

    def test_no_more_than_255_cases_are_open_at_once(self, cast: Cast, registry: Registry) -> None:
        registry.tell("admit", two())
        freeze = artifact("Participants").functions["setFrozen"].call(SUBJECT, True)
        receipt = registry.node.send(repeater(cast, registry, 255), freeze)
        assert receipt.events[-1].values["cases"] == 255
        found = registry.refusal("setFrozen", SUBJECT, True)
        assert isinstance(found, TooManyFreezes)
        assert found.values["most"] == 255
        registry.tell("setFrozen", SUBJECT, False)
        registry.tell("setFrozen", SUBJECT, True)
