"""The names that a book gives to what the ledger numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.chain.codec import Event
from ledger.model.ids import payable_of, root_voucher

__all__ = ["UNKNOWN", "NameTaken", "Names"]

UNKNOWN: Final = 0
"""A number that the ledger gives to nothing; an unknown name goes to it as this."""


class NameTaken(Exception):
    """A step has brought about something under a name that another thing has."""

    def __init__(self, field: str, name: str) -> None:
        super().__init__(name)
        self.field = field
        self.name = name


@dataclass(slots=True)
class Names:
    """What was made so far, by its present name; closed vouchers keep theirs."""

    vouchers: dict[str, int] = field(default_factory=dict)
    payables: dict[str, int] = field(default_factory=dict)
    loans: dict[str, int] = field(default_factory=dict)
    sales: set[str] = field(default_factory=set)
    redeemed: set[int] = field(default_factory=set)

    def learn(self, step: Mapping[str, Any], events: Sequence[Event]) -> None:
        """Name what a step has brought about, by its events."""
        found = {event.name: event.values for event in events}
        verb = step["do"]
        if verb == "issue":
            payable = found["PayableIssued"]["payable_id"]
            _add(self.payables, "payable", step["payable"], payable)
            _add(self.vouchers, "as", step["as"], root_voucher(payable))
        elif verb in ("transfer", "sell", "pledge", "redeem"):
            self._take_part(step, found.get("VoucherCut") or found.get("PartOffered"))
        elif "SecurityReleased" in found:
            _add(self.vouchers, "as", step["as"], found["SecurityReleased"]["released"])
        if verb == "redeem":
            self.redeemed.add(self.vouchers[step["as"]])
        if verb in ("sell", "pledge"):
            self._add_deal(step["id"], found.get("LoanAdvanced"))

    def open_of(self, payable: int) -> list[int]:
        """The vouchers of a live payable that are not closed: none but redeemed ones are."""
        found = (one for one in self.vouchers.values() if payable_of(one) == payable)
        return sorted(one for one in found if one not in self.redeemed)

    def _take_part(self, step: Mapping[str, Any], cut: Mapping[str, Any] | None) -> None:
        old, new = step["voucher"], step["as"]
        if cut is not None:
            _add(self.vouchers, "as", new, cut["part"])
        elif new != old:
            _add(self.vouchers, "as", new, self.vouchers[old])
            del self.vouchers[old]

    def _add_deal(self, name: str, loan: Mapping[str, Any] | None) -> None:
        if name in self.sales or name in self.loans:
            raise NameTaken("id", name)
        if loan is None:
            self.sales.add(name)
        else:
            self.loans[name] = loan["loan_id"]


def _add(table: dict[str, int], field: str, name: str, number: int) -> None:
    if name in table:
        raise NameTaken(field, name)
    table[name] = number
