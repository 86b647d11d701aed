"""What is said to an engine about view tables, in its own words and many rows at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.engine import Connection

from ledger.store.bulk import Insertion, array_type, quoted
from ledger.store.columns import Plain, as_stored
from ledger.store.rows import ViewTable

__all__ = ["LIVE", "ViewSql"]

LIVE: Final = "v_"
"""What the names of the tables in use begin with; a rebuild fills others meanwhile."""

_WRITTEN_ONCE: Final = frozenset(
    {"demands", "executed", "hops", "movements", "payments", "redemptions", "refused",
     "settlements", "turn_backs"}
)  # fmt: skip
"""Tables whose rows never change."""

_MANY: Final = 500
"""Keys that one statement names."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The statements about one table."""

    one: str
    every: str
    some: str
    last: str
    count: str
    put: Insertion
    drop: str


_SAID: Final[defaultdict[tuple[str, str], dict[str, _Said]]] = defaultdict(dict)
"""What is said to an engine under a prefix, by table: it is put into words once a process."""


class ViewSql:
    """The view tables of one connection; `bind` names it before anything is asked."""

    def __init__(self, dialect: str, *, prefix: str = LIVE) -> None:
        self._is_sqlite = dialect == "sqlite"
        self._prefix = prefix
        self._said = _SAID[dialect, prefix]
        self._connection: Connection | None = None

    def bind(self, connection: Connection) -> None:
        """Ask and write on this connection from now on."""
        self._connection = connection

    @property
    def connection(self) -> Connection:
        """The connection in use."""
        if self._connection is None:
            raise RuntimeError("no connection is bound")
        return self._connection

    # ---- questions

    def one(self, table: ViewTable, key: Any) -> Sequence[Any] | None:
        """The stored row of a key."""
        found: Sequence[Any] | None = self._ask(self._of(table).one, table.key_stored(key)).first()
        return found

    def many(self, table: ViewTable, keys: Iterable[Any]) -> Iterator[Sequence[Any]]:
        """The stored rows of keys that are one column each; those that there are."""
        column = quoted(table.keys[0])
        for some in _parts([table.key_stored(key)[0] for key in keys]):
            text = f"{self._select(table)} WHERE {column} IN ({self._marks(len(some))})"
            yield from self._ask(text, some)

    def every(self, table: ViewTable) -> Iterator[Sequence[Any]]:
        """All stored rows in the order of their keys."""
        yield from self._ask(self._of(table).every, ())

    def some(self, table: ViewTable, first_key: int) -> Iterator[Sequence[Any]]:
        """The stored rows of one payable or participant in the order of their keys."""
        yield from self._ask(self._of(table).some, as_stored((first_key,)))

    def between(self, table: ViewTable, low: Any, high: Any) -> Iterator[Sequence[Any]]:
        """The stored rows whose keys of one column lie in a range, in their order."""
        key = quoted(table.keys[0])
        text = f"{self._select(table)} WHERE {key} BETWEEN {self._mark} AND {self._mark}"
        yield from self._ask(f"{text} ORDER BY {key}", as_stored((low, high)))

    def next_place(self, table: ViewTable, *keys: int) -> int:
        """How many places of a list are taken."""
        last = self._ask(self._of(table).last, as_stored(keys)).scalar()
        return 0 if last is None else int(last) + 1

    def count(self, table: ViewTable) -> int:
        """How many rows are stored."""
        return int(self._ask(self._of(table).count, ()).scalar() or 0)

    def standing(self) -> str | None:
        """The row of what is no table."""
        found = self._ask(f"SELECT standing FROM {quoted(self._prefix + 'standing')}", ())
        return found.scalar()  # type: ignore[no-any-return]

    def _ask(self, text: str, values: Plain) -> Any:
        return self.connection.exec_driver_sql(text, values)

    # ---- changes

    def put(self, table: ViewTable, rows: list[Plain]) -> None:
        """Store rows, new ones and changed ones."""
        self._of(table).put.run(self.connection, rows)

    def drop(self, table: ViewTable, keys: Iterable[Any]) -> None:
        """Delete the rows of keys."""
        stored = [table.key_stored(key) for key in keys]
        if len(table.keys) > 1:
            self.connection.exec_driver_sql(self._of(table).drop, stored)
            return
        name, column = quoted(self._prefix + table.field), quoted(table.keys[0])
        for some in _parts([key for (key,) in stored]):
            self._ask(f"DELETE FROM {name} WHERE {column} IN ({self._marks(len(some))})", some)

    def stand(self, standing: str) -> None:
        """Store the row of what is no table."""
        name, mark = quoted(self._prefix + "standing"), self._mark
        self._ask(
            f"INSERT INTO {name} (id, standing) VALUES (1, {mark}) "
            "ON CONFLICT (id) DO UPDATE SET standing = excluded.standing",
            (standing,),
        )

    # ---- words

    def _of(self, table: ViewTable) -> _Said:
        said = self._said.get(table.field)
        if said is None:
            said = self._said[table.field] = self._statements(table)
        return said

    def _statements(self, table: ViewTable) -> _Said:
        name = quoted(self._prefix + table.field)
        keys = [quoted(key) for key in table.keys]
        is_key = " AND ".join(f"{key} = {self._mark}" for key in keys)
        of_first = f" WHERE {keys[0]} = {self._mark}" if len(keys) > 1 else ""
        order = ", ".join(self._ordered(table, key) for key in table.keys)
        return _Said(
            one=f"{self._select(table)} WHERE {is_key}",
            every=f"{self._select(table)} ORDER BY {order}",
            some=f"{self._select(table)}{of_first} ORDER BY {order}",
            last=f"SELECT max({keys[-1]}) FROM {name}{of_first}",
            count=f"SELECT count(*) FROM {name}",
            put=self._put(table, name),
            drop=f"DELETE FROM {name} WHERE {is_key}",
        )

    def _select(self, table: ViewTable) -> str:
        columns = ", ".join(quoted(column) for column in table.columns)
        return f"SELECT {columns} FROM {quoted(self._prefix + table.field)}"

    def _put(self, table: ViewTable, name: str) -> Insertion:
        columns = tuple(table.table.c[column] for column in table.columns)
        if table.field in _WRITTEN_ONCE:
            # Whatever is read twice is refused by its key.
            return Insertion(name, columns, are_wide=True)
        keys = ", ".join(map(quoted, table.keys))
        rest = [quoted(column) for column in table.columns if column not in table.keys]
        changed = ", ".join(f"{column} = excluded.{column}" for column in rest)
        conflict = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
        return Insertion(name, columns, f"ON CONFLICT ({keys}) {conflict}", are_wide=True)

    def _ordered(self, table: ViewTable, key: str) -> str:
        """Text in the order of its bytes, whatever the database's language."""
        is_text = not self._is_sqlite and array_type(table.table.c[key]) == "text"
        return quoted(key) + (' COLLATE "C"' if is_text else "")

    @property
    def _mark(self) -> str:
        return "?" if self._is_sqlite else "%s"

    def _marks(self, count: int) -> str:
        return ", ".join([self._mark] * count)


def _parts(keys: Sequence[Any]) -> Iterator[Plain]:
    """Keys, so many that one statement names them."""
    for start in range(0, len(keys), _MANY):
        yield tuple(keys[start : start + _MANY])
