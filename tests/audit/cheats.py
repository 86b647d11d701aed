"""What an operator with its hands in a node could do: change storage and code behind the rules."""

import json
from typing import Any

from ledger.chain.compiler import ARTIFACTS
from ledger.chain.typed_data import keccak
from tests.cast import Cast, SteppedNode

__all__ = ["cheat", "slot_of", "swap_code", "word_at"]


def slot_of(contract: str, label: str, *keys: int) -> int:
    """Where a contract keeps what a variable has under some keys."""
    layout = json.loads((ARTIFACTS / f"{contract}.json").read_text("utf-8"))["storageLayout"]
    [slot] = [int(one["slot"]) for one in layout["storage"] if one["label"] == label]
    for key in keys:
        slot = int.from_bytes(keccak(_word(key) + _word(slot)), "big")
    return slot


def word_at(cast: Cast, contract: str, slot: int) -> int:
    """What stands in a slot."""
    found: int = _state(cast.node).get_storage(_address(cast, contract), slot)
    return found


def cheat(cast: Cast, contract: str, slot: int, value: int) -> None:
    """Write a word into a contract's storage; no transaction, no event."""
    state = _state(cast.node)
    state.set_storage(_address(cast, contract), slot, value)
    _keep(cast.node, state)


def swap_code(cast: Cast, contract: str, code: bytes) -> None:
    """Put another code under a contract's address."""
    state = _state(cast.node)
    state.set_code(_address(cast, contract), code)
    _keep(cast.node, state)


def _keep(node: SteppedNode, state: Any) -> None:
    """Let the next block build on the changed state."""
    state.persist()
    chain = _chain(node)
    chain.header = chain.header.copy(state_root=state.state_root)
    node.advance_to(node.now + 1)


def _state(node: SteppedNode) -> Any:
    return _chain(node).get_vm().state


def _chain(node: SteppedNode) -> Any:
    assert node._tester is not None
    backend: Any = node._tester.backend
    return backend.chain


def _address(cast: Cast, contract: str) -> bytes:
    return bytes.fromhex(cast.ledger.deployment.address(contract)[2:])


def _word(value: int) -> bytes:
    return value.to_bytes(32, "big")
