"""Imports that have ended take no place of those under way, and are written when they change."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from ledger.model.commands import SetLimit
from ledger.service.imports import issuing as import_issuing
from ledger.service.imports.importing import Terms
from ledger.store import imports as rows
from tests.cast import CHECKER, MAKER
from tests.imports.world import ACME, READER, World, rows_of

MANY = 1_001


def signed(world: World, number: int = 2) -> str:
    id_ = world.previewed(rows_of(number))
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    return id_


def test_ended_imports_that_may_still_change_starve_none_under_way(quick_world: World) -> None:
    world = quick_world
    sealed = {"sealed_file": b"x", "sealed_meta": b"x"}
    with world.database.writing() as connection:
        for number in range(MANY):
            row = rows.new_import(f"imp_{number:05d}", 9, b"x", state="done", wall=1)
            digest = number.to_bytes(32, "big")
            row = replace(row, digest=digest, command="{}", deadline=2**40, refused=1, issued=1)
            rows.add_import(connection, row, sealed)
    assert world.run(signed(world), most=5) == "done"


def test_each_of_many_ended_imports_is_looked_at_in_turn(
    quick_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_issuing, "ENDED_A_STEP", 2)
    monkeypatch.setattr(import_issuing, "UNDER_WAY_A_STEP", 1)
    world, found = quick_world, [signed(quick_world) for _ in range(3)]
    assert [world.run(one) for one in found] == ["done"] * 3
    with world.database.writing() as connection:
        for one in found:
            rows.change(connection, one, ["done"], {"feed_epoch": 99})
    for _ in range(3):
        world.issuing.step()
    states = [world.shelf.find(ACME, one) for one in found]
    assert [(one.state, one.issued) for one in states] == [("done", 2)] * 3
    assert 99 not in {one.feed_epoch for one in states}


def test_an_import_is_written_only_where_something_of_it_changed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, id_ = world.chain.cast, signed(world, 3)
    world.turn()
    outstanding = cast.ledger.ask("Exposure", "exposureOf", ACME)[1]
    first = world.shelf.reading(ACME, id_).drafts[0].face
    cast.delta.act(SetLimit, obligor=ACME, amount=outstanding + first)
    assert world.run(id_) == "done"
    row = world.shelf.find(ACME, id_)
    assert row.refused == 2
    written: list[str] = []
    writing = import_issuing.writing

    @contextmanager
    def counted(database: Any, what: str) -> Iterator[Any]:
        written.append(what)
        with writing(database, what) as connection:
            yield connection

    monkeypatch.setattr(import_issuing, "writing", counted)
    cast.delta.act(SetLimit, obligor=ACME, amount=outstanding + 10**9)
    world.follow()  # others' events do not touch it
    for _ in range(3):
        world.issuing.step()
    assert written == []
    assert world.shelf.find(ACME, id_) == row
    world.issuing.retry(ACME, id_)
    assert world.run(id_) == "done"
    assert (world.shelf.find(ACME, id_).issued, world.shelf.find(ACME, id_).refused) == (3, 0)
