"""What was typed wrong is told in the language of whoever typed it, and with the same status."""

import subprocess
import sys
from typing import Protocol

import pytest

from ledger.cli.app import app
from ledger.cli.usage import run, usage_text


class Misused(Protocol):
    """Status, standard output and standard error of what was typed."""

    def __call__(self, text: str, *, locale: str = "C.UTF-8") -> tuple[int, str, str]: ...


MISUSES = {
    "payable pay": "错误：缺少选项 --payable-id / --payable。",
    "payable show": "错误：缺少参数 ID。",
    "payable lisst": "错误：没有命令 lisst，是否指：list、issue。",
    "payable nothing-like-it": "错误：没有命令 nothing-like-it。",
    "payable list --limitt 3": "错误：没有选项 --limitt，是否指：--limit。",
    "payable list --zzz": "错误：没有选项 --zzz。",
    "payable list --limit": "错误：选项 --limit 需要一个值。",
    "payable list --json=3": "错误：选项 --json 不带值。",
    "payable show 1 2 3": "错误：多出的参数：2 3。",
    "book run missing.json": "missing.json",
}


@pytest.fixture(name="misused")
def _misused(capsys: pytest.CaptureFixture[str]) -> Misused:
    def typed(text: str, *, locale: str = "C.UTF-8") -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            run(app, text.split(), {"LC_ALL": locale})
        return int(str(ended.value.code)), *capsys.readouterr()

    return typed


@pytest.mark.parametrize("typed", MISUSES)
def test_misuse_is_told_in_chinese_beside_the_library_s_words(misused: Misused, typed: str) -> None:
    status, out, told = misused(f"--lang zh {typed}")
    assert (status, out) == (2, "")
    assert MISUSES[typed] in told


def test_a_locale_or_an_option_behind_the_command_says_it_too(misused: Misused) -> None:
    for typed, locale in (("", "zh_CN.UTF-8"), (" --lang=zh", "C"), (" --lang zh", "C")):
        assert MISUSES["payable show"] in misused(f"payable show{typed}", locale=locale)[2]
    english = misused("payable show --lang en", locale="zh_CN.UTF-8")[2]
    assert english.endswith("Error: Missing argument 'ID'.\n")


def test_a_value_that_is_none_of_those_names_them() -> None:
    told = usage_text("Invalid value for '--lang': Value error, 'fr' is not one of 'zh', 'en'.")
    assert told == "--lang 不能是 fr，可选：zh、en。"


@pytest.mark.parametrize("typed", ["", "payable", "book"])
def test_help_of_whoever_names_no_command_comes_once(misused: Misused, typed: str) -> None:
    status, _, told = misused(typed, locale="zh_CN.UTF-8")
    assert (status, told.count("Usage:"), told.count("错误")) == (2, 1, 0)


def test_status_of_a_command_is_the_process_s(misused: Misused) -> None:
    assert misused("version")[0] == 0
    assert misused("book check missing.json")[0] == 2
    script = "from ledger.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", script, "payable", "show"], check=False)
    assert done.returncode == 2
