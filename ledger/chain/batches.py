"""Batches of the relay: many calls in one, and what it says became of each."""

from collections.abc import Sequence

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, framed
from ledger.chain.deployment import Deployment

__all__ = ["reasons_of", "relay_call"]


def relay_call(deployment: Deployment, items: Sequence[Item]) -> bytes:
    """Call data of the relay that carries these items, in this order."""
    desks = list(dict.fromkeys(item.desk for item in items))
    addresses = [deployment.address(desk) for desk in desks]
    calls = b"".join(framed(desks.index(item.desk), item.data) for item in items)
    return artifact("Relay").functions["relay"].call(addresses, len(items), calls)


def reasons_of(answer: bytes, count: int) -> list[bytes]:
    """Why each item was refused, from the relay's answer; empty for one that was carried out."""
    reasons = artifact("Relay").functions["relay"].answer(answer)
    return [bytes(one) for one in reasons] or [b""] * count
