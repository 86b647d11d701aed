"""What a refusal tells of others: neither their deposits, nor what has become of their claims."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ledger.model.commands import MoveDeposit, WithdrawOffer
from tests.api.financing.desk import Desk, told
from tests.api.world import People, Person
from tests.cast import Member

TAKEN = {"sale": "sell", "pledge": "pledge", "redemption": "redeem"}


@contextmanager
def _emptied(desk: Desk, owner: Member) -> Iterator[None]:
    """All but 1.23 of a deposit is with Cedar for a while."""
    cast = desk.world.cast
    bank = cast.settlement_bank.id
    left = cast.ledger.deposit(bank, owner.id) - 1_23
    values = {"bank": bank, "purpose": bytes(32), "amount": left}
    owner.act(MoveDeposit, to=cast.cedar.id, **values)
    yield
    cast.cedar.act(MoveDeposit, to=owner.id, **values)


def _taking(taker: Person, quote: Any, **more: Any) -> tuple[str, Any]:
    """Where a quote is taken, and the signed form that takes it."""
    made = taker.post(f"/v1/quotes/{quote['id']}/take/typed-data", more).json()
    return made["submit_to"], {**taker.sign(made), "quote": made["quote"]}


def _post(who: Person, path: str, form: Any, **headers: str) -> Any:
    return who.post(path, form, **{"idempotency_key": secrets.token_hex(8), **headers})


class TestDeposit:
    @pytest.mark.parametrize("kind", TAKEN)
    def test_seller_does_not_learn_what_the_payer_has(
        self, desk: Desk, birch: Person, echo: Person, acme: Person, kind: str
    ) -> None:
        giver = acme if kind == "redemption" else echo
        quote = desk.give(giver, desk.asked(birch, desk.voucher(300_000_00)), kind)
        path, form = _taking(birch, quote)
        assert path == f"/v1/vouchers/{TAKEN[kind]}"
        with _emptied(desk, giver.member):
            for answer in (_post(birch, path, form), _post(birch, f"{path}?dry_run=true", form)):
                assert told(answer) == (409, "PayerShort")
                assert set(answer.json()["params"]) == {"participant", "asked"}
                assert "1.23" not in answer.text

    def test_operation_of_the_seller_does_not_tell_either(
        self, desk: Desk, birch: Person, echo: Person, person: People
    ) -> None:
        world, regulator = desk.world, person("Regulator")
        path, form = _taking(birch, desk.give(echo, desk.asked(birch, desk.voucher())))
        operation = _post(birch, path, form).json()["id"]
        ways = (f"/v1/operations/{operation}", "/v1/operations?verb=sell", "/v1/exports/operations")
        with _emptied(desk, echo.member):
            world.turn()
            assert birch.get(ways[0]).json()["refusal"]["code"] == "PayerShort"
            assert regulator.get(ways[0]).json()["refusal"]["params"]["available"] == "1.23"
            world.service.endpoint.advance_to(world.service.now + 16 * 60)
            world.turn()
        refusal = birch.get(ways[0]).json()["refusal"]
        assert (refusal["code"], refusal["after"]["code"]) == ("DeadlinePassed", "PayerShort")
        for way in ways:
            seen = birch.get(way).text
            assert operation in seen
            assert "available" not in seen
            assert "1.23" not in seen


class TestSigners:
    """Whoever writes a quote in a bank's name would learn its keys and thresholds."""

    FORGED = (0, 1, 2, 3, 4, 9)
    """Signers that are good, expired, revoked and not there."""

    @pytest.mark.parametrize("kind", TAKEN)
    def test_forged_approvals_tell_nothing_of_who_signs_for_another(
        self, desk: Desk, birch: Person, echo: Person, acme: Person, kind: str
    ) -> None:
        giver = acme if kind == "redemption" else echo
        path, form = _taking(birch, desk.give(giver, desk.asked(birch, desk.voucher()), kind))
        junk, good = "0x" + "11" * 65, form["quote"]["approvals"]
        forged = [[{"signer": one, "signature": junk}] for one in self.FORGED]
        forged += [[*reversed(good), *good], good[:1] + forged[-1]]
        for approvals in forged:
            altered = {**form, "quote": {**form["quote"], "approvals": approvals}}
            for way in (path, f"{path}?dry_run=true"):
                answer = _post(birch, way, altered)
                assert told(answer) == (403, "ApprovalsVoid"), approvals
                assert answer.json()["params"] == {"participant": giver.member.id}

    def test_one_s_own_are_told_what_is_wrong(
        self, desk: Desk, birch: Person, echo: Person
    ) -> None:
        path, form = _taking(birch, desk.give(echo, desk.asked(birch, desk.voucher())))
        junk = {"signer": 9, "signature": "0x" + "11" * 65}
        answer = _post(birch, path, {**form, "approvals": [junk]})
        assert told(answer) == (404, "UnknownSigner")


def test_seller_does_not_learn_what_others_used_of_a_budget(
    desk: Desk, birch: Person, delta: Person, acme: Person
) -> None:
    request = desk.asked(birch, desk.voucher())
    terms = {"share_max": "0.5", "rate_max": "0.05", "budget": "0.01"}
    offer = acme.signed("/v1/quotes/cost-share", payable_id=request["payable"], **terms)
    path, form = _taking(birch, desk.give(delta, request), obligor_share="0.5")
    answer = _post(birch, path, {**form, "cost_share": offer})
    assert told(answer) == (409, "BudgetShort")
    assert answer.json()["params"] == {"budget": "0.01"}


@pytest.mark.parametrize("is_read", [False, True], ids=["before the views", "in the views"])
def test_asked_bank_does_not_learn_what_became_of_the_range(
    desk: Desk, birch: Person, echo: Person, *, is_read: bool
) -> None:
    voucher, cast = desk.voucher(), desk.world.cast
    request = desk.asked(birch, voucher)
    form = desk.signed(echo, request, "sale")
    root = (int(voucher[2:-2]) << 32) | 1
    desk.acts.offer(cast.birch, root, 1_00, cast.cedar)
    if is_read:
        desk.world.follow()
        refused = {"code": "RequestEnded", "params": {"request": request["id"], "state": "void"}}
        path = f"/v1/financing-requests/{request['id']}/refuse?dry_run=true"
        answers = [echo.post(path, {"reason": "price"})]
    else:
        refused, answers = {"code": "RequestHeldUp", "params": {"request": request["id"]}}, []
    answers += [desk.post(echo, "sale", form), echo.post("/v1/quotes/sale?dry_run=true", form)]
    for answer in answers:
        assert {name: answer.json()[name] for name in refused} == refused
    desk.world.follow()


def test_offered_voucher_holds_a_request_up_and_no_more_is_told(
    desk: Desk, birch: Person, echo: Person
) -> None:
    voucher, cast = desk.voucher(), desk.world.cast
    request = desk.asked(birch, voucher)
    form = desk.signed(echo, request, "sale")
    offered = desk.acts.offer(cast.birch, (int(voucher[2:-2]) << 32) | 1, 10_000_00, cast.cedar)
    desk.world.follow()
    assert told(desk.post(echo, "sale", form)) == (409, "RequestHeldUp")
    cast.birch.act(WithdrawOffer, [], voucher=offered)
    desk.world.follow()
    assert desk.post(echo, "sale", form).status_code == 201


def test_claim_that_the_views_have_not_read_yet_is_not_called_absent_for_good(
    desk: Desk, birch: Person
) -> None:
    root = desk.acts.issue(10_000_00)
    name = f"V-{root >> 32}.1"
    part = {"to": 3, "voucher": name, "amount": "99999.00", "evidence": "0x" + "11" * 32}
    path, language = "/v1/vouchers/transfer?dry_run=true", {"accept_language": "zh"}
    form = birch.signed("/v1/vouchers/transfer", parts=[part])
    for headers, said in (({}, "just made is known in a moment"), (language, "稍候即可查到")):
        answer = birch.post(path, form, **headers)
        assert told(answer) == (404, "UnknownVoucher")
        assert said in answer.json()["next_step"]
    desk.world.follow()
    assert told(birch.post(path, form)) == (409, "AmountExceedsVoucher")


def test_operation_says_nothing_of_a_claim_that_went_on(desk: Desk, birch: Person) -> None:
    cast, voucher, key = desk.world.cast, desk.voucher(), secrets.token_hex(8)
    root = (int(voucher[2:-2]) << 32) | 1
    part = {"to": 3, "voucher": voucher, "amount": "1.00", "evidence": "0x" + "11" * 32}
    path, form = "/v1/vouchers/transfer", birch.signed("/v1/vouchers/transfer", parts=[part])
    operation = _post(birch, path, form, idempotency_key=key).json()["id"]
    sold = desk.acts.sell(cast.birch, root, 10_000_00, recourse=False)
    assert sold == root
    desk.acts.pledge(cast.delta, root, 10_000_00, 5_000_00)
    desk.world.turn()
    waited = _post(birch, path, form, idempotency_key=key, prefer="wait=1")
    for seen in (waited, birch.get(f"/v1/operations/{operation}")):
        assert seen.json()["refusal"]["code"] == "NotHolder"
        assert seen.json()["refusal"]["params"] == {
            "voucher": voucher,
            "participant": cast.birch.id,
        }
