"""What every campaign of real deaths is made of: lives in children that kill themselves."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

__all__ = ["Child", "Report", "acknowledge", "begun", "forked", "striking", "tell"]


@dataclass
class Report:
    """What a campaign has done and found."""

    engine: str
    runs: int = 0
    kills: dict[str, Counter[str]] = field(default_factory=dict)
    """Of each campaign, by crash point."""
    dead: Counter[str] = field(default_factory=Counter)
    """Of the service behind its door: who died, the door, the back office or both at once."""
    lives: int = 0
    commands: int = 0
    failed: list[str] = field(default_factory=list)
    seconds: float = 0.0
    seconds_of: dict[str, float] = field(default_factory=dict)

    def text(self) -> str:
        """One line of JSON."""
        killed = sum(one.total() for one in self.kills.values())
        found = {**vars(self), "kills": {**self.kills}, "killed": killed}
        return json.dumps(found, sort_keys=True)


def striking(point: str, hit: int) -> Callable[[str], None]:
    """A hook that kills this process at a point, the given time that it comes there."""
    left = hit

    def strike(name: str) -> None:
        nonlocal left
        if name == point:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return strike


@dataclass(frozen=True)
class Child:
    """A process of ours, and where it tells."""

    pid: int
    telling: int

    def ended(self, options: int = 0) -> int | None:
        """Its status as `waitpid` says it; None while it works on, where that is allowed."""
        found, status = os.waitpid(self.pid, options)
        return status if found else None

    def lines(self) -> list[str]:
        """What it told; to be called once, and when nobody tells any more."""
        with os.fdopen(self.telling) as stream:
            return stream.read().splitlines()


def begun(work: Callable[[int], None]) -> Child:
    """Run something in a child, which is given where to tell."""
    reading, telling = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            work(telling)
            os._exit(0)
        except BaseException as failure:  # noqa: BLE001 -- told to the parent
            os.write(telling, f"! {type(failure).__name__}: {failure}\n".encode())
            os._exit(1)
    os.close(telling)
    return Child(child, reading)


def forked(work: Callable[[int], None]) -> tuple[bool, list[str]]:
    """Run something in a child: whether it was killed, and the lines that it told.

    Raises `RuntimeError` where it failed otherwise.
    """
    child = begun(work)
    lines = child.lines()
    status = child.ended()
    assert status is not None
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return True, lines
    if status:
        raise RuntimeError(lines[-1] if lines else f"status {status}")
    return False, lines


def tell(told: int, name: object, id_: str) -> None:
    """Say that something was answered, before anything else is done."""
    os.write(told, f"{name} {id_}\n".encode())


def acknowledge(lines: Iterable[str], acknowledged: dict[str, str]) -> None:
    """Keep what a life has told; raises `RuntimeError` where the same got another answer."""
    for line in lines:
        name, id_ = line.split()
        if acknowledged.setdefault(name, id_) != id_:
            raise RuntimeError(f"{name} was answered twice, and not alike")
