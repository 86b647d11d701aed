"""Acts that need no signature, asked for at the door: once, by whoever may know the claim."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.model.figures import payable_name, voucher_name
from ledger.model.ids import payable_of
from tests.api.world import People, Person, World, opened_world
from tests.views_scenario import FACE, MATURITY, YUAN, Acts

ROUTES = ("/v1/settlements", "/v1/lapses", "/v1/unapplied-payments")


@pytest.fixture(scope="module", autouse=True)
def claims(world: World) -> dict[str, str]:
    """Payables past maturity: one paid early and held by Birch and Cedar, one never accepted."""
    acts = Acts(world.cast)
    unanswered = acts.issue(accepted=False)
    root = acts.issue()
    part = acts.transfer(world.cast.birch, root, 400_000 * YUAN, world.cast.cedar)
    acts.attest(payable_of(root), FACE, "early")
    world.cast.begin(MATURITY)
    world.follow()
    return {
        "paid": payable_name(payable_of(root)),
        "birch": voucher_name(_rest(world, root, part)),
        "cedar": voucher_name(part),
        "unanswered": payable_name(payable_of(unanswered)),
    }


def _rest(world: World, root: int, part: int) -> int:
    [rest] = (one for one in world.cast.ledger.vouchers_of(payable_of(root)) if one != part)
    return int(rest)


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("acts")) as made:
        yield made


def ask(person: Person, path: str, body: Any, *, key: str = "", **headers: str) -> Any:
    return person.post(path, body, idempotency_key=key or secrets.token_hex(8), **headers)


def body_of(path: str, claims: dict[str, str]) -> dict[str, Any]:
    if path == "/v1/settlements":
        return {"vouchers": [claims["birch"]]}
    return {"payable": claims["unanswered" if path == "/v1/lapses" else "paid"]}


def told(answer: Any) -> tuple[int, Any]:
    body = {
        name: one for name, one in answer.json().items() if name not in ("trace_id", "instance")
    }
    return answer.status_code, body


@pytest.mark.parametrize("path", ROUTES)
class TestRefusals:
    def test_claim_that_one_may_not_know_looks_absent(
        self, person: People, claims: dict[str, str], path: str
    ) -> None:
        echo = person("Echo Bank")
        absent: dict[str, Any] = (
            {"vouchers": ["V-4000000000.1"]} if path == "/v1/settlements" else {"payable": "P-99"}
        )
        answer = ask(echo, path, body_of(path, claims))
        assert told(answer) == told(ask(echo, path, absent))
        assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")

    def test_key_is_needed(self, person: People, claims: dict[str, str], path: str) -> None:
        answer = person("Acme").post(path, body_of(path, claims))
        assert (answer.status_code, answer.json()["code"]) == (400, "IdempotencyKeyMissing")

    def test_key_without_the_scope_may_not(
        self, person: People, claims: dict[str, str], path: str
    ) -> None:
        acme = person("Acme")
        made = acme.post("/v1/api-keys", {"label": "x", "scopes": ["read"], "days": 1}).json()
        headers = {"authorization": f"Bearer {made['secret']}", "idempotency-key": "k"}
        answer = acme.client.post(path, json=body_of(path, claims), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")

    @pytest.mark.parametrize(
        "body", [{}, {"payable": "x"}, {"vouchers": []}, {"vouchers": "V-1.1"}]
    )
    def test_form_is_looked_at(self, person: People, path: str, body: Any) -> None:
        assert ask(person("Acme"), path, body).status_code == 422

    def test_dry_run_keeps_nothing(self, person: People, claims: dict[str, str], path: str) -> None:
        acme = person("Acme")
        before = acme.get("/v1/operations?limit=200").json()["data"]
        answer = acme.post(f"{path}?dry_run=true", body_of(path, claims))
        assert (answer.status_code, answer.json()) == (200, {"dry_run": True})
        assert acme.get("/v1/operations?limit=200").json()["data"] == before


class TestEffects:
    """In order: money is applied, then distributed."""

    def test_what_the_contracts_would_refuse_is_refused_at_once(
        self, person: People, claims: dict[str, str]
    ) -> None:
        answer = ask(person("Acme"), "/v1/lapses", {"payable": claims["paid"]})
        assert (answer.status_code, answer.json()["code"]) == (409, "PayableNotOffered")
        assert answer.json()["next_step"]

    @pytest.mark.parametrize(
        ("path", "name"),
        [("/v1/unapplied-payments", "Cedar"), ("/v1/settlements", "Acme"), ("/v1/lapses", "Birch")],
    )
    def test_act_is_done_once_and_is_its_asker_s_to_read(
        self, person: People, world: World, claims: dict[str, str], path: str, name: str
    ) -> None:
        asker, body = person(name), body_of(path, claims)
        answer = ask(asker, path, body, key=f"{path}:once")
        assert answer.status_code == 202, answer.text
        made = answer.json()
        assert answer.headers["location"] == f"/v1/operations/{made['id']}"
        assert (made["state"], made["digest"], made["participant"]) == (
            "accepted",
            None,
            asker.member.id,
        )
        again = ask(asker, path, body, key=f"{path}:once")
        assert again.headers["idempotent-replayed"] == "true"
        assert again.json() == made
        payable = claims["unanswered" if path == "/v1/lapses" else "paid"]
        on_it = f"/v1/operations?payable={payable}"
        assert asker.get(on_it).json()["data"] == []  # nothing took effect yet
        world.turn()
        done = asker.get(f"/v1/operations/{made['id']}").json()
        del done["as_of"]
        assert done["state"] == "done"
        assert asker.get(on_it).json()["data"] == [done]
        assert person("Echo Bank").get(on_it).json()["data"] == []
        assert person("Echo Bank").get(f"/v1/operations/{made['id']}").status_code == 404
        last = ask(asker, path, body, key=f"{path}:once")
        assert (last.status_code, last.json()["id"]) == (202, made["id"])

    def test_another_request_under_the_same_key_is_refused(
        self, person: People, claims: dict[str, str]
    ) -> None:
        acme = person("Acme")
        body = {"vouchers": [claims["cedar"]]}
        assert ask(acme, "/v1/settlements", body, key="twice").status_code == 202
        answer = ask(acme, "/v1/settlements", {"vouchers": [claims["birch"]]}, key="twice")
        assert (answer.status_code, answer.json()["code"]) == (422, "IdempotencyKeyReused")

    def test_settlement_brought_money(
        self, world: World, person: People, claims: dict[str, str]
    ) -> None:
        body = {"vouchers": [claims["birch"], claims["cedar"]]}
        assert ask(person("Acme"), "/v1/settlements", body).status_code == 202
        world.turn()
        found = person("Acme").get("/v1/settlements").json()["data"]
        assert {one["holder"] for one in found} == {2, 3}
