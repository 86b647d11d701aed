"""Through contracts of outsiders nothing passes that is no act: forged effects, and told ones."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest

from ledger.audit import Kind, audit
from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, abi_values
from ledger.chain.transactions import Receipt
from ledger.model.ids import payable_of, root_voucher
from tests.audit.cheats import cheat, slot_of, word_at
from tests.audit.conftest import Told
from tests.audit.forwarder import create_wrapper, wrapped
from tests.audit.keepers import DELAY, OPEN_ACTS, call_of, paid_after, send_hidden
from tests.audit.live import audited
from tests.audit.recorded import Recorded
from tests.audit.strangers import asked
from tests.audit.test_every_event import EDITS, Place, changed
from tests.audit.test_open_acts import settle
from tests.cast import Cast, named, running_node
from tests.contracts.office_acts import recovery, version
from tests.contracts.situations import FACE, MATURITY, live, offered, passed, pay
from tests.contracts.test_issue_batch import items_of, layers_of, leaf_of, record

STRANGE = 900
"""The nonce of a command to an outsider's contract; its digest stands nowhere to compare with."""

Found = set[tuple[Kind, str]]

MARKS = {
    "issueFromBatch": "BatchItemIssuedAs",
    "lapse": "PayableCancelled",
    "applyUnapplied": "PaymentRecorded",
    "settle": "VoucherSettled",
    "completeVersion": "DeskAdded",
    "completeRecovery": "RecoveryCompleted",
}
"""An event that each act leaves."""


def _found(cast: Cast, receipt: Receipt) -> Found:
    """What an audit finds in a transaction: kinds, with events or the refusals that were due."""
    sent = receipt.events[0].transaction
    findings = [one for one in audited(cast.ledger).findings if one.transaction == sent]
    return {(one.kind, one.reason.code if one.reason else one.subject) for one in findings}


def _carried(cast: Cast, *items: Item) -> Found:
    """What is found where a contract that nobody knows has made the calls of its own accord."""
    return _found(cast, send_hidden(cast, *(call_of(cast, one) for one in items)))


def _write(
    cast: Cast, contract: str, slot: int, value: int, *, at: int = 0, bits: int = 256
) -> None:
    """Put a value in the place of some bits of a word."""
    word, mask = word_at(cast, contract, slot), (1 << bits) - 1 << at
    cheat(cast, contract, slot, word & ~mask | value << at)


# ---- forged in storage


def test_lapse_of_an_open_offer_is_reported(cast) -> None:
    number = offered(cast)
    _write(cast, "Vouchers", slot_of("Vouchers", "_limits", 0), 1, bits=16)
    cast.advance(2)
    lapse = cast.ledger.call("Offers", "lapse", number, [])
    assert _carried(cast, lapse) == {(Kind.RULE, "OfferOpen")}


def test_recovery_before_its_time_is_reported(cast) -> None:
    act = recovery(cast)
    cast.ledger.carry_out(act.item())
    slot = slot_of("Administration", "recoveryOf", cast.birch.id)
    _write(cast, "Administration", slot + 1, cast.ledger.now, bits=64)
    complete = cast.ledger.call("Administration", "completeRecovery", abi_values(act.command))
    assert _carried(cast, complete) == {(Kind.RULE, "RecoveryTooEarly")}


def test_recovery_with_other_keys_than_were_proposed_is_reported(cast) -> None:
    act = recovery(cast)
    cast.ledger.carry_out(act.item())
    cast.lapse_of_seconds(DELAY)
    signers = [replace(one, key=named(str(one))[:20]) for one in act.command.signers]
    command = replace(act.command, signers=tuple(signers))
    digest = int.from_bytes(cast.ledger.digest(command), "big")
    slot = slot_of("Administration", "recoveryOf", cast.birch.id)
    cheat(cast, "Administration", slot, digest)
    complete = cast.ledger.call("Administration", "completeRecovery", abi_values(command))
    subjects = ("SignerAdded", "RecoveryCompleted")
    assert _carried(cast, complete) == {(Kind.CHANGED, one) for one in subjects}


def test_version_that_nobody_has_proposed_is_reported(cast) -> None:
    command = version(cast).command
    digest = int.from_bytes(cast.ledger.digest(command), "big")
    slot = slot_of("Administration", "versionEffective", digest)
    cheat(cast, "Administration", slot, cast.ledger.now)
    complete = cast.ledger.call("Administration", "completeVersion", abi_values(command))
    assert _carried(cast, complete) == {(Kind.UNREADABLE, "DeskAdded")}


def test_version_before_its_time_is_reported(cast) -> None:
    act = version(cast)
    cast.ledger.carry_out(act.item())
    digest = int.from_bytes(cast.ledger.digest(act.command), "big")
    slot = slot_of("Administration", "versionEffective", digest)
    cheat(cast, "Administration", slot, cast.ledger.now)
    complete = cast.ledger.call("Administration", "completeVersion", abi_values(act.command))
    assert _carried(cast, complete) == {(Kind.RULE, "VersionTooEarly")}


def test_item_that_is_not_on_its_batch_is_reported(cast) -> None:
    """The path that leads to the changed root stands in the call data."""
    batch = record(cast, items_of(cast, 2))
    forged = replace(batch.items[0], face=batch.items[0].face - 1)
    layers = layers_of([leaf_of(forged), batch.layers[0][1]])
    slot = slot_of("Issuance", "batchOf", int.from_bytes(batch.id, "big"))
    cheat(cast, "Issuance", slot + 1, int.from_bytes(layers[1][0], "big"))
    values = (batch.id, abi_values(forged), layers[0][1:])
    call = call_of(cast, cast.ledger.call("Issuance", "issueFromBatch", *values))
    receipt = cast.node.send(create_wrapper(cast.node), wrapped(call))
    assert _found(cast, receipt) == {(Kind.RULE, "NotOnBatch")}


def test_payment_that_grew_is_reported_where_it_is_shared(cast) -> None:
    root = live(cast)
    passed(cast, root, FACE // 4, cast.cedar)
    cast.begin(MATURITY)
    pay(cast, payable_of(root), FACE // 2)
    slot = slot_of("Settlement", "_payments", payable_of(root), 0)
    _write(cast, "Settlement", slot, FACE // 2 + 1_000, bits=64)
    found = _carried(cast, settle(cast, root))
    assert found == {(Kind.CHANGED, one) for one in ("DepositPaidOut", "VoucherSettled")}


def test_money_that_nobody_attested_is_reported_where_it_is_applied(cast) -> None:
    number = payable_of(live(cast))
    _write(cast, "Settlement", slot_of("Settlement", "_accounts", number), FACE, at=64, bits=64)
    cast.begin(MATURITY)
    found = _carried(cast, cast.ledger.call("Settlement", "applyUnapplied", number))
    assert found >= {(Kind.UNREADABLE, "PaymentRecorded"), (Kind.UNREADABLE, "PrincipalPaid")}


class TestForgedEffectBesideAnAct:
    """A contract that was made a desk in storage settles, and moves money of its own accord."""

    @pytest.fixture
    def settled(self, cast) -> Item:
        return OPEN_ACTS["settle"](cast)

    def test_move_is_reported_alone(self, cast, settled) -> None:
        values = (cast.settlement_bank.id, cast.cedar.id, cast.operator.id, 11, named("a gift"))
        found = self._by_rogue(cast, settled, "move", *values)
        assert found == {(Kind.UNREADABLE, "DepositMoved")}

    def test_payout_of_its_own_is_reported_alone(self, cast, settled) -> None:
        """To the payee of the settlement, of the same payable."""
        number = cast.ledger.payable_count()
        values = (cast.settlement_bank.id, number, [(cast.echo.id, 11)])
        found = self._by_rogue(cast, settled, "payOut", *values)
        assert found == {(Kind.UNREADABLE, "DepositPaidOut")}

    def _by_rogue(self, cast: Cast, settled: Item, function: str, *values: object) -> Found:
        rogue = create_wrapper(cast.node)
        cheat(cast, "Participants", slot_of("Participants", "versionOf", int(rogue, 16)), 1)
        number, bank = cast.ledger.payable_count(), cast.settlement_bank.id
        hold = slot_of("Deposits", "_holds", bank, int(rogue, 16), number)
        cheat(cast, "Deposits", hold, 11)
        data = artifact("Deposits").functions[function].call(*values)
        forged = cast.ledger.deployment.address("Deposits"), data
        return _found(cast, cast.node.send(rogue, wrapped(forged, call_of(cast, settled))))


# ---- told otherwise by the endpoint


@pytest.fixture(scope="module")
def kept() -> Iterator[Told]:
    """A chain on which an outsider's contracts have called every act."""
    with running_node() as node:
        cast = Cast(node)
        for name, act in OPEN_ACTS.items():
            node.send(create_wrapper(node), wrapped(call_of(cast, act(cast))))
            if name == "applyUnapplied":
                root = root_voucher(cast.ledger.payable_count())
        stranger, items = (
            create_wrapper(node),
            [paid_after(cast), settle(cast, root), paid_after(cast)],
        )
        calls = [call_of(cast, item) for item in items]
        node.send(stranger, wrapped(asked(cast, cast.cedar, stranger, STRANGE), *calls))
        recorded = Recorded(node)
        registry = cast.ledger.deployment.address("Participants")
        yield Told(recorded, registry, cast, audit(recorded.history(), registry))


def _places(kept: Told) -> list[Place]:
    """Every event of transactions through an outsider's contract, but of what is a stranger's."""
    history, ours = kept.recorded.history(), set(kept.honest.contracts)
    ours.add(kept.cast.ledger.deployment.address("Relay"))
    return [
        ("0x" + event.transaction.hex(), event.index)
        for event in history.events(0, kept.honest.last_block, list(kept.honest.contracts))
        if history.transaction(event.transaction).to not in (None, *ours)
        and event.values.get("nonce") != STRANGE
    ]


def _is_found(kept: Told, place: Place, edit: str) -> bool:
    return not kept.lying(changed(place, EDITS[edit])).is_explained


def test_some_events_of_open_acts_told_otherwise_are_found(kept: Told) -> None:
    assert kept.honest.is_explained
    assert set(kept.honest.open_acts) == set(OPEN_ACTS)
    places = Random(7).sample(_places(kept), 2)
    assert all(_is_found(kept, *one) for one in product(places, EDITS))


@pytest.mark.parametrize("name", OPEN_ACTS)
def test_open_act_that_is_kept_quiet_is_found(kept: Told, name: str) -> None:
    mark = MARKS[name]
    history = kept.recorded.history()
    events = history.events(0, kept.honest.last_block, list(kept.honest.contracts))
    hidden = "0x" + [one for one in events if one.name == mark][-1].transaction.hex()

    def change(method: str, params: Any, result: Any) -> Any:
        del params
        if method != "eth_getLogs":
            return result
        return [log for log in result if log["transactionHash"] != hidden]

    assert any(one.kind is Kind.STATE for one in kept.lying(change).findings)


@pytest.mark.deep
@pytest.mark.parametrize("edit", EDITS)
def test_every_event_of_open_acts_told_otherwise_is_found(kept: Told, edit: str) -> None:
    places = _places(kept)
    assert len(places) > 30
    assert [place for place in places if not _is_found(kept, place, edit)] == []
