"""The door of an in-process chain to an audit: its engine is asked without eth-tester between.

Nodes answer the same over HTTP. A block is read once, whatever the chain goes back to in between.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from eth.abc import BlockAPI
from eth.constants import CREATE_CONTRACT_ADDRESS, ZERO_HASH32
from eth.exceptions import Revert
from eth_utils.address import to_canonical_address
from rlp import encode
from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.audit import Report, audit
from ledger.chain.history import History
from ledger.chain.node import Node
from ledger.chain.typed_data import keccak
from ledger.service.ledger import Ledger

__all__ = ["Live", "audited"]

Told = dict[str, Any]

_NOBODY: Final = bytes(20)
_GAS: Final = 200_000_000


def audited(ledger: Ledger) -> Report:
    """What an audit says of a ledger on a chain in this process."""
    registry = ledger.deployment.address("Participants")
    return audit(Live.of(ledger.node).history(), registry)


@dataclass(frozen=True, slots=True)
class _Block:
    """What a block holds, as a node tells it."""

    header: Any
    sent: Mapping[str, Told]
    receipts: Mapping[str, Told]
    logs: Sequence[Told]


class Live(BaseProvider):
    """A provider over a chain in this process. It answers what an audit asks, and nothing else."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        backend: Any = node._tester.backend if node._tester else None
        self._chain = backend.chain
        self._read: dict[bytes, _Block] = {}
        self._blocks: list[_Block] = []
        self._vm: tuple[bytes, Any] = (b"", None)
        self._answers: Mapping[str, Callable[..., Any]] = {
            "web3_clientVersion": lambda: "live",
            "eth_chainId": lambda: int(self._chain.chain_id),
            "eth_blockNumber": lambda: len(self.blocks) - 1,
            "eth_getBlockByNumber": lambda number, _: self._block(self._at(number)),
            "eth_getLogs": self._logs,
            "eth_getTransactionByHash": lambda hash_: self._holding(hash_).sent[hash_],
            "eth_getTransactionReceipt": lambda hash_: self._holding(hash_).receipts[hash_],
            "eth_getCode": self._code,
            "eth_call": self._call,
        }

    @staticmethod
    @lru_cache(maxsize=4)
    def of(node: Node) -> "Live":
        """The door of a chain, with what it has read of it before."""
        return Live(node)

    def history(self) -> History:
        """The chain as an audit reads it."""
        return History(Web3(self, middleware=[]))

    def is_connected(self, show_traceback: bool = False) -> bool:
        return not show_traceback

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": self._answers[method](*params)}
        except _Reverted as reverted:
            said = {"code": 3, "message": "execution reverted", "data": reverted.data}
            return {"jsonrpc": "2.0", "id": 1, "error": said}  # type: ignore[typeddict-item]

    # ---- blocks

    @property
    def blocks(self) -> list[_Block]:
        """Every block from the first to the last."""
        hash_ = self._chain.get_canonical_head().hash
        if not self._blocks or self._blocks[-1].header.hash != hash_:
            found: list[_Block] = []
            while hash_ != ZERO_HASH32:
                if hash_ not in self._read:
                    self._read[hash_] = _read(self._chain, self._chain.get_block_by_hash(hash_))
                found.append(self._read[hash_])
                hash_ = found[-1].header.parent_hash
            self._blocks = found[::-1]
        return self._blocks

    def _at(self, number: str) -> _Block:
        return self.blocks[-1 if number == "latest" else int(number, 16)]

    def _block(self, block: _Block) -> Told:
        header = block.header
        number, second = int(header.block_number), int(header.timestamp)
        return {"number": number, "hash": _hex(header.hash), "timestamp": second}

    def _holding(self, hash_: str) -> _Block:
        return next(one for one in self.blocks if hash_ in one.sent)

    def _logs(self, asked: Mapping[str, Any]) -> list[Told]:
        first, last = int(asked["fromBlock"], 16), int(asked["toBlock"], 16)
        contracts = {one.lower() for one in asked.get("address", ())}
        topics = set(asked.get("topics", ()))
        return [
            log
            for block in self.blocks[first : last + 1]
            for log in block.logs
            if (not contracts or log["address"] in contracts)
            and (not topics or topics & set(log["topics"][:1]))
        ]

    # ---- contracts

    def _machine(self, number: str) -> Any:
        """The engine after a block; kept while that is asked about, as it keeps what it reads."""
        header = self._at(number).header
        if self._vm[0] != header.hash:
            self._vm = (header.hash, self._chain.get_vm(header))
        return self._vm[1]

    def _code(self, address: str, number: str) -> str:
        return _hex(self._machine(number).state.get_code(to_canonical_address(address)))

    def _call(self, asked: Mapping[str, Any], number: str) -> str:
        address, vm = to_canonical_address(asked["to"]), self._machine(number)
        point = vm.state.snapshot()
        done = vm.execute_bytecode(
            origin=_NOBODY,
            gas_price=0,
            gas=_GAS,
            to=address,
            sender=_NOBODY,
            value=0,
            data=bytes.fromhex(asked["data"][2:]),
            code=vm.state.get_code(address),
        )
        vm.state.revert(point)
        if done.is_error:
            raise _Reverted(_hex(done.output if isinstance(done.error, Revert) else b""))
        return _hex(done.output)


class _Reverted(Exception):
    """A contract refused; `data` is what it said."""

    def __init__(self, data: str) -> None:
        super().__init__(data)
        self.data = data


def _read(chain: Any, block: BlockAPI) -> _Block:
    sent: dict[str, Told] = {}
    receipts: dict[str, Told] = {}
    logs: list[Told] = []
    made = zip(block.transactions, block.get_receipts(chain.chaindb), strict=True)
    for place, (transaction, receipt) in enumerate(made):
        name, is_new = _hex(transaction.hash), transaction.to == CREATE_CONTRACT_ADDRESS
        where = {"blockNumber": int(block.number), "transactionIndex": place}
        where |= {"transactionHash": name, "blockHash": _hex(block.hash)}
        places = enumerate(receipt.logs, len(logs))
        own = [_log(one, {**where, "logIndex": index}) for index, one in places]
        to = None if is_new else _hex(transaction.to)
        sent[name] = {**where, "hash": name, "to": to, "input": _hex(transaction.data)}
        created = _hex(_created(transaction)) if is_new else None
        ended = {"to": to, "status": int(receipt.state_root == b"\1"), "contractAddress": created}
        receipts[name] = {**where, **ended, "logs": own}
        logs += own
    return _Block(block.header, sent, receipts, logs)


def _log(log: Any, where: Told) -> Told:
    topics = [_hex(one.to_bytes(32, "big")) for one in log.topics]
    return {**where, "address": _hex(log.address), "topics": topics, "data": _hex(log.data)}


def _created(transaction: Any) -> bytes:
    """The address of the contract that a transaction has created."""
    return keccak(encode([transaction.sender, transaction.nonce]))[12:]


def _hex(data: bytes) -> str:
    return "0x" + bytes(data).hex()
