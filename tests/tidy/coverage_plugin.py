"""A pytest plugin: the in-process chain runs contracts built for coverage and notes what runs.

Which program counters of which code were reached, and how each conditional jump went, is written to
the folder that `FENBOOK_COVERAGE` names; `tests.tidy.coverage` reads it.
"""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import eth.vm.forks.shanghai.computation as creation
import eth.vm.forks.spurious_dragon.computation as deployment
from eth.vm.code_stream import CodeStream

from ledger.chain import artifacts

_JUMPI = 0x57
_STOP = 0x00
_NO_LIMIT = 1 << 24

REACHED, TAKEN, PASSED = 1, 2, 4
"""Of each byte of code: whether it ran, and as a conditional jump whether it jumped or went on."""

_seen: dict[bytes, bytearray] = {}


def _watched(self: Any) -> Iterator[int]:
    """As the engine's own walk through code, with notes."""
    code = self._raw_code_bytes
    seen = _seen.get(code)
    if seen is None:
        seen = _seen[code] = bytearray(len(code) + 1)
    jump = -1
    while True:
        place = self.program_counter
        if jump >= 0:
            seen[jump] |= PASSED if place == jump + 1 else TAKEN
        if place >= len(code):
            break
        opcode = code[place]
        seen[place] |= REACHED
        jump = place if opcode == _JUMPI else -1
        self.program_counter = place + 1
        yield opcode
    yield _STOP


def pytest_configure() -> None:
    """Before anything is deployed. Code for coverage is larger than a network would take."""
    folder = Path(os.environ["FENBOOK_COVERAGE"])
    artifacts.files = lambda _: folder  # type: ignore[assignment]
    CodeStream.__iter__ = _watched  # type: ignore[method-assign]
    deployment.EIP170_CODE_SIZE_LIMIT = _NO_LIMIT
    creation.MAX_INITCODE_SIZE = _NO_LIMIT


def pytest_sessionfinish() -> None:
    """One file a process."""
    folder = Path(os.environ["FENBOOK_COVERAGE"])
    (folder / f"hits.{os.getpid()}").write_bytes(pickle.dumps(_seen))
