"""Which contracts a ledger is made of, told by their code and not by what anybody calls them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from ledger.audit.findings import Finding, Kind
from ledger.chain.artifacts import CONTRACTS, Artifact, artifact
from ledger.chain.deployment import VERIFIERS
from ledger.chain.history import History
from ledger.chain.transactions import Reverted

__all__ = ["Contract", "Contracts", "wired_names"]

_NAMES: Final = (*CONTRACTS, *(name for name, _ in VERIFIERS))
_LIKENESS: Final = 0.8
"""Share of its functions that a contract must have to be read as a changed one of ours."""


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of the ledger."""

    address: str
    name: str
    """The committed contract whose code it has, or whose functions it answers; else empty."""
    is_committed: bool
    """Whether its code is the committed one, byte for byte but for the immutables."""
    wires: Mapping[str, str]
    """The contracts that it asks, by the name of its immutable."""


_NOBODY: Final = Contract("", "", is_committed=True, wires={})


class Contracts:
    """The contracts met so far; each is looked at once."""

    def __init__(self, history: History, registry: str, block: int) -> None:
        self.registry = registry
        self._history = history
        self._block = block
        self._known: dict[str, Contract] = {}

    def __getitem__(self, address: str) -> Contract:
        if address not in self._known:
            self._known[address] = self._identified(address)
        return self._known[address]

    def is_relay(self, address: str) -> bool:
        """Whether an address is the committed relay of this ledger."""
        one = self[address]
        return one.name == "Relay" and one.is_committed and self.registry in one.wires.values()

    def of_ledger(self, desks: Iterable[str]) -> dict[str, Contract]:
        """The registry, the desks and what the committed ones ask, by address."""
        found: dict[str, Contract] = {}
        waiting = [self.registry, *desks]
        while waiting:
            address = waiting.pop(0)
            if address not in found:
                found[address] = self[address]
                waiting += found[address].wires.values() if found[address].is_committed else ()
        return found

    def faults(self, of_ledger: Mapping[str, Contract], desks: Iterable[str]) -> list[Finding]:
        """Contracts whose code is not the committed one, and those that ask strangers."""
        known = {self.registry, *desks}
        asked_as: dict[str, str] = {}
        strangers = []
        for one in of_ledger.values():
            for wire, other in one.wires.items():
                asked_as[other] = _wired(wire)
                # One of unknown code is reported as such.
                target = of_ledger.get(other, _NOBODY)
                is_right = target.name == _wired(wire) or not target.is_committed
                if not is_right or (other not in known and _wired(wire) != "Invoices"):
                    strangers.append(self._fault(Kind.WIRING, one, {wire: other}))
        unknown = [one for one in of_ledger.values() if not one.is_committed]
        return [
            *(self._fault(Kind.CODE, one, _likely(one, asked_as)) for one in unknown),
            *strangers,
        ]

    def _fault(self, kind: Kind, one: Contract, actual: Mapping[str, str]) -> Finding:
        name = one.name or "?"
        return Finding(kind, self._block, contract=name, subject=one.address, actual=actual)

    def _identified(self, address: str) -> Contract:
        code = self._history.code(address)
        name = next((name for name in _NAMES if _is_code_of(artifact(name), code)), "")
        if name:
            return Contract(address, name, is_committed=True, wires=self._wires(address, name))
        name = max(CONTRACTS, key=lambda one: _likeness(one, code))
        if _likeness(name, code) < _LIKENESS:
            return Contract(address, "", is_committed=False, wires={})
        return Contract(address, name, is_committed=False, wires=self._wires(address, name))

    def _wires(self, address: str, name: str) -> dict[str, str]:
        found = {}
        for wire in wired_names(name):
            entry = artifact(name).functions[wire]
            try:
                answer = self._history.call(address, entry.call(), self._block)
            except Reverted:
                continue
            found[wire] = str(entry.answer(answer)).lower()
        return found


@cache
def wired_names(name: str) -> tuple[str, ...]:
    """The immutables of a contract that name other contracts of the ledger."""
    return tuple(
        one.name
        for one in artifact(name).functions.values()
        if not one.types and one.output_types == ("address",) and _wired(one.name) in CONTRACTS
    )


def _wired(wire: str) -> str:
    return wire[0].upper() + wire[1:]


def _is_code_of(one: Artifact, code: bytes) -> bool:
    """Equal but for the immutables, each of which is one value wherever it stands."""
    if len(code) != len(one.deployed) or not code:
        return False
    masked = bytearray(code)
    for places in one.immutables:
        if len({code[place : place + 32] for place in places}) != 1:
            return False
        for place in places:
            masked[place : place + 32] = bytes(32)
    return bytes(masked) == one.deployed


def _likeness(name: str, code: bytes) -> float:
    """The share of a contract's functions that some code seems to have."""
    selectors = [one.selector for one in artifact(name).functions.values()]
    present = sum(b"\x63" + selector in code for selector in selectors)
    return present / len(selectors)


def _likely(one: Contract, asked_as: Mapping[str, str]) -> dict[str, str]:
    """What a contract of unknown code passes for."""
    told = {"answers_like": one.name, "asked_as": asked_as.get(one.address, "")}
    return {name: value for name, value in told.items() if value}
