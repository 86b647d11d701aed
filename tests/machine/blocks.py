"""Bytecode as Python: a function for each run of instructions, where the engine takes one by one.

What only moves numbers (stack, arithmetic, comparison, memory words, hashes, jumps) is written out.
What has to do with storage, calls, logs or the transaction stays the engine's own instruction. Gas
is charged to the unit, for a stretch of instructions at once: an act that has too little of it runs
out of it a few instructions earlier, and loses the same.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import count
from typing import Any, Final

from eth.exceptions import InvalidJumpDestination, OutOfGas
from eth.vm.logic.invalid import InvalidOpcode
from eth_hash.auto import keccak

__all__ = ["Program", "program"]

Opcodes = Mapping[int, Callable[..., Any]]

_STOP, _MLOAD, _MSTORE, _JUMP, _JUMPI, _GAS, _JUMPDEST = 0x00, 0x51, 0x52, 0x56, 0x57, 0x5A, 0x5B
_POP, _PUSH0, _PUSH32, _DUP1, _DUP16, _SWAP1, _SWAP16 = 0x50, 0x5F, 0x7F, 0x80, 0x8F, 0x90, 0x9F
_ENDS: Final = {_STOP, 0xF3, 0xFD, 0xFE, 0xFF}
"""STOP, RETURN, REVERT, INVALID, SELFDESTRUCT."""

_FORMULAS: Final = {
    0x01: "({0} + {1}) & ALL",
    0x02: "({0} * {1}) & ALL",
    0x03: "({0} - {1}) & ALL",
    0x04: "{0} // {1} if {1} else 0",
    0x06: "{0} % {1} if {1} else 0",
    0x10: "1 if {0} < {1} else 0",
    0x11: "1 if {0} > {1} else 0",
    0x12: "1 if {0} ^ SIGN < {1} ^ SIGN else 0",
    0x13: "1 if {0} ^ SIGN > {1} ^ SIGN else 0",
    0x14: "1 if {0} == {1} else 0",
    0x15: "0 if {0} else 1",
    0x16: "{0} & {1}",
    0x17: "{0} | {1}",
    0x18: "{0} ^ {1}",
    0x19: "{0} ^ ALL",
    0x1A: "{1} >> 248 - 8 * {0} & 255 if {0} < 32 else 0",
    0x1B: "({1} << {0}) & ALL if {0} < 256 else 0",
    0x1C: "{1} >> {0} if {0} < 256 else 0",
    0x20: "hashed(memory, meter, {0}, {1})",
    0x35: "number(computation.msg.data_as_bytes[{0}:{0} + 32].ljust(32, ZERO), 'big')",
}
_ASKED: Final = {0x54: 1, 0x5C: 1} | dict.fromkeys(
    (0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3D, 0x42, 0x43, 0x46), 0
)
"""How many numbers the engine's own instructions take that leave one: storage, places, sizes."""

_WORD_GAS: Final = 3
_HASH_WORD_GAS: Final = 6

_LENGTH_MAX: Final = 400
"""Instructions in one function."""

_DEPTH_MAX: Final = 600
"""From here on a stretch might go over the engine's limit: no contract of ours comes near it."""


def _extend(memory: Any, meter: Any, size: int) -> None:
    """Pay for more memory, and have it."""
    old, new = len(memory._bytes) >> 5, size + 31 >> 5
    fee = _WORD_GAS * (new - old) + (new * new >> 9) - (old * old >> 9)
    if meter.gas_remaining < fee:
        raise OutOfGas("Out of gas")
    meter.gas_remaining -= fee
    memory.extend(0, size)


def _hashed(memory: Any, meter: Any, place: int, size: int) -> int:
    """The hash of a part of memory, paid for by the word."""
    if size and place + size > len(memory._bytes):
        _extend(memory, meter, place + size)
    fee = _HASH_WORD_GAS * (size + 31 >> 5)
    if meter.gas_remaining < fee:
        raise OutOfGas("Out of gas")
    meter.gas_remaining -= fee
    return int.from_bytes(keccak(memory._bytes[place : place + size]), "big")


_NAMES: Final = {
    "ALL": 2**256 - 1,
    "SIGN": 2**255,
    "ZERO": b"\0",
    "extend": _extend,
    "hashed": _hashed,
    "OutOfGas": OutOfGas,
    "number": int.from_bytes,
    "bytes": bytes,
}


class Program(dict[int, Callable[..., int]]):
    """A contract's code, each stretch written when it is first come to; by its first position."""

    def __init__(self, code: bytes, opcodes: Opcodes) -> None:
        self.code, self.opcodes = code, opcodes
        self.names = {**_NAMES, "jump": self.jump}
        self.targets: set[int] = set()
        position = 0
        while position < len(code):
            if code[position] == _JUMPDEST:
                self.targets.add(position)
            position += 1 + _pushed(code[position])

    def __missing__(self, position: int) -> Callable[..., int]:
        written = _Writer(self, position).written()
        exec(compile(written, f"<bytecode from {position}>", "exec"), self.names)
        self[position] = self.names["stretch"]
        return self[position]

    def jump(self, position: int) -> int:
        """Where a jump leads that is only known when it is made."""
        if position not in self.targets:
            raise InvalidJumpDestination("Invalid Jump Destination")
        return position

    def run(self, computation: Any) -> None:
        """Carry the code out; the engine's own instructions end it, by raising."""
        stack, memory = computation._stack.values, computation._memory
        meter, position = computation._gas_meter, 0
        while True:
            if len(stack) > _DEPTH_MAX:
                raise NotImplementedError("so deep a stack is not looked after")
            position = self[position](computation, stack, memory, meter)


@lru_cache(maxsize=256)
def program(code: bytes, computation: type[Any]) -> Program:
    """The program of a code, as an engine's computations have it."""
    return Program(code, computation.opcodes)


def _pushed(opcode: int) -> int:
    """How many bytes after an instruction are its number."""
    return opcode - _PUSH0 if _PUSH0 < opcode <= _PUSH32 else 0


class _Writer:
    """Writes one stretch; the top of the stack are names and numbers while nobody else looks."""

    def __init__(self, program: Program, position: int) -> None:
        self.program, self.code, self.position = program, program.code, position
        self.lines = ["def stretch(computation, stack, memory, meter):"]
        self.top: list[str] = []
        self.fresh = (f"v{number}" for number in count())
        self.gas = 0
        self.charged_at = 0

    def written(self) -> str:
        """The function as text."""
        self._begin_section()
        for _ in range(_LENGTH_MAX):
            opcode = self.code[self.position] if self.position < len(self.code) else _STOP
            start, self.position = self.position, self.position + 1 + _pushed(opcode)
            if self._write(opcode, start):
                break
        else:
            self._leave(str(self.position))
        self._end_section()
        return "\n".join(self.lines)

    def _write(self, opcode: int, start: int) -> bool:
        """Write one instruction; whether it is the last."""
        if _PUSH0 <= opcode <= _PUSH32:
            number = self.code[start + 1 : self.position].ljust(opcode - _PUSH0, b"\0")
            self.top.append(str(int.from_bytes(number, "big")))
        elif _DUP1 <= opcode <= _DUP16:
            self._reach(opcode - _DUP1 + 1)
            self.top.append(self.top[_DUP1 - opcode - 1])
        elif _SWAP1 <= opcode <= _SWAP16:
            depth = opcode - _SWAP1 + 2
            self._reach(depth)
            self.top[-1], self.top[-depth] = self.top[-depth], self.top[-1]
        elif opcode == _POP:
            self._take(1)
        elif opcode in _FORMULAS:
            formula = _FORMULAS[opcode]
            self._give(formula.format(*self._take(2 if "{1}" in formula else 1)))
        elif opcode in (_MLOAD, _MSTORE):
            self._write_memory(opcode)
        elif opcode in (_JUMP, _JUMPI):
            return self._write_jump(opcode)
        elif opcode == _JUMPDEST:
            pass
        else:
            return self._ask(opcode)
        self.gas += self.program.opcodes[opcode].gas_cost
        return False

    def _write_memory(self, opcode: int) -> None:
        [place] = self._take(1)
        [value] = self._take(1) if opcode == _MSTORE else [""]
        self._line(f"if {place} + 32 > len(memory._bytes): extend(memory, meter, {place} + 32)")
        if opcode == _MSTORE:
            self._line(f"memory._bytes[{place}:{place} + 32] = ({value}).to_bytes(32, 'big')")
        else:
            self._give(f"number(memory._bytes[{place}:{place} + 32], 'big')")

    def _write_jump(self, opcode: int) -> bool:
        self.gas += self.program.opcodes[opcode].gas_cost
        [place] = self._take(1)
        known = place.isdigit() and int(place) in self.program.targets
        target = place if known else f"jump({place})"
        if opcode == _JUMP:
            self._leave(target)
            return True
        [condition] = self._take(1)
        self._line(f"if {condition}:")
        self._leave(target, indent="  ")
        self._end_section()
        self._begin_section()
        return False

    def _ask(self, opcode: int) -> bool:
        """Have the engine do it, and begin anew: it charges, and may look at gas and stack."""
        if opcode == _GAS:
            self.gas += self.program.opcodes[opcode].gas_cost
            self._end_section()
            self._give("meter.gas_remaining")
        else:
            self._end_section()
            self._have_done(opcode)
        self._begin_section()
        return opcode in _ENDS or opcode not in self.program.opcodes

    def _have_done(self, opcode: int) -> None:
        name, is_inner = f"op{opcode}", opcode in _ASKED
        self.program.names[name] = self.program.opcodes.get(opcode) or InvalidOpcode(opcode)
        self._put(self._take(_ASKED[opcode])[::-1] if is_inner else self.top)
        self._line(f"{name}(computation=computation)")
        self._line("if stack and stack[-1].__class__ is bytes:")
        self._line("  stack[-1] = number(stack[-1], 'big')")
        if is_inner:
            self._give("stack.pop()")
        else:
            self.top = []

    # ---- the stack

    def _take(self, many: int) -> list[str]:
        """The names of the uppermost values, which are gone then."""
        self._reach(many)
        return [self.top.pop() for _ in range(many)]

    def _reach(self, many: int) -> None:
        """Have names for so many of the uppermost values."""
        while len(self.top) < many:
            name = next(self.fresh)
            self._line(f"{name} = stack.pop()")
            self.top.insert(0, name)

    def _give(self, formula: str) -> None:
        name = next(self.fresh)
        self._line(f"{name} = {formula}")
        self.top.append(name)

    def _put(self, values: list[str], *, indent: str = "") -> None:
        """Have values on the stack."""
        if values:
            self._line(f"{indent}stack += ({', '.join(values)},)")

    # ---- lines and gas

    def _line(self, text: str) -> None:
        self.lines.append(f"  {text}")

    def _leave(self, target: str, *, indent: str = "") -> None:
        self._put(self.top, indent=indent)
        self._line(f"{indent}return {target}")

    def _begin_section(self) -> None:
        self.charged_at, self.gas = len(self.lines), 0

    def _end_section(self) -> None:
        """Charge for the instructions of the section, before all of them."""
        if self.gas:
            self.lines[self.charged_at : self.charged_at] = [
                f"  if meter.gas_remaining < {self.gas}: raise OutOfGas('Out of gas')",
                f"  meter.gas_remaining -= {self.gas}",
            ]
        self.gas = 0
