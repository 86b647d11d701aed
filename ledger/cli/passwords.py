"""Passwords of key files: typed where nobody sees them, or read from a file; never an argument."""

import os
import stat
import sys
from pathlib import Path

import typer

from ledger.cli.screen import Screen
from ledger.model.errors.input import KeyFileExposed

__all__ = ["password_of", "secret_in"]


def secret_in(path: Path) -> str:
    """The first line of a file that only its owner can read.

    Raises `KeyFileExposed`, and `OSError` where there is no such file.
    """
    with path.open(encoding="utf-8") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if os.name == "posix" and mode & 0o077:
            raise KeyFileExposed(path=str(path), mode=f"{mode:04o}")
        return file.readline().rstrip("\r\n")


def password_of(screen: Screen, path: Path, given: Path | None, *, is_new: bool = False) -> str:
    """The password of a key file: from a file, or typed; a new one is typed twice."""
    if given is not None:
        return secret_in(given)
    if not sys.stdin.isatty():
        screen.fail(screen.say("no_terminal"), screen.say("name_password_file"))
    asked: str = typer.prompt(
        screen.say("password_for", path=path), hide_input=True, err=True, confirmation_prompt=is_new
    )
    return asked
