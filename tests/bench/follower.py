"""How fast the follower reads, beside how fast the same node hands out the same logs as bytes."""

import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from ledger.chain.calls import Item
from ledger.chain.deployment import Deployment
from ledger.chain.rpc import RpcEndpoint
from ledger.model.commands import AcceptVoucher, IssuePayable, MoveDeposit, Part, TransferVoucher
from ledger.model.ids import root_voucher
from ledger.service.following.follower import Follower
from ledger.store.database import Database
from tests.bench.figures import Figure, show
from tests.cast import Cast, named, running_node
from tests.views_scenario import MATURITY

__all__ = ["Measured", "figures", "measure"]

BATCH = 100
PIECE = 1_000
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """Logs a second of both sides, in one run on one chain."""

    logs: int
    bytes_only: float
    follower: float
    cpu: float
    """Microseconds of this process for each log that is followed."""

    @property
    def ratio(self) -> float:
        """The follower's share of the node's own rate."""
        return self.follower / self.bytes_only


def measure(transfers: int = 6_000) -> Measured:
    """A chain of so many transfers and acceptances, read by both."""
    with running_node(engine="anvil") as node, tempfile.TemporaryDirectory() as folder:
        cast = Cast(node)
        _work(cast, transfers)
        url: str = node._w3.provider.endpoint_uri  # type: ignore[attr-defined]
        deployment, head = cast.ledger.deployment, node.block
        followed, handed = [], []
        for number in range(ROUNDS):
            followed.append(_followed(Path(folder) / f"{number}.sqlite", url, deployment))
            assert followed[-1].asked[-1][1] == head
            handed.append(_handed_out(url, deployment, followed[-1].asked))
        logs = followed[-1].logs
        seconds, cpu = (median(getattr(one, of) for one in followed) for of in ("seconds", "cpu"))
        return Measured(logs, logs / median(handed), logs / seconds, cpu / logs * 1e6)


def figures(*, quick: bool = False) -> list[Figure]:
    """Both rates and their ratio."""
    found = measure(200) if quick else measure()
    ratio = found.ratio
    return [
        Figure("eth_getLogs, bytes only", f"{found.bytes_only:,.0f} logs/s"),
        Figure("follower into an empty SQLite database", f"{found.follower:,.0f} logs/s"),
        Figure("follower's share", f"{ratio:.2f}", "≥ 0.20", ratio >= 0.20),
        Figure("the follower's own work", f"{found.cpu:.0f} µs a log"),
        Figure("logs", f"{found.logs:,}"),
    ]


def _work(cast: Cast, transfers: int) -> None:
    """Payables of many parts, each offered and accepted, with payments between."""
    payables = range(1, transfers // BATCH + 1)
    face = PIECE * BATCH * 2
    bank = cast.settlement_bank.id
    terms = {"to": cast.birch.id, "bank": bank, "face": face, "maturity": MATURITY, "invoices": ()}
    _relay(
        cast,
        (cast.acme.item(IssuePayable, evidence=named(f"{one}"), **terms) for one in payables),
        50,
    )
    roots = {"start": 0, "end": face}
    _relay(
        cast,
        (cast.birch.item(AcceptVoucher, voucher=root_voucher(one), **roots) for one in payables),
    )
    for number in range(BATCH):
        _round(cast, [root_voucher(one) for one in payables], number)


def _round(cast: Cast, roots: Sequence[int], number: int) -> None:
    for some in _chunks(roots):
        parts = [Part(cast.cedar.id, root, PIECE, named("note")) for root in some]
        offers = (cast.birch.item(TransferVoucher, parts=(part,)) for part in parts)
        offered = [one for done in cast.ledger.relay(list(offers)) for one in done.unwrap().offered]
        taken = {"start": number * PIECE, "end": (number + 1) * PIECE}
        answers = [cast.cedar.item(AcceptVoucher, voucher=one, **taken) for one in offered]
        paid = {"bank": cast.settlement_bank.id, "to": cast.birch.id, "amount": 1}
        answers += [
            cast.cedar.item(MoveDeposit, purpose=bytes(32), **paid)
            for _ in answers[: len(answers) // 2]
        ]
        _relay(cast, answers, 2 * BATCH)


def _relay(cast: Cast, items: Iterable[Item], count: int = BATCH) -> None:
    for some in _chunks(items, count):
        for done in cast.ledger.relay(some):
            done.unwrap()


def _chunks(items: Iterable[Any], count: int = BATCH) -> Iterator[list[Any]]:
    rest = iter(items)
    while some := list(islice(rest, count)):
        yield some


@dataclass(slots=True)
class _Followed:
    """What reading a chain took, and the stretches that were read."""

    logs: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    asked: list[tuple[int, int]] = field(default_factory=list)


def _followed(place: Path, url: str, deployment: Deployment) -> _Followed:
    """Read the whole chain into a fresh database."""
    database, endpoint = Database.open(f"sqlite:///{place}"), RpcEndpoint(url)
    database.migrate()
    follower, found, at = (
        Follower(database, endpoint, deployment),
        _Followed(),
        deployment.first_block,
    )
    began, busy, is_behind = time.perf_counter(), time.process_time(), True
    while is_behind:
        progress = follower.step()
        if progress.event_count:
            found.asked.append((at, progress.block))
            at, found.logs = progress.block + 1, found.logs + progress.event_count
        is_behind = not progress.is_caught_up
    found.seconds = time.perf_counter() - began
    found.cpu = time.process_time() - busy
    endpoint.close()
    database.close()
    return found


def _handed_out(url: str, deployment: Deployment, asked: Sequence[tuple[int, int]]) -> float:
    """Seconds to have the same logs as bytes, over one connection."""
    parts = urlsplit(url)
    connection = HTTPConnection(str(parts.hostname), parts.port)
    addresses = list(deployment.addresses.values())
    began = time.perf_counter()
    for first, last in asked:
        wanted = {"fromBlock": hex(first), "toBlock": hex(last), "address": addresses}
        body = {"jsonrpc": "2.0", "id": 0, "method": "eth_getLogs", "params": [wanted]}
        connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
        connection.getresponse().read()
    seconds = time.perf_counter() - began
    connection.close()
    return seconds


if __name__ == "__main__":
    show(figures())
