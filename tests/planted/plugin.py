"""A pytest plugin: what is deployed comes from the folder that `FENBOOK_ARTIFACTS` names."""

import os
from pathlib import Path
from typing import Any

from ledger.chain import artifacts

__all__ = ["pytest_configure"]


class _Package:
    """The package as far as artifacts are looked for in it."""

    def joinpath(self, _: str, name: str) -> Path:
        return Path(os.environ["FENBOOK_ARTIFACTS"]) / name


def pytest_configure() -> None:
    """Before anything is deployed."""
    package: Any = lambda _: _Package()  # noqa: E731
    artifacts.files = package
