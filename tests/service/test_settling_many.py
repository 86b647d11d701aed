"""Ten thousand vouchers in one run: what the scheduler takes, and a node that settles them."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.calls import Item
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.rpc import RpcEndpoint
from ledger.chain.typed_data import keccak
from ledger.model.commands import AcceptVoucher, Part, TransferVoucher
from ledger.model.days import first_second
from ledger.model.ids import root_voucher
from ledger.service.following.follower import Follower
from ledger.service.intake.intake import Intake
from ledger.service.relaying.outbox import Outbox
from ledger.service.relaying.relayer import Relayer
from ledger.service.running.site import Site
from ledger.service.scheduling.room import IDS_MAX
from ledger.service.scheduling.scheduler import Scheduler
from ledger.store.database import Database
from ledger.store.runs import RunRow
from ledger.views import Entry
from ledger.views.money_rows import Payment
from ledger.views.shares import share_of
from tests.cast import MORNING, Cast, SteppedNode, named
from tests.chain.chains import running_anvil
from tests.databases import opened
from tests.faults.model_ledger import DEPLOYMENT
from tests.service.recorded_chain import RecordedChain
from tests.service.settlements import doubled, every_run, settled_twice
from tests.views_scenario import MATURITY, Acts

MANY = 10_000
FACE = MANY * 1_003


class _Told:
    """Events of a payable that is cut into pieces, one block for each call."""

    def __init__(self) -> None:
        self.second, self.block, self.chain = MORNING, 0, RecordedChain()

    def block_of(self, *events: tuple[str, dict[str, Any]]) -> None:
        """A block with these events."""
        self.block, self.second = self.block + 1, self.second + 1
        transaction, desk = keccak(b"block %d" % self.block), DEPLOYMENT.address("Vouchers")
        entries = [
            Entry(name, values, desk, self.block, index, transaction, self.second)
            for index, (name, values) in enumerate(events)
        ]
        self.chain.extend(entries, flavour="a")


def _cut(told: _Told) -> list[tuple[int, int, int]]:
    """A payable in ten thousand pieces of uneven size; returns each voucher with its bounds."""
    terms = {"payable_id": 1, "obligor": 1, "to": 2, "bank": 6, "face": FACE, "maturity": MATURITY}
    more = {"due": MATURITY, "rules": 0, "invoices": 0, "evidence": bytes(32)}
    root, start = root_voucher(1), 0
    told.block_of(
        ("PayableIssued", {**terms, **more}),
        ("VoucherOffered", {"voucher": root, "to": 2, "evidence": bytes(32)}),
    )
    told.block_of(
        ("VoucherAccepted", {"voucher": root, "holder": 2}),
        ("PayableAccepted", {"payable_id": 1, "holder": 2}),
    )
    made, events = [], []
    for place in range(1, MANY):
        middle, part, to = start + 997 + place % 11, root + place, 3 + place % 3
        values = {"whole": root, "part": part, "to": to, "middle": middle, "evidence": bytes(32)}
        events.append(("PartOffered", values))
        events.append(("VoucherAccepted", {"voucher": part, "holder": to}))
        made.append((part, start, middle))
        start = middle
    for low in range(0, len(events), 4_000):
        told.block_of(*events[low : low + 4_000])
    return [*made, (root, start, FACE)]


def _settled(pieces: Sequence[tuple[int, int, int]], payment: Payment) -> list[Any]:
    """What the contract tells of each voucher."""
    return [
        (
            "VoucherSettled",
            {
                "voucher": voucher,
                "holder": 2,
                "payments": 1,
                "to_holder": share_of((low, high), [payment], [], settled=0),
                "to_lender": 0,
            },
        )
        for voucher, low, high in pieces
    ]


def test_run_of_ten_thousand_vouchers_costs_the_scheduler_seconds(
    engine: str, tmp_path: Path
) -> None:
    told = _Told()
    pieces = _cut(told)
    told.second = first_second(MATURITY)
    values = {"payable_id": 1, "number": 0, "interest": 0, "carried": 0, "on_bank_rail": False}
    amount = FACE * 2 // 3
    told.block_of(("PaymentRecorded", {**values, "principal": amount, "day": MATURITY}),
                  ("PrincipalPaid", {"payable_id": 1, "amount": amount}))  # fmt: skip
    with opened(engine, tmp_path) as database:
        chain: Any = told.chain
        site = Site(database, chain, DEPLOYMENT)
        scheduler = Scheduler(site, Intake(site, Outbox(database)))
        follower = Follower(database, chain, DEPLOYMENT)
        _follow(follower)
        begun = time.process_time()
        asked = scheduler.step().asked
        assert time.process_time() - begun < 6
        assert -(-MANY // IDS_MAX) < asked < 200
        assert doubled(database) == []
        [run] = every_run(database)
        assert (run.vouchers_left, run.left_amount, run.difference) == (MANY, amount, 0)
        payment = Payment(1, 0, 0, amount, FACE, MATURITY, on_bank_rail=False)
        for low in range(0, MANY, 4_000):
            told.block_of(*_settled(pieces[low : low + 4_000], payment))
            _follow(follower)
            scheduler.step()
            [run] = every_run(database)
            assert run.difference == 0
        _assert_done(database, run, amount)


def _follow(follower: Follower) -> None:
    while not follower.step().is_caught_up:
        pass


def _assert_done(database: Database, run: RunRow, received: int) -> None:
    assert (run.state, run.vouchers_done, run.vouchers_left) == ("done", MANY, 0)
    assert (run.received, run.distributed, run.difference) == (received, received, 0)
    assert doubled(database) == settled_twice(database) == []


# ---- a node


@pytest.mark.deep
@pytest.mark.anvil
def test_ten_thousand_vouchers_are_settled_within_three_blocks_and_three_seconds(
    tmp_path: Path,
) -> None:
    with running_anvil() as url, opened("sqlite", tmp_path) as database:
        node = SteppedNode.connect(url, keccak(b"members"))
        assert isinstance(node, SteppedNode)
        cast = Cast(node)
        root = _issued(cast)
        _divided(cast, root)
        cast.begin(MATURITY)
        endpoint = RpcEndpoint(url)
        site = Site(database, endpoint, cast.ledger.deployment)
        outbox = Outbox(database)
        key = RelayerKey(keccak(b"service"), chain_id=node.chain_id)
        relayer, follower = (
            Relayer(site, outbox, key),
            Follower(database, endpoint, site.deployment),
        )
        scheduler = Scheduler(site, Intake(site, outbox))
        _follow(follower)
        scheduler.step()
        Acts(cast).attest(1, FACE // 2, "half")  # by the bank rail: each voucher gets a payout
        node._request("evm_setAutomine", [False])
        node._request("evm_setIntervalMining", [1])
        begun = time.monotonic()
        while not (runs := every_run(database)) or runs[0].state != "done":
            assert time.monotonic() - begun < 60
            follower.step()
            scheduler.step()
            relayer.step()
            time.sleep(0.01)
        seconds = time.monotonic() - begun
        _assert_done(database, runs[0], FACE // 2)
        endpoint.close()
        print(f"{MANY} vouchers settled in {seconds:.2f} s")
        assert seconds <= 3 + 3


def _issued(cast: Cast) -> int:
    return Acts(cast).issue(FACE)


def _divided(cast: Cast, root: int) -> None:
    """Birch passes a thousand fen each on to others, who accept."""
    takers = [cast.cedar, cast.delta, cast.echo]
    for start in range(0, MANY - 1, 100):
        places = range(start, min(start + 100, MANY - 1))
        given = [takers[place % 3] for place in places]
        parts = tuple(
            Part(taker.id, root, 900 + place % 7, named("delivery"))
            for taker, place in zip(given, places, strict=True)
        )
        offered = cast.birch.act(TransferVoucher, parts=parts).offered
        bounds = [cast.ledger.voucher(one) for one in offered]
        items: list[Item] = [
            taker.item(AcceptVoucher, voucher=one, start=row["start"], end=row["end"])
            for taker, one, row in zip(given, offered, bounds, strict=True)
        ]
        for outcome in cast.ledger.relay(items):
            outcome.unwrap()
