"""Chain, rows and deposits compared fund by fund: 0.00 when right, and each fault by its name."""

from collections.abc import Callable, Iterator
from typing import ClassVar

import pytest

from ledger.chain.calls import abi_values
from ledger.chain.endpoint import Question
from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.commands import BatchIssue, FreezeParticipant, IssueBatch, MoveDeposit
from ledger.model.ids import root_voucher
from ledger.service.following.follower import Follower
from ledger.service.reconciliation.matters import MATTERS
from ledger.service.reconciliation.reconcile import Difference, Pace, Reconciled, reconcile
from ledger.store.database import Database
from ledger.store.metadata import METADATA
from tests.cast import Cast, named, running_node
from tests.databases import ENGINES, opened
from tests.service.following import follow
from tests.service.node_endpoint import NodeEndpoint
from tests.views_scenario import MATURITY, Acts, circulate, finance, govern, mature


@pytest.fixture(scope="module")
def world() -> Iterator[Cast]:
    """A ledger in the middle of its life: open offers, liens, freezes, payments, payouts."""
    with running_node() as node:
        cast = Cast(node)
        for act in (circulate, finance, govern, _begin_late, mature, _offer_late):
            act(Acts(cast) if act is circulate else _again(cast))
        yield cast


def _begin_late(acts: Acts) -> None:
    """A payable of a batch that matures after the others, and a case that stays open."""
    cast, ledger = acts.cast, acts.ledger
    bank = cast.settlement_bank.id
    item = BatchIssue(0, cast.birch.id, bank, 700, MATURITY + 90, named("order"), ())
    batch = cast.acme.act(IssueBatch, root=keccak(struct_hash(item)), count=2, total=1_000).digest
    ledger.carry_out(ledger.call("Issuance", "issueFromBatch", batch, abi_values(item), []))
    acts.accept(cast.birch, root_voucher(ledger.payable_count()))
    case = {"case_commitment": named("open case"), "review_day": MATURITY + 90}
    cast.regulator.act(FreezeParticipant, subject=cast.operator.id, **case)


def _offer_late(acts: Acts) -> None:
    """An offer that may still be answered."""
    acts.offer(acts.cast.birch, root_voucher(acts.ledger.payable_count()), 100, acts.cast.cedar)


def _again(cast: Cast) -> Acts:
    acts = Acts(cast)
    acts.count = cast.ledger.payable_count()
    return acts


@pytest.fixture(scope="module", params=ENGINES)
def followed(
    request: pytest.FixtureRequest, world: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with opened(str(request.param), tmp_path_factory.mktemp("books")) as database:
        follow(follower(world, database))
        yield database


def follower(world: Cast, database: Database) -> Follower:
    return Follower(database, NodeEndpoint(world.node), world.ledger.deployment)


class Remembering(NodeEndpoint):
    """Asks the node each question once a block: the faults are of the rows, not of the chain."""

    answers: ClassVar[dict[tuple[int, str, bytes], bytes]] = {}

    def call(self, question: Question) -> bytes:
        place = (self._node.block, question.to, question.data)
        if place not in self.answers:
            self.answers[place] = super().call(question)
        return self.answers[place]


def compared(world: Cast, database: Database, **options: object) -> Reconciled:
    return reconcile(database, Remembering(world.node), world.ledger.deployment, **options)  # type: ignore[arg-type]


def test_right_books_differ_by_nothing(world: Cast, followed: Database) -> None:
    found = compared(world, followed)
    assert found.differences == ()
    assert found.is_right
    assert found.block == world.node.block
    assert set(found.compared) == {one.name for one in MATTERS}
    assert all(found.compared.values()), found.compared
    said = found.to_json()
    assert (said["difference"], said["differences"]) == ("0.00", [])


def test_sample_compares_no_more_than_it_says(world: Cast, followed: Database) -> None:
    found = compared(world, followed, sample=3)
    assert found.is_right
    assert max(found.compared.values()) == 3


FAULTS = {
    "UPDATE v_payables SET live = live + 5 WHERE id = 1": ("funds", "live", 5),
    "UPDATE v_payables SET paid = paid - 7 WHERE id = 1": ("funds", "paid", 7),
    "UPDATE v_payables SET state = 4 WHERE id = 1": ("payables", "state", 0),
    "UPDATE v_payables SET face = face + 1 WHERE id = 1": ("payables", "face", 1),
    "UPDATE v_vouchers SET holder = holder + 1 WHERE id = (SELECT max(id) FROM v_vouchers "
    "WHERE state = 2 AND holder < 5)": ("vouchers", "holder", 0),
    "UPDATE v_vouchers SET \"end\" = \"end\" - 1 WHERE id = 4294967297": ("vouchers", "end", 0),
    "UPDATE v_vouchers SET settled = settled + 1 WHERE id = 4294967297":
        ("vouchers", "settled", 0),
    "DELETE FROM v_vouchers WHERE id = 4294967297": ("vouchers", "exists", 0),
    "UPDATE v_loans SET principal = principal + 100 WHERE id = 1": ("loans", "principal", 100),
    "DELETE FROM v_loans WHERE id = 1": ("loans", "exists", 0),
    "UPDATE v_payouts SET amount = amount + 3 WHERE number = 1": ("payouts", "amount", 3),
    "UPDATE v_accounts SET unapplied = unapplied + 9 WHERE payable = 1":
        ("accounts", "unapplied", 9),
    "UPDATE v_deposits SET amount = amount + 2 WHERE owner = 1": ("deposits", "amount", 2),
    "UPDATE v_holds SET amount = amount + 4": ("holds", "amount", 4),
    "UPDATE v_issued SET amount = amount - 1": ("issued", "issued", 1),
    "UPDATE v_exposures SET outstanding = outstanding + 6": ("exposures", "outstanding", 6),
    "UPDATE v_limits SET amount = amount - 8": ("limits", "amount", 8),
    "UPDATE v_participants SET is_suspended = NOT is_suspended WHERE id = 2":
        ("participants", "suspended", 0),
    "DELETE FROM v_deposits WHERE owner = 2": ("issued", "amount", None),
    # claims beside the funds
    "UPDATE v_payments SET principal = principal + 100 WHERE payable = 1 AND place = 0":
        ("payments", "principal", 100),
    "UPDATE v_payments SET interest = interest + 3 WHERE payable = 1 AND place = 1":
        ("payments", "interest", 3),
    "UPDATE v_payments SET owed = owed + 11 WHERE place = 1": ("payments", "owed", 11),
    "UPDATE v_payments SET day = day + 1 WHERE place = 1": ("payments", "day", 0),
    "UPDATE v_payments SET on_bank_rail = NOT on_bank_rail": ("payments", "by_bank", 0),
    "DELETE FROM v_payments WHERE place = 1": ("payments", "exists", 0),
    "UPDATE v_accounts SET payments = payments - 1 WHERE payable = 1": ("accounts", "payments", 0),
    "UPDATE v_payables SET cancelled = cancelled + 13 WHERE id = 2": ("rests", "rest", 13),
    "UPDATE v_redemptions SET amount = amount + 7 WHERE place = 0": ("redemptions", "redeemed", 7),
    "DELETE FROM v_redemptions WHERE place = 0": ("redemptions", "redemptions", 0),
    "DELETE FROM v_hops WHERE kind = 'redemption' AND payable = 1": ("redemptions", "units", None),
    "UPDATE v_hops SET start = start - 1, \"end\" = \"end\" - 1 "
    "WHERE kind = 'redemption' AND payable = 1": ("redeemed_ranges", "units", 1),
    "UPDATE v_sales SET seller = seller + 1 WHERE recourse = 1": ("sales", "seller", 0),
    "DELETE FROM v_sales WHERE recourse = 1": ("sales", "exists", 0),
    "UPDATE v_recourse SET rate = rate + 1": ("recourse", "rate", 0),
    "DELETE FROM v_recourse WHERE recourse = 1": ("recourse", "exists", 0),
    "UPDATE v_vouchers SET recourse = recourse + 1 WHERE recourse <> 0": ("turnable", "sale", 0),
    "UPDATE v_vouchers SET recourse = 0 WHERE recourse <> 0": ("vouchers", "flags", 0),
    "UPDATE v_cost_shares SET spent = spent + 2": ("cost_shares", "amount", 2),
    "UPDATE v_loans SET principal_paid = principal_paid + 17 WHERE id = 1":
        ("repayments", "principal", 17),
    "UPDATE v_loans SET advance = advance + 19 WHERE id = 1": ("repayments", "principal", 19),
    "DELETE FROM v_loan_on": ("liens", "loan", 0),
    "UPDATE v_offers SET taker = taker + 1 WHERE state = 'open'": ("offers", "taker", 0),
    "UPDATE v_offers SET giver = giver + 1 WHERE state = 'open'": ("offers", "giver", 0),
    "DELETE FROM v_open_offers": ("offers", "giver", 0),
    "UPDATE v_vouchers SET offered_at = offered_at + 1 WHERE state = 1":
        ("vouchers", "offered_at", 0),
    "UPDATE v_freezes SET is_lifted = NOT is_lifted": ("freezes", "lifted", 0),
    "UPDATE v_freezes SET \"end\" = \"end\" + 1 WHERE number = 1": ("freezes", "end", 0),
    "DELETE FROM v_freezes WHERE number = 1": ("freezes", "exists", 0),
    # parties
    "UPDATE v_signers SET is_revoked = NOT is_revoked WHERE number = 2":
        ("signers", "revoked", 0),
    "UPDATE v_signers SET expiry = expiry + 1 WHERE number = 0": ("signers", "expiry", 0),
    "UPDATE v_signers SET duty = 1 WHERE duty = 2": ("signers", "duty", 0),
    "UPDATE v_signers SET key = (SELECT key FROM v_signers ORDER BY participant LIMIT 1)":
        ("signers", "key", 0),
    "DELETE FROM v_signers WHERE number = 1": ("signers", "exists", 0),
    "DELETE FROM v_participant_freezes": ("cases", "open", 0),
    "UPDATE v_participants SET committed = committed + 23 WHERE id = 1":
        ("participants", "committed", 23),
    "UPDATE v_participants SET frozen_at = frozen_at + 1 WHERE id = 3":
        ("participants", "frozen_at", 0),
    "UPDATE v_participants SET identity = (SELECT digest FROM v_batches LIMIT 1) WHERE id = 2":
        ("identities", "participant", 0),
    "INSERT INTO v_recoveries SELECT id, identity, 5 FROM v_participants WHERE id = 2":
        ("recoveries", "proposal", 0),
    "UPDATE v_standing SET standing = replace(standing, '\"is_paused\":false', "
    "'\"is_paused\":true')": ("pause", "paused", 0),
    "UPDATE v_desks SET version = version + 1": ("desks", "amount", 1),
    "UPDATE v_exposures SET unpaid = '[]'": ("unpaid", "payables", 0),
    "UPDATE v_invoices SET used = used + 29": ("invoices", "used", 29),
    "UPDATE v_invoices SET total = total + 31": ("invoices", "total", 31),
    "UPDATE v_invoices SET uses = '[]'": ("invoices", "uses", None),
    "DELETE FROM v_invoices": ("invoices", "exists", 0),
    "UPDATE v_batches SET issued = issued + 1": ("batches", "items", 0),
    "UPDATE v_batches SET \"left\" = \"left\" + 37": ("batches", "left", 37),
    "UPDATE v_batches SET is_void = NOT is_void": ("batches", "void", 0),
    "DELETE FROM v_batches": ("batches", "exists", 0),
    "UPDATE v_rules SET rules = replace(rules, '\"offer_days\":5', '\"offer_days\":6')":
        ("rules", "offer_days", 0),
    "DELETE FROM v_rules WHERE number = 0": ("rules", "exists", 0),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_by_its_name_and_amount(
    world: Cast, followed: Database, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    matter, figure, amount = FAULTS[fault]
    undo = _kept(followed, fault)
    with followed.writing() as connection:
        assert connection.exec_driver_sql(fault).rowcount >= 1
    try:
        asked = [one for one in MATTERS if one.name == matter]
        # The others take long.
        monkeypatch.setattr("ledger.service.reconciliation.reconcile.MATTERS", asked)
        found = compared(world, followed)
    finally:
        undo()
    told = [one for one in found.differences if (one.matter, one.figure) == (matter, figure)]
    assert told
    if amount is not None:
        assert told[0].amount == amount
    assert not found.is_right
    assert (found.to_json()["difference"] == "0.00") == (found.amount == 0)


def _kept(database: Database, fault: str) -> Callable[[], None]:
    """What puts the rows of a fault's table back as they are now."""
    table = METADATA.tables[fault.split()[1 if fault.startswith("UPDATE") else 2]]
    with database.reading() as connection:
        kept = [dict(one._mapping) for one in connection.execute(table.select())]

    def undo() -> None:
        with database.writing() as connection:
            connection.execute(table.delete())
            if kept:
                connection.execute(table.insert(), kept)

    return undo


def test_chain_that_goes_on_meanwhile_is_no_difference(world: Cast, followed: Database) -> None:
    reader = follower(world, followed)
    follow(reader)
    world.birch.act(
        MoveDeposit, bank=world.settlement_bank.id, to=world.cedar.id, amount=5, purpose=named("x")
    )
    behind = compared(world, followed)
    # Birch's deposit, Cedar's, and what Birch has committed today.
    assert {one.matter for one in behind.differences} == {"deposits", "participants"}
    assert behind.amount == 15
    assert compared(world, followed, pace=Pace(lambda: follow(reader))).is_right


def test_difference_that_is_no_money_has_no_amount() -> None:
    assert Difference("vouchers", "V-1.1", "holder", 3, 4).amount == 0
    assert Difference("funds", "P-1", "live", 3, 4).amount == 1
