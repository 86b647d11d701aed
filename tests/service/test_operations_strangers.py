"""Commands that anybody copies into a transaction of his own: what he does changes no outcome."""

import pytest

from ledger.model.structs import Command
from ledger.store.database import Database
from tests.faults.acts import issue, move
from tests.service.following import follow
from tests.service.relay_desk import DEADLINE, Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    made = Desk(database)
    made.relay_as_stranger([issue(2, 1_000, 1, DEADLINE)])
    made.pass_block()
    return made


def paid(amount: int, nonce: int) -> Command:
    return move(2, 3, amount, nonce, DEADLINE)


@pytest.mark.parametrize("is_same_block", [True, False])
def test_strangers_refusal_behind_ours_does_not_hide_it(desk: Desk, *, is_same_block: bool) -> None:
    """It was the last refusal in what was read at once, so that ours was never tried again."""
    command = paid(1_500, 1)
    one = desk.accept(command)
    desk.relay([command], [one])
    if not is_same_block:
        desk.chain.mine()
    desk.relay_as_stranger([command])
    desk.pass_block()
    found = desk.find(one)
    assert (found.state, desk.code(one), found.tries) == ("accepted", "DepositShort", 1)
    assert found.next_try_wall == desk.now + 1


def test_command_that_took_effect_before_it_was_stored_is_done(desk: Desk) -> None:
    """It was refused for good as `NonceUsed`, so that its sender would have paid once more."""
    command = paid(10, 1)
    desk.relay_as_stranger([command])
    desk.pass_block()
    landed = desk.chain.head().number
    one = desk.accept(command)
    desk.relay([command], [one])
    desk.pass_block()
    found = desk.find(one)
    assert (found.state, desk.code(one), found.block) == ("done", None, landed)


def test_one_that_took_effect_before_it_was_stored_is_done_though_never_sent(desk: Desk) -> None:
    command = paid(10, 1)
    desk.relay_as_stranger([command])
    desk.pass_block()
    landed = desk.chain.head().number
    one, other = desk.accept(command), desk.accept(paid(10, 2))
    desk.pass_block(seconds=DEADLINE - desk.now)
    desk.pass_block()
    found = desk.find(one)
    assert (found.state, desk.code(one), found.block) == ("done", None, landed)
    assert (desk.find(other).state, desk.code(other)) == ("refused", "DeadlinePassed")


def test_block_of_its_effect_is_told_though_it_was_refused_before(desk: Desk) -> None:
    """That of the refusal was told, so that a fork behind it left the operation done."""
    command = paid(1_500, 1)
    desk.relay_as_stranger([command])
    desk.pass_block()
    desk.relay_as_stranger([issue(2, 500, 2, DEADLINE)])
    desk.pass_block()
    desk.relay_as_stranger([command])
    desk.pass_block()
    landed = desk.chain.head().number
    one = desk.accept(command)
    desk.relay([command], [one])
    desk.pass_block()
    assert (desk.find(one).state, desk.find(one).block) == ("done", landed)
    desk.chain.rollback(2)
    desk.chain.lose_pool()
    desk.chain.mine()
    follow(desk.follower)
    assert desk.find(one).state in ("accepted", "sent")
