"""Honest chains: every change is explained by a command of the parties then registered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ledger import books
from ledger.audit import Report, audit
from ledger.audit.acting import HANDLERS
from ledger.chain.artifacts import artifact
from ledger.chain.calls import ENTRY_POINTS
from ledger.cli import audit as cli
from ledger.cli.app import app
from ledger.cli.audit_report import report_to_json
from ledger.cli.screen import Lang, Screen
from ledger.cli.stage import Stage
from ledger.cli.story import story
from ledger.model.commands import COMMANDS
from ledger.model.figures import time_text
from tests.audit.conftest import Told
from tests.audit.live import audited
from tests.audit.recorded import Change, served
from tests.cast import Cast
from tests.cli.runner import Runner
from tests.contracts.asset_acts import ASSET_ACTS
from tests.contracts.office_acts import OFFICE_ACTS
from tests.machine.quick_node import quick_chains
from tests.oracle.random_books import random_book

GALAXY = Path(__file__).parents[1] / "books" / "galaxy.json"


@pytest.fixture(scope="module", autouse=True)
def on_quick_chains() -> Iterator[None]:
    """Quick engines, which have a test of their own, for books and the demonstration."""
    with quick_chains():
        yield


def _explained(report: Report) -> Report:
    assert report.findings == []
    assert report.events == report.explained_events > 0
    assert report.compared > 40
    return report


def test_life_of_a_payable_is_explained(told: Told) -> None:
    report = _explained(told.honest)
    assert report.commands["SellVoucher"] == report.commands["SaleQuote"] == 1
    assert report.commands.total() > 30
    assert report.open_acts == {"settle": 2}
    assert (report.founders, report.refused) == (8, 1)
    assert {"Participants", "Invoices", "ERC7913RSAVerifier"} <= set(report.contracts.values())


def test_reference_book_is_explained() -> None:
    report = _explained(audited(books.run(books.load(GALAXY)).ledger))
    assert report.commands["CostShareOffer"] == 1
    assert report.open_acts["lapse"] == 1


def test_demonstration_is_explained() -> None:
    stage = Stage()
    assert len(list(story(stage))) == 5
    _explained(audited(stage.ledger))


def test_random_book_is_explained() -> None:
    _explained(audited(books.run(random_book(11, steps=25)).ledger))


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(12))
def test_long_random_books_are_explained(seed: int) -> None:
    _explained(audited(books.run(random_book(seed, steps=250)).ledger))


@pytest.mark.deep
@pytest.mark.parametrize("name", sorted(ASSET_ACTS | OFFICE_ACTS))
def test_every_command_is_explained(cast: Cast, name: str) -> None:
    act = (ASSET_ACTS | OFFICE_ACTS)[name](cast)
    cast.ledger.carry_out(act.item())
    report = _explained(audited(cast.ledger))
    assert report.commands[type(act.command).__name__] > 0


def test_every_verb_has_its_replay() -> None:
    signed = {f"{COMMANDS[name].desk}.{entry}" for name, entry in ENTRY_POINTS.items()}
    assert signed <= set(HANDLERS)
    for handled in HANDLERS:
        contract, function = handled.split(".")
        assert function in artifact(contract).functions, handled


# ---- the command


def _fenbook(*arguments: object) -> Result:
    env = {"LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "100"}
    return Runner().invoke(app, ["audit", *(str(one) for one in arguments)], env=env)


def test_command_audits_over_http_with_nothing_but_an_endpoint(told: Told, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    told.cast.ledger.deployment.save(manifest)
    with served(told.recorded) as url:
        shown = _fenbook("--node", url, "--deployment", manifest, "--lang", "zh")
        as_json = json.loads(_fenbook("--node", url, "--json").stdout)
    assert shown.exit_code == 0, shown.output
    assert "每一笔变动均可" in shown.stdout
    assert as_json["explained"]
    assert as_json["events"] == {"explained": told.honest.events, "unexplained": 0}
    assert as_json["findings"] == []


def _late(method: str, params: object, result: Any) -> Any:
    """Every block in 2038, long after all deadlines."""
    del params
    return {**result, "timestamp": 2**31} if method == "eth_getBlockByNumber" else result


def test_command_shows_what_it_cannot_explain_and_ends_with_status_1(told: Told) -> None:
    with served(told.recorded.lying(_late)) as url:
        shown = _fenbook("--node", url)
    assert shown.exit_code == 1
    assert "authority missing" in shown.stdout
    assert "The command was valid until" in shown.stdout
    assert "more; --json lists all" in shown.stdout


def test_report_as_json_says_each_finding_whole(told: Told) -> None:
    shown = report_to_json(told.lying(_late), Screen.of(Lang.EN), now=0)
    first = shown["findings"][0]
    assert first["kind"] == "authority"
    assert first["reason"]["code"] == "DeadlinePassed"
    assert len(first["transaction"]) == len(first["digest"]) == 66
    assert json.loads(json.dumps(shown)) == shown


def _sealed(method: str, params: object, result: Any) -> Any:
    """Blocks as QBFT tells them, with its validators and their seals."""
    del params
    is_block = method == "eth_getBlockByNumber"
    return {**result, "extraData": "0x" + "ab" * 300} if is_block else result


def test_command_reads_the_blocks_of_a_permissioned_network(told: Told) -> None:
    with served(told.recorded.lying(_sealed)) as url:
        shown = _fenbook("--node", url)
    assert shown.exit_code == 0, shown.output


# ---- up to when it holds


def _at(told: Told, patch: pytest.MonkeyPatch, seconds: int) -> None:
    """This machine's clock, some seconds after the newest block."""
    patch.setattr(cli, "_now", lambda: told.honest.head.second + seconds)


@pytest.mark.parametrize("seconds", [-86_400, 0, 600])
def test_command_says_up_to_which_block_it_holds(told: Told, monkeypatch, seconds: int) -> None:
    _at(told, monkeypatch, seconds)
    head = told.honest.head
    with served(told.recorded) as url:
        shown = _fenbook("--node", url).stdout
        as_json = json.loads(_fenbook("--node", url, "--json").stdout)
    assert f"holds up to block {head.number} of {time_text(head.second)}" in shown
    assert "0x" + head.hash.hex() in shown
    assert "ask another node" not in shown
    block = {"block": head.number, "hash": "0x" + head.hash.hex(), "second": head.second}
    assert as_json["holds_up_to"] == block
    assert as_json["head"] == {**block, "is_old": False}


@pytest.mark.parametrize(
    ("seconds", "behind"),
    [
        (601, "10 minutes"),
        (7_199, "119 minutes"),
        (7_200, "2 hours"),
        (9 * 86_400 + 5, "9 days"),
    ],
)
def test_command_warns_where_the_newest_block_is_old(
    told: Told, monkeypatch, seconds: int, behind: str
) -> None:
    _at(told, monkeypatch, seconds)
    with served(told.recorded) as url:
        shown = _fenbook("--node", url)
        as_json = json.loads(_fenbook("--node", url, "--json").stdout)
    assert f"{behind} ago: ask another node" in " ".join(shown.stdout.split())
    assert as_json["head"]["is_old"]
    assert shown.exit_code == 0


def test_command_that_stops_earlier_tells_both_blocks(told: Told, monkeypatch) -> None:
    _at(told, monkeypatch, 0)
    first = told.honest.last_block - 3
    with served(told.recorded) as url:
        as_json = json.loads(_fenbook("--node", url, "--to-block", first, "--json").stdout)
    assert as_json["holds_up_to"]["block"] == as_json["blocks"]["last"] == first
    assert as_json["head"]["block"] == told.honest.last_block
    assert as_json["holds_up_to"]["second"] < as_json["head"]["second"]


def _shortened(blocks: int) -> Change:
    """An endpoint that keeps the newest blocks back."""

    def change(method: str, params: object, result: Any) -> Any:
        del params
        return result - blocks if method == "eth_blockNumber" else result

    return change


def test_newest_blocks_kept_back_are_told_by_whoever_knows_a_later_one(told: Told) -> None:
    """It explains what it shows; only its last block says that it is not all."""
    lying = told.recorded.lying(_shortened(2))
    report = _explained(audit(lying.history(), told.registry))
    assert report.last == report.head != told.honest.head
    with served(lying) as url:
        shown = _fenbook("--node", url, "--to-block", told.honest.last_block)
    assert shown.exit_code == 2
    assert "There are no blocks" in shown.stderr


# ---- misuse


@pytest.mark.parametrize(
    ("arguments", "fact"),
    [
        (("--participants", "0x12"), "exactly 20 bytes"),
        (("--participants", "0x" + "12" * 20), "no ledger was founded"),
        (("--to-block", 10**9), "There are no blocks"),
        (("--from-block", 9, "--to-block", 8), "There are no blocks"),
        (("--deployment", "/nowhere/manifest.json"), "No ledger can be found"),
        (("--deployment", "a", "--participants", "b"), "not by both"),
    ],
)
def test_command_that_is_misused_ends_with_status_2(
    told: Told, arguments: tuple[object, ...], fact: str
) -> None:
    with served(told.recorded) as url:
        shown = _fenbook("--node", url, *arguments)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert fact in shown.stderr.replace("\n", "")


def test_command_without_an_endpoint_ends_with_status_2() -> None:
    assert _fenbook().exit_code == 2
    gone = _fenbook("--node", "http://127.0.0.1:1")
    assert gone.exit_code == 2
    assert "No chain answers" in gone.stderr
