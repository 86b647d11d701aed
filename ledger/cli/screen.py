"""Where a command writes, in which language, and how it ends when the ledger refuses."""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from ledger.cli.printable import PlainConsole, escaped
from ledger.cli.words import say
from ledger.model.errors.base import Kind, LedgerError
from ledger.model.errors.client import ServiceUnreachable, SessionMissing
from ledger.model.errors.service import ClockFixed, DeploymentUnknown, NodeUnreachable
from ledger.model.glossary import Language

__all__ = ["DIFFERENT", "MISUSED", "Lang", "Screen", "language_of"]

DIFFERENT = 1
"""Exit status: the ledger refused, or an outcome is not the expected one."""

MISUSED = 2
"""Exit status: what was given cannot be used."""

_WIDTH = 100

# Refusals that say: not this file, not this node.
_MISUSES = (NodeUnreachable, DeploymentUnknown, ClockFixed, ServiceUnreachable, SessionMissing)


class Lang(StrEnum):
    """The languages of the command line."""

    ZH = "zh"
    EN = "en"


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of a locale as POSIX reads it: LC_ALL, then LC_MESSAGES, then LANG."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environment[name] for name in names if environment.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output for what was asked for, standard error for everything else."""

    language: Language
    out: Console
    err: Console

    @classmethod
    def chosen(cls, ctx: typer.Context, lang: Lang | None, *, no_color: bool) -> "Screen":
        """The screen of a command; what it is not told itself was told before its name."""
        return cls.of(lang or ctx.obj.lang, no_color=no_color or ctx.obj.no_color)

    @classmethod
    def of(cls, lang: Lang | None = None, *, no_color: bool = False) -> "Screen":
        """The screen of a command; a locale decides where no language is given."""
        language: Language = language_of(os.environ) if lang is None else lang.value
        _speak_unicode()
        return cls(language, _console(no_color), _console(no_color, to_stderr=True))

    @property
    def comma(self) -> str:
        """What stands between the items of a list."""
        return "、" if self.language == "zh" else ", "

    def say(self, key: str, **values: object) -> str:
        """A text of the command line."""
        return say(key, self.language, **values)

    def print_json(self, value: object) -> None:
        """JSON alone on standard output, in characters as they are, if they are to be seen."""
        sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")

    def print_json_line(self, value: object) -> None:
        """The same in one line, for whoever reads along."""
        sys.stdout.write(escaped(json.dumps(value, ensure_ascii=False)) + "\n")
        sys.stdout.flush()

    def complain(self, message: str, next_step: str = "") -> None:
        """Say on standard error what is wrong and what to do about it."""
        self.err.print(Text("✗ ", style="bold red") + Text(message))
        if next_step:
            self.err.print(Text("  " + self.say("next_step", text=next_step)))

    def fail(self, message: str, next_step: str = "", *, status: int = MISUSED) -> NoReturn:
        """Complain and end."""
        self.complain(message, next_step)
        raise typer.Exit(status)

    def refuse(self, refusal: LedgerError, source: object = "") -> int:
        """Show a refusal, with the file it is about; the exit status that it stands for."""
        message = refusal.message(self.language)
        message = f"{source}: {message}" if source else message
        self.complain(message, refusal.next_step(self.language))
        is_misuse = refusal.kind is Kind.MALFORMED or isinstance(refusal, _MISUSES)
        return MISUSED if is_misuse else DIFFERENT

    @contextmanager
    def guarded(self, source: object = "") -> Iterator[None]:
        """Turn refusals and unreadable files into messages and exit statuses."""
        try:
            yield
        except LedgerError as refusal:
            raise typer.Exit(self.refuse(refusal, source)) from None
        except BrokenPipeError:
            raise
        except OSError as failure:
            problem = failure.strerror or str(failure)
            path = failure.filename or "?"
            self.complain(self.say("no_file", path=path, problem=problem), self.say("check_path"))
            raise typer.Exit(MISUSED) from None


def _console(no_color: bool, *, to_stderr: bool = False) -> Console:
    """A console that prints what it is given: a name is no markup and no terminal's command."""
    stream = sys.stderr if to_stderr else sys.stdout
    is_piped = not stream.isatty() and "COLUMNS" not in os.environ
    return PlainConsole(
        stderr=to_stderr,
        no_color=no_color or None,
        highlight=False,
        markup=False,
        emoji=False,
        width=_WIDTH if is_piped else None,
    )


def _speak_unicode() -> None:
    """A pipe under the C locale would refuse every 分; both our streams are UTF-8."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        encoding = str(getattr(stream, "encoding", "")).lower().replace("-", "")
        if reconfigure is not None and encoding != "utf8":
            reconfigure(encoding="utf-8", errors="replace")
