"""Rows in bulk: every text arrives as it is, on either engine."""

from dataclasses import replace

import pytest

from ledger.store.access import FirstAnswer, add_answers, find_answers
from ledger.store.database import Database
from ledger.store.operations import Operation, add_operations, find_operation

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
