"""A service that runs does what time brings, and tells participants of it."""

import json
import time
from collections.abc import Callable, Iterator

import pytest

from ledger.chain.typed_data import keccak
from ledger.model.commands import InvoiceUse, IssuePayable
from ledger.model.errors import SettingInvalid
from ledger.model.states import Duty
from ledger.service.party import Party
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings, settings_from
from tests.service.receiver import Receiver, receiving

DAY = 86_400
CORE, A = 1, 2


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def service(url: str) -> Iterator[Service]:
    found = Service.open(Settings(database=url, webhook_loopback=True))  # type: ignore[arg-type]
    yield found
    found.stop()


def _await(is_so: Callable[[], bool], seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.02)


def _core(service: Service) -> Party:
    keys = {0: evaluation_key("core", Duty.MAKER), 1: evaluation_key("core", Duty.CHECKER)}
    return Party(service.ledger, list(CAST).index("core") + 1, keys)


def _issue(service: Service) -> None:
    """A payable that nobody accepts."""
    _core(service).act(
        IssuePayable,
        to=A,
        bank=5,
        face=10**9,
        maturity=service.ledger.today + 90,
        evidence=keccak(b"contract"),
        invoices=(InvoiceUse(keccak(b"invoice"), 10**9, 10**9),),
    )


def test_clock_that_is_moved_on_lapses_an_offer_and_the_webhook_tells_of_it(
    service: Service, receiver: Receiver
) -> None:
    assert service.telling is not None
    _issue(service)  # before the service's own relayer uses the same key
    service.telling.webhooks.create(A, receiver.url, kinds=["PayableCancelled"])
    service.start()
    service.clock.advance_to(service.now + 11 * DAY)
    _await(lambda: bool(receiver.got))
    [got] = receiver.got
    said = json.loads(got.body)
    assert (said["type"], said["data"]["data"]["payable_id"]) == ("PayableCancelled", "P-1")
    assert service.ledger.payable(1)["state"] == 4
    assert service.clock.ahead >= 11 * DAY - 60
    assert service.stop()


def test_webhooks_to_this_machine_are_refused_on_a_network() -> None:
    with pytest.raises(SettingInvalid):
        settings_from(
            {
                "FENBOOK_NODES": "http://one:8545",
                "FENBOOK_DEPLOYMENT": "manifest.json",
                "FENBOOK_RELAYER_KEYS": "11" * 32,
                "FENBOOK_WEBHOOK_LOOPBACK": "yes",
            }
        )
    assert settings_from({"FENBOOK_WEBHOOK_LOOPBACK": "yes"}).webhook_loopback
    assert not settings_from({}).webhook_loopback
