"""The state in a database equals the state in memory, block by block, whatever the cache holds."""

import random
import typing
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ledger.store.database import Database
from ledger.store.dump import dump, dump_hash
from ledger.store.rows import _LISTS, _ROWS, VIEW_TABLES
from ledger.store.state import SqlState
from ledger.views import Entry, Projection, lineage_of
from ledger.views.money_rows import TurnBack
from ledger.views.row import replace
from ledger.views.state import State
from tests.databases import ENGINES, opened
from tests.event_streams import book_stream, by_block, scenario_stream

STREAMS = {"scenario": scenario_stream, "book": lambda: book_stream(3)}


def contents(state: State) -> dict[str, Any]:
    """Everything in a state, as plain dictionaries, lists and sets."""
    return {field.name: _plain(getattr(state, field.name)) for field in fields(State)}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(value)
    return set(value) if hasattr(value, "add") else value


def projection_on(state: SqlState) -> Projection:
    projection = Projection()
    projection.state = state
    return projection


def apply_block(database: Database, projection: Projection, block: Sequence[Entry]) -> bytes:
    state = projection.state
    assert isinstance(state, SqlState)
    with database.writing() as connection:
        state.begin(connection)
        for entry in block:
            projection.apply(entry)
        sealed = state.seal()
        state.flush()
    return sealed


def opened_state(database: Database, cache_rows: int) -> SqlState:
    with database.reading() as connection:
        return SqlState(connection, cache_rows=cache_rows)


def sealed_in_groups(database: Database, blocks: list[list[Entry]], size: int) -> list[bytes]:
    """The view hash after each block, with many blocks in one transaction; reopened after each."""
    sealed = []
    for start in range(0, len(blocks), size):
        with database.writing() as connection:
            state = SqlState(connection, cache_rows=10)
            projection = projection_on(state)
            for block in blocks[start : start + size]:
                for entry in block:
                    projection.apply(entry)
                sealed.append(state.seal())
            state.flush()
    return sealed


class TestRows:
    @pytest.mark.parametrize("name", STREAMS)
    @pytest.mark.parametrize("cache_rows", [1, 10, 40_000])
    def test_rows_equal_those_in_memory_after_every_block(
        self, database: Database, name: str, cache_rows: int
    ) -> None:
        blocks = by_block(STREAMS[name]())
        memory, stored = Projection(), projection_on(opened_state(database, cache_rows))
        for number, block in enumerate(blocks):
            for entry in block:
                memory.apply(entry)
            apply_block(database, stored, block)
            if number % 7 == 0 or number == len(blocks) - 1:
                with database.reading() as connection:
                    state = stored.state
                    assert isinstance(state, SqlState)
                    state.begin(connection)
                    assert contents(SqlState(connection)) == contents(memory.state)
                    assert contents(state) == contents(memory.state)

    def test_rows_equal_those_in_memory_before_they_are_written(self, database: Database) -> None:
        memory = Projection()
        with database.writing() as connection:
            state = SqlState(connection, cache_rows=10)
            stored = projection_on(state)
            for number, block in enumerate(by_block(scenario_stream())):
                for entry in block:
                    memory.apply(entry)
                    stored.apply(entry)
                state.seal()
                if number % 11 == 0:
                    assert contents(state) == contents(memory.state)
            assert contents(state) == contents(memory.state)

    def test_questions_of_a_projection_have_the_same_answers(self, database: Database) -> None:
        memory = Projection(scenario_stream())
        sealed_in_groups(database, by_block(scenario_stream()), 50)
        with database.reading() as connection:
            stored = projection_on(SqlState(connection))
            assert stored.offers() == memory.offers()
            for payable in memory.state.payables:
                assert stored.vouchers_of(payable) == memory.vouchers_of(payable)
                assert lineage_of(stored, payable=payable) == lineage_of(memory, payable=payable)
            for voucher in memory.state.vouchers:
                assert stored.recourse_of(voucher) == memory.recourse_of(voucher)
                assert stored.principal_left(voucher) == memory.principal_left(voucher)


class TestBlocks:
    @pytest.mark.parametrize("name", STREAMS)
    def test_hashes_do_not_depend_on_where_transactions_end(
        self, engine: str, tmp_path: Path, name: str
    ) -> None:
        blocks = by_block(STREAMS[name]())
        outcomes = []
        for size in (1, 7, len(blocks)):
            with opened(engine, tmp_path) as database:
                sealed = sealed_in_groups(database, blocks, size)
                with database.reading() as connection:
                    outcomes.append((sealed, b"".join(dump(connection))))
        assert outcomes[0] == outcomes[1] == outcomes[2]
        assert len(set(outcomes[0][0])) >= len(blocks) - 2  # hardly a block changes nothing

    def test_dumps_and_hashes_are_the_same_on_every_engine(self, tmp_path: Path) -> None:
        blocks, found = by_block(scenario_stream()), set()
        for engine in ENGINES:
            with opened(engine, tmp_path) as database:
                sealed_in_groups(database, blocks, 20)
                with database.reading() as connection:
                    found.add(dump_hash(connection))
        assert len(found) == 1

    def test_undone_block_leaves_nothing(self, database: Database) -> None:
        blocks = by_block(book_stream(3))
        sealed_in_groups(database, blocks[:-1], 10)
        with database.reading() as connection:
            before = dump_hash(connection)

        def fail() -> None:
            with database.writing() as connection:
                state = SqlState(connection)
                for entry in blocks[-1]:
                    projection_on(state).apply(entry)
                state.seal()
                state.flush()
                raise RuntimeError

        with pytest.raises(RuntimeError):
            fail()
        with database.reading() as connection:
            assert dump_hash(connection) == before

    def test_one_flipped_byte_changes_the_dump(self, database: Database) -> None:
        sealed_in_groups(database, by_block(book_stream(3)), 10)
        with database.writing() as connection:
            before = dump_hash(connection)
            connection.execute(text("UPDATE v_vouchers SET settled = settled + 1 WHERE depth = 1"))
            assert dump_hash(connection) != before


WIDEST = {"nonce": 2**256 - 1, "holidays": 2**256 - 1}


def extreme(kind: type) -> Any:
    """A row with the largest number that an event can carry in every field."""
    values: dict[str, Any] = {}
    for name, hint in typing.get_type_hints(kind).items():
        if isinstance(hint, type) and issubclass(hint, Enum):
            values[name] = list(hint)[-1]
        elif hint is bool:
            values[name] = True
        elif hint is int:
            values[name] = WIDEST.get(name, 2**64 - 1)
        else:
            values[name] = bytes(range(256)) if hint is bytes else ()
    return kind(**{name: values[name] for name in kind.__struct_fields__})


class TestWideNumbers:
    @pytest.mark.parametrize("field", [*_ROWS, *_LISTS])
    def test_largest_numbers_are_kept(self, database: Database, field: str) -> None:
        row = extreme(_ROWS[field][0] if field in _ROWS else _LISTS[field])
        keys = _ROWS[field][1] if field in _ROWS else ()
        with database.writing() as connection:
            state = SqlState(connection)
            rows = getattr(state, field)
            if keys:
                key = tuple(getattr(row, name) for name in keys)
                rows[key if len(key) > 1 else key[0]] = row
            else:
                rows.append(row)
            state.seal()
            state.flush()
        with database.reading() as connection:
            again = getattr(SqlState(connection), field)
            assert (list(again.values()) if keys else list(again)) == [row]

    def test_largest_values_are_kept(self, database: Database) -> None:
        with database.writing() as connection:
            state = SqlState(connection)
            state.deposits[1, 2] = state.issued[1] = 2**64 - 1
            state.holidays[1] = 2**256 - 1
            state.nonces.setdefault(1, set()).add(2**256 - 1)
            state.rules[1] = {"late_rate": 2**64 - 1, "rounded": True}
            state.seal()
            state.flush()
        with database.reading() as connection:
            state = SqlState(connection)
            assert (state.deposits[1, 2], state.issued[1]) == (2**64 - 1, 2**64 - 1)
            assert state.holidays[1] == 2**256 - 1
            assert list(state.nonces[1]) == [2**256 - 1]
            assert state.rules[1] == {"late_rate": 2**64 - 1, "rounded": True}


class TestCache:
    @pytest.mark.parametrize("cache_rows", [10, 100])
    def test_cache_holds_no_more_than_it_may_and_the_last_block(
        self, database: Database, cache_rows: int
    ) -> None:
        blocks = by_block(book_stream(3))
        state = opened_state(database, cache_rows)
        projection, most = projection_on(state), 0
        for block in blocks:
            apply_block(database, projection, block)
            most = max(most, state.cached_rows)
        touched = 4 * max(map(len, blocks))
        assert cache_rows // 4 < most <= cache_rows + 2 * touched
        assert state.cached_rows < 2 * cache_rows + 100


class TestInterface:
    def test_every_field_of_the_state_is_a_table_or_stands(self) -> None:
        standing = {"is_paused", "cost_given", "second", "block", "last", "digest", "taker_digest"}
        assert {field.name for field in fields(State)} == set(VIEW_TABLES) | standing

    @pytest.mark.parametrize("seed", range(4))
    def test_table_behaves_as_a_dictionary(self, database: Database, seed: int) -> None:
        dice = random.Random(seed)
        plain: dict[int, int] = {}
        with database.writing() as connection:
            state = SqlState(connection, cache_rows=dice.choice((1, 4, 100)))
            table = state.loan_on
            for _ in range(400):
                key, value = dice.randrange(12), dice.randrange(1000)
                match dice.randrange(9):
                    case 0 | 1 | 2:
                        plain[key] = table[key] = value
                    case 3:
                        assert table.pop(key, None) == plain.pop(key, None)
                    case 4:
                        assert table.get(key, 7) == plain.get(key, 7)
                    case 5:
                        assert (key in table) == (key in plain)
                        assert table.setdefault(key, value) == plain.setdefault(key, value)
                    case 6:
                        assert (len(table), dict(table.items())) == (len(plain), plain)
                        assert (sorted(table), bool(table)) == (sorted(plain), bool(plain))
                        assert sorted(table.values()) == sorted(plain.values())
                    case 7:
                        state.seal()
                    case 8:
                        state.seal()
                        state.flush()
            assert table == plain
            with pytest.raises(KeyError):
                table[99]
            with pytest.raises(KeyError):
                del table[99]
            with pytest.raises(TypeError):
                table.update({1: 1})

    def test_lists_know_their_ends(self, database: Database) -> None:
        entry = TurnBack(1, 2, 3, 4, 5)
        with database.writing() as connection:
            state = SqlState(connection)
            assert not state.turn_backs
            with pytest.raises(IndexError):
                state.turn_backs[-1]
            state.turn_backs.append(entry)
            state.turn_backs.append(replace(entry, price=9))
            state.turn_backs[-2] = replace(entry, price=8)
            state.seal()
            assert [one.price for one in state.turn_backs] == [8, 9]
            assert (len(state.turn_backs), state.turn_backs[-1].price) == (2, 9)
            with pytest.raises(IndexError):
                state.turn_backs[2]
