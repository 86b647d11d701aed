"""The gates of the static analysis: what they tell apart, and that no rule is there for nothing."""

import json
from pathlib import Path

import pytest

from tests import evidence
from tests.tidy import coverage, semgrep, slither
from tests.tidy.coverage_plugin import PASSED, REACHED, TAKEN

TEXTS = {"a.sol": "one();\n  two();\nthree();\n"}

FINDING = {
    "check": "reentrancy-no-eth",
    "impact": "High",
    "elements": [
        {
            "type": "function",
            "name": "pay",
            "type_specific_fields": {"parent": {"type": "contract", "name": "Payments"}},
        }
    ],
}


@pytest.fixture
def tool(tmp_path: Path):
    """A program that answers and ends in a given way, whatever it is asked."""

    def tool(status: int, answer: object) -> str:
        path = tmp_path / "tool"
        text = answer if isinstance(answer, str) else json.dumps(answer)
        path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\nexit {status}\n", "utf-8")
        path.chmod(0o755)
        return str(path)

    return tool


class TestSlither:
    @pytest.fixture(autouse=True)
    def _no_compiler(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(slither, "_WORK", slither.ROOT / "build" / "slither-test")
        monkeypatch.setattr(slither, "write_shim", lambda: tmp_path / "solc")

    @pytest.mark.parametrize("status", [1, 2, 127, 254])
    def test_a_crash_is_no_clean_report(self, tool, status: int) -> None:
        with pytest.raises(SystemExit, match=f"it crashed with {status}"):
            slither.main([tool(status, {"results": {}})])

    def test_an_answer_cut_short_is_no_clean_report(self, tool) -> None:
        with pytest.raises(SystemExit, match="no report"):
            slither.main([tool(255, '{"results": ')])

    def test_a_report_that_says_it_failed_is_no_clean_report(self, tool) -> None:
        report = {"success": False, "error": "out of memory", "results": {}}
        with pytest.raises(SystemExit, match="out of memory"):
            slither.main([tool(255, report)])

    def test_findings_are_told(self, tool, capsys: pytest.CaptureFixture[str]) -> None:
        report = {"success": True, "error": None, "results": {"detectors": [FINDING]}}
        assert slither.main([tool(255, report)]) == 1
        assert "high: reentrancy-no-eth in Payments.pay" in capsys.readouterr().out

    def test_an_explanation_of_nothing_is_told(self, tool, capsys) -> None:
        report = {"success": True, "error": None, "results": {}}
        assert slither.main([tool(0, report)]) == 1
        assert "explained but not found any more" in capsys.readouterr().out


class TestSemgrep:
    @pytest.mark.parametrize("language", ["python", "solidity"])
    def test_each_rule_has_lines_that_it_must_find(self, language: str) -> None:
        files, findings = semgrep.marked(language)
        names = semgrep.rules(language)
        assert len(names) == len(set(names))
        assert {rule for _, _, rule in findings} == set(names)
        marked = {(path, line) for path, line, _ in findings}
        lines = sum(len(text.splitlines()) for text in files.values())
        assert lines > 2 * len(marked), "most lines must be such as no rule finds"

    @pytest.mark.parametrize("status", [2, 7, 137])
    def test_a_crash_is_no_clean_report(self, tool, status: int) -> None:
        with pytest.raises(SystemExit, match=f"it crashed with {status}"):
            semgrep.main([tool(status, {})])

    def test_a_rule_that_finds_nothing_is_told(self, tool, capsys) -> None:
        silent = tool(0, {"results": [], "errors": [], "paths": {"scanned": []}})
        assert semgrep.main([silent]) == 1
        told = capsys.readouterr().out
        for language in ("python", "solidity"):
            assert all(f"'{rule}')" in told for rule in semgrep.rules(language))
        assert "not read: contracts/Relay.sol" in told


class TestCoverage:
    def told(self, lines: list[int], branches: list[int], **known: str) -> list[str]:
        files = {"a.sol": {"lines_missed": lines, "branches_missed": branches}}
        return list(coverage.complaints(files, TEXTS, {"a.sol": known}))

    def test_what_is_not_reached_needs_a_reason(self) -> None:
        assert self.told([2], [3]) == [
            "a.sol: not reached: three();",
            "a.sol: not reached: two();",
        ]
        assert self.told([2], [2], **{"two();": "it cannot be"}) == []

    def test_a_reason_for_what_is_reached_is_told(self) -> None:
        assert self.told([], [], **{"one();": "it cannot be"}) == [
            "a.sol: reached, though explained: one();"
        ]

    def test_a_branch_counts_when_it_went_both_ways(self) -> None:
        source = coverage.Source("if (a) b();", {(7, 11)}, {(0, 11)})
        assert source.unreached() == {(7, 11)}
        source.reached = {(7, 8)}
        source.ways = {(0, 11): REACHED | TAKEN}
        assert (source.unreached(), source.undecided()) == (set(), {(0, 11)})
        source.ways = {(0, 11): REACHED | TAKEN | PASSED}
        assert source.undecided() == set()


def test_totals_add_up_counts_and_leave_seeds_and_names() -> None:
    parts = [{"tries": 2, "seed": 7, "verbs": {"pay": 2}}, {"tries": 1, "verbs": {"sell": 1}}]
    assert evidence.total(parts) == {"tries": 3, "verbs": {"pay": 2, "sell": 1}}
