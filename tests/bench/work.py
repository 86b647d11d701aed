"""What people do all day, in turn: pay, pass a part of a voucher on, accept what is offered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ledger.chain.calls import Item
from ledger.model.commands import (
    AcceptVoucher,
    Command,
    IssuePayable,
    MoveDeposit,
    Part,
    TransferVoucher,
)
from ledger.model.ids import root_voucher
from tests.cast import Cast, Member, named
from tests.views_scenario import MATURITY

__all__ = ["Deed", "Work"]

_PAYABLES: Final = 100
_PIECE: Final = 100
_ROUNDS_MAX: Final = 150
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Deed:
    """A command, who signs it, and where it is posted."""

    path: str
    member: Member
    command: Command


@dataclass(slots=True)
class Work:
    """So many commands, a third of each kind; each holds whatever has become of the others."""

    count: int
    _offered: list[tuple[int, int]] = field(default_factory=list)
    """Vouchers that Cedar may accept, with where they start."""

    def prepare(self, cast: Cast) -> None:
        """A hundred payables, of which Birch has offered Cedar a part for each acceptance."""
        rounds = -(-self.count // 3 // _PAYABLES)
        assert rounds <= _ROUNDS_MAX
        roots = [root_voucher(one) for one in range(1, _PAYABLES + 1)]
        face = _PIECE * 2 * (_ROUNDS_MAX + 1)
        terms = {"to": cast.birch.id, "bank": cast.settlement_bank.id, "face": face}
        more = {"maturity": MATURITY, "invoices": ()}
        issued = [
            cast.acme.item(IssuePayable, evidence=named(f"{one}"), **terms, **more) for one in roots
        ]
        for start in range(0, len(issued), 50):
            _carry_out(cast, issued[start : start + 50])
        taken = [cast.birch.item(AcceptVoucher, voucher=one, start=0, end=face) for one in roots]
        _carry_out(cast, taken)
        for number in range(rounds):
            parts = tuple(Part(cast.cedar.id, root, _PIECE, named("note")) for root in roots)
            offered = cast.birch.act(TransferVoucher, parts=parts).offered
            self._offered += [(voucher, number * _PIECE) for voucher in offered]

    def deeds(self, cast: Cast) -> list[Deed]:
        """The commands; they are good for an hour."""
        until = cast.ledger.now + _HOUR
        kinds = (self._payments, self._transfers, self._acceptances)
        streams = [kind(cast, until) for kind in kinds]
        return [next(streams[place % len(streams)]) for place in range(self.count)]

    def _payments(self, cast: Cast, until: int) -> Iterator[Deed]:
        people = cast.members[:5]
        bank = cast.settlement_bank.id
        for place in range(self.count):
            payer, payee = people[place % 5], people[(place + 1) % 5]
            values = {"bank": bank, "to": payee.id, "amount": 1, "purpose": named(f"{place}")}
            command = payer.make(MoveDeposit, deadline=until, **values)
            yield Deed("/v1/deposits/move", payer, command)

    def _transfers(self, cast: Cast, until: int) -> Iterator[Deed]:
        banks = (cast.delta, cast.echo)
        for place in range(self.count):
            root = root_voucher(place % _PAYABLES + 1)
            part = Part(banks[place % 2].id, root, _PIECE, named(f"delivery {place}"))
            command = cast.birch.make(TransferVoucher, parts=(part,), deadline=until)
            yield Deed("/v1/vouchers/transfer", cast.birch, command)

    def _acceptances(self, cast: Cast, until: int) -> Iterator[Deed]:
        for voucher, start in self._offered:
            bounds = {"voucher": voucher, "start": start, "end": start + _PIECE}
            command = cast.cedar.make(AcceptVoucher, deadline=until, **bounds)
            yield Deed("/v1/vouchers/accept", cast.cedar, command)


def _carry_out(cast: Cast, items: Sequence[Item]) -> None:
    for done in cast.ledger.relay(items):
        done.unwrap()
