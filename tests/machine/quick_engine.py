"""An in-process chain's engine, made to carry code out by the stretch and to read slots once."""

from typing import Any, ClassVar

from eth.vm.code_stream import CodeStream
from eth.vm.opcode_values import STOP

from tests.machine.blocks import program

__all__ = ["Slots", "quicken"]

Slots = dict[tuple[bytes, int], int]


def quicken(chain: Any, known: Slots) -> None:
    """Have a chain's engine be quick from now on; `known` keeps what the last block left."""
    [(first, machine)] = type(chain).vm_configuration
    state = machine._state_class
    computation = state.computation_class

    class QuickComputation(computation):  # type: ignore[misc, valid-type]
        opcodes: ClassVar = {STOP: lambda computation: computation.code.program.run(computation)}

        def __init__(self, state: Any, message: Any, context: Any) -> None:
            super().__init__(state, message, context)
            self.code = _Whole(message.code)
            self.code.program = program(message.code, computation)

    class QuickState(state):  # type: ignore[misc, valid-type]
        computation_class = QuickComputation

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.written: set[tuple[bytes, int]] = set()

        def get_storage(self, address: bytes, slot: int, from_journal: bool = True) -> int:
            place = (address, slot)
            if place in self.written:
                return int(super().get_storage(address, slot, from_journal))
            value = known.get(place)
            if value is None:
                value = known[place] = super().get_storage(address, slot, from_journal)
            return value

        def set_storage(self, address: bytes, slot: int, value: int) -> None:
            self.written.add((address, slot))
            known.pop((address, slot), None)
            super().set_storage(address, slot, value)

    class QuickMachine(machine):  # type: ignore[misc, valid-type]
        _state_class = QuickState

    type(chain).vm_configuration = ((first, QuickMachine),)


class _Whole(CodeStream):
    """A code that is one instruction for the engine: all of it."""

    program: Any

    def __iter__(self) -> Any:
        yield STOP
