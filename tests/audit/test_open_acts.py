"""Acts that need no signature, through contracts of outsiders: explained as far as they go."""

from typing import Any

import pytest

from ledger.audit import Kind, Report
from ledger.chain.calls import Item, abi_values, item_of
from ledger.model.commands import AttestPayment, MoveDeposit
from ledger.model.ids import payable_of, root_voucher
from tests.audit.forwarder import Log, create_wrapper, wrapped
from tests.audit.keepers import (
    CARRIERS,
    DELAY,
    OPEN_ACTS,
    call_of,
    issued,
    paid_after,
    send_hidden,
)
from tests.audit.live import audited
from tests.audit.strangers import asked
from tests.cast import CHECKER, MAKER, Cast
from tests.contracts.office_acts import version
from tests.contracts.situations import (
    FACE,
    MATURITY,
    attest,
    cut_in_two,
    live,
    named,
    passed,
    pay,
)


def explained(cast: Cast) -> Report:
    report = audited(cast.ledger)
    assert report.findings == []
    assert report.explained_events == report.events
    return report


def settle(cast: Cast, *vouchers: int) -> Item:
    return cast.ledger.call("Settlement", "settle", list(vouchers))


def carry(cast: Cast, *items: Item) -> None:
    """In one transaction, through a contract that makes the calls that it is sent."""
    calls = (call_of(cast, one) for one in items)
    cast.node.send(create_wrapper(cast.node), wrapped(*calls))


def _every_way() -> list[Any]:
    """Every act by every carrier; in the quick run one act by all, and all by one."""
    quick = ("settle", "hidden")
    pairs = [(name, carrier) for name in OPEN_ACTS for carrier in CARRIERS]
    marks = [
        () if name in quick or carrier in quick else pytest.mark.deep for name, carrier in pairs
    ]
    return [pytest.param(*pair, marks=mark) for pair, mark in zip(pairs, marks, strict=True)]


@pytest.mark.parametrize(("name", "carrier"), _every_way())
def test_act_through_a_contract_that_nobody_knows_is_explained(cast, name, carrier) -> None:
    CARRIERS[carrier](cast, OPEN_ACTS[name](cast))
    cast.ledger.carry_out(paid_after(cast))
    assert explained(cast).open_acts[name] > 0


class TestSeveralInOneTransaction:
    def test_beside_commands_and_strangers_are_explained(self, cast, cedar, delta) -> None:
        items = {name: OPEN_ACTS[name](cast) for name in ("lapse", "applyUnapplied")}
        items["settle"] = settle(cast, root_voucher(cast.ledger.payable_count()))
        stranger = create_wrapper(cast.node)
        calls = [call_of(cast, items[name]) for name in ("lapse", "applyUnapplied", "settle")]
        calls[1:1] = [call_of(cast, paid_after(cast)), asked(cast, cedar, stranger, 900)]
        calls[4:4] = [call_of(cast, paid_after(cast)), asked(cast, delta, stranger, 901)]
        cast.node.send(stranger, wrapped(*calls))
        report = explained(cast)
        assert (report.foreign, report.commands["MoveDeposit"]) == (2, 2)
        assert report.open_acts == dict.fromkeys(items, 1)

    def test_of_which_one_enables_the_next_are_explained(self, cast, settlement_bank) -> None:
        """Early money is applied and settled; more comes in, is applied at once, and settled."""
        root = live(cast)
        part, payable = passed(cast, root, FACE // 4, cast.cedar), payable_of(root)
        attest(cast, payable, FACE // 2, payment_reference=named("early"))
        cast.begin(MATURITY + 2)
        values = {"value_day": MATURITY + 2, "payment_reference": named("late")}
        more = settlement_bank.item(AttestPayment, payable_id=payable, amount=2 * FACE, **values)
        apply = cast.ledger.call("Settlement", "applyUnapplied", payable)
        first, second = settle(cast, root), settle(cast, part)
        carry(cast, apply, first, more, second, first)
        assert explained(cast).open_acts == {"applyUnapplied": 1, "settle": 2}

    @pytest.mark.parametrize("is_attested", [False, True])
    def test_of_one_holder_are_explained_together_and_apart(self, cast, is_attested) -> None:
        """Shares of one payee are paid as one where they were asked for in one call."""
        root = live(cast)
        parts = [root, *(cut_in_two(cast, root, FACE // 5) for _ in range(3))]
        cast.begin(MATURITY)
        (attest if is_attested else pay)(cast, payable_of(root), FACE // 2)
        one, two, three, four = parts
        carry(cast, settle(cast, one), settle(cast, three, two, one), settle(cast, four, three))
        assert explained(cast).open_acts["settle"] == (1 if is_attested else 3)

    def test_of_one_batch_are_explained(self, cast) -> None:
        """The contract is sent the paths alone, one behind the other."""
        items = issued(cast)
        calls = [call_of(cast, item) for item, _ in items[::-1]]
        send_hidden(cast, *calls, data=b"".join(path for _, path in items))
        assert explained(cast).open_acts["issueFromBatch"] == len(items)

    def test_between_commands_by_old_keys_and_new_ones_are_explained(self, cast, birch) -> None:
        recovered = OPEN_ACTS["completeRecovery"](cast)
        after = paid_after(cast)
        values = {"bank": cast.settlement_bank.id, "to": cast.delta.id, "purpose": named("old")}
        old = birch.sign_by(birch.make(MoveDeposit, amount=7, **values), MAKER, CHECKER)
        carry(cast, item_of(old), recovered, after)
        assert explained(cast).commands["MoveDeposit"] == 2


class TestVersions:
    """A version that brings no new desk leaves no event; it takes a number all the same."""

    @pytest.mark.parametrize("way", ["relayed", "hidden", "together"])
    def test_after_one_that_left_no_event_is_explained(self, cast, way) -> None:
        first, second = version(cast).command.desks
        acts = [version(cast, desks=desks) for desks in ((first,), (first,), (second,))]
        for act in acts:
            cast.ledger.carry_out(act.item())
        cast.lapse_of_seconds(DELAY)
        calls = [
            cast.ledger.call("Administration", "completeVersion", abi_values(act.command))
            for act in acts
        ]
        for call in calls[: {"relayed": 3, "hidden": 2}.get(way, 0)]:
            cast.ledger.carry_out(call)
        if way != "relayed":
            send_hidden(cast, *(call_of(cast, one) for one in calls[2 * (way == "hidden") :]))
        desk = "0x" + second.hex()
        assert cast.ledger.ask("Participants", "versionOf", desk) == 4
        report = explained(cast)
        assert report.open_acts.total() == report.open_acts["completeVersion"] == 2


class TestWhatLooksLikeAnAct:
    def test_events_of_an_outsider_are_nobodys(self, cast) -> None:
        """Copies of what a settlement leaves, in front of one and behind it."""
        item = OPEN_ACTS["settle"](cast)
        point = cast.node.snapshot()
        sent = CARRIERS["hidden"](cast, item).events[0].transaction
        logs = cast.node._w3.eth.get_transaction_receipt(sent)["logs"]
        copies = [Log(tuple(map(bytes, one["topics"])), bytes(one["data"])) for one in logs]
        cast.node.revert_to(point)
        send_hidden(cast, *copies, call_of(cast, item), *copies)
        assert explained(cast).open_acts["settle"] == 3

    def test_call_that_changes_nothing_is_nothing(self, cast) -> None:
        """Vouchers that are up to date or do not exist, beside a command."""
        root = live(cast)
        carry(cast, settle(cast, root, 99 << 32 | 1), paid_after(cast), settle(cast, root))
        assert not explained(cast).open_acts


class TestLimits:
    """What an outsider keeps to himself and nobody else can know stays a finding."""

    def test_command_whose_bytes_stand_nowhere_is_unreadable(self, cast) -> None:
        settled = OPEN_ACTS["settle"](cast)
        send_hidden(cast, call_of(cast, settled), call_of(cast, paid_after(cast)))
        report = audited(cast.ledger)
        found = {(one.kind, one.subject) for one in report.findings if one.transaction}
        names = ("CommandExecuted", "DepositMoved")
        assert found == {(Kind.UNREADABLE, name) for name in names}
        assert report.open_acts["settle"] == 3

    def test_item_of_a_batch_whose_path_stands_nowhere_is_reported_and_followed(self, cast) -> None:
        send_hidden(cast, call_of(cast, OPEN_ACTS["issueFromBatch"](cast)))
        [found] = audited(cast.ledger).findings
        assert (found.kind, found.subject) == (Kind.RULE, "issueFromBatch")
        assert found.reason is not None
        assert found.reason.code == "NotOnBatch"
