"""An import on a chain that was wound back: what was issued there is not, or is another's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.model.commands import IssuePayable
from ledger.service.imports.importing import Terms
from ledger.store.lists import EVERYTHING
from ledger.store.lists import rows_of as listed
from tests.cast import CHECKER, MAKER, named
from tests.databases import ENGINES, opened
from tests.imports.world import ACME, READER, Chain, World, rows_of
from tests.views_scenario import MATURITY


@pytest.fixture(params=ENGINES)
def forking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """On a chain of its own, of which nobody else misses a block."""
    with opened(request.param, tmp_path) as database:
        yield World(Chain(), database)


def head(world: World) -> bytes:
    return world.chain.endpoint.head().hash


def signed(world: World) -> str:
    """An import of two rows, signed."""
    id_ = world.previewed(rows_of(2))
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    return id_


def recorded(world: World) -> tuple[str, bytes]:
    """An import that the ledger has recorded, and the block in which it has."""
    id_ = signed(world)
    while world.shelf.find(ACME, id_).state != "issuing":
        world.turn()
    return id_, head(world)


def others_payables(world: World) -> None:
    """Payables of the other chain, which take the numbers."""
    cast = world.chain.cast
    cast.acme._next += 5_000
    for number in range(3):
        terms = {"to": cast.birch.id, "bank": cast.settlement_bank.id, "maturity": MATURITY}
        evidence = named(f"other {number}")
        cast.acme.act(IssuePayable, face=500_00 + number, evidence=evidence, invoices=(), **terms)


def go_on(world: World) -> None:
    """Follow the other chain, and let everything have its turns."""
    while not world.follower.step().is_caught_up:
        pass
    for _ in range(30):
        world.turn()
        world.chain.cast.lapse_of_seconds(20)


def told(world: World, id_: str) -> tuple[object, ...]:
    row = world.shelf.find(ACME, id_)
    return (row.state, row.issued, row.refused)


def expect_true(world: World, id_: str) -> None:
    """Each payable of the import is on the ledger as its row has it, and its reference names it."""
    with world.database.reading() as connection:
        faces = {one.id: one.face for one in listed(connection, "payables", EVERYTHING)}
    drafts, items = world.shelf.reading(ACME, id_).drafts, world.shelf.items(ACME, id_)
    assert [faces[one.payable or 0] for one in items] == [one.face for one in drafts]
    claimed = world.directory.references_claimed(ACME, [one.reference for one in drafts])
    assert [claimed[one.reference].payable for one in drafts] == [one.payable for one in items]


def test_import_done_on_a_lost_chain_names_the_payables_of_the_other(forking: World) -> None:
    id_, point = recorded(forking)
    assert forking.run(id_) == "done"
    forking.chain.rewind(point)
    others_payables(forking)
    go_on(forking)
    assert told(forking, id_) == ("done", 2, 0)
    assert min(one.payable or 0 for one in forking.shelf.items(ACME, id_)) > 3
    expect_true(forking, id_)


def test_import_done_before_its_record_was_lost_is_recorded_again(forking: World) -> None:
    id_, point = signed(forking), head(forking)
    assert forking.run(id_) == "done"
    forking.chain.rewind(point)
    others_payables(forking)
    while not forking.follower.step().is_caught_up:
        pass
    forking.issuing.step()
    assert told(forking, id_) == ("recording", 0, 0)
    assert [one.payable for one in forking.shelf.items(ACME, id_)] == [None, None]
    go_on(forking)
    assert told(forking, id_) == ("done", 2, 0)
    expect_true(forking, id_)


def test_import_past_its_deadline_on_the_other_chain_has_no_payables(forking: World) -> None:
    """The feed tells of payables that its rewind has declared void."""
    id_, point = recorded(forking)
    assert forking.run(id_) == "done"
    forking.chain.rewind(point)
    for _ in range(8):
        forking.chain.cast.lapse_of_seconds(86_400)
    go_on(forking)
    assert told(forking, id_) == ("failed", 0, 2)
    assert {one.payable for one in forking.shelf.items(ACME, id_)} == {None}
    assert forking.chain.cast.ledger.payable_count() == 0


def test_import_wound_back_twice_names_the_payables_of_the_last_chain(forking: World) -> None:
    id_, point = recorded(forking)
    shift = forking.chain.endpoint._shift
    for _ in range(2):
        go_on(forking)
        assert told(forking, id_) == ("done", 2, 0)
        forking.chain.rewind(point)
        forking.chain.endpoint._shift = shift
        others_payables(forking)
    go_on(forking)
    assert told(forking, id_) == ("done", 2, 0)
    expect_true(forking, id_)


def test_import_done_below_the_fork_keeps_its_payables(forking: World) -> None:
    id_, _ = recorded(forking)
    assert forking.run(id_) == "done"
    before, point = forking.shelf.items(ACME, id_), head(forking)
    others_payables(forking)
    forking.follow()
    forking.chain.rewind(point)
    forking.chain.cast.lapse_of_seconds(500)
    go_on(forking)
    payables = [one.payable for one in forking.shelf.items(ACME, id_)]
    assert (told(forking, id_), payables) == (("done", 2, 0), [one.payable for one in before])
    expect_true(forking, id_)


def test_import_signed_anew_on_the_other_chain_is_issued_by_its_new_rows(forking: World) -> None:
    """What proves the rows of the command that was lost proves none of the one after it."""
    id_, point = signed(forking), head(forking)
    assert forking.run(id_) == "done"
    forking.chain.rewind(point)
    for _ in range(8):
        forking.chain.cast.lapse_of_seconds(86_400)
    go_on(forking)
    assert told(forking, id_) == ("failed", 0, 2)
    forking.importing.reopen(ACME, id_)
    forking.importing.preview(ACME, id_, READER)
    command = forking.importing.prepare(ACME, id_, READER, Terms("all"))
    forking.signing.sign(ACME, id_, forking.approvals(command, MAKER, CHECKER))
    go_on(forking)
    assert told(forking, id_) == ("done", 2, 0)
    expect_true(forking, id_)
