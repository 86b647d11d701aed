"""What `doctor` looks at on this machine: versions, files of secrets, room on its disks."""

import os
import platform
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from ledger.chain.artifacts import code_fingerprint
from ledger.service.running.findings import Finding, State, told_of
from ledger.service.running.settings import Settings

__all__ = ["disks", "files", "versions"]

_PACKAGES: Final = ("fenbook", "fastapi", "sqlalchemy", "uvicorn", "web3", "cryptography")
_FILES: Final = (
    "FENBOOK_RELAYER_KEYS_FILE",
    "FENBOOK_DATABASE_FILE",
    "FENBOOK_RECORDS_KEY_FILE",
    "FENBOOK_RECORDS_KEY_PREVIOUS_FILE",
)
_DATABASE_BYTES: Final = 2**30
_TEMPORARY_BYTES: Final = 2**28
"""Exports and uploads on their way at one time are far smaller."""


def versions() -> Finding:
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return Finding("versions", State.OK, {**found, "contracts": code_fingerprint()})


def files(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Secrets are for their owner alone, and so is a database of ours."""
    named = {one: environment[one] for one in _FILES if environment.get(one)}
    url = settings.database.get_secret_value()
    if url.startswith("sqlite:///"):
        named["database"] = url.removeprefix("sqlite:///")
    for name, path in named.items():
        try:
            mode = stat.S_IMODE(os.stat(path).st_mode)
        except OSError as failure:
            is_new = name == "database" and isinstance(failure, FileNotFoundError)
            state = State.LOOK if is_new else State.WRONG
            yield Finding("file", state, {"file": name, "problem": type(failure).__name__})
            continue
        is_open = os.name == "posix" and mode & (0o007 if name == "database" else 0o077)
        state = State.WRONG if is_open else State.OK
        yield Finding("file", state, {"file": name, "mode": f"{mode:04o}"})


def disks(settings: Settings) -> Iterator[Finding]:
    """Room where a database of ours stands, and where exports and uploads are kept meanwhile."""
    url = settings.database.get_secret_value()
    if url.startswith("sqlite:///"):
        folder = Path(url.removeprefix("sqlite:///")).absolute().parent
        yield from _disk("database", lambda: folder, _DATABASE_BYTES)
    yield from _disk("temporary", lambda: Path(tempfile.gettempdir()), _TEMPORARY_BYTES)


def _disk(name: str, place: Callable[[], Path], least: int) -> Iterator[Finding]:
    with told_of("disk") as told:
        free = shutil.disk_usage(place()).free
        facts = {"folder": name, "free_megabytes": free // 2**20}
        told.append(Finding("disk", State.OK if free >= least else State.LOOK, facts))
    yield from told
