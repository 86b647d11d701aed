"""The committed artifacts are what the sources compile to, and are fit to be deployed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.compiler import ARTIFACTS, BYTECODE_BYTES_MAX, build

JUMPDEST = 0x5B
PUSH1, PUSH32 = 0x60, 0x7F
INVALID = 0xFE
FORBIDDEN = {0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xFF: "SELFDESTRUCT"}

PATHS = sorted(ARTIFACTS.glob("*.json"))


def _load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _walk(code: bytes) -> Iterator[tuple[int, int, int]]:
    """Offset, opcode and pushed value of each instruction; a PUSH's data is no instruction."""
    offset = 0
    while offset < len(code):
        opcode = code[offset]
        size = opcode - PUSH1 + 1 if PUSH1 <= opcode <= PUSH32 else 0
        yield offset, opcode, int.from_bytes(code[offset + 1 : offset + 1 + size])
        offset += 1 + size


def _instructions(code: bytes) -> Iterator[tuple[int, int]]:
    """The instructions that can run, without the data behind them.

    solc puts an INVALID between code and data (string constants and the like, which may contain
    any byte). An INVALID may also be written inside the code, and what follows it then runs when
    something jumps there. Jumps reach only JUMPDESTs, at offsets that the code pushes: so it is
    the end of the code only when nothing before it has pushed a JUMPDEST that lies behind it.
    A constant that is such an offset by chance makes the walk go on too far, never stop too early.
    """
    destinations: set[int] = set()
    for offset, opcode, pushed in _walk(code):
        yield offset, opcode
        if offset < pushed < len(code) and code[pushed] == JUMPDEST:
            destinations.add(pushed)
        if opcode == INVALID and not any(destination > offset for destination in destinations):
            return


def _found(code: bytes) -> list[str]:
    return [
        f"{FORBIDDEN[opcode]} at {offset}"
        for offset, opcode in _instructions(code)
        if opcode in FORBIDDEN
    ]


def test_artifacts_recompiled_are_the_same_byte_for_byte():
    artifacts = build("contracts", ARTIFACTS, is_check=True)
    assert [artifact["contract"] for artifact in artifacts] == [path.stem for path in PATHS]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
class TestArtifact:
    def test_code_is_below_the_ceiling(self, path):
        deployed = _load(path)["deployedBytecode"]
        assert 0 < len(deployed) // 2 - 1 <= BYTECODE_BYTES_MAX

    def test_code_hands_control_to_nobody_and_cannot_vanish(self, path):
        assert _found(bytes.fromhex(_load(path)["deployedBytecode"][2:])) == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("60f4 00", []),  # the data of a PUSH
        ("5f f4", ["DELEGATECALL at 1"]),
        ("7f" + "ff" * 32 + "ff", ["SELFDESTRUCT at 33"]),
        ("00 fe f4f2ff", []),  # data behind the code
        ("6004 56 fe 5b f2", ["CALLCODE at 5"]),  # an INVALID that the code jumps over
    ],
)
def test_walk_tells_code_from_data(code, found):
    assert _found(bytes.fromhex(code)) == found
