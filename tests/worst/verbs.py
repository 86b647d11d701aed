"""Each verb of issue, circulation, financing and freezing, measured where it costs most."""

from functools import reduce
from typing import Any, Final

from ledger.chain.calls import Item, abi_values, item_of
from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.commands import (
    CostShareOffer,
    DeclineVoucher,
    IssueBatch,
    JoinVouchers,
    ReleaseSecurity,
    RepayLoan,
    SetHolidays,
    UnfreezeRange,
    VoidBatch,
    WithdrawOffer,
)
from ledger.model.days import parse_day
from ledger.model.ids import payable_of, root_voucher
from ledger.model.parts import BatchIssue
from tests.cast import named
from tests.worst.claims import (
    BOUGHT,
    FACE,
    INVOICES,
    LOT,
    PIECES,
    RATE,
    issue,
    redemption,
    sale,
    security,
    terms_of,
    transfer,
)
from tests.worst.office import jointly, pend_rules
from tests.worst.town import CASE, FREEZES, Town, answer

__all__ = ["circulation", "ended_offers", "financing", "holidays", "issuing"]

_HOLIDAY: Final = parse_day("2026-09-24")
"""The first of as many holidays in a row as are skipped, in two words of holidays."""

_HOLIDAYS: Final = 31
_PROOF: Final = 14
_BATCH: Final = 10_000
_LAPSING, _ANSWERED = 5, 6
_PART: Final = LOT // 3
_LOAN: Final = 2
"""On a voucher that Delta Bank bought with recourse and pledged to Echo Bank."""


def holidays(town: Town) -> None:
    """A month of holidays, across the border of two words."""
    days = range(_HOLIDAY, _HOLIDAY + _HOLIDAYS)
    for first in {day & ~0xFF for day in days}:
        bits = sum(1 << (day - first) for day in days if day & ~0xFF == first)
        town.relay([jointly(town, SetHolidays, first_day=first, holidays=bits)])


# ---- circulation and freezes


def circulation(town: Town) -> None:
    receivers = (town.birch.id, town.echo.id, town.ivy.id)
    parts = [(to, voucher, _PART) for to, voucher in zip(receivers, BOUGHT, strict=True)]

    def offer(count: int) -> Item:
        return transfer(town.delta, *parts[:count])

    town.measure("Vouchers.transfer", offer(1))
    town.measure_list("Vouchers.transfer, each further part", (1, 2, 3), offer)
    join = town.birch.item(JoinVouchers, low=PIECES[0], high=PIECES[1])
    town.measure("Vouchers.join", join)
    lift = town.regulator.item(
        UnfreezeRange, payable_id=payable_of(PIECES[0]), freeze=FREEZES - 1, case_commitment=CASE
    )
    town.measure("Oversight.unfreeze", lift)


def ended_offers(town: Town) -> None:
    """Offers of roots with all their invoices: one under every freeze, one open after a freeze."""
    town.relay([issue(town, invoices=INVOICES), issue(town, invoices=INVOICES)])
    *early, last = town.freeze_ranges(_LAPSING, FACE)
    town.relay(early)
    values = {"payable_id": _LAPSING, "case_commitment": CASE}
    town.relay(
        [town.regulator.item(UnfreezeRange, freeze=one, **values) for one in range(len(early))]
    )
    town.measure("Oversight.freeze", last)
    town.relay([last])
    fingerprints = [one.fingerprint for one in INVOICES]
    lapse = town.ledger.call("Offers", "lapse", _LAPSING, fingerprints)
    town.measure("Offers.lapse", lapse)
    town.freeze_for_a_moment(town.cedar)
    offered = root_voucher(_ANSWERED)
    decline = town.birch.make(DeclineVoucher, voucher=offered, reason=named("not mine"))
    town.measure("Offers.decline", answer(town.birch, decline, fingerprints))
    withdraw = town.acme.item(WithdrawOffer, fingerprints, voucher=offered)
    town.measure("Offers.withdraw", withdraw)


# ---- financing


def financing(town: Town) -> None:
    town.empty(town.delta)
    delta, echo = town.delta, town.echo
    part = _part_of(town, BOUGHT[0])
    offer = town.acme.signed(
        CostShareOffer,
        payable_id=payable_of(BOUGHT[0]),
        share_max=1_000_000_000,
        rate_max=RATE,
        budget=FACE,
    )
    town.measure("Sales.sell", sale(delta, echo, part, share=offer))
    town.measure("Sales.redeem", redemption(town, delta, _part_of(town, BOUGHT[1])))
    terms = {**part, "amount": LOT - _PART}
    town.measure("Loans.pledge", security(delta, echo, terms, _HOLIDAY))
    release = echo.item(ReleaseSecurity, loan=_LOAN, amount=LOT // 16)
    town.measure("Loans.release", release)
    with town.taken_back():
        town.relay([town.deposit(delta, amount=FACE)])
        town.empty(echo)
        repay = delta.item(RepayLoan, loan=_LOAN, principal=LOT // 2, release=_PART)
        town.measure("Loans.repay", repay)


def _part_of(town: Town, voucher: int) -> dict[str, Any]:
    record = town.ledger.voucher(voucher)
    return terms_of(voucher, record["start"], record["end"], _PART)


# ---- issue


def issuing(town: Town) -> None:
    """Under new rules with others pending, of invoices that back others already."""
    pend_rules(town)
    town.measure("Issuance.issue", issue(town, _HOLIDAY, invoices=INVOICES))
    bank = town.settlement_bank.id
    index = _BATCH - 1
    terms = (index, town.birch.id, bank, FACE, _HOLIDAY, named("terms"), INVOICES)
    item = BatchIssue(*terms)
    proof = [named(f"beside {number}") for number in range(_PROOF)]
    root = reduce(lambda one, two: keccak(min(one, two) + max(one, two)), proof, _leaf(item))
    batch = town.acme.make(IssueBatch, root=root, count=_BATCH, total=2**60)
    town.measure("Issuance.recordBatch", item_of(town.acme.sign(batch)))
    town.relay([item_of(town.acme.sign(batch))])
    number = town.ledger.digest(batch)
    town.measure(
        "Issuance.issueFromBatch",
        town.ledger.call("Issuance", "issueFromBatch", number, abi_values(item), proof),
    )
    void = town.acme.make(VoidBatch, batch=number)
    town.measure("Issuance.voidBatch", answer(town.acme, void))


def _leaf(item: BatchIssue) -> bytes:
    return keccak(struct_hash(item))
