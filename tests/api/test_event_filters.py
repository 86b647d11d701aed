"""Filters of the feed: each finds what it names, tells nothing more, and looks at so many only."""

from typing import Any, Final

import pytest

from ledger.store import feed
from tests.api.world import People, Person, World
from tests.cast import named

ROLES: Final = ("Acme", "Birch", "Cedar", "Delta Bank", "Settlement Bank", "Regulator")


def _events(person: Person, **asked: Any) -> list[Any]:
    """Every page of the feed."""
    found: list[Any] = []
    page = {"has_more": True, "next_after": 0}
    while page["has_more"]:
        query = {"limit": 200, **asked, "after": page["next_after"]}
        page = person.get("/v1/events", params=query).json()
        found += page["data"]
    return found


def _rows(person: Person, path: str) -> list[Any]:
    rows: list[Any] = person.get(f"/v1/{path}?limit=200").json()["data"]
    return rows


@pytest.fixture(scope="module")
def under(person: People) -> dict[int, str]:
    """The payable of each event that lies on one, by its number: found by another way."""
    regulator = person("Regulator")
    loans = {one["id"]: one["voucher"] for one in _rows(regulator, "loans")}
    payouts = {one["number"]: one["voucher"] for one in _rows(regulator, "payouts")}
    found = {}
    for one in _events(regulator):
        data = one["data"]
        voucher = data.get("voucher") or data.get("whole") or data.get("joined")
        voucher = voucher or loans.get(data.get("loan_id")) or payouts.get(data.get("payout"))
        payable = data.get("payable_id") or (voucher and f"P-{voucher[2:].partition('.')[0]}")
        if payable:
            found[one["seq"]] = payable
    assert {one["kind"] for one in _events(regulator) if one["seq"] in found} >= {
        *("LoanRepaid", "VoucherCut", "VouchersJoined", "InvoiceUsed"),
    }
    return found


@pytest.mark.parametrize("name", ROLES)
class TestOnPayables:
    def test_payable_finds_what_lies_on_it(
        self, person: People, under: dict[int, str], name: str
    ) -> None:
        whole = _events(person(name))
        for payable in ("P-1", "P-2", "P-4000000000"):
            expected = [one for one in whole if under.get(one["seq"]) == payable]
            assert _events(person(name), payable=payable) == expected

    def test_obligor_and_maturity_find_what_lies_on_payables_that_are_known(
        self, person: People, under: dict[int, str], name: str
    ) -> None:
        reader, known = person(name), {one["id"]: one for one in _rows(person(name), "payables")}
        on = [(one, known.get(under.get(one["seq"], ""))) for one in _events(reader)]
        for number in (1, 2):
            expected = [one for one, owed in on if owed and owed["obligor"] == number]
            assert bool(expected) is (number == 1)
            assert _events(reader, obligor=number) == expected
        day = {"maturity_from": "2026-08-28", "maturity_to": "2026-08-28"}
        assert _events(reader, **day) == [
            one for one, owed in on if owed and owed["maturity"] == "2026-08-28"
        ]
        seen = [one for one, owed in on if owed and owed["invoices"] and owed["id"] == "P-1"]
        assert _events(reader, invoice="0x" + named("invoice 1").hex()) == seen

    def test_pages_that_end_with_what_was_looked_at_hold_the_same(
        self, monkeypatch: pytest.MonkeyPatch, person: People, name: str
    ) -> None:
        asked: tuple[dict[str, Any], ...] = ({"obligor": 1}, {"payable": "P-1"}, {"kind": "X" * 9})
        expected = [_events(person(name), **one) for one in asked]
        monkeypatch.setattr(feed, "GONE_THROUGH_MOST", 30)
        monkeypatch.setattr(feed, "LOOKED_MOST", 60)
        assert [_events(person(name), **one) for one in asked] == expected
        first = person(name).get("/v1/events?kind=XX").json()
        assert (first["data"], first["has_more"], first["next_after"]) == ([], True, 30)
        known = person(name).get("/v1/events?payable=P-4000000000").json()
        assert (known["data"], known["has_more"], known["next_after"]) == ([], True, 60)


class TestCommands:
    def test_reference_finds_events_of_its_own_commands_alone(
        self, world: World, person: People
    ) -> None:
        birch, body = person("Birch"), {"bank": 6, "to": 3, "amount": "1.00"}
        signed = birch.signed("/v1/deposits/move", **body, purpose="0x" + "23" * 32)
        signed["external_reference"] = "PO-FEED-1"
        made = birch.post("/v1/deposits/move", signed, idempotency_key="feed-1").json()
        world.turn()
        told = _events(birch, digest=made["digest"])
        assert {"CommandExecuted", "DepositMoved"} == {one["kind"] for one in told}
        assert _events(birch, external_reference="PO-FEED-1") == told
        assert [one["kind"] for one in _events(person("Cedar"), digest=made["digest"])] == [
            "DepositMoved"
        ]
        assert _events(person("Cedar"), external_reference="PO-FEED-1") == []
        assert _events(birch, external_reference="PO-FEED-1", obligor=1) == []


class TestParticipants:
    def test_whoever_is_named_is_found_and_nobody_else_who_is_concerned(
        self, person: People
    ) -> None:
        """A reminder concerns every holder of a payable, and names none of them to the others."""
        for name in ("Acme", "Birch", "Settlement Bank"):
            reader = person(name)
            whole = _events(reader)
            for number in (1, 2, 3, 4, 6):
                found = _events(reader, participant=number)
                if number == reader.member.id:
                    hidden = [one for one in whole if one not in found]
                    assert hidden
                    assert {one["kind"] for one in hidden} <= {
                        *("RulesSet", "HolidaysSet", "VerifierAllowed", "DeskAdded"),
                        *("LedgerPauseSet", "ChainRewound"),
                    }
                    continue
                for one in found:
                    values = [*one["data"].values(), *one["data"].get("loan", {}).values()]
                    assert number in values, one

    def test_regulator_finds_whom_events_concern(self, person: People) -> None:
        found = _events(person("Regulator"), participant=2)
        own = {one["seq"] for one in _events(person("Birch"), participant=2)}
        assert {one["seq"] for one in found} == own
