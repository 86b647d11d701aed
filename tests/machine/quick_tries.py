"""The engine's tries, made to take a node or an account apart once, however often it is read.

An act reads and writes the same nodes near the root as the one before it. To decode them, and to
see by their hashes which of them are left over, is a fifth of what an act costs.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import rlp
from eth.db.account import AccountDB
from eth.rlp.accounts import Account
from trie import hexary
from trie.hexary import HexaryTrie
from trie.utils import nibbles, nodes

__all__ = ["plain_tries", "quicken_tries"]

_KEPT: Final = 1 << 13
"""How many nodes are remembered."""

_DIGITS: Final = bytes.maketrans(b"0123456789abcdef", bytes(range(16)))

_decoded = lru_cache(_KEPT)(nodes.decode_node)


def quicken_tries() -> None:
    """Have every trie of this process be quick from now on."""
    _have(_QUICK)


@contextmanager
def plain_tries() -> Iterator[None]:
    """Have them be as they come for a while: what a quick one is compared with."""
    before = {(place, name): getattr(place, name) for place, name in _QUICK}
    _have(_PLAIN)
    yield
    _have(before)


def _have(does: Mapping[tuple[Any, str], Any]) -> None:
    for (place, name), what in does.items():
        setattr(place, name, what)


def _nibbles(value: bytes) -> tuple[int, ...]:
    return tuple(value.hex().encode().translate(_DIGITS))


def _decode(encoded: Any) -> Any:
    """A node, in lists of its own: whoever asks writes in them."""
    return _lists(_decoded(encoded)) if isinstance(encoded, bytes) else encoded


def _mapping(node: Any) -> tuple[Any, bytes | None]:
    """The key by which the node above names a node, and what is stored by it."""
    key, stored = _stored(_tuples(node))
    return (_lists(key) if isinstance(key, tuple) else key), stored


@lru_cache(_KEPT)
def _stored(node: Any) -> tuple[Any, bytes | None]:
    key, stored = HexaryTrie._create_node_to_db_mapping(None, _lists(node))
    return _tuples(key), stored


def _lists(node: Any) -> Any:
    if isinstance(node, bytes):
        return node
    return [one if isinstance(one, bytes) else _lists(one) for one in node]


def _tuples(node: Any) -> Any:
    if isinstance(node, bytes):
        return node
    return tuple([one if isinstance(one, bytes) else _tuples(one) for one in node])


@lru_cache(_KEPT)
def _account(encoded: bytes) -> Account:
    """An account out of its leaf; whoever changes one makes a copy of it."""
    return rlp.decode(encoded, sedes=Account)


def _account_of(accounts: Any, address: bytes, from_journal: bool = True) -> Account:
    if from_journal and address in accounts._account_cache:
        return accounts._account_cache[address]
    encoded = accounts._get_encoded_account(address, from_journal)
    found = _account(encoded) if encoded else Account()
    if from_journal:
        accounts._account_cache[address] = found
    return found


_QUICK: Final[dict[tuple[Any, str], Any]] = {
    (hexary, "bytes_to_nibbles"): _nibbles,
    (hexary, "decode_node"): _decode,
    (AccountDB, "_get_account"): _account_of,
    (nodes, "decode_nibbles"): lru_cache(_KEPT)(nibbles.decode_nibbles),
    (HexaryTrie, "_node_to_db_mapping"): lambda _, node: _mapping(node),
}
_PLAIN: Final = {(place, name): getattr(place, name) for place, name in _QUICK}
