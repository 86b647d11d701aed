"""Webhook endpoints: each participant's own, their secrets told once and kept sealed."""

import json
import time
from collections import Counter
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks import WebhookVerificationError

from ledger.model.errors import (
    EventKindUnknown,
    LedgerError,
    ReplayTooLong,
    WebhookAddressRefused,
    WebhookDisabled,
    WebhooksTooMany,
    WebhookUnknown,
)
from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower, Following
from ledger.service.records.keyring import Keyring
from ledger.service.webhooks.endpoints import ENDPOINTS_MAX, REPLAY_MAX, Change, Webhooks
from ledger.service.webhooks.secrets import OVERLAP_SECONDS, WebhookSecrets
from ledger.service.webhooks.telling import Telling
from ledger.store import webhook_log
from ledger.store.database import Connection
from ledger.store.feed import last_seq
from tests.service.post_office import PostOffice
from tests.service.receiver import Say

BIRCH, CEDAR = 2, 3
URL = "https://hooks.example.com/in?key=s3cr3t-part"
ABSENT = "whk_01JDXW6K3Q8Z0V7M5T2R4N9BCD"


class TestCreate:
    @pytest.mark.parametrize("url", ["http://example.com/", "https://10.0.0.1/", "x", ""])
    def test_address_that_is_not_called_is_refused(self, office: PostOffice, url: str) -> None:
        with pytest.raises(WebhookAddressRefused):
            office.webhooks.create(BIRCH, url)
        id_, _ = office.endpoint(BIRCH)
        with pytest.raises(WebhookAddressRefused):
            office.webhooks.change(BIRCH, id_, Change(url=url))
        assert office.webhooks.find(BIRCH, id_).url == office.receiver.url

    def test_loopback_is_refused_where_the_installation_does_not_allow_it(
        self, office: PostOffice
    ) -> None:
        strict = Webhooks(office.stage.database, office.webhooks._secrets)
        with pytest.raises(WebhookAddressRefused):
            strict.create(BIRCH, office.receiver.url)

    @pytest.mark.parametrize("kind", ["Nonsense", "ItemRefused", "", "payableIssued"])
    def test_kind_that_nobody_is_told_of_is_refused(self, office: PostOffice, kind: str) -> None:
        with pytest.raises(EventKindUnknown):
            office.webhooks.create(BIRCH, URL, kinds=[kind])

    def test_participant_has_some_endpoints_and_no_more(self, office: PostOffice) -> None:
        for _ in range(ENDPOINTS_MAX):
            office.webhooks.create(BIRCH, URL)
        with pytest.raises(WebhooksTooMany):
            office.webhooks.create(BIRCH, URL)
        office.webhooks.create(CEDAR, URL)
        assert len(office.webhooks.list(BIRCH)) == ENDPOINTS_MAX

    def test_endpoint_is_shown_with_its_address_and_never_with_its_secret(
        self, office: PostOffice
    ) -> None:
        kinds = ["VoucherOffered", "PayoutOpened", "VoucherOffered"]
        made, secret = office.webhooks.create(BIRCH, URL, label="Treasury", kinds=kinds)
        assert secret.startswith("whsec_")
        found = office.webhooks.find(BIRCH, made.row.id)
        assert (found.url, found.row.label) == (URL, "Treasury")
        assert found.kinds == ["PayoutOpened", "VoucherOffered"]
        assert [one.row.id for one in office.webhooks.list(BIRCH)] == [made.row.id]
        assert secret[6:] not in repr(found)
        assert secret[6:] not in repr(office.webhooks._secrets.opened(found.row))

    def test_neither_address_nor_secret_stands_in_the_database(self, office: PostOffice) -> None:
        _, secret = office.webhooks.create(BIRCH, URL)
        with office.stage.reading() as connection:
            every = [
                repr(row)
                for table in ("webhook_endpoints", "webhook_deliveries", "settings", "r_keys")
                for row in connection.execute(text(f"SELECT * FROM {table}"))
            ]
        stored = "".join(every)
        assert every
        assert "s3cr3t" not in stored
        assert "example" not in stored
        assert secret[6:20] not in stored

    def test_endpoint_hears_of_nothing_that_was_told_before(self, office: PostOffice) -> None:
        office.issue()
        office.endpoint(BIRCH, ["PayableIssued"])
        office.work()
        assert office.told() == []
        office.issue()
        office.work()
        assert len(office.told()) == 1
        office.endpoint(BIRCH, ["PayableIssued"])
        office.work()
        assert len(office.told()) == 1


def _acts(office: PostOffice, id_: str) -> list[Any]:
    """Everything that can be asked about an endpoint."""
    webhooks = office.webhooks
    return [
        lambda who: webhooks.find(who, id_),
        lambda who: webhooks.change(who, id_, Change(label="x")),
        lambda who: webhooks.change(who, id_, Change(url=URL)),
        lambda who: webhooks.rotate(who, id_),
        lambda who: webhooks.test(who, id_),
        lambda who: webhooks.replay(who, id_, 1, 10),
        lambda who: webhooks.deliveries(who, id_),
        lambda who: webhooks.attempts(who, id_, "msg_x"),
        lambda who: webhooks.remove(who, id_),
    ]


class TestNeedToKnow:
    @pytest.mark.parametrize("act", range(9))
    def test_another_s_endpoint_looks_like_one_that_is_not_there(
        self, office: PostOffice, act: int
    ) -> None:
        id_, _ = office.endpoint(BIRCH)
        said: list[LedgerError] = []
        for one in (_acts(office, id_)[act], _acts(office, ABSENT)[act]):
            with pytest.raises(WebhookUnknown) as caught:
                one(CEDAR)
            said.append(caught.value)
        assert repr(said[0]) == repr(said[1])
        assert office.webhooks.find(BIRCH, id_).row.state == "enabled"
        assert office.webhooks.list(CEDAR) == []

    def test_replay_tells_nothing_that_does_not_concern_the_participant(
        self, office: PostOffice
    ) -> None:
        office.issue(2)
        with office.stage.reading() as connection:
            last = last_seq(connection)
        id_, _ = office.endpoint(CEDAR)
        count = office.webhooks.replay(CEDAR, id_, 1, last)
        assert count > 0
        office.work()
        kinds = {json.loads(one.body)["type"] for one in office.receiver.got}
        assert "PayableIssued" not in kinds
        assert len(office.told()) == count


class TestChange:
    def test_disabled_endpoint_hears_nothing_until_it_is_enabled_again(
        self, office: PostOffice
    ) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        office.webhooks.change(BIRCH, id_, Change(is_enabled=False))
        office.issue()
        for act in (
            lambda: office.webhooks.test(BIRCH, id_),
            lambda: office.webhooks.replay(BIRCH, id_, 1, 5),
        ):
            with pytest.raises(WebhookDisabled):
                act()
        office.webhooks.change(BIRCH, id_, Change(is_enabled=True))
        office.issue()
        office.work()
        assert len(office.told()) == 1

    def test_endpoint_that_was_gone_is_enabled_again(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        office.receiver.says.append(Say(410))
        office.issue()
        office.work()
        office.webhooks.change(BIRCH, id_, Change(is_enabled=True))
        office.issue()
        assert office.work() == 1

    def test_filter_and_label_are_changed(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayoutOpened"])
        office.issue()
        changed = office.webhooks.change(
            BIRCH, id_, Change(label="ERP", kinds=["PayableIssued"], url=office.receiver.url)
        )
        assert (changed.row.label, changed.kinds) == ("ERP", ["PayableIssued"])
        office.issue()
        assert office.work() == 1
        assert office.webhooks.change(BIRCH, id_, Change(kinds=[])).kinds == []

    def test_new_secret_stands_beside_the_old_one_for_a_day(self, office: PostOffice) -> None:
        office.stage.now = time.time()
        id_, old = office.endpoint(BIRCH)
        new = office.webhooks.rotate(BIRCH, id_)
        office.webhooks.test(BIRCH, id_)
        office.work()
        [got] = office.receiver.got
        assert got.verified(old) == got.verified(new)
        assert got.verified(new)["type"] == "WebhookTest"
        office.stage.now += OVERLAP_SECONDS
        hidden = office.webhooks._secrets.opened(office.webhooks.find(BIRCH, id_).row)
        assert hidden.signing(int(office.stage.now)) == (new,)
        newest = office.webhooks.rotate(BIRCH, id_)
        hidden = office.webhooks._secrets.opened(office.webhooks.find(BIRCH, id_).row)
        assert hidden.signing(int(office.stage.now)) == (newest, new)
        with pytest.raises(WebhookVerificationError):
            got.verified(newest)

    def test_removed_endpoint_leaves_nothing(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH)
        office.issue()
        office.work()
        office.webhooks.remove(BIRCH, id_)
        office.issue()
        office.work()
        with office.stage.reading() as connection:
            for table in ("endpoints", "deliveries", "attempts"):
                count = connection.execute(text(f"SELECT count(*) FROM webhook_{table}"))
                assert count.scalar() == 0


class TestReplay:
    def test_range_is_delivered_again_under_the_same_ids(
        self, office: PostOffice, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        office.issue(3)
        office.work()
        before = office.told()
        seqs = [one.seq or 0 for one in office.rows()]
        assert office.webhooks.replay(BIRCH, id_, seqs[1], seqs[2]) == 2
        assert office.work() == 2
        assert sorted(office.told()[3:]) == sorted(before)[1:]
        row, attempts = office.webhooks.attempts(BIRCH, id_, office.told()[-1])
        assert (row.tries, [one.number for one in attempts]) == (1, [1, 2])
        monkeypatch.setattr(webhook_log, "ATTEMPTS_TOLD", 1)
        _, [last] = office.webhooks.attempts(BIRCH, id_, office.told()[-1])
        assert last.number == 2

    def test_events_of_before_the_endpoint_can_be_asked_for(self, office: PostOffice) -> None:
        office.issue(2)
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        with office.stage.reading() as connection:
            last = last_seq(connection)
        assert office.webhooks.replay(BIRCH, id_, 1, last) == 2
        assert office.work() == 2

    def test_long_range_is_refused(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH)
        with pytest.raises(ReplayTooLong):
            office.webhooks.replay(BIRCH, id_, 1, 1 + REPLAY_MAX)
        assert office.webhooks.replay(BIRCH, id_, 10**9, 10**9 + REPLAY_MAX - 1) == 0
        assert office.webhooks.replay(BIRCH, id_, 9, 3) == 0


class TestLog:
    def test_messages_are_listed_newest_first_by_state_and_in_pages(
        self, office: PostOffice
    ) -> None:
        id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
        office.receiver.says.append(Say(400))
        office.issue(3)
        office.work()
        every = office.webhooks.deliveries(BIRCH, id_)
        seqs = [one.seq or 0 for one in every]
        assert seqs == sorted(seqs, reverse=True)
        assert len(office.webhooks.deliveries(BIRCH, id_, state="delivered")) == 2
        assert len(office.webhooks.deliveries(BIRCH, id_, state="queued")) == 1
        page = office.webhooks.deliveries(BIRCH, id_, before=every[0].id, limit=1)
        assert [one.id for one in page] == [every[1].id]

    def test_unknown_message_is_refused(self, office: PostOffice) -> None:
        id_, _ = office.endpoint(BIRCH)
        with pytest.raises(WebhookUnknown):
            office.webhooks.attempts(BIRCH, id_, "msg_x")


def test_endpoint_whose_seal_was_broken_keeps_nobody_else_waiting(office: PostOffice) -> None:
    id_, _ = office.endpoint(BIRCH, ["PayableIssued"])
    office.endpoint(BIRCH, ["PayableIssued"])
    with office.stage.database.writing() as connection:
        connection.execute(
            text("UPDATE webhook_endpoints SET sealed = :junk WHERE id = :id"),
            {"junk": b"\x01" * 60, "id": id_},
        )
    office.issue()
    assert office.work() == 1
    assert isinstance(office.webhooks._secrets, WebhookSecrets)


def test_endpoint_that_is_made_while_a_block_is_read_does_not_put_the_queue_back(
    office: PostOffice,
) -> None:
    stage, made, failed = office.stage, list[str](), list[BaseException]()
    keyring = Keyring(stage.database, MasterKeys(bytes(32)), lambda: int(stage.now))
    telling = Telling.of(stage.database, keyring, allows_loopback=True)

    def make() -> None:
        try:
            made.append(office.endpoint(BIRCH)[0])
        except BaseException as failure:  # noqa: BLE001 -- looked at below
            failed.append(failure)

    def queue(connection: Connection, after: int, upto: int) -> None:
        telling.queue(connection, after, upto)
        if not threads:
            threads.append(Thread(target=make))
            threads[0].start()
            threads[0].join(0.3)

    threads: list[Thread] = []
    office.endpoint(BIRCH)
    following = Following(wall=lambda: int(stage.now), queue=queue)
    site = stage.site
    stage.follower = Follower(site.database, site.endpoint, site.deployment, following=following)
    office.issue()
    threads[0].join()
    assert failed == []
    office.issue()
    found = Counter(one.endpoint for one in office.rows())
    assert found[made[0]] < max(found.values())
