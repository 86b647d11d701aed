"""A row with some fields changed, at half the cost of the library's own way.

Most of what reading an event takes goes into this.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final, TypeVar

__all__ = ["replace"]

_Row = TypeVar("_Row")


def replace(row: _Row, /, **changes: Any) -> _Row:
    """A copy of a row of slots with these fields instead; raises `KeyError` for one it lacks."""
    kind = row.__class__
    plan = _PLANS.get(kind)
    if plan is None:
        plan = _PLANS[kind] = _plan(kind)
    take, places, setters = plan
    values = list(take(row))
    for name, value in changes.items():
        values[places[name]] = value
    copy = object.__new__(kind)
    for put, value in zip(setters, values, strict=True):
        put(copy, value)
    return copy


_Plan = tuple[
    Callable[[Any], tuple[Any, ...]], dict[str, int], tuple[Callable[[Any, Any], None], ...]
]
_PLANS: Final[dict[type, _Plan]] = {}


def _plan(kind: Any) -> _Plan:
    """How the fields are read, where each stands, and how a slot is filled: around the freeze."""
    names = [one.name for one in fields(kind)]
    places = {name: place for place, name in enumerate(names)}
    return attrgetter(*names), places, tuple(getattr(kind, name).__set__ for name in names)
