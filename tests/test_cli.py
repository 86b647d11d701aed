"""The command line: what it prints, in which language, and with which status it ends."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ledger import __version__
from ledger.cli.app import app
from ledger.cli.lines import wrapped
from ledger.cli.saved import SavedRun, last_run_path
from ledger.cli.screen import language_of
from tests.cli.runner import Runner
from tests.machine.quick_node import quick_chains

GALAXY = Path(__file__).parent / "books" / "galaxy.json"
RUNNER = Runner()


def fenbook(*arguments: object, **environment: str) -> Result:
    """Run a command in this process, in English unless the environment says otherwise."""
    env = {"LC_ALL": "C", "NO_COLOR": "1", "COLUMNS": "100", **environment}
    return RUNNER.invoke(app, [str(one) for one in arguments], env=env)


@pytest.fixture(scope="module", autouse=True)
def on_quick_chains() -> Iterator[None]:
    """Quick engines, which have a test of their own; `test_books` has a book on a plain one."""
    with quick_chains():
        yield


@pytest.fixture(scope="module")
def galaxy() -> dict[str, Any]:
    book: dict[str, Any] = json.loads(GALAXY.read_text("utf-8"))
    return book


@pytest.fixture(scope="module")
def ran(galaxy: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The first ten steps of the reference book, two of them refused, and what `--json` said."""
    path = tmp_path_factory.mktemp("books") / "short.json"
    path.write_text(json.dumps({**galaxy, "steps": galaxy["steps"][:10]}), "utf-8")
    return path, fenbook("book", "run", path, "--json", XDG_STATE_HOME=str(path.parent))


@pytest.fixture(scope="module")
def short(galaxy: dict[str, Any], ran: tuple[Path, Result]) -> Path:
    """The same book with its outcome."""
    path, shown = ran
    book = {**galaxy, "steps": galaxy["steps"][:10], "expect": json.loads(shown.stdout)}
    path.write_text(json.dumps(book), "utf-8")
    return path


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The reference book, run and saved."""
    path = tmp_path_factory.mktemp("runs") / "galaxy-run.json"
    return path, fenbook("book", "run", GALAXY, "--save", path)


# ---- language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_ALL": "", "LANG": "zh_TW"}, "zh"),
        ({"LC_MESSAGES": "zh", "LANG": "en_US"}, "zh"),
    ],
)
def test_locale_decides_the_language(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_language_option_comes_before_the_locale_and_may_stand_anywhere(tmp_path: Path) -> None:
    missing = tmp_path / "none.json"
    assert "无法读取" in fenbook("book", "run", missing, LC_ALL="zh_CN.UTF-8").stderr
    assert "无法读取" in fenbook("--lang", "zh", "book", "run", missing).stderr
    assert "无法读取" in fenbook("book", "run", missing, "--lang", "zh").stderr
    english = fenbook("book", "run", missing, "--lang", "en", LC_ALL="zh_CN.UTF-8")
    assert "cannot be read" in english.stderr


def test_chinese_lines_break_between_characters_but_never_inside_a_figure() -> None:
    text = "将凭证 V-1.1 中的 ¥4,000,000.00（肆佰万元整）转让给 恒晟机加工。"
    lines = wrapped(text, 20).split("\n")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert any("¥4,000,000.00" in line for line in lines)
    assert not any(line.startswith(("，", "。", "）")) for line in lines)


# ---- version, help, misuse


def test_version_is_shown() -> None:
    shown = fenbook("version")
    assert (shown.exit_code, shown.stdout) == (0, f"fenbook {__version__}\n")


@pytest.mark.parametrize(
    "command", ["", "book", "book run", "book check", "inspect voucher", "demo"]
)
def test_help_says_what_a_command_does(command: str) -> None:
    shown = fenbook(*command.split(), "--help")
    assert shown.exit_code == 0
    assert "Usage:" in shown.stdout


@pytest.mark.parametrize(
    "arguments", ["nonsense", "book run", "--lang fr demo", "inspect voucher", "book run a b"]
)
def test_misuse_ends_with_status_2(arguments: str) -> None:
    assert fenbook(*arguments.split()).exit_code == 2


def test_console_script_runs_the_command_line() -> None:
    code = "import sys; sys.argv = ['fenbook', 'version']; from ledger.cli import main; main()"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == f"fenbook {__version__}\n"


# ---- book run


def test_book_run_shows_every_table(saved: tuple[Path, Result]) -> None:
    _, shown = saved
    assert shown.exit_code == 0, shown.stderr
    for fact in (
        "-12,336,965.02",  # net cash of the core enterprise
        "1,031,500.00",  # open principal in all
        "6,189.00",  # late interest in all
        "0.01 – 1,234,567.89",  # the first range of V1
        "live, overdue",
        "InvoiceOverused",
        "26 done, 16 refused",
    ):
        assert fact in shown.stdout
    assert "Use less of this invoice or add another one." in shown.stdout
    assert not shown.stderr


def test_book_run_speaks_chinese(short: Path, tmp_path: Path) -> None:
    shown = fenbook("book", "run", short, "--lang", "zh", "--save", tmp_path / "run.json")
    assert shown.exit_code == 0
    for fact in ("现金净额", "子票区间", "开立方", "InvoiceOverused", "请减少该发票的使用金额"):
        assert fact in shown.stdout


def test_book_run_reproduces_the_expected_outcome(
    galaxy: dict[str, Any], saved: tuple[Path, Result]
) -> None:
    assert SavedRun.load(saved[0]).outcome == galaxy["expect"]


def test_book_run_json_is_the_outcome_alone(ran: tuple[Path, Result]) -> None:
    path, shown = ran
    assert (shown.exit_code, shown.stderr) == (0, "")
    kept = SavedRun.load(path.parent / "fenbook" / "last-run.json")
    assert json.loads(shown.stdout) == kept.outcome
    assert [one["step"] for one in kept.outcome["refused"]] == [8, 9]


def test_book_run_that_cannot_be_saved_says_so(galaxy: dict[str, Any], tmp_path: Path) -> None:
    blocked, tiny = tmp_path / "file", tmp_path / "tiny.json"
    blocked.write_text("")
    tiny.write_text(json.dumps({**galaxy, "steps": []}), "utf-8")
    shown = fenbook("book", "run", tiny, XDG_STATE_HOME=str(blocked))
    assert shown.exit_code == 0
    assert "was not saved" in shown.stderr
    assert fenbook("book", "run", tiny, "--save", blocked / "run.json").exit_code == 2


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        ("no json", ("JSON",)),
        ("[]", ("object",)),
        ("{}", ("rules",)),
    ],
)
def test_book_run_of_a_malformed_book_ends_with_status_2(
    tmp_path: Path, content: str, facts: tuple[str, ...]
) -> None:
    path = tmp_path / "book.json"
    path.write_text(content)
    shown = fenbook("book", "run", path)
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert all(fact in shown.stderr for fact in facts)
    assert "Traceback" not in shown.stderr


def test_book_run_of_a_malformed_step_names_step_field_and_what_is_right(
    galaxy: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "book.json"
    steps = [{**galaxy["steps"][0], "face": 5}, *galaxy["steps"][1:]]
    path.write_text(json.dumps({**galaxy, "steps": steps}), "utf-8")
    shown = fenbook("book", "run", path, "--json")
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert all(fact in shown.stderr for fact in ("step 0", "face", "1000000.00"))


def test_book_run_without_its_node_ends_with_status_2(short: Path) -> None:
    shown = fenbook("book", "run", short, "--node", "http://127.0.0.1:1")
    assert shown.exit_code == 2
    assert "No chain answers" in shown.stderr


# ---- book check


def test_book_check_of_equal_outcomes_ends_with_status_0(short: Path) -> None:
    shown = fenbook("book", "check", short)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert "equal, 10 steps" in shown.stdout


def test_book_check_shows_each_difference_and_ends_with_status_1(
    short: Path, tmp_path: Path
) -> None:
    book = json.loads(short.read_text("utf-8"))
    book["expect"]["net_cash"]["CORE"] = "1.00"
    del book["expect"]["refused"][0]
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(book), "utf-8")
    shown = fenbook("book", "check", changed)
    assert shown.exit_code == 1
    for fact in ("2 differences", "net_cash.CORE", "1.00", "refused[step 8]", "nothing"):
        assert fact in shown.stdout
    report = json.loads(fenbook("book", "check", changed, "--json").stdout)
    assert [one["path"] for one in report[0]["differences"]] == ["net_cash.CORE", "refused[step 8]"]


def test_book_check_of_several_goes_on_after_one_it_cannot_use(short: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.json"
    bare.write_text("{}")
    shown = fenbook("book", "check", bare, short)
    assert shown.exit_code == 2
    assert "bare.json" in shown.stderr
    assert "equal" in shown.stdout


# ---- inspect


def test_saved_run_is_private_whole_and_rebuilds_the_views(saved: tuple[Path, Result]) -> None:
    path, _ = saved
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    run = SavedRun.load(path)
    views = run.projection()
    held = {
        (row.start, row.end): row.state.name.lower()
        for row in views.vouchers_of(run.payables["V1"])
    }
    expected = [one for one in run.outcome["vouchers"] if one["payable"] == "V1"]
    assert held == {tuple(one["units"]): one["state"] for one in expected}


def test_last_run_is_kept_in_the_state_directory() -> None:
    assert last_run_path({"XDG_STATE_HOME": "/s"}) == Path("/s/fenbook/last-run.json")
    expected = Path("/h/.local/state/fenbook/last-run.json")
    assert last_run_path({"HOME": "/h"}) == expected
    assert last_run_path({"HOME": "/h", "XDG_STATE_HOME": "relative"}) == expected


def test_inspect_voucher_shows_its_lineage_ranges_and_shares(saved: tuple[Path, Result]) -> None:
    shown = fenbook("inspect", "voucher", "V1.a.a", "--run", saved[0])
    assert shown.exit_code == 0
    for fact in (
        "V-1.4 V1.a.a",
        "issued 10,000,000.00",
        "transferred 4,000,000.00",
        "sold 1,234,567.89  for 1,224,269.54 at 3.85 %",
        "乙银行, held",
        "received 1,111,111.09",
        "◄",
        "█▌",
        "864,197.52",
    ):
        assert fact in shown.stdout
    assert fenbook("inspect", "voucher", "V-1.4", "--run", saved[0]).stdout == shown.stdout


def test_inspect_payable_shows_every_way_its_ranges_went(saved: tuple[Path, Result]) -> None:
    shown = fenbook("inspect", "payable", "V1", "--lang", "zh", "--run", saved[0])
    assert shown.exit_code == 0
    for fact in (
        "星河重工 应付 10,000,000.00",
        "存续、逾期",
        "转让（保理，有追索） 1,500,000.00",
        "追索退回 1,500,000.00",
        "L-1 (V-1.2)",
        "已结清，利息 30,450.00",
        "1,526,075.00 甲银行",
        "其中逾期利息 31,500.00",
    ):
        assert fact in shown.stdout


def test_inspect_json_has_the_lineage_and_the_shares(saved: tuple[Path, Result]) -> None:
    shown = fenbook("inspect", "payable", "P-1", "--json", "--run", saved[0])
    found = json.loads(shown.stdout)
    assert found["payable"]["paid"] == "8968500.00"
    shared = sum(
        round(float(share[key]) * 100)
        for voucher in found["vouchers"]
        for share in voucher["shares"]
        for key in ("to_holder", "to_lender")
    )
    assert shared == 900_000_000
    assert found["lineage"]["hops"][0]["kind"] == "issue"


@pytest.mark.parametrize(
    ("arguments", "facts"),
    [
        (("voucher", "V1.aa"), ("no voucher V1.aa", "V1.a")),
        (("voucher", "V-9.9"), ("V-9.9",)),
        (("payable", "P-77"), ("no payable P-77", "P-1")),
        (("payable", "zzz"), ("It has: V1",)),
    ],
)
def test_inspect_of_an_unknown_name_lists_near_ones(
    saved: tuple[Path, Result], arguments: tuple[str, ...], facts: tuple[str, ...]
) -> None:
    shown = fenbook("inspect", *arguments, "--run", saved[0])
    assert (shown.exit_code, shown.stdout) == (2, "")
    assert all(fact in shown.stderr for fact in facts)


def test_inspect_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    shown = fenbook("inspect", "voucher", "V1", XDG_STATE_HOME=str(tmp_path))
    assert shown.exit_code == 2
    assert "fenbook book run FILE" in shown.stderr


def test_inspect_of_a_file_that_is_no_run_says_so(short: Path) -> None:
    shown = fenbook("inspect", "voucher", "V1", "--run", short)
    assert shown.exit_code == 2
    assert "is not a saved run" in shown.stderr


def test_output_is_readable_where_the_locale_knows_no_chinese() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    code = "from ledger.cli import main; main()"
    command = [
        sys.executable,
        "-c",
        code,
        "inspect",
        "voucher",
        "甲",
        "--lang",
        "zh",
        "--run",
        "/无",
    ]
    shown = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert shown.returncode == 2
    assert "无法读取" in shown.stderr.decode("utf-8")
    assert b"Traceback" not in shown.stderr
