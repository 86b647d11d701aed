"""An import that fails is logged and rests; the imports behind it do not wait."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from ledger.service.imports.importing import Terms
from ledger.service.running.patience import RESTS
from ledger.store.imports import ImportRow
from tests.cast import CHECKER, MAKER
from tests.imports.world import ACME, READER, World, rows_of


def signed(world: World) -> str:
    id_ = world.previewed(rows_of(2))
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    return id_


def test_import_that_fails_keeps_no_other_back_and_goes_on_later(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt, other = signed(world), signed(world)
    batch = world.issuing._batch

    def broken(connection: Any, row: ImportRow) -> Any:
        if row.id == spoilt:
            raise ValueError("this one cannot be read")
        return batch(connection, row)

    monkeypatch.setattr(world.issuing, "_batch", broken)
    with capture_logs() as logs:
        assert world.run(other) == "done"
    assert {one["fault"] for one in logs if one["event"] == "part broke"} == {"ValueError"}
    assert world.shelf.find(ACME, spoilt).state == "recording"
    monkeypatch.undo()
    world.chain.cast.lapse_of_seconds(int(RESTS[1]))
    assert world.run(spoilt) == "done"
