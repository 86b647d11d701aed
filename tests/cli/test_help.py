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
