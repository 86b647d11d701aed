"""A divided service, door and back office, over the model of a chain behind HTTP."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from ledger.chain.rpc import RpcEndpoint
from ledger.model.structs import Command
from ledger.records.profiles import Profile
from tests.faults.acts import issue, move
from tests.faults.callers import Town
from tests.faults.door_day import PARTIES, POISONED, DoorDay, name_of
from tests.faults.door_verdict import MASTER, door_verdict, records_of
from tests.faults.model_ledger import OPERATOR, POISON

__all__ = ["DoorScene"]

_DEADLINE_SECONDS: Final = 600
_NETWORK: Final = (0.0, 0.0, 0.05)
"""How often the network fails between service and node."""


@dataclass
class DoorScene:
    """Payments and what goes with them; `node` is where the model answers."""

    node: str
    manifest: Path
    commands: Sequence[Command] = field(default_factory=list)

    def begin(self, chance: Random, url: str) -> Mapping[str, str]:
        """A fresh chain, and profiles that the operator has recorded."""
        control = RpcEndpoint(self.node)
        control._ask("model_reset", chance.choice(_NETWORK), chance.randrange(1 << 30))
        control.close()
        self.commands = _commands(chance)
        with records_of(url) as directory:
            for one in PARTIES:
                directory.put(Profile(one, name_en=name_of(one)))
        return {
            "FENBOOK_NODES": self.node,
            "FENBOOK_DEPLOYMENT": str(self.manifest),
            "FENBOOK_RELAYER_KEYS": "11" * 32,
            "FENBOOK_RECORDS_KEY": MASTER.hex(),
        }

    def work(self, town: Town) -> None:
        """What clients do."""
        DoorDay(town, self.node, self.commands).work()

    def judge(self, url: str, acknowledged: Mapping[str, str]) -> int:
        """Look at everything; how many commands there were."""
        control = RpcEndpoint(self.node)
        door_verdict(url, control, self.commands, acknowledged)
        control.close()
        return len(self.commands)


def _commands(chance: Random) -> list[Command]:
    """Money for some, then moves whose digits tell which one was lost or doubled; one is poison."""
    deadline = int(time.time()) + _DEADLINE_SECONDS
    givers = (*PARTIES, OPERATOR)
    found: list[Command] = [issue(one, 10**7, one, deadline) for one in givers]
    for number in range(5):
        giver, taker = chance.sample(givers, 2)
        found.append(move(giver, taker, 10**number, 100 + number, deadline))
    found.append(move(POISONED, OPERATOR, 10**5, 200, deadline, purpose=POISON))
    return found
