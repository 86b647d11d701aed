"""An event as the feed tells it: its values as canonical JSON, the command it came from, and the
payable on which it lies."""

from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any, Final

from ledger.model.canonical import canonical
from ledger.model.ids import payable_of
from ledger.views.log import Entry
from ledger.views.state import State

__all__ = ["PRICED", "data_text", "payable_under", "trace_of"]

_OWN: Final = frozenset({"CommandExecuted", "ItemRefused", "StandingOfferUsed"})
"""These name a command themselves."""

_DEALS: Final = frozenset(
    {
        "CostShareGiven", "SalePriced", "VoucherSold", "RedemptionPriced", "VoucherRedeemed",
        "VoucherPledged", "LoanAdvanced",
    }
)  # fmt: skip
"""A quote is authorised right behind the command that takes it; the deal is the taker's."""

PRICED: Final = frozenset({"SalePriced", "RedemptionPriced", "LoanAdvanced"})
"""By these a deal is known: whatever was told since its quote, and will be, is the taker's too."""


def trace_of(state: State, entry: Entry, *, is_deal: bool) -> bytes | None:
    """The digest of the command whose effect an event is; None where nobody's was needed.

    `is_deal`: the last two commands are known to be a deal's.
    """
    if entry.name in _OWN:
        found = entry.values["digest"]
        return found if any(found) else None
    return (state.taker_digest if is_deal or entry.name in _DEALS else state.digest) or None


def payable_under(state: State, entry: Entry) -> int | None:
    """The payable on which an event lies; None where it lies on none. Asked once it is read."""
    finder = _UNDER.get(entry.name)
    if finder is None:
        finder = _UNDER[entry.name] = _finder(entry.values)
    return finder(state, entry.values) or None


def data_text(entry: Entry) -> str:
    """The values: numbers as they are, bytes as `0x` and hexadecimal digits; keys in order."""
    teller = _TELLERS.get(entry.name)
    if teller is None:
        teller = _TELLERS[entry.name] = _teller(entry.values)
    return teller(entry.values)


_Finder = Callable[[State, Mapping[str, Any]], int]
_UNDER: Final[dict[str, _Finder]] = {}
"""By the event's name: whatever else an event names, it always names."""


def _finder(sample: Mapping[str, Any]) -> _Finder:
    """By the payable, a voucher, a loan or a payout, whichever an event names."""
    if "payable_id" in sample:
        return lambda _, values: int(values["payable_id"])
    for name in ("voucher", "whole", "joined"):
        if name in sample:
            return partial(_of_voucher, name)
    if "loan_id" in sample:
        return lambda state, values: payable_of(state.loans[values["loan_id"]].voucher)
    if "payout" in sample:
        return lambda state, values: payable_of(state.payouts[values["payout"]].voucher)
    return lambda _, __: 0


def _of_voucher(name: str, _: State, values: Mapping[str, Any]) -> int:
    return payable_of(values[name])


_Teller = Callable[[Mapping[str, Any]], str]
_TELLERS: Final[dict[str, _Teller]] = {}
"""By the event's name: the types of its values never change."""


def _teller(sample: Mapping[str, Any]) -> _Teller:
    """Fills a template; what is neither number nor bytes is written out by the library."""
    names = sorted(sample)
    kinds = [type(sample[name]) for name in names]
    if any(kind not in (int, bytes) for kind in kinds):
        return lambda values: canonical({name: _plain(values[name]) for name in names})
    marks = ('"0x%s"' if kind is bytes else "%d" for kind in kinds)
    template = "{" + ",".join(f'"{name}":{mark}' for name, mark in zip(names, marks, strict=True))
    template += "}"
    take = itemgetter(*names) if len(names) > 1 else lambda values: (values[names[0]],)
    places = [place for place, kind in enumerate(kinds) if kind is bytes]

    def told(values: Mapping[str, Any]) -> str:
        found = list(take(values))
        for place in places:
            found[place] = found[place].hex()
        return template % tuple(found)

    return told


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
