"""House rules that a machine can check: ceilings, borders, words, how contracts are written."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.books.acts import ACTS
from ledger.chain.calls import ENTRY_POINTS
from ledger.model.commands import COMMANDS
from ledger.model.errors import ERRORS
from tests import solidity_source

ROOT = Path(__file__).parents[1]
CONTRACTS = sorted((ROOT / "contracts").rglob("*.sol"))
MODULES = sorted(
    path for folder in ("api", "docs", "ledger") for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

CONTRACT_LINES_MAX = 350
MODULE_LINES_MAX = 300
TEST_LINES_MAX = 400
FUNCTION_LINES_MAX = 70

EXCEPTIONS: dict[str, int] = {}
"""Files above a ceiling, with the ceiling that an ADR gives them. There are none."""

SPELLED_OTHERWISE = {"IssueBatch": "recordBatch", "AddVersion": "proposeVersion"}
"""These acts begin what others finish: a batch is recorded, a version is proposed."""

# What a command signs for, without being a verb of its own.
BESIDE_A_VERB = {"SaleQuote", "RedemptionQuote", "PledgeQuote", "CostShareOffer"}

# Words of the glossary that stand on a border: which package may import which of its neighbours.
NEIGHBOURS = ("chain", "records", "views")


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


def _code(path: Path) -> str:
    """A contract without comments and strings."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


def _imports(path: Path) -> Iterator[str]:
    """Every module that a module names in an import, wherever it stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{name.name}" for name in node.names)


class TestCeilings:
    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_contract_file_is_short(self, path: Path) -> None:
        assert len(_lines(path)) <= EXCEPTIONS.get(_id(path), CONTRACT_LINES_MAX)

    @pytest.mark.parametrize("path", MODULES, ids=_id)
    def test_module_is_short(self, path: Path) -> None:
        assert len(_lines(path)) <= EXCEPTIONS.get(_id(path), MODULE_LINES_MAX)

    @pytest.mark.parametrize("path", TESTS, ids=_id)
    def test_test_file_is_short(self, path: Path) -> None:
        assert len(_lines(path)) <= EXCEPTIONS.get(_id(path), TEST_LINES_MAX)

    @pytest.mark.parametrize("path", MODULES + TESTS, ids=_id)
    def test_python_functions_are_short(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                assert length <= FUNCTION_LINES_MAX, node.name

    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_contract_functions_are_short(self, path: Path) -> None:
        text = path.read_text("utf-8")
        for name, body in re.findall(
            r"^    (?:function (\w+)|constructor)(.*?^    \})", text, re.M | re.S
        ):
            assert body.count("\n") < FUNCTION_LINES_MAX, name

    def test_lines_of_python_are_short_by_the_linter_s_rule(self) -> None:
        rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
        assert rules["line-length"] == 100
        assert "E" in rules["lint"]["select"]
        excused = [_id(path) for path in MODULES if "noqa: E501" in path.read_text("utf-8")]
        tables = ["ledger/cli/story_words.py", "ledger/cli/words.py", "ledger/model/glossary.py"]
        assert excused == tables  # of phrases, one a line

    def test_exceptions_are_told_in_a_decision(self) -> None:
        decisions = "".join(path.read_text("utf-8") for path in (ROOT / "docs/adr").glob("*.md"))
        assert all(f"`{name}`" in decisions for name in EXCEPTIONS)


class TestBorders:
    @pytest.mark.parametrize("path", MODULES, ids=_id)
    def test_neighbours_never_import_one_another(self, path: Path) -> None:
        home = path.relative_to(ROOT).parts
        if len(home) < 2 or home[1] not in NEIGHBOURS:
            return
        others = [f"ledger.{name}" for name in NEIGHBOURS if name != home[1]]
        for name in _imports(path):
            assert not any(name == other or name.startswith(other + ".") for other in others), name

    @pytest.mark.parametrize("path", MODULES, ids=_id)
    def test_nobody_imports_doors_or_tests(self, path: Path) -> None:
        own = path.relative_to(ROOT).parts[:2]
        for name in _imports(path):
            assert name.split(".")[0] != "tests", name
            assert name.split(".")[0] != "api" or own[0] == "api", name
            assert not name.startswith("ledger.cli") or own == ("ledger", "cli"), name

    @pytest.mark.parametrize("path", MODULES, ids=_id)
    def test_public_names_are_listed(self, path: Path) -> None:
        tree = ast.parse(path.read_text("utf-8"))
        has_code = any(not isinstance(node, ast.Expr) for node in tree.body)
        names = {
            ast.unparse(target)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        }
        assert "__all__" in names or not has_code


class TestMoney:
    @pytest.mark.parametrize("path", sorted((ROOT / "ledger/model").rglob("*.py")), ids=_id)
    def test_no_float_in_the_model(self, path: Path) -> None:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), (
                node.lineno
            )
            assert not (isinstance(node, ast.Name) and node.id in ("float", "Decimal")), node.lineno
            assert not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)), node.lineno

    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_no_fraction_in_a_contract(self, path: Path) -> None:
        assert not re.search(r"\bu?fixed(\d|\b)", _code(path))


class TestWords:
    def test_a_verb_is_spelled_once(self) -> None:
        assert set(ENTRY_POINTS) == set(COMMANDS) - BESIDE_A_VERB
        for command, entry in ENTRY_POINTS.items():
            spelled = command[0].lower() + command[1:]
            assert SPELLED_OTHERWISE.get(command, entry) == entry
            assert spelled.startswith(entry) or command in SPELLED_OTHERWISE, command

    def test_books_use_the_verbs_of_the_contracts(self) -> None:
        assert set(ACTS) <= set(ENTRY_POINTS.values())

    def test_entry_points_take_the_commands_they_are_named_for(self) -> None:
        text = "\n".join(_code(path) for path in CONTRACTS)
        for command, entry in ENTRY_POINTS.items():
            assert re.search(rf"function {entry}\(\s*{command} calldata command\b", text), command

    def test_errors_are_declared_once_and_each_is_raised(self) -> None:
        declared = solidity_source.errors()
        assert set(declared) == set(ERRORS)
        elsewhere = {
            name
            for path in CONTRACTS
            if path.name != "Errors.sol"
            for name in re.findall(r"^error (\w+)", _code(path), re.MULTILINE)
        }
        assert elsewhere == {"CommandDigest"}  # no refusal: how a digest is told
        raised = set(re.findall(r"\brevert (\w+)\(", "\n".join(_code(path) for path in CONTRACTS)))
        assert raised - {"CommandDigest"} == set(declared)


class TestContracts:
    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_source_keeps_the_house_style(self, path: Path) -> None:
        code = _code(path)
        assert re.findall(r"pragma solidity ([^;]+);", code) == ["0.8.37"]
        assert not re.search(r"^import [^{]", code, re.MULTILINE), "named imports only"
        for word in (r"tx\.origin", "delegatecall", "selfdestruct", r"require\(", r'revert\(""'):
            assert not re.search(rf"\b{word}", code), word

    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_assembly_says_why_it_is_safe(self, path: Path) -> None:
        for block in re.findall(
            r"assembly \(\"memory-safe\"\) \{(.*?)\}", path.read_text("utf-8"), re.S
        ):
            assert "//" in block or block.count("\n") <= 2, block
        assert not re.search(r"\bunchecked\b", _code(path))

    @pytest.mark.parametrize("path", CONTRACTS, ids=_id)
    def test_imports_are_used(self, path: Path) -> None:
        # Documentation that is inherited counts as a use.
        text = path.read_text("utf-8")
        body = re.sub(r"^import \{.*?;", "", text, flags=re.MULTILINE | re.DOTALL)
        if path.name == "Verifiers.sol":  # names what is deployed as it is
            return
        for names in re.findall(r"^import \{(.*?)\} from", text, re.MULTILINE | re.DOTALL):
            for name in (one.strip() for one in names.split(",") if one.strip()):
                assert re.search(rf"\b{name}\b", body), name
