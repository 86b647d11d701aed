"""The stage of the demonstration: a fresh ledger, and a cast that acts on it with its keys."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.calls import Item, item_of
from ledger.chain.deployment import Founder
from ledger.chain.keys import AccountKey
from ledger.chain.node import Node
from ledger.model.commands import (
    AcceptVoucher,
    Command,
    IssueDeposit,
    PledgeQuote,
    SetLimit,
    Signer,
)
from ledger.model.days import first_second, parse_day
from ledger.model.errors.base import LedgerError
from ledger.model.ids import payable_of
from ledger.model.signing import SigningKey
from ledger.model.states import Duty
from ledger.service.ledger import Ledger, Outcome
from ledger.service.party import Party
from ledger.service.running.cast import CAST
from ledger.service.running.evaluation import RULES
from ledger.views import Projection, entries, lineage_of
from ledger.views.claim_rows import Hop

__all__ = ["CAST", "FACE", "LOAN", "Act", "Stage", "Step", "Verified", "named"]

FACE: Final = 10_000_000_00
LOAN: Final = 3_000_000_00

_LINE: Final = 20_000_000_00
_HIGH_FROM: Final = 1_000_000_00
_MORNING: Final = 9 * 3600


@dataclass(frozen=True, slots=True)
class Act:
    """A command that somebody signed, and what the ledger said to it."""

    command: Command | None
    """None where nobody has to sign."""
    duties: tuple[Duty, ...]
    outcome: Outcome
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story: its acts, and the views right after it."""

    number: int
    day: int
    acts: tuple[Act, ...]
    views: Projection
    verified: "Verified | None" = None
    """What the bank found before it lent."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bank asks the ledger about the range that it is offered, and the answers."""

    day: int
    quote: PledgeQuote
    voucher: Mapping[str, Any]
    """The voucher as the contract has it."""
    payable: Mapping[str, Any]
    exposure: tuple[int, int, int]
    """The obligor's lines, what is outstanding on them, and its first unpaid due day."""
    is_disposable: bool
    """Whether its holder could dispose of it: no lien, no offer, no freeze, not due."""
    backing: tuple[tuple[int, int], ...]
    """Of each invoice behind the payable, its total and how much of it is used."""
    hops: tuple[Hop, ...]
    """How the range reached its holder."""


class Stage:
    """A fresh ledger with the cast, a line of the bank, and deposits at the settlement bank."""

    def __init__(self, *, progress: Callable[[str], None] = lambda _: None) -> None:
        self._day = parse_day("2026-03-02")
        node = Node.in_process(start=first_second(self._day) + _MORNING)
        keys = [(AccountKey.random(), AccountKey.random()) for _ in CAST]
        founders = [_founder(name, pair) for name, pair in zip(CAST, keys, strict=True)]
        self.ledger = Ledger.deploy(node, founders, RULES, progress=progress)
        self.parties = {
            name: Party(self.ledger, number, dict(enumerate(pair)))
            for number, (name, pair) in enumerate(zip(CAST, keys, strict=True), start=1)
        }
        self._endow()

    def __getitem__(self, name: str) -> Party:
        return self.parties[name]

    def views(self) -> Projection:
        """The views of everything so far."""
        return Projection(entries(self.ledger.events(), self.ledger.node.block_second))

    def on(self, date: str) -> None:
        """Nine in the morning of a date."""
        self._day = parse_day(date)
        self.ledger.node.advance_to(first_second(self._day) + _MORNING)

    def act(self, name: str, kind: type[Command], *more: Any, **values: Any) -> Act:
        """Have a party sign and the ledger answer; an answer to an offer needs one signer."""
        party = self.parties[name]
        signers = [0] if kind is AcceptVoucher else sorted(party.keys)
        command = party.make(kind, **values)
        item = item_of(party.sign(command, signers=signers), *more)
        return self._relayed(command, item, signers)

    def forge(self, name: str, kind: type[Command], **values: Any) -> Act:
        """Have a stranger sign in a party's name with keys of its own."""
        stranger: dict[int, SigningKey] = {number: AccountKey.random() for number in (0, 1)}
        party = Party(self.ledger, self.parties[name].id, stranger)
        command = party.make(kind, **values)
        act = self._relayed(command, item_of(party.sign(command)), (0, 1))
        return Act(act.command, act.duties, act.outcome, is_forged=True)

    def step(self, number: int, acts: Sequence[Act], verified: Verified | None = None) -> Step:
        """Close a step."""
        return Step(number, self._day, tuple(acts), self.views(), verified)

    def verify(self, quote: PledgeQuote) -> Verified:
        """Ask the contracts about a range, and the views how it came to be."""
        ledger, views = self.ledger, self.views()
        payable_id = payable_of(quote.voucher)
        payable = ledger.payable(payable_id)
        invoices = [one for one in views.state.invoices.values() if payable_id in dict(one.uses)]
        try:
            ledger.ask("Vouchers", "requireDisposable", quote.voucher, quote.taker)
            is_disposable = True
        except LedgerError:
            is_disposable = False
        return Verified(
            day=ledger.today,
            quote=quote,
            voucher=ledger.voucher(quote.voucher),
            payable=payable,
            exposure=ledger.ask("Exposure", "exposureOf", payable["obligor"]),
            is_disposable=is_disposable,
            backing=tuple(ledger.ask("Invoices", "invoiceOf", one.fingerprint) for one in invoices),
            hops=lineage_of(views, voucher=quote.voucher).root.hops,
        )

    def _relayed(self, command: Command, item: Item, signers: Sequence[int]) -> Act:
        [outcome] = self.ledger.relay([item])
        duties = tuple((Duty.MAKER, Duty.CHECKER)[one] for one in signers)
        return Act(command, duties, outcome)

    def _endow(self) -> None:
        items = [self["bank"].item(SetLimit, obligor=self["core"].id, amount=_LINE)]
        for name, amount in (("core", FACE), ("bank", LOAN)):
            items.append(
                self["settlement"].item(
                    IssueDeposit,
                    to=self[name].id,
                    amount=amount,
                    payment_reference=named(f"opening deposit {name}"),
                )
            )
        for outcome in self.ledger.relay(items):
            outcome.unwrap()


def _founder(name: str, keys: Sequence[AccountKey]) -> Founder:
    duties = (Duty.MAKER, Duty.CHECKER)
    return Founder(
        roles=int(CAST[name].role),
        identity=named(name),
        recovery_bank=0,
        threshold_low=1,
        threshold_high=2,
        high_from=_HIGH_FROM,
        signers=tuple(
            Signer(key.key, int(duty), 0, named(f"{name} {duty}"))
            for key, duty in zip(keys, duties, strict=True)
        ),
    )


def named(text: str) -> bytes:
    """A commitment that stands for a document of the demonstration."""
    return hashlib.sha256(text.encode()).digest()
