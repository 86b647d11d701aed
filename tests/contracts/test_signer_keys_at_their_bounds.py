"""Signatures at the bounds of what is looked at: the longest assertion, the least gas."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from ledger.chain.batches import relay_call
from ledger.chain.calls import Signed, item_of
from ledger.model.commands import VoidNonce
from ledger.model.errors import InvalidSignature
from ledger.model.states import Duty
from ledger.records.keys import PasskeyKey
from tests.cast import MAKER, Cast, Member
from tests.contracts.spellings import _raw, _url, _word
from tests.contracts.strange_keys import curve_secret, verifier
from tests.contracts.test_signer_keys import NEXT, register

LONGEST = 4096
"""Bytes of the longest assertion that is looked at."""

HEAD = 32 * 9
"""Of those, what comes before the client data of an assertion: its words and the other part."""


def assertion(key: PasskeyKey, digest: bytes, length: int) -> bytes:
    """A passkey's assertion of a digest whose client data has so many bytes."""
    client = {"type": "webauthn.get", "challenge": _url(digest), "more": ""}
    short = len(json.dumps(client, separators=(",", ":")))
    client["more"] = "x" * (length - short)
    text = json.dumps(client, separators=(",", ":")).encode()
    data = hashlib.sha256(b"localhost").digest() + b"\5" + bytes(4)
    message = data + hashlib.sha256(text).digest()
    numbers = _raw(key._secret.sign(message, ec.ECDSA(hashes.SHA256())))
    words = [_word(text.index(b'"challenge"')), _word(text.index(b'"type"'))]
    parts = [_word(len(part)) + part + bytes(-len(part) % 32) for part in (data, text)]
    places = [_word(0xC0), _word(0xC0 + len(parts[0]))]
    return numbers + b"".join([*words, *places, *parts])


@pytest.fixture
def passkey(cast: Cast, birch: Member) -> PasskeyKey:
    key = PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn"))
    register(cast, birch, key, duty=Duty.MAKER)
    return key


def test_an_assertion_of_4096_bytes_is_the_longest(cast: Cast, birch, passkey, refused) -> None:
    command = birch.make(VoidNonce, voided=5)
    digest = cast.ledger.digest(command)
    room = LONGEST - HEAD - 32
    longest, longer = (assertion(passkey, digest, one) for one in (room, room + 1))
    assert (len(longest), len(longer)) == (LONGEST, LONGEST + 32)
    with refused(InvalidSignature, participant=birch.id, signer=NEXT):
        cast.ledger.carry_out(item_of(Signed(command, (bytes([NEXT]) + longer,))))
    cast.ledger.carry_out(item_of(Signed(command, (bytes([NEXT]) + longest,))))


def test_an_account_needs_no_verifier_s_gas(cast: Cast, birch: Member) -> None:
    item = item_of(birch.sign_by(birch.make(VoidNonce, voided=5), MAKER))
    data = relay_call(cast.ledger.deployment, [item])
    cast.node.send(cast.ledger.deployment.address("Relay"), data, gas=1_400_000)
    assert cast.ledger.ask("Participants", "isNonceUsed", birch.id, 5)
