"""What is posted is read strictly: one act has one spelling, and nothing else passes."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import ENTRY_POINTS, Signed, item_of
from ledger.model.canonical import canonical
from ledger.model.commands import COMMANDS, BatchIssue, CostShareOffer, InvoiceUse
from ledger.model.errors import (
    InvalidField,
    LedgerError,
    MissingField,
    UnknownCommand,
    UnknownField,
)
from ledger.model.structs import Command
from ledger.service.intake.posted import ACTS, Act, read_posted
from ledger.service.relaying.gas import estimate
from tests.faults.acts import move, posted
from tests.random_commands import random_struct

QUOTED = {"SellVoucher": "SaleQuote", "RedeemVoucher": "RedemptionQuote"} | {
    "PledgeVoucher": "PledgeQuote"
}
APPROVAL = "0x00" + "11" * 65
WORST = json.loads((Path(__file__).parents[1] / "worst_gas.json").read_text("utf-8"))
LENGTHS = {
    "Administration.admit": 16,
    "Administration.proposeRecovery": 16,
    "Administration.completeRecovery": 16,
    "Issuance.issue": 64,
    "Issuance.issueFromBatch": 64,
    "Offers.decline": 64,
    "Offers.withdraw": 64,
    "Offers.lapse": 64,
}
"""Elements of the lists with which the worst was measured, where that is not one."""


def random_command(kind: type[Command], seed: int) -> Command:
    """A command with values at and between the limits."""
    return random_struct(kind, random.Random(seed))


def _measured() -> Iterator[tuple[str, int, int]]:
    """Verb, elements of its lists, and what it took at the worst."""
    for name, gas in WORST.items():
        desk, _, verb = name.partition(".")
        if desk == "Relay" or not verb or ", " in verb:
            continue
        further = next((one for key, one in WORST.items() if key.startswith(name + ", ")), 0)
        yield verb, LENGTHS.get(name, 1), gas
        yield verb, LENGTHS.get(name, 1) + 10, gas + 10 * further


def _signed(name: str) -> dict[str, Any]:
    message = random_command(COMMANDS[name], 7).to_message()
    return {"command": name, "message": message, "approvals": [APPROVAL, "0x01" + "22" * 65]}


def _beside(command: str) -> list[Any]:
    """What a verb takes beside its command."""
    entry = artifact(COMMANDS[command].desk).functions[ENTRY_POINTS[command]]
    names = [one["name"] for one in entry.inputs[2:]]
    found: list[Any] = []
    for name in names:
        if name == "quote":
            found.append(_signed(QUOTED[command]))
        elif name == "offer":
            found.append(_signed("CostShareOffer"))
        elif name in ("cosigned", "secondCosigned"):
            found.append([APPROVAL])
        elif name == "proof":
            found.append("0x" + "33" * 65)
        elif name == "proofs":
            found.append(["0x" + "33" * 65, "0x" + "44" * 64])
        elif name == "fingerprints":
            found.append(["0x" + "55" * 32])
    return found


def _whole(command: str) -> dict[str, Any]:
    return {**_signed(command), "beside": _beside(command)}


@pytest.mark.parametrize("command", ENTRY_POINTS)
def test_every_verb_is_read_as_it_was_signed(command: str) -> None:
    data = _whole(command)
    read = read_posted(json.loads(json.dumps(data)))
    assert type(read.command).__name__ == command
    assert read.command.to_message() == data["message"]
    assert read.item.desk == COMMANDS[command].desk
    assert json.loads(read.text) == data
    assert read.signed.approvals[1][:1] == b"\1"
    assert read_posted(json.loads(read.text)) == read
    own = {command, *(one["command"] for one in data["beside"] if isinstance(one, dict))}
    assert {type(one.command).__name__ for one in read.signatures} == own


def test_no_offer_of_a_share_is_null() -> None:
    data = _whole("SellVoucher")
    data["beside"][1] = None
    read = read_posted(data)
    none = Signed(CostShareOffer(0, 0, 0, 0, 0, 0, 0), ())
    assert read.item == item_of(read.signed, read.beside[0], none)
    assert len(read.signatures) == 2
    data["beside"][0] = None
    with pytest.raises(InvalidField):
        read_posted(data)


@pytest.mark.parametrize(
    "data", [None, 7, "x", [], {}, {"command": "MoveDeposit"}, {"message": {}, "approvals": []}]
)
def test_what_is_no_command_is_refused(data: Any) -> None:
    with pytest.raises((InvalidField, MissingField)):
        read_posted(data)


@pytest.mark.parametrize("name", ["SaleQuote", "CostShareOffer", "Nothing", "", 7, None])
def test_quote_alone_and_unknown_command_are_refused(name: Any) -> None:
    with pytest.raises(UnknownCommand):
        read_posted({**_signed("SaleQuote"), "command": name})


def _good() -> dict[str, Any]:
    return posted(move(2, 3, 100, 2**60, 1_800_000_000))


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("message", [], InvalidField),
        ("approvals", "0x00", InvalidField),
        ("approvals", [], InvalidField),
        ("approvals", ["0x00"], InvalidField),
        ("approvals", ["00" + "11" * 65], InvalidField),
        ("approvals", ["0x00" + "AA" * 65], InvalidField),
        ("approvals", ["0x001"], InvalidField),
        ("approvals", [b"\0" * 66], InvalidField),
        ("approvals", [APPROVAL] * 17, InvalidField),
        ("approvals", ["0x00" + "11" * 4097], InvalidField),
        ("beside", None, InvalidField),
        ("beside", [[]], InvalidField),
        ("beside", "", InvalidField),
        ("extra", 1, UnknownField),
    ],
)
def test_field_of_another_form_is_refused(field: str, value: Any, error: type[LedgerError]) -> None:
    with pytest.raises(error):
        read_posted({**_good(), field: value})


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("nonce", 2**60, "message"),
        ("nonce", "0x10", "message.nonce"),
        ("nonce", "01", "message.nonce"),
        ("participant", "2", "message.participant"),
        ("participant", True, "message.participant"),
        ("participant", 2.0, "message.participant"),
        ("amount", 100, "message"),
        ("amount", "-1", "message.amount"),
        ("amount", str(2**64), "message.amount"),
        ("purpose", "0x" + "AB" * 32, "message"),
        ("purpose", "0x" + "ab" * 31, "message.purpose"),
        ("deadline", None, "message.deadline"),
        ("more", 1, "message.more"),
    ],
)
def test_message_has_one_spelling(field: str, value: Any, told: str) -> None:
    """What is a value, but is spelled otherwise, is told as a fault of the whole message."""
    data = _good()
    data["message"][field] = value
    with pytest.raises(LedgerError) as caught:
        read_posted(data)
    error = UnknownField if field == "more" else InvalidField
    assert (type(caught.value), caught.value.values["field"]) == (error, told)
    del data["message"][field]
    if field != "more":
        with pytest.raises(MissingField):
            read_posted(data)


@pytest.mark.parametrize("command", [one for one in ENTRY_POINTS if _beside(one)])
def test_what_goes_beside_must_be_all_of_it_and_of_its_form(command: str) -> None:
    good = _whole(command)
    for place in range(len(good["beside"])):
        for value in (7, "x", {}, ["x"], [7], "0xzz", {"command": command}):
            bad = copy.deepcopy(good)
            bad["beside"][place] = value
            with pytest.raises((InvalidField, MissingField)):
                read_posted(bad)
        for beside in (good["beside"][:place], [*good["beside"], []]):
            with pytest.raises(InvalidField) as caught:
                read_posted({**good, "beside": beside})
            assert caught.value.values["field"] == "beside"


def test_canonical_json_is_one_text() -> None:
    assert canonical({"b": [1, {"y": "凭", "x": True}], "a": None}) == (
        '{"a":null,"b":[1,{"x":true,"y":"凭"}]}'
    )


class TestActs:
    ITEM = BatchIssue(1, 2, 3, 4, 5, bytes(32), (InvoiceUse(bytes(32), 9, 9),))

    @pytest.mark.parametrize(
        ("verb", "values"),
        [
            ("settle", ([1 << 32 | 1, 2**63],)),
            ("lapse", (7, [b"\1" * 32])),
            ("issueFromBatch", (bytes(32), ITEM, [bytes(32)] * 14)),
            ("applyUnapplied", (7,)),
            ("completeRecovery", (random_command(COMMANDS["ProposeRecovery"], 3),)),
            ("completeVersion", (random_command(COMMANDS["AddVersion"], 3),)),
        ],
    )
    def test_act_is_a_call_of_its_desk_and_can_be_read(
        self, verb: str, values: tuple[Any, ...]
    ) -> None:
        act = Act(verb, values)
        entry = artifact(ACTS[verb]).functions[verb]
        assert act.item.desk == ACTS[verb]
        assert act.item.data[:4] == entry.selector
        assert len(entry.arguments(act.item.data[4:])) == len(values)
        assert list(json.loads(act.text)) == sorted(one["name"] for one in entry.inputs)
        assert estimate(verb, {"message": json.loads(act.text)}) > 0


class TestEstimates:
    def test_room_is_never_below_the_worst_that_was_measured(self) -> None:
        for verb, length, gas in _measured():
            message = {"message": {"list": [0] * length}}
            assert estimate(verb, message) >= gas, verb

    def test_signatures_of_verifiers_and_further_ones_take_room(self) -> None:
        base = estimate("accept", {"approvals": [APPROVAL, APPROVAL]})
        for length, gas in ((65, 7_501), (64, 255_979), (384, 156_134), (1_000, 332_834)):
            more = {"approvals": [APPROVAL, APPROVAL, "0x02" + "11" * length]}
            assert estimate("accept", more) - base >= gas
            assert estimate("accept", {"beside": [more]}) - base >= gas

    def test_every_verb_has_an_estimate(self) -> None:
        for verb in [*ENTRY_POINTS.values(), *ACTS]:
            assert estimate(verb, {}) > 25_000
