"""Whatever dies, and whenever: each payable of a signed import is issued once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ledger.service.imports.importing import Terms
from ledger.service.running import crash_points
from tests.cast import CHECKER, MAKER
from tests.imports.world import ACME, READER, World, rows_of

POINTS = [
    *(("import", number) for number in range(1, 7)),
    *((name, number) for name in ("accept", "pack", "send", "follow") for number in (1, 2)),
]


class Killed(BaseException):
    """The process dies here."""


@contextmanager
def killed_at(name: str, number: int) -> Iterator[None]:
    """Die when a crash point is passed for the so many-th time."""
    passed = 0

    def strike(point: str) -> None:
        nonlocal passed
        passed += point == name
        if point == name and passed == number:
            raise Killed

    with crash_points.hook(strike):
        yield


def whole_way(world: World, data: bytes) -> str:
    """From the upload to the end, whatever of it is done already."""
    rows = world.shelf.imports(ACME)
    id_ = rows[0].id if rows else world.importing.upload(ACME, "a.xlsx", data).row.id
    if world.shelf.find(ACME, id_).state == "uploaded":
        world.importing.preview(ACME, id_, READER)
    if world.shelf.find(ACME, id_).state == "previewed":
        world.importing.prepare(ACME, id_, READER, Terms("all"))
    if world.shelf.find(ACME, id_).state == "awaiting_signatures":
        command = world.signing.command(ACME, id_)
        world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    world.run(id_)
    return id_


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("what", "number"), POINTS)
def test_import_goes_on_where_it_was_cut_off(
    quick_world: World, when: str, what: str, number: int
) -> None:
    world = quick_world
    data, ledger = rows_of(3), world.chain.cast.ledger
    issued = ledger.payable_count()
    with pytest.raises(Killed), killed_at(f"{when} {what}", number):
        whole_way(world, data)
    world.begin()
    id_ = whole_way(world, data)
    row = world.shelf.find(ACME, id_)
    assert (row.state, row.issued, row.refused) == ("done", 3, 0)
    assert ledger.payable_count() == issued + 3
    payables = [one.payable for one in world.shelf.items(ACME, id_)]
    assert sorted(payables) == [issued + 1, issued + 2, issued + 3]  # type: ignore[type-var]
