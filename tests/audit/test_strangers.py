"""Commands to contracts that are none of the ledger's: counted, whatever stands beside them."""

from collections.abc import Sequence
from typing import Any

import pytest
from eth_utils.address import to_canonical_address
from rlp import encode
from web3 import Web3

from ledger.audit import Kind, Report, audit
from ledger.chain.artifacts import artifact
from ledger.chain.batches import relay_call
from ledger.chain.calls import Item, Signed, item_of
from ledger.chain.typed_data import Domain, digest, keccak
from ledger.model.commands import (
    CostShareOffer,
    MoveDeposit,
    SaleQuote,
    SellVoucher,
    SetLimit,
)
from tests.audit.cheats import cheat, slot_of, word_at
from tests.audit.forwarder import constructing, create_wrapper, wrapped
from tests.audit.live import audited
from tests.audit.recorded import Recorded
from tests.audit.strangers import BY_AMOUNT, asked, standing
from tests.cast import CHECKER, HIGH_FROM, MAKER, Cast, Member, named
from tests.contracts.situations import FACE, live, sale_terms

Call = tuple[str, bytes]


@pytest.fixture
def stranger(cast: Cast) -> str:
    """A contract that makes the calls it is given."""
    return create_wrapper(cast.node)


def explained(cast: Cast) -> Report:
    report = audited(cast.ledger)
    assert report.findings == []
    assert report.explained_events == report.events
    return report


def payment(cast: Cast, giver: Member, amount: int = 7) -> Item:
    values = {"bank": cast.settlement_bank.id, "to": cast.delta.id, "purpose": named("goods")}
    return giver.item(MoveDeposit, amount=amount, **values)


def call_of(cast: Cast, item: Item) -> Call:
    return cast.ledger.deployment.address(item.desk), item.data


def relayed(cast: Cast, *items: Item) -> Call:
    return cast.ledger.deployment.address("Relay"), relay_call(cast.ledger.deployment, items)


def mine_together(cast: Cast, calls: Sequence[Call]) -> None:
    """One block of several transactions, in this process."""
    node, tester = cast.node, cast.node._tester
    assert tester is not None
    node._set_pending_second(node.now + 1)
    values = {"value": 0, "gas": 10_000_000, "gasPrice": node._gas_price, "chainId": node.chain_id}
    for number, (to, data) in enumerate(calls, node.nonce):
        values |= {"to": Web3.to_checksum_address(to), "data": data, "nonce": number}
        tester.backend.send_raw_transaction(
            bytes(node._account.sign_transaction(values).raw_transaction)
        )
    tester.mine_block()


class TestStrangerBesideACommand:
    @pytest.mark.parametrize("order", [(0, 1), (1, 0), (1, 0, 1), (0, 1, 0), (0, 0, 1, 1)])
    def test_is_counted_and_the_command_explained(self, cast, birch, cedar, stranger, order):
        calls = [
            asked(cast, birch, stranger, 900 + place)
            if is_strange
            else call_of(cast, payment(cast, cedar))
            for place, is_strange in enumerate(order)
        ]
        before = explained(cast)
        cast.node.send(stranger, wrapped(*calls))
        report = explained(cast)
        assert report.foreign == sum(order)
        assert report.commands["MoveDeposit"] == len(order) - sum(order)
        assert report.events == before.events + sum(order) + 2 * (len(order) - sum(order))

    def test_of_the_same_participant_is_counted(self, cast, birch, stranger) -> None:
        strange = asked(cast, birch, stranger, 900, amount=HIGH_FROM // 2, level=BY_AMOUNT)
        cast.node.send(stranger, wrapped(call_of(cast, payment(cast, birch)), strange))
        report = explained(cast)
        assert (report.foreign, report.commands["MoveDeposit"]) == (1, 1)

    def test_around_a_batch_of_the_relay_is_counted(self, cast, birch, cedar, stranger) -> None:
        batch = relayed(cast, payment(cast, cedar), payment(cast, birch))
        strange = [asked(cast, birch, stranger, nonce) for nonce in (900, 901)]
        cast.node.send(stranger, wrapped(strange[0], batch, strange[1]))
        report = explained(cast)
        assert (report.foreign, report.commands["MoveDeposit"]) == (2, 2)

    def test_beside_a_sale_with_a_cost_share_is_counted(
        self, cast, acme, birch, delta, stranger
    ) -> None:
        """Of two standing offers one is the ledger's and the other is not."""
        root = live(cast)
        terms = sale_terms(cast, root, FACE)
        values = {"payable_id": 1, "share_max": 10**9, "rate_max": terms["rate"]}
        offer = acme.signed(CostShareOffer, budget=FACE, **values)
        quote = delta.signed(SaleQuote, taker=birch.id, **terms)
        sale = birch.item(
            SellVoucher, quote, offer, buyer=delta.id, obligor_share=10**9 // 2, **terms
        )
        strange = standing(cast, acme, stranger, 900, amount=1_000)
        cast.node.send(stranger, wrapped(strange, call_of(cast, sale), strange))
        report = explained(cast)
        assert (report.foreign, report.commands["CostShareOffer"]) == (2, 1)

    def test_of_whom_the_command_concerns_counts_for_the_day(self, cast, birch, stranger) -> None:
        """What it commits makes the next command one for two; the audit knows that."""
        strange = asked(cast, birch, stranger, 900, amount=HIGH_FROM - 1, level=BY_AMOUNT)
        command = payment(cast, birch, 1).command
        assert command is not None
        alone = item_of(birch.sign_by(command, MAKER))
        cast.node.send(stranger, wrapped(strange))
        slot = slot_of("Participants", "_members", birch.id)
        word = word_at(cast, "Participants", slot)
        cheat(cast, "Participants", slot, word & ~((1 << 48) - 1 << 112))
        cast.ledger.carry_out(alone)
        found = [one for one in audited(cast.ledger).findings if one.kind is Kind.AUTHORITY]
        codes = [one.reason.code for one in found if one.reason]
        assert codes == ["SignersTooFew", "CheckerMissing"]


class TestStrangerAlone:
    def test_with_the_code_of_a_desk_is_counted(self, cast, acme, delta) -> None:
        """Whoever deploys a copy of a desk has its commands authorised, beside the ledger."""
        creation = artifact("Exposure").creation(cast.ledger.deployment.address("Participants"))
        copy = cast.node.send(None, creation).contract
        assert copy is not None
        command = delta.make(SetLimit, obligor=acme.id, amount=1)
        signed = digest(command, Domain.of(cast.node.chain_id, copy))
        item = item_of(Signed(command, delta.approvals(signed, (MAKER, CHECKER))))
        receipt = cast.node.send(copy, item.data)
        assert [event.name for event in receipt.events] == ["CommandExecuted", "LimitSet"]
        report = explained(cast)
        assert (report.foreign, report.commands["SetLimit"]) == (1, 1)  # one of the cast's own

    def test_that_uses_nothing_of_a_standing_offer_is_counted(self, cast, acme, stranger) -> None:
        cast.advance(1)
        cast.node.send(stranger, wrapped(standing(cast, acme, stranger, 900, amount=0)))
        assert explained(cast).foreign == 1

    def test_of_a_standing_offer_is_counted(self, cast, acme, stranger) -> None:
        cast.node.send(stranger, wrapped(standing(cast, acme, stranger, 900, amount=1_000)))
        assert explained(cast).foreign == 1

    def test_that_is_no_contract_is_counted(self, cast, birch) -> None:
        """An account that asks the registry by itself, for what was signed to it."""
        asker = cast.node.sender.lower()
        cast.node.send(*asked(cast, birch, asker, 900, amount=9, level=BY_AMOUNT))
        cast.node.send(*standing(cast, birch, asker, 901, amount=1_000))
        assert explained(cast).foreign == 2

    def test_in_its_constructor_is_counted(self, cast, birch, cedar) -> None:
        sender = to_canonical_address(cast.node.sender)
        created = "0x" + keccak(encode([sender, cast.node.nonce])).hex()[24:]
        calls = asked(cast, birch, created, 900), call_of(cast, payment(cast, cedar))
        assert cast.node.send(None, constructing(*calls)).contract is not None
        report = explained(cast)
        assert (report.foreign, report.commands["MoveDeposit"]) == (1, 1)

    def test_in_the_same_block_as_a_command_is_counted(self, cast, birch, cedar, stranger) -> None:
        if cast.node._tester is None:
            pytest.skip("blocks of several transactions are made in this process")
        strange = wrapped(asked(cast, birch, stranger, 900, amount=9, level=BY_AMOUNT))
        sent = [call_of(cast, payment(cast, birch)), (stranger, strange)]
        sent.append(call_of(cast, payment(cast, cedar)))
        mine_together(cast, sent)
        assert len(cast.node._w3.eth.get_block("latest")["transactions"]) == len(sent)
        report = explained(cast)
        assert (report.foreign, report.commands["MoveDeposit"]) == (1, 2)


Logs = list[Any]


def _doubled(logs: Logs) -> Logs:
    return [*logs[:1], *logs]


def _of_nobody(logs: Logs) -> Logs:
    topics = logs[0]["topics"]
    return [{**logs[0], "topics": [*topics[:2], "0x" + f"{99:064x}", *topics[3:]]}, *logs[1:]]


def _invented(logs: Logs) -> Logs:
    """Another one, to another contract under another nonce."""
    digest, data = named("what nobody signed"), bytes.fromhex(logs[0]["data"][2:])
    topics = [logs[0]["topics"][0], "0x" + digest.hex(), *logs[0]["topics"][2:]]
    spoilt = "0x" + ((902).to_bytes(32, "big") + data[32:]).hex()
    return [*logs, {**logs[0], "topics": topics, "data": spoilt}]


def _without_stranger(logs: Logs) -> Logs:
    return logs[1:]


def _without_command(logs: Logs) -> Logs:
    return [logs[0], *logs[2:]]


def _without_effect(logs: Logs) -> Logs:
    return logs[:2]


LIES = {
    "a stranger's command told twice": (_doubled, Kind.EXTRA, "CommandExecuted"),
    "a stranger's command of nobody": (_of_nobody, Kind.EXTRA, "CommandExecuted"),
    "a stranger's command that was none": (_invented, Kind.STATE, "nonce 902 of participant 2"),
    "a stranger's command kept quiet": (_without_stranger, Kind.STATE, "participant 2"),
    "the ledger's command kept quiet": (_without_command, Kind.UNREADABLE, "DepositMoved"),
    "what the ledger's command has moved kept quiet": (
        _without_effect,
        Kind.MISSING,
        "DepositMoved",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_about_a_transaction_with_a_stranger_is_reported(cast, birch, stranger, lie) -> None:
    strange = asked(cast, birch, stranger, 900, amount=9, level=BY_AMOUNT)
    payed = call_of(cast, payment(cast, cast.cedar))
    cast.node.send(stranger, wrapped(strange, payed))
    edit, kind, subject = LIES[lie]

    def change(method: str, params: Any, result: Any) -> Any:
        del params
        if method == "eth_getTransactionReceipt" and result["to"] == stranger:
            return {**result, "logs": edit(result["logs"])}
        if method != "eth_getLogs" or not any(log["topics"] for log in result):
            return result
        last = [log for log in result if log["blockNumber"] == result[-1]["blockNumber"]]
        return result[: -len(last)] + edit(last)

    registry = cast.ledger.deployment.address("Participants")
    recorded = Recorded(cast.node)
    assert audit(recorded.history(), registry).is_explained
    report = audit(recorded.lying(change).history(), registry)
    assert {(one.kind, one.subject) for one in report.findings} >= {(kind, subject)}
