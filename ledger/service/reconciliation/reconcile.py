"""The chain, our rows and the deposits compared fund by fund; what differs is told.

A chain that goes on while it is asked differs for a moment. What differs is looked at again, with
the rows as they stand then; what is wrong stays wrong.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from ledger.chain.artifacts import artifact
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, Question
from ledger.chain.transactions import Reverted
from ledger.model.figures import amount_text
from ledger.model.structs import snake_case
from ledger.service.reconciliation.matter import MONEY, Figures, Matter
from ledger.service.reconciliation.matters import MATTERS
from ledger.store.cursor import cursor
from ledger.store.database import Database

__all__ = ["Difference", "Pace", "Reconciled", "reconcile"]

_PAGE: Final = 200
"""Records that are asked for together."""

_LOOKS: Final = 5
"""How often what differs is looked at before it is told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that is not the same on both sides."""

    matter: str
    key: str
    """The record, as people read it."""
    figure: str
    """What differs; `exists` where one side has no such record."""
    on_chain: int
    in_rows: int

    @property
    def amount(self) -> int:
        """By how many fen the sides differ; 0 for what is no money."""
        return abs(self.on_chain - self.in_rows) if self.figure in MONEY else 0


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found."""

    block: int
    """The block at which our rows stood at the end."""
    compared: Mapping[str, int]
    """Records of each matter."""
    differences: tuple[Difference, ...] = field(default=())

    @property
    def amount(self) -> int:
        """By how many fen the sides differ in all."""
        return sum(one.amount for one in self.differences)

    @property
    def is_right(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def to_json(self) -> dict[str, Any]:
        """The same in plain JSON; the difference is `0.00` when all is right."""
        return {
            "block": self.block,
            "compared": dict(self.compared),
            "difference": amount_text(self.amount),
            "differences": [
                {
                    "matter": one.matter,
                    "record": one.key,
                    "figure": one.figure,
                    "on_chain": _text(one.figure, one.on_chain),
                    "in_rows": _text(one.figure, one.in_rows),
                }
                for one in self.differences
            ],
        }


def _text(figure: str, value: int) -> str:
    return amount_text(value) if figure in MONEY else str(value)


@dataclass(frozen=True, slots=True)
class Pace:
    """What whoever compares does meanwhile; no transaction is open then that writes."""

    settle: Callable[[], None] = lambda: None
    """Before what differs is looked at again: waits, or reads what is new."""
    beat: Callable[[], None] = lambda: None
    """After each page of records."""


def reconcile(
    database: Database,
    endpoint: Endpoint,
    deployment: Deployment,
    *,
    sample: int | None = None,
    pace: Pace | None = None,
) -> Reconciled:
    """Compare everything, or so many records of each matter, chosen at random.

    Raises what the endpoint and the database raise.
    """
    asker, pace = _Asker(endpoint, deployment), pace or Pace()
    compared: dict[str, int] = {}
    left: dict[str, list[Any]] = {}
    for matter in MATTERS:
        with database.reading() as connection:
            keys: Iterable[Any] = matter.keys(connection, asker.ask)
            if sample is not None:
                keys = _sampled(list(keys), sample)
            count, wrong = 0, []
            for some in _pages(keys):
                count += len(some)
                wrong += list(_differing(database, asker, matter, some))
                pace.beat()
        compared[matter.name] = count
        if wrong:
            left[matter.name] = list(dict.fromkeys(key for key, _ in wrong))
    differences = _looked_at_again(database, asker, left, pace)
    with database.reading() as connection:
        return Reconciled(cursor(connection).number, compared, tuple(differences))


def _looked_at_again(
    database: Database, asker: "_Asker", left: dict[str, list[Any]], pace: Pace
) -> list[Difference]:
    differences: list[Difference] = []
    for _ in range(_LOOKS):
        if not left:
            return []
        pace.settle()
        differences = []
        still: dict[str, list[Any]] = {}
        for matter in MATTERS:
            for some in _pages(left.get(matter.name, ())):
                for key, found in _differing(database, asker, matter, some):
                    differences.append(found)
                    still.setdefault(matter.name, []).append(key)
                pace.beat()
        left = {name: list(dict.fromkeys(keys)) for name, keys in still.items()}
    return differences


def _differing(
    database: Database, asker: "_Asker", matter: Matter, keys: Sequence[Any]
) -> Iterator[tuple[Any, Difference]]:
    """Keys whose figures are not the same, and which figures."""
    answers = asker.answers(matter, keys)
    with database.reading() as connection:
        rows = matter.rows(connection, keys, cursor(connection).second)
    for key, answer in zip(keys, answers, strict=True):
        row = rows.get(key)
        for figure, on_chain, in_rows in _unequal(answer, row):
            found = Difference(matter.name, matter.named(key), figure, on_chain, in_rows)
            yield key, found


def _unequal(answer: Figures | None, row: Figures | None) -> Iterator[tuple[str, int, int]]:
    if answer is None or row is None:
        if answer is not row:
            yield "exists", int(answer is not None), int(row is not None)
        return
    for figure, on_chain in answer.items():
        if row[figure] != on_chain:
            yield figure, on_chain, row[figure]


class _Asker:
    """Asks views of the contracts, many at once."""

    def __init__(self, endpoint: Endpoint, deployment: Deployment) -> None:
        self._endpoint, self._deployment = endpoint, deployment

    def ask(self, contract: str, function: str, *values: Any) -> Any:
        """One answer; records come as dictionaries with snake_case names."""
        entry = artifact(contract).functions[function]
        return _snake(entry.answer(self._endpoint.call(self._question(contract, function, values))))

    def answers(self, matter: Matter, keys: Sequence[Any]) -> list[Figures | None]:
        """The figures of each key; None for a record that the contract does not know."""
        entry = artifact(matter.contract).functions[matter.function]
        questions = [
            self._question(
                matter.contract, matter.function, key if isinstance(key, tuple) else (key,)
            )
            for key in keys
        ]
        found = self._endpoint.calls(questions)
        return [
            None if isinstance(one, Reverted) else matter.figures(_snake(entry.answer(one)))
            for one in found
        ]

    def _question(self, contract: str, function: str, values: tuple[Any, ...]) -> Question:
        entry = artifact(contract).functions[function]
        return Question(self._deployment.address(contract), entry.call(*values))


def _sampled(keys: list[Any], count: int) -> list[Any]:
    return keys if len(keys) <= count else random.sample(keys, count)


def _pages(keys: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(keys)
    while some := list(islice(rest, _PAGE)):
        yield some


def _snake(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {snake_case(name): _snake(value) for name, value in answer.items()}
    return tuple(map(_snake, answer)) if isinstance(answer, tuple) else answer
