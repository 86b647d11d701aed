"""Blooms of block headers: 2,048 bits that tell which contracts may have events in a block.

A bloom never hides an event that the block holds; now and then it raises false hopes.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from ledger.chain.typed_data import keccak

__all__ = ["FULL_BLOOM", "bloom_of", "may_hold"]

_BITS: Final = 2_048

FULL_BLOOM: Final = (1 << _BITS) - 1
"""Of a block about which nothing is known."""


def bloom_of(addresses: Iterable[str]) -> int:
    """What the addresses of a block's events, without their topics, put into its bloom."""
    bloom = 0
    for address in addresses:
        bloom |= _bits_of(address)
    return bloom


def may_hold(bloom: int, addresses: Iterable[str]) -> bool:
    """Whether a block may hold an event of one of these contracts."""
    return any(bloom & bits == bits for bits in map(_bits_of, addresses))


@lru_cache(1_024)
def _bits_of(address: str) -> int:
    """Three bits, of the first three pairs of bytes of its hash."""
    hashed, bits = keccak(bytes.fromhex(address[2:])), 0
    for place in (0, 2, 4):
        bits |= 1 << int.from_bytes(hashed[place : place + 2]) % _BITS
    return bits
