"""What is owed is told as the contract has it, at each moment of payables and vouchers."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.model.commands import DeclineVoucher, PayPayable
from ledger.model.figures import amount_text, payable_name, voucher_name
from ledger.model.ids import parse_voucher, root_voucher
from ledger.model.money import parse_amount
from tests.api.world import People, Person, World, opened_world
from tests.cast import named
from tests.views_scenario import MATURITY, YUAN, Acts

FACE = 500_000 * YUAN
PAID, OFFERED, DECLINED, REDEEMED, CARRIED = range(1, 6)
"""Payables: paid in parts, never answered, declined, redeemed whole, paid less than interest."""

MOMENTS = (
    "issued",
    "due",
    "paid in part",
    "overdue",
    "paid late",
    "a day later",
    "paid",
    "collected",
)
Rows = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Told:
    """What was told at a moment, and what the contract said then."""

    debts: Mapping[str, tuple[int, int]]
    """Late interest and principal by payable."""
    listed: Rows
    alone: Rows
    filed: Rows
    seen_by_holder: Rows
    claims: Mapping[str, int]
    """Unpaid principal by voucher, as the contract has it."""
    vouchers_listed: Rows
    vouchers_alone: Rows
    vouchers_filed: Rows


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("owed")) as made:
        yield made


@pytest.fixture(scope="module")
def told(world: World, person: People) -> Mapping[str, Told]:
    """Every moment, one after another."""
    return {name: _told(world, person) for name in _life(Acts(world.cast))}


def _life(acts: Acts) -> Iterator[str]:
    cast, ledger = acts.cast, acts.ledger
    root = acts.issue(FACE)
    acts.transfer(cast.birch, root, 200_000 * YUAN, cast.cedar)
    acts.redeem(cast.birch, root, 77 * YUAN)
    acts.issue(FACE, accepted=False)
    declined = acts.issue(FACE, accepted=False)
    cast.birch.act(DeclineVoucher, [acts.invoice(3)], voucher=declined, reason=named("no"))
    acts.redeem(cast.birch, acts.issue(7_000 * YUAN), 7_000 * YUAN)
    acts.transfer(cast.birch, acts.issue(FACE), 33 * YUAN, cast.delta)
    acts.attest(CARRIED, 1_000 * YUAN, "early")
    yield "issued"
    cast.begin(MATURITY)
    yield "due"
    cast.acme.act(PayPayable, payable_id=PAID, amount=FACE // 3)
    ledger.carry_out(ledger.call("Settlement", "settle", [root]))
    yield "paid in part"
    cast.begin(MATURITY + 30)
    yield "overdue"
    cast.acme.act(PayPayable, payable_id=PAID, amount=FACE // 7)
    cast.acme.act(PayPayable, payable_id=CARRIED, amount=FACE // 100)
    yield "paid late"
    cast.advance(1)
    yield "a day later"
    for payable in (PAID, CARRIED):
        cast.acme.act(PayPayable, payable_id=payable, amount=sum(ledger.debt(payable)))
    yield "paid"
    acts.settle(PAID)
    yield "collected"


def _told(world: World, person: People) -> Told:
    world.follow()
    ledger, acme, regulator = world.cast.ledger, person("Acme"), person("Regulator")
    numbers = range(1, ledger.payable_count() + 1)
    vouchers = _listed(regulator, "vouchers")
    return Told(
        debts={payable_name(one): ledger.debt(one) for one in numbers},
        listed=_listed(acme, "payables"),
        alone=_alone(acme, "payables", map(payable_name, numbers)),
        filed=_filed(acme, "payables"),
        seen_by_holder=_listed(person("Cedar"), "payables"),
        claims={name: ledger.claim(parse_voucher(name))[0] for name in vouchers},
        vouchers_listed=vouchers,
        vouchers_alone=_alone(regulator, "vouchers", vouchers),
        vouchers_filed=_filed(regulator, "vouchers"),
    )


def _listed(reader: Person, path: str) -> Rows:
    answer = reader.get(f"/v1/{path}?limit=200").json()
    assert not answer["has_more"]
    return {one["id"]: one for one in answer["data"]}


def _alone(reader: Person, path: str, names: Iterable[str]) -> Rows:
    return {one: reader.get(f"/v1/{path}/{one}").json() for one in names}


def _filed(reader: Person, path: str) -> Rows:
    text = reader.get(f"/v1/exports/{path}?heads=names").content.decode("utf-8-sig")
    return {one["id"]: one for one in csv.DictReader(io.StringIO(text, newline=""))}


@pytest.mark.parametrize("way", ["listed", "alone", "filed"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_debt_is_told_as_the_contract_has_it(
    told: Mapping[str, Told], moment: str, way: str
) -> None:
    """Nothing told late interest: whoever paid the principal stayed overdue."""
    found: Rows = getattr(told[moment], way)
    parts = ("late_interest", "live", "owed")
    said = {name: tuple(found[name][one] for one in parts) for name in found}
    assert said == {
        name: (amount_text(late), amount_text(principal), amount_text(late + principal))
        for name, (late, principal) in told[moment].debts.items()
    }


@pytest.mark.parametrize("moment", MOMENTS)
def test_holder_is_told_nothing_of_what_is_owed_in_all(
    told: Mapping[str, Told], moment: str
) -> None:
    row = told[moment].seen_by_holder[payable_name(PAID)]
    assert {row[one] for one in ("live", "late_interest", "owed", "paid")} == {None}


def test_moments_are_what_they_are_called(told: Mapping[str, Told]) -> None:
    """So that the comparison sees interest, what is carried, and nothing owed."""
    name, other = payable_name(PAID), payable_name(CARRIED)
    late = {moment: told[moment].debts[name][0] for moment in MOMENTS}
    assert [moment for moment in MOMENTS if late[moment]] == ["overdue", "a day later"]
    assert told["paid late"].alone[other]["carried"] == amount_text(
        FACE * 15 // 1_000 - FACE // 100
    )
    assert told["paid late"].alone[other]["unapplied"] == amount_text(1_000 * YUAN)
    assert told["paid"].debts[name] == told["paid"].debts[other] == (0, 0)
    states = {one["state"] for one in told["issued"].listed.values()}
    assert states == {"live", "offered", "cancelled", "settled"}


def test_paid_is_principal_and_late_interest_is_beside_it(told: Mapping[str, Told]) -> None:
    """It looks like less than what was paid, so its head says which part it is."""
    row = told["paid"].alone[payable_name(PAID)]
    assert row["paid"] == amount_text(FACE - 77 * YUAN)
    assert row["state"] == "settled"


@pytest.mark.parametrize("way", ["listed", "alone", "filed"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_left_of_vouchers_is_told_as_the_contract_has_it(
    told: Mapping[str, Told], moment: str, way: str
) -> None:
    """Lists and files had the whole range as the amount, however much of it was paid."""
    found: Rows = getattr(told[moment], f"vouchers_{way}")
    said = {name: row["principal_left"] for name, row in found.items()}
    assert said == {name: amount_text(one) for name, one in told[moment].claims.items()}


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_left_of_vouchers_adds_up_to_what_is_owed(
    told: Mapping[str, Told], moment: str
) -> None:
    now = told[moment]
    for name, row in now.listed.items():
        if row["state"] != "offered":
            on_it = (one for one in now.vouchers_listed.values() if one["payable"] == name)
            left = sum(parse_amount(one["principal_left"]) for one in on_it)
            assert amount_text(left) == row["live"], name


def test_money_that_is_not_collected_is_neither_lost_nor_left(told: Mapping[str, Told]) -> None:
    """A voucher whose share waits is as little owed as one that has got it."""
    name = voucher_name(root_voucher(PAID))
    before, after = (told[one].vouchers_alone[name] for one in ("paid", "collected"))
    assert (before["state"], before["principal_left"]) == ("held", "0.00")
    assert before["payments_received"] < before["payments_made"]
    assert (after["state"], after["principal_left"]) == ("closed", "0.00")
    assert before["amount"] == after["amount"]


def test_holder_is_told_what_is_left_of_its_own(person: People, told: Mapping[str, Told]) -> None:
    whole = told[MOMENTS[-1]].vouchers_listed
    for name in ("Birch", "Cedar", "Delta Bank"):
        own = _listed(person(name), "vouchers")
        assert own
        assert own == {one: whole[one] for one in own}


@pytest.mark.parametrize(
    ("language", "heads"),
    [
        ("en", {"Principal owed", "Late interest owed", "Owed in all", "Principal paid"}),
        ("zh", {"未偿本金", "应付逾期利息", "应付本息合计", "已付本金"}),
    ],
)
def test_heads_say_which_amounts_are_principal(
    person: People, language: str, heads: set[str]
) -> None:
    wanted = {"accept-language": language}
    answer = person("Acme").get("/v1/exports/payables", headers=wanted)
    [found] = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[:1]
    assert heads <= set(found)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Principal not yet paid"), ("zh", "尚未偿付本金")]
)
def test_head_of_what_is_left_stands_in_files_of_vouchers(
    person: People, language: str, said: str
) -> None:
    wanted = {"accept-language": language}
    answer = person("Birch").get("/v1/exports/vouchers", headers=wanted)
    assert said in answer.content.decode("utf-8-sig").splitlines()[0].split(",")


def test_document_says_what_is_principal_and_what_is_owed(client: TestClient) -> None:
    schema = client.app.openapi()["components"]["schemas"]  # type: ignore[attr-defined]
    said = {
        name: one.get("description") for name, one in schema["OnePayable"]["properties"].items()
    }
    assert said["paid"] == "Principal paid; late interest that was paid is not in it."
    assert "has not paid" in schema["Voucher"]["properties"]["principal_left"]["description"]
    for name in ("live", "late_interest", "owed", "redeemed", "carried", "unapplied"):
        assert said[name]
