"""The window between door and back office: outcomes and refusals come back as they are."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Pipe
from threading import Thread
from typing import Any

import pytest

from ledger.model.errors import InvalidSignature, NodeUnreachable, ServiceBroken, ServiceBusy
from ledger.service.intake.first_answers import Accepted, Keyed, Outcome
from ledger.service.intake.intake import Post
from ledger.service.relaying.window import Window

WRITE = Keyed(2, "key", bytes(32), Post({"command": "MoveDeposit"}, "PO-1"))
WALL = 1_900_000_000


@contextmanager
def _between(submit: Callable[[Sequence[Keyed], int], Sequence[Outcome]]) -> Iterator[Window]:
    outside, inside = map(Window, Pipe())
    server = Thread(target=inside.serve, args=(submit,), daemon=True)
    server.start()
    yield outside
    outside.close()
    server.join(10)
    assert not server.is_alive()


def test_outcomes_come_back_in_their_order() -> None:
    heard: list[object] = []
    refusal = InvalidSignature(participant=1, signer=2)
    accepted = Accepted("op_1", '{"id":"op_1"}', is_replay=False)

    def submit(writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        heard.append((writes, wall))
        return [refusal, accepted]

    with _between(submit) as window:
        found = window.submit([WRITE, WRITE], WALL)
    assert heard == [([WRITE, WRITE], WALL)]
    assert found[1] == accepted
    assert isinstance(found[0], InvalidSignature)
    assert found[0].values == refusal.values


def test_what_taking_in_raises_is_raised_at_the_door() -> None:
    def submit(_: Sequence[Keyed], __: int) -> Sequence[Outcome]:
        raise NodeUnreachable(url="http://one")

    with _between(submit) as window:
        for _ in range(2):
            with pytest.raises(NodeUnreachable):
                window.submit([WRITE], WALL)


def test_fault_over_there_is_a_fault_of_the_service_and_the_window_stays_open() -> None:
    def submit(writes: Sequence[Keyed], _: int) -> Sequence[Outcome]:
        if writes[0].key == "key":
            raise ZeroDivisionError
        return []

    with _between(submit) as window:
        with pytest.raises(ServiceBroken):
            window.submit([WRITE], WALL)
        assert window.submit([Keyed(2, "other", bytes(32), WRITE.post)], WALL) == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_answer_that_cannot_travel_closes_the_window_and_leaves_nobody_waiting() -> None:
    def submit(_: Sequence[Keyed], __: int) -> Sequence[Any]:
        return [lambda: None]

    with _between(submit) as window:
        for _ in range(2):
            with pytest.raises(ServiceBusy):
                window.submit([WRITE], WALL)


def test_nobody_at_the_window_is_a_busy_service() -> None:
    outside, inside = map(Window, Pipe())
    inside.close()
    with pytest.raises(ServiceBusy):
        outside.submit([WRITE], WALL)


def test_many_threads_get_their_own_outcomes() -> None:
    def submit(writes: Sequence[Keyed], wall: int) -> Sequence[Outcome]:
        return [Accepted(one.key, str(wall), is_replay=False) for one in writes]

    found: dict[int, str] = {}

    def ask(window: Window, number: int) -> None:
        for _ in range(50):
            [outcome] = window.submit([Keyed(2, str(number), bytes(32), WRITE.post)], number)
            assert isinstance(outcome, Accepted)
            assert (outcome.operation, outcome.body) == (str(number), str(number))
        found[number] = "done"

    with _between(submit) as window:
        threads = [Thread(target=ask, args=(window, one)) for one in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert len(found) == len(threads)
