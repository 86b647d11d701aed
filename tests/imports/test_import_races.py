"""Two requests on one import at a time: one of them is done, and the other is told so."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from threading import Event, get_ident
from typing import Any, Final

import pytest

from ledger.model.commands import SetLimit
from ledger.model.errors import ImportChanged, ImportStateWrong, RowsInvalid
from ledger.service.imports import importing
from ledger.service.imports import issuing as import_issuing
from ledger.service.imports.importing import Terms, Wishes
from ledger.service.imports.signing import _post
from ledger.service.running import crash_points
from ledger.store import imports as rows
from ledger.store.lists import EVERYTHING
from ledger.store.lists import rows_of as listed
from tests.cast import CHECKER, LINE, MAKER
from tests.imports.sheets import csv_of
from tests.imports.world import ACME, HEADER, READER, World, rows_of

ALL: Final = Terms("all")
SLOW: Final = 0.6
"""Seconds in which an act that nothing holds up is done."""
OTHER_SUMS: Final = Wishes({"amount": "另额"})
"""Another column as the amount: other sums than were shown before."""


@contextmanager
def at(point: str, act: Callable[[], object], number: int = 1) -> Iterator[None]:
    """Do something when a crash point is passed for the so many-th time."""
    passed = 0

    def strike(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == number:
            act()

    with crash_points.hook(strike):
        yield


@pytest.fixture
def aside() -> Iterator[Callable[..., "Future[Any]"]]:
    """Begin an act on a thread of its own, and let it go as far as it comes."""
    with ThreadPoolExecutor(1) as threads:

        def begin(act: Callable[..., Any], *given: Any) -> "Future[Any]":
            begun = threads.submit(act, *given)
            wait([begun], SLOW)
            return begun

        yield begin


class Held:
    """An act on an import that has opened it, and has not come to keep what it found."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]):
        read, opened, self._go_on = world.importing._read, Event(), Event()
        threads = ThreadPoolExecutor(1)

        def slowly(*given: Any) -> Any:
            found = read(*given)
            if get_ident() == own[0]:
                opened.set()
                self._go_on.wait(10)
            return found

        def begin() -> Any:
            own.append(get_ident())
            return act()

        own: list[int] = []
        monkeypatch.setattr(world.importing, "_read", slowly)
        self._done = threads.submit(begin)
        assert opened.wait(10)
        threads.shutdown(wait=False)

    def refusal(self) -> BaseException | None:
        """Let it go on; why it was refused."""
        self._go_on.set()
        return self._done.exception(10)


def two_sums() -> bytes:
    """A row that may be read with one sum or another."""
    row = ["", "2", "10.50", "2026-08-28", "6", "", "", "HT-1", "2000"]
    return csv_of([[*HEADER, "另额"], row]).encode()


def awaiting(world: World, data: bytes) -> str:
    """An import that waits for signatures."""
    id_ = world.previewed(data)
    world.importing.prepare(ACME, id_, READER, ALL)
    return id_


def both(world: World, id_: str) -> list[bytes]:
    return world.approvals(world.signing.command(ACME, id_), MAKER, CHECKER)


def failed(world: World, data: bytes) -> str:
    """An import whose payables were refused for a limit that is there again."""
    id_, delta = awaiting(world, data), world.chain.cast.delta
    world.signing.sign(ACME, id_, both(world, id_))
    world.turn()
    delta.act(SetLimit, obligor=ACME, amount=0)
    assert world.run(id_) == "failed"
    delta.act(SetLimit, obligor=ACME, amount=LINE)
    world.follow()
    return id_


def expect_shown(world: World, id_: str) -> int:
    """What is to be signed is what is shown; the number that a corrected command would have."""
    command = world.signing.command(ACME, id_)
    row, reading = world.shelf.find(ACME, id_), world.shelf.reading(ACME, id_)
    assert command.total == row.total == sum(one.face for one in reading.drafts)
    assert world.shelf.meta(ACME, id_).nonce == command.nonce
    return command.nonce


class TestPreview:
    def test_of_two_files_at_once_remembers_the_headings_of_one(
        self, world: World, monkeypatch: pytest.MonkeyPatch, aside: Callable[..., "Future[Any]"]
    ) -> None:
        one, other = world.previewed(rows_of(1)), world.previewed(rows_of(1))
        put, begun = rows.put_layout, list[Any]()

        def slowly(*given: Any, **more: Any) -> None:
            put(*given, **more)
            if not begun:
                begun.append(None)
                begun[0] = aside(world.importing.preview, ACME, other, READER)

        monkeypatch.setattr(rows, "put_layout", slowly)
        world.importing.preview(ACME, one, READER)
        assert begun[0].result(10).is_valid


class TestPrepare:
    def test_beside_a_preview_that_began_before_it_is_done_alone(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id_ = world.previewed(two_sums())
        preview = Held(
            world, monkeypatch, lambda: world.importing.preview(ACME, id_, READER, OTHER_SUMS)
        )
        refused = []
        with at("after import", lambda: refused.append(preview.refusal())):
            world.importing.prepare(ACME, id_, READER, ALL)
        assert [type(one) for one in refused] == [ImportChanged]
        first = expect_shown(world, id_)
        world.importing.reopen(ACME, id_)
        world.importing.preview(ACME, id_, READER, OTHER_SUMS)
        world.importing.prepare(ACME, id_, READER, ALL)
        assert expect_shown(world, id_) == first

    def test_is_not_done_once_a_preview_has_come_between(self, world: World) -> None:
        id_ = world.previewed(two_sums())
        between = at("after import", lambda: world.importing.preview(ACME, id_, READER, OTHER_SUMS))
        with pytest.raises(ImportChanged), between:
            world.importing.prepare(ACME, id_, READER, ALL)
        assert world.shelf.find(ACME, id_).state == "previewed"
        world.importing.prepare(ACME, id_, READER, ALL)
        expect_shown(world, id_)

    @pytest.mark.parametrize("is_tried", [False, True])
    def test_of_two_at_once_one_is_told_that_it_is_ready_and_not_of_its_own_references(
        self, world: World, monkeypatch: pytest.MonkeyPatch, is_tried: bool
    ) -> None:
        id_ = world.previewed(rows_of(2))
        if is_tried:
            terms = Terms("all", is_tried=True)
            tried = Held(
                world, monkeypatch, lambda: world.importing.prepare(ACME, id_, READER, terms)
            )
            world.importing.prepare(ACME, id_, READER, ALL)
            assert type(tried.refusal()) is ImportStateWrong
        else:
            between = at("after import", lambda: world.importing.prepare(ACME, id_, READER, ALL))
            with pytest.raises(ImportStateWrong), between:
                world.importing.prepare(ACME, id_, READER, ALL)
        expect_shown(world, id_)

    def test_of_two_files_at_once_with_one_reference_is_refused_for_the_later(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sooner = world.previewed(rows_of(1, 业务编号="RACE"))
        later = world.previewed(rows_of(1, 业务编号="ｒａｃｅ"))
        second = Held(world, monkeypatch, lambda: world.importing.prepare(ACME, later, READER, ALL))
        world.importing.prepare(ACME, sooner, READER, ALL)
        refusal = second.refusal()
        assert isinstance(refusal, RowsInvalid)
        assert refusal.values == {"count": 1}
        assert world.shelf.find(ACME, later).state == "previewed"
        [draft] = world.importing.preview(ACME, later, READER).drafts
        assert [one.code for one in draft.findings] == ["ReferenceUsed"]

    def test_of_two_that_began_at_once_keeps_one_number(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Both commands stand with numbers of their own otherwise, and both may be issued."""
        id_ = world.previewed(rows_of(2))
        second = Held(
            world,
            monkeypatch,
            lambda: world.importing.prepare(ACME, id_, READER, Terms("all", nonce=77)),
        )
        refused = []
        with at("after import", lambda: refused.append(second.refusal())):
            world.importing.prepare(ACME, id_, READER, ALL)
        assert [type(one) for one in refused] == [ImportChanged]
        assert expect_shown(world, id_) != 77


class TestSignatures:
    @pytest.mark.parametrize("step", ["cancel", "reopen", "prepare"])
    def test_that_are_tried_while_it_is_taken_back_are_not_taken_in(
        self, world: World, step: str
    ) -> None:
        id_ = awaiting(world, rows_of(2))
        digest = world.shelf.find(ACME, id_).digest or b""

        def take_back() -> None:
            world.importing.reopen(ACME, id_, cancel=step == "cancel")
            if step == "prepare":
                world.importing.prepare(ACME, id_, READER, ALL)

        told = []
        refusal = ImportChanged if step == "prepare" else ImportStateWrong
        with pytest.raises(refusal), at("after simulate", take_back):
            world.signing.sign(ACME, id_, both(world, id_), lambda _, row: told.append(row.state))
        assert (told, world.outbox.by_digests([digest])) == ([], {})
        state = {"cancel": "cancelled", "reopen": "previewed", "prepare": "awaiting_signatures"}
        assert world.shelf.find(ACME, id_).state == state[step]

    @pytest.mark.parametrize("point", ["after import", "after simulate"])
    def test_of_one_of_two_are_refused_once_it_was_reopened(self, world: World, point: str) -> None:
        id_ = awaiting(world, rows_of(2, 金额=60_000))
        command = world.signing.command(ACME, id_)
        reopened = at(point, lambda: world.importing.reopen(ACME, id_))
        with pytest.raises(ImportStateWrong), reopened:
            world.signing.sign(ACME, id_, world.approvals(command, MAKER))
        assert world.shelf.find(ACME, id_).refusal is None

    def test_that_another_was_faster_with_are_answered_as_it_stands(self, world: World) -> None:
        id_ = awaiting(world, rows_of(2))
        given, told = both(world, id_), []

        def faster() -> None:
            world.signing.sign(ACME, id_, given)
            world.run(id_)

        with at("after simulate", faster):
            row = world.signing.sign(ACME, id_, given, lambda _, row: told.append(row))
        assert (row.state, told) == ("done", [row])

    def test_given_while_it_is_reopened_leave_none_for_the_next_command(
        self, world: World, monkeypatch: pytest.MonkeyPatch, aside: Callable[..., "Future[Any]"]
    ) -> None:
        id_ = awaiting(world, rows_of(2, 金额=60_000))
        [maker], add, begun = (
            world.approvals(world.signing.command(ACME, id_), MAKER), rows.add_approval, [],
        )  # fmt: skip

        def slowly(*given: Any, **more: Any) -> None:
            if not begun:
                begun.append(aside(world.importing.reopen, ACME, id_))
            add(*given, **more)

        monkeypatch.setattr(rows, "add_approval", slowly)
        with pytest.raises(ImportStateWrong), at("after import", lambda: begun[0].result(10)):
            world.signing.sign(ACME, id_, [maker])
        world.importing.prepare(ACME, id_, READER, ALL)
        with world.database.reading() as connection:
            assert rows.approvals_of(connection, id_) == ()


class TestReopening:
    def test_while_it_is_signed_is_one_of_both(
        self, world: World, monkeypatch: pytest.MonkeyPatch, aside: Callable[..., "Future[Any]"]
    ) -> None:
        id_ = awaiting(world, rows_of(2))
        given, give_back, begun = both(world, id_), importing.give_back, []

        def slowly(*taken: Any) -> None:
            give_back(*taken)
            begun.append(aside(world.signing.sign, ACME, id_, given))

        monkeypatch.setattr(importing, "give_back", slowly)
        assert world.importing.reopen(ACME, id_).state == "previewed"
        assert type(begun[0].exception(10)) is ImportStateWrong
        assert world.shelf.find(ACME, id_).state == "previewed"
        with world.database.reading() as connection:
            assert list(listed(connection, "batches", EVERYTHING)) == []

    def test_is_refused_while_its_command_is_on_its_way_from_another_door(
        self, world: World
    ) -> None:
        id_ = awaiting(world, rows_of(2))
        given = both(world, id_)
        world.signing._intake.submit([_post(world.signing.command(ACME, id_), given)])
        for is_cancelled in (False, True):
            with pytest.raises(ImportStateWrong):
                world.importing.reopen(ACME, id_, cancel=is_cancelled)
        world.signing.sign(ACME, id_, given)
        assert world.run(id_) == "done"


class TestRetrying:
    def test_twice_at_once_asks_for_each_payable_once(
        self, world: World, monkeypatch: pytest.MonkeyPatch, aside: Callable[..., "Future[Any]"]
    ) -> None:
        id_ = failed(world, rows_of(2))

        def other() -> None:
            world.issuing.retry(ACME, id_)
            world.issuing.step()

        begun = _beside_losses(monkeypatch, lambda: aside(other))
        world.issuing.retry(ACME, id_)
        assert type(begun[0].exception(10)) is ImportStateWrong
        assert (world.issuing.step(), world.issuing.step()) == (2, 0)

    def test_beside_another_import_of_the_same_references_is_one_of_both(
        self, world: World, monkeypatch: pytest.MonkeyPatch, aside: Callable[..., "Future[Any]"]
    ) -> None:
        data = rows_of(1)
        id_, other = failed(world, data), world.previewed(data)
        begun = _beside_losses(
            monkeypatch, lambda: aside(world.importing.prepare, ACME, other, READER, ALL)
        )
        world.issuing.retry(ACME, id_)
        assert type(begun[0].exception(10)) is RowsInvalid


def _beside_losses(
    monkeypatch: pytest.MonkeyPatch, begin: Callable[[], "Future[Any]"]
) -> list["Future[Any]"]:
    """Begin something when a retry has looked at what it may ask for, and not asked yet."""
    begun, lost = [], import_issuing._lost

    def slowly(*given: Any) -> set[int]:
        found = lost(*given)
        if not begun:
            begun.append(begin())
        return found

    monkeypatch.setattr(import_issuing, "_lost", slowly)
    return begun
