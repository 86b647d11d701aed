"""Administration, rules, lines, deposits and participants' freezes at their worst."""

from collections.abc import Sequence
from typing import Any, Final

from ledger.chain.calls import Item, abi_values, item_of
from ledger.chain.deployment import DESKS
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AddSigner,
    AddVersion,
    AdmitParticipant,
    Command,
    FreezeParticipant,
    IssueDeposit,
    MoveDeposit,
    PauseLedger,
    ProposeRecovery,
    RevokeSigner,
    SetHolidays,
    SetLimit,
    SetRules,
    SetThreshold,
    SuspendParticipant,
    UnfreezeParticipant,
    VetoRecovery,
    VoidNonce,
    WithdrawDeposit,
)
from ledger.model.parts import RuleSet, Signer
from ledger.model.states import Duty, Role
from tests.cast import CHECKER, MAKER, MORNING, Member, named
from tests.contracts.office_acts import cosigned, proven
from tests.worst.town import (
    CASE,
    CERTIFICATE,
    CURVE,
    PASSKEY,
    REVIEW,
    RULES,
    SIGNERS,
    Town,
    answer,
)

__all__ = ["administration", "deposits", "jointly", "pend_rules", "rules_and_lines", "signatures"]

_AMOUNT: Final = 0x7EDCBA9876543210
_WEEK: Final = 7 * 24 * 3600
_SOMEWHEN: Final = 2**40 - 1
_HIGH_FROM: Final = 2**47 - 1
_PENDING: Final = 8
_HOLIDAYS_FROM: Final = 100 << 8


def signatures(town: Town) -> None:
    """An answer by one signer, what a second one adds, and the dearest keys to prove.

    In every run the same commands: what a signature on P-256 costs depends on its digits.
    """
    ivy = town.ivy
    same = {"nonce": int.from_bytes(CASE), "deadline": MORNING + 3600}
    keys = town.passkeys
    recovery = _recovery(town, keys, **same)
    proofs = (cosigned(town.delta), proven(town, *keys))
    town.measure("Administration.proposeRecovery", _with(town.operator, recovery, proofs))
    void = ivy.make(VoidNonce, voided=int.from_bytes(named("nonce")), **same)
    alone = town.measure("Administration.voidNonce", answer(ivy, void)).gas_used
    kinds = {"account": CHECKER, "P-256": CURVE, "passkey": PASSKEY, "certificate": CERTIFICATE}
    for kind, number in kinds.items():
        name = f"each further approval: {kind}"
        town.measure(name, item_of(ivy.sign_by(void, MAKER, number)))
        town.figures[name] -= alone


# ---- participants, keys, versions


def administration(town: Town) -> None:
    _signers(town)
    _admission_and_recovery(town)
    _versions(town)
    reason = {"reason": named("fraud")}
    suspend = town.operator.item(
        SuspendParticipant, subject=town.birch.id, suspended=True, **reason
    )
    town.measure("Administration.suspend", suspend)
    pause = town.operator.item(PauseLedger, paused=True, **reason)
    town.measure("Administration.pause", pause)
    _participant_freezes(town)


def _admission_and_recovery(town: Town) -> None:
    keys = town.certificates
    admission = town.operator.make(
        AdmitParticipant,
        cosigner=town.delta.id,
        second_cosigner=town.echo.id,
        roles=int(Role.BANK | Role.SETTLEMENT),
        identity=named("Fir"),
        recovery_bank=town.echo.id,
        **_key_terms(keys),
    )
    words = (cosigned(town.delta), cosigned(town.echo), proven(town, *keys))
    town.measure("Administration.admit", _with(town.operator, admission, words))
    with town.taken_back():
        recovery = _recovery(town, keys)
        proofs = (cosigned(town.delta), proven(town, *keys))
        town.relay([_with(town.operator, recovery, proofs)])
        veto = answer(town.birch, town.birch.make(VetoRecovery))
        town.measure("Administration.vetoRecovery", veto)
        town.lapse_of_seconds(_WEEK)
        complete = town.ledger.call("Administration", "completeRecovery", abi_values(recovery))
        town.measure("Administration.completeRecovery", complete)


def _recovery(town: Town, keys: Sequence[Any], **values: Any) -> Command:
    terms = {"subject": town.birch.id, **_key_terms(keys), **values}
    return town.operator.make(ProposeRecovery, **terms)


def _key_terms(keys: Sequence[Any]) -> dict[str, Any]:
    signers = tuple(_signer(key.key) for key in keys)
    highest = len(keys)
    limits = {"threshold_low": 2, "threshold_high": highest, "high_from": _HIGH_FROM}
    return {**limits, "signers": signers}


def _signers(town: Town) -> None:
    """The last signer of all; then a threshold that looks at each of them."""
    ivy = town.ivy
    have = town.ledger.ask("Participants", "memberOf", ivy.id)["signers"]
    keys = [AccountKey(named(f"Ivy {number}")) for number in range(have, SIGNERS - 1)]
    town.relay([_added(town, key) for key in keys])
    last = town.certificates[0]
    town.measure("Administration.addSigner", _added(town, last))
    town.relay([_added(town, last)])
    assert town.ledger.ask("Participants", "memberOf", ivy.id)["signers"] == SIGNERS
    threshold = {"threshold_low": 2, "threshold_high": 2, "high_from": _HIGH_FROM}
    town.measure("Administration.setThreshold", ivy.item(SetThreshold, **threshold))
    revoke = ivy.item(RevokeSigner, signer=SIGNERS - 1, reason=named("left"))
    town.measure("Administration.revokeSigner", revoke)


def _added(town: Town, key: Any) -> Item:
    command = town.ivy.make(AddSigner, signer=_signer(key.key))
    return item_of(town.ivy.sign_by(command, MAKER, CHECKER), key.sign(town.ledger.digest(command)))


def _versions(town: Town) -> None:
    def proposal(desks: Sequence[bytes]) -> Item:
        banks = {"bank": town.delta.id, "second_bank": town.echo.id}
        command = town.operator.make(AddVersion, desks=tuple(desks), **banks)
        return _with(town.operator, command, (cosigned(town.delta), cosigned(town.echo)))

    somewhere = [named(f"desk {number}")[:20] for number in range(64)]
    name = "Administration.proposeVersion"
    town.measure(name, proposal(somewhere[:1]))
    sizes = (1, 32, 64)
    town.measure_list(f"{name}, each further desk", sizes, lambda n: proposal(somewhere[:n]))
    at = town.ledger.deployment.addresses
    # The registry itself is at hand already, and so costs less.
    known = (*DESKS, "Participants")
    strangers = [bytes.fromhex(one[2:]) for name, one in at.items() if name not in known]
    sizes = (1, 3, len(strangers))
    with town.taken_back():
        proposals = {size: proposal(strangers[:size]) for size in sizes}
        town.relay(list(proposals.values()))
        town.lapse_of_seconds(_WEEK)

        def completion(count: int) -> Item:
            command = abi_values(proposals[count].command)
            return town.ledger.call("Administration", "completeVersion", command)

        name = "Administration.completeVersion"
        town.measure(name, completion(1))
        town.measure_list(f"{name}, each further desk", sizes, completion)


def _participant_freezes(town: Town) -> None:
    values = {"subject": town.cedar.id, "case_commitment": CASE}
    freeze = town.regulator.item(FreezeParticipant, review_day=REVIEW, **values)
    town.measure("Oversight.freezeParticipant", freeze)
    with town.taken_back():
        town.relay([freeze])
        unfreeze = town.regulator.item(UnfreezeParticipant, **values)
        town.measure("Oversight.unfreezeParticipant", unfreeze)


# ---- rules and lines


def rules_and_lines(town: Town) -> None:
    line = town.delta.item(SetLimit, obligor=town.acme.id, amount=_AMOUNT)
    town.measure("Exposure.setLimit", line)
    days = {"first_day": _HOLIDAYS_FROM, "holidays": 2**256 - 1}
    town.measure("Rules.setHolidays", jointly(town, SetHolidays, **days))


def pend_rules(town: Town) -> None:
    """New rules from today on, under which nothing was issued; then as many as may wait."""
    today = town.ledger.today
    coming = [_rules(today), *(_rules(today + day) for day in range(1, _PENDING))]
    town.relay([jointly(town, SetRules, rules=one) for one in coming])
    last = jointly(town, SetRules, rules=_rules(today + _PENDING))
    town.measure("Rules.setRules", last)
    town.relay([last])


def _rules(day: int) -> RuleSet:
    return type(RULES)(
        day, 366, 60, 9, 10**6, 1, RULES.late_rate_daily, RULES.overdue_multiplier, True
    )


def jointly(town: Town, kind: type[Command], **values: Any) -> Item:
    """A command of the Operator with the word of Delta Bank."""
    command = town.operator.make(kind, bank=town.delta.id, **values)
    return _with(town.operator, command, (cosigned(town.delta),))


# ---- deposits


def deposits(town: Town) -> None:
    bank = town.settlement_bank.id
    receipt = {"amount": _AMOUNT, "payment_reference": named("receipt")}
    issue = town.settlement_bank.item(IssueDeposit, to=town.acme.id, **receipt)
    town.measure("Deposits.issueDeposit", issue)
    with town.taken_back():
        town.relay([issue])
        part = {"bank": bank, "amount": _AMOUNT - 1}
        move = town.acme.item(MoveDeposit, to=town.cedar.id, purpose=CASE, **part)
        town.measure("Deposits.moveDeposit", move)
        command = town.acme.make(WithdrawDeposit, payment_reference=named("paid"), **part)
        out = _with(town.acme, command, (cosigned(town.settlement_bank),))
        town.measure("Deposits.withdrawDeposit", out)


def _signer(key: bytes) -> Signer:
    return Signer(key, int(Duty.MAKER | Duty.CHECKER), _SOMEWHEN, named("certificate"))


def _with(member: Member, command: Command, words: Sequence[Any]) -> Item:
    return item_of(member.sign(command), *(word(command) for word in words))
