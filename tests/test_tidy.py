"""House rules that a machine can check: ceilings, borders, words, how contracts are written."""

import ast
import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

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
MODEL = sorted((ROOT / "ledger/model").rglob("*.py"))
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


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")


def _lines(path: Path) -> list[str]:
    return _text(path).splitlines()


@cache
def _code(path: Path) -> str:
    """A contract without comments and strings."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", _text(path), flags=re.DOTALL)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', '""', text)


@dataclass(frozen=True, slots=True)
class _Module:
    """What the rules ask of a module: gathered in one walk, for a tree is large to keep."""

    imports: list[str] = field(default_factory=list)
    """Every module that it names in an import, wherever that stands."""
    functions: list[tuple[str, int]] = field(default_factory=list)
    """Where each function stands and its name; how many lines it has."""
    fractions: list[str] = field(default_factory=list)
    """Where it has a number that is no integer, or makes one."""
    public: list[str] = field(default_factory=list)
    """What it gives a value at its top."""
    has_code: bool = False


@cache
def _module(path: Path) -> _Module:
    tree = ast.parse(_text(path))
    made = _Module(has_code=any(not isinstance(node, ast.Expr) for node in tree.body))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            made.public.extend(map(ast.unparse, targets))
    for one in ast.walk(tree):
        _note(one, made)
    return made


def _note(node: ast.AST, module: _Module) -> None:
    """Note of a node what a rule asks."""
    match node:
        case ast.Import(names=names):
            module.imports.extend(name.name for name in names)
        case ast.ImportFrom(module=home, names=names):
            module.imports.append(home or "")
            module.imports.extend(f"{home}.{name.name}" for name in names)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            module.functions.append((f"{node.lineno}: {node.name}", length))
        case (
            ast.Constant(value=float()) | ast.Name(id="float" | "Decimal") | ast.BinOp(op=ast.Div())
        ):
            module.fractions.append(f"{node.lineno}: {ast.unparse(node)}")


def _longer(paths: list[Path], ceiling: int) -> list[str]:
    """Files with more lines than they may have, and how many."""
    return [
        f"{_id(path)}: {len(_lines(path))} lines"
        for path in paths
        if len(_lines(path)) > EXCEPTIONS.get(_id(path), ceiling)
    ]


def test_every_folder_has_files_that_the_rules_hold_for() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in MODULES} == {"api", "docs", "ledger"}
    assert min(len(CONTRACTS), len(MODEL), len(TESTS)) > 20
    assert Path(__file__) in TESTS


class TestCeilings:
    def test_contract_files_are_short(self) -> None:
        found = _longer(CONTRACTS, CONTRACT_LINES_MAX)
        assert not found, "\n".join(found)

    def test_modules_are_short(self) -> None:
        found = _longer(MODULES, MODULE_LINES_MAX)
        assert not found, "\n".join(found)

    def test_test_files_are_short(self) -> None:
        found = _longer(TESTS, TEST_LINES_MAX)
        assert not found, "\n".join(found)

    def test_python_functions_are_short(self) -> None:
        found = [
            f"{_id(path)}:{place}"
            for path in MODULES + TESTS
            for place, length in _module(path).functions
            if length > FUNCTION_LINES_MAX
        ]
        assert not found, "\n".join(found)

    def test_contract_functions_are_short(self) -> None:
        function = re.compile(r"^    (?:function (\w+)|constructor)(.*?^    \})", re.M | re.S)
        found = [
            f"{_id(path)}: {name or 'constructor'}"
            for path in CONTRACTS
            for name, body in function.findall(_text(path))
            if body.count("\n") >= FUNCTION_LINES_MAX
        ]
        assert not found, "\n".join(found)

    def test_lines_of_python_are_short_by_the_linter_s_rule(self) -> None:
        rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
        assert rules["line-length"] == 100
        assert "E" in rules["lint"]["select"]
        excused = [_id(path) for path in MODULES if "noqa: E501" in _text(path)]
        tables = ["ledger/cli/story_words.py", "ledger/cli/words.py", "ledger/model/glossary.py"]
        assert excused == tables  # of phrases, one a line

    def test_exceptions_are_told_in_a_decision(self) -> None:
        decisions = "".join(path.read_text("utf-8") for path in (ROOT / "docs/adr").glob("*.md"))
        assert all(f"`{name}`" in decisions for name in EXCEPTIONS)


class TestBorders:
    def test_neighbours_never_import_one_another(self) -> None:
        found = []
        for path in MODULES:
            home = path.relative_to(ROOT).parts
            if len(home) > 1 and home[1] in NEIGHBOURS:
                others = tuple(f"ledger.{name}." for name in NEIGHBOURS if name != home[1])
                found += [
                    f"{_id(path)}: {name}"
                    for name in _module(path).imports
                    if f"{name}.".startswith(others)
                ]
        assert not found, "\n".join(found)

    def test_nobody_imports_doors_or_tests(self) -> None:
        found = []
        for path in MODULES:
            own = path.relative_to(ROOT).parts[:2]
            for name in _module(path).imports:
                top = name.split(".")[0]
                is_api = top == "api" and own[0] != "api"
                is_cli = name.startswith("ledger.cli") and own != ("ledger", "cli")
                if top == "tests" or is_api or is_cli:
                    found.append(f"{_id(path)}: {name}")
        assert not found, "\n".join(found)

    def test_public_names_are_listed(self) -> None:
        modules = {_id(path): _module(path) for path in MODULES}
        found = [
            name for name, one in modules.items() if one.has_code and "__all__" not in one.public
        ]
        assert not found, "\n".join(found)


class TestMoney:
    def test_no_float_in_the_model(self) -> None:
        found = [f"{_id(path)}:{place}" for path in MODEL for place in _module(path).fractions]
        assert not found, "\n".join(found)

    def test_no_fraction_in_a_contract(self) -> None:
        fraction = re.compile(r"\bu?fixed(\d|\b)")
        assert [_id(path) for path in CONTRACTS if fraction.search(_code(path))] == []


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
    def test_sources_keep_the_house_style(self) -> None:
        assert {
            _id(path): pragmas
            for path in CONTRACTS
            if (pragmas := re.findall(r"pragma solidity ([^;]+);", _code(path))) != ["0.8.37"]
        } == {}
        forbidden = (
            r"^import [^{]",  # named imports only
            *(r"\btx\.origin", r"\bdelegatecall", r"\bselfdestruct", r"\brequire\("),
            r'\brevert\(""',
        )
        found = [
            f"{_id(path)}: {word}"
            for path in CONTRACTS
            for word in forbidden
            if re.search(word, _code(path), re.MULTILINE)
        ]
        assert not found, "\n".join(found)

    def test_assembly_says_why_it_is_safe(self) -> None:
        assembly = re.compile(r"assembly \(\"memory-safe\"\) \{(.*?)\}", re.S)
        found = [
            f"{_id(path)}: {block}"
            for path in CONTRACTS
            for block in assembly.findall(_text(path))
            if "//" not in block and block.count("\n") > 2
        ]
        assert not found, "\n".join(found)
        assert [_id(path) for path in CONTRACTS if re.search(r"\bunchecked\b", _code(path))] == []

    def test_imports_are_used(self) -> None:
        # Documentation that is inherited counts as a use.
        found = []
        for path in CONTRACTS:
            text = _text(path)
            body = re.sub(r"^import \{.*?;", "", text, flags=re.MULTILINE | re.DOTALL)
            if path.name == "Verifiers.sol":  # names what is deployed as it is
                continue
            for names in re.findall(r"^import \{(.*?)\} from", text, re.MULTILINE | re.DOTALL):
                for name in (one.strip() for one in names.split(",") if one.strip()):
                    if not re.search(rf"\b{name}\b", body):
                        found.append(f"{_id(path)}: {name}")
        assert not found, "\n".join(found)
