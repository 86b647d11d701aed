"""A batch of issues under one signature: what is executed never exceeds what was signed."""

from dataclasses import dataclass, replace

import pytest

from ledger.chain.calls import abi_values, item_of
from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.commands import IssueBatch, PauseLedger, SuspendParticipant, VoidBatch
from ledger.model.errors import (
    BatchExceeded,
    BatchItemIssued,
    BatchVoid,
    DeadlinePassed,
    LedgerPaused,
    LimitExceeded,
    NotEligible,
    NotOnBatch,
    ParticipantSuspended,
    UnknownBatch,
    ZeroAmount,
)
from ledger.model.parts import BatchIssue
from ledger.service.ledger import Outcome
from tests.cast import LINE, Cast, Member, named
from tests.contracts.situations import EVIDENCE, MATURITY, NOTHING, invoice

ITEM = 1_000_00


def leaf_of(item: BatchIssue) -> bytes:
    return keccak(struct_hash(item))


def _parent(one: bytes, two: bytes) -> bytes:
    return keccak(min(one, two) + max(one, two))


def layers_of(leaves: list[bytes]) -> list[list[bytes]]:
    """A tree of pairs hashed in sorted order; a leaf without a partner goes up as it is."""
    layers = [leaves]
    while len(layers[-1]) > 1:
        below = layers[-1]
        pairs = [below[number : number + 2] for number in range(0, len(below), 2)]
        layers.append([_parent(*pair) if len(pair) == 2 else pair[0] for pair in pairs])
    return layers


@dataclass
class Batch:
    """A recorded batch and its tree."""

    id: bytes
    items: list[BatchIssue]
    layers: list[list[bytes]]

    def proof(self, index: int) -> list[bytes]:
        path = []
        for layer in self.layers[:-1]:
            beside = index ^ 1
            if beside < len(layer):
                path.append(layer[beside])
            index //= 2
        return path


def items_of(cast: Cast, count: int) -> list[BatchIssue]:
    bank = cast.settlement_bank.id
    return [
        BatchIssue(
            number, cast.birch.id, bank, ITEM, MATURITY, EVIDENCE, (invoice(str(number), ITEM),)
        )
        for number in range(count)
    ]


def record(cast: Cast, items: list[BatchIssue], **changes) -> Batch:
    layers = layers_of([leaf_of(one) for one in items])
    values = {"count": len(items), "total": sum(one.face for one in items), **changes}
    command = cast.acme.make(IssueBatch, root=layers[-1][0], **values)
    cast.ledger.carry_out(item_of(cast.acme.sign(command)))
    return Batch(cast.ledger.digest(command), items, layers)


def take(
    cast: Cast, batch: Batch, index: int, *, item: BatchIssue | None = None, proof=None
) -> Outcome:
    """Ask for one item, with its own proof unless another is given."""
    leaf = batch.items[index] if item is None else item
    path = batch.proof(index) if proof is None else proof
    call = cast.ledger.call("Issuance", "issueFromBatch", batch.id, abi_values(leaf), path)
    return cast.ledger.carry_out(call)


class TestRecording:
    def test_of_nothing_is_refused(self, acme: Member, refused) -> None:
        with refused(ZeroAmount):
            acme.act(IssueBatch, root=NOTHING, count=0, total=1)

    def test_of_more_than_ten_thousand_is_refused(self, acme: Member, refused) -> None:
        with refused(BatchExceeded, asked=10_001, left=10_000):
            acme.act(IssueBatch, root=NOTHING, count=10_001, total=1)
        acme.act(IssueBatch, root=NOTHING, count=10_000, total=1)

    def test_keeps_what_was_signed(self, acme: Member) -> None:
        outcome = acme.act(IssueBatch, root=named("root"), count=2, total=3)
        assert [event.name for event in outcome.events] == ["CommandExecuted", "BatchRecorded"]
        assert outcome.value("BatchRecorded", "batch") == outcome.digest


class TestItems:
    def test_of_an_unknown_batch_are_refused(self, cast: Cast, refused) -> None:
        batch = Batch(named("none"), items_of(cast, 1), layers_of([leaf_of(items_of(cast, 1)[0])]))
        with refused(UnknownBatch, batch=named("none")):
            take(cast, batch, 0)

    def test_of_a_void_batch_are_refused(self, cast: Cast, acme: Member, refused) -> None:
        batch = record(cast, items_of(cast, 2))
        take(cast, batch, 0)
        acme.act(VoidBatch, batch=batch.id)
        with refused(BatchVoid, batch=batch.id):
            take(cast, batch, 1)
        with refused(BatchVoid, batch=batch.id):
            acme.act(VoidBatch, batch=batch.id)

    def test_past_the_deadline_are_refused(self, cast: Cast, refused) -> None:
        batch = record(cast, items_of(cast, 1), deadline=cast.ledger.now + 100)
        cast.lapse_of_seconds(100)
        with refused(DeadlinePassed, time=cast.ledger.now + 1):
            take(cast, batch, 0)

    def test_in_the_second_of_the_deadline_are_issued(self, cast: Cast, refused) -> None:
        deadline = cast.ledger.now + 100
        batch = record(cast, items_of(cast, 2), deadline=deadline)
        cast.node.advance_to(deadline - 1)
        take(cast, batch, 0)
        assert cast.ledger.now == deadline
        with refused(DeadlinePassed, deadline=deadline, time=deadline + 1):
            take(cast, batch, 1)

    def test_with_any_field_changed_are_refused(self, cast: Cast, refused) -> None:
        batch = record(cast, items_of(cast, 3))
        honest = batch.items[1]
        changes = {
            "index": 2,
            "to": cast.cedar.id,
            "bank": 7,
            "face": ITEM + 1,
            "maturity": MATURITY + 1,
            "evidence": NOTHING,
            "invoices": (),
        }
        for name, value in changes.items():
            with refused(NotOnBatch, batch=batch.id):
                take(cast, batch, 1, item=replace(honest, **{name: value}))
        with refused(NotOnBatch, batch=batch.id, index=1):
            take(cast, batch, 1, proof=batch.proof(0))
        with refused(NotOnBatch, batch=batch.id, index=1):
            take(cast, batch, 1, proof=[])
        take(cast, batch, 1)

    def test_beyond_the_count_are_refused(self, cast: Cast, refused) -> None:
        batch = record(cast, items_of(cast, 3), count=2)
        with refused(NotOnBatch, batch=batch.id, index=2):
            take(cast, batch, 2)

    def test_are_issued_once(self, cast: Cast, refused) -> None:
        batch = record(cast, items_of(cast, 3), total=10**9)
        take(cast, batch, 2)
        with refused(BatchItemIssued, batch=batch.id, index=2):
            take(cast, batch, 2)
        take(cast, batch, 0)

    def test_above_the_signed_total_are_refused(self, cast: Cast, refused) -> None:
        batch = record(cast, items_of(cast, 3), total=2 * ITEM + 1)
        take(cast, batch, 0)
        take(cast, batch, 2)
        with refused(BatchExceeded, batch=batch.id, asked=ITEM, left=1):
            take(cast, batch, 1)

    def test_stop_with_the_ledger_and_the_obligor(self, cast: Cast, operator, refused) -> None:
        batch = record(cast, items_of(cast, 1))
        operator.act(PauseLedger, paused=True, reason=NOTHING)
        with refused(LedgerPaused):
            take(cast, batch, 0)
        operator.act(PauseLedger, paused=False, reason=NOTHING)
        operator.act(SuspendParticipant, subject=cast.acme.id, suspended=True, reason=NOTHING)
        with refused(ParticipantSuspended, participant=cast.acme.id):
            take(cast, batch, 0)

    def test_meet_every_condition_of_an_issue(self, cast: Cast, refused) -> None:
        items = items_of(cast, 2)
        items = [replace(items[0], to=cast.delta.id), replace(items[1], face=LINE + 1)]
        batch = record(cast, items)
        with refused(NotEligible, participant=cast.delta.id):
            take(cast, batch, 0)
        with refused(LimitExceeded, obligor=cast.acme.id):
            take(cast, batch, 1)

    def test_become_payables_of_the_signer(self, cast: Cast, acme: Member) -> None:
        batch = record(cast, items_of(cast, 3))
        outcome = take(cast, batch, 1)
        assert [event.name for event in outcome.events] == [
            "OutstandingChanged",
            "InvoiceUsed",
            "PayableIssued",
            "BatchItemIssuedAs",
        ]
        payable = outcome.value("BatchItemIssuedAs", "payable_id")
        assert cast.ledger.payable(payable)["obligor"] == acme.id


class TestVoid:
    def test_of_another_obligors_batch_is_refused(self, cast: Cast, birch: Member, refused) -> None:
        batch = record(cast, items_of(cast, 1))
        with refused(UnknownBatch, batch=batch.id):
            birch.act(VoidBatch, batch=batch.id)

    def test_of_an_unknown_batch_is_refused(self, acme: Member, refused) -> None:
        with refused(UnknownBatch, batch=NOTHING):
            acme.act(VoidBatch, batch=NOTHING)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 1_000])
def test_the_last_and_the_first_leaf_of_any_tree_are_on_it(cast: Cast, count: int) -> None:
    batch = record(cast, items_of(cast, count))
    take(cast, batch, count - 1)
    if count > 1:
        take(cast, batch, 0)
