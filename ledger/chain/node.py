"""The chain that a ledger runs on: in this process (eth-tester) or behind any JSON-RPC endpoint.

One writer per relayer key. The engine is a setting; nothing above this module knows which it is.
"""

import time
from collections.abc import Sequence
from typing import Any, Final

from eth_account import Account
from eth_tester import EthereumTester, PyEVMBackend
from web3 import EthereumTesterProvider, HTTPProvider, Web3
from web3.types import RPCEndpoint

from ledger.chain.codec import Event, decode_event
from ledger.chain.reverts import revert_data
from ledger.chain.transactions import BLOCK_GAS, TRANSACTION_GAS, Receipt, Reverted
from ledger.model.errors.service import BatchReverted, ClockFixed, NodeUnreachable

__all__ = ["Node"]

_TESTER_GAS_PRICE: Final = 10**10
_GENESIS_LEAD_SECONDS: Final = 3600


class Node:
    """A connection to a chain, with the key that pays for inclusion and holds no right."""

    def __init__(
        self, w3: Web3, secret: bytes, *, gas_price: int = 0, tester: EthereumTester | None = None
    ) -> None:
        self._w3 = w3
        self._account = Account.from_key(secret)
        self._gas_price = gas_price
        self._tester = tester
        self._is_steerable = tester is not None
        self.chain_id = w3.eth.chain_id

    @classmethod
    def in_process(cls, *, start: int | None = None) -> "Node":
        """A fresh chain in this process, for evaluation; `start` is its first second."""
        began = (int(time.time()) if start is None else start) - _GENESIS_LEAD_SECONDS
        parameters = PyEVMBackend.generate_genesis_params(
            {"gas_limit": BLOCK_GAS, "timestamp": began}
        )
        backend = PyEVMBackend(genesis_parameters=parameters)
        tester = EthereumTester(backend)
        secret = backend.account_keys[0].to_bytes()
        w3 = Web3(EthereumTesterProvider(tester))
        return cls(w3, secret, gas_price=_TESTER_GAS_PRICE, tester=tester)

    @classmethod
    def connect(cls, url: str, secret: bytes, *, gas_price: int = 0) -> "Node":
        """A chain behind a JSON-RPC endpoint."""
        w3 = Web3(HTTPProvider(url, request_kwargs={"timeout": 60}))
        if not w3.is_connected():
            raise NodeUnreachable(url=url)
        node = cls(w3, secret, gas_price=gas_price)
        node._is_steerable = "anvil" in w3.client_version.lower()
        return node

    # ---- time

    @property
    def is_steerable(self) -> bool:
        """Whether the clock of this chain can be set, forward only: an evaluation chain."""
        return self._is_steerable

    @property
    def now(self) -> int:
        """Second of the last block."""
        return int(self._w3.eth.get_block("latest")["timestamp"])

    def advance_to(self, second: int) -> None:
        """Move an evaluation chain's clock forward; going back or staying is no move."""
        if second <= self.now:
            return
        if self._tester is not None:
            self._set_pending_second(second)
            self._tester.mine_block()
        elif self._is_steerable:
            self._request("evm_setNextBlockTimestamp", [second])
            self._request("evm_mine", [])
        else:
            raise ClockFixed()

    # ---- reads

    @property
    def block(self) -> int:
        """Number of the last block."""
        return int(self._w3.eth.block_number)

    def call(self, to: str, data: bytes, *, gas: int | None = None) -> bytes:
        """Ask a contract without changing anything; raises `Reverted`."""
        transaction: Any = {"to": _checksummed(to), "data": data, "from": self._account.address}
        transaction["gas"] = gas or (BLOCK_GAS // 2 if self._tester else TRANSACTION_GAS)
        if self._tester is None:
            transaction["gasPrice"] = self._gas_price
        try:
            # A contract that asks for an answer from elsewhere (EIP-3668) gets none.
            return bytes(self._w3.eth.call(transaction, ccip_read_enabled=False))
        except Exception as failure:
            reverted = revert_data(failure)
            if reverted is None:
                raise
            raise Reverted(reverted) from None

    def code(self, address: str) -> bytes:
        """Deployed code at an address."""
        return bytes(self._w3.eth.get_code(_checksummed(address)))

    def events(self, first: int, last: int, contracts: Sequence[str]) -> list[Event]:
        """Events of the given contracts in blocks `first` to `last`, in order."""
        addresses = [_checksummed(address) for address in contracts]
        logs = self._w3.eth.get_logs({"fromBlock": first, "toBlock": last, "address": addresses})
        return [event for log in logs if (event := decode_event(log)) is not None]

    def block_second(self, number: int) -> int:
        """Second of a block."""
        return int(self._w3.eth.get_block(number)["timestamp"])

    # ---- writes

    @property
    def sender(self) -> str:
        """Address of the relayer key."""
        return str(self._account.address)

    @property
    def nonce(self) -> int:
        """The relayer key's next transaction number."""
        return int(self._w3.eth.get_transaction_count(self._account.address))

    def send(self, to: str | None, data: bytes, *, gas: int | None = None) -> Receipt:
        """Send a transaction and wait until it is mined; raises `BatchReverted` if it reverts."""
        transaction: dict[str, Any] = {
            "data": data,
            "value": 0,
            "gas": gas or (BLOCK_GAS // 4 if self._tester else TRANSACTION_GAS),
            "gasPrice": self._gas_price,
            "nonce": self.nonce,
            "chainId": self.chain_id,
        }
        if to is not None:
            transaction["to"] = _checksummed(to)
        signed = self._account.sign_transaction(transaction)
        if self._tester is not None:
            self._set_pending_second(self.now + 1)
        sent = self._w3.eth.send_raw_transaction(signed.raw_transaction)
        receipt = self._w3.eth.wait_for_transaction_receipt(sent, timeout=60, poll_latency=0.01)
        if receipt["status"] != 1:
            raise BatchReverted(transaction=bytes(sent))
        decoded = (decode_event(log) for log in receipt["logs"])
        return Receipt(
            block=int(receipt["blockNumber"]),
            gas_used=int(receipt["gasUsed"]),
            contract=receipt.get("contractAddress"),
            events=tuple(event for event in decoded if event is not None),
        )

    # ---- evaluation chains only

    def snapshot(self) -> Any:
        """A point to come back to with `revert_to`."""
        if self._tester is not None:
            return self._tester.take_snapshot()
        return self._request("evm_snapshot", [])

    def revert_to(self, point: Any) -> None:
        """Take an evaluation chain back to a snapshot."""
        if self._tester is not None:
            self._tester.revert_to_snapshot(point)
        else:
            self._request("evm_revert", [point])

    def _set_pending_second(self, second: int) -> None:
        """Date the block in the making, which the engine would date by this machine's clock."""
        backend: Any = self._tester.backend if self._tester else None
        backend.chain.header = backend.chain.header.copy(timestamp=second)

    def _request(self, method: str, parameters: list[Any]) -> Any:
        response = self._w3.provider.make_request(RPCEndpoint(method), parameters)
        if response.get("error"):
            raise ClockFixed()
        return response.get("result")


def _checksummed(address: str) -> Any:
    return Web3.to_checksum_address(address)
