"""The signed structs, errors and enums as the Solidity sources write them, read by expression."""

import re
from pathlib import Path

__all__ = ["constants", "enums", "errors", "structs", "underlying"]

_TYPES = Path(__file__).parents[1] / "contracts" / "types"


def _source(name: str) -> str:
    """A source without its comments."""
    text = (_TYPES / name).read_text(encoding="utf-8")
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


def underlying() -> dict[str, str]:
    """What each user-defined value type is made of: ParticipantId is uint32."""
    return dict(re.findall(r"type (\w+) is (\w+);", _source("Ids.sol")))


def structs(name: str) -> dict[str, list[tuple[str, str]]]:
    """Structs of one source: their members as (type, name), types as declared."""
    found = re.findall(r"struct (\w+) \{(.*?)\}", _source(name), flags=re.DOTALL)
    return {struct: re.findall(r"(\w+(?:\[\])?)\s+(\w+);", body) for struct, body in found}


def errors() -> dict[str, list[tuple[str, str]]]:
    """The errors: their parameters as (type, name)."""
    found = re.findall(r"error (\w+)\((.*?)\);", _source("Errors.sol"), flags=re.DOTALL)
    return {error: re.findall(r"(\w+)\s+(\w+)\s*(?:,|$)", body) for error, body in found}


def enums() -> dict[str, list[str]]:
    """The enums of Records.sol and their members in order."""
    found = re.findall(r"enum (\w+) \{(.*?)\}", _source("Records.sol"), flags=re.DOTALL)
    return {enum: re.findall(r"\w+", body) for enum, body in found}


def constants() -> dict[str, int]:
    """The plain whole-number constants of Records.sol."""
    found = re.findall(r"constant (\w+) = (\d+);", _source("Records.sol"))
    return {name: int(value) for name, value in found}
