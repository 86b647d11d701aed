"""What a bank looks at before it quotes: each check finds what it is there for."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from ledger.chain.calls import item_of
from ledger.model.checks import CHECKS, Check, Level
from ledger.model.commands import (
    FreezeParticipant,
    FreezeRange,
    InvoiceUse,
    IssuePayable,
    Part,
    SuspendParticipant,
    TransferVoucher,
    UnfreezeParticipant,
    UnfreezeRange,
)
from ledger.model.ids import parse_voucher, root_voucher
from ledger.service.financing import checks as financing_checks
from ledger.service.financing.checks import checks_on
from ledger.store import financing
from ledger.store.cursor import cursor
from ledger.store.lists import Is, find
from tests.api.financing.desk import Desk
from tests.api.world import People, Person
from tests.cast import named
from tests.views_scenario import MATURITY


def _no_groups(_: Iterable[int]) -> Mapping[int, bytes]:
    return {}


def _checks(
    desk: Desk, request: Any, groups: Any = _no_groups, viewer: int = 4
) -> dict[str, Check]:
    with desk.world.service.database.reading() as connection:
        row = financing.find_request(connection, request["id"])
        assert row is not None
        second = cursor(connection).second
        found = checks_on(connection, row, second, viewer=viewer, groups=groups)
    assert len(found) == len({one.code for one in found})
    return {one.code: one for one in found}


def _number(request: Any) -> int:
    return parse_voucher(request["voucher"])


def test_texts_are_whole_in_both_languages() -> None:
    for english, chinese in CHECKS.values():
        assert english.endswith(".")
        assert chinese.endswith("。")


def test_plain_voucher_is_fine(desk: Desk, birch: Person, delta: Person) -> None:
    request = desk.asked(birch, desk.voucher())
    found = _checks(desk, request)
    assert {one.level for one in found.values()} == {Level.FINE}
    assert found["own_line"].values["limit"] > 0
    told = desk.read(delta, request, "/checks")["data"]
    assert {one["code"] for one in told} == set(found)
    path = f"/v1/financing-requests/{request['id']}/checks"
    chinese = delta.get(path, headers={"accept-language": "zh-CN"}).json()["data"]
    assert chinese[0]["detail"] == "债务人没有逾期未付的款项。"


def test_bank_without_a_line_is_told_so(desk: Desk, birch: Person) -> None:
    request = desk.asked(birch, desk.voucher())
    assert _checks(desk, request, viewer=5)["own_line"].level is Level.LOOK


@pytest.mark.parametrize("name", ["Birch", "Acme"])
def test_lines_of_the_obligor_are_for_asked_banks(
    desk: Desk, birch: Person, person: People, name: str
) -> None:
    request = desk.asked(birch, desk.voucher())
    codes = {one["code"] for one in desk.read(person(name), request, "/checks")["data"]}
    assert "obligor_overdue" in codes
    assert not {"line", "own_line"} & codes


def test_amounts_of_other_banks_lines_are_told_to_no_bank(desk: Desk, birch: Person) -> None:
    request = desk.asked(birch, desk.voucher())
    for viewer in (4, 5):
        assert not _checks(desk, request, viewer=viewer)["line"].values


def test_round_trip_is_found_on_the_units_asked_for_alone(
    desk: Desk, birch: Person, cedar: Person
) -> None:
    cast, voucher = desk.world.cast, parse_voucher(desk.voucher())
    part = desk.acts.transfer(cast.birch, voucher, 4_000_00, cast.cedar)
    back = desk.acts.transfer(cast.cedar, part, 1_000_00, cast.birch)
    desk.world.follow()
    returned = desk.asked(birch, f"V-{back >> 32}.{back & 0xFFFFFFFF}")
    found = _checks(desk, returned)["round_trip"]
    assert (found.level, found.values["participants"]) == (Level.LOOK, [2])
    kept = desk.asked(cedar, f"V-{part >> 32}.{part & 0xFFFFFFFF}")
    assert _checks(desk, kept)["round_trip"].level is Level.FINE
    rest = desk.asked(birch, f"V-{voucher >> 32}.1")
    assert _checks(desk, rest)["round_trip"].level is Level.FINE


def test_related_parties_are_those_of_one_declared_group(
    desk: Desk, cedar: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, voucher = desk.world.cast, parse_voucher(desk.voucher())
    part = desk.acts.transfer(cast.birch, voucher, 4_000_00, cast.cedar)
    desk.world.follow()
    request = desk.asked(cedar, f"V-{part >> 32}.{part & 0xFFFFFFFF}")

    def groups(values: dict[int, bytes]) -> Any:
        return lambda asked: {one: values[one] for one in asked if one in values}

    related = groups({1: b"a", 3: b"a", 2: b"b", 8: b"b"})
    found = _checks(desk, request, related)["related_parties"]
    assert (found.level, found.values["participants"]) == (Level.LOOK, [1, 3])
    # The bank that is asked is a party too.
    found = _checks(desk, request, groups({4: b"c", 1: b"c"}))["related_parties"]
    assert found.values["participants"] == [1, 4]
    found = _checks(desk, request, groups({1: b"a", 2: b"b", 3: b"c"}))["related_parties"]
    assert found.level is Level.FINE
    monkeypatch.setattr(financing_checks, "PARTICIPANTS_TOLD", 1)
    assert _checks(desk, request, related)["related_parties"].values["participants"] == [1]


def test_financed_before_and_recourse(desk: Desk, person: People) -> None:
    cast, voucher = desk.world.cast, parse_voucher(desk.voucher())
    sold = desk.acts.sell(cast.birch, voucher, 2_000_00, recourse=True)
    desk.world.follow()
    delta = person("Delta Bank")
    request = desk.asked(delta, f"V-{sold >> 32}.{sold & 0xFFFFFFFF}", asked=[5])
    found = _checks(desk, request, viewer=5)
    assert found["financed_before"].values == {"count": 1}
    assert found["recourse"].values["participants"] == [2]


def test_invoice_behind_two_payables_is_found(desk: Desk, birch: Person) -> None:
    cast, acts = desk.world.cast, desk.acts
    shared = named(f"shared {acts.count}")
    for place in range(2):
        own = InvoiceUse(named(f"own {acts.count} {place}"), 500_00, 500_00)
        cast.acme.act(
            IssuePayable,
            to=cast.birch.id,
            bank=cast.settlement_bank.id,
            face=1_000_00,
            maturity=MATURITY,
            evidence=bytes(32),
            invoices=(InvoiceUse(shared, 2_000_00, 500_00), own),
        )
        root = root_voucher(cast.ledger.payable_count())
        acts.accept(cast.birch, root)
    desk.world.follow()
    request = desk.asked(birch, f"V-{root >> 32}.1")
    found = _checks(desk, request)["invoices"]
    assert (found.level, found.values) == (Level.LOOK, {"count": 1})


def test_transfer_without_evidence_and_payable_without_invoice(desk: Desk, cedar: Person) -> None:
    cast = desk.world.cast
    cast.acme.act(
        IssuePayable,
        to=cast.birch.id,
        bank=cast.settlement_bank.id,
        face=1_000_00,
        maturity=MATURITY,
        evidence=named("contract"),
        invoices=(),
    )
    root = root_voucher(cast.ledger.payable_count())
    desk.acts.accept(cast.birch, root)
    part = Part(cast.cedar.id, root, 400_00, bytes(32))
    [offered] = cast.birch.act(TransferVoucher, parts=(part,)).offered
    desk.acts.accept(cast.cedar, offered)
    desk.world.follow()
    found = _checks(desk, desk.asked(cedar, f"V-{offered >> 32}.{offered & 0xFFFFFFFF}"))
    assert found["evidence"].level is Level.LOOK
    assert found["hop_evidence"].values == {"count": 1}
    assert "invoices" not in found


def test_offered_voucher_is_told_apart(desk: Desk, birch: Person) -> None:
    voucher = desk.voucher()
    request = desk.asked(birch, voucher)
    desk.acts.offer(desk.world.cast.birch, _number(request), 10_000_00, desk.world.cast.cedar)
    desk.world.follow()
    found = _checks(desk, request)["lien"]
    assert found.level is Level.STOP
    assert "offered" in found.message("en")


@pytest.mark.parametrize("of", ["range", "obligor"])
def test_freeze_stops(desk: Desk, birch: Person, of: str) -> None:
    cast = desk.world.cast
    request = desk.asked(birch, desk.voucher())
    case = {"case_commitment": named(f"case {of} {request['id']}"), "review_day": MATURITY}
    payable = _number(request) >> 32
    if of == "range":
        span = {"start": 5, "end": 10}
        done = cast.regulator.act(FreezeRange, payable_id=payable, **span, **case)
    else:
        cast.regulator.act(FreezeParticipant, subject=cast.acme.id, **case)
    desk.world.follow()
    assert _checks(desk, request)["freeze"].level is Level.STOP
    assert desk.ask(birch, request["voucher"]).status_code == (403 if of == "range" else 201)
    lift = {"case_commitment": case["case_commitment"]}
    if of == "range":
        number = done.value("RangeFrozenBy", "freeze")
        cast.regulator.act(UnfreezeRange, payable_id=payable, freeze=number, **lift)
    else:
        cast.regulator.act(UnfreezeParticipant, subject=cast.acme.id, **lift)
    desk.world.follow()
    assert _checks(desk, request)["freeze"].level is Level.FINE


def test_suspended_holder_is_named(desk: Desk, birch: Person) -> None:
    cast = desk.world.cast
    request = desk.asked(birch, desk.voucher())
    for suspended in (True, False):
        values = {"subject": cast.birch.id, "suspended": suspended, "reason": named("reason")}
        cast.ledger.carry_out(item_of(cast.operator.signed(SuspendParticipant, **values)))
        desk.world.follow()
        found = _checks(desk, request)["suspension"]
        assert found.values.get("participants", []) == ([cast.birch.id] if suspended else [])


def test_overdue_obligor_long_tenor_and_maturity(desk: Desk, birch: Person) -> None:
    cast, world = desk.world.cast, desk.world
    early = desk.voucher()
    longer = {"bank": cast.settlement_bank.id, "face": 1_000_00, "evidence": named("contract")}
    cast.acme.act(IssuePayable, to=cast.birch.id, maturity=MATURITY + 120, invoices=(), **longer)
    root = root_voucher(cast.ledger.payable_count())
    desk.acts.accept(cast.birch, root)
    world.follow()
    request = desk.asked(birch, f"V-{root >> 32}.1")
    ended = desk.asked(birch, early)
    assert _checks(desk, request)["tenor"].level is Level.LOOK
    cast.begin(MATURITY + 1)
    world.follow()
    found = _checks(desk, request)
    assert found["obligor_overdue"].values == {"since": MATURITY}
    assert found["obligor_overdue"].level is Level.LOOK
    assert _checks(desk, ended)["tenor"].level is Level.STOP
    with world.service.database.reading() as connection:
        exposure = find(connection, "exposures", Is("obligor", (cast.acme.id,)))
    assert exposure.unpaid_due == MATURITY
