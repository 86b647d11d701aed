"""The views equal the contracts' own: rebuilt from events alone, compared row by row."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledger.chain.artifacts import entries_of
from ledger.chain.calls import abi_values
from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.commands import (
    BatchIssue,
    IssueBatch,
    MoveDeposit,
    Part,
    RecourseVoucher,
    TransferVoucher,
    VoidBatch,
)
from ledger.service.ledger import Ledger
from ledger.views import Projection, entries
from ledger.views.claim_rows import OfferState
from ledger.views.debts import Owing
from ledger.views.log import entry_from_json, entry_to_json
from ledger.views.projection import HANDLERS, UNREAD
from tests.cast import Cast, named, running_node
from tests.views_scenario import MATURITY, Acts, circulate, cure, finance, govern, mature, projected


def assert_equal(ledger: Ledger, views: Projection) -> None:
    """Every row of the views against the contracts' own views."""
    state = views.state
    assert len(state.payables) == ledger.payable_count()
    for payable in state.payables:
        _assert_payable(ledger, views, payable)
        assert {one for one in state.vouchers if one >> 32 == payable} >= set(
            ledger.vouchers_of(payable)
        )
    for voucher in state.vouchers:
        _assert_voucher(ledger, views, voucher)
    assert len(state.loans) == ledger.ask("Loans", "loanCount")
    for number, loan in state.loans.items():
        _assert_same(loan, ledger.loan(number))
    for voucher, number in state.loan_on.items():
        assert ledger.ask("Loans", "loanOn", voucher) == number
    assert len(state.recourse) == ledger.ask("Sales", "saleCount")
    for number, sale in state.recourse.items():
        _assert_same(sale, ledger.ask("Sales", "saleOf", number))
    _assert_payouts(ledger, views)
    _assert_deposits(ledger, views)


def assert_registry_equal(ledger: Ledger, views: Projection) -> None:
    """The rows of participants, keys, nonces, lines, rules and invoices."""
    _assert_participants(ledger, views)
    _assert_lines(ledger, views)


def _assert_same(row: object, record: dict[str, Any], **renamed: str) -> None:
    mine = {name: getattr(row, renamed.get(name, name)) for name in record}
    assert mine == record


def _assert_payable(ledger: Ledger, views: Projection, payable: int) -> None:
    row = views.state.payables[payable]
    _assert_same(row, ledger.payable(payable))
    accounted = row.live + row.paid + row.redeemed + row.cancelled
    assert accounted == (0 if row.state.name == "OFFERED" else row.face)
    assert views.is_overdue(payable, second=ledger.now) == ledger.is_overdue(payable)
    account = ledger.ask("Settlement", "accountOf", payable)
    mine = views.state.accounts.get(payable)
    for name in ("unapplied", "unapplied_day", "last_day", "payments", "carried"):
        assert (getattr(mine, name) if mine else 0) == account[name]
    rate = views.state.rules[row.rules]["late_rate_daily"]
    for day in (ledger.today, ledger.today + 40):
        owing = Owing.of(row, mine, late_rate_daily=rate, day=day)
        assert (owing.late_interest, owing.live) == ledger.debt(payable, day=day)
    for payment in views.state.payments.get(payable, []):
        _assert_same(payment, ledger.ask("Settlement", "paymentOf", payable, payment.number))


def _assert_voucher(ledger: Ledger, views: Projection, voucher: int) -> None:
    row, record = views.voucher(voucher, second=ledger.now), ledger.voucher(voucher)
    if record["state"] == 4 and not record["depth"]:
        del record["offered_at"]  # of a cancelled root
    _assert_same(row, record)
    assert ledger.ask("Vouchers", "recourseOf", voucher) == row.recourse
    offer = views.current_offer(voucher, second=ledger.now)
    parties = (offer.giver, offer.taker) if offer else (0, 0)
    assert ledger.ask("Vouchers", "offerOf", voucher) == parties
    if row.depth:
        assert views.principal_left(voucher) == ledger.claim(voucher)[0]
        frozen = ledger.ask("Vouchers", "isFrozen", voucher)
        assert views.is_range_frozen(voucher) == frozen


def _assert_payouts(ledger: Ledger, views: Projection) -> None:
    payouts = views.state.payouts
    assert len(payouts) == ledger.ask("Settlement", "payoutCount")
    for number, payout in payouts.items():
        record = ledger.ask("Settlement", "payoutOf", number)
        assert record.pop("state") == (1 if payout.state == "open" else 2)
        _assert_same(payout, record)


def _assert_deposits(ledger: Ledger, views: Projection) -> None:
    state = views.state
    for (bank, owner), amount in state.deposits.items():
        assert ledger.deposit(bank, owner) == amount
    for (bank, desk, payable), amount in state.holds.items():
        assert ledger.ask("Deposits", "holdOf", bank, desk, payable) == amount
    for bank, issued in state.issued.items():
        assert ledger.ask("Deposits", "issuedBy", bank) == issued
        kept = [*state.deposits.items(), *state.holds.items()]
        assert sum(amount for key, amount in kept if key[0] == bank) == issued


def _assert_participants(ledger: Ledger, views: Projection) -> None:
    state = views.state
    assert len(state.participants) == ledger.ask("Participants", "participantCount")
    assert state.is_paused == ledger.ask("Participants", "paused")
    for number, row in state.participants.items():
        record = ledger.ask("Participants", "memberOf", number)
        _assert_same(row, record, suspended="is_suspended", frozen="is_frozen")
        recovery = state.recoveries.get(number)
        expected = (recovery.digest, recovery.effective) if recovery else (bytes(32), 0)
        assert ledger.ask("Administration", "recoveryOf", number) == expected
        used = state.nonces.get(number, set())
        for nonce in {*used, 0, max(used, default=0) + 1}:
            assert ledger.ask("Participants", "isNonceUsed", number, nonce) == (nonce in used)
    for (number, index), signer in state.signers.items():
        key, public = ledger.ask("Participants", "signerOf", number, index)
        assert (key["duty"], key["expiry"]) == (signer.duty, signer.expiry)
        assert key["revoked"] == signer.is_revoked
        assert bytes.fromhex(key["account"][2:]) + public == signer.key
    for desk, version in state.desks.items():
        assert ledger.ask("Participants", "versionOf", desk) == version


def _assert_lines(ledger: Ledger, views: Projection) -> None:
    state = views.state
    for obligor, row in state.exposures.items():
        expected = (row.limit, row.outstanding, row.unpaid_due)
        assert ledger.ask("Exposure", "exposureOf", obligor) == expected
    for (bank, obligor), amount in state.limits.items():
        assert ledger.ask("Exposure", "limitOf", bank, obligor) == amount
    for index, rules in state.rules.items():
        assert ledger.ask("Rules", "ruleSet", index) == rules
    for offer, spent in state.cost_shares.items():
        assert ledger.ask("Sales", "costShareSpent", offer) == spent
    for fingerprint, invoice in state.invoices.items():
        assert ledger.ask("Invoices", "invoiceOf", fingerprint) == (invoice.total, invoice.used)
        assert sum(used for _, used in invoice.uses) == invoice.used
    for (payable, number), freeze in state.freezes.items():
        record = ledger.ask("Oversight", "freezeOf", payable, number)
        _assert_same(freeze, record, lifted="is_lifted")


ACTS: dict[str, Callable[[Acts], None]] = {
    one.__name__: one for one in (circulate, finance, govern, mature, cure)
}


@pytest.fixture(scope="module")
def world() -> Iterator[Cast]:
    """A ledger of this module's own, which goes through the whole scenario once."""
    with running_node() as node:
        yield Cast(node)


@pytest.fixture(scope="module")
def told(world: Cast) -> Projection:
    """The scenario. After each of its acts the views read what is new, and are compared."""
    acts, views = Acts(world), Projection()
    for name, act in ACTS.items():
        act(acts)
        new = world.ledger.events(views.state.block + 1)
        for entry in entries(new, world.node.block_second):
            views.apply(entry)
        assert_equal(world.ledger, views)
        if name in ("govern", "cure"):
            assert_registry_equal(world.ledger, views)
    return views


def test_views_of_the_whole_scenario_equal_the_contracts(told: Projection) -> None:
    state = told.state
    assert {row.state.name for row in state.payables.values()} == {"SETTLED", "CANCELLED"}
    ends = {"accepted", "declined", "withdrawn", "lapsed"}
    assert {offer.state.value for offer in told.offers()} == ends
    assert state.turn_backs
    assert state.payouts
    assert state.redemptions
    assert all(not loan.is_open for loan in state.loans.values())


def test_every_event_of_the_contracts_is_read_or_known_to_say_nothing() -> None:
    events = {entry.name for entry in entries_of("event").values()}
    assert set(HANDLERS) <= events <= set(HANDLERS) | UNREAD
    assert not set(HANDLERS) & UNREAD


def test_scenario_has_nearly_every_event(world: Cast, told: Projection) -> None:
    seen = {event.name for event in world.ledger.events()}
    unseen = {"BatchRecorded", "BatchItemIssuedAs", "BatchVoided", "RecourseDemanded"}
    assert set(HANDLERS) - seen <= {*unseen, "ItemRefused"}
    assert told.state.block <= world.node.block


def test_offer_past_its_time_is_lapsed_and_its_part_held_without_any_event(cast: Cast) -> None:
    acts = Acts(cast)
    offered = acts.offer(cast.birch, acts.issue(), 500, cast.cedar)
    views = projected(cast)
    assert views.voucher(offered).state.name == "OFFERED"
    cast.advance(10)
    assert_equal(cast.ledger, views)
    row = views.voucher(offered, second=cast.ledger.now)
    assert (row.state.name, row.counterparty) == ("HELD", 0)
    assert views.offers(second=cast.ledger.now)[-1].state is OfferState.LAPSED
    assert views.offers()[-1].state is OfferState.OPEN


def test_batch_row_follows_what_is_issued_from_it_and_its_end(cast: Cast) -> None:
    acme, ledger = cast.acme, cast.ledger
    item = BatchIssue(
        index=0,
        to=cast.birch.id,
        bank=cast.settlement_bank.id,
        face=700,
        maturity=MATURITY,
        evidence=named("order"),
        invoices=(),
    )
    batch = acme.act(IssueBatch, root=keccak(struct_hash(item)), count=1, total=1_000).digest
    ledger.carry_out(ledger.call("Issuance", "issueFromBatch", batch, abi_values(item), []))
    acme.act(VoidBatch, batch=batch)
    views = projected(cast)
    assert batch is not None
    row = views.state.batches[batch]
    record = ledger.ask("Issuance", "batchOf", batch)
    expected = (row.obligor, row.count, row.issued, row.left, row.deadline, row.is_void, row.root)
    assert record == expected
    assert (row.left, row.is_void) == (300, True)
    assert views.state.payables[1].digest == batch
    assert_equal(ledger, views)


def test_demand_is_kept_where_the_seller_cannot_pay_the_recourse_price(cast: Cast) -> None:
    acts = Acts(cast)
    sold = acts.sell(cast.birch, acts.issue(), 5_000, recourse=True)
    deposit = cast.ledger.deposit(cast.settlement_bank.id, cast.birch.id)
    cast.birch.act(
        MoveDeposit,
        bank=cast.settlement_bank.id,
        to=cast.cedar.id,
        amount=deposit,
        purpose=named("all of it"),
    )
    cast.begin(MATURITY + 10)
    cast.delta.act(RecourseVoucher, voucher=sold)
    views = projected(cast)
    [demand] = views.state.demands
    assert (demand.voucher, demand.buyer, demand.seller) == (sold, cast.delta.id, cast.birch.id)
    assert demand.day == cast.ledger.today
    assert views.voucher(sold).holder == cast.delta.id
    assert_equal(cast.ledger, views)


def test_views_read_bit_by_bit_equal_those_read_at_once_even_from_json(
    world: Cast, told: Projection
) -> None:
    read = entries(world.ledger.events(), world.node.block_second)
    assert told.state == Projection(read).state
    text = json.dumps([entry_to_json(entry) for entry in read])
    again = [entry_from_json(one) for one in json.loads(text)]
    reread = Projection(again)
    reread.state.last = told.state.last  # where lists have become tuples
    assert told.state == reread.state


def test_an_act_of_no_effect_takes_no_credit_for_the_next_one(cast: Cast) -> None:
    """Two commands in a row are a deal only where a deal follows."""
    acts = Acts(cast)
    root = acts.issue()
    nothing = cast.cedar.item(TransferVoucher, parts=())
    offer = cast.birch.item(
        TransferVoucher, parts=(Part(cast.cedar.id, root, 500, named("delivery note")),)
    )
    for outcome in cast.ledger.relay([nothing, offer]):
        outcome.unwrap()
    assert projected(cast).offers()[-1].digest == cast.ledger.digest(offer.command)
