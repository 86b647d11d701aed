"""Which amounts an answer tells, and those that the operator is told, each with its reason."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI

from tests.api.world import Person

__all__ = ["TOLD_TO_OPERATOR", "needless_amounts"]

TOLD_TO_OPERATOR: Final = {
    **dict.fromkeys(
        ("piece_min", "RulesSet.piece_min"),
        "of the rules, which the operator itself sets and everybody is told",
    ),
    **dict.fromkeys(
        ("high_from", "ThresholdSet.high_from"),
        "from where on more signers are needed: no act's amount, and the operator states it itself"
        " when it admits a participant or proposes to recover its keys; events of its own alone",
    ),
    "CommandExecuted.amount": "of its own commands alone, none of which is over money",
    "difference": "by how much the books are wrong: 0.00 unless the service is at fault",
}
"""By the field's name, in an event behind its kind."""

_AMOUNT: Final = re.compile(r"(?<![\w.,:-])[0-9][0-9,]*\.[0-9]{2}(?![\w.])")
_LEFT_OUT: Final = ("streamEvents", "readOpenapi")
"""What tells the same as a list and lasts, and what holds examples."""


def needless_amounts(
    app: FastAPI, operator: Person, ids: Mapping[str, Iterable[str]]
) -> list[tuple[str, str, str]]:
    """Amounts that the operator is told without a reason: where it asked, the field, the amount.

    Every GET route is asked, by each id that there is; what is told of itself alone is its own.
    """
    own = f"/v1/participants/{operator.member.id}"
    return [
        one
        for one in _amounts(app, operator, ids)
        if one[1] not in TOLD_TO_OPERATOR and one[0] != own
    ]


def _amounts(
    app: FastAPI, person: Person, ids: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, str, str]]:
    for path, methods in app.openapi()["paths"].items():
        operation = methods.get("get")
        if operation is None or operation["operationId"] in _LEFT_OUT:
            continue
        for address in _addresses(path, operation, ids):
            text = person.get(address).text
            for field, said in _fields("", _read(text)):
                yield from ((address, field, one) for one in _AMOUNT.findall(said))


def _addresses(path: str, operation: Any, ids: Mapping[str, Iterable[str]]) -> list[str]:
    asked = {one["name"] for one in operation.get("parameters", ())}
    found = [path]
    for name in re.findall(r"\{(\w+)\}", path):
        found = [one.replace(f"{{{name}}}", value) for one in found for value in ids[name]]
    if "limit" in asked:
        found = [f"{one}?limit=200" for one in found]
    if "first" in asked:
        found = [f"{one}?first=2026-01-01&last=2026-12-31" for one in found]
    return [f"{one}{'&' if '?' in one else '?'}heads=names" if "heads" in asked else one
            for one in found]  # fmt: skip


def _read(text: str) -> Any:
    """An answer's values: of JSON, of a file, or of lines."""
    if text.startswith(("{", "[")):
        return json.loads(text)
    if text.startswith("#") or "," not in text.partition("\n")[0]:
        return text
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def _fields(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """The texts in a value, each under the name that it stands by."""
    if isinstance(value, dict):
        of = value["kind"] if "kind" in value and "data" in value else name.rpartition(".")[0]
        for one, each in value.items():
            yield from _fields(f"{of}.{one}" if of else one, each)
    elif isinstance(value, list):
        for each in value:
            yield from _fields(name, each)
    elif isinstance(value, str) and value.startswith("{"):  # in a cell of a file
        yield from _fields(name, json.loads(value))
    else:
        yield name, str(value)
