"""Events of the feed as people and their systems are told them, by whatever way."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ledger.model.meanings import Meaning
from ledger.model.parts import RuleSet
from ledger.model.plain import plain_value
from ledger.model.showing import shown
from ledger.model.structs import fields_of
from ledger.service.following.rebuild import REWOUND
from ledger.service.scheduling.reminding import HOLDERS_REMINDED, OBLIGOR_REMINDED
from ledger.store.feed import FeedEvent
from ledger.views.concerned import CONCERNED

__all__ = ["KINDS", "event_json"]

KINDS: Final = frozenset(
    {*CONCERNED, REWOUND, OBLIGOR_REMINDED, HOLDERS_REMINDED} - {"ItemRefused"}
)
"""Every kind of event that concerns somebody."""

_OTHERWISE: Final[Mapping[tuple[str, str], Meaning]] = {
    ("ThresholdSet", "low"): Meaning.COUNT,
    ("ThresholdSet", "high"): Meaning.COUNT,
    ("SecurityReleased", "released"): Meaning.VOUCHER,
    ("LimitSet", "limit"): Meaning.AMOUNT,
}
"""Values whose name alone would be read as something else."""

_WORD: Final = re.compile(rb"[a-z][a-z ]{1,30}")

_WITHHELD: Final[Mapping[str, Mapping[str, str]]] = {
    "PartOffered": {"whole": "to"},
}
"""Of a kind of event, the value that one of those whom it concerns is not told, and which field
names them: to whom a part is offered, what it was cut from is no affair of theirs.
"""

_ENDS: Final = ("declined", "withdrawn", "lapsed")
"""What an offer ended by, as the contract counts it in `reason`."""

_RULES: Final = {one.name: one.meaning for one in fields_of(RuleSet)}


def event_json(event: FeedEvent, reader: int | None) -> dict[str, Any]:
    """An event as it is shown to a participant; None for whoever sees all."""
    return {
        "seq": event.seq,
        "kind": event.kind,
        "block": event.block,
        "time": shown("second", event.second),
        "digest": None if event.digest is None else "0x" + event.digest.hex(),
        "data": {
            **{name: _value(event.kind, name, one) for name, one in _told(event, reader).items()},
            **_words(event),
        },
    }


def _words(event: FeedEvent) -> Mapping[str, str]:
    """What the contract tells by a number or as bytes, in a word beside it."""
    if event.kind in ("OfferEnded", "PayableCancelled"):
        return {"outcome": _ENDS[event.data["reason"]]}
    if event.kind == "DepositMoved":
        text = bytes.fromhex(str(event.data["purpose"])[2:]).rstrip(b"\0")
        if _WORD.fullmatch(text):  # of the contracts; a party's own purpose is a commitment
            return {"purpose_text": text.decode()}
    return {}


def _told(event: FeedEvent, reader: int | None) -> Mapping[str, Any]:
    """The values, with nothing in place of what the reader is not told."""
    withheld = _WITHHELD.get(event.kind)
    if withheld is None:
        return event.data
    hidden = {name for name, whom in withheld.items() if event.data[whom] == reader}
    return {name: None if name in hidden else one for name, one in event.data.items()}


def _value(kind: str, name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, Mapping):
        if kind == "RulesSet":
            return {one: plain_value(each, _RULES[one]) for one, each in value.items()}
        return {one: _value(kind, one, each) for one, each in value.items()}
    if isinstance(value, list):
        return [_value(kind, name, one) for one in value]
    if (kind, name) in _OTHERWISE:
        return plain_value(value, _OTHERWISE[kind, name])
    return shown(name, value)
