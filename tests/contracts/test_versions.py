"""A new ledger version: the operator, two banks and a delay; it reaches no claim of another."""

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.deployment import DESKS
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import keccak
from ledger.model.commands import AddVersion
from ledger.model.errors import (
    MissingRole,
    NotDesk,
    SameCosigner,
    VersionNotProposed,
    VersionTooEarly,
)
from ledger.model.states import Role
from tests.cast import Cast, Member
from tests.contracts.act import Act, beside
from tests.contracts.office_acts import cosigned, version
from tests.contracts.situations import live
from tests.contracts.strange_keys import verifier
from tests.contracts.test_admission import dual_operator

DELAY = 7 * 24 * 3600
WINDOW = 30 * 24 * 3600


def complete(cast: Cast, act: Act) -> None:
    command = act.command
    desks = ["0x" + one.hex() for one in command.desks]
    names = ("participant", "bank", "second_bank")
    values = [*(getattr(command, name) for name in names), desks, command.nonce, command.deadline]
    cast.ledger.carry_out(cast.ledger.call(command.desk, "completeVersion", tuple(values)))


class TestProposal:
    def test_by_a_bank_is_refused(self, cast: Cast, delta: Member, refused) -> None:
        command = delta.make(AddVersion, bank=delta.id, second_bank=cast.echo.id, desks=())
        carry = beside(cosigned(delta), cosigned(cast.echo))
        with refused(MissingRole, participant=delta.id, role=Role.OPERATOR):
            cast.ledger.carry_out(carry(delta.sign(command)))

    def test_by_one_bank_twice_is_refused(self, cast: Cast, delta: Member, refused) -> None:
        with refused(SameCosigner, participant=delta.id):
            cast.ledger.carry_out(version(cast, second_bank=delta.id).item())

    @pytest.mark.parametrize("name", ["settlement_bank", "regulator", "birch", "acme"])
    @pytest.mark.parametrize("place", ["bank", "second_bank"])
    def test_by_another_than_a_bank_is_refused(self, cast: Cast, name, place, refused) -> None:
        member = getattr(cast, name)
        with refused(MissingRole, participant=member.id, role=Role.BANK):
            cast.ledger.carry_out(version(cast, **{place: member.id}).item())

    def test_an_operator_that_is_a_bank_is_not_one_of_the_two(self, cast: Cast, refused) -> None:
        both = dual_operator(cast)
        desks = (b"\x11" * 20,)
        command = both.make(AddVersion, bank=both.id, second_bank=cast.echo.id, desks=desks)
        with refused(SameCosigner, participant=both.id):
            carry = beside(cosigned(both), cosigned(cast.echo))
            cast.ledger.carry_out(carry(both.sign(command)))

    def test_says_when_it_takes_effect(self, cast: Cast) -> None:
        outcome = cast.ledger.carry_out(version(cast).item())
        assert [event.name for event in outcome.events] == ["CommandExecuted", "VersionProposed"]
        assert outcome.value("VersionProposed", "effective") == cast.ledger.now + DELAY


class TestCompletion:
    def test_of_nothing_is_refused(self, cast: Cast, refused) -> None:
        with refused(VersionNotProposed):
            complete(cast, version(cast))

    def test_in_the_last_second_of_the_delay_is_refused(self, cast: Cast, refused) -> None:
        act = version(cast)
        cast.ledger.carry_out(act.item())
        cast.lapse_of_seconds(DELAY - 2)
        with refused(VersionTooEarly, time=cast.ledger.now + 1):
            complete(cast, act)
        desk = cast.ledger.deployment.address("ERC7913P256Verifier")
        assert not cast.ledger.ask("Participants", "isDesk", desk)
        complete(cast, act)
        assert cast.ledger.ask("Participants", "versionOf", desk) == 2
        with refused(VersionNotProposed):
            complete(cast, act)

    def test_after_thirty_more_days_is_refused_until_it_is_proposed_anew(
        self, cast, refused
    ) -> None:
        act = version(cast)
        cast.ledger.carry_out(act.item())
        cast.advance(7 + 31)
        with refused(VersionNotProposed):
            complete(cast, act)
        again = version(cast)
        cast.ledger.carry_out(again.item())
        cast.advance(7 + 29)
        complete(cast, again)

    def test_is_in_time_until_the_last_second_of_its_window(self, cast: Cast, refused) -> None:
        act, late = version(cast), version(cast)
        outcomes = cast.ledger.relay([act.item(), late.item()])
        [end] = {one.value("VersionProposed", "effective") + WINDOW for one in outcomes}
        cast.node.advance_to(end - 1)
        complete(cast, act)
        assert cast.ledger.now == end
        with refused(VersionNotProposed):
            complete(cast, late)

    def test_with_other_desks_is_refused(self, cast: Cast, refused) -> None:
        cast.ledger.carry_out(version(cast).item())
        cast.advance(8)
        with refused(VersionNotProposed):
            complete(cast, version(cast, desks=(verifier(cast.ledger, "RSA"),)))

    def test_with_an_address_that_holds_no_code_is_refused(self, cast: Cast, refused) -> None:
        act = version(cast, desks=(verifier(cast.ledger, "RSA"), b"\x11" * 20))
        cast.ledger.carry_out(act.item())
        cast.advance(8)
        with refused(NotDesk, caller="0x" + "11" * 20):
            complete(cast, act)

    def test_leaves_a_known_desk_with_its_version(self, cast: Cast) -> None:
        vouchers = cast.ledger.deployment.address("Vouchers")
        act = version(cast, desks=(bytes.fromhex(vouchers[2:]), verifier(cast.ledger, "RSA")))
        cast.ledger.carry_out(act.item())
        cast.advance(8)
        complete(cast, act)
        assert cast.ledger.ask("Participants", "versionOf", vouchers) == 1


def _doors(contract: str) -> list[str]:
    """Functions of a contract that change something and take no signature."""
    return [
        item["name"]
        for item in artifact(contract).abi
        if item["type"] == "function"
        and item["stateMutability"] not in ("view", "pure")
        and not any(one["name"] == "approvals" for one in item["inputs"])
    ]


ANYBODY = {
    ("Participants", "digestOf"),
    ("Administration", "completeRecovery"),
    ("Administration", "completeVersion"),
    ("Issuance", "issueFromBatch"),
    ("Offers", "lapse"),
    ("Settlement", "settle"),
    ("Settlement", "applyUnapplied"),
}
"""What anybody may ask for; each has tests of its own."""

READ_ONLY = {"approve", "setApprovalForAll", "transferFrom", "safeTransferFrom"}
"""ERC-721's writing half, which always refuses."""

ASKED_BY_DESKS = sorted(
    (contract, function)
    for contract in (*DESKS, "Participants", "Invoices")
    for function in _doors(contract)
    if (contract, function) not in ANYBODY and function not in READ_ONLY
)


def test_what_desks_ask_of_one_another_is_all_here() -> None:
    assert len(ASKED_BY_DESKS) >= 20
    assert ("Vouchers", "freeLien") in ASKED_BY_DESKS
    assert ("Deposits", "payOut") in ASKED_BY_DESKS


@pytest.mark.parametrize(("contract", "function"), ASKED_BY_DESKS)
def test_a_stranger_opens_no_door_between_desks(cast: Cast, contract: str, function: str) -> None:
    live(cast)
    entry = artifact(contract).functions[function]
    data = entry.selector + bytes(32 * 40)
    with pytest.raises(Reverted) as caught:
        cast.node.call(cast.ledger.deployment.address(contract), data)
    assert caught.value.data[:4] == keccak(b"NotDesk(address)")[:4]


def forwarder(cast: Cast, target: str) -> str:
    """A contract that passes every call on to the target, and back what it answers."""
    code = bytes.fromhex("365f5f375f5f365f5f73" + target[2:] + "5af13d5f5f3e602a573d5ffd5b3d5ff3")
    # Returns the code behind these 10 bytes.
    creation = b"\x60" + bytes([len(code)]) + bytes.fromhex("80600a5f395ff3") + b"\0" + code
    return str(cast.node.send(None, creation).contract).lower()


@pytest.mark.parametrize(
    ("contract", "function"), [one for one in ASKED_BY_DESKS if one[0] in ("Vouchers", "Loans")]
)
def test_a_desk_of_another_version_does_not_reach_these_vouchers(
    cast: Cast, contract: str, function: str
) -> None:
    """Only the desks that a version was built with may change its vouchers and loans."""
    live(cast)
    desk = forwarder(cast, cast.ledger.deployment.address(contract))
    act = version(cast, desks=(bytes.fromhex(desk[2:]),))
    cast.ledger.carry_out(act.item())
    cast.advance(8)
    complete(cast, act)
    assert cast.ledger.ask("Participants", "isDesk", desk)
    entry = artifact(contract).functions[function]
    with pytest.raises(Reverted) as caught:
        cast.node.call(desk, entry.selector + bytes(32 * 40))
    assert caught.value.data[:4] == keccak(b"NotDesk(address)")[:4]
