"""A write: prepared, read, signed, submitted under a key, and followed to its end."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from api.verbs import QUOTES, VERBS
from docs.samples import sample
from ledger.chain.typed_data import Domain, command_from
from ledger.model.commands import COMMANDS
from ledger.model.errors import NodeUnreachable
from ledger.model.plain import plain_of
from ledger.store import access
from tests.api.at_once import gathered
from tests.api.conftest import OPTIONS
from tests.api.world import People, Person, World

TRANSFER = "/v1/vouchers/transfer"
CJK = re.compile(r"[\u4e00-\u9fff]")


def _part(amount: str, voucher: str = "V-1.1", to: int = 3) -> dict[str, Any]:
    return {"to": to, "voucher": voucher, "amount": amount, "evidence": "0x" + "11" * 32}


def _move(amount: str = "1.00", to: int = 3) -> dict[str, Any]:
    """Birch pays Cedar from its deposit: always possible."""
    return {"bank": 6, "to": to, "amount": amount, "purpose": "0x" + "22" * 32}


def _key() -> str:
    return secrets.token_hex(8)


class TestPreparation:
    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_is_prepared(self, person: People, world: World, name: str) -> None:
        verb = VERBS.get(name) or QUOTES[name]
        draft = plain_of(sample(COMMANDS[name]))
        for field in ("participant", "nonce", "deadline"):
            del draft[field]
        prepared = person("Birch").prepare(f"/v1/{verb.noun}/{verb.word}", **draft)
        deployment = world.service.deployment
        domain = Domain.of(deployment.chain_id, deployment.address(COMMANDS[name].desk))
        command = command_from(prepared["typed_data"], domain)
        assert (type(command).__name__, command.participant) == (name, 2)
        assert prepared["digest"] == "0x" + world.cast.ledger.digest(command).hex()
        assert prepared["check_code"] == prepared["digest"][2:10]
        assert {**prepared["command"], **draft} == prepared["command"]
        assert prepared["sentence"]
        assert len(prepared["fields"]) >= len(draft)

    def test_sentence_comes_in_both_languages(self, birch: Person) -> None:
        path, body = f"{TRANSFER}/typed-data", {"parts": [_part("400000.00")]}
        english = birch.post(path, body)
        chinese = birch.post(path, body, accept_language="zh-CN")
        assert "CN¥400,000.00" in english.json()["sentence"]
        assert "肆拾万元整" in chinese.json()["sentence"]
        assert chinese.headers["content-language"] == "zh-CN"
        assert all(CJK.search(one["label"]) for one in chinese.json()["fields"])

    def test_numbers_are_proposed_once(self, birch: Person) -> None:
        prepared = [birch.prepare("/v1/vouchers/withdraw", voucher="V-1.1") for _ in range(3)]
        assert len({one["command"]["nonce"] for one in prepared}) == 3

    def test_own_number_and_deadline_are_kept(self, birch: Person) -> None:
        own = {"nonce": "123456789012345678901234567890", "deadline": "2026-03-23T00:00:00Z"}
        prepared = birch.prepare("/v1/vouchers/withdraw", voucher="V-1.1", **own)
        assert {name: prepared["command"][name] for name in own} == own

    @pytest.mark.parametrize(
        ("draft", "pointer"),
        [
            ({"parts": [_part("1.001")]}, "/parts/0/amount"),
            ({"parts": [{**_part("1.00"), "amount": 1}]}, "/parts/0/amount"),
            ({"parts": [{**_part("1.00"), "memo": "x"}]}, "/parts/0/memo"),
            ({"parts": [_part("1.00", voucher="V-9999999999.1")]}, "/parts/0/voucher"),
            ({"parts": [_part("99999999999999.00")]}, "/parts/0/amount"),
            ({"parts": "all"}, "/parts"),
            ({}, "/parts"),
            ({"parts": [], "deadline": "2026-02-30T00:00:00Z"}, "/deadline"),
        ],
    )
    def test_draft_of_another_form_is_refused_at_its_place(
        self, birch: Person, draft: dict[str, Any], pointer: str
    ) -> None:
        answer = birch.post(f"{TRANSFER}/typed-data", draft)
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]

    def test_for_another_nothing_is_prepared(self, birch: Person) -> None:
        body = {"parts": [_part("1.00")], "participant": 3}
        assert birch.post(f"{TRANSFER}/typed-data", body).status_code == 404


class TestSubmission:
    def test_command_takes_effect(self, birch: Person, world: World) -> None:
        world.turn()
        before = world.cast.ledger.deposit(6, 3)
        body = birch.signed("/v1/deposits/move", **_move("12.34"))
        answer = birch.post("/v1/deposits/move", body, idempotency_key=_key())
        assert answer.status_code == 202
        operation = answer.json()
        assert (operation["state"], operation["verb"]) == ("accepted", "moveDeposit")
        assert answer.headers["location"] == f"/v1/operations/{operation['id']}"
        assert answer.headers["trace-id"] == operation["digest"][2:]
        world.turn()
        done = birch.get(answer.headers["location"]).json()
        assert (done["state"], done["refusal"]) == ("done", None)
        assert done["block"] <= done["as_of"]["block"]
        assert world.cast.ledger.deposit(6, 3) == before + 1234
        events = birch.get("/v1/events?after=0&limit=200&kind=DepositMoved").json()["data"]
        assert operation["digest"] in {one["digest"] for one in events}

    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    def test_refusal_is_the_contract_s_own(self, birch: Person, language: str) -> None:
        draft = {"parts": [_part("9000000.00")]}
        body = birch.signed(TRANSFER, **draft)
        answer = birch.post(TRANSFER, body, idempotency_key=_key(), accept_language=language)
        refused = answer.json()
        assert (answer.status_code, refused["code"]) == (409, "AmountExceedsVoucher")
        assert refused["params"]["voucher"] == "V-1.1"
        assert refused["params"]["asked"] == "9000000.00"
        assert bool(CJK.search(refused["detail"])) == (language == "zh-CN")
        assert refused["next_step"]
        assert len(refused["trace_id"]) == 64

    @pytest.mark.parametrize(
        ("change", "status", "code"),
        [
            (lambda body: body["approvals"].pop(), 403, "SignersTooFew"),
            (lambda body: body["approvals"].reverse(), 422, "SignersUnordered"),
            (lambda body: body["approvals"].__setitem__(1, body["approvals"][0]), 422, None),
            (lambda body: body["message"].__setitem__("nonce", "77"), 403, "InvalidSignature"),
            (lambda body: body["message"].__setitem__("to", 4), 403, "InvalidSignature"),
            (lambda body: body["message"].__setitem__("amount", 123400), 422, "RequestInvalid"),
            (lambda body: body["message"].__setitem__("amount", "0x1e240"), 422, "RequestInvalid"),
            (lambda body: body["message"].__setitem__("amount", "0123"), 422, "RequestInvalid"),
            (lambda body: body["message"].__setitem__("memo", ""), 422, "RequestInvalid"),
            (lambda body: body["message"].pop("nonce"), 422, "RequestInvalid"),
            (lambda body: body.__setitem__("memo", ""), 422, "RequestInvalid"),
            (lambda body: body.__setitem__("approvals", []), 422, "RequestInvalid"),
            (lambda body: body["message"].__setitem__("participant", 3), 403, "CommandForeign"),
        ],
    )
    def test_anything_changed_after_signing_is_refused(
        self, birch: Person, change: Callable[[Any], Any], status: int, code: str | None
    ) -> None:
        body = birch.signed("/v1/deposits/move", **_move("123456.00"))
        change(body)
        answer = birch.post("/v1/deposits/move", body, idempotency_key=_key())
        assert answer.status_code == status, answer.text
        assert code in (None, answer.json()["code"])

    def test_command_of_another_verb_is_no_such_message(self, birch: Person) -> None:
        body = birch.signed("/v1/vouchers/withdraw", voucher="V-1.1")
        answer = birch.post("/v1/vouchers/join", body, idempotency_key=_key())
        assert answer.status_code == 422

    @pytest.mark.parametrize("query", ["dryrun=true", "dry_run=true&x=1", "=null"])
    def test_misspelt_dry_run_takes_no_effect(
        self, birch: Person, world: World, query: str
    ) -> None:
        """Found at length: a parameter that the route has not was overlooked."""
        body, counts = birch.signed("/v1/deposits/move", **_move()), world.service.outbox.counts()
        answer = birch.post(f"/v1/deposits/move?{query}", body, idempotency_key=_key())
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert world.service.outbox.counts() == counts

    def test_dry_run_under_a_key_that_is_none_is_refused(self, birch: Person) -> None:
        body = birch.signed("/v1/deposits/move", **_move())
        answer = birch.post("/v1/deposits/move?dry_run=true", body, idempotency_key="")
        assert answer.json()["code"] == "IdempotencyKeyMissing"

    def test_dry_run_says_what_would_be_answered_and_keeps_nothing(
        self, birch: Person, world: World
    ) -> None:
        body = birch.signed("/v1/deposits/move", **_move())
        counts = world.service.outbox.counts()
        answer = birch.post("/v1/deposits/move?dry_run=true", body)
        assert (answer.status_code, answer.json()) == (200, {"dry_run": True})
        bad = birch.signed(TRANSFER, parts=[_part("9000000.00")])
        refused = birch.post(f"{TRANSFER}?dry_run=true", bad)
        assert refused.json()["code"] == "AmountExceedsVoucher"
        assert world.service.outbox.counts() == counts

    def test_sale_takes_its_quote_along(self, birch: Person, delta: Person, world: World) -> None:
        row = birch.get("/v1/vouchers/V-1.1").json()
        terms = {"voucher": "V-1.1", "start": row["start"], "end": row["end"], "rate": "0.04"}
        terms |= {"amount": "1000.00", "recourse": False, "registration": "0x" + "33" * 32}
        quote = delta.signed("/v1/quotes/sale", taker=2, **terms)
        body = birch.signed("/v1/vouchers/sell", buyer=4, obligor_share="0", **terms)
        missing = birch.post("/v1/vouchers/sell", body, idempotency_key=_key())
        assert missing.json()["errors"][0]["pointer"] == "/quote"
        answer = birch.post("/v1/vouchers/sell", {**body, "quote": quote}, idempotency_key=_key())
        assert answer.status_code == 202, answer.text
        world.turn()
        assert birch.get(answer.headers["location"]).json()["state"] == "done"
        sold = birch.get("/v1/sales").json()["data"][0]
        assert (sold["buyer"], sold["amount"], sold["rate"]) == (4, "1000.00", "0.04")

    def test_waiting_gets_the_end(self, world: World, birch: Person) -> None:
        body = birch.signed("/v1/deposits/move", **_move("5.00"))
        headers = {"idempotency_key": _key(), "prefer": "respond-async, wait=1"}
        early = birch.post("/v1/deposits/move", body, **headers)
        assert (early.status_code, early.headers["preference-applied"]) == (202, "wait=1")
        world.turn()
        late = birch.post("/v1/deposits/move", body, **headers)
        assert (late.status_code, late.json()["state"]) == (200, "done")
        assert late.headers["idempotent-replayed"] == "true"


class TestIdempotency:
    @pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\u00e9"])
    def test_key_is_needed_and_must_be_one(self, birch: Person, key: str) -> None:
        body = birch.signed("/v1/deposits/move", **_move())
        headers = {**birch.headers, "idempotency-key": key.encode("latin-1")}
        if not key:
            del headers["idempotency-key"]
        answer = birch.client.post("/v1/deposits/move", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "IdempotencyKeyMissing")

    def test_same_request_again_gets_the_first_answer(self, birch: Person, world: World) -> None:
        body, key = birch.signed("/v1/deposits/move", **_move()), _key()
        first = birch.post("/v1/deposits/move", body, idempotency_key=key)
        world.turn()
        again = birch.post("/v1/deposits/move", body, idempotency_key=f'"{key}"')
        assert (first.status_code, again.status_code) == (202, 202)
        assert again.content == first.content
        assert again.headers["location"] == first.headers["location"]
        assert "idempotent-replayed" not in first.headers
        assert again.headers["idempotent-replayed"] == "true"

    def test_other_request_under_the_key_is_refused(self, birch: Person) -> None:
        key = _key()
        birch.submit("/v1/deposits/move", key=key, **_move("1.00"))
        other = birch.submit("/v1/deposits/move", key=key, **_move("2.00"))
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyKeyReused")

    def test_key_that_another_process_holds_is_busy(
        self, birch: Person, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        body, counts = birch.signed("/v1/deposits/move", **_move()), world.service.outbox.counts()
        with monkeypatch.context() as held:
            held.setattr(access, "add_answers", lambda *_: False)
            busy = birch.post("/v1/deposits/move", body, idempotency_key="held")
        assert (busy.status_code, busy.json()["code"]) == (409, "IdempotencyKeyBusy")
        assert world.service.outbox.counts() == counts
        assert birch.post("/v1/deposits/move", body, idempotency_key="held").status_code == 202

    def test_key_of_another_participant_is_another_key(self, birch: Person, cedar: Person) -> None:
        key = _key()
        first = birch.submit("/v1/deposits/move", key=key, **_move("1.00"))
        second = cedar.submit("/v1/deposits/move", key=key, **_move("1.00", to=2))
        assert (first.status_code, second.status_code) == (202, 202)

    def test_refusal_leaves_the_key_free(self, birch: Person) -> None:
        key = _key()
        refused = birch.submit(TRANSFER, key=key, parts=[_part("9000000.00")])
        taken = birch.submit("/v1/deposits/move", key=key, **_move())
        assert (refused.status_code, taken.status_code) == (409, 202)

    def test_same_command_under_another_key_is_the_same_operation(self, birch: Person) -> None:
        body = birch.signed("/v1/deposits/move", **_move())
        answers = [birch.post("/v1/deposits/move", body, idempotency_key=_key()) for _ in range(3)]
        assert len({one.json()["id"] for one in answers}) == 1


Requests = list[tuple[str, Any, dict[str, str]]]


def _gathered(app: FastAPI, requests: Requests) -> list[Any]:
    return gathered(
        app, [(path, {"json": body, "headers": headers}) for path, body, headers in requests]
    )


class TestAtOnce:
    """Many requests at the same time, in one event loop as a server has it."""

    def test_a_hundred_identical_posts_have_one_effect(self, birch: Person, world: World) -> None:
        world.turn()
        before = world.cast.ledger.deposit(6, 3)
        body = birch.signed("/v1/deposits/move", **_move("7.00"))
        headers = {**birch.headers, "idempotency-key": _key()}
        answers = _gathered(
            create_app(world.service, OPTIONS), [("/v1/deposits/move", body, headers)] * 100
        )
        assert {one.status_code for one in answers} == {202}
        assert len({one.content for one in answers}) == 1
        assert sum("idempotent-replayed" in one.headers for one in answers) == 99
        world.turn()
        assert world.cast.ledger.deposit(6, 3) == before + 700

    def test_one_key_for_two_requests_takes_one(self, birch: Person, world: World) -> None:
        world.turn()
        before = world.cast.ledger.deposit(6, 3)
        bodies = [birch.signed("/v1/deposits/move", **_move("1.00")) for _ in range(2)]
        headers = {**birch.headers, "idempotency-key": _key()}
        answers = _gathered(
            create_app(world.service, OPTIONS),
            [("/v1/deposits/move", body, headers) for body in bodies * 20],
        )
        statuses = [one.status_code for one in answers]
        assert (statuses.count(202), statuses.count(422)) == (20, 20)
        world.turn()
        assert world.cast.ledger.deposit(6, 3) == before + 100

    def test_good_and_bad_do_not_spoil_one_another(self, birch: Person, world: World) -> None:
        world.turn()
        before = world.cast.ledger.deposit(6, 3)
        good = [birch.signed("/v1/deposits/move", **_move("2.00")) for _ in range(10)]
        bad = [birch.signed(TRANSFER, parts=[_part("9000000.00")]) for _ in range(10)]
        forged = json.loads(json.dumps(good[0]))
        forged["message"]["nonce"] = "987654321"
        paths = ["/v1/deposits/move"] * 11 + [TRANSFER] * 10
        requests = [
            (path, body, {**birch.headers, "idempotency-key": _key()})
            for path, body in zip(paths, [*good, forged, *bad], strict=True)
        ]
        answers = _gathered(create_app(world.service, OPTIONS), requests)
        assert [one.status_code for one in answers] == [202] * 10 + [403] + [409] * 10
        world.turn()
        assert world.cast.ledger.deposit(6, 3) == before + 2_000

    def test_more_than_may_wait_are_told_to_come_again(self, birch: Person, world: World) -> None:
        app = create_app(world.service, replace(OPTIONS, queue_most=1))
        body = birch.signed("/v1/deposits/move", **_move())
        headers = [{**birch.headers, "idempotency-key": _key()} for _ in range(8)]
        answers = _gathered(app, [("/v1/deposits/move", body, one) for one in headers])
        assert {one.status_code for one in answers} == {202, 503}


def test_node_that_is_gone_is_no_refusal_and_tells_nothing(
    birch: Person, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = birch.signed("/v1/deposits/move", **_move())

    def gone(_: Any) -> Any:
        raise NodeUnreachable(url="http://10.0.0.5:8545")

    monkeypatch.setattr(world.service.endpoint, "calls", gone)
    answer = birch.post("/v1/deposits/move", body, idempotency_key=_key())
    assert (answer.status_code, answer.json()["code"]) == (503, "ServiceBusy")
    assert "10.0.0.5" not in answer.text
    assert answer.headers["retry-after"]
