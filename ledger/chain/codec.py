"""What comes back from a chain, in our words: refusals with their values, events with theirs.

Nodes report a revert in different shapes; this is the one place that knows them.
"""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_tester.exceptions import TransactionFailed
from web3.exceptions import ContractLogicError, Web3RPCError

from ledger.chain.artifacts import Entry, entries_of
from ledger.model.errors import ERRORS, LedgerError
from ledger.model.structs import snake_case

__all__ = ["Event", "decode_event", "decode_refusal", "revert_data"]

# eth-tester puts the revert's bytes into its message as a Python literal.
_LITERAL = re.compile(r"execution reverted: (b(?:'.*'|\".*\"))$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a contract, as a block's log holds it."""

    name: str
    values: Mapping[str, Any]
    contract: str
    block: int
    index: int
    """Position among all events of its block."""
    transaction: bytes


def revert_data(failure: Exception) -> bytes | None:
    """The bytes a call reverted with; None where the failure is no revert."""
    if isinstance(failure, TransactionFailed):
        found = _LITERAL.search(str(failure))
        return ast.literal_eval(found[1]) if found else b""
    if isinstance(failure, ContractLogicError):
        return _hex(failure.data)
    if isinstance(failure, Web3RPCError):
        error = (failure.rpc_response or {}).get("error")
        data = error.get("data") if isinstance(error, dict) else None
        if data is not None:
            return _hex(data)
        return b"" if "revert" in str(failure).lower() else None
    return None


def decode_refusal(data: bytes) -> LedgerError | None:
    """The refusal that a revert's bytes say; None where they are none of ours."""
    entry = entries_of("error").get(data[:4])
    error = ERRORS.get(entry.name) if entry else None
    if entry is None or error is None:
        return None
    return error.of(*entry.arguments(data[4:]))


def decode_event(log: Mapping[str, Any]) -> Event | None:
    """The event that a log holds; None where its contract is none of ours."""
    topics = [bytes(topic) for topic in log["topics"]]
    entry = entries_of("event").get(topics[0]) if topics else None
    if entry is None:
        return None
    return Event(
        name=entry.name,
        values=_event_values(entry, topics[1:], bytes(log["data"])),
        contract=str(log["address"]).lower(),
        block=int(log["blockNumber"]),
        index=int(log["logIndex"]),
        transaction=bytes(log["transactionHash"]),
    )


def _event_values(entry: Entry, topics: list[bytes], data: bytes) -> dict[str, Any]:
    plain = [
        kind
        for kind, member in zip(entry.types, entry.inputs, strict=True)
        if not member["indexed"]
    ]
    body = iter(decode(plain, data))
    heads = iter(topics)
    values: dict[str, Any] = {}
    for kind, member in zip(entry.types, entry.inputs, strict=True):
        value = decode([kind], next(heads))[0] if member["indexed"] else next(body)
        values[snake_case(member["name"])] = _record(member, value)
    return values


def _record(member: Mapping[str, Any], value: Any) -> Any:
    if member["type"] != "tuple":
        return value
    pairs = zip(member["components"], value, strict=True)
    return {snake_case(part["name"]): _record(part, item) for part, item in pairs}


def _hex(data: Any) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, dict):
        data = data.get("data", "")
    text = str(data or "").removeprefix("Reverted ").removeprefix("0x")
    return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", text) else b""
