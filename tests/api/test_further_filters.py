"""Filters of files, their rows and batches, of money that moved, and of what is late or frozen."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import pytest

from ledger.model.commands import FreezeParticipant, FreezeRange, PayPayable, VoidBatch
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from ledger.store.database import Connection, Database
from ledger.store.nonces import COUNTED_MOST
from tests.api.test_imports import approvals, previewed, rows
from tests.api.world import People, Person, World, directory_of, opened_world
from tests.cast import CHECKER, MAKER, named
from tests.views_scenario import FACE, MATURITY, YUAN, Acts

ROLES: Final = ("Acme", "Birch", "Cedar", "Settlement Bank", "Regulator")


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("further")) as made:
        for member in made.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        made.service.directory = directory_of(made)
        yield made


@pytest.fixture(scope="module")
def files(world: World, person: People) -> Mapping[str, str]:
    """Imports of Acme's: issued, void, only looked at, and signed but not issued."""
    acme, found = person("Acme"), {}
    lines = [
        *rows(1, 业务编号="PO-A", 到期日="2026/8/28", 供应商="2"),
        *rows(1, 业务编号="PO-B", 到期日="2026/8/29", 供应商="3"),
        *rows(1, 业务编号="PO-C", 到期日="2026/8/30", 供应商="2", 发票号码="24312000000000000077"),
        *rows(1, 业务编号="PO-D", 到期日="soon"),
    ]
    found["issued"] = _signed(world, acme, *lines)
    for _ in range(4):
        world.turn()
        world.service.imports.issuing.step()  # type: ignore[union-attr]
    found["seen"] = previewed(acme, *rows(1, 业务编号="PO-S"))
    found["void"] = _signed(world, acme, *rows(2))
    digest = bytes.fromhex(acme.get(found["void"]).json()["digest"][2:])
    world.cast.acme.act(VoidBatch, batch=digest, nonce=int.from_bytes(digest))
    found["open"] = _signed(world, acme, *rows(2, 业务编号="PO-O")[:1])
    world.follow()
    return found


@pytest.mark.parametrize("path", ["payables", "events", "batches"])
def test_reference_is_looked_up_in_the_read_that_is_open(
    monkeypatch: pytest.MonkeyPatch, person: People, files: Mapping[str, str], path: str
) -> None:
    reading, opened, most = Database.reading, 0, 0

    @contextmanager
    def counted(database: Database) -> Iterator[Connection]:
        nonlocal opened, most
        with reading(database) as connection:
            opened += 1
            most = max(most, opened)
            yield connection
            opened -= 1

    assert files
    found = _rows(person("Acme"), path, external_reference="PO-A")  # the key is kept from now on
    monkeypatch.setattr(Database, "reading", counted)
    assert _rows(person("Acme"), path, external_reference="PO-A") == found != []
    assert most == 1


def _signed(world: World, acme: Person, *lines: list[object]) -> str:
    path = previewed(acme, *lines)
    prepared = acme.post(f"{path}/typed-data", {"choice": "valid"}).json()
    answer = acme.post(f"{path}/signatures", approvals(acme, prepared, MAKER, CHECKER))
    assert answer.status_code in (200, 202), answer.text
    world.turn()
    return path


def _rows(person: Person, path: str, **asked: Any) -> list[Any]:
    answer = person.get(path if "/v1/" in path else f"/v1/{path}", params={"limit": 200, **asked})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["data"]
    return found


class TestRows:
    def test_date_or_order_that_is_none_is_refused(
        self, person: People, files: Mapping[str, str]
    ) -> None:
        path = f"{files['issued']}/rows"
        for query in (
            *("maturity_from=2026-02-30", "maturity_from=2026-08-02&maturity_to=2026-08-01"),
            *("state=lost", "supplier=0", "invoice=7", "payable=7", "colour=red", "faulty=maybe"),
        ):
            answer = person("Acme").get(f"{path}?{query}")
            assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid"), query

    def test_row_is_found_by_what_was_read_of_it(
        self, person: People, files: Mapping[str, str]
    ) -> None:
        acme, path = person("Acme"), f"{files['issued']}/rows"
        whole = {one["reference"][-1]: one for one in _rows(acme, path)}
        payable, invoice = whole["B"]["payable"], whole["B"]["invoices"][0]
        for asked, expected in (
            ({"reference": "PO-B"}, "B"),
            ({"supplier": 2}, "ACD"),
            ({"settlement_bank": 6}, "ABCD"),
            ({"settlement_bank": 5}, ""),
            ({"state": "issued"}, "ABC"),
            ({"state": "refused"}, ""),
            ({"maturity_from": "2026-08-29"}, "BC"),
            ({"maturity_to": "2026-08-29"}, "AB"),
            ({"maturity_from": "2026-08-29", "maturity_to": "2026-08-29"}, "B"),
            ({"invoice": invoice["fingerprint"]}, "B"),
            ({"invoice": "0x" + "11" * 32}, ""),
            ({"invoice_number": "24312000000000000077"}, "C"),
            ({"invoice": invoice["fingerprint"], "invoice_number": "24312000000000000077"}, ""),
            ({"payable": payable}, "B"),
            ({"faulty": True}, "D"),
            ({"faulty": True, "supplier": 3}, ""),
        ):
            found = _rows(acme, path, **asked)
            assert found == [whole[one] for one in expected], asked
            file = acme.get(path.replace("/v1/", "/v1/exports/"), params=asked).text
            assert [f"PO-{one}" in file for one in "ABCD"] == [one in expected for one in "ABCD"]

    def test_cursor_is_good_for_its_filters_alone(
        self, person: People, files: Mapping[str, str]
    ) -> None:
        acme, path = person("Acme"), f"{files['issued']}/rows"
        cursor = acme.get(f"{path}?supplier=2&limit=1").json()["next_cursor"]
        [second] = acme.get(f"{path}?supplier=2&limit=1&cursor={cursor}").json()["data"]
        assert second["reference"] == "PO-C"
        for query in ("supplier=3&", "", "supplier=2&faulty=true&"):
            assert acme.get(f"{path}?{query}cursor={cursor}").json()["code"] == "CursorInvalid"


class TestImports:
    def test_import_is_found_by_a_reference_once_signed_and_by_what_came_of_it(
        self, person: People, files: Mapping[str, str]
    ) -> None:
        acme, ids = person("Acme"), {of: one.rpartition("/")[2] for of, one in files.items()}
        payable = _rows(acme, f"{files['issued']}/rows")[0]["payable"]
        for asked, expected in (
            ({"external_reference": "PO-B"}, ["issued"]),
            ({"external_reference": "PO-O"}, ["open"]),
            ({"external_reference": "PO-S"}, []),
            ({"external_reference": "PO-B", "state": "previewed"}, []),
            ({"payable": payable}, ["issued"]),
            ({"payable": "P-4000000000"}, []),
        ):
            found = [one["id"] for one in _rows(acme, "imports", **asked)]
            assert found == [ids[one] for one in expected], asked
            assert _rows(person("Birch"), "imports", **asked) == []


class TestBatches:
    def test_batch_is_found_by_its_state_and_by_what_came_of_it(
        self, person: People, files: Mapping[str, str]
    ) -> None:
        acme = person("Acme")
        digests = {of: acme.get(one).json()["digest"] for of, one in files.items() if of != "seen"}
        whole = {one["digest"]: one for one in _rows(acme, "batches")}
        for state in ("issued", "void", "open", "lapsed"):
            found = [one["digest"] for one in _rows(acme, "batches", state=state)]
            assert found == ([digests[state]] if state in digests else []), state
            assert {whole[one]["state"] for one in found} <= {state}
        [first, *_] = _rows(acme, f"{files['issued']}/rows")
        for asked, is_found in (
            ({"payable": first["payable"]}, True),
            ({"payable": "P-4000000000"}, False),
            ({"external_reference": "PO-B"}, True),
            ({"external_reference": "PO-Z"}, False),
            ({"maturity_from": "2026-08-29", "maturity_to": "2026-08-29"}, True),
            ({"maturity_from": "2026-09-01"}, False),
            ({"invoice": first["invoices"][0]["fingerprint"]}, True),
            ({"obligor": 2}, False),
        ):
            found = [one["digest"] for one in _rows(acme, "batches", **asked)]
            assert found == ([digests["issued"]] if is_found else []), asked
            assert _rows(person("Birch"), "batches", **asked) == []


def test_operation_is_found_by_the_payable_on_which_it_took_effect_by_its_own(
    world: World, person: People
) -> None:
    root = Acts(world.cast).issue()
    world.follow()
    birch, payable = person("Birch"), f"P-{root >> 32}"
    part = {"to": 3, "voucher": f"V-{payable[2:]}.1", "amount": "1.00", "evidence": "0x" + "1" * 64}
    made = birch.submit("/v1/vouchers/transfer", parts=[part]).json()
    world.turn()
    assert [one["id"] for one in _rows(birch, "operations", payable=payable)] == [made["id"]]
    assert [one["id"] for one in _rows(person("Regulator"), "operations", payable=payable)] == [
        made["id"]
    ]
    for other in ("Acme", "Cedar", "Operator"):
        assert _rows(person(other), "operations", payable=payable) == []


@pytest.fixture(scope="module")
def paid(world: World, files: Mapping[str, str]) -> str:
    assert files  # come before
    acts = Acts(world.cast)
    acts.count = 10**6
    root, late = acts.issue(), acts.issue(5_000_00)
    acts.transfer(world.cast.birch, root, 400_000 * YUAN, world.cast.cedar)
    acts.transfer(world.cast.birch, late, 100_00, world.cast.cedar)
    world.cast.begin(MATURITY + 3)
    world.cast.acme.act(PayPayable, payable_id=root >> 32, amount=FACE)
    site = Site(world.service.database, world.service.endpoint, world.service.deployment)
    scheduler = Scheduler(site, world.service.intake)
    for _ in range(3):
        world.follow()
        scheduler.step()
        world.turn()
    return f"P-{root >> 32}"


class TestPaid:
    """Last of all: time passes."""

    @pytest.mark.parametrize("name", ROLES)
    def test_money_is_found_by_the_payable_for_which_it_moved(
        self, person: People, paid: str, name: str
    ) -> None:
        reader, whole = person(name), _rows(person(name), "movements")
        for_it = [one for one in whole if one["payable"] == paid]
        assert for_it
        day = _rows(person("Regulator"), "payables", obligor=1)[0]["maturity"]
        assert _rows(reader, "movements", payable=paid) == for_it
        assert _rows(reader, "movements", obligor=1) == for_it
        assert _rows(reader, "movements", obligor=2) == []
        assert _rows(reader, "movements", maturity_from=day, maturity_to=day) == for_it
        assert _rows(reader, "movements", maturity_from="2029-01-01") == []

    @pytest.mark.usefixtures("paid")
    @pytest.mark.parametrize("name", ROLES)
    @pytest.mark.parametrize("path", ["payables", "vouchers"])
    def test_what_is_late_is_told_from_what_is_not(
        self, person: People, path: str, name: str
    ) -> None:
        reader, whole = person(name), _rows(person(name), path)
        for is_late in (True, False):
            expected = [one for one in whole if one["is_overdue"] is is_late]
            assert expected or name != "Regulator"
            assert _rows(reader, path, overdue=is_late) == expected

    def test_payment_is_found_by_its_rail(self, person: People, paid: str) -> None:
        [one] = _rows(person("Acme"), "payments", rail="deposit")
        assert one["payable"] == paid
        assert _rows(person("Acme"), "payments", rail="bank") == []

    @pytest.mark.usefixtures("paid")
    def test_batch_that_was_open_lapses(self, person: People, files: Mapping[str, str]) -> None:
        digest = person("Acme").get(files["open"]).json()["digest"]
        [lapsed] = _rows(person("Acme"), "batches", state="lapsed")
        assert (lapsed["digest"], lapsed["state"]) == (digest, "lapsed")
        assert _rows(person("Acme"), "batches", state="open") == []


def test_reading_of_regulators_is_found_by_what_was_asked(person: People) -> None:
    regulator = person("Regulator")
    _rows(regulator, "batches")
    found = _rows(regulator, "access-log", operation="listBatches")
    assert {one["operation"] for one in found} == {"listBatches"}
    assert _rows(regulator, "access-log", operation="readLoan") == []


def test_participants_and_freezes_are_found_by_freezes_and_who_froze(
    world: World, person: People, paid: str
) -> None:
    assert paid  # others are not
    cast, case = world.cast, named("case")
    on = {"case_commitment": case, "review_day": cast.ledger.today + 30}
    [late, *_] = _rows(person("Acme"), "payables", state="live")
    cast.regulator.act(FreezeRange, payable_id=int(late["id"][2:]), start=0, end=100, **on)
    cast.regulator.act(FreezeParticipant, subject=cast.echo.id, **on)
    world.follow()
    regulator, id_ = person("Regulator"), cast.regulator.id
    whole = _rows(regulator, "participants")
    assert [one["id"] for one in _rows(regulator, "participants", frozen=True)] == [cast.echo.id]
    assert len(_rows(regulator, "participants", frozen=False)) == len(whole) - 1
    assert [one["regulator"] for one in _rows(person("Acme"), "freezes", regulator=id_)] == [id_]
    assert _rows(person("Acme"), "freezes", regulator=1) == []
