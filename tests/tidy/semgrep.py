"""Own semgrep rules: what this project forbids, for Solidity and Python, without a network.

    python -m tests.tidy.semgrep PATH_OF_SEMGREP

The rules stand in tests/tidy/semgrep. Before they are held against the code they are held against
their fixtures, where each rule must find exactly the lines that are marked with its name. A file
that semgrep cannot read counts as a failure: a rule that looks at nothing finds nothing.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

__all__ = ["Finding", "main", "marked", "rules"]

ROOT: Final = Path(__file__).parents[2]
_RULES: Final = Path(__file__).parent / "semgrep"
_WORK: Final = ROOT / "build" / "semgrep-run"
_LANGUAGES: Final = {"solidity": ".sol", "python": ".py"}
_TARGETS: Final = {"solidity": ["contracts"], "python": ["api", "docs", "ledger"]}
_MARK: Final = re.compile(r"(?:#|//) found: ([a-z, -]+)$")
_FILE: Final = re.compile(r"^(?:#|//) file: (\S+)$")

Finding = tuple[str, int, str]
"""File, line and rule."""


def rules(language: str) -> list[str]:
    """The names of a language's rules."""
    text = (_RULES / f"{language}.yml").read_text("utf-8")
    return re.findall(r"^  - id: (\S+)$", text, re.MULTILINE)


def marked(language: str) -> tuple[dict[str, str], set[Finding]]:
    """The files that a fixture is made of, and what must be found in them."""
    # A rule may look at one folder only; so a fixture says which file it is from some line on.
    name = f"{_TARGETS[language][0]}/fixture{_LANGUAGES[language]}"
    files: dict[str, list[str]] = {name: []}
    findings: set[Finding] = set()
    for line in (_RULES / f"{language}.fixture").read_text("utf-8").splitlines():
        if begins := _FILE.search(line):
            name = begins[1]
            files[name] = []
            continue
        files[name].append(line)
        if found := _MARK.search(line):
            findings |= {(name, len(files[name]), rule) for rule in found[1].split(", ")}
    return {one: "\n".join(lines) + "\n" for one, lines in files.items()}, findings


def _scan(semgrep: str, language: str, folder: Path) -> tuple[set[Finding], list[str]]:
    """What the rules find below a folder, and what could not be read."""
    command = [
        *(semgrep, "scan", "--metrics", "off", "--disable-version-check"),
        # By itself it leaves out what is called build or tests, wherever that stands.
        *("--no-git-ignore", "--x-ignore-semgrepignore-files"),
        *("--config", str(_RULES / f"{language}.yml"), "--json", "--quiet"),
        *(target for target in _TARGETS[language] if (folder / target).exists()),
    ]
    environment = {**os.environ, "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode not in (0, 1):
        sys.exit(f"semgrep: it crashed with {done.returncode}\n{done.stderr[-2000:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    found = {
        (one["path"], one["start"]["line"], one["check_id"].rpartition(".")[2])
        for one in report["results"]
        if language == "python" or not _is_comment(folder / one["path"], one["start"])
    }
    problems = [f"{one.get('path')}: {one['message'][:200]}" for one in report["errors"]]
    missed = _files(folder, language) - set(report["paths"]["scanned"])
    return found, problems + sorted(missed)


def _files(folder: Path, language: str) -> set[str]:
    """Every file that must be looked at."""
    return {
        path.relative_to(folder).as_posix()
        for target in _TARGETS[language]
        for path in (folder / target).rglob(f"*{_LANGUAGES[language]}")
    }


def _is_comment(path: Path, start: Mapping[str, int]) -> bool:
    """Whether a finding begins in a comment, which rules by words read too."""
    before = path.read_text("utf-8").splitlines()[start["line"] - 1][: start["col"] - 1]
    return "//" in before or bool(re.match(r"\s*/?\*", before))


def _complaints(semgrep: str) -> Iterator[str]:
    for language in _LANGUAGES:
        files, expected = marked(language)
        shutil.rmtree(_WORK, ignore_errors=True)
        for name, text in files.items():
            (_WORK / name).parent.mkdir(parents=True, exist_ok=True)
            (_WORK / name).write_text(text, "utf-8")
        found, problems = _scan(semgrep, language, _WORK)
        yield from (f"fixture not read: {one}" for one in problems)
        yield from (f"fixture, not found: {one}" for one in sorted(expected - found))
        yield from (f"fixture, found wrongly: {one}" for one in sorted(found - expected))
        found, problems = _scan(semgrep, language, ROOT)
        yield from (f"not read: {one}" for one in problems)
        yield from (f"{path}:{line}: {rule}" for path, line, rule in sorted(found))


def main(arguments: Sequence[str]) -> int:
    """The command line; 0 clean, 1 something to do."""
    complaints = list(_complaints(str(Path(arguments[0]).absolute())))
    for complaint in complaints:
        print(f"semgrep: {complaint}")
    if not complaints:
        counts = ", ".join(f"{len(rules(one))} for {one}" for one in _LANGUAGES)
        print(f"semgrep: nothing found by the rules ({counts}); each finds its fixture")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
