"""Turns of requests: one at a time of a name, and only so many bytes that wait."""

import asyncio

import pytest

from api.turns import Turns
from ledger.model.errors import ServiceBusy

MIB = 1 << 20


class Door:
    """Requests that hold their turns until they are let go."""

    def __init__(self, most: int = 10 * MIB) -> None:
        self.turns, self.passed = Turns(most), list[str]()
        self._asked = list[asyncio.Task[None]]()
        self._open = asyncio.Event()

    async def ask(self, name: str, size: int) -> asyncio.Task[None]:
        async def pass_through() -> None:
            async with self.turns.taken(name, size=size):
                await self._open.wait()
                self.passed.append(name)

        asked = asyncio.create_task(pass_through())
        await asyncio.sleep(0)
        self._asked.append(asked)
        return asked

    async def refuse(self, name: str, size: int) -> None:
        with pytest.raises(ServiceBusy):
            await asyncio.wait_for(await self.ask(name, size), 1)
        del self._asked[-1]

    async def end(self) -> None:
        """All that were not refused pass; nothing is left of them."""
        self._open.set()
        await asyncio.gather(*self._asked)
        assert (self.turns._waiting, self.turns._turns) == (0, {})


def test_one_whose_wait_would_hold_too_much_is_told_to_come_again() -> None:
    async def run() -> None:
        door = Door()
        for _ in range(3):  # the first does not wait
            await door.ask("a", 4 * MIB)
        await door.refuse("a", 4 * MIB)
        await door.ask("b", 50 * MIB)  # nor does the first of another name
        await door.refuse("b", 4 * MIB)
        await door.ask("b", 1)
        await door.end()
        assert sorted(door.passed) == ["a", "a", "a", "b", "b"]

    asyncio.run(run())


def test_small_ones_that_wait_are_bounded_too() -> None:
    async def run() -> None:
        door = Door(MIB)
        for _ in range(16):
            await door.ask("a", 1)
        await door.refuse("a", 0)
        await door.end()

    asyncio.run(run())


def test_one_that_has_gone_gives_its_room_to_others() -> None:
    async def run() -> None:
        door = Door()
        await door.ask("a", 0)
        gone = await door.ask("a", 9 * MIB)
        await door.refuse("a", 9 * MIB)
        gone.cancel()
        await asyncio.wait([gone])
        door._asked.remove(gone)
        await door.ask("a", 9 * MIB)
        await door.end()
        assert door.passed == ["a", "a"]

    asyncio.run(run())
