"""Quotes: false ones leave no trace, firm ones are compared and taken, and pay what they say."""

import random
import secrets
from typing import Any

import pytest

from ledger.model.commands import MoveDeposit
from ledger.model.money import amount_text, parse_amount
from ledger.service.financing import desk as financing
from tests.api.financing.desk import NOTICE, Desk, text_of, told
from tests.api.world import People, Person
from tests.cast import CHECKER, EXPIRED, MAKER, OTHER_MAKER, REVOKED

ABSENT = "quo_" + "0" * 26


def _given(desk: Desk, reader: Person, request: Any) -> list[str]:
    answers = desk.read(reader, request)["answers"]
    return [quote for one in answers for quote in one["quotes"]]


def _line(compared: Any) -> list[str]:
    """A quote as a file has it."""
    own = {name: one for name, one in compared.items() if name not in ("terms", "refusal")}
    return [text_of(one) for one in (own | compared["terms"]).values()]


class TestFalse:
    """What leaves no trace."""

    def test_every_false_signature(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare())
        good = desk.signed(delta, request, "sale")
        other = desk.signed(delta, request, "sale", rate="0.0386")
        signature = good["approvals"][0]["signature"]
        forms = [
            [{"signer": 0, "signature": other["approvals"][0]["signature"]}],
            [{"signer": 1, "signature": signature}],
            [{"signer": 0, "signature": signature[:-2]}],
            [{"signer": 0, "signature": signature + "00"}],
            [{"signer": 0, "signature": "0x" + "00" * 65}],
        ]
        for approvals in forms:
            answer = desk.post(delta, "sale", {**good, "approvals": approvals})
            assert told(answer) == (409, "InvalidSignature") or answer.status_code == 403, approvals
        assert _given(desk, birch, request) == []

    @pytest.mark.parametrize(
        ("signers", "code"),
        [
            ((CHECKER,), "MakerMissing"),
            ((EXPIRED,), "SignerExpired"),
            ((REVOKED,), "SignerRevoked"),
            ((MAKER, MAKER), "SignersUnordered"),
            ((CHECKER, MAKER), "SignersUnordered"),
        ],
    )
    def test_signers_that_do_not_do(
        self, desk: Desk, birch: Person, delta: Person, signers: tuple[int, ...], code: str
    ) -> None:
        request = desk.asked(birch, desk.spare())
        form = desk.signed(delta, request, "sale", signers=signers)
        assert desk.post(delta, "sale", form).json()["code"] == code
        assert _given(desk, birch, request) == []

    def test_one_signer_for_what_needs_two(self, desk: Desk, birch: Person, echo: Person) -> None:
        request = desk.asked(birch, desk.voucher(200_000_00))
        form = desk.signed(echo, request, "sale", signers=(MAKER,))
        assert desk.post(echo, "sale", form).json()["code"] == "SignersTooFew"
        form = desk.signed(echo, request, "sale", signers=(MAKER, OTHER_MAKER))
        assert desk.post(echo, "sale", form).json()["code"] == "CheckerMissing"
        assert _given(desk, birch, request) == []

    def test_quote_of_another(self, desk: Desk, birch: Person, delta: Person, echo: Person) -> None:
        request = desk.asked(birch, desk.spare())
        form = desk.signed(delta, request, "sale")
        assert told(desk.post(echo, "sale", form)) == (403, "CommandForeign")
        assert _given(desk, birch, request) == []

    @pytest.mark.parametrize("name", ["Cedar", "Acme", "Operator", "Settlement Bank"])
    def test_who_is_not_asked_cannot_quote(
        self, desk: Desk, birch: Person, person: People, name: str
    ) -> None:
        request = desk.asked(birch, desk.spare(), kinds=["sale"], asked=[4])
        form = desk.signed(person(name), request, "sale")
        absent = {**form, "request": "frq_" + "0" * 26}
        for one in (form, absent):
            assert told(desk.post(person(name), "sale", one)) == (404, "ResourceUnknown")

    def test_obligor_redeems_and_banks_do_not(
        self, desk: Desk, birch: Person, acme: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.spare())
        form = desk.signed(acme, request, "sale")
        assert told(desk.post(acme, "sale", form)) == (409, "AddresseeUnfit")
        form = desk.signed(delta, request, "redemption")
        assert told(desk.post(delta, "redemption", form)) == (409, "AddresseeUnfit")

    @pytest.mark.parametrize(
        "more",
        [
            {"taker": 3},
            {"voucher": "V-99.1"},
            {"start": "1"},
            {"end": "999999"},
            {"amount": "9999.99"},
        ],
    )
    def test_quote_on_something_else(
        self, desk: Desk, birch: Person, delta: Person, more: dict[str, Any]
    ) -> None:
        request = desk.asked(birch, desk.spare())
        form = desk.signed(delta, request, "sale", **more)
        assert told(desk.post(delta, "sale", form)) == (409, "QuoteOffRequest")

    def test_kind_that_was_not_asked_for(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare(), kinds=["pledge"], asked=[4])
        form = desk.signed(delta, request, "sale")
        assert told(desk.post(delta, "sale", form)) == (409, "QuoteOffRequest")

    @pytest.mark.parametrize(
        ("deadline", "code"),
        [("2026-03-02T00:00:00Z", "DeadlinePassed"), ("2026-03-20T00:00:00Z", "DeadlineTooFar")],
    )
    def test_deadline_that_the_ledger_would_not_take(
        self, desk: Desk, birch: Person, delta: Person, deadline: str, code: str
    ) -> None:
        request = desk.asked(birch, desk.spare())
        form = desk.signed(delta, request, "sale", deadline=deadline)
        assert desk.post(delta, "sale", form).json()["code"] == code
        assert _given(desk, birch, request) == []

    def test_form_is_strict(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare())
        good = desk.signed(delta, request, "sale")
        for wrong in (
            {**good, "request": None},
            {**good, "message": {**good["message"], "amount": 1}},
            {**good, "message": {**good["message"], "extra": "1"}},
            {**good, "approvals": []},
            {name: value for name, value in good.items() if name != "approvals"},
        ):
            assert told(desk.post(delta, "sale", wrong)) == (422, "RequestInvalid")


class TestGiven:
    def test_dry_run_tells_nobody(self, desk: Desk, birch: Person, delta: Person) -> None:
        request = desk.asked(birch, desk.spare("dry"))
        form = desk.signed(delta, request, "sale")
        answer = delta.post("/v1/quotes/sale?dry_run=true", form)
        assert (answer.status_code, answer.json()) == (200, {"dry_run": True})
        form["approvals"][0]["signature"] = form["approvals"][1]["signature"]
        assert delta.post("/v1/quotes/sale?dry_run=true", form).status_code == 403
        assert birch.get(f"/v1/quotes?request={request['id']}").json()["data"] == []

    def test_same_quote_again_is_the_same_quote(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        form = desk.signed(delta, request, "sale")
        first = desk.post(delta, "sale", form, key="first-quote")
        replayed = desk.post(delta, "sale", form, key="first-quote")
        again = desk.post(delta, "sale", form)
        assert first.text == replayed.text == again.text
        assert replayed.headers["idempotent-replayed"] == "true"
        assert _given(desk, birch, request) == [first.json()["id"]]
        other = desk.signed(delta, request, "sale", rate="0.05")
        assert told(desk.post(delta, "sale", other, key="first-quote")) == (
            422,
            "IdempotencyKeyReused",
        )

    def test_number_of_a_quote_is_not_proposed_again(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        quote = desk.give(delta, request, nonce=str(10**12))
        again = delta.prepare("/v1/quotes/sale", **desk.draft(request, "sale"))
        nonce = int(quote["signed"]["message"]["nonce"])
        assert int(again["command"]["nonce"]) > nonce

    def test_foreign_and_absent_look_the_same(
        self, desk: Desk, birch: Person, cedar: Person, delta: Person
    ) -> None:
        quote = desk.give(delta, desk.asked(birch, desk.voucher()))
        for more in ("", "/take/typed-data"):
            ask = cedar.get if not more else lambda path: cedar.post(path, {})
            foreign, absent = (ask(f"/v1/quotes/{one}{more}") for one in (quote["id"], ABSENT))
            assert told(foreign) == told(absent) == (404, "ResourceUnknown")
        # Its giver reads it, and cannot take it.
        assert delta.get(f"/v1/quotes/{quote['id']}").status_code == 200
        taking = delta.post(f"/v1/quotes/{quote['id']}/take/typed-data", {})
        assert told(taking) == (404, "ResourceUnknown")


class TestTooMany:
    def test_request_takes_so_many_quotes_of_one_giver(
        self, desk: Desk, birch: Person, delta: Person, echo: Person, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(financing, "QUOTES_ON_REQUEST_MAX", 1)
        request = desk.asked(birch, desk.spare())
        form = desk.signed(delta, request, "sale")
        given = desk.post(delta, "sale", form).json()
        another = desk.signed(delta, request, "sale", rate="0.0386")
        assert told(desk.post(delta, "sale", another)) == (409, "QuotesTooMany")
        assert desk.post(delta, "sale", form).json()["id"] == given["id"]
        assert desk.give(echo, request)["giver"] == 5
        assert len(_given(desk, birch, request)) == 2

    def test_giver_has_so_many_open_quotes(
        self, desk: Desk, birch: Person, acme: Person, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(financing, "QUOTES_MAX", 0)
        form = desk.signed(acme, desk.asked(birch, desk.spare()), "redemption")
        assert told(desk.post(acme, "redemption", form)) == (409, "DeskFull")


class TestCompared:
    def test_cheapest_first_beside_holding_to_maturity(
        self, desk: Desk, birch: Person, delta: Person, echo: Person, acme: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher(), amount="1000.00")
        sale = desk.give(delta, request, "sale", rate="0.0385")
        loan = desk.give(echo, request, "pledge", rate="0.045", advance="800.00")
        redeemed = desk.give(acme, request, "redemption", rate="0.03")
        made = desk.read(birch, request, "/comparison")
        assert made["holding"]["at_maturity"] == "1000.00"
        assert made["holding"]["days"] == 179
        assert [one["quote"] for one in made["data"]] == [
            one["id"] for one in (redeemed, sale, loan)
        ]
        names = ("net_cash", "cost", "annual_percent", "at_maturity")
        assert [tuple(one["terms"][name] for name in names) for one in made["data"]] == [
            ("985.08", "14.92", "3.05", "0.00"),
            ("980.86", "19.14", "3.92", "0.00"),
            ("800.00", "17.90", "4.50", "182.10"),
        ]
        assert [one["refusal"] for one in made["data"]] == [None] * 3
        holding = [text_of(one) for one in made["holding"].values()]
        rows = desk.file(birch, request, "/comparison")
        assert rows == [[*_line(one), "", "", "", *holding] for one in made["data"]]
        chinese = birch.get(
            f"/v1/exports/financing-requests/{request['id']}/comparison",
            headers={"accept-language": "zh"},
        )
        assert "到账现金" in chinese.text.splitlines()[0]
        workbook = desk.file(birch, request, "/comparison", "xlsx")
        assert [row[5] for row in workbook] == [985.08, 980.86, 800.0]
        for other in (delta, acme):
            answer = other.get(f"/v1/exports/financing-requests/{request['id']}/comparison")
            assert told(answer) == (404, "ResourceUnknown")

    @pytest.mark.parametrize("place", ["", "exports/"])
    def test_contracts_are_asked_when_the_read_has_ended(
        self, desk: Desk, birch: Person, delta: Person, monkeypatch: Any, place: str
    ) -> None:
        """A node that does not answer must not hold a connection of the database."""
        request, service = desk.asked(birch, desk.spare("compared")), desk.world.service
        desk.give(delta, request)
        calls, seen = service.endpoint.calls, []

        def watched(questions: Any) -> Any:
            seen.append(service.database._engine.pool.checkedout())  # type: ignore[attr-defined]
            return calls(questions)

        monkeypatch.setattr(service.endpoint, "calls", watched)
        birch.get(f"/v1/{place}financing-requests/{request['id']}/comparison")
        assert seen == [0]

    def test_quote_whose_giver_cannot_pay_is_seenapart(
        self, desk: Desk, birch: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        desk.give(echo, request)
        cast = desk.world.cast
        left = cast.ledger.deposit(cast.settlement_bank.id, cast.echo.id)
        values = {"bank": cast.settlement_bank.id, "purpose": bytes(32), "amount": left}
        cast.echo.act(MoveDeposit, to=cast.cedar.id, **values)
        desk.world.follow()
        [one] = desk.read(birch, request, "/comparison")["data"]
        assert one["refusal"]["code"] == "PayerShort"
        assert "available" not in one["refusal"]["params"]
        [row] = desk.file(birch, request, "/comparison")
        assert row[10:13] == [one["refusal"][name] for name in ("code", "detail", "next_step")]
        cast.cedar.act(MoveDeposit, to=cast.echo.id, **values)
        desk.world.follow()
        [one] = desk.read(birch, request, "/comparison")["data"]
        assert one["refusal"] is None


class TestTaken:
    def test_ledger_pays_what_every_kind_of_quote_says(
        self, desk: Desk, birch: Person, delta: Person, acme: Person
    ) -> None:
        """Random terms: what was compared is what came, to the fen."""
        seed = secrets.randbelow(10**6)
        print("seed", seed)
        drawn = random.Random(seed)
        cast = desk.world.cast
        for _ in range(12):
            kind = drawn.choice(["sale", "pledge", "redemption"])
            giver = acme if kind == "redemption" else delta
            amount = drawn.randint(1_00, 10_000_00)
            rate = f"0.{drawn.randint(1, 359_999_999):09d}"
            more: dict[str, Any] = {"rate": rate}
            if kind == "pledge":
                advance = drawn.randint(1, amount * 9 // 10)
                more["advance"] = amount_text(advance)
            request = desk.asked(
                birch, desk.voucher(), amount=f"{amount // 100}.{amount % 100:02d}"
            )
            quote = desk.give(giver, request, kind, **more)
            [seen] = desk.read(birch, request, "/comparison")["data"]
            before = cast.ledger.deposit(cast.settlement_bank.id, cast.birch.id)
            done = desk.take(birch, quote)
            assert done["state"] == "done", done
            after = cast.ledger.deposit(cast.settlement_bank.id, cast.birch.id)
            assert after - before == parse_amount(seen["terms"]["net_cash"]), more
            assert birch.get(f"/v1/quotes/{quote['id']}").json()["state"] == "taken"
            assert desk.read(birch, request)["state"] == "taken"
            assert desk.read(giver, request)["state"] == "taken"

    def test_taker_may_ask_the_obligor_to_bear_a_share(
        self, desk: Desk, birch: Person, delta: Person, acme: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        quote = desk.give(delta, request)
        terms = {"share_max": "0.5", "rate_max": "0.05", "budget": "1000.00"}
        payable = {"payable_id": request["payable"]}
        offer = acme.signed("/v1/quotes/cost-share", **payable, **terms)
        path = f"/v1/quotes/{quote['id']}/take/typed-data"
        made = birch.post(path, {"obligor_share": "0.5"}).json()
        body = {**birch.sign(made), "quote": made["quote"], "cost_share": offer}
        done = birch.post(made["submit_to"], body, idempotency_key=secrets.token_hex(8))
        desk.world.turn()
        operation = birch.get(f"/v1/operations/{done.json()['id']}").json()
        assert operation["state"] == "done"
        [sale, *_] = birch.get("/v1/sales").json()["data"]
        assert sale["cost_borne"] != "0.00"

    def test_only_one_of_two_quotes_takes_effect(
        self, desk: Desk, birch: Person, delta: Person, echo: Person
    ) -> None:
        request = desk.asked(birch, desk.voucher())
        first, second = desk.give(delta, request), desk.give(echo, request)
        made = [
            birch.post(f"/v1/quotes/{one['id']}/take/typed-data", {}).json()
            for one in (first, second)
        ]
        keys = [secrets.token_hex(8) for _ in made]
        posted = [
            birch.post(
                one["submit_to"], {**birch.sign(one), "quote": one["quote"]}, idempotency_key=key
            )
            for one, key in zip(made, keys, strict=True)
        ]
        assert posted[0].status_code == 202
        desk.world.turn()
        assert desk.read(birch, request)["state"] == "taken"
        states = [birch.get(f"/v1/quotes/{one['id']}").json()["state"] for one in (first, second)]
        assert states == ["taken", "void"]
        seen = desk.read(echo, request)
        assert (seen["state"], seen["reason"]["code"]) == ("void", "NotHolder")

    def test_changed_quote_is_refused_at_the_desk_of_the_contracts(
        self, desk: Desk, birch: Person, delta: Person
    ) -> None:
        quote = desk.give(delta, desk.asked(birch, desk.voucher()))
        made = birch.post(f"/v1/quotes/{quote['id']}/take/typed-data", {}).json()
        form = {**made["quote"], "message": {**made["quote"]["message"], "rate": 1}}
        body = {**birch.sign(made), "quote": form}
        answer = birch.post(made["submit_to"], body, idempotency_key=secrets.token_hex(8))
        assert answer.json()["code"] == "ApprovalsVoid"
        assert quote["registration"] == NOTICE
