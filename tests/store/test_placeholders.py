"""Placeholders are translated as the driver does it, whatever was translated before."""

import pytest
from pg8000 import legacy

from ledger.store import placeholders
from ledger.store.placeholders import translate_once

STATEMENTS = [
    "SELECT 1",
    "SELECT a FROM b WHERE c = %s AND d = %s",
    "SELECT '%s %%', \"%s\" FROM b WHERE c = %s AND e %% %s = 0 -- %s\n AND f = %s",
    "INSERT INTO a VALUES (%s, E'it\\'s %s', $$ %s $$, %s::text)",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_translated_as_the_driver_does_it(statement: str) -> None:
    translate_once()
    for values in ([1, 2, 3], ("a", "b"), [1, 2, 3]):
        found = legacy.convert_paramstyle("format", statement, values)
        assert found == placeholders._walk("format", statement, values)


def test_names_are_left_to_the_driver() -> None:
    translate_once()
    for values in ({"one": 1, "two": 2}, {"one": 3, "two": 4}):
        found = legacy.convert_paramstyle("named", "SELECT :two, :one, :two", values)
        assert found == ("SELECT $1, $2, $1", (values["two"], values["one"]))


def test_a_statement_is_walked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    walked: list[str] = []
    honest = placeholders._walk

    def walk(style: str, statement: str, values: object) -> object:
        walked.append(statement)
        return honest(style, statement, values)

    monkeypatch.setattr(placeholders, "_walk", walk)
    translate_once()
    for value in range(3):
        legacy.convert_paramstyle("format", "SELECT %s AS walked_once", [value])
    assert walked == ["SELECT %s AS walked_once"]
