"""Lists and sets that stand for tables: the place in the list, or the member, is the key."""

from collections.abc import Iterator
from typing import Any, TypeVar, cast

from ledger.store.cached import Rows
from ledger.store.rows import ViewTable
from ledger.store.view_sql import ViewSql

__all__ = ["Chain", "Chains", "NonceSets", "Nonces", "Places"]

Row = TypeVar("Row")


class Places(list[Row]):
    """A list as a table; the list itself is empty. Negative places count from the end."""

    __slots__ = ("_count", "rows")

    def __init__(self, table: ViewTable, sql: ViewSql, rows: Rows[int, Row]) -> None:
        super().__init__()
        self.rows = rows
        self._count = sql.next_place(table)

    def append(self, row: Row) -> None:
        """Put a row behind the last."""
        self.rows[self._count] = row
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return self._count > 0

    def __getitem__(self, place: Any) -> Any:
        return self.rows[place if 0 <= place < self._count else self._from_end(place)]

    def __setitem__(self, place: Any, row: Any) -> None:
        self.rows[place if 0 <= place < self._count else self._from_end(place)] = row

    def __iter__(self) -> Iterator[Row]:
        for _, row in self.rows.pairs():
            yield row

    def _from_end(self, place: int) -> int:
        if not -self._count <= place < 0:
            raise IndexError("list index out of range")
        return place + self._count


class Chain(list[Row]):
    """The list of one payable."""

    __slots__ = ("_chains", "_payable")

    def __init__(self, chains: "Chains[Row]", payable: int) -> None:
        super().__init__()
        self._chains, self._payable = chains, payable

    def append(self, row: Row) -> None:
        """Put a row behind the last."""
        self._chains.add(self._payable, row)

    def __len__(self) -> int:
        return self._chains.count(self._payable)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __getitem__(self, place: Any) -> Any:
        found = place + len(self) if place < 0 else place
        if not 0 <= found < len(self):
            raise IndexError("list index out of range")
        return self._chains.rows[self._payable, found]

    def __iter__(self) -> Iterator[Row]:
        for _, row in self._chains.rows.pairs(self._payable):
            yield row


class Chains(dict[int, list[Row]]):
    """A list for each payable; the dictionary itself is empty."""

    __slots__ = ("_counts", "_sql", "_table", "rows")

    def __init__(self, table: ViewTable, sql: ViewSql, rows: Rows[tuple[int, int], Row]) -> None:
        super().__init__()
        self._table, self._sql, self.rows = table, sql, rows
        self._counts: dict[int, int] = {}

    def add(self, payable: int, row: Row) -> None:
        """Put a row behind the last of a payable."""
        place = self.count(payable)
        self.rows[payable, place] = row
        self._counts[payable] = place + 1

    def count(self, payable: int) -> int:
        """How many rows a payable has."""
        found = self._counts.get(payable)
        if found is None:
            found = self._counts[payable] = self._sql.next_place(self._table, payable)
        return found

    def forget(self, counts_max: int) -> None:
        """Keep no more counts than this; only when all rows are written."""
        if len(self._counts) > counts_max:
            self._counts = {}

    def __getitem__(self, payable: int) -> list[Row]:
        if not self.count(payable):
            raise KeyError(payable)
        return Chain(self, payable)

    def get(self, payable: int, default: Any = None) -> Any:
        """The list of a payable, or what is given where it has none."""
        return Chain(self, payable) if self.count(payable) else default

    def setdefault(self, payable: int, _: Any = None) -> list[Row]:
        """The list of a payable, which begins empty."""
        return Chain(self, payable)

    def __contains__(self, payable: object) -> bool:
        return self.count(cast(int, payable)) > 0

    def __iter__(self) -> Iterator[int]:
        last = None
        for (payable, _), _ in self.rows.pairs():
            if payable != last:
                yield payable
            last = payable

    def keys(self) -> Any:
        """Payables that have a list."""
        return list(dict.fromkeys(self))

    def items(self) -> Any:
        """Payables and their lists."""
        return [(payable, Chain(self, payable)) for payable in self.keys()]

    def values(self) -> Any:
        """The lists."""
        return [Chain(self, payable) for payable in self.keys()]

    def __len__(self) -> int:
        return len(self.keys())


class Nonces:
    """The used and void nonces of one participant."""

    __slots__ = ("_participant", "_rows")

    def __init__(self, rows: Rows[tuple[int, int], bool], participant: int) -> None:
        self._rows, self._participant = rows, participant

    def add(self, nonce: int) -> None:
        """Say that a nonce is used or void."""
        self._rows[self._participant, nonce] = True

    def __contains__(self, nonce: object) -> bool:
        return (self._participant, cast(int, nonce)) in self._rows

    def __iter__(self) -> Iterator[int]:
        for (_, nonce), _ in self._rows.pairs(self._participant):
            yield nonce

    def __len__(self) -> int:
        return sum(1 for _ in self)


class NonceSets(dict[int, Any]):
    """A set of nonces for each participant; the dictionary itself is empty."""

    __slots__ = ("rows",)

    def __init__(self, rows: Rows[tuple[int, int], bool]) -> None:
        super().__init__()
        self.rows = rows

    def __missing__(self, participant: int) -> Nonces:
        if not (found := Nonces(self.rows, participant)):
            raise KeyError(participant)
        return found

    def get(self, participant: int, default: Any = None) -> Any:
        """The nonces of a participant, or what is given where it has none."""
        return Nonces(self.rows, participant) or default

    def setdefault(self, participant: int, _: Any = None) -> Any:
        """The nonces of a participant, which begin empty."""
        return Nonces(self.rows, participant)

    def __iter__(self) -> Iterator[int]:
        yield from dict.fromkeys(participant for (participant, _), _ in self.rows.pairs())

    def keys(self) -> Any:
        """Participants that have used a nonce."""
        return list(self)

    def items(self) -> Any:
        """Participants and their nonces."""
        return [(one, Nonces(self.rows, one)) for one in self]

    def __len__(self) -> int:
        return len(self.keys())
