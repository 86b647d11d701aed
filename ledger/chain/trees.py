"""The tree of an issue batch: one root that a signature commits to, and a path from each leaf."""

from collections.abc import Sequence

from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.parts import BatchIssue

__all__ = ["Tree", "leaf_of"]


def leaf_of(item: BatchIssue) -> bytes:
    """The leaf as the contract makes it: hashed twice, so that no node of a tree is a leaf."""
    return keccak(struct_hash(item))


class Tree:
    """Pairs hashed in sorted order, as OpenZeppelin's MerkleProof reads them.

    A node without a partner goes up as it is.
    """

    __slots__ = ("_layers",)

    def __init__(self, items: Sequence[BatchIssue]) -> None:
        layer = [leaf_of(one) for one in items]
        self._layers = [layer]
        while len(layer) > 1:
            pairs = [layer[place : place + 2] for place in range(0, len(layer), 2)]
            layer = [_parent(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
            self._layers.append(layer)

    @property
    def root(self) -> bytes:
        """What is signed."""
        return self._layers[-1][0]

    def proof(self, place: int) -> list[bytes]:
        """The path of a leaf, from below."""
        path = []
        for layer in self._layers[:-1]:
            beside = place ^ 1
            if beside < len(layer):
                path.append(layer[beside])
            place //= 2
        return path


def _parent(one: bytes, two: bytes) -> bytes:
    return keccak(min(one, two) + max(one, two))
