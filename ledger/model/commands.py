"""Every command of the ledger by name, in one place.

The source of truth is contracts/types/Commands.sol and AdminCommands.sol; a test compares them. A
new command is written in the module of its noun and nowhere else.
"""
# ruff: noqa: F403 -- the modules name what they export in `__all__`, which a test pins

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model import (
    admin_commands,
    finance_commands,
    oversight_commands,
    parts,
    payment_commands,
    voucher_commands,
)
from ledger.model.admin_commands import *
from ledger.model.errors.input import UnknownCommand
from ledger.model.finance_commands import *
from ledger.model.oversight_commands import *
from ledger.model.parts import *
from ledger.model.payment_commands import *
from ledger.model.structs import Command, Struct
from ledger.model.voucher_commands import *

__all__ = ["COMMANDS", "DESKS", "Command", "Struct", "command_of"]
__all__ += admin_commands.__all__
__all__ += finance_commands.__all__
__all__ += oversight_commands.__all__
__all__ += parts.__all__
__all__ += payment_commands.__all__
__all__ += voucher_commands.__all__

_MODULES: Final = (
    voucher_commands,
    finance_commands,
    payment_commands,
    oversight_commands,
    admin_commands,
)

COMMANDS: Final[Mapping[str, type[Command]]] = MappingProxyType(
    {name: getattr(module, name) for module in _MODULES for name in module.__all__}
)
"""Every command by its EIP-712 primary type."""

DESKS: Final[Mapping[str, tuple[type[Command], ...]]] = MappingProxyType(
    {
        desk: tuple(one for one in COMMANDS.values() if one.desk == desk)
        for desk in sorted({one.desk for one in COMMANDS.values()})
    }
)
"""The commands that each desk contract takes."""


def command_of(name: str, message: Mapping[str, object], *, path: str = "") -> Command:
    """Make the command that a signed JSON message stands for; `path` is where it stands."""
    if name not in COMMANDS:
        raise UnknownCommand(name=name)
    return COMMANDS[name].from_message(message, path=path)
