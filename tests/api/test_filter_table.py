"""The table of lists and filters: what a list does without, and why. A new list is held to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI

from ledger.cli.resources import EVENT_FILTERS, EXPORTS, LISTS, ROWS
from ledger.model.meanings import Meaning
from ledger.model.showing import MEANINGS

EXPECTED: Final = (
    *("payable", "obligor", "maturity_from", "maturity_to", "invoice", "external_reference"),
    "state",
)
"""What the readers of any list would ask by, beside the parties that its rows name."""

ON_PAYABLES: Final = frozenset(EXPECTED) - {"state"}
OF_PAYABLES: Final = ON_PAYABLES - {"payable"}

NO_PAYABLE: Final = "its rows lie on no payable"
NO_STATE: Final = "a row is as it happened, and stays so"
ONE_THING: Final = "it is of one thing, named in its address, and whole"

WITHOUT: Final[Mapping[str, Mapping[str, frozenset[str]]]] = {
    "listApiKeys": {
        NO_PAYABLE: ON_PAYABLES,
        "a participant has few, each with when it was revoked": frozenset({"state"}),
    },
    "listParticipants": {
        NO_PAYABLE: ON_PAYABLES,
        "its states are asked apart: suspended, frozen": frozenset({"state"}),
    },
    "listPayables": {"a row is the payable": frozenset({"payable"})},
    "listImports": {
        "its only obligor is its reader": frozenset({"obligor"}),
        "a file holds many: its rows are asked, or payables": OF_PAYABLES
        - {"obligor", "external_reference"},
    },
    "listImportRows": {
        "its only obligor is its reader": frozenset({"obligor"}),
        "there it is called what the file calls it: reference": frozenset({"external_reference"}),
    },
    "listLoans": {"its states are asked by whether it is open": frozenset({"state"})},
    "listSales": {NO_STATE: frozenset({"state"})},
    "listPayments": {NO_STATE: frozenset({"state"})},
    "listSettlements": {NO_STATE: frozenset({"state"})},
    "listMovements": {NO_STATE: frozenset({"state"})},
    "listEvents": {NO_STATE: frozenset({"state"})},
    "listFreezes": {"its states are asked by whether it is lifted": frozenset({"state"})},
    "listOperations": {
        "what was refused lies on no payable, and for many the whole feed would be gone through": (
            OF_PAYABLES - {"external_reference"}
        ),
    },
    "listDeposits": {NO_PAYABLE: ON_PAYABLES, "a row is what is there": frozenset({"state"})},
    "listLimits": {NO_PAYABLE: ON_PAYABLES - {"obligor"}, "it stands": frozenset({"state"})},
    "listRules": {NO_PAYABLE: ON_PAYABLES, "few, each with its day": frozenset({"state"})},
    "listHolidays": {NO_PAYABLE: ON_PAYABLES, "a day is a day": frozenset({"state"})},
    "listWebhooks": {NO_PAYABLE: ON_PAYABLES, "a participant has few": frozenset({"state"})},
    "listWebhookDeliveries": {"the feed is asked, and told again by numbers": ON_PAYABLES},
    "listReads": {NO_PAYABLE: ON_PAYABLES, NO_STATE: frozenset({"state"})},
    "readLineage": {ONE_THING: frozenset(EXPECTED) | {"giver", "taker"}},
    "readRequestLineage": {ONE_THING: frozenset(EXPECTED) | {"giver", "taker"}},
    "readChecks": {ONE_THING: frozenset(EXPECTED)},
    "compareQuotes": {ONE_THING: frozenset(EXPECTED) | {"giver"}},
    "reportMaturities": {"it sums up all of some days": frozenset(EXPECTED)},
    "reportDepositStatements": {"it sums up all of some days": frozenset(EXPECTED) | {"bank"}},
}
"""Which filters a list has not, by the reason why they would be senseless."""

PARTIES: Final = frozenset({"settlement_bank", "supplier"})
"""Names of participants in rows that no event and no column has."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the document."""

    path: str
    filters: frozenset[str]
    expected: frozenset[str]
    of_file: frozenset[str]


def _names(asked: Mapping[str, Any], *but: str) -> frozenset[str]:
    found = {one["name"] for one in asked.get("parameters", ()) if one["in"] == "query"}
    return frozenset(found - set(but))


@pytest.fixture(scope="module")
def lists(app: FastAPI) -> Mapping[str, Listed]:
    """Whatever answers with rows under `data`, by its operation."""
    document, found = app.openapi(), {}
    paths, shapes = document["paths"], document["components"]["schemas"]
    for path, methods in paths.items():
        asked = methods.get("get", {"responses": {"200": {}}})
        content = asked["responses"]["200"].get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        rows = shapes.get(name, {}).get("properties", {}).get("data", {})
        if rows.get("type") == "array":
            row = shapes.get(rows["items"].get("$ref", "").rpartition("/")[2], {})
            parties = {
                one
                for one in row.get("properties", {})
                if one in PARTIES or MEANINGS.get(one) is Meaning.PARTICIPANT
            }
            file = paths[path.replace("/v1/", "/v1/exports/", 1)]["get"]
            found[asked["operationId"]] = Listed(
                path,
                _names(asked, "limit", "cursor"),
                frozenset(EXPECTED) | parties,
                _names(file, "format", "heads"),
            )
    assert len(found) > 30
    return found


def test_list_has_every_filter_that_its_readers_expect_or_says_why_not(
    lists: Mapping[str, Listed],
) -> None:
    missing = {name: one.expected - one.filters for name, one in lists.items()}
    explained = {name: frozenset().union(*whys.values()) for name, whys in WITHOUT.items()}
    assert {name: some for name, some in missing.items() if some} == explained


def test_file_has_the_filters_of_its_list(lists: Mapping[str, Listed]) -> None:
    assert {one.path: one.of_file for one in lists.values()} == {
        one.path: one.filters for one in lists.values()
    }


def test_command_has_the_filters_of_its_list(lists: Mapping[str, Listed]) -> None:
    by_path = {_shape(one.path): one.filters for one in lists.values()}
    commands = {one.path: one.filters for one in (*LISTS.values(), ROWS)}
    commands["/v1/events"] = ("after", *EVENT_FILTERS)
    for path, filters in commands.items():
        assert frozenset(one.replace("-", "_") for one in filters) == by_path[_shape(path)], path
    for one in EXPORTS:
        path = _shape(one.path.replace("/v1/exports/", "/v1/", 1))
        if path in by_path:
            assert frozenset(name.replace("-", "_") for name in one.filters) == by_path[path], path


def _shape(path: str) -> str:
    """An address with one word for whatever is filled in."""
    return "/".join("{id}" if one.startswith("{") else one for one in path.split("/"))
