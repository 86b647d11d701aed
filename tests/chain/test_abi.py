"""Our encoding of calls against `eth_abi`'s, for every command and for what cannot be encoded."""

import random

import pytest
from eth_abi.abi import encode

from ledger.chain.abi import encoded
from ledger.chain.artifacts import CONTRACTS, artifact
from ledger.chain.calls import ENTRY_POINTS, abi_values
from ledger.model.commands import COMMANDS
from tests.random_commands import random_struct


@pytest.mark.parametrize("name", sorted(ENTRY_POINTS))
def test_commands_are_encoded_as_eth_abi_does(name: str) -> None:
    kind = COMMANDS[name]
    types = artifact(kind.desk).functions[ENTRY_POINTS[name]].types
    chance = random.Random(name)
    for _ in range(20):
        command = abi_values(random_struct(kind, chance))
        values = [command, *(_beside(one, chance) for one in types[1:])]
        assert encoded(types, values) == encode(types, values)


def test_every_function_has_types_that_can_be_encoded() -> None:
    for contract in CONTRACTS:
        for entry in artifact(contract).functions.values():
            values = [_beside(one, random.Random(1)) for one in entry.types]
            assert encoded(entry.types, values) == encode(entry.types, values)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", 256),
        ("uint256", 1 << 256),
        ("uint32", -1),
        ("bytes32", bytes(31)),
        ("address", bytes(21)),
        ("(uint8,uint8)", (1,)),
        ("(uint8,uint8)", (1, 2, 3)),
    ],
)
def test_value_that_does_not_fit_its_type_fails(kind: str, value: object) -> None:
    with pytest.raises((ValueError, OverflowError)):
        encoded((kind,), [value])


def test_array_of_fixed_length_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="fixed length"):
        encoded(("uint8[2]",), [[1, 2]])


def _beside(kind: str, chance: random.Random) -> object:
    """A value of a type, by what the type is."""
    if kind.endswith("[]"):
        return [_beside(kind[:-2], chance) for _ in range(chance.randrange(4))]
    if kind.startswith("("):
        return tuple(_beside(one, chance) for one in _members(kind))
    if kind == "bytes":
        return chance.randbytes(chance.randrange(100))
    if kind.startswith("bytes"):
        return chance.randbytes(int(kind[5:]))
    if kind == "address":
        return chance.choice([chance.randbytes(20), "0x" + chance.randbytes(20).hex()])
    return chance.random() < 0.5 if kind == "bool" else chance.getrandbits(int(kind[4:]))


def _members(kind: str) -> list[str]:
    """The types within the outermost brackets."""
    found, depth = [""], 0
    for mark in kind[1:-1]:
        if mark == "," and depth == 0:
            found.append("")
            continue
        depth += (mark == "(") - (mark == ")")
        found[-1] += mark
    return found
