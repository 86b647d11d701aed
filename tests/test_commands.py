"""Commands mirror the Solidity sources and refuse values that the contracts could not carry."""

import json
import random
from typing import Any

import pytest

from ledger.model.commands import (
    COMMANDS,
    DESKS,
    AddVersion,
    BatchIssue,
    Command,
    InvoiceUse,
    IssuePayable,
    Part,
    RuleSet,
    Signer,
    TransferVoucher,
    command_of,
)
from ledger.model.errors import InvalidField, MissingField, UnknownCommand, UnknownField
from ledger.model.meanings import Meaning
from ledger.model.states import Duty, PayableState, Role, VoucherState
from ledger.model.structs import Struct, camel_case, fields_of, snake_case
from tests import solidity_source
from tests.random_commands import random_struct

PARTS: dict[str, type[Struct]] = {
    one.__name__: one for one in (BatchIssue, InvoiceUse, Part, RuleSet, Signer)
}
DECLARED = {
    **solidity_source.structs("Commands.sol"),
    **solidity_source.structs("MoneyCommands.sol"),
    **solidity_source.structs("AdminCommands.sol"),
}
IDS = {
    "ParticipantId": Meaning.PARTICIPANT,
    "PayableId": Meaning.PAYABLE,
    "VoucherId": Meaning.VOUCHER,
    "LoanId": Meaning.LOAN,
}
PART = Part(voucher=1 << 32 | 1, amount=40_000_000, to=2, evidence=bytes(32))
TRANSFER: dict[str, Any] = {"participant": 1, "parts": (PART,), "nonce": 7, "deadline": 9}


def test_every_struct_of_the_sources_is_a_command_or_a_part() -> None:
    assert set(DECLARED) - set(PARTS) == set(COMMANDS)


@pytest.mark.parametrize("name", [*COMMANDS, *PARTS])
def test_fields_equal_the_solidity_struct(name: str) -> None:
    declared = {**DECLARED, **solidity_source.structs("Records.sol")}[name]
    ids = solidity_source.underlying()
    struct = {**COMMANDS, **PARTS}[name]
    assert [(one.type, one.camel) for one in fields_of(struct)] == [
        (ids.get(kind, kind), member) for kind, member in declared
    ]
    for one, (kind, _) in zip(fields_of(struct), declared, strict=True):
        assert IDS.get(kind) in (None, one.meaning), one


@pytest.mark.parametrize("name", COMMANDS)
def test_command_begins_with_its_actor_and_ends_with_number_and_deadline(name: str) -> None:
    names = [one.name for one in fields_of(COMMANDS[name])]
    assert names[0] == "participant"
    assert names[-2:] == ["nonce", "deadline"]
    assert COMMANDS[name].__doc__


def test_desks_take_every_command_once() -> None:
    assert sum(len(commands) for commands in DESKS.values()) == len(COMMANDS)
    assert "Vouchers" in DESKS
    assert TransferVoucher in DESKS["Vouchers"]


def test_states_roles_and_duties_equal_the_sources() -> None:
    enums, constants = solidity_source.enums(), solidity_source.constants()
    for enum in (PayableState, VoucherState):
        assert [one.name.capitalize() for one in enum] == enums[enum.__name__]
    assert {f"ROLE_{one.name}": one.value for one in Role} == {
        name: value for name, value in constants.items() if name.startswith("ROLE_")
    }
    assert {f"DUTY_{one.name}": one.value for one in Duty} == {
        name: value for name, value in constants.items() if name.startswith("DUTY_")
    }


@pytest.mark.parametrize("name", [*COMMANDS, *PARTS])
def test_every_integer_is_refused_outside_its_width(name: str) -> None:
    struct = {**COMMANDS, **PARTS}[name]
    good = random_struct(struct, random.Random(name))
    values = {one.name: getattr(good, one.name) for one in fields_of(struct)}
    for one in fields_of(struct):
        wrong: list[object] = [None, "1", 1.0]
        if one.bits:
            wrong += [-1, 1 << one.bits, True]
            struct(**{**values, one.name: (1 << one.bits) - 1})
        elif one.item == "bytes32":
            wrong += [bytes(31), bytes(33), "0x" + "00" * 32]
        elif one.item == "bool":
            wrong += [0, 1]
        for value in wrong:
            with pytest.raises(InvalidField) as refusal:
                struct(**{**values, one.name: value})
            assert refusal.value.field == one.name
            assert refusal.value.value is value
            assert refusal.value.expected


@pytest.mark.parametrize(
    ("parts", "field"),
    [([PART], "parts"), (PART, "parts"), ((PART, None), "parts[1]"), ((PART, {}), "parts[1]")],
)
def test_list_takes_a_tuple_of_its_structs_only(parts: Any, field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        TransferVoucher(**{**TRANSFER, "parts": parts})
    assert refusal.value.field == field


def test_address_takes_exactly_twenty_bytes() -> None:
    for desk in (bytes(19), bytes(21), "0x" + "00" * 20):
        with pytest.raises(InvalidField):
            AddVersion(1, 2, 3, (desk,), 4, 5)  # type: ignore[arg-type]


def test_refusal_names_field_value_and_what_is_right() -> None:
    with pytest.raises(InvalidField) as refusal:
        TransferVoucher(**{**TRANSFER, "nonce": -1})
    assert str(refusal.value) == (
        f"Field nonce is -1; it must be a whole number from 0 to {2**256 - 1}."
    )
    assert refusal.value.message("zh") == f"字段 nonce 的值为 -1，应为从 0 至 {2**256 - 1} 的整数。"


def test_command_is_frozen_and_compares_by_value() -> None:
    command = TransferVoucher(**TRANSFER)
    assert command == TransferVoucher(**TRANSFER)
    assert len({command, TransferVoucher(**TRANSFER)}) == 1
    with pytest.raises(AttributeError):
        command.nonce = 8  # type: ignore[misc]


@pytest.mark.parametrize("name", COMMANDS)
def test_message_survives_a_trip_through_json(name: str) -> None:
    source = random.Random(name)
    for _ in range(50):
        command = random_struct(COMMANDS[name], source)
        assert command_of(name, json.loads(json.dumps(command.to_message()))) == command


def _message(**changes: object) -> dict[str, object]:
    return {**TransferVoucher(**TRANSFER).to_message(), **changes}


def test_message_with_an_unknown_or_missing_field_is_refused() -> None:
    with pytest.raises(UnknownField):
        command_of("TransferVoucher", _message(memo="x"))
    message = _message()
    del message["nonce"]
    with pytest.raises(MissingField):
        command_of("TransferVoucher", message)
    with pytest.raises(UnknownCommand):
        command_of("Part", {})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nonce": "07"}, "nonce"),
        ({"nonce": "+7"}, "nonce"),
        ({"nonce": "７"}, "nonce"),
        ({"nonce": 1.5}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"participant": "1"}, "participant"),
        ({"parts": {}}, "parts"),
        ({"parts": [1]}, "parts[0]"),
        ({"parts": [{**PART.to_message(), "evidence": "00" * 32}]}, "parts[0].evidence"),
        ({"parts": [{**PART.to_message(), "evidence": "0x00"}]}, "parts[0].evidence"),
        ({"parts": [{**PART.to_message(), "to": -1}]}, "parts[0].to"),
    ],
)
def test_message_out_of_form_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidField) as refusal:
        command_of("TransferVoucher", _message(**changes))
    assert refusal.value.field == field


def test_names_convert_both_ways() -> None:
    for name in [*COMMANDS, *PARTS]:
        for one in fields_of({**COMMANDS, **PARTS}[name]):
            assert snake_case(camel_case(one.name)) == one.name


def test_actor_number_and_deadline_are_known_on_the_base() -> None:
    command: Command = IssuePayable(
        participant=1,
        to=2,
        bank=3,
        face=100,
        maturity=20_000,
        evidence=bytes(32),
        invoices=(InvoiceUse(fingerprint=bytes(32), total=100, used=100),),
        nonce=4,
        deadline=5,
    )
    assert (command.participant, command.nonce, command.deadline) == (1, 4, 5)
    assert command.desk == "Issuance"
