"""The author of a random book: it writes a step and lets the oracle run it."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.oracle.book import Oracle
from tests.oracle.loan import Loan
from tests.oracle.payable import Payable
from tests.oracle.random_world import random_world
from tests.oracle.voucher import Voucher

__all__ = ["Author", "Move", "Step"]

Step = dict[str, Any]

NAME_FIELDS = {"payable": "P", "as": "V", "id": "F"}


class Author:
    """Random choices over what is alive in the book so far."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.book = random_world(self.rng, f"Random chain {seed}")
        self.oracle = Oracle(self.book)
        self.today = date(2026, 1, 5)
        self.name_count = 0
        self.sales: list[str] = []
        self.refused_names: dict[str, list[str]] = {"P": [], "V": [], "F": []}
        self.renamed: list[str] = []

    def write(self, step: Step) -> str | None:
        """Append a step, run it, and remember the names it did not introduce or made unknown."""
        steps = self.book["steps"]
        steps.append({"on": self.today.isoformat(), **step})
        known = list(self.oracle.vouchers)
        code = self.oracle.step(len(steps) - 1)
        if code is not None:
            for name_field in [field for field in NAME_FIELDS if field in step]:
                self._forget(step["do"], name_field, step[name_field])
        elif step["do"] == "sell":
            self.sales.append(step["id"])
        self.renamed += [name for name in known if name not in self.oracle.vouchers]
        return code

    def _forget(self, verb: str, name_field: str, name: str) -> None:
        is_new = verb == "issue" or (name_field != "payable" and verb != "repay")
        kind = NAME_FIELDS[name_field]
        if is_new and not self._is_taken(name):
            self.refused_names[kind].append(name)

    def _is_taken(self, name: str) -> bool:
        oracle = self.oracle
        tables = (oracle.payables, oracle.vouchers, oracle.loans, self.sales, self.renamed)
        return any(name in table for table in tables)

    def move_date(self) -> None:
        """Stay, go on a few days, or jump to where something happens; then let time pass."""
        roll = self.rng.random()
        if roll < 0.28:
            self.today += timedelta(days=self.rng.randint(1, 3))
        elif roll < 0.40:
            days = [d for d in self._turning_points() if d > self.today]
            self.today = min(days, default=self.today)
        elif roll < 0.43:
            self.today += timedelta(days=self.rng.randint(4, 15))
        self.oracle.pass_time(self.today)

    def _turning_points(self) -> list[date]:
        if self.chance(0.2):
            offers = (v.offered_on for v in self.oracle.vouchers.values())
            return [day + self.oracle.state.rules.offer_days for day in offers if day]
        live = [payable.maturity for payable in self.payables("live")]
        return [day + timedelta(days=shift) for day in live for shift in (-1, 0, 0, 1)]

    # ---- choices

    def chance(self, probability: float) -> bool:
        """True so often."""
        return self.rng.random() < probability

    def pick(self, choices: Sequence[Any]) -> Any:
        """One of the choices, or None of none."""
        return self.rng.choice(choices) if choices else None

    def fresh(self, kind: str) -> str:
        """A new name; now and then one that a refused step failed to introduce."""
        again = [name for name in self.refused_names[kind] if not self._is_taken(name)]
        if again and self.chance(0.2):
            return str(self.rng.choice(again))
        self.name_count += 1
        return f"{kind}{self.name_count}"

    def ghost(self, kind: str) -> str:
        """A name that is unknown: refused, renamed away, a sale's, or never heard of."""
        tables: dict[str, Any] = {
            "P": self.oracle.payables, "V": self.oracle.vouchers, "F": self.oracle.loans,
        }  # fmt: skip
        names = [*self.refused_names[kind], f"{kind}0"]
        names += {"P": [], "V": self.renamed, "F": self.sales}[kind]
        return str(self.rng.choice([name for name in names if name not in tables[kind]]))

    def parties(self, *roles: str, but: tuple[str, ...] = ()) -> list[str]:
        """Parties with one of the roles, except some."""
        return [
            party["id"]
            for party in self.book["parties"]
            if party["id"] not in but and set(roles).intersection(party["roles"])
        ]

    def others(self, *but: str) -> list[str]:
        """All parties except some."""
        return [party["id"] for party in self.book["parties"] if party["id"] not in but]

    def part(self, length: int) -> int:
        """Some of a length, the edges more often than their due."""
        middle = self.rng.randint(1, length)
        edges = [1, max(length - 1, 1), length, length, length]
        return self.rng.choice([*edges, middle, middle, middle, middle, middle])

    def yearly(self) -> str:
        """A permitted yearly rate."""
        odd = f"0.{self.rng.randint(0, 360_000):06d}"
        return str(self.rng.choice(["0", "0.36", "0.04", "0.0385", "0.036", odd, odd, odd]))

    # ---- what is alive

    def payables(self, *states: str) -> list[Payable]:
        """Payables in one of the states."""
        return [p for p in self.oracle.payables.values() if p.state in states]

    def vouchers(self, *states: str, where: Callable[[Voucher], bool] | None = None) -> list[str]:
        """Names of the vouchers in one of the states for which `where` holds."""
        return [
            name
            for name, voucher in self.oracle.vouchers.items()
            if voucher.state in states and (where is None or where(voucher))
        ]

    def movable(self, where: Callable[[Voucher], bool] | None = None) -> list[str]:
        """Names of the held vouchers whose payable's maturity is still to come."""
        names = self.vouchers("held", where=where)
        return [name for name in names if not self.is_mature(self.oracle.vouchers[name].payable)]

    def is_mature(self, payable: Payable) -> bool:
        """Whether the maturity day has come."""
        return self.today >= payable.maturity

    def loans(self, where: Callable[[Loan], bool]) -> list[str]:
        """Ids of the loans for which `where` holds."""
        return [name for name, loan in self.oracle.loans.items() if where(loan)]

    def larger(self, names: list[str]) -> str | None:
        """A voucher of the names, the larger of two more often."""
        if not names:
            return None
        two = [self.rng.choice(names) for _ in range(self.rng.choice([1, 2, 2]))]
        return max(two, key=lambda name: self.oracle.vouchers[name].length)


Move = Callable[[Author], Step | None]
