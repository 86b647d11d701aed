"""Where two outcomes differ, path by path."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Difference", "differences"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the outcome is not the expected one; None stands for nothing there."""

    path: str
    expected: Any
    actual: Any


def differences(expected: Any, actual: Any) -> list[Difference]:
    """Every place where two outcomes differ, in their order; none of equal ones.

    Refusals are compared by step and vouchers by range, so that one too many is one difference.
    """
    return list(_differ("", expected, actual))


def _differ(path: str, expected: Any, actual: Any) -> Iterator[Difference]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        yield from _differ_by_key(path, expected, actual)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _differ_by_entry(path, expected, actual)
    # To Python True is 1 and 1.0 is 1; in an outcome neither is.
    elif type(expected) is not type(actual) or expected != actual:
        yield Difference(path or "outcome", expected, actual)


def _differ_by_key(
    path: str, expected: Mapping[str, Any], actual: Mapping[str, Any]
) -> Iterator[Difference]:
    for key in [*expected, *(key for key in actual if key not in expected)]:
        inner = f"{path}.{key}" if path else str(key)
        if key in expected and key in actual:
            yield from _differ(inner, expected[key], actual[key])
        else:
            yield Difference(inner, expected.get(key), actual.get(key))


def _differ_by_entry(path: str, expected: list[Any], actual: list[Any]) -> Iterator[Difference]:
    entries, others = _by_name(expected), _by_name(actual)
    if entries is None or others is None:
        entries = {str(index): entry for index, entry in enumerate(expected)}
        others = {str(index): entry for index, entry in enumerate(actual)}
    found = False
    for name in [*entries, *(name for name in others if name not in entries)]:
        for one in _differ(f"{path}[{name}]", entries.get(name), others.get(name)):
            found = True
            yield one
    if not found and list(entries) != list(others):
        yield Difference(path, list(entries), list(others))


def _by_name(entries: Sequence[Any]) -> dict[str, Any] | None:
    """Refusals by step and vouchers by range; None of other lists, and where a name comes twice."""
    named: dict[str, Any] = {}
    for entry in entries:
        if not isinstance(entry, Mapping):
            return None
        if "step" in entry:
            name = f"step {entry['step']}"
        elif "payable" in entry and isinstance(entry.get("units"), list):
            name = f"{entry['payable']} {'–'.join(str(unit) for unit in entry['units'])}"
        else:
            return None
        if name in named:
            return None
        named[name] = entry
    return named
