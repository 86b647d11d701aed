"""Mappings and lists that stand for tables: read through with a bounded cache, written in bulk.

They are dictionaries and lists to whoever uses them. What is changed is kept until `stored` takes
it; what is read or changed lately is kept too, in two generations: once the younger is full, the
older is dropped. That is nearly the order of last use and costs a hit nothing.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn, TypeVar, cast

from ledger.store.columns import Plain
from ledger.store.rows import ViewTable
from ledger.store.view_sql import ViewSql

__all__ = ["GONE", "Rows"]

Key = TypeVar("Key")
Row = TypeVar("Row")


class _Gone:
    """Stands for a row that was deleted."""

    def __repr__(self) -> str:
        return "gone"


GONE: Final = _Gone()

_put: Final = dict.__setitem__


class Rows(dict[Key, Row]):
    """A table by its key. The dictionary itself holds what is young in the cache."""

    __slots__ = ("_absent", "_keeps", "_old", "_sql", "_stored", "_table", "_touched")

    def __init__(self, table: ViewTable, sql: ViewSql) -> None:
        super().__init__()
        self._table, self._sql = table, sql
        self._keeps = not table.is_appended
        self._old: dict[Key, Row] = {}
        self._absent: set[Key] = set()
        self._touched: dict[Key, Row | _Gone] = {}
        """Changed since the last `seal`."""
        self._stored: dict[Key, Plain | None] = {}
        """Sealed and not written yet; None for what is gone."""

    # ---- one row

    def __missing__(self, key: Key) -> Row:
        row = self._found(key)
        if row is GONE:
            raise KeyError(key)
        if self._keeps:
            super().__setitem__(key, cast(Row, row))
        return cast(Row, row)

    def _found(self, key: Key) -> Row | _Gone:
        """A row that is not young."""
        if key in self._touched:
            return self._touched[key]
        if key in self._old:
            return self._old[key]
        if key in self._stored:
            plain = self._stored[key]
            return GONE if plain is None else self._table.read_back(plain)
        if key in self._absent:
            return GONE
        found = self._sql.one(self._table, key)
        if found is None:
            self._absent.add(key)
            return GONE
        return cast(Row, self._table.read_back(found))

    def __setitem__(self, key: Key, row: Row) -> None:
        if self._keeps:
            _put(self, key, row)
        self._touched[key] = row

    def __delitem__(self, key: Key) -> None:
        self.pop(key)

    def get(self, key: Key, default: Any = None) -> Any:
        """A row, or what is given where there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def pop(self, key: Key, *default: Any) -> Any:
        """Take a row out."""
        try:
            row = self[key]
        except KeyError:
            if default:
                return default[0]
            raise
        super().pop(key, None)
        self._old.pop(key, None)
        self._touched[key] = GONE
        return row

    def setdefault(self, key: Key, default: Row) -> Row:
        """A row, which is the given one where there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def __contains__(self, key: object) -> bool:
        return self.get(cast(Key, key), GONE) is not GONE

    # ---- all rows, in the order of their keys

    def __iter__(self) -> Iterator[Key]:
        for key, _ in self.pairs():
            yield key

    def __len__(self) -> int:
        return sum(1 for _ in self.pairs())

    def __bool__(self) -> bool:
        return any(True for _ in self.pairs())

    def keys(self) -> Any:
        """Keys in their order."""
        return list(self)

    def values(self) -> Any:
        """Rows in the order of their keys."""
        return [row for _, row in self.pairs()]

    def items(self) -> Any:
        """Keys and rows in the order of the keys."""
        return list(self.pairs())

    def __eq__(self, other: object) -> bool:
        return dict(self.pairs()) == other

    __hash__ = None

    def between(self, low: Key, high: Key) -> list[Row]:
        """Rows whose keys lie in a range, ends included."""
        table = self._table
        found = {table.key_of(one): one for one in self._sql.between(table, low, high)}
        rows: dict[Key, Row | _Gone] = {key: table.read_back(one) for key, one in found.items()}
        changed = self._changed(None)
        rows.update({key: row for key, row in changed.items() if low <= key <= high})  # type: ignore[operator]
        return [cast(Row, row) for row in rows.values() if row is not GONE]

    def pairs(self, first_key: int | None = None) -> Iterator[tuple[Key, Row]]:
        """Keys and rows; of one payable or participant if its key is given."""
        table = self._table
        stored = self._sql.every(table) if first_key is None else self._sql.some(table, first_key)
        changed = self._changed(first_key)
        for values in stored:
            key = table.key_of(values)
            if key not in changed:
                yield key, table.read_back(values)
            elif (row := changed.pop(key)) is not GONE:
                yield key, cast(Row, row)
        for key, row in changed.items():
            if row is not GONE:
                yield key, cast(Row, row)

    def _changed(self, first_key: int | None) -> dict[Key, Row | _Gone]:
        read_back = self._table.read_back
        changed: dict[Key, Row | _Gone] = {
            key: GONE if plain is None else read_back(plain) for key, plain in self._stored.items()
        }
        changed.update(self._touched)
        if first_key is None:
            return changed
        return {key: row for key, row in changed.items() if cast(Any, key)[0] == first_key}

    def _unsupported(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a table is changed row by row")

    clear = copy = popitem = update = __ior__ = __or__ = _unsupported

    # ---- blocks and transactions

    def sealed(self) -> tuple[str, list[Any]] | None:
        """End a block: what it changed, in the order of the first changes; None for nothing."""
        if not self._touched:
            return None
        put_down, touched = self._table.put_down, self._touched
        plain = {key: None if row is GONE else put_down(key, row) for key, row in touched.items()}
        self._touched = {}
        self._stored.update(plain)
        return self._table.field, [key if one is None else one for key, one in plain.items()]

    def store(self) -> None:
        """Write what is sealed."""
        if not self._stored:
            return
        put = [plain for plain in self._stored.values() if plain is not None]
        if len(put) < len(self._stored):
            gone = [key for key, plain in self._stored.items() if plain is None]
            self._sql.drop(self._table, gone)
        if put:
            self._sql.put(self._table, put)
        self._stored = {}
        self._absent.clear()

    @property
    def young(self) -> int:
        """Rows in the younger generation of the cache."""
        return super().__len__()

    @property
    def old(self) -> int:
        """Rows in the older generation of the cache."""
        return len(self._old)

    def grow_old(self) -> None:
        """Drop the older generation of the cache and begin a younger one."""
        # Not by copying, which would ask for the keys of the whole table.
        self._old = dict(dict.items(self))
        super().clear()
        self._absent.clear()

    def fetch(self, keys: Iterable[Key]) -> None:
        """Bring rows into the cache that are about to be asked for, in one question."""
        known = (self._old, self._touched, self._stored, self._absent)
        missing = [
            key
            for key in dict.fromkeys(keys)
            if not super(Rows, self).__contains__(key) and not any(key in one for one in known)
        ]
        for values in self._sql.many(self._table, missing):
            super().__setitem__(self._table.key_of(values), self._table.read_back(values))
        self._absent.update(key for key in missing if not super(Rows, self).__contains__(key))
