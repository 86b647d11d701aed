"""The documentation says what the code does: pages, words, commands and examples are compared."""

import re
import subprocess
import sys
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from api.serving import options_from
from docs import assurance, generate
from docs.samples import SIGNED_BY
from ledger.chain.deployment import Deployment
from ledger.cli.app import app
from ledger.cli.resources import EXPORTS
from ledger.model import errors
from ledger.model.commands import COMMANDS
from ledger.model.errors import LedgerError
from ledger.model.glossary import TERMS
from ledger.service.running.settings import settings_from
from ledger.service.running.settings_files import variables_in
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Database
from tests.chain.chains import running_anvil
from tests.machine.quick_node import quick_chains
from tests.test_oracle import CODES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *DOCS.rglob("*.md"),
        *(ROOT / folder / "README.md" for folder in ("api", "contracts", "deploy", "ledger")),
        *(ROOT / folder / "README.md" for folder in ("tests", "web")),
    ]
)
INVARIANTS = [*range(1, 13), *range(20, 34), *range(40, 48)]
OF_PAYABLES = {
    *("payable", "obligor", "maturity_from", "maturity_to"),
    *("invoice", "external_reference"),
}
"""Filters that most lists have, told in a word."""
FENCED = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FORBIDDEN = re.compile(
    r"\b(token|wallet|balance|endorse|mint|burn|debtor)(s|ed|ing)?\b|代币|钱包|余额|背书|铸造",
    re.IGNORECASE,
)
PLACES = re.compile(r"/(?:root|home|tmp|work|usr|opt|Users)/|[A-Z]:\\|registry\.npmjs|pypi\.org")
PROMISE = re.compile(r"\bcomes? with (the|them)\b", re.IGNORECASE)
"""What speaks of a time before something that is there by now."""
MAKE_TARGETS = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def _text(page: Path) -> str:
    return page.read_text("utf-8")


def _prose(page: Path) -> str:
    """A page without what stands in code."""
    return re.sub(r"`[^`]*`", "", FENCED.sub("", _text(page)))


def _shell_lines() -> list[str]:
    """Every command in a shell block of any page."""
    blocks = [body for page in PAGES for kind, body in FENCED.findall(_text(page)) if kind == "sh"]
    return sorted({line for block in blocks for line in block.splitlines() if line})


@cache
def _shell() -> Any:
    """The command line as it is built: once, for that takes a while."""
    return typer.main.get_command(app)


def _id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_assurance_page_is_what_its_evidence_says() -> None:
    assert _text(assurance.PAGE) == assurance.page()


@pytest.mark.parametrize("name", generate.PAGES)
def test_page_made_from_the_code_is_what_the_code_says(name: str) -> None:
    assert _text(DOCS / name) == generate.PAGES[name](), "run python -m docs.generate"


def test_every_refusal_has_its_line() -> None:
    page = _text(DOCS / "errors.md")
    classes = [getattr(errors, name) for name in errors.__all__]
    refusals = [one for one in classes if isinstance(one, type) and issubclass(one, LedgerError)]
    listed = set(re.findall(r"^\| `(\w+)` · ", page, re.MULTILINE))
    assert listed == {one.__name__ for one in refusals} - {"LedgerError"}


def test_every_command_has_its_section_and_its_signer() -> None:
    listed = re.findall(r"^### (\w+)$", _text(DOCS / "commands.md"), re.MULTILINE)
    assert sorted(listed) == sorted(COMMANDS) == sorted(SIGNED_BY)


def test_glossary_has_the_words_of_the_code() -> None:
    rows = re.findall(r"^\| ([^|`]+) \| ([^|]+) \| [^|]+ \|$", _text(DOCS / "glossary.md"), re.M)
    told = {english.strip(): chinese.strip() for english, chinese in rows if english != "word"}
    known = {
        term.en: term.zh
        for key, term in TERMS.items()
        if key not in ("none", "nobody", "never", "nothing", "yes", "no", "state_none")
        and not key.startswith("recourse_")
    }
    assert {word: told.get(word) for word in known} == known


def test_filters_of_the_page_are_those_of_the_lists() -> None:
    section = _text(DOCS / "api.md").split("### Filters")[1]
    told = {}
    for path, own, of_payables in re.findall(r"^\| `(\S+)` \| (.+) \| (.+) \|$", section, re.M):
        named = set(re.findall(r"`(\w+)`", of_payables))
        some = OF_PAYABLES - named if of_payables.startswith("all") else named
        told[path] = {*re.findall(r"`(\w+)`", own), *some}
    assert told == {
        one.path.replace("exports/", ""): {flag.replace("-", "_") for flag in one.filters}
        for one in EXPORTS
    }


def test_books_refuse_what_their_page_lists() -> None:
    section = _text(DOCS / "books.md").split("## Which refusal comes first")[1]
    rows = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
    listed = {verb: set(re.findall(r"`(\w+)`", codes)) for verb, codes in rows}
    assert listed == {verb: set(codes.split()) for verb, codes in CODES.items()}


def test_invariants_are_all_there_and_name_what_exists() -> None:
    page = _text(DOCS / "invariants.md")
    rows = re.findall(r"^\| I(\d\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert [int(number) for number, *_ in rows] == INVARIANTS
    for number, sentence, enforced, shown in rows:
        assert sentence.endswith("."), number
        assert _places(enforced), number
        assert _tests(shown), number


def test_threats_name_tests_that_exist() -> None:
    section = _text(DOCS / "security.md").split("## Threats")[1].split("\n## ")[0]
    rows = re.findall(r"^\| T(\d\d) \| [^|]+ \| ([^|]+) \|$", section, re.MULTILINE)
    assert len(rows) == len(set(rows)) > 30
    assert sum(len(_tests(now)) for _, now in rows) > 10


def test_architecture_names_bounds_that_exist() -> None:
    section = _text(DOCS / "architecture.md").split("## Bounds")[1]
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| ([^|]+) \|$", section, re.MULTILINE)
    bounds = rows[1:]
    assert len(bounds) > 10
    assert all(_places(bound) for bound in bounds)


def _places(cell: str) -> list[str]:
    """The functions, modifiers and constants that a cell names, each looked up in its source."""
    names = re.findall(r"`(\w+)\.(\w+)`", cell)
    for home, name in names:
        [source] = (ROOT / "contracts").rglob(f"{home}.sol")
        assert re.search(rf"\b{name}\b", source.read_text("utf-8")), f"{home}.{name}"
    return [name for _, name in names]


def _tests(cell: str) -> list[str]:
    """The tests that a cell names, each looked up in its file."""
    names = re.findall(r"`((?:\w+/)?test_\w+\.py)::(test_\w+)`", cell)
    for file, name in names:
        [source] = (ROOT / "tests").rglob(file)
        assert f"def {name}(" in source.read_text("utf-8"), f"{file}::{name}"
    return [name for _, name in names]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_is_short(name: str) -> None:
    assert len(_text(ROOT / name).splitlines()) <= 150


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_says_what_a_file_may_name_parties_by_before_it_is_uploaded(name: str) -> None:
    after = _text(ROOT / name).partition("fenbook key evaluation")[2].partition("\n## ")[0]
    assert "`import upload`" in after
    assert "`fenbook records put FILE --by WHO`" in after
    assert re.search("participant numbers|参与方编号", after)


@pytest.mark.parametrize("folder", ["contracts", "ledger", "api", "web", "tests", "deploy", "docs"])
def test_folder_has_its_readme(folder: str) -> None:
    assert (ROOT / folder / "README.md").exists()


def test_table_of_the_pages_has_every_page() -> None:
    listed = re.findall(r"^\| \[[^]]+\]\(([^)]+)\) \|", _text(DOCS / "README.md"), re.MULTILINE)
    pages = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert sorted(listed) == sorted(pages | {"adr/README.md"})


def test_table_of_the_tests_has_every_folder() -> None:
    listed = re.findall(r"^\| `(\w+)/` \|", _text(ROOT / "tests" / "README.md"), re.MULTILINE)
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.glob("*.*"))}
    assert sorted(listed) == sorted(folders - {"__pycache__"})


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_page_says_its_words_and_no_place_of_a_machine(page: Path) -> None:
    assert not (found := FORBIDDEN.search(_prose(page))), found
    assert not (place := PLACES.search(_text(page))), place


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_page_says_what_there_is_and_not_what_comes(page: Path) -> None:
    if page.parent.name != "adr" and page.name != "CHANGELOG.md":
        assert not (found := PROMISE.search(_text(page))), found


@pytest.mark.parametrize("page", PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", _text(page)):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("path", sorted((DOCS / "adr").glob("0*.md")), ids=_id)
def test_decision_has_its_parts_and_is_one_page(path: Path) -> None:
    heads = re.findall(r"^## (\w+)$", _text(path), re.MULTILINE)
    assert heads == ["Context", "Decision", "Consequences", "Alternatives", "References"]
    assert len(_text(path).splitlines()) <= 60
    assert path.name in _text(DOCS / "adr" / "README.md")


@pytest.mark.parametrize("line", _shell_lines())
def test_command_in_a_shell_block_exists(line: str) -> None:
    program, *words = line.split()
    if program == "make":
        assert words[0] in MAKE_TARGETS
        return
    assert program == "fenbook"
    command = _shell()
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= known


def _python(page: Path) -> list[str]:
    return [body for kind, body in FENCED.findall(_text(page)) if kind == "python"]


def _run(code: str, folder: Path) -> str:
    """What a program of a page prints, run on its own in a folder."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "deploy" / "env").glob("*.toml")), ids=_id)
def test_settings_of_every_place_can_stand(path: Path) -> None:
    variables = {**variables_in(path), "FENBOOK_RELAYER_KEYS": "11" * 32}
    variables.pop("FENBOOK_RELAYER_KEYS_FILE", None)
    assert settings_from(variables).is_evaluation == (path.stem == "evaluation")
    options_from(variables)


@pytest.mark.parametrize("engine", ["in process", pytest.param("anvil", marks=pytest.mark.anvil)])
def test_ledger_on_anvil_is_founded_as_the_page_says(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    founding, _ = _python(DOCS / "operations.md")
    for folder in ("secrets", "manifests"):
        (tmp_path / "deploy" / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with running_anvil() if engine == "anvil" else nullcontext(None) as url:
        here = re.sub(r"Node\.connect\(.*\)", "Node.in_process()", founding)
        _run(here if url is None else founding.replace("http://127.0.0.1:8545", url), tmp_path)
        file = ROOT / "deploy" / "env" / "development.toml"
        settings = settings_from(variables_in(file))
        assert settings.deployment is not None
        assert Deployment.load(settings.deployment).first_block > 0
        assert len(settings.secrets) == 1
        assert len(list(tmp_path.glob("deploy/secrets/*.json"))) == 5
        if url is not None:
            monkeypatch.setenv("FENBOOK_NODES", url)
            made = CliRunner().invoke(app, ["records", "new-key", "deploy/secrets/records_key"])
            seen = CliRunner().invoke(app, ["doctor", "--settings", str(file)])
            assert (made.exit_code, seen.exit_code) == (0, 0), seen.output


def test_copy_of_a_database_in_use_is_whole(tmp_path: Path) -> None:
    _, copying = _python(DOCS / "operations.md")
    used = Database.open(f"sqlite:///{tmp_path / 'fenbook.sqlite'}")
    used.migrate()
    with used.writing() as connection:
        put_setting(connection, "alarm", "newest")
    assert (tmp_path / "fenbook.sqlite-wal").stat().st_size
    _run(copying, tmp_path)
    used.close()
    copy = Database.open(f"sqlite:///{tmp_path / 'fenbook.backup.sqlite'}")
    with copy.reading() as connection:
        assert setting(connection, "alarm") == "newest"
    assert copy.is_current
    copy.close()
    assert not (tmp_path / "fenbook.backup.sqlite").stat().st_mode & 0o077


def test_commands_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    blocks = [body for kind, body in FENCED.findall(_text(ROOT / "README.md")) if kind == "sh"]
    lines = [line.split() for line in "".join(blocks).splitlines() if line.startswith("fenbook")]
    assert len(lines) >= 4
    # What `check` says of this book is a test of its own.
    for _, *words in (line for line in lines if "check" not in line):
        with quick_chains():
            result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output


def test_example_of_the_readme_runs(tmp_path: Path) -> None:
    [code] = _python(ROOT / "README.md")
    assert len(code.splitlines()) <= 20
    assert _run(code, tmp_path).endswith("100000000 2\n")
