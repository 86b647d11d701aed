"""Files for their owner's eyes alone, from their first byte on."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

__all__ = ["new_private_file", "private_file_in_place"]

_PRIVATE: Final = 0o600


@contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """A file that only its owner can read, never over another one.

    It is there before a secret is made, and gone without one.
    """
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            yield stream
    except BaseException:
        path.unlink()
        raise


@contextmanager
def private_file_in_place(path: Path) -> Iterator[TextIO]:
    """The same in the place of one that may be there: written whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            yield stream
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
