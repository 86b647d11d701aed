"""What is owed on payables is told as the contract has it, at each moment of their lives."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient

from ledger.model.commands import DeclineVoucher, PayPayable
from ledger.model.figures import amount_text, payable_name
from tests.api.world import People, Person, World, opened_world
from tests.cast import named
from tests.views_scenario import MATURITY, YUAN, Acts

FACE = 500_000 * YUAN
PAID, OFFERED, DECLINED, REDEEMED, CARRIED = range(1, 6)
"""Payables: paid in parts, never answered, declined, redeemed whole, paid less than interest."""

MOMENTS = ("issued", "due", "paid in part", "overdue", "paid late", "a day later", "paid")
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
    acts.issue(FACE)
    acts.attest(CARRIED, 1_000 * YUAN, "early")
    yield "issued"
    cast.begin(MATURITY)
    yield "due"
    cast.acme.act(PayPayable, payable_id=PAID, amount=FACE // 3)
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


def _told(world: World, person: People) -> Told:
    world.follow()
    ledger, acme = world.cast.ledger, person("Acme")
    numbers = range(1, ledger.payable_count() + 1)
    names = [payable_name(one) for one in numbers]
    text = acme.get("/v1/exports/payables?heads=names").content.decode("utf-8-sig")
    filed = csv.DictReader(io.StringIO(text, newline=""))
    return Told(
        debts={payable_name(one): ledger.debt(one) for one in numbers},
        listed=_listed(acme),
        alone={one: acme.get(f"/v1/payables/{one}").json() for one in names},
        filed={one["id"]: one for one in filed},
        seen_by_holder=_listed(person("Cedar")),
    )


def _listed(reader: Person) -> Rows:
    answer = reader.get("/v1/payables?limit=200").json()
    assert not answer["has_more"]
    return {one["id"]: one for one in answer["data"]}


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


def test_document_says_what_is_principal_and_what_is_owed(client: TestClient) -> None:
    schema = client.app.openapi()["components"]["schemas"]  # type: ignore[attr-defined]
    said = {
        name: one.get("description") for name, one in schema["OnePayable"]["properties"].items()
    }
    assert said["paid"] == "Principal paid; late interest that was paid is not in it."
    for name in ("live", "late_interest", "owed", "redeemed", "carried", "unapplied"):
        assert said[name]
