"""Whether a book is a book: everything that can be said of it before anything runs.

What a step asks for is the ledger's to refuse; here is only what no ledger could be asked.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from ledger.books.notation import is_date
from ledger.books.places import (
    AMOUNT,
    DATE,
    LIST,
    NAME,
    RATE,
    Kind,
    Place,
    choice,
    rate_within,
    whole_within,
)
from ledger.model.states import Role

__all__ = ["LAST_DATE", "ROLES", "check_book", "check_step"]

ROLES: Final = {str(role.name).lower(): role for role in Role}
"""Roles by the words that books use."""

FIRST_DATE: Final = date(1971, 1, 1)
LAST_DATE: Final = date(2105, 12, 31)
"""Business dates whose seconds every record of the ledger can hold."""

_RULES: Final[Mapping[str, Kind]] = {
    "late_rate_daily": rate_within("0", "0.1"),
    "overdue_multiplier": rate_within("1", "1000"),
    "offer_days": whole_within(1, 60),
    "tenor_days_max": whole_within(1, 366),
    "depth_max": whole_within(1, 255),
    "day_count": choice("ACT/360", ["ACT/360"]),
}
_INVOICE: Final[Mapping[str, Kind]] = {"number": NAME, "total": AMOUNT, "use": AMOUNT}

# Placeholder of the one kind that depends on the book.
_PARTY: Final = choice("a party of the book", [])

_CUT: Final[Mapping[str, Kind]] = {"voucher": NAME, "from": _PARTY, "amount": AMOUNT, "as": NAME}
_DEAL: Final[Mapping[str, Kind]] = {**_CUT, "id": NAME, "to": _PARTY, "rate": RATE}
_ANSWER: Final[Mapping[str, Kind]] = {"voucher": NAME, "by": _PARTY}

_FIELDS: Final[Mapping[str, Mapping[str, Kind]]] = {
    "issue": {
        "payable": NAME,
        "obligor": _PARTY,
        "to": _PARTY,
        "face": AMOUNT,
        "maturity": DATE,
        "as": NAME,
    },
    "accept": _ANSWER,
    "decline": _ANSWER,
    "transfer": {**_CUT, "to": _PARTY},
    "sell": {**_DEAL, "recourse": choice("none or full", ["none", "full"])},
    "pledge": {**_DEAL, "advance": AMOUNT, "ltv": RATE, "due": DATE},
    "repay": {"id": NAME, "principal": AMOUNT},
    "redeem": {**_CUT, "rate": RATE},
    "pay": {"payable": NAME, "amount": AMOUNT},
    "recourse": {"voucher": NAME},
    "wait": {},
}
_OPTIONAL: Final[Mapping[str, Mapping[str, Kind]]] = {
    "issue": {"invoices": LIST},
    "sell": {"obligor_share": RATE},
    "repay": {"release": AMOUNT, "as": NAME},
}
_VERB: Final = choice("one of " + ", ".join(_FIELDS), _FIELDS)


def check_book(book: Mapping[str, Any]) -> None:
    """Refuse a book that is malformed; says where and what would be right."""
    place = Place("book")
    if not isinstance(book, Mapping):
        raise place.refusal("book", book, "an object")
    Place("rules").expect_record(book.get("rules"), _RULES, {})
    parties = _check_parties(place.entries(book, "parties"))
    banks = [party["id"] for party in book["parties"] if "bank" in party["roles"]]
    for index, limit in enumerate(place.entries(book, "limits")):
        kinds = {
            "bank": choice("a party with the role bank", banks),
            "obligor": choice(_PARTY.expected, parties),
            "amount": AMOUNT,
        }
        Place(f"limit {index}").expect_record(limit, kinds, {})
    before: date | None = None
    for index, step in enumerate(place.entries(book, "steps")):
        before = check_step(index, step, parties, before)


def check_step(index: int, step: object, parties: Collection[str], before: date | None) -> date:
    """Refuse a malformed step, or one dated before the last; return its date."""
    place = Place(f"step {index}")
    if not isinstance(step, dict):
        raise place.refusal(place.name, step, "an object")
    place.expect("do", step.get("do"), _VERB)
    verb = step["do"]
    place = Place(f"step {index} ({verb})")
    required = {"on": _on(before), "do": _VERB, **_of_book(_FIELDS[verb], parties)}
    place.expect_record(step, required, _OPTIONAL.get(verb, {}))
    if "release" in step and "as" not in step:
        raise place.refusal("as", None, "the name of what is released")
    for number, invoice in enumerate(step.get("invoices", [])):
        place.expect_record(invoice, _INVOICE, {}, field=f"invoices[{number}]")
    return date.fromisoformat(step["on"])


def _check_parties(entries: list[Any]) -> list[str]:
    """Refuse malformed parties; return their ids."""
    if not entries:
        raise Place("book").refusal("parties", entries, "at least one party")
    known: list[str] = []
    for index, party in enumerate(entries):
        place = Place(f"party {index}")
        place.expect_record(
            party, {"id": NAME, "name": NAME, "roles": LIST}, {"uscc": NAME, "size": NAME}
        )
        place = Place(f"party {index} ({party['id']})")
        if party["id"] in known:
            raise place.refusal("id", party["id"], "the id of no other party")
        if not party["roles"]:
            raise place.refusal("roles", party["roles"], "at least one role")
        for role in party["roles"]:
            place.expect("roles", role, choice("one of " + ", ".join(ROLES), ROLES))
        known.append(party["id"])
    return known


def _on(before: date | None) -> Kind:
    first = before or FIRST_DATE
    return Kind(
        f"a date from {first} to {LAST_DATE}",
        lambda value: is_date(value) and first <= date.fromisoformat(str(value)) <= LAST_DATE,
    )


def _of_book(kinds: Mapping[str, Kind], parties: Collection[str]) -> dict[str, Kind]:
    party = choice(_PARTY.expected, parties)
    return {name: party if kind is _PARTY else kind for name, kind in kinds.items()}
