"""Deliveries: every event once or more under one id, later and later, whatever a receiver does."""

import json
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from standardwebhooks import WebhookVerificationError

from ledger.service.webhooks.client import Answered
from ledger.service.webhooks.deliverer import (
    ENDPOINTS_AT_ONCE,
    LEASE_SECONDS,
    MESSAGES_OF_EACH,
    SCHEDULE,
)
from ledger.service.webhooks.messages import BODY_MAX
from ledger.store import webhooks as rows
from ledger.store.cursor import cursor
from ledger.store.database import Connection
from ledger.store.feed import add_events, last_seq, participants_text
from ledger.store.webhook_log import AttemptRow, attempts_of
from tests.service.post_office import PostOffice
from tests.service.receiver import Say, receiving
from tests.service.stage import Killed, killing

ACME, BIRCH, CEDAR = 1, 2, 3


def _one(office: PostOffice, *says: Say) -> str:
    """One message to Birch, to which the receiver answers so; returns the secret."""
    _, secret = office.endpoint(BIRCH, ["PayableIssued"])
    office.receiver.says += says
    office.issue()
    return secret


def _attempts(office: PostOffice, id_: str) -> list[AttemptRow]:
    with office.stage.reading() as connection:
        return attempts_of(connection, id_)


class TestDelivered:
    def test_message_is_signed_and_says_what_the_feed_says(self, office: PostOffice) -> None:
        _one(office)
        assert office.work() == 1
        [got] = office.receiver.got
        assert got.headers["content-type"] == "application/json"
        said = json.loads(got.body)
        assert said["type"] == said["data"]["kind"] == "PayableIssued"
        assert said["data"]["data"]["face"] == "1000000.00"
        assert said["timestamp"] == said["data"]["time"]
        [row] = office.rows()
        assert (row.id, row.state, row.tries) == (got.id, "delivered", 1)
        [attempt] = _attempts(office, row.id)
        assert (attempt.number, attempt.status, attempt.problem) == (1, 204, None)

    def test_signature_is_the_library_s(self, office: PostOffice) -> None:
        office.stage.now = time.time()
        secret = _one(office)
        office.work()
        [got] = office.receiver.got
        assert got.verified(secret)["type"] == "PayableIssued"
        with pytest.raises(WebhookVerificationError):
            got.verified("whsec_" + "A" * 44)

    def test_each_hears_of_what_concerns_it_and_of_what_it_asked_for(
        self, office: PostOffice
    ) -> None:
        office.endpoint(BIRCH)
        office.endpoint(CEDAR)
        office.endpoint(ACME, ["BatchRecorded"])
        office.issue()
        office.work()
        told = [json.loads(one.body) for one in office.receiver.got]
        assert {one["type"] for one in told} == {"PayableIssued"}
        with office.stage.reading() as connection:
            assert len(told) == 1
            assert last_seq(connection) > 1

    def test_message_is_delivered_to_each_endpoint_of_a_participant(
        self, office: PostOffice
    ) -> None:
        first, second = (office.endpoint(BIRCH, ["PayableIssued"])[0] for _ in range(2))
        office.issue()
        assert office.work() == 2
        assert len(set(office.told())) == 2
        assert {one.endpoint for one in office.rows()} == {first, second}

    def test_event_that_is_large_is_told_by_its_place_alone(self, office: PostOffice) -> None:
        office.endpoint(BIRCH)
        with office.stage.database.writing() as connection:
            at, seq = cursor(connection), last_seq(connection) + 1
            data = json.dumps({"list": ["x" * 100] * 300})
            concerned = participants_text([BIRCH])
            row = (seq, "RulesSet", at.number, at.second, None, concerned, data, None)
            add_events(connection, [row])
        office.work()
        [got] = office.receiver.got
        assert len(got.body) < BODY_MAX
        said = json.loads(got.body)
        assert (said["data"]["seq"], said["data"]["data"]) == (seq, None)

    def test_whoever_is_offered_a_part_is_not_told_what_it_was_cut_from(
        self, office: PostOffice
    ) -> None:
        office.endpoint(BIRCH, ["PartOffered"])
        office.endpoint(CEDAR, ["PartOffered"])
        acts = office.stage.acts
        acts.offer(acts.cast.birch, acts.issue(), 1_000_00, acts.cast.cedar)
        office.stage.follow()
        office.work()
        told = [json.loads(one.body)["data"]["data"] for one in office.receiver.got]
        giver, taker = sorted(told, key=lambda data: data["whole"] is None)
        assert giver["whole"].startswith("V-")
        assert taker == {**giver, "whole": None}

    def test_event_that_concerns_the_participant_no_more_is_not_told(
        self, office: PostOffice
    ) -> None:
        """A row of the queue alone tells nobody anything."""
        _one(office)
        with office.stage.database.writing() as connection:
            connection.exec_driver_sql("UPDATE events SET participants = ',7,'")
        office.work()
        assert office.receiver.got == []
        assert [one.state for one in office.rows()] == ["dropped"]


class TestRetries:
    @pytest.mark.parametrize(
        ("say", "status", "problem"),
        [
            (Say(500), 500, "refused"),
            (Say(503), 503, "refused"),
            (Say(429), 429, "refused"),
            (Say(404), 404, "refused"),
            (Say(302, {"Location": "http://127.0.0.1:1/"}), 302, "redirected"),
            (Say(wait=1.5), None, "timeout"),
            (Say(raw=b"what?\r\n\r\n"), None, "broken"),
        ],
    )
    def test_message_that_was_not_taken_is_sent_again_under_the_same_id(
        self, office: PostOffice, say: Say, status: int | None, problem: str
    ) -> None:
        _one(office, say)
        assert office.work() == 0
        [row] = office.rows()
        assert (row.state, row.tries) == ("queued", 1)
        office.stage.now += 6
        assert office.work() == 1
        assert len(office.told()) == 2
        assert len(set(office.told())) == 1
        found = [(one.status, one.problem) for one in _attempts(office, row.id)]
        assert found == [(status, problem), (204, None)]

    def test_tries_come_later_and_later_and_end(self, office: PostOffice) -> None:
        _one(office, *[Say(400)] * 20)
        times: list[float] = []
        begun = office.stage.now
        for _ in range(40):
            before = len(office.receiver.got)
            office.work()
            if len(office.receiver.got) > before:
                times.append(office.stage.now - begun)
            [row] = office.rows()
            if row.state != "queued":
                break
            office.stage.now = max(office.stage.now + 1, row.next_try_wall)
        waits = [later - earlier for earlier, later in pairwise(times)]
        # Half of the jitter: the test's chance is always a half.
        assert waits == [int(one * 1.05) for one in SCHEDULE[1:]]
        assert [one.state for one in office.rows()] == ["failed"]
        assert len(office.receiver.got) == len(SCHEDULE)

    def test_receiver_says_how_long_to_wait(self, office: PostOffice) -> None:
        _one(office, Say(429, {"Retry-After": "120"}))
        office.work()
        office.stage.now += 100
        office.work()
        assert len(office.receiver.got) == 1
        office.stage.now += 30
        assert office.work() == 1

    def test_endpoint_in_trouble_rests_while_others_are_served(self, office: PostOffice) -> None:
        office.endpoint(BIRCH)
        with receiving() as other:
            office.webhooks.create(ACME, other.url)
            office.receiver.says += [Say(500)] * 3
            office.issue(10)
            office.work()
            assert len(office.receiver.got) == 1
            assert len(other.got) > 20
        office.stage.now += 5
        office.work()
        assert len(office.receiver.got) == 2
        office.stage.now += 6
        office.work()
        assert len(office.receiver.got) == 2
        office.stage.now += 5
        office.work()
        assert len(office.receiver.got) == 3
        office.stage.now += 21
        assert office.work() > 0
        office.stage.now += 400
        office.work()
        assert {one.state for one in office.rows()} == {"delivered"}

    def test_slow_receiver_takes_few_messages_at_a_time(self, office: PostOffice) -> None:
        office.endpoint(BIRCH, ["PayableIssued"])
        office.issue(MESSAGES_OF_EACH + 3)
        assert office.deliverer.step().tried == MESSAGES_OF_EACH
        assert office.deliverer.step().tried == 3

    def test_clock_that_was_set_back_does_not_keep_messages(self, office: PostOffice) -> None:
        _one(office, Say(500))
        office.work()
        office.stage.now -= 10 * 86_400
        assert office.work() == 1


class TestGone:
    def test_receiver_that_is_gone_ends_its_endpoint(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        office.receiver.says.append(Say(410))
        office.issue(3)
        office.work()
        assert len(office.receiver.got) == 1
        assert office.webhooks.find(BIRCH, id_).row.state == "gone"
        assert {one.state for one in office.rows()} == {"dropped"}
        office.issue()
        office.work()
        assert len(office.rows()) == 3


class TestKilled:
    @pytest.mark.parametrize(
        "point",
        [f"{when} {what}" for what in ("take", "post", "note") for when in ("before", "after")],
    )
    def test_message_is_delivered_whatever_dies_and_never_under_another_id(
        self, office: PostOffice, point: str
    ) -> None:
        _one(office)
        with killing(point):
            try:
                office.work()
            except Killed:
                office = PostOffice.on(office.stage, office.receiver)
        office.stage.now += LEASE_SECONDS + 1
        office.work()
        [row] = office.rows()
        assert row.state == "delivered"
        assert set(office.told()) == {row.id}
        assert 1 <= len(office.told()) <= 2

    @pytest.mark.parametrize("point", ["before follow", "after follow"])
    def test_messages_are_queued_with_the_block_or_not_at_all(
        self, office: PostOffice, point: str
    ) -> None:
        office.endpoint(BIRCH, ["PayableIssued"])
        office.stage.acts.issue(accepted=False)
        with pytest.raises(Killed), killing(point):
            office.stage.follow()
        with office.stage.reading() as connection:
            is_told = connection.exec_driver_sql(
                "SELECT count(*) FROM events WHERE kind = 'PayableIssued'"
            ).scalar()
        assert len(office.rows()) == is_told == (point == "after follow")
        office = PostOffice.on(office.stage, office.receiver)
        office.stage.follow()
        office.work()
        assert len(office.told()) == 1

    def test_message_that_was_taken_is_left_to_who_took_it(self, office: PostOffice) -> None:
        _one(office)
        taken = office.deliverer._take(int(office.stage.now))
        other = PostOffice.on(office.stage, office.receiver)
        assert len(taken) == 1
        assert other.deliverer.step().tried == 0
        office.stage.now += LEASE_SECONDS + 1
        assert other.deliverer.step().delivered == 1


class TestSlowReceivers:
    """Each answer takes ten seconds of the clock; another lane looks for work after each."""

    def _slow(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch, seconds: Sequence[int]
    ) -> None:
        other = PostOffice.on(office.stage, office.receiver)
        post, waits = office.client.post, iter(seconds)

        def slow(url: str, body: bytes, headers: Mapping[str, str]) -> Answered:
            answer = post(url, body, headers)
            office.stage.now += next(waits, 10)
            other.deliverer.step()
            return answer

        monkeypatch.setattr(office.client, "post", slow)

    def _many(self, office: PostOffice) -> int:
        """As many messages as one step takes at most."""
        for participant in (ACME, BIRCH) * (ENDPOINTS_AT_ONCE // 2):
            office.endpoint(participant, ["PayableIssued"])
        office.issue(MESSAGES_OF_EACH)
        return ENDPOINTS_AT_ONCE * MESSAGES_OF_EACH

    def test_step_ends_before_another_lane_may_take_what_it_has(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        count = self._many(office)
        self._slow(office, monkeypatch, ())
        begun = office.stage.now
        assert office.deliverer.step().tried == count
        assert office.stage.now - begun < LEASE_SECONDS / 2
        office.work()
        assert len(office.told()) == len(set(office.told())) == count
        assert {(one.state, one.tries) for one in office.rows()} == {("delivered", 1)}

    def test_lease_that_a_clock_put_on_has_ended_is_left_to_whoever_took_it(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        count = self._many(office)
        self._slow(office, monkeypatch, (LEASE_SECONDS,))
        office.work()
        # Only the one that was on its way when the clock was put on may come twice.
        assert len(set(office.told())) == count
        assert len(office.told()) <= count + 1


class TestPlantedBug:
    def test_message_that_counts_as_delivered_before_it_is_sent_is_found_to_be_lost(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What `test_message_is_delivered_whatever_dies` looks at tells the two apart."""
        change = rows.change_delivery

        def early(connection: Connection, id_: str, **values: object) -> None:
            if "tries" in values:
                values |= {"state": "delivered"}
            change(connection, id_, **values)

        monkeypatch.setattr(rows, "change_delivery", early)
        _one(office)
        with pytest.raises(Killed), killing("before post"):
            office.work()
        office = PostOffice.on(office.stage, office.receiver)
        office.stage.now += LEASE_SECONDS + 1
        office.work()
        assert [one.state for one in office.rows()] == ["delivered"]
        assert office.told() == []


class TestFork:
    def test_feed_that_was_wound_back_is_told_of(self, office: PostOffice) -> None:
        office.endpoint(CEDAR)
        before = office.stage.town.chain.head().hash
        office.issue()
        office.stage.town.rewind(before)
        for _ in range(4):
            office.stage.cast.lapse_of_seconds(1)
        office.stage.follow()
        office.work()
        assert [json.loads(one.body)["type"] for one in office.receiver.got] == ["ChainRewound"]


def test_what_ended_long_ago_is_forgotten(office: PostOffice) -> None:
    _one(office)
    office.work()
    office.stage.now += 36 * 86_400
    office.work()
    assert office.rows() == []


def test_nobody_who_listens_costs_no_transaction(office: PostOffice) -> None:
    office.issue()
    with killing("before hook"), killing("before take"):
        assert office.deliverer.step().tried == 0
