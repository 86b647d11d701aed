"""Intake: what leaves no trace, what is refused, what is kept, and that the same is the same."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from ledger.chain.transactions import Reverted
from ledger.model.errors import (
    CommandUnworkable,
    DeadlinePassed,
    DeadlineTooFar,
    DepositShort,
    InvalidField,
    InvalidSignature,
    LedgerError,
    NonceUsed,
    UnknownSigner,
)
from ledger.model.errors.service import NodeUnreachable
from ledger.model.structs import Command
from ledger.service.intake.intake import NEVER, Post
from ledger.service.intake.posted import Act
from ledger.service.relaying.outbox import Operation
from ledger.service.running import crash_points
from ledger.store.database import Connection
from ledger.store.operations import due_operations
from tests.chain.chains import relayer_key
from tests.faults.acts import batch, posted, signed
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT
from tests.service.rig import Rig

DAY = 86_400
_HIGH = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def _rows(rig: Rig) -> int:
    return sum(rig.outbox.counts().values())


def _relay(rig: Rig, *commands: Command, nonce: int = 0) -> None:
    """Somebody else relays commands."""
    key = relayer_key(CHAIN_ID, b"\7" * 32)
    data = batch(commands)
    rig.chain.send([key.sign(nonce, DEPLOYMENT.address("Relay"), data, gas=10**7).raw])
    rig.chain.mine()


class TestFalse:
    """What leaves no trace."""

    @pytest.mark.parametrize("data", [None, {}, {"command": "Steal"}, []])
    def test_what_is_no_command_is_refused(self, rig: Rig, data: object) -> None:
        [answer] = rig.intake.submit([Post(data)])
        assert isinstance(answer, LedgerError)
        assert _rows(rig) == 0

    def test_every_false_signature_is_refused(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 1)
        good = signed(command).approvals[0]
        other = signed(replace(command, amount=101)).approvals[0]  # type: ignore[type-var]
        r, s, v = good[1:33], int.from_bytes(good[33:65], "big"), good[65]
        mirrored = r + (_HIGH - s).to_bytes(32, "big") + bytes([55 - v])
        compact = r + (s | (v - 27) << 255).to_bytes(32, "big")
        forms = [other, b"\0" + mirrored, b"\0" + compact, good[:-1], good + b"\0"]
        forms += [good[:65] + bytes([v - 27]), good[:65] + bytes([55 - v])]
        forms += [good[:1] + bytes(65), b"\0" + bytes([good[1] ^ 1]) + good[2:]]
        for form in forms:
            data = {**posted(command), "approvals": ["0x" + form.hex()]}
            [answer] = rig.intake.submit([Post(data, on_refusal="wait")])
            assert isinstance(answer, InvalidSignature), form.hex()
        assert _rows(rig) == 0

    def test_false_signature_is_seen_though_the_contract_would_refuse_for_more(
        self, rig: Rig
    ) -> None:
        rig.taken(rig.issue(2, 100, 1))
        late = rig.move(2, 3, 10**9, 1)
        data = {**posted(late), "approvals": ["0x00" + "11" * 65]}
        [answer] = rig.intake.submit([Post(data)])
        assert isinstance(answer, InvalidSignature)

    def test_key_that_is_asked_for_once_is_remembered(self, rig: Rig) -> None:
        asked: list[int] = []
        calls = rig.chain.calls
        signatures = rig.intake.signatures

        class Counting:
            def calls(self, questions: Sequence[object]) -> object:
                asked.append(len(questions))
                return calls(questions)  # type: ignore[arg-type]

        signatures._endpoint = Counting()  # type: ignore[assignment]
        rig.taken(rig.issue(2, 100, 1), rig.issue(3, 100, 2))
        rig.taken(rig.issue(2, 100, 3))
        assert asked == [1]
        signatures.forget()
        rig.taken(rig.issue(2, 100, 4))
        assert asked == [1, 1]

    def test_key_that_a_fork_gave_another_number_is_asked_for_before_a_signature_is_false(
        self, rig: Rig
    ) -> None:
        signatures = rig.intake.signatures
        rig.taken(rig.issue(2, 100, 1))
        [place] = signatures._keys
        signatures._keys[place] = (0, bytes(19) + b"\1")
        rig.taken(rig.issue(2, 100, 3), rig.issue(3, 100, 4))
        data = {**posted(rig.issue(2, 100, 5)), "approvals": ["0x00" + "11" * 65]}
        [answer] = rig.intake.submit([Post(data)])
        assert isinstance(answer, InvalidSignature)

    def test_signer_whom_nobody_knows_is_left_to_the_contract(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 1)
        data = {**posted(command), "approvals": ["0x05" + "11" * 65]}
        [answer] = rig.intake.submit([Post(data)])
        assert isinstance(answer, UnknownSigner)


class TestRefused:
    def test_refusal_comes_with_its_values_and_keeps_nothing(self, rig: Rig) -> None:
        [answer] = rig.submit(rig.move(2, 3, 7, 1))
        assert isinstance(answer, DepositShort)
        assert (answer.participant, answer.asked, answer.available) == (2, 7, 0)
        assert _rows(rig) == 0

    def test_deadline_is_at_most_seven_days_ahead_and_not_passed(self, rig: Rig) -> None:
        command = rig.issue(2, 1, 1)
        late = replace(command, deadline=rig.now - 1)  # type: ignore[type-var]
        far = replace(command, deadline=rig.now + 7 * DAY + 1)  # type: ignore[type-var]
        last = replace(command, deadline=rig.now + 7 * DAY)  # type: ignore[type-var]
        answers = rig.submit(late, far, last)
        assert [type(one) for one in answers] == [DeadlinePassed, DeadlineTooFar, Operation]

    def test_one_refused_command_does_not_touch_the_others(self, rig: Rig) -> None:
        answers = rig.submit(rig.issue(2, 5, 1), rig.move(3, 2, 7, 1), rig.move(2, 3, 5, 1))
        assert [type(one) for one in answers] == [Operation, DepositShort, Operation]

    def test_call_that_breaks_off_is_found_among_many(self, rig: Rig) -> None:
        commands = [rig.issue(2, 5, number) for number in range(9)]
        broken = commands[4]
        view = rig.chain.call

        def breaking(question: object) -> bytes:
            if broken.payment_reference in question.data:  # type: ignore[attr-defined]
                raise Reverted(b"")
            return view(question)  # type: ignore[arg-type]

        rig.intake._simulation._endpoint = type(
            "Breaking", (), {"calls": lambda _, asked: [_caught(breaking, one) for one in asked]}
        )()
        answers = rig.submit(*commands)
        assert [number for number, one in enumerate(answers) if isinstance(one, LedgerError)] == [4]
        assert isinstance(answers[4], CommandUnworkable)

    def test_dead_node_keeps_nothing_and_says_so(self, rig: Rig) -> None:
        class Dead:
            def calls(self, _: object) -> object:
                raise NodeUnreachable(url="x")

        rig.intake._simulation._endpoint = Dead()  # type: ignore[assignment]
        with pytest.raises(NodeUnreachable):
            rig.submit(rig.issue(2, 5, 1))
        assert _rows(rig) == 0


def _caught(ask: object, question: object) -> object:
    try:
        return ask(question)  # type: ignore[operator]
    except Reverted as reverted:
        return reverted


class TestTaken:
    def test_operation_says_everything_that_was_posted(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 2**200)
        [one] = rig.taken(command, external_reference="ERP-7")
        assert rig.outbox.find(one.id) == one
        assert one.id.startswith("op_")
        assert len(one.id) == 29
        assert one.nonce == (2**200).to_bytes(32, "big")
        assert (one.verb, one.desk, one.state) == ("issueDeposit", "Deposits", "accepted")
        assert (one.participant, one.deadline) == (1, command.deadline)
        assert (one.external_reference, one.accepted_wall) == ("ERP-7", rig.now)
        assert one.digest == rig.intake.signatures.digest(command)

    def test_same_command_again_is_the_same_operation(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 1)
        first, second = rig.submit(command, command)
        [third] = rig.submit(command)
        assert first == second == third
        assert _rows(rig) == 1

    def test_hundred_times_the_same_at_once_is_one(self, rig: Rig) -> None:
        answers = rig.submit(*[rig.issue(2, 100, 1)] * 100)
        assert {one.id for one in answers if isinstance(one, Operation)} == {answers[0].id}  # type: ignore[union-attr]

    def test_same_command_with_other_approvals_is_tried_in_each_form(self, rig: Rig) -> None:
        command = rig.issue(2, 100, 1)
        good = posted(command)
        unknown = {**good, "approvals": ["0x07" + "11" * 65]}
        twice = {**good, "approvals": [*good["approvals"], "0x07" + "11" * 65]}
        for posts in ([unknown, twice, good], [good, unknown]):
            answers = rig.intake.submit([Post(one) for one in posts])
            assert len({one.id for one in answers if isinstance(one, Operation)}) == 1
            assert all(isinstance(one, Operation) for one in answers)
        assert _rows(rig) == 1

    def test_two_commands_of_one_nonce_are_both_taken(self, rig: Rig) -> None:
        # Which of them takes effect the contract says; posted together the second sees the first.
        first, other = rig.issue(2, 100, 1), rig.issue(3, 100, 1)
        rig.taken(first)
        rig.taken(other)
        answers = rig.submit(rig.issue(2, 100, 2), rig.issue(3, 100, 2))
        assert [type(one) for one in answers] == [Operation, NonceUsed]

    def test_what_goes_along_is_written_in_the_same_transaction(self, rig: Rig) -> None:
        seen: list[object] = []

        def also(connection: Connection, answers: Sequence[object]) -> None:
            found = due_operations(connection, 9, wall=rig.now, latest=rig.now, is_again=False)
            seen.append((list(answers), found))

        posts = [Post(posted(rig.issue(2, 5, 1))), Post(None), Post(posted(rig.move(4, 2, 7, 1)))]
        answers = rig.intake.submit(posts, also)
        assert seen == [(answers, [answers[0]])]

        def failing(_: Connection, __: Sequence[object]) -> None:
            raise InvalidField(field="x", value=1, expected="list")

        with pytest.raises(InvalidField):
            rig.intake.submit([Post(posted(rig.issue(2, 5, 2)))], failing)
        assert _rows(rig) == 1

    def test_order_of_numbers_is_that_of_the_posts(self, rig: Rig) -> None:
        ids = [one.id for one in rig.taken(*[rig.issue(2, 5, one) for one in range(50)])]
        assert ids == sorted(ids)
        rig.skew -= 1_000
        [later] = rig.taken(rig.issue(2, 5, 99))
        assert later.id > ids[-1]

    def test_act_that_nobody_signs_is_kept_without_being_tried(self, rig: Rig) -> None:
        one, two = rig.intake.request([Act("settle", ([1, 2],)), Act("lapse", (7, []))])
        assert (one.digest, one.participant, one.nonce, one.deadline) == (None, 0, None, NEVER)
        assert (one.verb, two.verb) == ("settle", "lapse")
        assert rig.outbox.find(two.id) == two
        assert one.command == '{"ids":[1,2]}'


class TestDryRun:
    def test_nothing_is_kept_and_the_same_is_said(self, rig: Rig) -> None:
        known = rig.issue(2, 5, 1)
        rig.taken(known)
        commands = [known, rig.issue(2, 5, 2), rig.move(4, 2, 7, 1)]
        said = rig.intake.dry_run([Post(posted(one)) for one in commands] + [Post(None)])
        assert [type(one) for one in said] == [type(None), type(None), DepositShort, InvalidField]
        assert _rows(rig) == 1


class TestWaiting:
    def test_command_that_another_will_make_possible_waits_if_it_is_asked_to(
        self, rig: Rig
    ) -> None:
        rig.taken(rig.issue(2, 100, 1))
        moved = rig.move(2, 3, 100, 1)
        [refused] = rig.submit(moved)
        assert isinstance(refused, DepositShort)
        rig.taken(moved, on_refusal="wait")
        # Its own effect counts for the next one too.
        rig.taken(rig.move(3, 4, 100, 1), on_refusal="wait")

    def test_command_that_nothing_on_its_way_would_cure_is_refused(self, rig: Rig) -> None:
        rig.taken(rig.issue(2, 100, 1))
        [answer] = rig.submit(rig.move(2, 3, 101, 1), on_refusal="wait")
        assert isinstance(answer, DepositShort)
        assert answer.available == 100

    def test_others_that_are_refused_themselves_cure_nothing(self, rig: Rig) -> None:
        first = rig.issue(2, 100, 1)
        rig.taken(first)
        _relay(rig, rig.issue(3, 1, 1))  # under the same nonce
        [answer] = rig.submit(rig.move(2, 3, 100, 1), on_refusal="wait")
        assert isinstance(answer, DepositShort)


class TestTwice:
    def test_command_that_somebody_else_relayed_is_refused_until_it_was_read(
        self, rig: Rig
    ) -> None:
        command = rig.issue(2, 100, 1)
        _relay(rig, command)
        [answer] = rig.submit(command)
        assert isinstance(answer, NonceUsed)


def test_crash_before_the_commit_keeps_nothing_and_after_it_everything(rig: Rig) -> None:
    class Killed(BaseException):
        pass

    def killing(at: str) -> Callable[[str], None]:
        def strike(name: str) -> None:
            if name == at:
                raise Killed

        return strike

    command = rig.issue(2, 100, 1)
    kept_after = {"before simulate": 0, "after simulate": 0, "before accept": 0, "after accept": 1}
    for name, kept in kept_after.items():
        with crash_points.hook(killing(name)), pytest.raises(Killed):
            rig.submit(command)
        assert _rows(rig) == kept
    assert len(rig.taken(command)) == 1
    assert _rows(rig) == 1
