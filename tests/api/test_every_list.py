"""Every list that the document has: its block, its pages while the chain grows, its file.

No list is named here: one that comes to the document is asked like all others, and needs two rows.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from fastapi import FastAPI

from ledger.imports.cells import restored
from ledger.model.commands import PayPayable, SetHolidays, SetLimit
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from ledger.store.cursor import cursor
from ledger.store.nonces import COUNTED_MOST
from tests.api.financing.desk import Desk, text_of
from tests.api.test_imports import approvals, previewed
from tests.api.test_imports import rows as lines
from tests.api.world import People, Person, World, opened_world, recorded
from tests.cast import CHECKER, MAKER
from tests.views_scenario import MATURITY, Acts, circulate, finance, govern, mature

READERS: Final = ("Regulator", "Birch", "Acme")
SPAN: Final = "&first=2026-03-01&last=2027-02-28"
FLATTENED: Final = ("compareQuotes",)
"""Whose rows lie deeper than a line of a file; tested with the quotes."""
HOLIDAYS: Final = (1 << 5, 1 << 255 | 1 << 3 | 1)
"""As bits of 256 days each, from before maturity on."""


Readers = Mapping[str, Person]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list of the document."""

    name: str
    path: str
    fields: frozenset[str]
    parameters: frozenset[str]

    @property
    def is_paged(self) -> bool:
        return "has_more" in self.fields

    @property
    def mark(self) -> str:
        """The parameter that names where to go on."""
        return "after" if "after" in self.parameters else "cursor"

    def address(self, ids: Mapping[str, str], query: str = "") -> str:
        span = SPAN if "first" in self.parameters else ""
        return f"{self.path.format(**ids)}?{query}{span}".replace("?&", "?").rstrip("?")


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("lists")) as made:
        for member in made.cast.members:  # above what the door counts on from
            member._next = COUNTED_MOST + member.id * 10**6
        recorded(made)
        acts = Acts(made.cast)
        circulate(acts)
        finance(acts)
        made.cast.echo.act(SetLimit, obligor=1, amount=5_000_00)
        govern(acts)
        _set_holidays(acts)
        made.follow()
        yield made


def _set_holidays(acts: Acts, later: int = 0) -> None:
    operator, delta = acts.cast.operator, acts.cast.delta
    for place, bits in enumerate(HOLIDAYS, later):
        first = (MATURITY >> 8) + place << 8
        asked = operator.make(SetHolidays, bank=delta.id, first_day=first, holidays=bits)
        acts.jointly(operator, asked, delta)


@pytest.fixture(scope="module")
def lists(app: FastAPI) -> list[Listed]:
    """Whatever answers with rows under `data`."""
    document = app.openapi()
    found = []
    for path, methods in document["paths"].items():
        asked = methods.get("get", {"responses": {"200": {}}})
        content = asked["responses"]["200"].get("content", {}).get("application/json")
        name = content["schema"].get("$ref", "").rpartition("/")[2] if content else ""
        fields = document["components"]["schemas"].get(name, {}).get("properties", {})
        if fields.get("data", {}).get("type") == "array":
            names = frozenset(one["name"] for one in asked.get("parameters", ()))
            found.append(Listed(asked["operationId"], path, frozenset(fields), names))
    assert len(found) > 30
    return found


@pytest.fixture(scope="module")
def ids(world: World, person: People) -> Mapping[str, str]:
    """Two rows of what people make at the door; and what the addresses of lists are of."""
    made = [_made(world, person) for _ in range(2)]
    _pay(world, Acts(world.cast))
    return made[-1]


def _made(world: World, person: People) -> Mapping[str, str]:
    acme, birch, desk = person("Acme"), person("Birch"), Desk(world, person)
    request = desk.asked(person("Cedar"), "V-1.2", asked=[4])
    desk.give(person("Delta Bank"), request)
    birch.post("/v1/api-keys", {"label": "ERP", "scopes": ["read"]})
    hook = birch.post("/v1/webhooks", {"url": "https://erp.example.com/in"}).json()["id"]
    for _ in range(2):
        birch.post(f"/v1/webhooks/{hook}/test", None)
    _move(birch)
    path = previewed(acme, *lines(2))
    prepared = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
    acme.post(f"{path}/signatures", approvals(acme, prepared, MAKER, CHECKER))
    world.turn()
    import_id = path.rpartition("/")[2]
    request_id = request["id"]
    return {"voucher": "V-1.2", "request_id": request_id, "import_id": import_id, "webhook": hook}


def _move(birch: Person) -> None:
    birch.submit("/v1/deposits/move", bank=6, to=3, amount="1.00", purpose="0x" + "22" * 32)


def _pay(world: World, acts: Acts) -> None:
    """Two payables are paid, and their settlement runs end."""
    acts.count = 10**9
    other = acts.issue(5_000_00)
    mature(acts)
    world.cast.acme.act(PayPayable, payable_id=other >> 32, amount=5_000_00)
    world.follow()
    site = Site(world.service.database, world.service.endpoint, world.service.deployment)
    scheduler = Scheduler(site, world.service.intake)
    for _ in range(3):
        scheduler.step()
        world.turn()


@pytest.fixture(scope="module")
def readers(person: People, lists: list[Listed], ids: Mapping[str, str]) -> Readers:
    """For each list somebody for whom it has rows; where it is paged, two."""
    found = {}
    for one in lists:
        path = one.address(ids, "limit=1" if one.is_paged else "")
        for reader in map(person, READERS):
            page = _read(reader, path)
            if page.get("has_more", bool(page["data"])):
                found[one.name] = reader
                break
    assert {one.name for one in lists} - set(found) == set(FLATTENED)
    return found


def _read(reader: Person, path: str) -> Any:
    answer = reader.get(path)
    assert answer.status_code in (200, 404), (path, answer.text)
    return answer.json() if answer.status_code == 200 else {"data": []}


def _file(reader: Person, path: str) -> tuple[str, list[list[str]]] | None:
    """The name of a file, and its lines in codes, without what keeps texts from being formulas."""
    address = path.replace("/v1/", "/v1/exports/", 1)
    answer = reader.get(f"{address}{'&' if '?' in address else '?'}heads=names")
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, (path, answer.text)
    lines = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    name = answer.headers["content-disposition"]
    return name, [[restored(cell) for cell in line] for line in lines]


def test_every_list_has_a_file_that_holds_its_rows_and_no_more(
    world: World, person: People, lists: list[Listed], ids: Mapping[str, str], readers: Readers
) -> None:
    block = _block(world)
    for one in lists:
        for reader in {readers.get(one.name), person("Cedar"), person("Acme")} - {None}:
            if one.name in FLATTENED:
                continue
            rows = _rows(reader, one, ids)
            file = _file(reader, one.address(ids))
            assert (file is None) == (rows is None), one.path
            if file is not None and rows is not None:
                [_, *found] = file[1]
                if one.name == "listReads":  # the reading of its pages is in it
                    found = found[-len(rows) :]
                assert [list(map(text_of, row.values())) for row in rows] == found, one.path
                assert file[0].endswith(f'-{block}.csv"'), file[0]


def _rows(reader: Person, one: Listed, ids: Mapping[str, str]) -> list[Any] | None:
    """All rows, page by page; None where there is nothing that the reader may see."""
    page = _read(reader, one.address(ids, "limit=1" if one.is_paged else ""))
    if "as_of" not in page:
        return None
    found: list[Any] = page["data"]
    while page.get("has_more"):
        page = _read(reader, one.address(ids, _behind(one, page)))
        found += page["data"]
    return found


def _behind(one: Listed, page: Any) -> str:
    return f"limit=200&{one.mark}={page[f'next_{one.mark}']}"


def test_every_list_names_the_block_of_each_page_while_the_chain_grows(
    world: World, lists: list[Listed], ids: Mapping[str, str], readers: Readers
) -> None:
    """Last of all: what comes meanwhile is on no page twice, and takes no row away."""
    before, marks, behind = _block(world), {}, {}
    for one in lists:
        if one.name not in FLATTENED:
            page = _read(readers[one.name], one.address(ids, "limit=1" if one.is_paged else ""))
            assert page["as_of"]["block"] == before, one.path
            if one.is_paged:
                marks[one.name] = _behind(one, page)
                behind[one.name] = _read(readers[one.name], one.address(ids, marks[one.name]))
                assert page["data"][0] not in behind[one.name]["data"], one.path
    _grow(world, readers["listApiKeys"], ids)
    for one in lists:
        if one.name in marks:
            page = _read(readers[one.name], one.address(ids, marks[one.name]))
            assert page["as_of"]["block"] == _block(world) > before, one.path
            known = behind[one.name]["data"]
            assert known, one.path
            assert page["data"][: len(known)] == known, one.path


def _grow(world: World, birch: Person, ids: Mapping[str, str]) -> None:
    """More of what lists begin with, and events at the end of the feed."""
    _set_holidays(Acts(world.cast), later=2)
    _move(birch)
    birch.post("/v1/api-keys", {"label": "More", "scopes": ["read"]})
    birch.post(f"/v1/webhooks/{ids['webhook']}/test", None)
    world.follow()


def _block(world: World) -> int:
    with world.service.database.reading() as connection:
        return cursor(connection).number
