"""Contracts that nobody knows, in a few bytes: they call what their call data says."""

from ledger.chain.node import Node

__all__ = ["CODE", "constructing", "create_forwarder", "create_wrapper", "forwarded", "wrapped"]

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


def wrapped(*calls: tuple[str, bytes]) -> bytes:
    """Call data that makes a wrapper call one contract after the other."""
    return b"".join(_address(to) + len(data).to_bytes(2, "big") + data for to, data in calls)


def constructing(*calls: tuple[str, bytes]) -> bytes:
    """Code that makes the calls while it is created, and leaves a contract without code."""
    length = 46 * len(calls) + 3
    code, data = b"", b""
    for to, call in calls:
        size, place = len(call).to_bytes(2, "big"), (length + len(data)).to_bytes(2, "big")
        # Copy the call to memory, make it, and revert with it.
        code += b"\x61" + size + b"\x61" + place + b"\x5f\x39"
        code += bytes.fromhex("5f5f61") + size + bytes.fromhex("5f5f73") + _address(to)
        after = (len(code) + 9).to_bytes(2, "big")
        code += bytes.fromhex("5af161") + after + bytes.fromhex("575f5ffd5b")
        data += call
    code += bytes.fromhex("5f5ff3")
    assert len(code) == length
    return code + data


def _create(node: Node, code: bytes) -> str:
    created = node.send(None, bytes.fromhex(f"60{len(code):02x}8060095f395ff3") + code).contract
    assert created is not None
    return created.lower()


def _address(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
