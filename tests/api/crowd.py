"""A ledger with one of everything that has an id, and whose each is; nothing in it is spent."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from sqlalchemy import inspect, text
from starlette.testclient import TestClient

from api.app import create_app
from ledger.model.commands import FreezeRange, IssueBatch
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from ledger.store.nonces import COUNTED_MOST
from tests.api import absent
from tests.api.conftest import OPTIONS
from tests.api.financing.desk import Desk
from tests.api.known import known_to
from tests.api.test_imports import rows, uploaded
from tests.api.world import People, World, opened_world, recorded
from tests.cast import named
from tests.views_scenario import Acts, circulate, finance, mature

__all__ = ["ABSENT", "OTHER", "Crowd", "opened_crowd"]

ABSENT: Final[dict[str, Any]] = {
    **{kind: absent.ABSENT[kind] for kind in ("voucher", "payable", "loan", "run")},
    "request": absent.ABSENT["request_id"],
    **dict.fromkeys(("participant", "payout"), int(absent.ABSENT["participant"])),
    "freeze": 250,
    "code": "91350100M000100Y43",
    "reference": "NOBODYS-OWN",
    **dict.fromkeys(
        ("batch", "case", "digest", "identity", "invoice", "receipt"), "0x" + "ee" * 32
    ),
}
"""Of each kind an id that is not there."""
OTHER: Final = {"voucher": "V-4000000000.2", "payable": "P-4000000002", "loan": "L-4000000002"}
"""And another one."""
_LOGS: Final = ("access_log", "r_access", "r_keys")
"""What grows by reading; one's own key is made when it is first needed."""


@dataclass(slots=True)
class Crowd:
    """The world, its door, and its ids."""

    world: World
    app: FastAPI
    person: People
    document: Any
    own: dict[str, dict[Any, frozenset[str]]]
    """Of each kind its ids, and who may know of each."""

    def foreign(self, kind: str, name: str) -> list[Any]:
        """Ids that are there, and of which somebody may not know."""
        return [one for one, whose in self.own[kind].items() if name not in whose]

    def whose(self, kind: str, name: str) -> list[Any]:
        """Ids of which somebody may know."""
        return [one for one, whose in self.own[kind].items() if name in whose]

    def counts(self) -> dict[str, int]:
        """Rows of every table but those that grow by reading."""
        with self.world.service.database.reading() as connection:
            names = set(inspect(connection).get_table_names()) - set(_LOGS)
            return {
                one: int(connection.execute(text(f"SELECT count(*) FROM {one}")).scalar() or 0)
                for one in sorted(names)
            }


@contextmanager
def opened_crowd(engine: str, folder: Path) -> Iterator[Crowd]:
    """A fresh one."""
    with opened_world(engine, folder) as world:
        for member in world.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        recorded(world)
        acts = Acts(world.cast)
        circulate(acts)
        finance(acts)
        world.follow()
        app = create_app(world.service, OPTIONS)
        with TestClient(app, raise_server_exceptions=False) as client:
            person = People(client, world)
            once = _once(world, person)
            acts.count = 10**9
            mature(acts)
            scheduler = Scheduler(
                Site(world.service.database, world.service.endpoint, world.service.deployment),
                world.service.intake,
            )
            for _ in range(3):
                world.turn()
                scheduler.step()
            own = {**_of_claims(world), **once}
            # A bank that is asked for a quote knows who asks, and on what; no event says so.
            for kind, one in (("participant", 2), ("voucher", "V-5.1"), ("payable", "P-5")):
                own[kind][one] |= {"Delta Bank"}
            yield Crowd(world, app, person, app.openapi(), own)


def _of_claims(world: World) -> dict[str, dict[Any, frozenset[str]]]:
    """What the chain's events say of each claim and participant."""
    known = {one.name: known_to(world, one.id) for one in world.cast.members}
    found: dict[str, dict[Any, frozenset[str]]] = {}
    for kind in ("voucher", "payable", "loan", "participant"):
        ids = {name: getattr(one, f"{kind}s") for name, one in known.items()}
        every = sorted(set().union(*ids.values()))
        found[kind] = {
            one: frozenset(name for name, some in ids.items() if one in some) for one in every
        }
    return found


def _once(world: World, person: People) -> dict[str, dict[Any, frozenset[str]]]:
    """One item of each other kind, while business still goes on."""
    birch, acme, desk = person("Birch"), person("Acme"), Desk(world, person)
    request = desk.asked(birch, desk.voucher(), asked=[4])
    desk.give(person("Delta Bank"), request)
    draft: dict[str, Any] = {"bank": 6, "to": 3, "amount": "1.00", "purpose": "0x" + "22" * 32}
    form = {**birch.signed("/v1/deposits/move", **draft), "external_reference": "BIRCHS-OWN"}
    moved = birch.post("/v1/deposits/move", form, idempotency_key=secrets.token_hex(8))
    assert moved.status_code == 202, moved.text
    batch = {"root": named("root"), "count": 3, "total": 1_000_00}
    recorded_as = world.cast.acme.act(IssueBatch, **batch).value("BatchRecorded", "batch")
    case = {"case_commitment": named("case"), "review_day": world.cast.ledger.today + 99}
    world.cast.regulator.act(FreezeRange, payable_id=2, start=0, end=1_000, **case)
    upload = uploaded(acme, *rows(1)).rpartition("/")[2]
    regulator = "Regulator"
    return {
        "request": {request["id"]: frozenset({"Birch", "Delta Bank", regulator})},
        "run": {"R-1.1": frozenset({"Acme", "Settlement Bank", regulator})},
        "batch": {"0x" + recorded_as.hex(): frozenset({"Acme", regulator})},
        "payout": {1: frozenset({"Settlement Bank", regulator})},
        "freeze": {0: frozenset({"Acme", "Settlement Bank", regulator})},
        "case": {"0x" + named("case").hex(): frozenset({regulator})},
        "invoice": {
            "0x" + named("invoice 1").hex(): frozenset(
                {"Acme", "Birch", "Settlement Bank", regulator}
            )
        },
        "receipt": {
            "0x" + named("wire 2").hex(): frozenset({"Acme", "Settlement Bank", regulator})
        },
        "identity": {"0x" + named("Cedar").hex(): frozenset({"Cedar", "Operator", regulator})},
        "digest": {moved.json()["digest"]: frozenset({"Birch", regulator})},
        "reference": {"BIRCHS-OWN": frozenset({"Birch", regulator})},
        "code": {},
        "import": {upload: frozenset({"Acme"})},
    }
