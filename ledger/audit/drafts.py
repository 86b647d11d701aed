"""Records to try an act on: what the attempt changes stays beside them."""

from collections.abc import Callable, Iterator, MutableMapping
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

__all__ = ["Draft", "drafted"]

K = TypeVar("K")
V = TypeVar("V")
Part = TypeVar("Part")


class Draft(MutableMapping[K, V]):
    """A mapping over another one, which is read through it and never written."""

    def __init__(self, under: MutableMapping[K, V]) -> None:
        self._under = under
        self._over: dict[K, V] = {}
        self._gone: set[K] = set()
        self._make: Callable[[], V] | None = getattr(under, "default_factory", None)

    def __contains__(self, key: object) -> bool:
        return key in self._over or (key in self._under and key not in self._gone)

    def __getitem__(self, key: K) -> V:
        if key not in self._over:
            if key in self:
                self._over[key] = _copied(self._under[key])
            elif self._make is not None:
                self._over[key] = self._make()
            else:
                raise KeyError(key)
        return self._over[key]

    def __setitem__(self, key: K, value: V) -> None:
        self._over[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._over.pop(key, None)
        self._gone.add(key)

    def __iter__(self) -> Iterator[K]:
        yield from (key for key in self._under if key in self)
        yield from (key for key in self._over if key not in self._under)

    def __len__(self) -> int:
        added = sum(key not in self._under for key in self._over)
        return len(self._under) + added - sum(self._is_lost(key) for key in self._gone)

    # What asks for a key does not make it, as in a dictionary that makes what is missing.

    def get(self, key: K, default: Any = None) -> Any:
        """The value of a key, or another where there is none."""
        if key not in self:
            return default
        return self[key]

    def setdefault(self, key: K, default: Any = None) -> Any:
        """The value of a key, which is set where there is none."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: K, *default: Any) -> Any:
        """Take a key out; its value, or another where there is none."""
        if key not in self and default:
            return default[0]
        value = self[key]
        del self[key]
        return value

    def _is_lost(self, key: K) -> bool:
        return key in self._under and key not in self._over


def drafted(part: Part) -> Part:
    """A record whose mappings are drafts."""
    made: Any = copy(part)
    for member in fields(made):
        value = getattr(made, member.name)
        is_mapping = isinstance(value, MutableMapping)
        setattr(made, member.name, Draft(value) if is_mapping else _copied(value))
    drawn: Part = made
    return drawn


def _copied(value: Any) -> Any:
    """A value that can be changed without the other one."""
    if isinstance(value, dict):
        mapping = copy(value)
        for key, one in value.items():
            mapping[key] = _copied(one)
        return mapping
    if isinstance(value, list):
        return [_copied(one) for one in value]
    if isinstance(value, set):
        return set(value)
    if is_dataclass(value) and not isinstance(value, type) and not _is_frozen(value):
        record = copy(value)
        for member in fields(record):
            setattr(record, member.name, _copied(getattr(record, member.name)))
        return record
    return value


def _is_frozen(value: Any) -> bool:
    return bool(value.__dataclass_params__.frozen)
