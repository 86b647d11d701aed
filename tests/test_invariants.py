"""The page of invariants and the checks of the campaign under forge name each other."""

import re

from ledger.chain.sources import ROOT

PAGE = ROOT / "docs" / "invariants.md"
CHECKS = ROOT / "tests" / "forge" / "Invariants.sol"


def _defined() -> list[str]:
    return re.findall(r"\bfunction (check_I\d\d_\w+)\(", CHECKS.read_text("utf-8"))


def _rows() -> dict[str, str]:
    return dict(re.findall(r"^\| (I\d\d) \| (.*)$", PAGE.read_text("utf-8"), re.MULTILINE))


def test_every_check_is_on_the_page_and_every_one_there_exists() -> None:
    named = re.findall(r"`(check_I\d\d_\w+)`", PAGE.read_text("utf-8"))
    assert sorted(named) == sorted(_defined())


def test_a_check_stands_in_the_row_of_its_invariant() -> None:
    rows = _rows()
    for name in _defined():
        assert f"`{name}`" in rows[name[6:9]], name


def test_every_check_is_made_in_every_run() -> None:
    text = CHECKS.read_text("utf-8")
    campaign = (CHECKS.parent / "Campaign.t.sol").read_text("utf-8")
    for name in _defined():
        assert len(re.findall(rf"\b{name}\(", text + campaign)) >= 2, name


def test_a_row_without_a_check_says_what_else_shows_it() -> None:
    checked = {name[6:9] for name in _defined()}
    for number, row in _rows().items():
        assert number in checked or "campaign" in row or "test_" in row, number
