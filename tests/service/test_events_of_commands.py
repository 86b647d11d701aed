"""Events of a command are found by the one that names it, and are those that say they are its."""

from itertools import chain as chain_of

import pytest
from sqlalchemy import text

from ledger.service.following.follower import Follower
from ledger.store.conditions import EVERYTHING
from ledger.store.database import Database
from ledger.store.feed import GONE_THROUGH_MOST, Wanted, look, of_commands
from ledger.store.tables.events import OWN
from ledger.views import telling
from tests.event_streams import book_stream, scenario_stream
from tests.service.following import feed, follow
from tests.service.recorded_chain import RecordedChain

STREAMS = {"scenario": scenario_stream, "book": lambda: book_stream(3)}


@pytest.mark.parametrize("stream", STREAMS)
def test_every_command_s_events_are_found(database: Database, stream: str) -> None:
    chain = RecordedChain.of(STREAMS[stream]())
    follow(Follower(database, chain, chain.deployment))
    told = feed(database)
    assert len(told) < GONE_THROUGH_MOST
    by_digest: dict[bytes, list[int]] = {}
    for one in told:
        if one.digest is not None:
            by_digest.setdefault(one.digest, []).append(one.seq)
    assert max(map(len, by_digest.values())) > 3
    with database.reading() as connection:
        for digest, seqs in by_digest.items():
            found = look(
                connection, 0, Wanted(of_commands(connection, [digest]), True), limit=1_000
            )
            assert [one.seq for one in found.events] == seqs
        every = look(
            connection, 0, Wanted(of_commands(connection, [*by_digest]), True), limit=9_000
        )
        assert [one.seq for one in every.events] == sorted(chain_of(*by_digest.values()))
        none = look(connection, 0, Wanted(of_commands(connection, []), True), limit=9)
        assert not none.events
        assert look(connection, 0, Wanted(EVERYTHING), limit=9_999).events == told


def test_index_has_the_kinds_that_name_a_command(database: Database) -> None:
    named = ", ".join(f"'{kind}'" for kind in sorted(telling._OWN))
    assert f"kind IN ({named})" == OWN
    with database.reading() as connection:
        assert connection.execute(text(f"SELECT count(*) FROM events WHERE {OWN}")).scalar() == 0
