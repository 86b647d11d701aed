"""Signers of one participant are different keys, whatever they are called."""

from typing import Any

import pytest

from ledger.chain.batches import relay_call
from ledger.chain.calls import Item, Signed, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import AddSigner, IssuePayable, RevokeSigner, VoidNonce
from ledger.model.errors import (
    BadSigner,
    InvalidSignature,
    SignerExpired,
    SignerKeyTaken,
    SignersTooFew,
    TooManySigners,
    UnknownVerifier,
)
from ledger.model.errors.service import BatchReverted
from ledger.model.parts import Signer
from ledger.model.signing import SigningKey
from ledger.model.states import Duty
from ledger.records.keys import CertificateKey, P256Key, PasskeyKey
from ledger.service.party import approval
from tests.cast import CHECKER, MAKER, REVOKED, Cast, Member, named
from tests.contracts.situations import NOTHING, issue_terms
from tests.contracts.spellings import flipped, wrong_spellings
from tests.contracts.strange_keys import RawRsaKey, curve_secret, mirrored, rsa_secret, verifier

NEXT = 5
"""The number that the cast's next signer gets."""

FRESH = AccountKey(named("a key of nobody yet"))


def registration(
    cast: Cast,
    member: Member,
    key: SigningKey,
    *,
    proof: SigningKey | None = None,
    duty: int = Duty.CHECKER,
    expiry: int = 0,
) -> Item:
    """A new signer of a member, proven by its own key unless another is given."""
    signer = Signer(key.key, int(duty), expiry, named("certificate"))
    command = member.make(AddSigner, signer=signer)
    return item_of(member.sign(command), (proof or key).sign(cast.ledger.digest(command)))


def register(cast: Cast, member: Member, key: SigningKey, **values: Any) -> None:
    cast.ledger.carry_out(registration(cast, member, key, **values))


@pytest.fixture(scope="session")
def rsa_numbers() -> tuple[int, int, int, int]:
    """Exponent, modulus and the primes of a key."""
    numbers = rsa_secret().private_numbers()
    public = numbers.public_numbers
    return public.e, public.n, numbers.p, numbers.q


def rsa_key(cast: Cast, numbers: tuple[int, int, int, int], exponent: int = 65537) -> RawRsaKey:
    _, modulus, p, q = numbers
    secret = pow(exponent, -1, (p - 1) * (q - 1))
    return RawRsaKey(verifier(cast.ledger, "RSA"), exponent, modulus, secret)


class TestOneKeyIsOneSigner:
    def test_an_account_is_not_registered_twice(self, cast: Cast, birch: Member, refused) -> None:
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, birch.keys[MAKER], duty=Duty.CHECKER)

    def test_a_revoked_key_does_not_come_back(self, cast: Cast, birch: Member, refused) -> None:
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, birch.spare[REVOKED])

    def test_a_curve_key_does_not_come_again_as_a_passkey(self, cast: Cast, birch, refused) -> None:
        register(cast, birch, P256Key(curve_secret(), verifier(cast.ledger, "P256")))
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn")))

    def test_a_passkey_does_not_come_again_as_a_curve_key(self, cast: Cast, birch, refused) -> None:
        register(cast, birch, PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn")))
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, P256Key(curve_secret(), verifier(cast.ledger, "P256")))

    def test_the_mirror_of_a_curve_key_is_the_same_key(self, cast: Cast, birch, refused) -> None:
        address = verifier(cast.ledger, "P256")
        register(cast, birch, P256Key(curve_secret(), address))
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, P256Key(mirrored(curve_secret()), address))

    def test_an_rsa_key_with_another_exponent_is_the_same_key(
        self, cast: Cast, birch: Member, rsa_numbers, refused
    ) -> None:
        register(cast, birch, rsa_key(cast, rsa_numbers))
        with refused(SignerKeyTaken, participant=birch.id):
            register(cast, birch, rsa_key(cast, rsa_numbers, exponent=257))

    def test_another_participant_may_use_the_same_key(self, cast: Cast) -> None:
        register(cast, cast.birch, FRESH)
        register(cast, cast.cedar, FRESH)


class TestOneKeyHasOneSpelling:
    @pytest.mark.parametrize("part", ["modulus", "exponent"])
    def test_rsa_numbers_with_leading_zeros_are_refused(
        self, cast: Cast, birch: Member, rsa_numbers, refused, part: str
    ) -> None:
        number = rsa_numbers[1] if part == "modulus" else rsa_numbers[0]
        spelled = b"\0" + number.to_bytes((number.bit_length() + 7) // 8, "big")
        key = rsa_key(cast, rsa_numbers).written(**{part: spelled})
        with refused(BadSigner, index=NEXT):
            register(cast, birch, key)

    def test_rsa_keys_in_another_encoding_are_refused(
        self, cast: Cast, birch: Member, rsa_numbers, refused
    ) -> None:
        key = rsa_key(cast, rsa_numbers)
        plain = key.key
        words = [plain[20:52], plain[52:84], plain[84:]]
        moved = [(int.from_bytes(word, "big") + 32).to_bytes(32, "big") for word in words[:2]]
        for spelled in (plain + bytes(32), plain[:20] + b"".join([*moved, bytes(32), words[2]])):
            key.key = spelled
            with refused(BadSigner, index=NEXT):
                register(cast, birch, key)

    @pytest.mark.parametrize("kind", ["P256", "WebAuthn", "RSA"])
    @pytest.mark.parametrize("length", [1, 63, 65])
    def test_a_key_of_another_length_proves_nothing(
        self, cast: Cast, birch: Member, refused, kind: str, length: int
    ) -> None:
        key = P256Key(curve_secret(), verifier(cast.ledger, kind))
        key.key = (key.key + bytes(8))[: 20 + length]
        with refused(BadSigner, index=0):
            register(cast, birch, key)


class TestANewKeySignsItsOwnRegistration:
    def test_a_key_that_another_signs_for_is_refused(self, cast: Cast, birch, refused) -> None:
        with refused(BadSigner, index=0):
            register(cast, birch, FRESH, proof=birch.keys[MAKER])

    def test_a_proof_for_another_participant_is_refused(self, cast: Cast, refused) -> None:
        signer = Signer(FRESH.key, int(Duty.CHECKER), 0, NOTHING)
        theirs = cast.cedar.make(AddSigner, signer=signer)
        ours = cast.birch.make(AddSigner, signer=signer)
        proof = FRESH.sign(cast.ledger.digest(theirs))
        with refused(BadSigner, index=0):
            cast.ledger.carry_out(item_of(cast.birch.sign(ours), proof))

    def test_an_unknown_verifier_is_refused(self, cast: Cast, birch: Member, refused) -> None:
        stranger = named("verifier")[:20]
        with refused(UnknownVerifier, verifier="0x" + stranger.hex()):
            register(cast, birch, P256Key(curve_secret(), stranger))

    def test_a_contract_is_no_account(self, cast: Cast, birch: Member, refused) -> None:
        key = P256Key(curve_secret(), verifier(cast.ledger, "P256"))
        key.key = key.key[:20]
        with refused(BadSigner, index=0):
            register(cast, birch, key)

    @pytest.mark.parametrize("length", [0, 19])
    def test_a_key_shorter_than_an_account_is_refused(
        self, cast: Cast, birch: Member, refused, length: int
    ) -> None:
        key = P256Key(curve_secret(), verifier(cast.ledger, "P256"))
        key.key = key.key[:length]
        with refused(BadSigner, index=0):
            register(cast, birch, key)

    @pytest.mark.parametrize("duty", [0, 4, 255])
    def test_a_signer_has_a_duty(self, cast: Cast, birch: Member, refused, duty: int) -> None:
        with refused(BadSigner, index=NEXT):
            register(cast, birch, FRESH, duty=duty)

    def test_a_key_signs_until_its_expiry(self, cast: Cast, birch: Member, refused) -> None:
        expiry = cast.ledger.now + 3
        register(cast, birch, FRESH, expiry=expiry)
        birch.spare[NEXT] = FRESH
        command = birch.make(VoidNonce, voided=10**9)
        other = birch.make(VoidNonce, voided=10**9 + 1)
        assert cast.ledger.now == expiry - 2
        cast.ledger.carry_out(item_of(birch.sign_by(command, NEXT)))
        with refused(SignerExpired, participant=birch.id, signer=NEXT, expiry=expiry):
            cast.ledger.carry_out(item_of(birch.sign_by(other, NEXT)))

    @pytest.mark.deep
    def test_a_participant_has_255_signers_at_most(
        self, cast: Cast, birch: Member, refused
    ) -> None:
        keys = [AccountKey(named(f"key {number}")) for number in range(NEXT, 256)]
        for start in range(0, 250, 25):
            batch = keys[start : start + 25]
            for outcome in cast.ledger.relay([registration(cast, birch, key) for key in batch]):
                outcome.unwrap()
        with refused(TooManySigners, asked=256, most=255):
            register(cast, birch, keys[-1])


def _key(cast: Cast, kind: str) -> SigningKey:
    address = b"" if kind == "account" else verifier(cast.ledger, kind)
    if kind == "P256":
        return P256Key(curve_secret(), address)
    if kind == "WebAuthn":
        return PasskeyKey(curve_secret(), address)
    return CertificateKey(rsa_secret(), address) if kind == "RSA" else FRESH


@pytest.mark.parametrize("kind", ["account", "P256", "WebAuthn", "RSA"])
class TestEveryKindOfKey:
    def test_signs_a_command_and_no_other(self, cast: Cast, acme: Member, refused, kind) -> None:
        key = _key(cast, kind)
        register(cast, acme, key)
        command = acme.make(IssuePayable, **issue_terms(cast))
        digest = cast.ledger.digest(command)
        signed = acme.sign_by(command, MAKER)
        good = key.sign(digest)
        wrong = {
            "over another digest": key.sign(named("another")),
            "of another signer": acme.keys[CHECKER].sign(digest),
            "with a bit turned": flipped(good, 8 * 20),
            "half of it": good[: len(good) // 2],
            "nothing": b"",
        }
        for signature in wrong.values():
            approvals = (*signed.approvals, bytes([NEXT]) + signature)
            with refused(InvalidSignature, participant=acme.id, signer=NEXT):
                cast.ledger.carry_out(item_of(type(signed)(command, approvals)))
        approvals = (*signed.approvals, approval(NEXT, key, digest))
        cast.ledger.carry_out(item_of(type(signed)(command, approvals)))
        assert cast.ledger.payable(1)["obligor"] == acme.id


def test_a_curve_signature_has_one_spelling(cast: Cast, birch: Member, refused) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    key = P256Key(curve_secret(), verifier(cast.ledger, "P256"))
    register(cast, birch, key)
    command = birch.make(VoidNonce, voided=10**9)
    good = key.sign(cast.ledger.digest(command))
    high = good[:32] + (order - int.from_bytes(good[32:], "big")).to_bytes(32, "big")
    for signature in (high, good + b"\0", good + bytes(32), good[:63]):
        with refused(InvalidSignature, participant=birch.id, signer=NEXT):
            signed = type(birch.sign(command))(command, (bytes([NEXT]) + signature,))
            cast.ledger.carry_out(item_of(signed))


def test_a_revoked_signer_leaves_the_threshold_unmet(cast: Cast, birch: Member, refused) -> None:
    birch.act(RevokeSigner, signer=CHECKER, reason=named("left"))
    with refused(SignersTooFew, participant=birch.id, required=2, given=1):
        cast.ledger.carry_out(
            item_of(birch.sign_by(birch.make(RevokeSigner, signer=2, reason=NOTHING), MAKER))
        )


class TestRsaExponents:
    def test_a_key_that_anybody_can_sign_for_is_refused(self, cast, birch, refused) -> None:
        """x ** 1 mod n is x: the signature is the padded message, and no private key is needed."""
        key = RawRsaKey(verifier(cast.ledger, "RSA"), 1, (1 << 2047) + 1, 1)
        with refused(BadSigner, index=NEXT):
            register(cast, birch, key)

    def test_a_key_too_dear_to_check_is_refused(self, cast, birch, rsa_numbers, refused) -> None:
        """With less gas than its check takes a good signature is refused instead of starved."""
        exponent, modulus, p, q = rsa_numbers
        # The same power modulo n, with an exponent four times as long.
        longer = exponent + ((p - 1) * (q - 1) << 6_200)
        secret = pow(exponent, -1, (p - 1) * (q - 1))
        key = RawRsaKey(verifier(cast.ledger, "RSA"), longer, modulus, secret)
        with refused(BadSigner, index=NEXT):
            register(cast, birch, key)


class TestVerification:
    def test_an_assertion_beyond_all_measure_is_refused(self, cast: Cast, birch, refused) -> None:
        key = PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn"))
        register(cast, birch, key, duty=Duty.MAKER)
        command = birch.make(VoidNonce, voided=5)
        digest = cast.ledger.digest(command)
        [long] = [one for _, name, one in wrong_spellings(key, digest) if "book" in name]
        with refused(InvalidSignature, participant=birch.id, signer=NEXT):
            cast.ledger.carry_out(item_of(Signed(command, (bytes([NEXT]) + long,))))

    def test_without_gas_enough_is_no_refusal(self, cast: Cast, birch: Member) -> None:
        key = P256Key(curve_secret(), verifier(cast.ledger, "P256"))
        register(cast, birch, key)
        birch.spare[NEXT] = key
        item = item_of(birch.sign_by(birch.make(VoidNonce, voided=5), NEXT))
        data = relay_call(cast.ledger.deployment, [item])
        with pytest.raises(BatchReverted):
            cast.node.send(cast.ledger.deployment.address("Relay"), data, gas=1_400_000)
        cast.ledger.carry_out(item)
