"""The relay: each item is isolated, every refusal is an answer, a starved item never is one."""

import random

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import ENTRY_POINTS, Item, Signed, abi_values, framed, item_of, packed
from ledger.chain.codec import decode_refusal
from ledger.chain.transactions import TRANSACTION_GAS, Reverted
from ledger.chain.typed_data import keccak, type_hash
from ledger.model.commands import (
    COMMANDS,
    AcceptVoucher,
    AttestPayment,
    Command,
    IssueDeposit,
    IssuePayable,
    TransferVoucher,
    VoidNonce,
)
from ledger.model.errors import (
    AmountTooLarge,
    InvalidSignature,
    NotHolder,
    PayableNotOffered,
    SelfTransfer,
)
from ledger.model.errors.service import BatchReverted
from ledger.model.ids import payable_of, root_voucher
from ledger.model.parts import Part
from ledger.model.structs import fields_of
from ledger.records.keys import PasskeyKey
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    MATURITY,
    NOTHING,
    issue_terms,
    live,
    offered,
)
from tests.contracts.strange_keys import curve_secret, verifier
from tests.contracts.test_signer_keys import NEXT, register
from tests.random_commands import random_struct


def batch(pairs: list[tuple[str, bytes]]) -> bytes:
    """Raw calls, by address, as the relay takes them."""
    desks = list(dict.fromkeys(address for address, _ in pairs))
    calls = b"".join(framed(desks.index(address), data) for address, data in pairs)
    return artifact("Relay").functions["relay"].call(desks, len(pairs), calls)


def raw_digest(cast: Cast, command: Command, words: bytes) -> bytes:
    """The digest of a command of this kind whose struct is made of these words."""
    domain = cast.ledger.domain(command).separator
    return keccak(b"\x19\x01" + domain + keccak(type_hash(type(command)) + words))


def relayed(cast: Cast, pairs: list[tuple[str, bytes]], *, gas: int | None = None):
    return cast.node.send(cast.ledger.deployment.address("Relay"), batch(pairs), gas=gas)


class TestIsolation:
    def test_a_refused_item_changes_nothing_and_the_others_go_on(self, cast: Cast, acme) -> None:
        terms = issue_terms(cast)
        good = [acme.item(IssuePayable, **terms) for _ in range(2)]
        bad = acme.make(IssuePayable, **{**terms, "to": acme.id})
        refused_one = item_of(acme.sign(bad))
        outcomes = cast.ledger.relay([good[0], refused_one, good[1]])
        kinds = [type(one.refusal) for one in outcomes]
        assert kinds == [type(None), SelfTransfer, type(None)]
        assert not cast.ledger.ask("Participants", "isNonceUsed", acme.id, bad.nonce)
        assert cast.ledger.payable_count() == 2

    def test_a_refusal_says_which_command_and_why(self, cast: Cast, birch: Member) -> None:
        voucher = live(cast)
        command = cast.cedar.make(TransferVoucher, parts=(Part(birch.id, voucher, 5, EVIDENCE),))
        good = birch.item(VoidNonce, voided=5)
        bad = item_of(cast.cedar.sign(command))
        receipt = relayed(
            cast, [(cast.ledger.deployment.address(one.desk), one.data) for one in (good, bad)]
        )
        [refused_event] = [one for one in receipt.events if one.name == "ItemRefused"]
        [summary] = [one for one in receipt.events if one.name == "BatchRelayed"]
        assert refused_event.values["digest"] == cast.ledger.digest(command)
        assert refused_event.values["index"] == 1
        reason = decode_refusal(refused_event.values["reason"])
        assert isinstance(reason, NotHolder)
        assert reason.values == {"voucher": voucher, "participant": cast.cedar.id}
        assert summary.values == {"items": 2, "refused": 1}

    def test_an_item_without_a_command_is_refused_without_a_digest(self, cast: Cast) -> None:
        lapse = cast.ledger.call("Offers", "lapse", 7, [])
        address = cast.ledger.deployment.address("Offers")
        receipt = relayed(cast, [(address, lapse.data)])
        assert receipt.events[0].values["digest"] == NOTHING
        assert isinstance(decode_refusal(receipt.events[0].values["reason"]), PayableNotOffered)

    def test_the_same_command_from_two_relayers_takes_effect_once(self, cast, acme) -> None:
        item = acme.item(IssuePayable, **issue_terms(cast))
        first = cast.ledger.relay([item])[0]
        second = cast.ledger.relay([item])[0]
        assert (first.refusal, type(second.refusal).__name__) == (None, "NonceUsed")
        assert first.digest == second.digest
        assert cast.ledger.payable_count() == 1

    def test_every_refusal_of_a_batch_is_answered_in_its_place(self, cast: Cast, acme) -> None:
        unknown = {"voucher": root_voucher(9), "start": 0, "end": 1}
        first, last = (cast.birch.item(AcceptVoucher, **unknown) for _ in range(2))
        items = [first, acme.item(IssuePayable, **issue_terms(cast)), last]
        relay = cast.ledger.deployment.address("Relay")
        pairs = [(cast.ledger.deployment.address(one.desk), one.data) for one in items]
        entry = artifact("Relay").functions["relay"]
        reasons = entry.answer(cast.node.call(relay, batch(pairs)))
        assert [bool(one) for one in reasons] == [True, False, True]

    def test_an_empty_batch_is_nothing(self, cast: Cast) -> None:
        before = cast.storage()
        assert cast.ledger.relay([]) == []
        relayed(cast, [])
        assert cast.storage() == before


class TestOutcomes:
    def test_of_signed_items_around_an_unsigned_one_have_their_own_events(
        self, cast, birch
    ) -> None:
        items = [birch.item(VoidNonce, voided=5), cast.ledger.call("Settlement", "settle", [])]
        items.append(birch.item(VoidNonce, voided=6))
        first, _, last = cast.ledger.relay(items)
        assert first.value("NonceVoided", "nonce") == 5
        assert last.value("NonceVoided", "nonce") == 6

    def test_padding_that_is_not_zero_reads_like_any_other(self, birch: Member) -> None:
        item = birch.item(VoidNonce, voided=5)
        entry = artifact(item.desk).functions["voidNonce"]
        padding = -len(item.data[4:]) % 32
        assert entry.arguments(item.data[4:] + b"\1" * padding) == entry.arguments(
            item.data[4:] + bytes(padding)
        )


class TestBatchesThatRevertWhole:
    @pytest.mark.parametrize(
        "data", [b"", b"\1\2", b"\xff" * 4, b"\xff" * 400], ids=["none", "2", "selector", "long"]
    )
    def test_with_malformed_call_data(self, cast: Cast, acme: Member, data: bytes) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        with pytest.raises(BatchReverted):
            cast.ledger.relay([good, Item("Vouchers", data)])
        assert cast.ledger.payable_count() == 0

    def test_with_call_data_that_was_cut(self, cast: Cast, acme: Member) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        for length in (4, 36, len(good.data) // 2, len(good.data) - 65):
            with pytest.raises(BatchReverted):
                cast.ledger.relay([Item(good.desk, good.data[:length])])
        assert cast.ledger.payable_count() == 0

    @pytest.mark.parametrize("name", ["Relay", "Participants", "Invoices", "ERC7913P256Verifier"])
    def test_to_a_contract_that_is_no_desk(self, cast: Cast, acme: Member, name: str) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        with pytest.raises(BatchReverted):
            cast.ledger.relay([good, Item(name, good.data)])
        assert cast.ledger.payable_count() == 0

    def test_to_a_desk_that_it_does_not_name(self, cast: Cast, acme: Member) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        address = cast.ledger.deployment.address(good.desk)
        calls = framed(0, good.data) + framed(1, b"")
        data = artifact("Relay").functions["relay"].call([address], 2, calls)
        with pytest.raises(BatchReverted):
            cast.node.send(cast.ledger.deployment.address("Relay"), data)
        assert cast.ledger.payable_count() == 0

    @pytest.mark.parametrize(
        ("count", "less", "more"),
        [(1, 0, b""), (3, 0, b""), (2, 1, b""), (2, 0, b"\0"), (2, 0, b"\0\0\0\1"), (0, 0, b"")],
        ids=["fewer", "more", "cut", "a byte over", "half an item over", "none"],
    )
    def test_that_hold_other_items_than_they_say(
        self, cast: Cast, acme: Member, count: int, less: int, more: bytes
    ) -> None:
        terms = issue_terms(cast)
        items = [acme.item(IssuePayable, **terms) for _ in range(2)]
        address = cast.ledger.deployment.address("Issuance")
        calls = b"".join(framed(0, one.data) for one in items)
        data = (
            artifact("Relay")
            .functions["relay"]
            .call([address], count, calls[: len(calls) - less] + more)
        )
        with pytest.raises(BatchReverted):
            cast.node.send(cast.ledger.deployment.address("Relay"), data)
        assert cast.ledger.payable_count() == 0

    def test_say_which_item_is_longer_than_they_are(self, cast: Cast, acme: Member) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        address = cast.ledger.deployment.address(good.desk)
        calls = framed(0, good.data) * 2
        data = artifact("Relay").functions["relay"].call([address], 2, calls[:-1])
        with pytest.raises(Reverted) as caught:
            cast.node.call(cast.ledger.deployment.address("Relay"), data)
        selector = keccak(b"BatchMalformed(uint256)")[:4]
        assert caught.value.data == selector + (1).to_bytes(32)

    def test_that_accept_with_bits_above_a_field_s_type(self, cast: Cast, birch: Member) -> None:
        """The words are hashed as they stand; none may be signed for one thing and mean another."""
        voucher = root_voucher(offered(cast))
        command = birch.make(AcceptVoucher, voucher=voucher, start=0, end=FACE)
        item = item_of(birch.sign(command))
        words = [item.data[4 + 32 * n :][:32] for n in range(6)]
        for field in (0, 1, 2, 3, 5):
            dirty = list(words)
            dirty[field] = bytes([words[field][0] | 0x80]) + words[field][1:]
            signature = birch.keys[0].sign(raw_digest(cast, command, b"".join(dirty)))
            approvals = packed([b"\0" + signature])
            data = item.data[:4] + b"".join(dirty) + item.data[196:260] + approvals
            with pytest.raises(BatchReverted):
                cast.ledger.relay([Item(item.desk, data)])
        cast.ledger.carry_out(item)

    def test_that_transfer_with_bits_above_a_field_s_type(self, cast, birch, cedar) -> None:
        voucher = live(cast)
        parts = (Part(cedar.id, voucher, 5, EVIDENCE),)
        command = birch.make(TransferVoucher, parts=parts)
        item = item_of(birch.sign(command))
        kind = keccak(b"Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)")
        words = [item.data[4 + 32 * n :][:32] for n in range(11)]
        for field in (2, 5, 7, 8, 9):
            dirty = list(words)
            dirty[field] = bytes([words[field][0] | 0x80]) + words[field][1:]
            hashes = keccak(keccak(kind + b"".join(dirty[7:11])))
            struct = dirty[2] + hashes + dirty[4] + dirty[5]
            signature = birch.keys[0].sign(raw_digest(cast, command, struct))
            head = item.data[:4] + b"".join(dirty)
            data = head + item.data[len(head) : len(head) + 32] + packed([b"\0" + signature])
            with pytest.raises(BatchReverted):
                cast.ledger.relay([Item(item.desk, data)])
        cast.ledger.carry_out(item)

    def test_to_a_stranger(self, cast: Cast, acme: Member) -> None:
        good = acme.item(IssuePayable, **issue_terms(cast))
        address = cast.ledger.deployment.address("Issuance")
        for stranger in ("0x" + "11" * 20, cast.node.sender.lower()):
            with pytest.raises(BatchReverted):
                relayed(cast, [(address, good.data), (stranger, b"")])
        assert cast.ledger.payable_count() == 0


class TestDigests:
    def test_the_contracts_hash_what_python_hashes(self, cast: Cast) -> None:
        source = random.Random("digests")
        before = cast.storage()
        verbs = sorted(ENTRY_POINTS)
        for number in range(200):
            kind = COMMANDS[verbs[number % len(verbs)]]
            command = random_struct(kind, source)
            assert asked_digest(cast, command) == cast.ledger.digest(command), command
        assert cast.storage() == before

    def test_an_act_that_needs_no_signature_is_undone(self, cast: Cast) -> None:
        voucher = live(cast)
        payable = offered(cast)
        cast.begin(MATURITY)
        cast.acme.act(COMMANDS["PayPayable"], payable_id=payable_of(voucher), amount=5_000_000)
        before = cast.storage()
        for item in (
            cast.ledger.call("Settlement", "settle", [voucher]),
            cast.ledger.call("Offers", "lapse", payable, []),
        ):
            data = _asking(cast, item)
            with pytest.raises(BatchReverted):
                cast.node.send(cast.ledger.deployment.address("Participants"), data)
        assert cast.storage() == before

    def test_a_good_command_is_not_carried_out(self, cast: Cast, acme: Member) -> None:
        item = acme.item(IssuePayable, **issue_terms(cast))
        before = cast.storage()
        cast.node.send(cast.ledger.deployment.address("Participants"), _asking(cast, item))
        assert cast.storage() == before
        cast.ledger.carry_out(item)

    @pytest.mark.parametrize("desk", ["Relay", "Participants", "Invoices"])
    def test_a_contract_that_is_no_desk_is_not_asked(self, cast: Cast, desk: str) -> None:
        with pytest.raises(Exception, match=r"NotDesk|desk"):
            cast.ledger.ask("Participants", "digestOf", cast.ledger.deployment.address(desk), b"")


def _asking(cast: Cast, item: Item) -> bytes:
    address = cast.ledger.deployment.address(item.desk)
    return artifact("Participants").functions["digestOf"].call(address, item.data)


def asked_digest(cast: Cast, command) -> bytes:
    """What the desk of a command says it hashes to, with nothing real beside it."""
    entry = artifact(command.desk).functions[ENTRY_POINTS[type(command).__name__]]
    values = [abi_values(command), *(_empty(kind) for kind in entry.types[1:])]
    data = entry.call(*values)
    return bytes(
        cast.ledger.ask(
            "Participants", "digestOf", cast.ledger.deployment.address(command.desk), data
        )
    )


def _empty(kind: str):
    if kind.endswith("[]"):
        return []
    if kind == "bytes":
        return b""
    quotes = [
        one for name, one in COMMANDS.items() if name not in ENTRY_POINTS and _shape(one) == kind
    ]
    return tuple(False if one.item == "bool" else _zero(one.item) for one in fields_of(quotes[0]))


def _shape(kind) -> str:
    return "(" + ",".join(member.type for member in fields_of(kind)) + ")"


def _zero(item: str):
    return bytes(32) if item == "bytes32" else 0


class TestOneItemNeverStopsTheOthers:
    def test_a_deposit_of_too_much(self, cast: Cast, settlement_bank: Member) -> None:
        values = {"to": cast.birch.id, "amount": 2**64 - 1, "payment_reference": named("much")}
        good = cast.birch.item(VoidNonce, voided=5)
        outcomes = cast.ledger.relay([settlement_bank.item(IssueDeposit, **values), good])
        assert [type(one.refusal) for one in outcomes] == [AmountTooLarge, type(None)]

    def test_a_payment_of_too_much(self, cast: Cast, settlement_bank: Member) -> None:
        payable = payable_of(live(cast))
        values = {"value_day": cast.ledger.today, "payment_reference": named("much")}
        for amount in (2**56, 2**64 - 1):
            item = settlement_bank.item(AttestPayment, payable_id=payable, amount=amount, **values)
            good = cast.birch.item(VoidNonce, voided=amount)
            outcomes = cast.ledger.relay([item, good])
            assert [type(one.refusal) for one in outcomes] == [AmountTooLarge, type(None)]

    def test_a_passkey_s_assertion_that_points_far_away(self, cast: Cast, acme: Member) -> None:
        """Whoever names a participant with a passkey can write it; no key is needed."""
        register(cast, acme, PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn")))
        acme.spare[NEXT] = PasskeyKey(curve_secret(), verifier(cast.ledger, "WebAuthn"))
        signed = acme.sign_by(acme.make(IssuePayable, **issue_terms(cast)), NEXT)
        [approval] = signed.approvals
        far = approval[:97] + (2**64).to_bytes(32, "big") + approval[129:]
        items = [item_of(Signed(signed.command, (far,))) for _ in range(2)]
        items.append(acme.item(IssuePayable, **issue_terms(cast)))
        pairs = [(cast.ledger.deployment.address(one.desk), one.data) for one in items]
        receipt = relayed(cast, pairs, gas=TRANSACTION_GAS)
        assert [one.name for one in receipt.events].count("ItemRefused") == 2


def test_the_relayer_key_alone_is_nobody(cast: Cast, refused) -> None:
    values = {"to": 2, "amount": 1, "payment_reference": named("theft")}
    command = cast.settlement_bank.make(IssueDeposit, **values)
    with refused(InvalidSignature, participant=6, signer=0):
        cast.ledger.carry_out(item_of(Signed(command, (b"\0" + bytes(65), b"\1" + bytes(65)))))
