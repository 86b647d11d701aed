"""What is signed is what was shown: of the valid rows, those that the preview showed as valid."""

import pytest

from ledger.model.commands import SuspendParticipant
from ledger.model.errors import PreviewOutdated
from ledger.service.imports.importing import Terms
from tests.imports.sheets import csv_of
from tests.imports.world import ACME, BIRCH, CEDAR, HEADER, READER, World

VALID = Terms("valid")


def suspend(world: World, participant: int, *, suspended: bool) -> None:
    operator = world.chain.cast.operator
    operator.act(SuspendParticipant, subject=participant, suspended=suspended, reason=bytes(32))
    world.follow()


def previewed(world: World) -> str:
    """One row for Birch and one for Cedar."""
    rows = [[f"S-{one}", one, 5, "2026-08-28", 6, "", "", "HT"] for one in (BIRCH, CEDAR)]
    return world.previewed(csv_of([HEADER, *rows]).encode())


def test_a_row_that_became_valid_since_is_not_signed_unseen(world: World) -> None:
    suspend(world, BIRCH, suspended=True)
    id_ = previewed(world)
    assert world.shelf.find(ACME, id_).valid == 1
    suspend(world, BIRCH, suspended=False)
    with pytest.raises(PreviewOutdated) as caught:
        world.importing.prepare(ACME, id_, READER, VALID)
    assert caught.value.values == {"lines": "2"}
    assert world.shelf.find(ACME, id_).valid == 1  # what was shown stays what was shown
    world.importing.preview(ACME, id_, READER)
    assert world.importing.prepare(ACME, id_, READER, VALID).count == 2


def test_a_row_whose_reference_was_freed_since_is_not_signed_unseen(world: World) -> None:
    first, second = previewed(world), previewed(world)
    world.importing.prepare(ACME, first, READER, VALID)
    world.importing.preview(ACME, second, READER)
    assert world.shelf.find(ACME, second).valid == 0
    world.importing.reopen(ACME, first, cancel=True)
    with pytest.raises(PreviewOutdated) as caught:
        world.importing.prepare(ACME, second, READER, VALID)
    assert caught.value.values == {"lines": "2, 3"}
