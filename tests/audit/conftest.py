"""One chain for all lies: recorded once, and told wrongly ever after."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ledger.audit import Report, audit
from tests.audit.recorded import Change, Recorded
from tests.audit.tales import life
from tests.cast import Cast, running_node


@dataclass(frozen=True)
class Told:
    """A recorded chain with the honest report on it."""

    recorded: Recorded
    registry: str
    cast: Cast
    honest: Report

    def lying(self, change: Change) -> Report:
        """What an audit says to an endpoint that lies."""
        return audit(self.recorded.lying(change).history(), self.registry)


@pytest.fixture(scope="package")
def told() -> Iterator[Told]:
    """The life of a payable, on a chain of its own."""
    with running_node() as node:
        cast = Cast(node)
        life(cast)
        recorded = Recorded(node)
        registry = cast.ledger.deployment.address("Participants")
        yield Told(recorded, registry, cast, audit(recorded.history(), registry))
