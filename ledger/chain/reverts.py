"""The bytes that a call reverted with, in whatever an engine or a node's client raises for it."""

import ast
import re
from typing import Any

from eth_abi.exceptions import DecodingError
from eth_tester.exceptions import TransactionFailed
from web3.exceptions import ContractLogicError, Web3RPCError

__all__ = ["revert_data"]

# eth-tester puts the revert's bytes into its message as a Python literal.
_LITERAL = re.compile(r"execution reverted: (b(?:'.*'|\".*\"))$", re.DOTALL)

_PANIC = re.compile(r"[0-9a-f]{2}")
"""A kind of panic that the client has no words for."""


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
    # The client puts what a contract says into words of its own, and stumbles over what has none.
    is_odd = isinstance(failure, DecodingError) or (
        isinstance(failure, KeyError) and _PANIC.fullmatch(str(failure.args[0]))
    )
    return b"" if is_odd else None


def _hex(data: Any) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, dict):
        data = data.get("data", "")
    text = str(data or "").removeprefix("Reverted ").removeprefix("0x")
    return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9a-fA-F]{2})*", text) else b""
