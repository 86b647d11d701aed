"""Contracts that nobody knows, in a few bytes: they call what their call data says, or their code.

A step is a call of a contract or an event of its own, one after the other; a call that is refused
takes everything back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.chain.node import Node

__all__ = [
    "CODE",
    "Call",
    "Log",
    "constructing",
    "create_forwarder",
    "create_keeper",
    "create_wrapper",
    "forwarded",
    "wrapped",
]

Call = tuple[str, bytes]
"""A contract, and what it is sent."""


@dataclass(frozen=True)
class Log:
    """An event of the contract's own, whatever it looks like."""

    topics: tuple[bytes, ...]
    data: bytes


CODE = bytes.fromhex(
    "6014360380"  # how long the call is
    "60145f37"  # the call, into memory
    "5f5f825f5f5f3560601c5af1"  # call the address that stands first
    "601b575f5ffd5b00"  # revert with it, or stop
)

_WRAPPER = bytes.fromhex(
    "5f5b368110156032578060140135"  # while there is more: an address, and behind it
    "60f01c80826016015f37"  # how long its call is, and the call, into memory
    "5f5f825f5f863560601c5af1"  # call the address
    "602a575f5ffd"  # revert with it,
    "5b01601601600156"  # or go on behind the call
    "5b00"
)


def create_forwarder(node: Node) -> str:
    """Put one that makes one call on a chain; its address."""
    return _create(node, CODE)


def forwarded(to: str, data: bytes) -> bytes:
    """Call data that makes a forwarder call a contract."""
    return _address(to) + data


def create_wrapper(node: Node) -> str:
    """Put one that makes any number of calls on a chain; its address."""
    return _create(node, _WRAPPER)


def wrapped(*calls: Call) -> bytes:
    """Call data that makes a wrapper call one contract after the other."""
    return b"".join(_address(to) + len(data).to_bytes(2, "big") + data for to, data in calls)


def create_keeper(node: Node, *steps: Call | Log) -> str:
    """Put one on a chain whose steps stand in its own code, whatever it is sent; its address."""
    return _create(node, constructing(*steps))


def constructing(*steps: Call | Log) -> bytes:
    """Code that takes the steps while it is created, and leaves a contract without code."""
    length = sum(len(_step(one, 0, 0)) for one in steps) + 3
    code, data = b"", b""
    for one in steps:
        code += _step(one, len(code), length + len(data))
        data += _data(one)
    code += bytes.fromhex("5f5ff3")
    assert len(code) == length
    return code + data


def _data(step: Call | Log) -> bytes:
    return step.data if isinstance(step, Log) else step[1]


def _step(step: Call | Log, start: int, place: int) -> bytes:
    """The code of a step, which begins somewhere; what it sends stands at a place."""
    size = b"\x61" + len(_data(step)).to_bytes(2, "big")
    copied = size + b"\x61" + place.to_bytes(2, "big") + b"\x5f\x39"
    if isinstance(step, Log):
        return copied + _told(step.topics, size)
    code = copied + bytes.fromhex("5f5f") + size + bytes.fromhex("5f5f73") + _address(step[0])
    after = (start + len(code) + 9).to_bytes(2, "big")
    return code + bytes.fromhex("5af161") + after + bytes.fromhex("575f5ffd5b")


def _told(topics: Sequence[bytes], size: bytes) -> bytes:
    pushed = b"".join(b"\x7f" + topic for topic in reversed(topics))
    return pushed + size + b"\x5f" + bytes([0xA0 + len(topics)])


def _create(node: Node, code: bytes) -> str:
    length = len(code).to_bytes(2, "big")
    creation = b"\x61" + length + bytes.fromhex("80600a5f395ff3")
    created = node.send(None, creation + code).contract
    assert created is not None
    return created.lower()


def _address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
