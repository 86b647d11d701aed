"""Webhooks whose endpoints change while blocks are read and messages delivered."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from threading import Thread
from typing import Any

import pytest

from ledger.model.errors.store import DatabaseBusy
from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower, Following
from ledger.service.records.keyring import Keyring
from ledger.service.running import crash_points
from ledger.service.webhooks import queue as webhook_queue
from ledger.service.webhooks.endpoints import Change
from ledger.service.webhooks.telling import Telling
from ledger.store import webhooks as rows
from ledger.store.cursor import setting
from ledger.store.database import Connection
from ledger.store.feed import last_seq
from tests.service.post_office import PostOffice
from tests.service.receiver import Say

ACME, BIRCH = 1, 2
PAGE = 2
_SECONDS = {"postgresql": 0.3, "sqlite": 0.02}
"""For what is done beside; whoever writes on SQLite is alone already."""


class Beside:
    """Does something beside, once, in the midst of a transaction, which gives it time to."""

    def __init__(self, office: PostOffice, act: Callable[[], object]) -> None:
        self._seconds = _SECONDS[office.stage.database.dialect]
        self._act = act
        self._thread: Thread | None = None
        self._failures: list[BaseException] = []

    def begin(self, *_: object) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._run)
            self._thread.start()
            self._thread.join(self._seconds)

    def end(self) -> None:
        assert self._thread is not None
        self._thread.join()
        assert self._failures == []

    def _run(self) -> None:
        try:
            self._act()
        except BaseException as failure:  # noqa: BLE001 -- looked at in the end
            self._failures.append(failure)


def _following(office: PostOffice, queue: Any) -> None:
    stage, site = office.stage, office.stage.site
    following = Following(wall=lambda: int(stage.now), queue=queue)
    stage.follower = Follower(site.database, site.endpoint, site.deployment, following=following)


def _follow_beside(office: PostOffice, beside: Beside) -> None:
    """Read a block as a service does; once its messages are queued something is done beside."""
    stage = office.stage
    keyring = Keyring(stage.database, MasterKeys(bytes(32)), lambda: int(stage.now))
    telling = Telling.of(stage.database, keyring, allows_loopback=True)

    def queue(connection: Connection, after: int, upto: int) -> None:
        telling.queue(connection, after, upto)
        beside.begin()

    _following(office, queue)
    office.issue()
    beside.end()


def _left(office: PostOffice) -> set[str]:
    """States of messages whose endpoint is not there, or is not enabled."""
    found = {one.row.id for one in office.webhooks.list(BIRCH) if one.row.state == "enabled"}
    return {one.state for one in office.rows() if one.endpoint not in found}


def _remove(office: PostOffice, id_: str) -> Callable[[], object]:
    return lambda: office.webhooks.remove(BIRCH, id_)


def _find_gone(office: PostOffice, id_: str) -> Callable[[], object]:
    """A message is queued, and its receiver says that nobody is there any more."""
    office.receiver.says.append(Say(410))
    office.webhooks.test(BIRCH, id_)
    return office.deliverer.step


@pytest.mark.parametrize("ending", [_remove, _find_gone])
class TestEnded:
    def test_endpoint_that_ends_while_a_block_is_read_keeps_no_message_queued(
        self, office: PostOffice, ending: Any
    ) -> None:
        id_, _ = office.endpoint(BIRCH)
        _follow_beside(office, Beside(office, ending(office, id_)))
        assert "queued" not in _left(office)

    @pytest.mark.parametrize("act", ["test", "replay"])
    def test_endpoint_that_ends_while_it_is_tried_keeps_no_message_queued(
        self, office: PostOffice, ending: Any, act: str
    ) -> None:
        office.issue()
        with office.stage.reading() as connection:
            last = last_seq(connection)
        id_, _ = office.endpoint(BIRCH)
        beside = Beside(office, ending(office, id_))
        asked = (1, last) if act == "replay" else ()
        getattr(office.webhooks, act)(BIRCH, id_, *asked, beside.begin)
        beside.end()
        assert "queued" not in _left(office)


@pytest.mark.parametrize(("status", "failures"), [(410, 0), (500, 0), (204, 1)])
def test_endpoint_that_is_removed_while_a_try_is_noted_holds_nobody_up(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch, status: int, failures: int
) -> None:
    """On PostgreSQL each waited for rows that the other had."""
    id_, _ = office.endpoint(BIRCH)
    office.webhooks.test(BIRCH, id_)
    office.receiver.says += [*[Say(500)] * failures, Say(status)]
    for _ in range(failures):
        office.deliverer.step()
        office.stage.now += 60
    beside = Beside(office, _remove(office, id_))
    for name in ("change_endpoint", "change_delivery"):
        monkeypatch.setattr(rows, name, _then(getattr(rows, name), beside))
    office.deliverer.step()
    beside.end()
    assert office.rows() == []
    assert _attempts(office) == 0


def _then(act: Any, beside: Beside) -> Any:
    """A change of a row, and then, unless a message is only taken, something beside."""

    def acted(*arguments: Any, **values: Any) -> None:
        act(*arguments, **values)
        if "tries" not in values:
            beside.begin()

    return acted


def _attempts(office: PostOffice) -> int:
    with office.stage.reading() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM webhook_attempts")
        return int(found.scalar_one())


def test_try_of_an_endpoint_that_was_removed_meanwhile_is_not_noted(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_, _ = office.endpoint(BIRCH)
    office.webhooks.test(BIRCH, id_)
    post = office.client.post

    def slow(*arguments: Any) -> Any:
        office.webhooks.remove(BIRCH, id_)
        return post(*arguments)

    monkeypatch.setattr(office.client, "post", slow)
    assert office.deliverer.step().delivered == 0
    assert _attempts(office) == 0


class TestBacklog:
    """The feed has gone further than messages are queued: others wait for one page at most."""

    @pytest.fixture
    def queued(self, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
        """Up to where all is queued, after each transaction about webhooks."""

        def look(point: str) -> None:
            if point in ("after hook", "after follow"):
                with office.stage.reading() as connection:
                    found.append(int(setting(connection, "webhook_seq") or 0))

        monkeypatch.setattr(webhook_queue, "_EVENTS_A_TIME", PAGE)
        office.endpoint(BIRCH, ["PayableIssued"])
        disabled, _ = office.endpoint(ACME)
        office.webhooks.change(ACME, disabled, Change(is_enabled=False))
        _following(office, None)
        found: list[int] = []
        with crash_points.hook(look):
            office.issue(4)
            yield found

    def _assert_pages(self, office: PostOffice, queued: list[int]) -> None:
        with office.stage.reading() as connection:
            last = last_seq(connection)
        assert queued[-1] == last
        assert last - queued[0] > 2 * PAGE
        steps = [after - before for before, after in pairwise(queued)]
        assert max(steps) == PAGE

    def test_deliverer_queues_page_after_page(self, office: PostOffice, queued: list[int]) -> None:
        assert office.work() == 4
        self._assert_pages(office, queued)

    def test_follower_leaves_the_rest_to_the_deliverer(
        self, office: PostOffice, queued: list[int]
    ) -> None:
        _following(office, Telling.of(
            office.stage.database, office.webhooks.keyring, allows_loopback=True
        ).queue)  # fmt: skip
        office.issue()
        assert office.work() == 5
        self._assert_pages(office, queued)

    @pytest.mark.parametrize("way", ["made", "enabled"])
    def test_endpoint_is_enabled_behind_all_pages(
        self, office: PostOffice, queued: list[int], way: str
    ) -> None:
        if way == "made":
            office.endpoint(ACME)
        else:
            [one] = office.webhooks.list(ACME)
            office.webhooks.change(ACME, one.row.id, Change(is_enabled=True))
        self._assert_pages(office, queued)
        assert len(office.rows()) == 4

    def test_endpoint_is_not_made_before_the_others_have_what_is_theirs(
        self, office: PostOffice, queued: list[int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(webhook_queue, "_PAGES_MAX", 1)
        with pytest.raises(DatabaseBusy):
            office.endpoint(ACME)
        assert len(office.webhooks.list(ACME)) == 1
        monkeypatch.setattr(webhook_queue, "_PAGES_MAX", 100)
        office.endpoint(ACME)
        self._assert_pages(office, queued)
