"""An offer that has ended by itself leaves its offeree nothing of the claim."""

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.model.commands import DeclineVoucher
from ledger.model.figures import payable_name, voucher_name
from tests.api.world import People, Person, World, opened_world, recorded
from tests.cast import named
from tests.views_scenario import Acts


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened_world(engine, tmp_path_factory.mktemp("ended")) as made:
        yield made


def _told(person: Person, more: str) -> list[dict[str, Any]]:
    answer = person.get(f"/v1/events?limit=200&{more}").json()
    assert not answer["has_more"]
    found: list[dict[str, Any]] = answer["data"]
    return found


def _listed(person: Person, more: str = "") -> list[str]:
    return [one["id"] for one in person.get(f"/v1/payables?limit=200{more}").json()["data"]]


def test_obligor_goes_with_the_offer_that_named_it(world: World, person: People) -> None:
    """Who offered is known still: that was the offeree's own leg."""
    recorded(world)
    cast, acts = world.cast, Acts(world.cast)
    acts.count = 700
    acts.offer(cast.birch, acts.issue(), 100_00, cast.cedar)
    world.follow()
    cedar, paths = person("Cedar"), ("/v1/participants/1", "/v1/participants/1/profile")
    seen = [one["id"] for one in cedar.get("/v1/participants?limit=200").json()["data"]]
    assert {1, 2} <= set(seen)
    assert all(cedar.get(path).status_code == 200 for path in paths)

    cast.advance(30)
    world.follow()
    now = [one["id"] for one in cedar.get("/v1/participants?limit=200").json()["data"]]
    assert now == [one for one in seen if one != 1]
    for path in paths:
        absent = cedar.get(path.replace("/1", "/4000000000"))
        gone = cedar.get(path)
        assert (gone.status_code, gone.json()["code"]) == (404, absent.json()["code"])


def test_payable_goes_with_the_offer_that_showed_it(world: World, person: People) -> None:
    cast, acts = world.cast, Acts(world.cast)
    root, kept = acts.issue(), acts.issue()
    held = acts.transfer(cast.birch, kept, 100_00, cast.cedar)
    offered = [acts.offer(cast.birch, root, 100_00, cast.cedar)]
    offered.append(acts.offer(cast.birch, kept, 100_00, cast.cedar))
    world.follow()
    cedar, lost, still = person("Cedar"), payable_name(root >> 32), payable_name(kept >> 32)
    assert cedar.get(f"/v1/payables/{lost}").status_code == 200
    assert set(_listed(cedar)) == {lost, still}

    cast.advance(30)
    world.follow()
    for one in offered:
        assert cedar.get(f"/v1/vouchers/{voucher_name(one)}").status_code == 404
    assert cedar.get(f"/v1/vouchers/{voucher_name(held)}").status_code == 200
    absent = cedar.get("/v1/payables/P-4000000000")
    gone = cedar.get(f"/v1/payables/{lost}")
    assert (gone.status_code, gone.json()["code"]) == (404, absent.json()["code"])
    assert _listed(cedar) == [still]
    assert lost not in cedar.get("/v1/exports/payables").text
    for path in ("lapses", "unapplied-payments"):
        key = secrets.token_hex(8)
        asked = cedar.post(f"/v1/{path}", {"payable": lost}, idempotency_key=key)
        assert (asked.status_code, asked.json()["code"]) == (404, "ResourceUnknown")
    for name in ("Acme", "Birch", "Regulator", "Settlement Bank"):
        assert person(name).get(f"/v1/payables/{lost}").status_code == 200


def test_voucher_of_an_ended_offer_is_not_there_to_be_settled(world: World, person: People) -> None:
    cast, acts = world.cast, Acts(world.cast)
    acts.count = 900
    root = acts.issue()
    offered = acts.offer(cast.birch, root, 100_00, cast.cedar)
    world.follow()

    def told(name: str, voucher: str) -> tuple[int, str]:
        answer = person(name).post("/v1/settlements?dry_run=true", {"vouchers": [voucher]})
        return answer.status_code, answer.json().get("code", "")

    voucher, absent = voucher_name(offered), "V-4000000000.1"
    assert told("Cedar", voucher) != told("Cedar", absent)
    cast.advance(30)
    world.follow()
    assert told("Cedar", voucher) == told("Cedar", absent) == (404, "ResourceUnknown")
    for name in ("Acme", "Birch", "Regulator", "Settlement Bank"):
        assert told(name, voucher) != told(name, absent)


def test_invoice_finds_nothing_for_whoever_is_not_told_of_invoices(
    world: World, person: People
) -> None:
    acts = Acts(world.cast)
    acts.count = 500
    part = acts.transfer(world.cast.birch, acts.issue(), 100_00, world.cast.cedar)
    world.follow()
    name, query = payable_name(part >> 32), f"&invoice=0x{acts.invoice(501).hex()}"
    assert person("Cedar").get(f"/v1/payables/{name}").json()["invoices"] is None
    assert _listed(person("Cedar"), query) == []
    for one in ("Acme", "Birch", "Settlement Bank", "Regulator"):
        assert _listed(person(one), query) == [name]


def test_offer_that_was_declined_tells_its_taker_nothing_of_the_payable(
    world: World, person: People
) -> None:
    """The offer itself stays its own leg; who owes and when is not its to ask any more."""
    acts = Acts(world.cast)
    acts.count = 1_100
    root = acts.issue()
    offered = acts.offer(world.cast.birch, root, 100_00, world.cast.echo)
    world.follow()
    payable = payable_name(root >> 32)

    def offers(name: str, more: str = "") -> list[str]:
        found = person(name).get(f"/v1/offers?payable={payable}{more}").json()["data"]
        return [one["state"] for one in found if one["voucher"] == voucher_name(offered)]

    filters = ("&obligor=1", "&maturity_from=2026-08-28", "&maturity_to=2026-08-28")
    assert [offers("Echo Bank", one) for one in filters] == [["open"]] * 3
    world.cast.echo.act(DeclineVoucher, [], voucher=offered, reason=named("late"))
    world.follow()
    assert offers("Echo Bank") == ["declined"]
    assert [offers("Echo Bank", one) for one in filters] == [[]] * 3
    assert [offers("Birch", one) for one in filters] == [["declined"]] * 3


def test_offer_that_lapsed_tells_its_taker_nothing_of_the_payable(
    world: World, person: People
) -> None:
    acts = Acts(world.cast)
    acts.count = 1_300
    root = acts.issue()
    acts.offer(world.cast.birch, root, 100_00, world.cast.echo)
    world.cast.advance(30)
    world.follow()
    query = f"/v1/offers?payable={payable_name(root >> 32)}"
    for name, count in (("Echo Bank", 0), ("Birch", 1)):
        found = person(name).get(f"{query}&obligor=1").json()["data"]
        assert len([one for one in found if one["state"] == "lapsed"]) == count
    [told] = person("Echo Bank").get(query).json()["data"]
    assert told["state"] == "lapsed"


def test_no_page_counts_or_names_what_went_with_an_offer(world: World, person: People) -> None:
    """Neither `has_more` nor a cursor tells that a row was there, and so who owes."""
    acts = Acts(world.cast)
    acts.count = 1_500
    for _ in range(3):
        acts.offer(world.cast.birch, acts.issue(), 100_00, world.cast.echo)
    world.follow()
    echo = person("Echo Bank")
    standing = echo.get("/v1/offers?obligor=1&limit=2").json()
    assert (len(standing["data"]), standing["has_more"]) == (2, True)

    world.cast.advance(30)
    world.follow()
    for path in ("offers?obligor=1", "payables?obligor=1", "vouchers?obligor=1", "participants?"):
        whole = echo.get(f"/v1/{path}&limit=200").json()["data"]
        found, cursor, has_more = [], "", True
        while has_more:
            page = echo.get(f"/v1/{path}&limit=1{cursor}").json()
            assert len(page["data"]) == 1 or not (found or page["has_more"]), path
            found += page["data"]
            has_more, cursor = page["has_more"], f"&cursor={page['next_cursor']}"
        assert found == whole, path


def test_events_of_an_offer_that_was_declined_are_not_found_by_who_owes(
    world: World, person: People
) -> None:
    """They stay its taker's own; by their payable it finds them, which they name."""
    acts = Acts(world.cast)
    acts.count = 1_700
    root = acts.issue()
    offered = acts.offer(world.cast.birch, root, 100_00, world.cast.echo)
    world.follow()
    echo, payable = person("Echo Bank"), payable_name(root >> 32)
    [told] = _told(echo, f"payable={payable}")
    behind = f"after={told['seq'] - 1}"
    filters = (f"obligor=1&{behind}", f"maturity_from=2026-08-28&{behind}")
    assert [_told(echo, one) for one in filters] == [[told]] * 2
    world.cast.echo.act(DeclineVoucher, [], voucher=offered, reason=named("late"))
    world.follow()
    assert told in _told(echo, f"payable={payable}")
    assert [_told(echo, one) for one in filters] == [[], []]
    birchs = _told(person("Birch"), filters[0])
    assert told["seq"] in [one["seq"] for one in birchs]  # which says whose part it was, too


def test_page_of_events_does_not_tell_where_one_went_with_its_offer(
    world: World, person: People
) -> None:
    acts = Acts(world.cast)
    acts.count = 1_900
    root = acts.issue()
    acts.offer(world.cast.birch, root, 100_00, world.cast.echo)
    world.follow()
    echo = person("Echo Bank")
    [told] = _told(echo, f"payable={payable_name(root >> 32)}")
    query = f"/v1/events?obligor=1&limit=1&after={told['seq'] - 1}"
    assert echo.get(query).json()["data"] == [told]
    world.cast.advance(30)
    world.follow()
    page = echo.get(query).json()
    assert (page["data"], page["has_more"], page["next_after"]) == ([], False, told["seq"] - 1)
