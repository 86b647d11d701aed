"""Running a book: a new ledger, then step by step what its parties sign."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from ledger.books.acts import ACTS, Scene
from ledger.books.cast import ITEMS_MAX, Cast, relay_all
from ledger.books.checks import check_book, check_step
from ledger.books.names import NameTaken
from ledger.books.outcomes import outcome
from ledger.books.places import Place
from ledger.chain.artifacts import CONTRACTS
from ledger.chain.deployment import VERIFIERS
from ledger.chain.node import Node
from ledger.model.days import day_of, first_second
from ledger.model.errors.service import ClockFixed
from ledger.model.ids import root_voucher
from ledger.service.ledger import Ledger, Outcome
from ledger.service.party import Party

__all__ = ["BookRun", "Progress", "run", "start"]

Progress = Callable[[int, int], None]
"""Hears how much is done and how much there is to do."""

_OPENING_SECONDS: Final = 9 * 3600
"""Steps happen from nine in the morning on."""

_SETUP_SECONDS: Final = 3600
"""What stands before the first step: the contracts, the limits, the deposits."""

_DATE_OF_NO_STEPS: Final = date(2000, 1, 1)

# The contracts, and the limits and deposits as one more.
_SETUP_COUNT: Final = len(CONTRACTS) + len(VERIFIERS) + 1


class BookRun:
    """A book and what it has come to; `book["steps"]` may grow while it runs."""

    def __init__(
        self, book: dict[str, Any], cast: Cast, *, today: date, progress: Progress | None = None
    ) -> None:
        self.book = book
        self.ledger: Ledger = cast.ledger
        self.parties: dict[str, Party] = cast.parties
        self.refused: list[dict[str, Any]] = []
        self.today = today
        self.next_step = 0
        self._progress = progress
        self._cast = cast
        self._scene = Scene(cast)
        self._names = self._scene.names
        self._offered: set[int] = set()
        self._outcome: dict[str, Any] | None = None

    @property
    def vouchers(self) -> dict[str, int]:
        """Every voucher by its present name, closed ones too."""
        return self._names.vouchers

    @property
    def payables(self) -> dict[str, int]:
        """Every payable by its name."""
        return self._names.payables

    @property
    def loans(self) -> dict[str, int]:
        """Every loan by its id, closed ones too."""
        return self._names.loans

    @property
    def outcome(self) -> dict[str, Any]:
        """The outcome object as of the last date, read off the ledger."""
        if self._outcome is None:
            self._outcome = outcome(self._cast, self._names, self.refused)
        return self._outcome

    def step(self, index: int) -> str | None:
        """Run the next step; return None, or the code of its refusal."""
        if index != self.next_step:
            raise ValueError(f"step {index} out of order: the next one is {self.next_step}")
        step = self.book["steps"][index]
        on = check_step(index, step, self.parties, self.today)
        self.next_step += 1
        self.pass_time(on)
        code = self._act(step) if step["do"] in ACTS else None
        if code is not None:
            self.refused.append({"step": index, "code": code})
        if self._progress is not None:
            self._progress(_SETUP_COUNT + index + 1, _SETUP_COUNT + len(self.book["steps"]))
        return code

    def pass_time(self, today: date) -> None:
        """Move to nine o'clock of a date; root offers whose time is up lapse."""
        if today < self.today:
            raise ValueError(f"the date goes back from {self.today} to {today}")
        self._outcome = None
        is_new_day, self.today = today != self.today, today
        day = day_of(today)
        self.ledger.node.advance_to(first_second(day) + _OPENING_SECONDS)
        if self.ledger.today != day:
            raise ClockFixed()
        if is_new_day:
            self._lapse()

    def finish(self) -> "BookRun":
        """Run the steps that are left."""
        while self.next_step < len(self.book["steps"]):
            self.step(self.next_step)
        return self

    # ---- private

    def _act(self, step: dict[str, Any]) -> str | None:
        item = ACTS[step["do"]](self._scene, step)
        [done] = self.ledger.relay([item])
        if done.refusal is not None:
            return done.refusal.code
        try:
            self._names.learn(step, done.events)
        except NameTaken as taken:
            place = Place(f"step {self.next_step - 1} ({step['do']})")
            raise place.refusal(taken.field, taken.name, "a new name") from None
        self._follow(step, done)
        return None

    def _follow(self, step: dict[str, Any], done: Outcome) -> None:
        """What a step that was carried out has the runner remember or do."""
        for event in done.events:
            if event.name == "PayableIssued":
                payable = event.values["payable_id"]
                self._offered.add(payable)
                self._scene.note_backing(payable, step)
            elif event.name in ("PayableAccepted", "PayableCancelled"):
                self._offered.discard(event.values["payable_id"])
        if step["do"] == "pay":
            self._settle(self.payables[step["payable"]])

    def _settle(self, payable: int) -> None:
        """Distribute a payment to every open voucher, and see that each one has had its share."""
        vouchers = self._names.open_of(payable)
        for start in range(0, len(vouchers), ITEMS_MAX):
            chunk = vouchers[start : start + ITEMS_MAX]
            settled = self.ledger.carry_out(self.ledger.call("Settlement", "settle", chunk))
            reached = {
                one.values["voucher"] for one in settled.events if one.name == "VoucherSettled"
            }
            if reached != set(chunk):
                raise RuntimeError(f"not settled: vouchers {sorted(set(chunk) - reached)}")

    def _lapse(self) -> None:
        """Cancel payables whose root offer may no longer be answered; parts lapse by themselves."""
        ended = [
            payable
            for payable in sorted(self._offered)
            if self.ledger.ask("Vouchers", "offerOf", root_voucher(payable)) == (0, 0)
        ]
        backing = self._scene.backing
        relay_all(
            self.ledger,
            [self.ledger.call("Offers", "lapse", one, list(backing[one])) for one in ended],
        )
        self._offered.difference_update(ended)


def start(
    book: dict[str, Any], *, node: Node | None = None, progress: Progress | None = None
) -> BookRun:
    """Check a book and put its parties, limits and deposits on a new ledger.

    Without a node the chain is a fresh one in this process.
    """
    check_book(book)
    steps = book["steps"]
    today = date.fromisoformat(steps[0]["on"]) if steps else _DATE_OF_NO_STEPS
    opening = first_second(day_of(today)) + _OPENING_SECONDS
    if node is None:
        node = Node.in_process(start=opening)
    node.advance_to(opening - _SETUP_SECONDS)
    if node.now > opening:
        raise ClockFixed()
    total = _SETUP_COUNT + len(steps)
    heard: list[str] = []

    def deployed(contract: str) -> None:
        heard.append(contract)
        if progress is not None:
            progress(len(heard), total)

    cast = Cast.deploy(book, node, progress=deployed)
    cast.endow(book["limits"])
    if progress is not None:
        progress(_SETUP_COUNT, total)
    return BookRun(book, cast, today=today, progress=progress)


def run(
    book: dict[str, Any], *, node: Node | None = None, progress: Progress | None = None
) -> BookRun:
    """Run a whole book; what it has come to is the run's `outcome`."""
    return start(book, node=node, progress=progress).finish()
