"""`functools.cache` for functions of a class, which mypy does not count among hashable things."""

from collections.abc import Callable
from functools import cache
from typing import TypeVar, cast

__all__ = ["once"]

_Function = TypeVar("_Function", bound=Callable[..., object])


def once(function: _Function) -> _Function:
    """Compute each answer once and keep the function's own type."""
    return cast(_Function, cache(function))
