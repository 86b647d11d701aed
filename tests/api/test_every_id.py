"""Every route with an id in its address, as everybody: what is another's is what is not there.

A route that comes to the document must be entered here, or the first test fails.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from ledger.store.nonces import COUNTED_MOST
from tests.api.absent import ABSENT, ROLES
from tests.api.amounts import needless_amounts
from tests.api.financing.desk import Desk
from tests.api.known import known_to
from tests.api.test_imports import rows, uploaded
from tests.api.world import People, Person, World, opened_world, recorded
from tests.views_scenario import Acts, circulate, finance, mature

BODIES: Final[Mapping[str, Any]] = {
    "putProfile": {"name_en": "Birch"},
    "previewImport": {},
    "prepareImport": {"choice": "valid"},
    "signImport": {"approvals": [{"signer": 0, "signature": "0x" + "ab" * 65}]},
    "refuseFinancingRequest": {"reason": "price"},
    "prepareTaking": {},
    "changeWebhook": {"label": "Another"},
    "replayWebhook": {"first": 1, "last": 2},
}
"""A body of the right form: the form is looked at before the id."""

_WEBHOOK = ("Birch",)
_IMPORT = ("Acme",)
BY_EVENTS: Final = {
    "readPayable": "payables",
    "readVoucher": "vouchers",
    "readLineage": "vouchers",
    "exportLineage": "vouchers",
    "readLoan": "loans",
    "readParticipant": "participants",
    "readProfile": "participants",
}
"""Who may is computed from the chain's events, for every id there is."""
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = {
    "revokeApiKey": ("Birch",),
    "putProfile": ("Birch",),
    "readImport": _IMPORT,
    "previewImport": _IMPORT,
    "listImportRows": _IMPORT,
    "prepareImport": _IMPORT,
    "signImport": _IMPORT,
    "reopenImport": _IMPORT,
    "cancelImport": _IMPORT,
    "retryImport": _IMPORT,
    "downloadErrorFile": _IMPORT,
    "exportImportRows": _IMPORT,
    "readFinancingRequest": ("Birch", "Delta Bank", "Regulator"),
    "withdrawFinancingRequest": ("Birch",),
    "refuseFinancingRequest": ("Delta Bank",),
    "readChecks": ("Birch", "Delta Bank", "Regulator"),
    "readRequestLineage": ("Birch", "Delta Bank", "Regulator"),
    "exportChecks": ("Birch", "Delta Bank", "Regulator"),
    "exportRequestLineage": ("Birch", "Delta Bank", "Regulator"),
    "compareQuotes": ("Birch", "Regulator"),
    "exportComparison": ("Birch", "Regulator"),
    "readQuote": ("Birch", "Delta Bank", "Regulator"),
    "prepareTaking": ("Birch",),
    "readSettlementRun": ("Acme", "Settlement Bank", "Regulator"),
    "readOperation": ("Birch", "Operator", "Regulator"),
    "releaseOperation": ("Operator",),
    "readWebhook": _WEBHOOK,
    "changeWebhook": _WEBHOOK,
    "removeWebhook": _WEBHOOK,
    "renewWebhookSecret": _WEBHOOK,
    "testWebhook": _WEBHOOK,
    "replayWebhook": _WEBHOOK,
    "listWebhookDeliveries": _WEBHOOK,
    "exportWebhookDeliveries": _WEBHOOK,
    "readWebhookDelivery": _WEBHOOK,
}
"""Who may do what with the one item that `Items` has of each kind."""

OPENED: Final = {
    "frq": "/v1/financing-requests",
    "quo": "/v1/quotes",
    "imp": "/v1/imports",
    "whk": "/v1/webhooks",
    "op_": "/v1/operations",
}
"""Where what has an id of the service's own is read, by how the id begins."""
NAMED: Final = re.compile(r"\b(?:frq|quo|imp|whk|op)_[0-9A-Z]{26}\b")

Route = tuple[str, str, str]


@dataclass(slots=True)
class Items:
    """One item of each kind, and how to make another for whoever may spoil it."""

    ids: dict[str, str]
    spare: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("ids")) as made:
        for member in made.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        recorded(made)
        circulate(acts := Acts(made.cast))
        finance(acts)
        made.follow()
        yield made


@pytest.fixture(scope="module")
def items(world: World, person: People) -> Items:
    acme, birch, desk = person("Acme"), person("Birch"), Desk(world, person)
    request = desk.asked(birch, desk.voucher(), asked=[4])
    quote = desk.give(person("Delta Bank"), request)
    spare = [desk.asked(birch, desk.voucher(), asked=[4])["id"] for _ in range(2)]
    draft = {"bank": 6, "to": 3, "amount": "1.00", "purpose": "0x" + "22" * 32}
    operation = birch.submit("/v1/deposits/move", **draft).json()["id"]
    acts = Acts(world.cast)
    acts.count = 10**9
    mature(acts)
    scheduler = Scheduler(Site(world.service.database, world.service.endpoint,
                               world.service.deployment), world.service.intake)  # fmt: skip
    for _ in range(3):
        world.turn()
        scheduler.step()
    webhook = _webhook(birch)
    return Items(
        {
            "key": _key(birch),
            "participant": "2",
            "operation": operation,
            "quote": quote["id"],
            "request_id": request["id"],
            "import_id": uploaded(acme, *rows(1)).rpartition("/")[2],
            "run": "R-1.1",
            "webhook": webhook,
            "delivery": _delivery(birch, webhook),
        },
        {"request_id": spare},
    )


def _key(person: Person) -> str:
    answer = person.post("/v1/api-keys", {"label": "ERP", "scopes": ["read"], "days": 1})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _webhook(person: Person) -> str:
    answer = person.post("/v1/webhooks", {"url": "https://erp.example.com/in"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _delivery(person: Person, webhook: str) -> str:
    return str(person.post(f"/v1/webhooks/{webhook}/test", None).json()["id"])


def _routes(app: FastAPI) -> list[Route]:
    """Method, path and name of each route with an id."""
    return [
        (method.upper(), path, operation["operationId"])
        for path, methods in app.openapi()["paths"].items()
        for method, operation in methods.items()
        if "{" in path
    ]


def _told(person: Person, route: Route, ids: Mapping[str, str]) -> tuple[Any, ...]:
    """An answer without times, counts and the number of the request."""
    method, path, name = route
    body = {"json": BODIES[name]} if name in BODIES else {}
    answer = person.client.request(method, path.format(**ids), headers=person.headers, **body)
    told = answer.json() if "json" in answer.headers.get("content-type", "") else answer.content
    if isinstance(told, dict):
        told = {name: one for name, one in told.items() if name not in ("trace_id", "instance")}
    varying = ("date", "trace-id", "ratelimit")
    headers = {name: one for name, one in answer.headers.items() if name not in varying}
    return answer.status_code, told, headers


class Nobody:
    """Somebody who is not signed in."""

    headers: Mapping[str, str] = {}

    def __init__(self, client: TestClient) -> None:
        self.client = client


def test_every_route_with_an_id_is_walked(app: FastAPI) -> None:
    routes = _routes(app)
    assert {name for *_, name in routes} == {*ALLOWED, *BY_EVENTS}
    for _, path, _ in routes:
        assert set(re.findall(r"\{(\w+)\}", path)) <= set(ABSENT), path


def test_stranger_is_told_nothing_of_what_is_there(
    app: FastAPI, client: TestClient, items: Items
) -> None:
    ids = {**ABSENT, **items.ids, "payable": "P-1", "voucher": "V-1.1", "loan": "L-1"}
    stranger: Any = Nobody(client)
    for route in _routes(app):
        told = _told(stranger, route, ids)
        assert told == _told(stranger, route, ABSENT), route
        assert told[0] == 401


@pytest.mark.parametrize("name", ROLES)
def test_another_s_is_what_is_not_there(
    app: FastAPI, person: People, items: Items, name: str
) -> None:
    walked = 0
    for route in _routes(app):
        if route[2] in BY_EVENTS or name in ALLOWED[route[2]]:
            continue
        told = _told(person(name), route, items.ids)
        assert told == _told(person(name), route, ABSENT), (route, told)
        assert (told[0], told[1]["code"]) == (404, "ResourceUnknown"), (route, told)
        walked += 1
    assert walked >= 12


@pytest.mark.parametrize("name", ROLES)
def test_claims_and_participants_are_there_for_whom_they_concern(
    app: FastAPI, person: People, world: World, items: Items, name: str
) -> None:
    assert items
    every = {one: known_to(world, person(one).member.id) for one in ROLES}
    for route in _routes(app):
        kind = BY_EVENTS.get(route[2])
        if kind is None:
            continue
        noun = kind.removesuffix("s")
        absent = _told(person(name), route, ABSENT)
        assert absent[0] == 404
        for one in {id_ for known in every.values() for id_ in getattr(known, kind)}:
            told = _told(person(name), route, {noun: str(one)})
            is_own = one in getattr(every[name], kind)
            # A bank that is asked for a quote knows who asks; no event says so.
            is_own = is_own or (kind, name, one) == ("participants", "Delta Bank", 2)
            assert told[0] == 200 if is_own else told == absent, (route, one)


def test_operator_is_told_no_amount_that_it_need_not_know(
    app: FastAPI, person: People, world: World, items: Items
) -> None:
    operator, regulator = person("Operator"), person("Regulator")
    every = known_to(world, regulator.member.id)
    ids: dict[str, Iterable[str]] = {name: (one,) for name, one in items.ids.items()}
    ids |= {"voucher": every.vouchers, "payable": every.payables, "loan": every.loans}
    ids["participant"] = [str(one) for one in every.participants]
    ids["operation"] = [one["id"] for one in operator.get("/v1/operations").json()["data"]]
    assert needless_amounts(app, operator, ids) == []
    few = {name: list(some)[:1] for name, some in ids.items()}
    assert len(needless_amounts(app, regulator, few)) > 100  # where there are amounts


@pytest.mark.parametrize("name", ROLES)
def test_list_names_only_what_its_reader_may_open(
    app: FastAPI, person: People, items: Items, name: str
) -> None:
    assert items
    reader, named = person(name), set[str]()
    for path, methods in app.openapi()["paths"].items():
        asked = {one["name"] for one in methods.get("get", {}).get("parameters", ())}
        if "limit" in asked and "{" not in path and path != "/v1/access-log":
            named |= set(NAMED.findall(reader.get(f"{path}?limit=200").text))
    for one in named:
        assert reader.get(f"{OPENED[one[:3]]}/{one}").status_code == 200, one
    assert len(named) >= (1 if name in ("Birch", "Delta Bank", "Operator", "Regulator") else 0)


def test_whom_it_concerns_reads_it(app: FastAPI, person: People, items: Items) -> None:
    for route in _routes(app):
        for name in ALLOWED.get(route[2], ()) if route[0] == "GET" else ():
            told = _told(person(name), route, items.ids)
            assert told[0] != 404, (route, name, told)


def test_another_s_delivery_is_not_there_under_one_s_own_webhook(
    person: People, app: FastAPI, items: Items
) -> None:
    cedar = person("Cedar")
    theirs = _delivery(cedar, _webhook(cedar))
    [route] = (one for one in _routes(app) if one[2] == "readWebhookDelivery")
    own = {"webhook": items.ids["webhook"]}
    told = _told(person("Birch"), route, {**own, "delivery": theirs})
    assert told == _told(person("Birch"), route, {**own, "delivery": ABSENT["delivery"]})
    assert told[0] == 404


def test_whom_it_concerns_acts_on_it(app: FastAPI, person: People, items: Items) -> None:
    """After all others: each act has an item of its own, for it may be the end of it."""
    make: dict[str, Callable[[Person], str]] = {
        "key": _key,
        "webhook": _webhook,
        "import_id": lambda whose: uploaded(whose, *rows(1)).rpartition("/")[2],
    }
    for route in _routes(app):
        for name in ALLOWED.get(route[2], ()) if route[0] != "GET" else ():
            ids = dict(items.ids)
            for noun in re.findall(r"\{(\w+)\}", route[1]):
                if noun in make:
                    ids[noun] = make[noun](person(name))
                elif noun in items.spare:
                    ids[noun] = items.spare[noun].pop()
            told = _told(person(name), route, ids)
            assert told[0] not in (401, 403, 404, 405, 500), (route, name, told)
    for noun in ("request_id", "webhook", "import_id"):
        assert items.ids[noun]
