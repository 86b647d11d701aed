"""Settlement runs and payment proposals at the door: who sees which, with what figures."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.model.commands import AttestPayment, ConfirmPayout
from ledger.records.profiles import BankAccount, Profile
from ledger.records.vault import MasterKeys
from ledger.service.records.directory import Directory
from ledger.service.records.keyring import Keyring
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from tests.api.world import People, Person, World, opened_world
from tests.cast import named
from tests.views_scenario import FACE, MATURITY, YUAN, Acts

SEES = ("Acme", "Settlement Bank", "Regulator")
BLIND = ("Birch", "Cedar", "Delta Bank", "Echo Bank", "Operator")
ACCOUNT = "6222020200112233445"


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A payable of Acme's, held by Birch and Cedar, paid by the bank rail and settled."""
    with opened_world(engine, tmp_path_factory.mktemp("runs")) as made:
        acts, served = Acts(made.cast), made.service
        root = acts.issue()
        acts.transfer(made.cast.birch, root, 400_000 * YUAN, made.cast.cedar)
        made.cast.begin(MATURITY)
        made.cast.settlement_bank.act(
            AttestPayment,
            payable_id=1,
            amount=FACE,
            value_day=made.cast.ledger.today,
            payment_reference=named("wire"),
        )
        keyring = Keyring(served.database, MasterKeys(bytes(32)), served.wall)
        served.directory = Directory(served.database, keyring, served.wall)
        account = BankAccount("Birch Castings", ACCOUNT, "Harbour Bank", "102100099996")
        served.directory.put(Profile(2, name_en="Birch Castings", accounts=(account,)))
        site = Site(served.database, served.endpoint, served.deployment)
        scheduler = Scheduler(site, served.intake)
        for _ in range(3):
            made.follow()
            scheduler.step()
            made.turn()
        scheduler.step()
        yield made


def _data(person: Person, path: str) -> list[dict[str, Any]]:
    answer = person.get(path)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


class TestRuns:
    @pytest.mark.parametrize("name", BLIND)
    def test_run_is_hidden_from_whom_it_does_not_concern(self, person: People, name: str) -> None:
        assert _data(person(name), "/v1/settlement-runs") == []
        there = person(name).get("/v1/settlement-runs/R-1.1")
        absent = person(name).get("/v1/settlement-runs/R-77.1")
        assert there.status_code == absent.status_code == 404
        assert there.json()["code"] == absent.json()["code"] == "ResourceUnknown"

    @pytest.mark.parametrize("name", SEES)
    def test_run_says_what_was_received_and_where_it_is(self, person: People, name: str) -> None:
        [run] = _data(person(name), "/v1/settlement-runs")
        assert (run["id"], run["payable"], run["state"]) == ("R-1.1", "P-1", "done")
        for figure in ("expected", "received", "distributed"):
            assert run[figure] == "1000000.00"
        assert run["difference"] == run["left_amount"] == "0.00"
        assert (run["vouchers_done"], run["vouchers_left"], run["vouchers_frozen"]) == (2, 0, 0)
        whole = person(name).get("/v1/settlement-runs/R-1.1").json()
        assert whole["proposal"]["open_count"] + whole["proposal"]["confirmed_count"] == 2
        assert {one: whole[one] for one in run} == run

    @pytest.mark.parametrize(
        ("query", "count"),
        [("payable=P-1", 1), ("payable=P-2", 0), ("state=done", 1), ("state=running", 0)],
    )
    def test_runs_are_filtered(self, person: People, query: str, count: int) -> None:
        assert len(_data(person("Acme"), f"/v1/settlement-runs?{query}")) == count

    @pytest.mark.parametrize("run", ["R-1", "R-1.0", "R-0.1", "R-1.99", "R-4294967296.1", "x"])
    def test_run_that_cannot_be_looks_like_one_that_is_not(self, person: People, run: str) -> None:
        answer = person("Acme").get(f"/v1/settlement-runs/{run}")
        assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")


class TestProposal:
    @pytest.mark.parametrize("name", ["Acme", *BLIND])
    def test_proposal_is_the_settlement_bank_s(self, person: People, name: str) -> None:
        assert _data(person(name), "/v1/payment-proposals") == []

    def test_accounts_are_shown_to_the_settlement_bank_alone_and_logged(
        self, person: People, world: World
    ) -> None:
        directory = world.service.directory
        assert directory is not None
        before = len(directory.readings())
        lines = _data(person("Settlement Bank"), "/v1/payment-proposals?run=R-1.1")
        accounts = {one["payee"]: one["account_number"] for one in lines}
        assert accounts == {2: ACCOUNT, 3: None}
        reading = directory.readings()[before]
        assert (reading.reader, reading.subjects) == (6, ",2,3,")
        assert reading.purpose == "payment proposal"
        seen = _data(person("Regulator"), "/v1/payment-proposals?run=R-1.1")
        assert len(seen) == 2
        assert {one["account_number"] for one in seen} == {None}

    def test_lines_add_up_and_name_a_reference_each(self, person: People) -> None:
        lines = _data(person("Settlement Bank"), "/v1/payment-proposals?run=R-1.1")
        assert sum(int(one["amount"].replace(".", "")) for one in lines) == FACE
        references = [one["reference"] for one in lines]
        assert len(set(references)) == 2
        assert all(len(one) <= 35 for one in references)

    def test_proposal_is_had_as_a_file_in_which_numbers_stay_what_they_are(
        self, person: People
    ) -> None:
        bank = person("Settlement Bank")
        path = "/v1/exports/payment-proposals?run=R-1.1&heads=names"
        text = bank.get(f"{path}&format=csv").content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert sum(int(row["amount"].replace(".", "")) for row in rows) == FACE
        assert ACCOUNT in {row["account_number"] for row in rows}
        for_people = bank.get(path.replace("names", "words")).content.decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(for_people)) for cell in row]
        assert f"{ACCOUNT}\t" in cells
        assert ACCOUNT not in cells
        book = bank.get(f"{path}&format=xlsx")
        assert book.status_code == 200
        assert book.content[:2] == b"PK"

    def test_line_that_was_paid_says_so(self, person: People, world: World) -> None:
        bank = person("Settlement Bank")
        [line, *_] = _data(bank, "/v1/payment-proposals?run=R-1.1&state=open")
        world.cast.settlement_bank.act(
            ConfirmPayout,
            payout=line["payout"],
            amount=int(line["amount"].replace(".", "")),
            payment_reference=bytes.fromhex(line["payment_reference"][2:]),
        )
        world.follow()
        [paid] = _data(bank, "/v1/payment-proposals?run=R-1.1&state=confirmed")
        assert paid["payout"] == line["payout"]
        proposal = person("Acme").get("/v1/settlement-runs/R-1.1").json()["proposal"]
        assert proposal["confirmed_amount"] == line["amount"]
        assert proposal["open_count"] == 1

    def test_foreign_run_has_no_lines(self, person: People) -> None:
        answer = person("Birch").get("/v1/payment-proposals?run=R-1.1")
        assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")
