"""The relayer: carries accepted operations to the chain under one key, and nothing is lost.

The bytes of a transaction are stored before they are sent and never change. So whatever dies, the
same bytes are sent again, and a node that has them says so. A nonce is given once, in the database.
What a node says to a transaction is a fact about it; only blocks say what has become of it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from ledger.chain.endpoint import ENDPOINT_FAILURES, Answer
from ledger.chain.relayer_key import RelayerKey
from ledger.model.errors import DatabaseBusy, DatabaseFailed, LedgerError, NodeFailed
from ledger.service.relaying.outbox import PAUSED, Outbox
from ledger.service.relaying.packing import AGAIN_SECONDS_MAX, Packing
from ledger.service.running.crash_points import calling, writing
from ledger.service.running.site import Site
from ledger.store import relaying as rows
from ledger.store.relaying import Relayed
from ledger.store.tables.transactions import STORED

__all__ = ["Lane", "Relayer", "Relaying"]

_log = structlog.get_logger("fenbook.relay")

_REST_SECONDS: Final = (0.1, 10.0)
"""How long a lane rests after its first failure in a row, and at most."""


@dataclass(frozen=True, slots=True)
class Relaying:
    """How a lane relays."""

    pending_max: int = 100
    """Transactions of one key that may wait in the node's pool; Besu takes 614."""
    resend_seconds: float = 10.0
    """A transaction that is not mined by then is sent once more, the same bytes."""
    lost_seconds: float = 60.0
    """A transaction that no block holds although its nonce is used is given up after so long."""


@dataclass(frozen=True, slots=True)
class Lane:
    """How it stands with one key after a step."""

    key: str
    pending: int = 0
    """Transactions that the chain has not mined, as far as this step saw."""
    packed: int = 0
    """Operations that this step put into transactions."""
    problem: LedgerError | None = None
    """What keeps this lane from its work; it tries again by itself."""
    is_paused: bool = False


class Relayer:
    """One lane: one key, one writer. `monotonic` measures waiting and never goes back."""

    def __init__(
        self,
        site: Site,
        outbox: Outbox,
        key: RelayerKey,
        *,
        relaying: Relaying = Relaying(),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._site, self._outbox, self._relaying = site, outbox, relaying
        self._monotonic = monotonic
        self.key = key.address
        self._packing = Packing(site, outbox, key)
        self._sent_at: dict[bytes, float] = {}
        self._missed_at: dict[bytes, float] = {}
        self._rested = Lane(self.key)
        self._failures, self._rests_until = 0, monotonic()

    def step(self) -> Lane:
        """Do what there is to do now. Raises nothing for a node or a database that is away."""
        if 0 < self._rests_until - self._monotonic() <= _REST_SECONDS[1]:
            return self._rested
        try:
            lane = self._step()
        except (*ENDPOINT_FAILURES, DatabaseBusy, DatabaseFailed) as failure:
            first, most = _REST_SECONDS
            rest = min(most, first * 2 ** min(self._failures, 20))
            self._failures, self._rests_until = self._failures + 1, self._monotonic() + rest
            self._rested = Lane(self.key, problem=failure)
            return self._rested
        self._failures = 0
        return lane

    def _step(self) -> Lane:
        wall = self._outbox.wall
        with self._site.database.reading() as connection:
            latest = wall + AGAIN_SECONDS_MAX
            work = rows.standing(connection, self.key, wall=wall, latest=latest, pause=PAUSED)
        if work.is_paused:
            return Lane(self.key, is_paused=True)
        if not (work.has_open or work.has_due or work.has_failed):
            return Lane(self.key)
        with calling("count"):
            count = self._site.endpoint.transaction_count(self.key)
        if work.has_open:
            self._look_after(count)
        if work.has_failed:
            self._split(count)
        packed = 0
        if work.has_due:
            packed = self._packing.pack(
                count, pending_max=self._relaying.pending_max, looks_again=work.has_again
            )
        return Lane(self.key, self._send(count), packed)

    def _split(self, count: int) -> None:
        with self._site.database.reading() as connection:
            failed = rows.failed_transactions(connection, self.key)
        for one in failed:
            self._packing.split(one, count)

    # ---- what has become of transactions

    def _look_after(self, count: int) -> None:
        """Find out about transactions whose nonces are used, but which no block we read holds."""
        with self._site.database.reading() as connection:
            passed = rows.open_transactions(connection, self.key, below=count)
        if not passed:
            self._missed_at.clear()
            return
        with calling("locate"):
            places = self._site.endpoint.landed([one.hash for one in passed])
        failed: list[tuple[bytes, int | None]] = []
        for one, landed in zip(passed, places, strict=True):
            if landed is None and self._is_lost(one.hash):
                failed.append((one.hash, None))
            elif landed is not None and not landed.is_done:
                failed.append((one.hash, landed.block))
        if failed:
            with writing(self._site.database, "mark") as connection:
                for hash_, block in failed:
                    rows.mark_failed(connection, hash_, block)

    def _is_lost(self, hash_: bytes) -> bool:
        """Whether a transaction was in no block for long although its nonce is used.

        To be wrong here is harmless: a command takes effect once, whoever carries it.
        """
        now = self._monotonic()
        missed = self._missed_at.setdefault(hash_, now)
        return now - missed >= self._relaying.lost_seconds

    # ---- sending

    def _send(self, count: int) -> int:
        """Send what the chain has not mined: once, and again when it takes long; how many wait.

        Whatever is stored from the chain's next nonce on: a chain that lost its last blocks needs
        transactions again that we knew to be mined.
        """
        limit, now = self._relaying.pending_max, self._monotonic()
        with self._site.database.reading() as connection:
            waiting = rows.transactions_from(connection, self.key, count, limit=limit)
        hashes = {one.hash for one in waiting}
        self._sent_at = {one: at for one, at in self._sent_at.items() if one in hashes}
        due = [one for one in waiting if self._is_due(one.hash, now)]
        if due:
            self._tell(due, now)
        return len(waiting)

    def _is_due(self, hash_: bytes, now: float) -> bool:
        sent = self._sent_at.get(hash_)
        return sent is None or now - sent >= self._relaying.resend_seconds

    def _tell(self, due: Sequence[Relayed], now: float) -> None:
        """Send transactions in the order of their nonces, and note which a node has."""
        with calling("send"):
            sendings = self._site.endpoint.send([one.raw for one in due])
        taken, again, refused = [], [], ""
        for one, sending in zip(due, sendings, strict=True):
            if sending.answer is Answer.REFUSED:
                refused = refused or sending.message
            elif sending.answer is not Answer.FULL:
                if one.state != STORED or one.hash in self._sent_at:
                    again.append(one)
                self._sent_at[one.hash] = now
            if sending.answer in (Answer.TAKEN, Answer.KNOWN) and one.state == STORED:
                taken.append(one)
        if taken:
            with writing(self._site.database, "mark") as connection:
                rows.mark_sent(connection, [one.hash for one in taken])
        for one in taken:
            _log.info("batch sent", transaction="0x" + one.hash.hex(), nonce=one.nonce)
        if again:
            transactions = ["0x" + one.hash.hex() for one in again]
            _log.warning("batches sent again", count=len(again), transactions=transactions)
        if refused:
            raise NodeFailed(url=self._site.endpoint.name, problem=refused)
