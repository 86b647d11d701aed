"""What `--help` says: every command, group and option in English and in Chinese."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from ledger.chain.calls import ENTRY_POINTS
from ledger.cli.app import app
from ledger.cli.nouns import NOUNS
from ledger.cli.verbs import VERBS
from tests.cli.runner import tree

CJK: Final = re.compile(r"[\u4e00-\u9fff]")
LATIN: Final = re.compile(r"[A-Za-z]{2}")


def _told(command: Any, path: tuple[str, ...] = ("fenbook",)) -> Iterator[tuple[str, str]]:
    yield " ".join(path), command.help or ""
    for name, one in getattr(command, "commands", {}).items():
        yield from _told(one, (*path, name))
    for one in command.params:
        if one.name != "help":
            yield " ".join((*path, one.name)), getattr(one, "help", None) or ""


def test_every_command_and_option_is_told_in_both_languages() -> None:
    told = dict(_told(tree(app)))
    assert len(told) > 2_000
    wrong = {path: text for path, text in told.items() if not CJK.search(text)}
    wrong |= {path: text for path, text in told.items() if not LATIN.search(text)}
    assert wrong == {}


@pytest.mark.parametrize("name", NOUNS)
def test_group_lists_its_commands_in_both_languages(name: str) -> None:
    group: Any = tree(app)
    for one in group.commands[name].commands.values():
        short = one.get_short_help_str()
        assert CJK.search(short), short
        assert len(short) < 110, short
        assert not short.endswith("..."), short


def test_verb_knows_the_contracts_function() -> None:
    assert {one.command: one.act for one in VERBS.values()} == {
        name: act for name, act in ENTRY_POINTS.items() if name in VERBS
    }


def test_rates_and_shares_are_said_to_be_fractions() -> None:
    told = dict(_told(tree(app)))
    rate = "a fraction such as 0.042 for 4.2 % 年利率，按小数填写，如 0.042 即 4.2%"
    share = "Advance rate, a fraction such as 0.8 for 80 % 质押率，按小数填写，如 0.8 即 80%"
    for verb in ("quote give sale", "quote give pledge", "quote give redemption", "voucher sell"):
        assert told[f"fenbook {verb} rate"] == f"Rate a year, {rate}"
    for verb in ("quote give pledge", "voucher pledge"):
        assert told[f"fenbook {verb} ltv"] == share
    names = ("rate", "ltv", "rate_max", "share_max", "obligor_share")
    wrong = {
        path: text
        for path, text in told.items()
        if path.split()[-1] in names and not ("a fraction" in text and "按小数填写" in text)
    }
    assert wrong == {}
