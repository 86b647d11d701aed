"""The stage: one random world on a chain of its own, with the oracle beside it step by step."""

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from ledger.books import start
from ledger.model.days import day_of, first_second
from tests.machine.checks import Checks
from tests.machine.quick_node import QuickNode
from tests.machine.tally import Tally
from tests.oracle.author import Author, Step
from tests.oracle.faults import spoil
from tests.oracle.mistakes import MISTAKES
from tests.oracle.money import text
from tests.oracle.moves import MOVES

__all__ = ["Stage"]

_SLIPS = 0.15
"""How often a step that should be good is a mistake after all."""

_TALE = 12
"""The last steps that a failure shows."""


class Stage:
    """Writes a book as it runs, on the contracts and on the oracle, and compares step by step."""

    def __init__(self, seed: int, tally: Tally, *, full_every: int) -> None:
        self.author = Author(seed)
        self.book = self.author.book
        self.oracle = self.author.oracle
        self.tally = tally
        self.full_every = full_every
        self.author.write({"do": "wait"})
        opening = first_second(day_of(self.author.today)) + 9 * 3600
        self.node: Any = QuickNode.in_process(start=opening - 2 * 3600)
        self.run = start(self.book, node=self.node)
        self.run.step(0)
        self.contracts = list(self.run.ledger.deployment.addresses.values())
        self.checks = Checks(self)
        self.since_full = 0
        self.has_failed = False
        tally.examples += 1

    # ---- what rules ask for

    def good(self, verb: str, seed: int) -> None:
        """A step of the verb that the rules should accept; of any verb if that cannot be now."""
        author = self._begin(seed)
        step = self._slip(verb) if author.chance(_SLIPS) else MOVES[verb][1](author)
        while step is None:
            verbs = list(MOVES)
            [verb] = author.rng.choices(verbs, [weight for weight, _ in MOVES.values()])
            step = MOVES[verb][1](author)
        self.do(step)

    def _slip(self, verb: str) -> Step | None:
        """A mistake of the verb, or of any other where it has none that can be made now."""
        kinds = [kind for kind in MISTAKES if kind[0] == verb] or list(MISTAKES)
        return MISTAKES[self.author.pick(kinds)](self.author)

    def mistake(self, kind: tuple[str, str], seed: int, *, is_spoiled: bool) -> None:
        """A step that the rules should refuse in a certain way; a good one if none is possible."""
        author = self._begin(seed)
        step = MISTAKES[kind](author)
        if step is None:
            self.good(kind[0], seed)
        else:
            self.do(spoil(author, step) if is_spoiled else step)

    def edge(self, verb: str, seed: int) -> None:
        """A good step with an edge amount, or with somebody else in one of its places."""
        author = self._begin(seed)
        step = MOVES[verb][1](author)
        if step is None:
            self.good(verb, seed)
            return
        amounts = [name for name in ("amount", "principal", "face", "release") if name in step]
        sides = [name for name in ("from", "to", "by", "obligor") if name in step]
        if amounts and (not sides or author.chance(0.7)):
            voucher = self.oracle.vouchers.get(str(step.get("voucher")))
            whole = voucher.length if voucher else author.rng.randint(2, 10**7)
            step[author.pick(amounts)] = text(author.pick([0, 1, whole - 1, whole, whole + 1]))
            if "as" in step:
                step["as"] = author.fresh("V")
        elif sides:
            step[author.pick(sides)] = author.pick(author.others())
        self.do(step)

    def leap(self, shift: int, seed: int) -> None:
        """Go to the day before, of or after some payable's maturity, and do something good."""
        author = self.author
        author.rng = Random(seed)
        days = [p.maturity + timedelta(days=shift) for p in author.payables("live", "offered")]
        day = min((day for day in days if day >= author.today), default=author.today)
        author.today = day
        author.oracle.pass_time(day)
        self.tally.situations[f"maturity {shift:+}"] += 1
        kinds = ["pay", "transfer", "recourse", "repay", "accept", "wait", "pledge", "redeem"]
        step = MOVES[author.pick(kinds)][1](author)
        self.do(step or {"do": "wait"})

    # ---- one step

    def do(self, step: Step) -> str | None:
        """Run a step on both sides; they must agree on it and on all it has brought about."""
        with self.telling():
            index = len(self.book["steps"])
            self.run.pass_time(self.author.today)
            before = self.node.storage(self.contracts)
            expected, actual = self._run(index, step)
            assert actual == expected, f"step {index}: chain says {actual}, oracle {expected}"
            if actual is not None:
                assert self.node.storage(self.contracts) == before, "a refused step left a trace"
            self.tally.count(step["do"], actual)
            # What left no trace needs no second look.
            self.after(step["do"], None if actual else self._payable_of(step))
        return actual

    def _run(self, index: int, step: Step) -> tuple[str | None, str | None]:
        expected = self.author.write(step)
        return expected, self.run.step(index)

    def after(self, verb: str, payable: str | None) -> None:
        """The checks after a step about a payable."""
        self.checks.after(verb, payable)
        self.since_full += 1
        if self.since_full >= self.full_every:
            self.finish()

    def finish(self) -> None:
        """The checks of everything."""
        if self.since_full and not self.has_failed:
            with self.telling():
                self.checks.full()
                self.tally.full_checks += 1
            self.since_full = 0

    # ---- private

    def _begin(self, seed: int) -> Author:
        self.author.rng = Random(seed)
        self.author.move_date()
        return self.author

    def _payable_of(self, step: Step) -> str | None:
        oracle = self.oracle
        if "payable" in step:
            return step["payable"] if step["payable"] in oracle.payables else None
        if step.get("id") in oracle.loans:
            return oracle.loans[step["id"]].voucher.payable.name
        names = [step.get("as"), step.get("voucher")]
        voucher = next((oracle.vouchers[one] for one in names if one in oracle.vouchers), None)
        return voucher.payable.name if voucher else None

    @contextmanager
    def telling(self) -> Iterator[None]:
        """A failure says where its book is and how it ended."""
        try:
            yield
        except Exception as failure:
            if not self.has_failed:
                self.has_failed = True
                failure.add_note(self._tale())
            raise

    def _tale(self) -> str:
        path = Path(tempfile.gettempdir()) / f"fenbook-machine-{os.getpid()}.json"
        book: dict[str, Any] = {**self.book, **self.besides(), "expect": self.oracle.outcome()}
        path.write_text(json.dumps(book, ensure_ascii=False, indent=1), "utf-8")
        first = max(0, len(self.book["steps"]) - _TALE)
        steps = [json.dumps(step, ensure_ascii=False) for step in self.book["steps"][first:]]
        shown = "\n".join(f"  {first + number}: {step}" for number, step in enumerate(steps))
        return f"the book: {path} (fenbook book check {path}); its last steps:\n{shown}"

    def pending_of(self, payable: int) -> int:
        """What is set aside of a payable's payments, by its number."""
        del payable
        return 0

    def besides(self) -> dict[str, Any]:
        """What was done that no book can say."""
        return {}
