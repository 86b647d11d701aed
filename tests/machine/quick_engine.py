"""An in-process chain's engine, made to carry code out by the stretch and to read slots once."""

from typing import Any, ClassVar

from eth.vm.code_stream import CodeStream
from eth.vm.opcode_values import STOP

from tests.machine.blocks import program
from tests.machine.quick_tries import quicken_tries

__all__ = ["quicken"]

Slots = dict[tuple[bytes, int], int]


class _Memory:
    """What has been read of storage, as it is in the state with this root."""

    def __init__(self) -> None:
        self.root = b""
        self.slots: Slots = {}

    def of(self, root: bytes) -> Slots:
        """The slots of a state that begins."""
        if root != self.root:
            self.keep(root, {})
        return self.slots

    def keep(self, root: bytes, slots: Slots) -> None:
        """Remember these."""
        self.root, self.slots = root, slots


def quicken(chain: Any) -> None:
    """Have a chain's engine be quick from now on, and with it the tries of this process."""
    quicken_tries()
    memory = _Memory()
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

        def __init__(self, db: Any, context: Any, root: bytes) -> None:
            self.known, self.written = memory.of(root), set[tuple[bytes, int]]()
            super().__init__(db, context, root)

        def get_storage(self, address: bytes, slot: int, from_journal: bool = True) -> int:
            place = (address, slot)
            if place in self.written:
                return int(super().get_storage(address, slot, from_journal))
            value = self.known.get(place)
            if value is None:
                value = self.known[place] = super().get_storage(address, slot, from_journal)
            return value

        def set_storage(self, address: bytes, slot: int, value: int) -> None:
            self.written.add((address, slot))
            super().set_storage(address, slot, value)

        def persist(self) -> Any:
            done, written = super().persist(), self.written
            # A copy: another state of the old root may go on reading.
            self.known = {key: one for key, one in self.known.items() if key not in written}
            memory.keep(self.state_root, self.known)
            return done

    class QuickMachine(machine):  # type: ignore[misc, valid-type]
        _state_class = QuickState

    type(chain).vm_configuration = ((first, QuickMachine),)


class _Whole(CodeStream):
    """A code that is one instruction for the engine: all of it."""

    program: Any

    def __iter__(self) -> Any:
        yield STOP
