"""Where requests name things: each field of a body, each parameter of a query, by the document.

Each name is entered below, with the kind of id that it holds or among those that hold none. One
that comes to the document and is not entered fails `tests/api/test_ids_asked.py`.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

__all__ = ["NO_IDS", "WORDS", "Place", "bodies", "filters", "kind_of", "name_of"]

Place = tuple[str, ...]
"""A field of a body: the names that lead to it, `[]` for any item of a list."""

_PARTICIPANTS: Final = (
    *("asked", "bank", "borrower", "buyer", "cosigner", "counterparty", "giver", "holder"),
    *("lender", "obligor", "offeree", "owner", "participant", "payee", "recovery_bank"),
    *("second_bank", "second_cosigner", "seller", "settlement_bank", "subject", "supplier"),
    *("regulator", "taker", "to"),
)
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(_PARTICIPANTS, "participant"),
    **dict.fromkeys(("voucher", "vouchers", "low", "high"), "voucher"),
    **dict.fromkeys(("payable", "payable_id"), "payable"),
    **dict.fromkeys(("invoice", "fingerprint", "fingerprints"), "invoice"),
    "loan": "loan",
    "request": "request",
    "run": "run",
    "batch": "batch",
    "payout": "payout",
    "freeze": "freeze",
    "case_commitment": "case",
    "payment_reference": "receipt",
    "identity": "identity",
    "uscc": "code",
    "digest": "digest",
    **dict.fromkeys(("external_reference", "reference"), "reference"),
}
"""Names that hold an id, and what it is one of."""
_OF_FILES: Final = ("application/octet-stream", "application/vnd.ms-excel", "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")  # fmt: skip
NO_IDS: Final = frozenset(
    {
        *_OF_FILES,
        # amounts, rates, places, dates and choices
        *("advance", "amount", "budget", "choice", "count", "days", "deadline", "due", "due_from"),
        *("due_to", "duty", "effective", "end", "expiry", "face", "faulty", "first", "first_day"),
        *("format", "high_from", "holidays", "is_enabled", "kind", "kinds", "last", "lifted"),
        *("limit", "ltv", "maturity", "maturity_from", "maturity_to", "obligor_share", "open"),
        *("overdue", "paused", "principal", "rate", "rate_max", "recourse", "release", "role"),
        *("roles", "scopes", "share_max", "start", "state", "suspended", "threshold_high"),
        *("threshold_low", "time", "total", "until", "used", "value_day", "review_day", "verb"),
        *("frozen", "heads", "invoice_number", "operation", "rail"),
        *("after", "cursor", "dry_run", "changed_from", "changed_to"),
        # of rules
        *("depth_max", "late_rate_daily", "offer_days", "overdue_multiplier", "piece_min"),
        *("pieces_max", "registration_required", "tenor_days_max"),
        # words, commitments and keys that name nothing here
        *("branch", "certificate", "challenge", "columns", "desks", "documents", "email"),
        *("evidence", "group", "key", "label", "lei", "name", "name_en", "name_zh", "number"),
        *("phone", "position", "proof", "proofs", "purpose", "reason", "registration", "root"),
        *("sheet", "signature", "url"),
        # the signer's own numbers
        *("nonce", "signer", "voided"),
    }
)
"""Names that hold none."""
WORDS: Final = {
    ("putProfile", ("accounts", "[]", "bank")),
    ("putProfile", ("accounts", "[]", "holder")),
}
"""Where a name that holds an id elsewhere is a word."""


def kind_of(name: str) -> str | None:
    """The kind of id that a name holds, in whichever case it is written; None for no id."""
    return _KINDS.get(_snake(name))


def name_of(place: Place) -> str:
    """The last name that leads to a field."""
    return next(one for one in reversed(place) if one != "[]")


def bodies(document: Any) -> dict[str, list[Place]]:
    """The fields of each operation's body."""
    found: dict[str, set[Place]] = {}
    for operation in _operations(document):
        for form, content in operation.get("requestBody", {}).get("content", {}).items():
            places = set(_places(document, content.get("schema", {})))
            named = {tuple(map(_snake, one)) if one else (form,) for one in places}
            found.setdefault(operation["operationId"], set()).update(named)
    return {name: sorted(places) for name, places in found.items()}


def filters(document: Any) -> dict[str, list[str]]:
    """The parameters of each operation's query."""
    return {
        operation["operationId"]: [
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
        ]
        for operation in _operations(document)
    }


def _operations(document: Any) -> Iterator[Any]:
    for methods in document["paths"].values():
        yield from methods.values()


def _places(document: Any, schema: Any) -> Iterator[Place]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
    choices = [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
    for one in choices:
        yield from _places(document, one)
    if "properties" in schema:
        for name, one in schema["properties"].items():
            yield from ((name, *rest) for rest in _places(document, one))
    elif "items" in schema:
        yield from (("[]", *rest) for rest in _places(document, schema["items"]))
    elif not choices and schema.get("type") != "null":
        yield ()


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name)
