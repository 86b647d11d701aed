"""What is told at the end of a run: what campaigns counted, and what time each suite took."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

__all__ = ["COUNTED", "Tell", "counted", "shares", "table"]

Tell = Callable[[str], None]
"""Says a line at the end of the run; the fixture `tell`."""

COUNTED: Final = "counted"
"""The property of a test under which it says what it has counted."""

_SECONDS_TOLD: Final = 1.0


def shares(reports: Iterable[Any]) -> Counter[str]:
    """Seconds by suite: a folder of tests, or a module beside them."""
    found: Counter[str] = Counter()
    for one in reports:
        if hasattr(one, "duration"):
            found[_suite(one.nodeid)] += one.duration
    return found


def _suite(node: str) -> str:
    """`tests/api/test_events.py::test_x` belongs to `tests/api`, `tests/test_gas.py` is its own."""
    path = node.partition("::")[0]
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > 1 else path


def table(seconds: Counter[str]) -> list[str]:
    """A line for each suite, the slowest first; the quick ones together."""
    total = sum(seconds.values()) or 1.0
    told = [(name, spent) for name, spent in seconds.most_common() if spent >= _SECONDS_TOLD]
    rest = total - sum(spent for _, spent in told)
    if len(told) < len(seconds):
        told.append((f"{len(seconds) - len(told)} others", rest))
    return [f"{spent:7.1f} s {spent / total:6.1%}  {name}" for name, spent in told]


def counted(reports: Iterable[Any]) -> list[str]:
    """What tests have counted, whose own output nobody sees where they pass."""
    return sorted(
        f"{one.nodeid.rpartition('::')[2]}: {line}"
        for one in reports
        if getattr(one, "when", "") == "call"
        for name, line in one.user_properties
        if name == COUNTED
    )
