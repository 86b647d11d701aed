"""What acts cost, measured on the in-process chain; `tests/gas.json` keeps the figures.

Run with FENBOOK_GAS_WRITE=1 to write the file after a change that is meant to move them. The
scenario and what the figures mean stand in docs/performance.md. The quick engine counts gas as the
engine as it comes does, which test_quick_node.py tries and `make deep` measures here once more.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.calls import Item
from ledger.chain.deployment import Founder
from ledger.chain.keys import AccountKey
from ledger.chain.node import Node
from ledger.model.commands import (
    AcceptVoucher,
    InvoiceUse,
    IssueDeposit,
    IssuePayable,
    Part,
    PayPayable,
    RuleSet,
    SetLimit,
    Signer,
    TransferVoucher,
)
from ledger.model.days import first_second, parse_day
from ledger.service.ledger import Ledger
from ledger.service.party import Party
from tests.gas_book import compare
from tests.machine.quick_engine import quicken

FIGURES = Path(__file__).with_name("gas.json")
BATCH = 100
FACE = 10**9
PIECE = 10**6

START = first_second(parse_day("2026-03-02")) + 9 * 3600
MATURITY = parse_day("2026-08-28")
OBLIGOR, BANK, SUPPLIERS = 1, 2, range(3, 24)
NO_HASH = bytes(32)


@dataclass
class Town:
    """One obligor, a bank, twenty-one suppliers; every nonce word and deposit is in use."""

    ledger: Ledger
    parties: dict[int, Party]

    def batch(self, items: list[Item]) -> int:
        """Gas an item of a batch that is relayed whole."""
        outcomes = self.ledger.relay(items)
        assert [one.refusal for one in outcomes if one.refusal] == []
        return round(outcomes[0].gas / len(items))

    def direct(self, item: Item) -> int:
        """Gas of a transaction that calls the desk itself."""
        address = self.ledger.deployment.address(item.desk)
        return self.ledger.node.send(address, item.data).gas_used

    def transfer(self, holder: int, voucher: int, amount: int, to: int) -> Item:
        part = Part(to, voucher, amount, b"\x5a" * 32)
        return self.parties[holder].item(TransferVoucher, parts=(part,))

    def accept(self, voucher: int) -> Item:
        record = self.ledger.voucher(voucher)
        return self.parties[record["counterparty"]].item(
            AcceptVoucher, voucher=voucher, start=record["start"], end=record["end"]
        )

    def issue(self, number: int) -> Item:
        invoice = InvoiceUse(bytes([number]) * 32, FACE, FACE)
        return self.parties[OBLIGOR].item(
            IssuePayable,
            to=SUPPLIERS[0],
            bank=BANK,
            face=FACE,
            maturity=MATURITY,
            evidence=b"\x5a" * 32,
            invoices=(invoice,),
        )


def _secret(number: int) -> AccountKey:
    return AccountKey(number.to_bytes(32, "big"))


@pytest.fixture(scope="module", params=["quick", pytest.param("tester", marks=pytest.mark.deep)])
def town(request: pytest.FixtureRequest) -> Town:
    roles = {OBLIGOR: 1, BANK: 4 | 8} | dict.fromkeys(SUPPLIERS, 2)
    keys = {number: (_secret(2 * number), _secret(2 * number + 1)) for number in roles}
    founders = [
        Founder(
            role,
            bytes([number]) * 32,
            0,
            1,
            2,
            10**12,
            tuple(Signer(key.key, 1 + i, 0, NO_HASH) for i, key in enumerate(keys[number])),
        )
        for number, role in roles.items()
    ]
    rules = RuleSet(0, 365, 10, 5, 0, 0, 500_000, 1_500_000_000, False)
    node: Any = Node.in_process(start=START)
    if request.param == "quick":
        quicken(node._tester.backend.chain)
    ledger = Ledger.deploy(node, founders, rules)
    ledger.node.advance_to(START)
    # One approval each; only the bank's administration takes both of its signers.
    parties = {number: Party(ledger, number, {0: keys[number][0]}) for number in roles}
    bank = Party(ledger, BANK, dict(enumerate(keys[BANK])))
    ledger.carry_out(bank.item(SetLimit, obligor=OBLIGOR, amount=10**12))
    for number in roles:
        reference = bytes([number]) * 32
        ledger.carry_out(
            bank.item(IssueDeposit, to=number, amount=10**11, payment_reference=reference)
        )
    return Town(ledger, parties)


def _measure(town: Town) -> dict[str, int]:
    """The story of one payable, measured act by act."""
    figures: dict[str, int] = {}
    first, *others = SUPPLIERS
    receivers, last = others[:10], others[10]
    root = 1 << 32 | 1
    town.ledger.carry_out(town.issue(1))
    figures["accept root, direct"] = town.direct(town.accept(root))
    figures["issue with one invoice, direct"] = town.direct(town.issue(2))
    # Everybody has acted before, so that nobody's first nonce or commitment is in the figures.
    warm = [town.transfer(first, root, PIECE, to) for to in (*receivers, last)]
    town.batch(warm)
    town.batch([town.accept(1 << 32 | 2 + i) for i in range(len(receivers) + 1)])

    def pieces() -> list[int]:
        last = town.ledger.payable(1)["serials"]
        return [1 << 32 | serial for serial in range(last - BATCH + 1, last + 1)]

    def to(i: int) -> int:
        return receivers[i % len(receivers)]

    figures["part transfer, direct"] = town.direct(town.transfer(to(0), 1 << 32 | 2, 1000, first))
    offers = [town.transfer(first, root, PIECE, to(i)) for i in range(BATCH)]
    figures["part transfer, batch of 100"] = town.batch(offers)
    figures["accept, batch of 100"] = town.batch([town.accept(one) for one in pieces()])
    moved = pieces()
    whole = [town.transfer(to(i), one, PIECE, last) for i, one in enumerate(moved)]
    figures["whole transfer, batch of 100, ten holders"] = town.batch(whole)
    town.batch([town.accept(one) for one in moved])
    whole = [town.transfer(last, one, PIECE, to(i + 1)) for i, one in enumerate(moved)]
    figures["whole transfer, batch of 100"] = town.batch(whole)
    town.batch([town.accept(one) for one in moved])
    cuts = [town.transfer(to(i + 1), one, 1000, to(i)) for i, one in enumerate(moved)]
    figures["part transfer, batch of 100, ten holders, 100 vouchers"] = town.batch(cuts)
    _measure_settlement(town, moved, figures)
    return figures


def _measure_settlement(town: Town, vouchers: list[int], figures: dict[str, int]) -> None:
    ledger = town.ledger
    ledger.node.advance_to(first_second(MATURITY) + 9 * 3600)
    settlement = ledger.deployment.address("Settlement")
    # Whoever settles many names the vouchers of each holder in a row.
    in_rows = sorted(vouchers, key=lambda one: ledger.voucher(one)["holder"])
    kinds = {
        "of a whole payment, 100 vouchers": (FACE, in_rows),
        "of a part payment, 100 vouchers": (FACE // 2, in_rows),
        "of a whole payment, 100 vouchers, ten holders in turn": (FACE, vouchers),
    }
    point = ledger.node.snapshot()
    for name, (amount, named) in kinds.items():
        ledger.node.revert_to(point)
        ledger.carry_out(town.parties[OBLIGOR].item(PayPayable, payable_id=1, amount=amount))
        settle = ledger.call("Settlement", "settle", named).data
        gas = ledger.node.send(settlement, settle).gas_used
        figures[f"settlement {name}"] = round(gas / BATCH)


def test_gas_stays_where_it_was_measured(town: Town) -> None:
    compare(FIGURES, _measure(town))
