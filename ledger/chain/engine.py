"""py-evm as the embedded chain uses it: a fresh chain, and what its blocks hold in our words."""

from collections.abc import Sequence
from typing import Any, Final

from eth._utils.address import generate_contract_address
from eth_tester.backends.pyevm import PyEVMBackend

from ledger.chain.codec import Event, event_of
from ledger.chain.endpoint import Block, Landed
from ledger.chain.transactions import BLOCK_GAS

__all__ = ["block_of", "events_of", "fresh_chain", "landed_of"]

_ENDOWMENT: Final = 10**30


def fresh_chain(start: int, keys: Sequence[str]) -> Any:
    """A chain that begins at second `start` and endows keys; every byte follows from these."""
    parameters = PyEVMBackend.generate_genesis_params({"gas_limit": BLOCK_GAS, "timestamp": start})
    account = {"balance": _ENDOWMENT, "nonce": 0, "code": b"", "storage": {}}
    state = {bytes.fromhex(key[2:]): account for key in keys}
    return PyEVMBackend(genesis_parameters=parameters, genesis_state=state).chain


def block_of(header: Any, chain: Any) -> Block:
    """A block by its header."""
    transactions = chain.chaindb.get_block_transaction_hashes(header)
    return Block(
        number=int(header.block_number),
        hash=bytes(header.hash),
        parent=bytes(header.parent_hash),
        second=int(header.timestamp),
        transactions=tuple(bytes(one) for one in transactions),
    )


def landed_of(block: Any, receipt: Any) -> Landed:
    """What became of a block's only transaction."""
    [transaction] = block.transactions
    is_done = bytes(receipt.state_root) == b"\x01"  # since Byzantium its status
    contract = None
    if transaction.to == b"" and is_done:
        made = generate_contract_address(transaction.sender, transaction.nonce)
        contract = "0x" + made.hex()
    return Landed(
        block=int(block.number),
        block_hash=bytes(block.hash),
        is_done=is_done,
        gas_used=int(receipt.gas_used),
        contract=contract,
    )


def events_of(block: Any, transaction: bytes, receipt: Any) -> tuple[Event, ...]:
    """The events of a block's only transaction; those without a meaning too."""
    return tuple(
        event_of(
            {
                "address": "0x" + log.address.hex(),
                "topics": [topic.to_bytes(32, "big") for topic in log.topics],
                "data": log.data,
                "blockNumber": int(block.number),
                "logIndex": index,
                "transactionHash": transaction,
                "blockHash": bytes(block.hash),
            }
        )
        for index, log in enumerate(receipt.logs)
    )
