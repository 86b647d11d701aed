"""Everything that the API does can be asked for from the shell."""

import csv
import re
from itertools import chain
from pathlib import Path

import ledger.cli
from api.app import create_app
from ledger.cli.resources import EXPORTS, LISTS, PARTS
from ledger.cli.verbs import QUOTE_VERBS, VERBS
from ledger.model.errors.service import ParkedByOperator
from ledger.model.states import Duty
from ledger.service.intake.refusals import refusal_text
from tests.cli.conftest import NUMBERS, OPTIONS, Served, Shell
from tests.cli.test_client import _accepted as accepted
from tests.cli.test_files_and_hooks import _file as file_of
from tests.cli.test_files_and_hooks import _row as row_of

FOR_PROGRAMS = {"/healthz", "/readyz", "/metrics", "/v1/openapi.json"}
"""What only programs ask; people say `fenbook doctor`."""

_SPAN = ("--first", "2027-01-01", "--last", "2027-12-31")
_CALLED = re.compile(r'f?"((?:\{_PATH\}|/v1/)[^"]*)"')


def _written_out() -> set[str]:
    """The addresses that stand in the commands' code, with `{}` for what is filled in."""
    found: set[str] = set()
    for path in Path(ledger.cli.__file__).parent.glob("*.py"):
        text = path.read_text("utf-8")
        own = re.search(r'^_PATH: Final = "(.*)"', text, re.MULTILINE)
        for address in _CALLED.findall(text):
            found.add(address.replace("{_PATH}", own[1] if own else ""))
        found |= {own[1]} if own else set()
    return found


def _anything(address: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", address).partition("?")[0]


def test_every_route_has_its_command(served: Served) -> None:
    listed = [one.path for one in LISTS.values()]
    shown = [f"{one.path}/{{}}" for one in LISTS.values() if one.has_items]
    exported = [one.path for one in chain(EXPORTS, PARTS)]
    verbs = [one.path for one in VERBS.values()]
    reach = set(map(_anything, chain(_written_out(), listed, shown, exported, verbs)))
    routes = create_app(served.service, OPTIONS).openapi()["paths"]
    asked = {one.removesuffix("/typed-data") for one in map(_anything, routes)}
    known = {one.removesuffix("/typed-data") for one in reach} | FOR_PROGRAMS
    assert sorted(asked - known - _composed()) == []


def _composed() -> set[str]:
    """Addresses that a command puts together from words."""
    reports = {f"/v1/reports/{one}" for one in ("maturities", "deposit-statements")}
    quotes = {one.path for one in QUOTE_VERBS.values()}
    steps = {f"/v1/imports/{{}}/{one}" for one in ("preview", "reopen", "cancel", "retry")}
    return reports | quotes | steps


def _read(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


class TestExports:
    def test_every_file_of_lists_that_stand_apart(self, core: Shell, tmp_path: Path) -> None:
        out = tmp_path / "out.csv"
        hook = core.done("webhook", "make", "--url", "https://erp.example.com/in")
        sent = core.done("webhook", "test", hook["id"])
        for words, expected in (
            (("webhook", "export"), hook["id"]),
            (("webhook", "export-deliveries", hook["id"]), sent["id"]),
            (("report", "export-maturities", *_SPAN), ""),
            (("report", "export-deposits", *_SPAN), ""),
            (("import", "export"), ""),
            (("event", "export", "--kind", "PayableIssued"), ""),
        ):
            result = core.run(*words, "--out", out)
            assert result.exit_code == 0, (words, result.stderr)
            assert expected in out.read_text("utf-8-sig")
            assert str(out) in result.stderr
        shown = core.done("webhook", "delivery", hook["id"], sent["id"])
        assert (shown["id"], "attempts" in shown) == (sent["id"], True)

    def test_rows_of_an_import_or_the_faulty_ones(self, core: Shell, tmp_path: Path) -> None:
        out = tmp_path / "rows.csv"
        sheet = file_of(tmp_path, row_of(), row_of(金额="1.2万"))
        core.run("import", "upload", sheet)
        [made, *_] = core.done("import", "list")
        assert core.run("import", "export-rows", made["id"], "--out", out).exit_code == 0
        assert len(_read(out)) == 3
        words = ["import", "export-rows", made["id"], "--faulty", "--out", out]
        assert core.run(*words).exit_code == 0
        assert len(_read(out)) == 2
        assert core.run(*words, "--lang", "zh").exit_code == 0
        assert _read(out)[0][:2] == ["行号", "业务编号"]
        assert core.run(*words, "--field-names").exit_code == 0
        assert _read(out)[0][:2] == ["line", "reference"]
        workbook = tmp_path / "rows.XLSX"
        assert core.run(*words[:3], "--out", workbook).exit_code == 0
        assert workbook.read_bytes()[:2] == b"PK"
        other = core.run("import", "export-rows", f"imp_{'0' * 26}", "--out", out)
        assert other.exit_code == 1

    def test_views_lag_is_told(self, core: Shell) -> None:
        assert core.done("views", "lag")["lag_blocks"] >= 0


class TestCostShare:
    def test_obligor_offers_it_in_a_file_that_goes_beside_the_sale(
        self, core: Shell, a: Shell, bank: Shell, tmp_path: Path
    ) -> None:
        voucher = accepted(core, a)
        request = a.done("request", "make", "--voucher", voucher, "--kind", "sale", "--ask", 4)
        terms = ["--rate", "0.0385", "--no-recourse", "--registration", "0x" + "ab" * 32]
        quote = bank.done("quote", "give", "sale", request["id"], *terms, *bank.signing())
        out = tmp_path / "share.json"
        offer = ["quote", "share-cost", "--payable-id", request["payable"], "--share-max", "0.5"]
        offer += ["--rate-max", "0.05", "--budget", "1000.00", *core.signing(*Duty)]
        without = core.run(*offer)
        assert (without.exit_code, "--out" in without.stderr) == (2, True)
        dry = core.run(*offer, "--out", out, "--dry-run")
        assert (dry.exit_code, out.exists()) == (2, False)
        assert core.run(*offer, "--out", out, "--reference", "PO-1").exit_code == 0
        take = ["quote", "take", quote["id"], "--obligor-share", "0.5"]
        assert a.run(*take, *a.signing()).exit_code == 1
        assert a.signed(*take, "--cost-share", out)["verb"] == "sell"
        [sale, *_] = a.done("sale", "list")
        assert (sale["voucher"], sale["cost_borne"] != "0.00") == (voucher, True)


def test_operation_that_was_set_aside_is_tried_again_by_the_operator(
    served: Served, a: Shell, shells: dict[str, Shell]
) -> None:
    outbox = served.service.outbox
    outbox.pause()
    try:
        move = ["deposit", "move", "--bank", 5, "--to", NUMBERS["core"], "--amount", "1.00"]
        made = a.done(*move, "--wait", 0, *a.signing())
        outbox.park(made["id"], refusal_text(ParkedByOperator(reason="asked")))
        assert a.run("operation", "retry", made["id"]).exit_code == 1
        assert shells["operator"].done("operation", "retry", made["id"])["state"] == "accepted"
    finally:
        outbox.resume()
    assert a.done("operation", "wait", made["id"])["state"] == "done"


def test_operation_that_was_never_set_aside_is_not_tried_again(core: Shell, a: Shell) -> None:
    move = ["deposit", "move", "--bank", 5, "--to", NUMBERS["core"], "--amount", "1.00"]
    made = a.done(*move, *a.signing())
    for shell in (a, core):
        assert shell.run("operation", "retry", made["id"]).exit_code == 1
