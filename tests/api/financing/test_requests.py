"""Requests for quotes: what is refused, who sees what, and what becomes of them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api.app import create_app
from ledger.model.commands import VoidNonce
from ledger.service.financing import desk as financing
from ledger.service.financing.states import QuoteState, RequestState
from tests.api.at_once import gathered
from tests.api.conftest import OPTIONS
from tests.api.financing.desk import Desk, text_of, told
from tests.api.world import People, Person

ABSENT = "frq_" + "0" * 26
HASH = "0x" + "ab" * 32


class TestRefused:
    def test_voucher_of_another_looks_like_none(self, desk: Desk, person: People) -> None:
        foreign = desk.ask(person("Cedar"), desk.voucher())
        absent = desk.ask(person("Cedar"), "V-4000000000.1")
        assert told(foreign) == told(absent) == (404, "ResourceUnknown")

    @pytest.mark.parametrize(
        ("more", "answer"),
        [
            ({"amount": "0"}, (409, "ZeroAmount")),
            ({"amount": "10000.01"}, (409, "AmountExceedsVoucher")),
            ({"asked": [2]}, (409, "AddresseeUnfit")),
            ({"asked": [3]}, (409, "AddresseeUnfit")),
            ({"asked": [4, 8]}, (409, "AddresseeUnfit")),
            ({"asked": [77]}, (409, "AddresseeUnfit")),
            ({"asked": [1], "kinds": ["sale"]}, (409, "AddresseeUnfit")),
            ({"asked": [4], "kinds": ["redemption"]}, (409, "AddresseeUnfit")),
            ({"until": "2026-03-01T00:00:00Z"}, (409, "RequestTimeUnfit")),
            ({"until": "2026-08-01T00:00:00Z"}, (409, "RequestTimeUnfit")),
            ({"asked": []}, (422, "RequestInvalid")),
            ({"asked": list(range(1, 30))}, (422, "RequestInvalid")),
            ({"kinds": ["gift"]}, (422, "RequestInvalid")),
            ({"documents": [HASH] * 65}, (422, "RequestInvalid")),
            ({"amount": 5}, (422, "RequestInvalid")),
            ({"secret": 1}, (422, "RequestInvalid")),
        ],
    )
    def test_request_that_cannot_stand(
        self, desk: Desk, birch: Person, more: dict[str, Any], answer: tuple[int, str]
    ) -> None:
        voucher = desk.spare()
        assert told(desk.ask(birch, voucher, **more)) == answer
        assert birch.get(f"/v1/financing-requests?voucher={voucher}").json()["data"] == []

    def test_voucher_that_is_offered_cannot_be_disposed_of(self, desk: Desk, birch: Person) -> None:
        voucher = desk.voucher()
        root = (int(voucher[2:-2]) << 32) | 1
        desk.acts.offer(desk.world.cast.birch, root, 10_000_00, desk.world.cast.cedar)
        desk.world.follow()
        assert told(desk.ask(birch, voucher)) == (409, "VoucherNotHeld")

    def test_write_needs_its_key(self, desk: Desk, birch: Person) -> None:
        body = {"voucher": desk.voucher(), "kinds": ["sale"], "asked": [4]}
        assert told(birch.post("/v1/financing-requests", body)) == (400, "IdempotencyKeyMissing")


def test_dry_run_asks_nobody(desk: Desk, birch: Person) -> None:
    voucher = desk.voucher()
    body = {"voucher": voucher, "kinds": ["sale"], "asked": [4]}
    answer = birch.post("/v1/financing-requests?dry_run=true", body)
    assert (answer.status_code, answer.json()) == (200, {"dry_run": True})
    refused = birch.post("/v1/financing-requests?dry_run=true", {**body, "asked": [2]})
    assert told(refused) == (409, "AddresseeUnfit")
    assert birch.get(f"/v1/financing-requests?voucher={voucher}").json()["data"] == []


def test_holder_has_so_many_open_requests(desk: Desk, birch: Person, monkeypatch: Any) -> None:
    request = desk.asked(birch, desk.spare("full"))
    listed = birch.get("/v1/financing-requests?holder=2&limit=200").json()
    assert not listed["has_more"]
    now = listed["as_of"]["time"]
    open_ = [one["state"] != "withdrawn" and one["until"] >= now for one in listed["data"]]
    monkeypatch.setattr(financing, "REQUESTS_MAX", sum(open_))
    full = desk.ask(birch, desk.spare("full"))
    assert told(full) == (409, "DeskFull")
    assert full.json()["params"] == {"most": sum(open_), "what": "requests"}
    withdrawn = birch.post(f"/v1/financing-requests/{request['id']}/withdraw", None)
    assert withdrawn.json()["state"] == "withdrawn"
    desk.asked(birch, desk.spare("full"))


class TestKeys:
    def test_same_request_again_gets_the_first_answer(self, desk: Desk, birch: Person) -> None:
        voucher = desk.voucher()
        first, again = (desk.ask(birch, voucher, key="again") for _ in range(2))
        assert first.text == again.text
        assert again.headers["idempotent-replayed"] == "true"
        other = desk.ask(birch, voucher, key="again", amount="1.00")
        assert told(other) == (422, "IdempotencyKeyReused")

    def test_many_at_once_make_one_request(self, desk: Desk, birch: Person) -> None:
        voucher = desk.voucher()
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: desk.ask(birch, voucher, key="many"), range(24)))
        assert {one.status_code for one in answers} == {201}
        assert len({one.text for one in answers}) == 1
        listed = birch.get(f"/v1/financing-requests?voucher={voucher}").json()["data"]
        assert len(listed) == 1


class TestWhoSees:
    @pytest.mark.parametrize("more", ["", "/checks", "/lineage", "/comparison"])
    @pytest.mark.parametrize("name", ["Cedar", "Echo Bank", "Acme", "Settlement Bank", "Operator"])
    def test_strangers_to_a_request_see_nothing_of_it(
        self, desk: Desk, birch: Person, person: People, more: str, name: str
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"), kinds=["sale"], asked=[4])
        foreign = person(name).get(f"/v1/financing-requests/{request['id']}{more}")
        absent = person(name).get(f"/v1/financing-requests/{ABSENT}{more}")
        assert told(foreign) == told(absent) == (404, "ResourceUnknown")
        listed = person(name).get("/v1/financing-requests").text
        assert request["id"] not in listed

    def test_bank_sees_neither_the_others_nor_their_answers(
        self, desk: Desk, birch: Person, delta: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        quote = desk.give(delta, request)
        refused = echo.post(f"/v1/financing-requests/{request['id']}/refuse", {"reason": "line"})
        assert refused.status_code == 200
        seen = desk.read(echo, request)
        assert seen["asked"] == [5]
        assert quote["id"] not in str(seen)
        assert [one["participant"] for one in seen["answers"]] == [5]
        assert quote["id"] not in echo.get("/v1/quotes").text
        assert told(echo.get(f"/v1/quotes/{quote['id']}")) == (404, "ResourceUnknown")
        whole = desk.read(birch, request)
        assert [one["participant"] for one in whole["answers"]] == [1, 4, 5]
        assert whole["answers"][1]["quotes"] == [quote["id"]]
        assert whole["answers"][2]["refusal"]["reason"] == "line"

    def test_only_whoever_asks_compares(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        answer = delta.get(f"/v1/financing-requests/{request['id']}/comparison")
        assert told(answer) == (404, "ResourceUnknown")

    def test_regulator_sees_all_with_a_purpose(
        self, desk: Desk, birch: Person, delta: Person, person: People
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        quote = desk.give(delta, request)
        regulator = person("Regulator")
        assert desk.read(regulator, request)["asked"] == [1, 4, 5]
        assert regulator.get(f"/v1/quotes/{quote['id']}").status_code == 200
        assert desk.read(regulator, request, "/comparison")["data"][0]["quote"] == quote["id"]
        del regulator.headers["fenbook-purpose"]
        answer = regulator.get(f"/v1/financing-requests/{request['id']}")
        regulator.headers["fenbook-purpose"] = "case%2017"
        assert told(answer) == (400, "PurposeNotStated")

    def test_asked_bank_reads_every_hop(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare("shared"), documents=[HASH])
        lineage = desk.read(delta, request, "/lineage")
        assert lineage["is_whole"]
        assert [one["kind"] for one in lineage["data"]] == ["issue"]
        assert desk.read(delta, request)["documents"] == [HASH]
        name = request["voucher"]
        assert delta.get(f"/v1/vouchers/{name}").status_code == 404


class TestLineage:
    """Who is asked reads how the units came, as they were when it was asked, while it counts."""

    def test_part_that_is_asked_for_is_all_that_is_told(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher(), amount="400.00")
        lineage = desk.read(delta, request, "/lineage")
        assert (lineage["start"], lineage["end"]) == ("0", "40000")
        assert [(one["end"], one["price"]) for one in lineage["data"]] == [("40000", None)]
        [row] = desk.file(delta, request, "/lineage")
        assert row == [text_of(one) for one in lineage["data"][0].values()]

    def test_loser_learns_nothing_of_the_winners_terms(
        self, desk: Desk, birch: Person, delta: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher(), asked=[4, 5])
        assert desk.take(birch, desk.give(delta, request))["state"] == "done"
        for more in ("/lineage", "/checks"):
            for place in ("", "exports/"):
                answer = echo.get(f"/v1/{place}financing-requests/{request['id']}{more}")
                assert told(answer) == (409, "RequestEnded")
        assert [one["kind"] for one in desk.read(birch, request, "/lineage")["data"]] == ["issue"]

    def test_bank_of_a_withdrawn_request_learns_nothing_more(
        self, desk: Desk, birch: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher(), asked=[5])
        birch.post(f"/v1/financing-requests/{request['id']}/withdraw", None)
        for more in ("/lineage", "/checks"):
            answer = echo.get(f"/v1/financing-requests/{request['id']}{more}")
            assert told(answer) == (409, "RequestEnded")

    def test_giver_of_a_firm_quote_reads_on_when_the_request_is_withdrawn(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        desk.give(delta, request)
        birch.post(f"/v1/financing-requests/{request['id']}/withdraw", None)
        assert desk.read(delta, request, "/lineage")["is_whole"]

    def test_what_its_holder_does_meanwhile_is_not_told(
        self, desk: Desk, birch: Person, delta: Person, echo: Person
    ) -> None:
        voucher = desk.voucher()
        waiting = desk.asked(birch, voucher, asked=[5])
        pledge = desk.give(delta, desk.asked(birch, voucher, asked=[4]), "pledge")
        assert desk.take(birch, pledge)["state"] == "done"
        assert desk.read(echo, waiting)["state"] == "open"
        hops = desk.read(echo, waiting, "/lineage")["data"]
        assert [one["kind"] for one in hops] == ["issue"]


class TestAnswers:
    def test_refusal_carries_reason_and_next_step_in_both_languages(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        path = f"/v1/financing-requests/{request['id']}"
        for reason in ("tenor", "line"):  # the first one stays
            assert delta.post(f"{path}/refuse", {"reason": reason}).status_code == 200
        said = {
            language: birch.get(path, headers={"accept-language": language}).json()["answers"][1]
            for language in ("en", "zh-CN")
        }
        assert said["en"]["refusal"]["reason"] == "tenor"
        assert said["en"]["refusal"]["next_step"].startswith("Ask again nearer to maturity")
        assert said["zh-CN"]["refusal"]["next_step"].startswith("请临近到期时")
        assert desk.read(birch, request)["state"] == "answered"

    def test_quote_may_follow_a_refusal(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        delta.post(f"/v1/financing-requests/{request['id']}/refuse", {"reason": "price"})
        quote = desk.give(delta, request)
        answer = desk.read(birch, request)["answers"][1]
        assert (answer["quotes"], answer["refusal"]) == ([quote["id"]], None)

    @pytest.mark.parametrize("name", ["Cedar", "Birch", "Operator", "Settlement Bank"])
    def test_who_is_not_asked_cannot_refuse(
        self, desk: Desk, birch: Person, person: People, name: str
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        path = f"/v1/financing-requests/{request['id']}/refuse"
        assert told(person(name).post(path, {"reason": "price"})) == (404, "ResourceUnknown")
        assert [one["refusal"] for one in desk.read(birch, request)["answers"]] == [None] * 3


class TestStates:
    def test_withdrawn_takes_no_answer_and_only_its_maker_withdraws(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        path = f"/v1/financing-requests/{request['id']}"
        assert told(delta.post(f"{path}/withdraw", None)) == (404, "ResourceUnknown")
        assert birch.post(f"{path}/withdraw", None).json()["state"] == "withdrawn"
        assert birch.post(f"{path}/withdraw", None).json()["state"] == "withdrawn"
        late = delta.post(f"{path}/refuse", {"reason": "price"})
        assert told(late) == (409, "RequestEnded")
        form = desk.signed(delta, request, "sale")
        assert told(desk.post(delta, "sale", form)) == (409, "RequestEnded")

    def test_end_and_refusal_are_told_once_and_tried_out(
        self, desk: Desk, birch: Person, delta: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.spare("shared"))
        path, key = f"/v1/financing-requests/{request['id']}", request["id"]
        line = {"reason": "line"}
        for who, step, body in ((delta, "refuse", line), (birch, "withdraw", None)):
            tried = who.post(f"{path}/{step}?dry_run=true", body)
            assert (tried.status_code, tried.json()) == (200, {"dry_run": True})
            assert desk.read(birch, request)["state"] in ("open", "answered")
            assert all(one["refusal"] is None for one in desk.read(delta, request)["answers"])
            options = {"json": body, "headers": who.headers | {"Idempotency-Key": key}}
            own = (f"{path}/{step}", options)
            answers = gathered(create_app(desk.world.service, OPTIONS), [own] * 20)
            assert {one.status_code for one in answers} == {200}
            assert len({one.content for one in answers}) == 1
            assert sum("idempotent-replayed" in one.headers for one in answers) == 19
            if step == "refuse":
                desk.give(delta, request)  # what was refused is quoted after all
        again = delta.post(f"{path}/refuse", line, idempotency_key=key)
        assert again.json()["answers"][0]["refusal"]["reason"] == "line"
        other = delta.post(f"{path}/refuse", {"reason": "price"}, idempotency_key=key)
        assert told(other) == (422, "IdempotencyKeyReused")
        for query in ("?dry_run=true", ""):
            late = echo.post(f"{path}/refuse{query}", line)
            assert told(late) == (409, "RequestEnded")
            strange = echo.post(f"{path}/withdraw{query}", None)
            assert told(strange) == (404, "ResourceUnknown")

    def test_void_with_the_reason_when_the_range_changes(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        voucher = desk.voucher()
        request = desk.asked(birch, voucher)
        quote = desk.give(delta, request)
        root = (int(voucher[2:-2]) << 32) | 1
        desk.acts.transfer(desk.world.cast.birch, root, 1_00, desk.world.cast.cedar)
        desk.world.follow()
        seen = desk.read(birch, request)
        assert (seen["state"], seen["reason"]["code"]) == ("void", "RangeChanged")
        assert seen["reason"]["params"] == {"voucher": voucher, "start": "100", "end": "1000000"}
        # What became of the range is not the bank's to know.
        seen = desk.read(delta, request)
        assert (seen["state"], seen["reason"]["params"]) == ("void", {})
        seen = birch.get(f"/v1/quotes/{quote['id']}").json()
        assert (seen["state"], seen["reason"]["code"]) == ("void", "RangeChanged")
        form = desk.signed(delta, request, "sale")
        assert told(desk.post(delta, "sale", form)) == (409, "RequestEnded")

    def test_void_requests_and_quotes_are_listed_and_exported(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        voucher, cast = desk.voucher(), desk.world.cast
        desk.give(delta, desk.asked(birch, voucher))
        desk.acts.transfer(cast.birch, (int(voucher[2:-2]) << 32) | 1, 1_00, cast.cedar)
        desk.world.follow()
        for path in ("financing-requests", "quotes"):
            for reader in (birch, delta):
                [row] = reader.get(f"/v1/{path}?voucher={voucher}").json()["data"]
                assert (row["state"], row["reason"]["code"]) == ("void", "RangeChanged")
                exported = reader.get(f"/v1/exports/{path}?voucher={voucher}&heads=names")
                assert "RangeChanged" in exported.text

    def test_answers_in_a_file_for_people_are_words(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, voucher := desk.voucher())
        quote = desk.give(delta, request)
        path = f"/v1/exports/financing-requests?voucher={voucher}"
        text = birch.get(path, headers={"accept-language": "zh-CN"}).text
        assert f"参与方 4 · 报价 {quote['id']}" in text
        assert "{" not in text

    def test_quote_is_void_once_its_number_is(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        quote = desk.give(delta, request)
        assert desk.read(birch, request)["state"] == "answered"
        nonce = int(quote["signed"]["message"]["nonce"])
        desk.world.cast.delta.act(VoidNonce, voided=nonce)
        desk.world.follow()
        seen = birch.get(f"/v1/quotes/{quote['id']}").json()
        assert (seen["state"], seen["reason"]["code"]) == ("void", "NonceUsed")
        refused = birch.post(f"/v1/quotes/{quote['id']}/take/typed-data", {})
        assert told(refused) == (409, "NonceUsed")
        assert desk.read(birch, request)["state"] == "answered"

    def test_lists_are_filtered_by_state(self, desk: Desk, birch: Person, delta: Person) -> None:
        """And a page is filled with those of the state, whatever lies between."""
        request = desk.asked(birch, desk.voucher())
        quote, later = desk.give(delta, request), desk.give(delta, request)
        desk.asked(birch, request["voucher"])
        nonce = int(later["signed"]["message"]["nonce"])
        desk.world.cast.delta.act(VoidNonce, voided=nonce)
        desk.world.follow()
        for path, state, expected in (
            (f"financing-requests?voucher={request['voucher']}", "answered", request),
            (f"quotes?request={request['id']}", "open", quote),
        ):
            page = birch.get(f"/v1/{path}&limit=1&state={state}").json()
            assert [one["id"] for one in page["data"]] == [expected["id"]]
            assert not page["has_more"]

    def test_time_ends_quotes_and_requests(self, desk: Desk, birch: Person, delta: Person) -> None:
        voucher, world = desk.voucher(), desk.world
        request = desk.asked(birch, voucher)
        quote = desk.give(delta, request)
        world.service.endpoint.advance_to(world.service.now + 31 * 86_400)
        world.follow()
        assert desk.read(birch, request)["state"] == "expired"
        assert birch.get(f"/v1/quotes/{quote['id']}").json()["state"] == "expired"
        refused = birch.post(f"/v1/quotes/{quote['id']}/take/typed-data", {})
        assert told(refused) == (409, "QuoteEnded")
        form = desk.signed(delta, request, "sale")
        assert told(desk.post(delta, "sale", form)) == (409, "RequestEnded")
        assert desk.read(birch, request, "/comparison")["data"] == []
        for path, states in (("financing-requests", RequestState), ("quotes", QuoteState)):
            whole = birch.get(f"/v1/{path}?limit=200").json()
            assert not whole["has_more"]
            for state in states:
                found = birch.get(f"/v1/{path}?limit=200&state={state.value}").json()["data"]
                assert found == [one for one in whole["data"] if one["state"] == state.value]
