"""Steps of imports in any order, and others in the midst of them: one outcome, and a true one."""

from collections.abc import Callable
from random import Random
from typing import Final

import pytest

from ledger.model.errors import ImportChanged, ImportStateWrong, InvalidSignature
from ledger.service.imports.importing import Terms, Wishes
from ledger.service.running import crash_points
from ledger.store.lists import EVERYTHING
from ledger.store.lists import rows_of as listed
from tests.cast import CHECKER, MAKER
from tests.imports.sheets import csv_of
from tests.imports.world import ACME, HEADER, READER, World

POINTS: Final = ("after import", "after simulate", "after accept")
"""Between transactions: here others may come between."""
IMPORTS: Final = 4
STEPS: Final = 14


class Clerks:
    """Several people at one import, each of whom does what comes to their mind."""

    def __init__(self, world: World, random: Random, mark: str) -> None:
        self.world, self.random, self._depth = world, random, 0
        row = [mark, "2", "10.50", "2026-08-28", "6", "", "", "HT-1", "2000"]
        data = csv_of([[*HEADER, "另额"], row]).encode()
        self.id = world.importing.upload(ACME, "x.csv", data).row.id
        self._preview("金额")
        self.signed: set[bytes] = set()
        """What somebody was told is on its way."""
        self.steps: list[Callable[[], object]] = [
            lambda: self._preview("金额"),
            lambda: self._preview("另额"),
            self._prepare,
            self._prepare,
            lambda: world.importing.reopen(ACME, self.id),
            self._sign,
        ]

    def step(self, name: str = "") -> None:
        """Do something; what a step may be refused for is that another came between."""
        if name and (name not in POINTS or self._depth == 3 or self.random.random() < 0.6):
            return
        self._depth += 1
        try:
            self.random.choice(self.steps)()
        except (ImportChanged, ImportStateWrong, InvalidSignature):
            pass
        finally:
            self._depth -= 1

    def end(self) -> None:
        """Bring it to its end; whatever was told is so."""
        world = self.world
        if world.shelf.find(ACME, self.id).state == "previewed":
            self._prepare()
        self.expect_shown()
        if world.shelf.find(ACME, self.id).state == "awaiting_signatures":
            self._sign()
        assert world.run(self.id) == "done"
        row = world.shelf.find(ACME, self.id)
        assert (row.issued, self.signed) == (1, {row.digest})
        [item], [draft] = (
            world.shelf.items(ACME, self.id),
            world.shelf.reading(ACME, self.id).drafts,
        )
        assert world.chain.cast.ledger.payable(item.payable or 0)["face"] == draft.face

    def expect_shown(self) -> None:
        """What is to be signed is what is shown."""
        row = self.world.shelf.find(ACME, self.id)
        if row.command is not None:
            command = self.world.signing.command(ACME, self.id)
            assert command.total == row.total
            assert self.world.shelf.meta(ACME, self.id).nonce == command.nonce

    def _preview(self, amount: str) -> None:
        self.world.importing.preview(ACME, self.id, READER, Wishes({"amount": amount}))

    def _prepare(self) -> None:
        self.world.importing.prepare(ACME, self.id, READER, Terms("all"))

    def _sign(self) -> None:
        command = self.world.signing.command(ACME, self.id)
        given = self.world.approvals(command, MAKER, CHECKER)
        self.world.signing.sign(ACME, self.id, given)
        self.signed.add(self.world.chain.cast.acme.ledger.digest(command))


@pytest.mark.parametrize("seed", range(2))
def test_steps_between_steps_leave_what_was_told(world: World, seed: int) -> None:
    random = Random(seed)
    for number in range(IMPORTS):
        clerks = Clerks(world, random, f"PO-{seed}-{number}")
        for _ in range(STEPS):
            with crash_points.hook(clerks.step):
                clerks.step()
            clerks.expect_shown()
        clerks.end()
    with world.database.reading() as connection:
        assert len(list(listed(connection, "batches", EVERYTHING))) == IMPORTS
