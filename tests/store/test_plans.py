"""What is asked at every step goes through what is open, and never through all that ever was."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from api.access_log import READS
from api.batches import BATCHES
from api.deposits import MOVEMENTS
from api.lists import Listing
from api.need_to_know import Sight
from api.operations import OPERATIONS
from api.reading import Reading
from api.vouchers import VOUCHERS
from ledger.model.states import Role
from ledger.store import following, imports, operations, relaying
from ledger.store.cursor import NOWHERE
from ledger.store.database import Connection, Database
from ledger.store.feed import Wanted, add_events, look, of_commands
from ledger.store.lists import AllOf, AnyOf, Condition, Is, Named, OfEach, page
from tests.databases import database_url

KEY = "0x" + "5" * 40
ASKED: dict[str, Callable[[Connection], object]] = {
    "standing": lambda it: relaying.standing(it, KEY, wall=1, latest=2, pause="paused"),
    "open": lambda it: relaying.open_transactions(it, KEY, below=9),
    "failed": lambda it: relaying.failed_transactions(it, KEY),
    "ended": lambda it: following.ended_between(it, 1, 2),
    "next nonce": lambda it: relaying.next_nonce(it, KEY),
    "new": lambda it: operations.due_operations(it, 9, wall=1, latest=2, is_again=False),
    "issues named": lambda it: list(imports.issues_named(it, 2, ("a", "b"), verb="issue")),
    "again": lambda it: operations.due_operations(it, 9, wall=1, latest=2, is_again=True),
}

_WALKED = re.compile(
    r"SCAN (?!CONSTANT)(\w+)|transactions USING INDEX \w+ \(key_address=\?\)"
    r"|operations USING INDEX \w+ \(participant=\?\)"
)
"""A whole table, all that one key ever sent, or all that one participant ever asked for."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with database_url("sqlite", tmp_path) as url, closing(Database.open(url)) as found:
        yield found


@pytest.mark.parametrize("name", ASKED)
def test_nothing_is_walked_through(database: Database, name: str) -> None:
    with database.reading() as connection:
        plan = _plan(connection, ASKED[name])
    assert plan
    assert [line for line in plan if _WALKED.search(line)] == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM operations WHERE verb = 'pay'",
        "SELECT raw FROM transactions WHERE key_address = '0x' AND gas > 5",
        "SELECT id FROM operations WHERE participant = 2 AND verb = 'pay'",
    ],
)
def test_walk_is_noticed(database: Database, statement: str) -> None:
    with database.reading() as connection:
        plan = _plan(connection, lambda it: it.exec_driver_sql(statement))
    assert any(_WALKED.search(line) for line in plan)


_KNOWN = "SEARCH events USING INDEX ix_events_payable_seq (payable=? AND seq>? AND seq<?)"
_PASSED = "SEARCH events USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
_OF_BLOCK = "SEARCH events USING INDEX ix_events_block (block=? AND rowid>? AND rowid<?)"
_OF_COMMANDS = AllOf((Is("digest", (bytes(32),)), Is("block", (1, 3))))
_OWED = OfEach("payable", "payables", "id", Is("obligor", (1,)))


@pytest.mark.parametrize(
    ("where", "is_known", "way"),
    [
        (Is("payable", (7,)), True, _KNOWN),
        (Is("payable", (7, 8)), True, _KNOWN),
        (Is("kind", ("PayableIssued",)), False, _PASSED),
        (Named("participants", 3), False, _PASSED),
        (_OWED, False, _PASSED),
        (_OF_COMMANDS, True, _OF_BLOCK),
        (AnyOf((_OF_COMMANDS, Is("payable", (7,)))), True, _OF_BLOCK),
        (AnyOf((_OF_COMMANDS, Is("payable", (7,)))), True, _KNOWN),
    ],
)
def test_page_of_events_goes_through_no_more_than_its_numbers(
    database: Database, where: Condition, is_known: bool, way: str
) -> None:
    with database.writing() as connection:
        add_events(connection, [(1_000_000, "LimitSet", 1, 1, None, ",1,", "{}", None)])
    with database.reading() as connection:
        plan = _plan(connection, lambda it: look(it, 0, Wanted(where, is_known), limit=50))
    assert way in plan
    assert [line for line in plan if _WALKED.search(line)] == []


def test_commands_are_looked_up_by_the_index_of_those_events_that_name_one(
    database: Database,
) -> None:
    with database.reading() as connection:
        plan = _plan(connection, lambda it: of_commands(it, [bytes(32), b"1" * 32]))
    assert [line for line in plan if "ix_events_digest (digest=?)" in line] != []
    assert [line for line in plan if _WALKED.search(line)] == []


_OWN = {3: Role.SUPPLIER, 1: Role.ISSUER, 9: Role.REGULATOR}


@pytest.mark.parametrize(
    ("listing", "own", "asked", "way"),
    [
        (VOUCHERS, 3, {"overdue": True}, "v_payables USING INTEGER PRIMARY KEY (rowid=?)"),
        (VOUCHERS, 3, {"overdue": False}, "v_payables USING INTEGER PRIMARY KEY (rowid=?)"),
        (VOUCHERS, 3, {"maturity_to": "2026-08-28"}, "v_payables USING INTEGER PRIMARY KEY"),
        (MOVEMENTS, 3, {}, "v_movements USING INDEX ix_v_movements_giver_place (giver=?"),
        (BATCHES, 1, {}, "v_batches USING INDEX ix_v_batches_obligor_digest (obligor=?"),
        (OPERATIONS, 3, {"external_reference": "PO-1"}, "(reference_key=? AND participant=?"),
        (READS, 9, {"operation": "readLoan"}, "ix_access_log_operation_seq (operation=?"),
    ],
)
def test_page_of_a_list_goes_through_what_its_reader_has(
    database: Database, listing: Listing, own: int, asked: dict[str, Any], way: str
) -> None:
    context: Any = None
    with database.reading() as connection:
        opened = Reading(context, connection, context, Sight(own, _OWN[own]), NOWHERE, "en")
        where = listing.where(opened, listing.filters(**asked))
        plan = _plan(connection, lambda it: page(it, listing.view, where, after=(9,), most=51))
    assert [line for line in plan if way in line]
    assert [line for line in plan if _WALKED.search(line) or "(rowid<?)" in line] == []


def _plan(connection: Connection, ask: Callable[[Connection], object]) -> list[str]:
    """How SQLite means to answer what is asked, step by step."""
    asked: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", hear)
    ask(connection)
    event.remove(connection, "before_cursor_execute", hear)
    return [
        str(row[3])
        for statement, values in asked
        for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
    ]
