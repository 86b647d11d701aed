"""A chain in this process that answers questions fast and remembers what was emitted."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from eth.exceptions import Revert

from ledger.chain.codec import Event
from ledger.chain.transactions import Receipt, Reverted
from tests.cast import SteppedNode
from tests.machine.quick_engine import quicken

__all__ = ["QuickNode", "fresh_node", "quick_chains"]

_NOBODY = bytes(20)
_GAS = 200_000_000


class QuickNode(SteppedNode):
    """A node that asks the engine itself: a question costs a tenth of one through JSON-RPC."""

    log: list[Event]
    """Every event since the last `told`."""
    whole: list[Event]
    """Every event of this chain."""

    @classmethod
    def in_process(cls, *, start: int | None = None) -> "QuickNode":
        """A fresh chain in this process, whose engine is quick as well."""
        node = super().in_process(start=start)
        assert isinstance(node, cls)
        quicken(node._chain)
        return node

    def call(self, to: str, data: bytes, *, gas: int | None = None) -> bytes:
        """Ask a contract in the state and at the second of the last block."""
        del gas
        address, vm = bytes.fromhex(to[2:]), self._machine()
        point = vm.state.snapshot()
        done = vm.execute_bytecode(
            origin=_NOBODY,
            gas_price=0,
            gas=_GAS,
            to=address,
            sender=_NOBODY,
            value=0,
            data=data,
            code=vm.state.get_code(address),
        )
        vm.state.revert(point)
        vm.state.written.clear()
        if done.is_error:
            if isinstance(done.error, Revert):
                raise Reverted(bytes(done.output))
            raise done.error
        return bytes(done.output)

    def revert_to(self, point: Any) -> None:
        """Take the chain back; what was emitted since then never was."""
        super().revert_to(point)
        head = self.block
        for log in ("log", "whole"):
            kept = [event for event in self.__dict__.get(log, ()) if event.block <= head]
            self.__dict__[log] = kept

    def _machine(self) -> Any:
        """The engine at the last block; kept while that is the last, as it keeps what it reads."""
        head = self._chain.get_canonical_head()
        known: tuple[bytes, Any] = self.__dict__.get("_known", (b"", None))
        if known[0] != head.hash:
            known = self._known = (head.hash, self._chain.get_vm(head))
        return known[1]

    def send(self, to: str | None, data: bytes, *, gas: int | None = None) -> Receipt:
        """Send a transaction and remember its events."""
        receipt = super().send(to, data, gas=gas)
        for log in ("log", "whole"):
            self.__dict__.setdefault(log, []).extend(receipt.events)
        return receipt

    def events(self, first: int, last: int, contracts: Sequence[str]) -> list[Event]:
        """Events of the given contracts in blocks `first` to `last`, as receipts had them."""
        wanted = {one.lower() for one in contracts}
        return [
            event
            for event in self.__dict__.get("whole", ())
            if first <= event.block <= last and event.contract.lower() in wanted
        ]

    def told(self, contracts: Sequence[str]) -> list[Event]:
        """The events of the contracts since it was asked last."""
        found = [event for event in self.log if event.contract in contracts]
        self.log = []
        return found


def fresh_node(start: int) -> SteppedNode:
    """A quick chain; `FENBOOK_TEST_NODE=tester` has the engine as it comes."""
    kind = SteppedNode if os.environ.get("FENBOOK_TEST_NODE") == "tester" else QuickNode
    node = kind.in_process(start=start)
    assert isinstance(node, SteppedNode)
    return node


@contextmanager
def quick_chains() -> Iterator[None]:
    """Meanwhile books and demonstrations that make a chain of their own make a quick one."""
    quick = SimpleNamespace(in_process=fresh_node)
    with patch("ledger.books.runs.Node", quick), patch("ledger.cli.stage.Node", quick):
        yield
