"""Rows in bulk: every text arrives as it is, on either engine."""

from dataclasses import replace

import pytest

from ledger.model.errors.store import DatabaseFailed
from ledger.store.access import FirstAnswer, add_answers, find_answers
from ledger.store.columns import Plain
from ledger.store.database import Database
from ledger.store.feed import add_events, events_after
from ledger.store.operations import Operation, add_operations, find_operation
from ledger.store.state import SqlState
from ledger.views.claim_rows import Hop, HopKind
from tests.cast import named

TEXTS = (
    "null", "NULL", "Null", "nil", "", " ", "a b", " a ", "a,b", "{}", "{a}", '"', '""', "\\",
    "\\n", "\\N", "a\tb\nc", "'", "%s", "?", ":a", "合同—１", "\u00a0", "\u3000x",
    "0", "t", "\U0001f600",
)  # fmt: skip


def _operation(number: int, reference: str | None) -> Operation:
    return Operation(
        id=f"op_{number:026}",
        digest=number.to_bytes(32, "big"),
        participant=2,
        nonce=bytes(32),
        verb="issue",
        desk="Issuance",
        call=b"\\x00,{}",
        command="{}",
        signed='{"a":"null"}',
        state="accepted",
        refusal=None,
        deadline=7,
        external_reference=reference,
        accepted_wall=1,
        updated_wall=1,
    )


@pytest.mark.parametrize("has_none", [False, True])
def test_reference_of_an_operation_is_kept_as_it_is(database: Database, has_none: bool) -> None:
    told = [*TEXTS, None] if has_none else list(TEXTS)
    operations = [_operation(number, one) for number, one in enumerate(told)]
    with database.writing() as connection:
        assert add_operations(connection, operations)
        again = [replace(operations[0], id="op_again"), _operation(999, "null")]
        assert not add_operations(connection, again)
    with database.reading() as connection:
        assert [find_operation(connection, one.id) for one in operations] == operations
        alone = find_operation(connection, f"op_{999:026}")
        assert alone is not None
        assert alone.external_reference == "null"


def test_answer_is_kept_under_its_client_s_key_as_it_is(database: Database) -> None:
    answers = [FirstAnswer(2, one, bytes(32), 202, f"op_{one}", one, 1) for one in TEXTS]
    with database.writing() as connection:
        assert add_answers(connection, answers)
    with database.reading() as connection:
        found = find_answers(connection, [(2, one) for one in TEXTS])
    assert [found[2, one] for one in TEXTS] == answers


@pytest.mark.parametrize("count", [1, 63, 64, 65, 319, 1_000, 2_100])
def test_every_row_goes_in_once_however_many_they_are(database: Database, count: int) -> None:
    rows = [_event(number) for number in range(1, count + 1)]
    with database.writing() as connection:
        add_events(connection, rows)
    with database.reading() as connection:
        found = events_after(connection, 0, limit=count + 1)
    assert [(one.seq, one.block, one.payable) for one in found] == [
        (row[0], row[2], row[-1]) for row in rows
    ]


@pytest.mark.parametrize("place", [0, 10, 70, 1_050, 1_099])
def test_a_number_beyond_two_to_the_63_is_no_hindrance_to_rows_before_it(
    database: Database, place: int
) -> None:
    """A row that only inserts was put in twice, and refused, where such a number came behind it."""
    hops = [_hop(number, 2**63 if number == place else 5) for number in range(1_100)]
    with database.writing() as connection:
        state = SqlState(connection)
        for one in hops:
            state.add_hop(one)
        state.seal()
        state.flush()
    with database.reading() as connection:
        assert list(SqlState(connection).hops[7]) == hops


def test_operations_that_are_known_are_left_out_of_many(database: Database) -> None:
    with database.writing() as connection:
        assert add_operations(connection, [_operation(50, None)])
        assert not add_operations(connection, [_operation(one, None) for one in range(100)])
        assert find_operation(connection, f"op_{99:026}") is not None


def test_a_number_beyond_two_to_the_63_is_told_where_none_belongs(database: Database) -> None:
    with pytest.raises((OverflowError, DatabaseFailed)), database.writing() as connection:
        add_events(connection, [(*_event(1)[:-1], 2**63)])


def _event(number: int) -> Plain:
    payable = number % 3 or None
    return (number, "VoucherCut", number // 7, 5, named("a"), ",1,", "{}", payable)


def _hop(number: int, price: int) -> Hop:
    place = {"start": number, "end": number + 1, "giver": 2, "taker": 3, "second": 9}
    return Hop(kind=HopKind.SALE, voucher=7 << 32 | 1, price=price, **place)
