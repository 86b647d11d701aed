"""What a party asks for itself from the shell: keys, contacts, sums, unsigned acts, the clock."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from api.app import create_app
from ledger.cli.resources import LISTS
from ledger.model.states import Duty
from ledger.records.profiles import Profile
from ledger.service.records.directory import Reader
from tests.cli.conftest import NUMBERS, OPTIONS, Served, Shell

USCC = "91350100M000100Y43"
ELSEWHERE = {
    "/v1/imports": "import list",
    "/v1/imports/{import_id}/rows": "import rows",
    "/v1/webhooks/{webhook}/deliveries": "webhook deliveries",
    "/v1/vouchers/{voucher}/lineage": "voucher lineage",
    "/v1/financing-requests/{request_id}/lineage": "request lineage",
    "/v1/events": "event list",
    "/v1/events/stream": "event follow",
}
"""Lists whose commands are written out, or show them whole."""


@pytest.fixture(scope="module")
def app(served: Served) -> FastAPI:
    return create_app(served.service, OPTIONS)


def test_every_list_has_its_command_with_every_filter(app: FastAPI) -> None:
    for path, methods in app.openapi()["paths"].items():
        names = {one["name"] for one in methods.get("get", {}).get("parameters", ())}
        if not {"limit", "cursor"} & names or path in ELSEWHERE:
            continue
        [resource] = (one for one in LISTS.values() if one.path == path)
        asked = {one.replace("-", "_") for one in resource.filters}
        assert asked == names - {"limit", "cursor", "Fenbook-Purpose"}, path


class TestApiKeys:
    def test_key_from_first_to_last(self, a: Shell, tmp_path: Path) -> None:
        out = tmp_path / "key"
        options = ["--label", "ERP", "--scope", "read", "--scope", "export", "--days", 7]
        made = a.done("api-key", "make", *options, "--out", out)
        assert "secret" not in made
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
        session = tmp_path / "session"
        who = ["--participant", NUMBERS["a"], "--api-key-file", out, "--session", session]
        assert a.run("sign-in", *who).exit_code == 0
        assert a.run("voucher", "list", "--session", session).exit_code == 0
        assert a.run("api-key", "list", "--session", session).exit_code == 1
        assert a.done("api-key", "list")[0]["id"] == made["id"]
        assert a.run("api-key", "revoke", made["id"]).exit_code == 0
        assert a.run("voucher", "list", "--session", session).exit_code == 1
        assert a.done("api-key", "list")[0]["revoked_at"]

    def test_secret_is_shown_once_where_no_file_is_named(self, a: Shell) -> None:
        made = a.done("api-key", "make", "--label", "x", "--scope", "read")
        assert made["secret"].startswith("fbk_")

    def test_file_that_is_there_is_kept(self, a: Shell, tmp_path: Path) -> None:
        out = tmp_path / "key"
        out.write_text("mine")
        count = len(a.done("api-key", "list"))
        result = a.run("api-key", "make", "--label", "x", "--scope", "read", "--out", out)
        assert (result.exit_code, out.read_text()) == (2, "mine")
        assert len(a.done("api-key", "list")) == count

    def test_no_key_is_made_where_its_secret_cannot_be_written(
        self, a: Shell, tmp_path: Path
    ) -> None:
        count, options = len(a.done("api-key", "list")), ["--label", "x", "--scope", "read"]
        result = a.run("api-key", "make", *options, "--out", tmp_path / "none" / "key")
        assert result.exit_code == 2
        assert len(a.done("api-key", "list")) == count

    def test_no_file_is_left_where_no_key_is_made(self, a: Shell, tmp_path: Path) -> None:
        out, options = tmp_path / "key", ["--label", "x", "--scope", "nothing"]
        assert a.run("api-key", "make", *options, "--out", out).exit_code == 2
        assert not out.exists()

    def test_scope_that_is_none_is_misuse(self, a: Shell) -> None:
        result = a.run("api-key", "make", "--label", "x", "--scope", "all")
        assert (result.exit_code, "must be one of read" in result.stderr) == (2, True)

    def test_key_of_another_is_not_there(self, a: Shell, b: Shell) -> None:
        made = a.done("api-key", "make", "--label", "x", "--scope", "read")
        assert b.run("api-key", "revoke", made["id"]).exit_code == 1


class TestParticipants:
    @pytest.fixture(autouse=True)
    def _recorded(self, served: Served) -> None:
        directory = served.service.directory
        assert directory is not None
        values = {"participant": NUMBERS["a"], "name_en": "Supplier A", "uscc": USCC}
        directory.put(Profile.from_values(values), Reader(NUMBERS["operator"], "test", "test"))

    def test_number_is_found_by_the_code(self, b: Shell) -> None:
        assert b.done("participant", "lookup", USCC) == {"id": NUMBERS["a"]}
        assert b.run("participant", "lookup", "91350100M000100Y44").exit_code == 1
        assert b.run("participant", "lookup", "x").exit_code == 2

    def test_contacts_are_recorded_and_the_rest_stays(self, a: Shell, b: Shell) -> None:
        told = "name=Lin Yue,phone=+86 591 8765 4321,email=lin@a.example"
        made = a.done("participant", "contacts", "--contact", told)
        assert [one["name"] for one in made["contacts"]] == ["Lin Yue"]
        shown = a.done("participant", "profile", NUMBERS["a"])
        assert (shown["name_en"], shown["uscc"]) == ("Supplier A", USCC)
        assert shown["contacts"] == made["contacts"]
        assert b.run("participant", "profile", NUMBERS["a"]).exit_code in (0, 1)

    def test_contact_that_is_no_list_of_pairs(self, a: Shell) -> None:
        result = a.run("participant", "contacts", "--contact", "Lin Yue")
        assert (result.exit_code, "name=…" in result.stderr) == (2, True)


class TestWithoutSignature:
    def test_acts_are_tried_out_and_refused(self, core: Shell) -> None:
        for words in (
            ("voucher", "settle", "V-4000000000.1"),
            ("payable", "lapse", "P-4000000000"),
            ("payable", "apply-unapplied", "P-4000000000"),
        ):
            for more in ((), ("--dry-run",)):
                assert core.run(*words, *more).exit_code == 1, words

    def test_voucher_is_settled(self, core: Shell) -> None:
        """Up to date it stays as it is; the operation is done all the same."""
        terms = ["--to", 2, "--face", "5000.00", "--maturity", "2027-03-31", "--bank", 5]
        evidence = ["--evidence", "0x" + "11" * 32]
        core.signed("payable", "issue", *terms, *evidence, duties=tuple(Duty))
        payable = core.done("payable", "list", "--limit", 1)[0]["id"]
        voucher = f"V-{payable[2:]}.1"
        assert core.done("voucher", "settle", voucher, "--dry-run") == {"dry_run": True}
        assert core.done("voucher", "settle", voucher)["state"] == "done"


class TestReports:
    DAYS = ("--first", "2027-03-01", "--last", "2027-03-31")

    def test_sums_over_days(self, core: Shell) -> None:
        assert isinstance(core.done("report", "maturities", *self.DAYS), list)
        [deposit] = core.done("report", "deposits", *self.DAYS)
        assert deposit["bank"] == NUMBERS["settlement"]

    def test_days_that_are_none(self, core: Shell) -> None:
        result = core.run("report", "maturities", "--first", "1 March", "--last", "2027-03-31")
        assert (result.exit_code, "2026-08-28" in result.stderr) == (2, True)

    def test_service_says_what_it_is(self, core: Shell) -> None:
        told = core.done("about")
        assert (told["service"], told["is_evaluation"]) == ("fenbook", True)

    def test_rules_holidays_limits_and_freezes_are_listed(self, core: Shell) -> None:
        assert core.done("rules", "list")[0]["is_in_force"]
        assert core.done("holiday", "list") == []
        assert {one["obligor"] for one in core.done("limit", "list")} == {NUMBERS["core"]}
        assert core.done("freeze", "list") == []

    def test_regulator_s_reads_are_listed_to_regulators(
        self, shells: dict[str, Shell], core: Shell
    ) -> None:
        purpose = ("--purpose", "case 17")
        shells["regulator"].done("voucher", "list", *purpose)
        assert shells["regulator"].done("access-log", "list", *purpose)
        assert core.done("access-log", "list") == []

    def test_operator_has_the_books_compared(self, shells: dict[str, Shell], core: Shell) -> None:
        assert shells["operator"].done("reconciliation", "ask")["difference_count"] == 0
        assert "is_running" in shells["operator"].done("reconciliation", "show")
        assert core.run("reconciliation", "show").exit_code == 1


def test_webhook_is_changed(a: Shell) -> None:
    made = a.done("webhook", "make", "--url", "https://erp.example.com/change")
    changed = a.done("webhook", "change", made["id"], "--label", "Treasury", "--disable")
    told = (changed["label"], changed["state"], changed["url"])
    assert told == ("Treasury", "disabled", made["url"])
    a.run("webhook", "remove", made["id"])


def test_clock_is_moved_on_and_never_back(core: Shell) -> None:
    shown = core.done("clock", "show")
    now = datetime.fromisoformat(shown["time"]).astimezone(UTC)
    assert shown["is_steerable"]
    later = (now + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert core.done("clock", "move", later)["time"] >= later
    result = core.run("clock", "move", "2020-01-01T00:00:00Z")
    assert result.exit_code == 1
    assert core.run("clock", "move", "tomorrow").exit_code == 2
