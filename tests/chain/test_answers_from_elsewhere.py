"""A contract that names an address for its answer (EIP-3668) has nobody call there.

Nor does it matter what else it says when it reverts.
"""

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode
from web3 import Web3
from web3.eth import eth as client
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.chain.history import History
from ledger.chain.node import Node
from ledger.chain.transactions import Reverted

CONTRACT = "0x" + "12" * 20
SELECTOR = bytes.fromhex("556f1830")
LOOKUP = SELECTOR + encode(
    ["address", "string[]", "bytes", "bytes4", "bytes"],
    [CONTRACT, ["https://elsewhere.example/{data}"], b"asked", b"back", b"more"],
)

PANIC = bytes.fromhex("4e487b71") + bytes(31) + b"\xee"
"""Of a kind that there is not."""


class Asking(BaseProvider):
    """A node whose contracts revert with these bytes."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        del params
        if method == "eth_call":
            said = {"code": 3, "message": "execution reverted", "data": "0x" + self.data.hex()}
            return {"jsonrpc": "2.0", "id": 1, "error": said}  # type: ignore[typeddict-item]
        return {"jsonrpc": "2.0", "id": 1, "result": "0x1"}


def _of_audit(w3: Web3) -> bytes:
    return History(w3).call(CONTRACT, b"", 1)


def _of_node(w3: Web3) -> bytes:
    return Node(w3, bytes([1]) * 32).call(CONTRACT, b"")


@pytest.mark.parametrize("call", [_of_audit, _of_node])
@pytest.mark.parametrize("data", [LOOKUP, LOOKUP[:40], SELECTOR, PANIC, PANIC[:4], b"", b"ab"])
def test_is_a_refusal_and_nobody_is_called(
    monkeypatch: pytest.MonkeyPatch, call: Callable[[Web3], bytes], data: bytes
) -> None:
    called: list[object] = []
    monkeypatch.setattr(client, "handle_offchain_lookup", lambda *one, **_: called.append(one))
    with pytest.raises(Reverted) as caught:
        call(Web3(Asking(data)))
    assert called == []
    assert caught.value.data in (data, b"")
