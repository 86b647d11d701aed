"""Text of others on a terminal: nothing in it commands the terminal, in no place that shows it."""

import json
import re
from collections.abc import Callable
from typing import Any, Final, cast

import pytest

from docs.samples import sample
from ledger.cli.connection import Connection
from ledger.cli.events import _print
from ledger.cli.printable import escaped, one_line, printable
from ledger.cli.reading import show_record, show_rows
from ledger.cli.screen import Lang, Screen
from ledger.cli.signing import names_for, tell
from ledger.model.commands import MoveDeposit
from ledger.model.errors.client import ServiceUnreachable

EVIL: Final = (
    "A\x1b[2J\x1b]52;c;cm0gLXJm\x07B\x9b2JC\u202eD\u2066E\x00F\x7fG\x08H\rI\u200bJ\u2028K\ue000L"
)
COMMANDS: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f]"
)
EVENT: Final = {"seq": 1, "time": EVIL, "kind": EVIL, "data": {EVIL: EVIL}}

SHOWN: Final[dict[str, Callable[[Screen], object]]] = {
    "table": lambda screen: show_rows(screen, [{"label": EVIL}], ["label"], is_json=False),
    "record": lambda screen: show_record(screen, {EVIL: EVIL, "more": [EVIL]}, is_json=False),
    "JSON": lambda screen: show_record(screen, {EVIL: EVIL}, is_json=True),
    "complaint": lambda screen: screen.complain(EVIL, EVIL),
    "refusal": lambda screen: screen.refuse(ServiceUnreachable(url=EVIL), EVIL),
    "event": lambda screen: _print(screen, EVENT, is_json=False),
    "event as JSON": lambda screen: _print(screen, EVENT, is_json=True),
    "message": lambda screen: screen.out.print(EVIL),
    "sentence": lambda screen: tell(screen, sample(MoveDeposit), bytes(32), {2: EVIL, 3: EVIL}),
}


@pytest.mark.parametrize("place", SHOWN)
@pytest.mark.parametrize("lang", Lang)
def test_escapes_reach_no_terminal(
    place: str, lang: Lang, capsys: pytest.CaptureFixture[str]
) -> None:
    SHOWN[place](Screen.of(lang, no_color=True))
    out, err = capsys.readouterr()
    assert "A" in out + err
    assert not COMMANDS.search(out + err)


def test_colours_are_the_console_s_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    Screen.of(Lang.EN).complain(EVIL)
    said = capsys.readouterr().err
    assert "\x1b[1;31m" in said
    assert "\x1b[2J" not in said
    assert "\x1b]52" not in said


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    told = {"名称": [EVIL, "全角\u3000空格", "\U0001f600\U000e0001"]}
    Screen.of(Lang.ZH).print_json(told)
    said = capsys.readouterr().out
    assert json.loads(said) == told
    assert "名称" in said
    assert "全角\u3000空格" in said
    assert escaped('"a\n"') == '"a\n"'


def test_lines_stay_lines_and_a_name_is_one() -> None:
    assert printable("a\nb\tc") == "a\nb\ufffdc"
    assert one_line("a\nb", 9) == "a\ufffdb"
    assert one_line("0123456789", 5) == "0123…"


def test_name_on_the_signing_screen_is_short_and_names_no_other_number() -> None:
    class Telling:
        def get(self, _: str) -> Any:
            return {"name": "Birch [1]\nAmount CN¥0.01" + "x" * 10_000}

    names = names_for(Connection(cast("Any", Telling()), cast("Any", None)), sample(MoveDeposit))
    for number, name in names.items():
        assert len(name) < 80
        assert name.startswith("Birch (1)\ufffdAmount")
        assert name.endswith(f"… [{number}]")
