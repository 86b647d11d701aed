"""Many commands in one batch: each gets the answer that it would get behind the others."""

import json

import pytest

from ledger.model.errors import DepositShort, InvalidSignature
from ledger.model.errors.service import NodeUnreachable
from ledger.service.intake.intake import Post
from ledger.service.relaying.outbox import Operation
from tests.faults.acts import posted
from tests.service.rig import Rig


def _rows(rig: Rig) -> int:
    return sum(rig.outbox.counts().values())


def test_false_one_is_refused_and_changes_nothing_for_the_others(rig: Rig) -> None:
    rig.taken(rig.issue(2, 100, 99))
    rig.round()
    steal = {**posted(rig.move(2, 3, 100, 50)), "approvals": ["0x00" + "11" * 65]}
    good = [rig.move(2, 3, 10, nonce) for nonce in range(1, 11)]
    answers = rig.intake.submit([Post(steal), *(Post(posted(one)) for one in good)])
    assert isinstance(answers[0], InvalidSignature)
    assert all(isinstance(one, Operation) for one in answers[1:]), answers
    assert _rows(rig) == 11


def test_one_that_the_ledger_refuses_is_told_so(rig: Rig) -> None:
    moves = [rig.issue(2, 90, 70), *(rig.move(2, 3, 10, nonce) for nonce in range(1, 11))]
    answers = rig.submit(*moves)
    assert [type(one) for one in answers[:10]] == [Operation] * 10
    assert isinstance(answers[10], DepositShort)


def test_command_stands_where_it_came_first(rig: Rig) -> None:
    first, then = rig.issue(2, 100, 1), rig.move(2, 3, 100, 2)
    others = [rig.issue(3, 1, nonce) for nonce in range(3, 11)]
    answers = rig.submit(first, then, first, *others)
    assert all(isinstance(one, Operation) for one in answers), answers


def test_false_form_gives_a_command_no_place(rig: Rig) -> None:
    needs, brings = rig.move(2, 3, 100, 1), rig.issue(2, 100, 2)
    false = {**posted(needs), "approvals": ["0x00" + "11" * 65]}
    others = [Post(posted(rig.issue(3, 1, nonce))) for nonce in range(3, 11)]
    told, *answers = rig.intake.submit(
        [Post(false), Post(posted(brings)), Post(posted(needs)), *others]
    )
    assert isinstance(told, InvalidSignature)
    assert all(isinstance(one, Operation) for one in answers), answers
    brought, needing, *_ = answers
    assert brought.id < needing.id  # type: ignore[union-attr]


def test_false_ones_take_no_room_from_others(rig: Rig) -> None:
    """Commands see what stands in the same simulated batch, which has bounds."""
    brings, needs = rig.issue(2, 100, 1), rig.move(2, 3, 100, 2)
    large = ["0x" + f"{one:02x}" + "11" * 3_000 for one in range(16)]
    false = [
        Post({**posted(rig.issue(3, 1, nonce)), "approvals": large}) for nonce in range(60, 64)
    ]
    others = [Post(posted(rig.issue(3, 1, nonce))) for nonce in range(3, 13)]
    answers = rig.intake.submit([Post(posted(brings)), *false, Post(posted(needs)), *others])
    assert all(isinstance(one, InvalidSignature) for one in answers[1:5]), answers
    assert all(isinstance(one, Operation) for one in [answers[0], *answers[5:]]), answers


def test_false_form_of_a_known_command_is_refused(rig: Rig) -> None:
    [known] = rig.taken(rig.issue(2, 100, 1))
    false = {**posted(rig.issue(2, 100, 1)), "approvals": ["0x00" + "11" * 65]}
    fresh = [Post(posted(rig.issue(2, 1, nonce))) for nonce in range(2, 12)]
    first, second, *others = rig.intake.submit(
        [Post(false), Post(posted(rig.issue(2, 100, 1))), *fresh]
    )
    assert isinstance(first, InvalidSignature)
    assert isinstance(second, Operation)
    assert second.id == known.id
    assert all(isinstance(one, Operation) for one in others)


def test_right_form_behind_a_false_one_is_taken(rig: Rig) -> None:
    command = rig.issue(2, 100, 1)
    false = {**posted(command), "approvals": ["0x00" + "11" * 65]}
    fresh = [Post(posted(rig.issue(2, 1, nonce))) for nonce in range(2, 12)]
    first, second, *others = rig.intake.submit([Post(false), Post(posted(command)), *fresh])
    assert isinstance(first, InvalidSignature)
    assert isinstance(second, Operation)
    assert json.loads(second.signed)["approvals"] == posted(command)["approvals"]
    assert all(isinstance(one, Operation) for one in others)


def test_nothing_is_taken_where_the_node_is_gone(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.taken(rig.issue(2, 1, 99))  # its signer's key is known now

    def gone(_: object) -> None:
        raise NodeUnreachable(url="http://one")

    monkeypatch.setattr(rig.chain, "calls", gone)
    with pytest.raises(NodeUnreachable):
        rig.submit(*(rig.issue(2, 1, nonce) for nonce in range(1, 11)))
    assert _rows(rig) == 1


def test_dry_run_says_the_same(rig: Rig) -> None:
    false = {**posted(rig.issue(2, 5, 60)), "approvals": ["0x00" + "11" * 65]}
    posts = [Post(posted(rig.issue(2, 1, nonce))) for nonce in range(1, 11)]
    told = rig.intake.dry_run([*posts, Post(false), Post(posted(rig.move(3, 2, 9, 1)))])
    assert told[:10] == [None] * 10
    assert isinstance(told[10], InvalidSignature)
    assert isinstance(told[11], DepositShort)
    assert _rows(rig) == 0
