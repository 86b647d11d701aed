"""The scheduler: what time brings is asked for once, when the ledger would carry it out."""

from collections.abc import Sequence
from typing import Any

import pytest

from ledger.chain.calls import Signed
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AddVersion,
    FreezeParticipant,
    PayPayable,
    ProposeRecovery,
    Signer,
    VetoRecovery,
)
from ledger.model.days import first_second
from ledger.model.ids import payable_of
from ledger.service.intake.intake import Post
from ledger.service.relaying.outbox import Operation
from ledger.service.scheduling.scheduler import SWEEP_SECONDS
from ledger.store.errands import find_errands, fingerprints_of
from ledger.store.feed import FeedEvent, events_after
from ledger.store.lists import EVERYTHING, Is, find, page
from tests.cast import TODAY, Member, named
from tests.contracts.strange_keys import verifier
from tests.service.settlements import attest, cut, every_run, pay
from tests.service.stage import Killed, Stage, killing
from tests.views_scenario import FACE, MATURITY, NOTHING, YUAN

OFFER_DAYS = 10


def _asked(stage: Stage, verb: str) -> list[Operation]:
    with stage.reading() as connection:
        where = Is("verb", (verb,))
        return [row for _, row in page(connection, "operations", where, most=1_000)]


def _states(stage: Stage, verb: str) -> list[str]:
    return [one.state for one in _asked(stage, verb)]


def _state_of(stage: Stage, payable: int) -> str:
    with stage.reading() as connection:
        return str(find(connection, "payables", Is("id", (payable,))).state.name)


def _submit(stage: Stage, signed: Signed, beside: Sequence[Any]) -> Operation:
    data = {
        "command": type(signed.command).__name__,
        "message": signed.command.to_message(),
        "approvals": ["0x" + one.hex() for one in signed.approvals],
        "beside": list(beside),
    }
    [answer] = stage.intake.submit([Post(data)])
    assert isinstance(answer, Operation), answer
    return answer


class TestLapses:
    def test_offer_that_nobody_answers_is_lapsed_when_its_days_are_over(self, stage: Stage) -> None:
        root = stage.acts.issue(accepted=False)
        stage.run()
        with stage.reading() as connection:
            assert fingerprints_of(connection, payable_of(root)) == [stage.acts.invoice(1)]
            assert find(connection, "exposures", Is("obligor", (1,))).outstanding == FACE
        stage.cast.begin(TODAY + OFFER_DAYS - 1)
        stage.run()
        assert _asked(stage, "lapse") == []
        stage.town.chain.advance_to(first_second(TODAY + OFFER_DAYS))
        stage.run()
        assert _states(stage, "lapse") == ["done"]
        assert _state_of(stage, payable_of(root)) == "CANCELLED"
        with stage.reading() as connection:
            assert find(connection, "exposures", Is("obligor", (1,))).outstanding == 0
            assert find(connection, "invoices", EVERYTHING).used == 0

    def test_accepted_and_declined_offers_are_left_alone(self, stage: Stage) -> None:
        root = stage.acts.issue()
        cut(stage, root, [5 * YUAN], [stage.cast.cedar])
        stage.acts.offer(stage.cast.birch, root, 7 * YUAN, stage.cast.cedar)
        stage.cast.begin(TODAY + 3 * OFFER_DAYS)
        stage.run()
        assert _asked(stage, "lapse") == []

    def test_offer_to_a_frozen_participant_has_ended(self, stage: Stage) -> None:
        root = stage.acts.issue(accepted=False)
        case: dict[str, Any] = {"case_commitment": named("case"), "review_day": TODAY + 9}
        stage.cast.regulator.act(FreezeParticipant, subject=stage.cast.birch.id, **case)
        stage.run()
        assert _states(stage, "lapse") == ["done"]
        assert _state_of(stage, payable_of(root)) == "CANCELLED"

    def test_offer_that_somebody_else_lapses_meanwhile_is_refused_and_not_asked_for_again(
        self, stage: Stage
    ) -> None:
        root = stage.acts.issue(accepted=False)
        stage.cast.begin(TODAY + OFFER_DAYS)
        assert stage.look().asked == 1
        ledger, invoices = stage.cast.ledger, [stage.acts.invoice(1)]
        ledger.carry_out(ledger.call("Offers", "lapse", payable_of(root), invoices))
        stage.run()
        stage.cast.advance(1)
        stage.run()
        assert _states(stage, "lapse") == ["refused"]

    def test_payables_without_invoices_and_with_shared_ones_lapse_too(self, stage: Stage) -> None:
        stage.acts.issue(5 * YUAN, accepted=False)
        stage.acts.count = 0
        stage.acts.issue(5 * YUAN, accepted=False)  # on the same invoice
        stage.cast.begin(TODAY + OFFER_DAYS)
        stage.run()
        assert _states(stage, "lapse") == ["done", "done"]

    @pytest.mark.parametrize("point", ["before accept", "after accept", "after follow"])
    def test_lapse_that_was_killed_is_done_once(self, stage: Stage, point: str) -> None:
        for _ in range(3):
            stage.acts.issue(accepted=False)
        stage.run()
        stage.cast.begin(TODAY + OFFER_DAYS)
        with pytest.raises(Killed), killing(point):
            stage.run()
        stage.begin()
        stage.now += 100
        stage.run()
        assert _states(stage, "lapse") == ["done"] * 3

    def test_two_schedulers_ask_once(self, stage: Stage) -> None:
        stage.acts.issue(accepted=False)
        stage.cast.begin(TODAY + OFFER_DAYS)
        other = Stage(stage.town, stage.database)
        stage.follow()
        request = stage.intake.request

        def late(*given: Any) -> list[Operation]:
            assert other.scheduler.step().asked == 1
            return request(*given)

        stage.intake.request = late  # type: ignore[method-assign]
        assert stage.scheduler.step().asked == 0
        assert len(_asked(stage, "lapse")) == 1


class TestMoneyThatWaits:
    def test_money_attested_before_maturity_is_shared_on_the_day(self, stage: Stage) -> None:
        root = stage.acts.issue()
        attest(stage, payable_of(root), FACE, "early")
        stage.run()
        assert every_run(stage.database) == []
        stage.cast.begin(MATURITY)
        stage.run()
        assert _states(stage, "applyUnapplied") == ["done"]
        [run] = every_run(stage.database)
        assert (run.state, run.received, run.difference) == ("done", FACE, 0)

    def test_money_that_is_too_little_to_share_waits(self, stage: Stage) -> None:
        root = stage.acts.issue()
        stage.cast.begin(MATURITY)
        attest(stage, payable_of(root), 5, "five fen")
        stage.run()
        stage.cast.advance(1)
        stage.run()
        assert _asked(stage, "applyUnapplied") == []
        pay(stage, payable_of(root), sum(stage.cast.ledger.debt(payable_of(root))) - 5)
        stage.cast.lapse_of_seconds(SWEEP_SECONDS)
        stage.run()
        assert _states(stage, "applyUnapplied") == ["done"]
        assert sum(one.received for one in every_run(stage.database)) >= FACE


class TestWhatWasProposed:
    def _recovery(self, stage: Stage, keys: Sequence[AccountKey]) -> ProposeRecovery:
        cast, ledger = stage.cast, stage.cast.ledger
        proposal = cast.operator.make(
            ProposeRecovery,
            subject=cast.cedar.id,
            threshold_low=1,
            threshold_high=2,
            high_from=1_000,
            signers=tuple(Signer(one.key, 3, 0, NOTHING) for one in keys),
        )
        digest = ledger.digest(proposal)
        cosigned = ["0x" + one.hex() for one in cast.delta.approvals(digest, (0, 1))]
        proofs = ["0x" + one.sign(digest).hex() for one in keys]
        _submit(stage, cast.operator.sign(proposal), [cosigned, proofs])
        assert isinstance(proposal, ProposeRecovery)
        return proposal

    def test_recovery_is_completed_after_its_delay(self, stage: Stage) -> None:
        keys = [AccountKey(named(f"fresh {one}")) for one in range(2)]
        self._recovery(stage, keys)
        stage.run()
        stage.cast.lapse_of_seconds(7 * 86_400 - 100)
        stage.run()
        assert _asked(stage, "completeRecovery") == []
        stage.cast.lapse_of_seconds(200)
        stage.run()
        assert _states(stage, "completeRecovery") == ["done"]
        stage.cast.advance(3)
        stage.run()
        assert len(_asked(stage, "completeRecovery")) == 1

    def test_recovery_that_was_vetoed_is_not_completed(self, stage: Stage) -> None:
        self._recovery(stage, [AccountKey(named("fresh"))])
        stage.run()
        stage.cast.cedar.act(VetoRecovery)
        stage.cast.advance(8)
        stage.run()
        assert _asked(stage, "completeRecovery") == []

    def test_version_is_completed_after_its_delay(self, stage: Stage) -> None:
        cast = stage.cast
        command = cast.operator.make(
            AddVersion,
            bank=cast.delta.id,
            second_bank=cast.echo.id,
            desks=(verifier(cast.ledger, "RSA"),),
        )
        digest = cast.ledger.digest(command)
        cosigned = [
            ["0x" + one.hex() for one in member.approvals(digest, (0, 1))]
            for member in (cast.delta, cast.echo)
        ]
        _submit(stage, cast.operator.sign(command), cosigned)
        stage.run()
        stage.cast.advance(3)
        stage.run()
        assert _asked(stage, "completeVersion") == []
        stage.cast.advance(8)
        stage.run()
        assert _states(stage, "completeVersion") == ["done"]
        with stage.reading() as connection:
            key = f"completeVersion {digest.hex()}"
            assert find_errands(connection, [key])[key].state == "done"


class TestReminders:
    def _told(self, stage: Stage, member: Member | None = None) -> list[FeedEvent]:
        with stage.reading() as connection:
            kinds = ("ObligorReminded", "HoldersReminded")
            number = None if member is None else member.id
            return events_after(connection, 0, limit=100, participant=number, kinds=kinds)

    def test_each_stage_is_told_once_to_those_whom_it_concerns(self, stage: Stage) -> None:
        root = stage.acts.issue()
        cut(stage, root, [9 * YUAN], [stage.cast.cedar])
        lien = stage.acts.transfer(stage.cast.birch, root, 90_000 * YUAN, stage.cast.cedar)
        stage.acts.pledge(stage.cast.cedar, lien, 90_000 * YUAN, 50_000 * YUAN)
        for day in range(MATURITY - 9, MATURITY + 4):
            stage.cast.begin(day)
            stage.run()
            stage.cast.lapse_of_seconds(SWEEP_SECONDS + 1)
            stage.run()
        for member, kind in (
            (stage.cast.acme, "ObligorReminded"),
            (stage.cast.settlement_bank, "ObligorReminded"),
            (stage.cast.birch, "HoldersReminded"),
            (stage.cast.cedar, "HoldersReminded"),
            (stage.cast.echo, "HoldersReminded"),
        ):
            told = self._told(stage, member)
            assert {one.kind for one in told} == {kind}
            assert [one.data["stage"] for one in told] == ["T-7", "T-1", "due", "overdue"]
            assert all(("owed" in one.data) == (kind == "ObligorReminded") for one in told)
        assert self._told(stage, stage.cast.delta) == []
        assert self._told(stage)[0].data == {
            "payable_id": payable_of(root), "stage": "T-7", "due": MATURITY, "day": MATURITY - 7,
            "owed": FACE, "live": FACE, "late_interest": 0, "unapplied": 0,
        }  # fmt: skip

    def test_clock_that_jumps_tells_the_stage_that_is_true_by_then(self, stage: Stage) -> None:
        stage.acts.issue()
        stage.run()
        stage.cast.begin(MATURITY)
        stage.run()
        assert [one.data["stage"] for one in self._told(stage, stage.cast.acme)] == ["due"]
        stage.cast.begin(MATURITY + 30)
        stage.run()
        told = [one.data["stage"] for one in self._told(stage, stage.cast.acme)]
        assert told == ["due", "overdue"]

    def test_paid_payable_reminds_nobody(self, stage: Stage) -> None:
        root = stage.acts.issue()
        stage.acts.issue(accepted=False)
        stage.cast.begin(MATURITY)
        stage.cast.acme.act(PayPayable, payable_id=payable_of(root), amount=FACE)
        stage.run()
        assert self._told(stage) == []

    def test_feed_stays_without_a_gap_and_told_again_after_the_chain_went_back(
        self, stage: Stage
    ) -> None:
        stage.acts.issue()
        stage.cast.begin(MATURITY - 8)
        before = stage.town.chain.head().hash
        stage.cast.begin(MATURITY - 7)
        stage.run()
        stage.town.rewind(before)
        for _ in range(3):
            stage.cast.lapse_of_seconds(1)
        stage.run()
        stage.cast.begin(MATURITY - 7)
        stage.run()
        with stage.reading() as connection:
            every = events_after(connection, 0, limit=1_000)
        assert [one.seq for one in every] == list(range(1, len(every) + 1))
        told = [one.kind for one in every if one.kind in ("ChainRewound", "ObligorReminded")]
        assert told == ["ObligorReminded", "ChainRewound", "ObligorReminded"]

    @pytest.mark.parametrize("point", ["before remind", "after remind"])
    def test_reminder_that_was_killed_is_told_once(self, stage: Stage, point: str) -> None:
        stage.acts.issue()
        stage.cast.begin(MATURITY)
        with pytest.raises(Killed), killing(point):
            stage.run()
        stage.begin()
        stage.run()
        assert len(self._told(stage)) == 2


def test_scheduler_does_nothing_while_the_rows_are_of_a_chain_that_is_no_more(
    stage: Stage,
) -> None:
    stage.acts.issue(accepted=False)
    stage.run()
    stage.cast.begin(TODAY + OFFER_DAYS)
    stage.follow()
    stage.follower._raise_alarm(_Fork())  # type: ignore[arg-type]
    assert stage.scheduler.step().asked == 0
    stage.run()
    assert _states(stage, "lapse") == ["done"]


class _Fork:
    number = 1
    found = b"\x01"


def test_scheduler_before_the_first_block_has_nothing_to_do(stage: Stage) -> None:
    assert stage.scheduler.step().asked == 0
