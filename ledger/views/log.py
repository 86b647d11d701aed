"""What views are computed from: the events of a chain, each with the second of its block."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ledger.model.days import day_of_second
from ledger.views.row import Row

__all__ = ["Entry", "LoggedEvent", "entries", "entry_from_json", "entry_to_json"]


class LoggedEvent(Protocol):
    """An event as the chain gives it; views know its shape, not where it comes from."""

    @property
    def name(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def contract(self) -> str: ...
    @property
    def block(self) -> int: ...
    @property
    def index(self) -> int: ...
    @property
    def transaction(self) -> bytes: ...


class Entry(Row, frozen=True):
    """One event and when it happened."""

    name: str
    values: Mapping[str, Any]
    contract: str
    block: int
    index: int
    """Position among all events of its block."""
    transaction: bytes
    second: int
    """Chain second of its block."""

    @property
    def day(self) -> int:
        """Business day of the event."""
        return day_of_second(self.second)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]


def entries(events: Iterable[LoggedEvent], second_of: Callable[[int], int]) -> list[Entry]:
    """Date events, asking once for the second of each block."""
    seconds: dict[int, int] = {}
    dated = []
    for event in events:
        if event.block not in seconds:
            seconds[event.block] = second_of(event.block)
        dated.append(
            Entry(
                event.name,
                event.values,
                event.contract,
                event.block,
                event.index,
                event.transaction,
                seconds[event.block],
            )
        )
    return dated


def entry_to_json(entry: Entry) -> dict[str, object]:
    """An entry as JSON: bytes as an object of one hexadecimal text, integers as they are."""
    return {
        "name": entry.name,
        "values": _to_json(dict(entry.values)),
        "contract": entry.contract,
        "block": entry.block,
        "index": entry.index,
        "transaction": entry.transaction.hex(),
        "second": entry.second,
    }


def entry_from_json(data: Mapping[str, Any]) -> Entry:
    """Read what `entry_to_json` wrote; anything else raises `KeyError`, `TypeError` or the like."""
    return Entry(
        name=str(data["name"]),
        values=_from_json(data["values"]),
        contract=str(data["contract"]),
        block=int(data["block"]),
        index=int(data["index"]),
        transaction=bytes.fromhex(data["transaction"]),
        second=int(data["second"]),
    )


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, dict):
        return {name: _to_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(item) for item in value]
    return value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"hex"}:
            return bytes.fromhex(value["hex"])
        return {name: _from_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return tuple(_from_json(item) for item in value)
    return value
