"""A file names thousands of parties: of new ones no more are told than may be looked up."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from fastapi import FastAPI

from api import import_parties
from api.import_told import Told
from api.limits import Limits
from api.options import Rate
from ledger.records import identifiers
from tests.api.test_imports import PATH, upload
from tests.api.world import Person, World

HEADING = "供应商统一社会信用代码,金额,到期日,清算行,合同号"
MARKS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(slots=True)
class Clock:
    second: float = 0.0

    def __call__(self) -> float:
        return self.second


@pytest.fixture
def clock(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """Three new parties a day, and one a minute."""
    monkeypatch.setattr(import_parties, "AT_ONCE", Rate(3, 86_400))
    clock, context = Clock(), app.state.context
    options = replace(context.options, lookup=Rate(1, 60))
    app.state.context = replace(context, limits=Limits(clock), options=options, told=Told(clock))
    yield clock
    app.state.context = context


def code(number: int) -> str:
    """A code whose check character fits; nobody of the cast has it."""
    base = f"91350100M{number:08d}"
    return next(base + mark for mark in MARKS if identifiers.is_uscc(base + mark))


def sent(acme: Person, suppliers: list[str]) -> str:
    lines = [HEADING, *(f"{one},1.00,2026-08-28,6,HT-{one}" for one in suppliers)]
    answer = upload(acme, "\n".join(lines).encode(), "text/csv", "x.csv")
    assert answer.status_code == 201, answer.text
    return f"{PATH}/{answer.json()['id']}"


def found(acme: Person, path: str) -> list[str]:
    """What is said of each row's supplier after a preview."""
    made = acme.post(f"{path}/preview", {})
    assert made.status_code == 200, made.text
    told = acme.get(f"{path}/rows?limit=200").json()["data"]
    return [row["findings"][0]["code"] if row["findings"] else str(row["supplier"]) for row in told]


def minute_later(clock: Clock) -> None:
    clock.second += 61


def test_codes_one_after_another_are_told_no_faster_than_they_are_looked_up(
    acme: Person, clock: Clock
) -> None:
    path = sent(acme, [code(one) for one in range(6)])
    unknown, later = "NotInDirectory", "NotLookedUp"
    assert found(acme, path) == [unknown] * 4 + [later] * 2
    finding = acme.get(f"{path}/rows?limit=200").json()["data"][5]["findings"][0]
    assert "Preview it again in a minute" in finding["detail"]
    chinese = acme.get(f"{path}/rows?limit=200", headers={"accept-language": "zh"}).json()
    assert "请一分钟后重新预览" in chinese["data"][5]["findings"][0]["detail"]
    minute_later(clock)
    assert found(acme, path) == [unknown] * 5 + [later]
    # Another file has no more of them; what was told once is told again.
    minute_later(clock)
    other = sent(acme, [code(one) for one in (9, 8, 0, 4)])
    assert found(acme, other) == [unknown, later, unknown, unknown]
    # A day later there are as many as on the first.
    clock.second += 86_400
    assert found(acme, sent(acme, [code(one) for one in range(20, 26)])) == (
        [unknown] * 4 + [later] * 2
    )


@pytest.mark.usefixtures("clock")
def test_parties_that_are_dealt_with_are_no_look_ups(acme: Person) -> None:
    lines = ["供应商编号,金额,到期日,清算行,合同号"]
    lines += [f"2,{one}.00,2026-08-28,6,HT-{one}" for one in range(1, 9)]
    lines += [f"{one},1.00,2026-08-28,6,HT" for one in (901, 902, 903, 904, 905)]
    path = f"{PATH}/{upload(acme, chr(10).join(lines).encode(), 'text/csv').json()['id']}"
    assert found(acme, path) == ["2"] * 8 + ["NotInDirectory"] * 4 + ["NotLookedUp"]


@pytest.mark.usefixtures("clock")
def test_sellers_of_invoices_are_counted_as_well(acme: Person) -> None:
    """The same invoice by a seller's name and by its code has one fingerprint, or two."""
    heads = "供应商,金额,到期日,清算行,发票号码,开票日期,发票金额,销售方"
    sellers = [f"Seller {one}" for one in range(1, 7)]
    lines = [heads]
    lines += [f"2,1.00,2026-08-28,6,RE-{one},2026-02-01,9.00,{one}" for one in sellers]
    path = f"{PATH}/{upload(acme, chr(10).join(lines).encode(), 'text/csv').json()['id']}"
    assert acme.post(f"{path}/preview", {}).status_code == 200
    told = acme.get(f"{path}/rows?limit=200").json()["data"]
    assert [[one["code"] for one in row["findings"]] for row in told] == (
        [[]] * 4 + [["NotLookedUp"]] * 2
    )
    assert [row["findings"][0]["cell"] for row in told[4:]] == ["H6", "H7"]


def test_preparation_tells_no_more_than_the_preview(acme: Person, clock: Clock) -> None:
    path = sent(acme, ["91110000600037341L", *(code(one) for one in range(6))])
    before = found(acme, path)
    assert before[-2:] == ["NotLookedUp"] * 2
    minute_later(clock)
    assert acme.post("/v1/participants/lookup", {"uscc": code(50)}).status_code == 404
    assert acme.post(f"{path}/typed-data", {"choice": "all"}).json()["code"] == "RowsInvalid"
    told = acme.get(f"{path}/rows?limit=200").json()["data"]
    assert [row["findings"][0]["code"] for row in told[-2:]] == ["NotLookedUp"] * 2


def test_what_an_answer_says_of_a_rate_is_the_previews_own(
    acme: Person, clock: Clock, world: World
) -> None:
    assert world.service.imports is not None
    path = sent(acme, [code(one) for one in range(30, 36)])
    clock.second += 61
    assert '"preview"' in acme.post(f"{path}/preview", {}).headers["ratelimit"]
