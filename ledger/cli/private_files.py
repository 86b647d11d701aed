"""Files for their owner's eyes alone, from their first byte on, and never over another file."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

__all__ = ["new_private_file"]

_PRIVATE: Final = 0o600


@contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """A new file that only its owner can read: there before a secret is made, gone without one."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with os.fdopen(file, "w", encoding="utf-8") as stream:
            yield stream
    except BaseException:
        path.unlink()
        raise
