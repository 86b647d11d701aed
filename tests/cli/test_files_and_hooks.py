"""Imports, webhooks and an operator's hand on operations, from the shell."""

import secrets
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.app import app
from ledger.model.states import Duty
from tests.cli.conftest import RUNNER, Served, Shell
from tests.imports.sheets import csv_of
from tests.imports.world import HEADER


def _row(**changes: object) -> list[object]:
    mark = secrets.token_hex(4)
    row = {
        "业务编号": f"PO-{mark}",
        "供应商": "2",
        "金额": "1200.50",
        "到期日": "2027/03/31",
        "清算行": "5",
        "发票号码": f"24312{int(mark, 16):015d}",
        "发票金额": "5000",
        "合同号": f"HT-{mark}",
        **changes,
    }
    return [row[name] for name in HEADER]


def _file(folder: Path, *rows: list[object]) -> Path:
    path = folder / "payables.csv"
    path.write_text(csv_of([HEADER, *rows]), "utf-8")
    return path


class TestImport:
    def test_file_is_previewed_signed_by_two_and_issued(self, core: Shell, tmp_path: Path) -> None:
        made = core.done("import", "upload", _file(tmp_path, _row(), _row()))
        assert (made["valid"], made["errors"], made["faults"]) == (2, 0, [])
        maker = core.run("import", "sign", made["id"], *core.signing())
        assert maker.exit_code == 0, maker.stderr
        assert "2,401.00" in maker.stderr
        checker = core.run("import", "sign", made["id"], *core.signing(Duty.CHECKER))
        assert checker.exit_code in (0, 1)
        done = core.done("import", "wait", made["id"])
        assert (done["state"], done["issued"], done["refused"]) == ("done", 2, 0)
        rows = core.done("import", "rows", made["id"])
        assert {one["state"] for one in rows} == {"issued"}
        assert made["id"] in core.run("import", "list").stdout

    def test_fault_is_told_by_its_cell_and_ends_with_status_1(
        self, core: Shell, tmp_path: Path
    ) -> None:
        result = core.run("import", "upload", _file(tmp_path, _row(), _row(金额="1.2万")))
        assert (result.exit_code, "UnitGiven" in result.stdout) == (1, True)
        [made, *_] = core.done("import", "list")
        faulty = core.done("import", "rows", made["id"], "--faulty")
        assert len(faulty) == 1
        out = tmp_path / "errors.xlsx"
        assert core.run("import", "error-file", made["id"], "--out", out).exit_code == 0
        assert out.read_bytes().startswith(b"PK")
        again = core.run("import", "preview", made["id"], "--column", "amount=金额")
        assert (again.exit_code, "UnitGiven" in again.stdout) == (1, True)
        assert core.done("import", "cancel", made["id"])["state"] == "cancelled"
        cancelled = core.done("import", "list", "--state", "cancelled")
        assert [one["id"] for one in cancelled] == [made["id"]]

    def test_faultless_file_is_said_to_be_so_with_what_comes_next(
        self, core: Shell, tmp_path: Path
    ) -> None:
        result = core.run("import", "upload", _file(tmp_path, _row()))
        [made, *_] = core.done("import", "list")
        told = " ".join(result.stderr.split())
        assert told.endswith(
            f"Nothing is wrong with it. Look at its rows with fenbook import rows {made['id']}, "
            f"then sign it: fenbook import sign {made['id']}"
        )
        again = core.run("import", "preview", made["id"], "--lang", "zh")
        assert (again.exit_code, "未发现问题。" in again.stderr) == (0, True)
        assert "没有记录" not in again.stderr

    def test_template_is_written(self, core: Shell, tmp_path: Path) -> None:
        out = tmp_path / "template.xlsx"
        assert core.run("import", "template", "--out", out).exit_code == 0
        assert out.read_bytes().startswith(b"PK")

    def test_import_of_another_is_not_there(self, core: Shell, a: Shell, tmp_path: Path) -> None:
        made = core.done("import", "upload", _file(tmp_path, _row()))
        assert a.run("import", "show", made["id"]).exit_code == 1


class TestWebhooks:
    def test_endpoint_from_first_to_last(self, a: Shell, b: Shell) -> None:
        made = a.done("webhook", "make", "--url", "https://erp.example.com/in", "--label", "ERP")
        assert made["secret"].startswith("whsec_")
        [listed] = a.done("webhook", "list")
        assert (listed["id"], "secret" in listed) == (made["id"], False)
        assert a.done("webhook", "renew-secret", made["id"])["secret"] != made["secret"]
        assert b.run("webhook", "show", made["id"]).exit_code == 1
        assert a.done("webhook", "test", made["id"])["state"] == "queued"
        assert a.done("webhook", "deliveries", made["id"])
        assert a.run("webhook", "remove", made["id"]).exit_code == 0
        assert a.done("webhook", "list") == []

    @pytest.mark.parametrize("url", ["http://erp.example.com", "https://127.0.0.1/in", "x"])
    def test_address_that_may_not_be_called(self, a: Shell, url: str) -> None:
        assert a.run("webhook", "make", "--url", url).exit_code in (1, 2)


class TestOperator:
    def test_operation_is_parked_told_to_its_sender_and_released(
        self, served: Served, a: Shell
    ) -> None:
        environment = {"FENBOOK_DATABASE": served.database, "LC_ALL": "C"}

        def operate(*words: str) -> Any:
            return RUNNER.invoke(app, list(words), env=environment)

        assert operate("relayer", "pause").exit_code == 0
        try:
            move = ["deposit", "move", "--bank", 5, "--to", 3, "--amount", "1.00", "--wait", 0]
            made = a.done(*move, *a.signing())
            assert operate("operation", "park", made["id"], "--reason", "asked").exit_code == 0
            shown = a.run("operation", "show", made["id"], "--json")
            assert '"parked"' in shown.stdout
            assert "asked" in shown.stdout
            waited = a.run("operation", "wait", made["id"], "--seconds", 1)
            assert waited.exit_code == 1
            assert operate("operation", "release", made["id"]).exit_code == 0
        finally:
            assert operate("relayer", "resume").exit_code == 0
        assert a.done("operation", "wait", made["id"])["state"] == "done"
        assert operate("operation", "release", made["id"]).exit_code == 1
