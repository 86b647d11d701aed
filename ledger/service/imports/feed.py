"""What the feed says of a batch: which of its payables were issued, by whatever transaction.

Where the chain was wound back, the feed keeps what it told before and says from where on it is
void. Payables of that part were never issued, and their numbers may be others' by now.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.service.following.rebuild import REWOUND
from ledger.store.database import Connection
from ledger.store.feed import FeedEvent, events_after, last_seq

__all__ = ["Issued", "issued_after"]

_EVENTS_MAX: Final = 2_000
_ISSUED_AS: Final = ("BatchItemIssuedAs",)


@dataclass(frozen=True, slots=True)
class Issued:
    """What was issued of a batch, as far as the feed was read."""

    payables: Mapping[int, int]
    """By their places."""
    seq: int
    """The feed was read up to here."""


def issued_after(connection: Connection, seq: int, batch: bytes) -> Issued:
    """What was issued of a batch behind a number of the feed, and is not void."""
    void = [(one.data["void_from"], one.seq) for one in _all(connection, seq, (REWOUND,))]
    wanted, payables, last = "0x" + batch.hex(), {}, seq
    for event in _all(connection, seq, _ISSUED_AS):
        last = event.seq
        is_void = any(low <= event.seq < high for low, high in void)
        if event.data["batch"] == wanted and not is_void:
            payables[int(event.data["index"])] = int(event.data["payable_id"])
    return Issued(payables, max(last, last_seq(connection)))


def _all(connection: Connection, seq: int, kinds: Sequence[str]) -> Iterator[FeedEvent]:
    while events := events_after(connection, seq, limit=_EVENTS_MAX, kinds=kinds):
        yield from events
        seq = events[-1].seq
