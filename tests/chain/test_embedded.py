"""The chain in this process: what it answers, and that a journal brings it back to the bit."""

import subprocess
import sys

import pytest
from msgspec.structs import replace

from ledger.chain.codec import UNKNOWN_EVENT, Event
from ledger.chain.embedded import EmbeddedEndpoint, JournalEntry
from ledger.chain.endpoint import Answer, Question
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.transactions import Reverted
from ledger.model.errors import UnknownVoucher
from ledger.model.errors.service import BatchReverted, ChainMismatch, NodeFailed
from tests.cast import MORNING
from tests.chain.chains import embedded, founded, relayer_key

RELAY = "Relay"


class Stopped(BaseException):
    """The process ends here."""


@pytest.fixture(scope="module")
def journal() -> list[JournalEntry]:
    """The journal of a chain with the cast's ledger, and some acts on it."""
    kept: list[JournalEntry] = []
    chain = embedded(kept.append)
    ledger = founded(EndpointNode(chain, relayer_key()))
    chain.advance_to(MORNING + 5)
    with pytest.raises(BatchReverted):
        ledger.node.send(ledger.deployment.address(RELAY), b"\1\2\3\4")
    chain.tick()
    return kept


@pytest.fixture(scope="module")
def chain(journal: list[JournalEntry]) -> EmbeddedEndpoint:
    return embedded(entries=journal)


def every(chain: EmbeddedEndpoint, *addresses: str) -> list[Event]:
    """All events of some contracts, or of all."""
    return chain.logs(0, chain.head().number, addresses)


def _raw(nonce: int, data: bytes = b"") -> bytes:
    return relayer_key().sign(nonce, "0x" + "11" * 20, data, gas=100_000).raw


def test_journal_brings_the_same_chain_back(journal: list[JournalEntry]) -> None:
    one, two = embedded(entries=journal), embedded(entries=journal)
    assert one.head() == two.head()
    assert one.head().hash == journal[-1].hash
    assert one.blocks(0, 99) == two.blocks(0, 99)
    assert every(one) == every(two) != []
    hashes = [hash_ for block in one.blocks(0, 99) for hash_ in block.transactions]
    assert one.landed(hashes) == two.landed(hashes)
    last = one.landed(hashes)[-1]
    assert last is not None
    assert not last.is_done


@pytest.mark.parametrize("change", ["second", "hash", "raw"])
def test_journal_of_another_chain_is_refused(journal: list[JournalEntry], change: str) -> None:
    last = journal[-1]
    spoilt = {
        "second": JournalEntry(last.number, last.second + 1, last.raw, last.hash),
        "hash": JournalEntry(last.number, last.second, last.raw, bytes(32)),
        "raw": JournalEntry(last.number, last.second, _raw(len(journal) - 2), last.hash),
    }[change]
    with pytest.raises(ChainMismatch):
        embedded(entries=[*journal[:-1], spoilt])


@pytest.mark.parametrize("failure", [OSError("disk full"), Stopped()])
def test_block_that_cannot_be_written_down_is_not_made(failure: BaseException) -> None:
    kept: list[JournalEntry] = []
    is_broken = True

    def journal(entry: JournalEntry) -> None:
        if is_broken:
            raise failure
        kept.append(entry)

    chain = embedded(journal)
    before = chain.head()
    with pytest.raises(type(failure)):
        chain.send([_raw(0)])
    with pytest.raises(type(failure)):
        chain.advance_to(MORNING + 60)
    assert chain.head() == before
    assert chain.transaction_count(relayer_key().address) == 0
    is_broken = False
    assert [one.answer for one in chain.send([_raw(0), _raw(1)])] == [Answer.TAKEN] * 2
    assert embedded(entries=kept).head() == chain.head()


def test_each_transaction_gets_its_answer() -> None:
    chain = embedded()
    answers = chain.send([_raw(0), _raw(0), _raw(0, b"other"), _raw(5), b"junk", _raw(1)])
    assert [one.answer for one in answers] == [
        Answer.TAKEN,
        Answer.KNOWN,
        Answer.NONCE_LOW,
        Answer.FULL,
        Answer.REFUSED,
        Answer.TAKEN,
    ]
    assert chain.head().number == 2
    assert [one.transactions for one in chain.blocks(1, 9)] == [
        (answers[0].hash,),
        (answers[5].hash,),
    ]
    poor = relayer_key(secret=b"\7" * 32).sign(0, "0x" + "11" * 20, b"", gas=100_000)
    [refused] = chain.send([poor.raw])
    assert (refused.answer, "afford" in refused.message) == (Answer.REFUSED, True)


class TestTime:
    def test_blocks_follow_the_clock_and_never_stand_still(self) -> None:
        now = MORNING
        chain = embedded(clock=lambda: now)
        chain.send([_raw(0), _raw(1)])
        assert [one.second for one in chain.blocks(1, 2)] == [MORNING, MORNING + 1]
        now = MORNING + 100
        assert chain.tick().second == MORNING + 100
        now = MORNING - 5_000  # stepped back
        assert chain.tick().second == MORNING + 101

    def test_clock_that_was_moved_on_stays_so_after_a_restart(self) -> None:
        kept: list[JournalEntry] = []
        now = MORNING
        chain = embedded(kept.append, clock=lambda: now)
        chain.advance_to(MORNING + 86_400)
        chain.advance_to(MORNING + 50)  # no way back
        again = embedded(entries=kept, clock=lambda: now)
        now += 10
        for one in (chain, again):
            assert one.tick().second == MORNING + 86_410
        assert chain.head() == again.head()


class TestQuestions:
    def test_missing_blocks_and_transactions_are_none(self, chain: EmbeddedEndpoint) -> None:
        end = chain.head().number
        assert chain.block(end + 1) is None
        assert [one.number for one in chain.blocks(end - 1, end + 5)] == [end - 1, end]
        assert chain.landed([bytes(32)]) == [None]
        genesis = chain.block(0)
        assert genesis is not None
        assert genesis.transactions == ()
        assert [one.parent for one in chain.blocks(1, 1)] == [genesis.hash]

    def test_views_answer_and_refuse(self) -> None:
        chain = embedded()
        ledger = founded(EndpointNode(chain, relayer_key()))
        assert ledger.ask("Participants", "participantCount") == 8
        with pytest.raises(UnknownVoucher):
            ledger.voucher(7 << 32 | 1)
        relay = ledger.deployment.address(RELAY)
        answers = chain.calls([Question(relay, b"\1\2\3\4"), Question("0x" + "00" * 20, b"")])
        assert isinstance(answers[0], Reverted)
        assert answers[1] == b""
        starved = Question(ledger.deployment.address("Participants"), b"\1\2\3\4", gas=10)
        with pytest.raises(Reverted):
            chain.call(starved)
        assert chain.code(relay)
        assert chain.code("0x" + "22" * 20) == b""

    def test_event_without_a_meaning_is_told_of_named_contracts_alone(
        self, journal: list[JournalEntry]
    ) -> None:
        chain = embedded(entries=journal)
        number, found = next((one, some) for one, some in chain._events.items() if some)
        odd = replace(found[0], name=UNKNOWN_EVENT, values={"topics": (), "data": b""})
        chain._events[number] = (odd, *found[1:])
        assert odd not in every(chain)
        assert odd in every(chain, odd.contract)

    def test_events_are_those_of_the_contracts_that_are_named(
        self, journal: list[JournalEntry]
    ) -> None:
        chain = embedded(entries=journal)
        events = every(chain)
        homes = {event.contract for event in events}
        for home in homes:
            own = every(chain, home.upper().replace("0X", "0x"))
            assert own == [event for event in events if event.contract == home]
        assert every(chain, "0x" + "33" * 20) == []
        first, last = events[0].block, events[-1].block
        assert chain.logs(first, first, ()) + chain.logs(first + 1, last, ()) == events
        with pytest.raises(NodeFailed):
            chain.logs(0, chain.head().number + 1, ())


def test_hashes_of_the_engine_are_made_in_c() -> None:
    """Whatever is imported first: the library chooses once, when it is asked for the first hash."""
    told = "from eth_hash.auto import keccak; keccak(b''); print(keccak.hasher.__module__)"
    for first in ("ledger.chain.embedded", "tests.machine.blocks"):
        done = subprocess.run(
            [sys.executable, "-c", f"import {first}; {told}"],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "eth_hash.backends.pysha3\n", first
