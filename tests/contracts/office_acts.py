"""Every verb of money, oversight and administration, just before it would be carried out."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from ledger.chain.calls import item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AddSigner,
    AddVersion,
    AdmitParticipant,
    AttestPayment,
    Command,
    ConfirmPayout,
    FreezeParticipant,
    FreezeRange,
    IssueDeposit,
    MoveDeposit,
    PauseLedger,
    PayPayable,
    ProposeRecovery,
    ReturnPayout,
    ReturnUnapplied,
    RevokeSigner,
    SetHolidays,
    SetLimit,
    SetRules,
    SetThreshold,
    SuspendParticipant,
    UnfreezeParticipant,
    UnfreezeRange,
    VetoRecovery,
    VoidNonce,
    WithdrawDeposit,
)
from ledger.model.ids import payable_of
from ledger.model.parts import Signer
from ledger.model.signing import SigningKey
from ledger.model.states import Duty, Role
from tests.cast import HIGH_FROM, RULES, Cast, Member, named
from tests.contracts.act import Act, Need, beside
from tests.contracts.situations import FACE, MATURITY, NOTHING, attest, live, offered
from tests.contracts.strange_keys import verifier

__all__ = [
    "NEW_KEYS",
    "OFFICE_ACTS",
    "admission",
    "cosigned",
    "new_signers",
    "proven",
    "recovery",
    "version",
]

NEW_KEYS: Final = (AccountKey(named("new maker")), AccountKey(named("new checker")))
"""Keys that no member of the cast has."""

CASE: Final = named("case 7 of the court")


def new_signers(keys: tuple[SigningKey, SigningKey] = NEW_KEYS) -> tuple[Signer, ...]:
    """A maker and a checker."""
    duties = (int(Duty.MAKER), int(Duty.CHECKER))
    return tuple(
        Signer(key.key, duty, 0, named("certificate"))
        for key, duty in zip(keys, duties, strict=True)
    )


def cosigned(member: Member) -> Callable[[Command], tuple[bytes, ...]]:
    """What a co-signer adds to a command."""
    return lambda command: member.sign(command).approvals


def proven(cast: Cast, *keys: SigningKey) -> Callable[[Command], tuple[bytes, ...]]:
    """What new keys add to a command that registers them."""
    return lambda command: tuple(key.sign(cast.ledger.digest(command)) for key in keys)


# ---- money


def _pay(cast: Cast) -> Act:
    payable = payable_of(live(cast))
    cast.begin(MATURITY)
    command = cast.acme.make(PayPayable, payable_id=payable, amount=5_000_000)
    return Act(cast.acme, command, Need.LOW, item_of)


def _attest(cast: Cast) -> Act:
    payable = payable_of(live(cast))
    cast.begin(MATURITY)
    values = {"value_day": MATURITY - 1, "payment_reference": named("money in")}
    command = cast.settlement_bank.make(
        AttestPayment, payable_id=payable, amount=FACE // 2, **values
    )
    return Act(cast.settlement_bank, command, Need.HIGH, item_of)


def _return_unapplied(cast: Cast) -> Act:
    payable = payable_of(live(cast))
    attest(cast, payable, FACE)
    values = {"amount": FACE - 1, "payment_reference": named("money back")}
    command = cast.settlement_bank.make(ReturnUnapplied, payable_id=payable, **values)
    return Act(cast.settlement_bank, command, Need.HIGH, item_of)


def _payout(cast: Cast, kind: type[Command], reference: str) -> Command:
    values = {"payout": 1, "amount": FACE // 2, "payment_reference": named(reference)}
    return cast.settlement_bank.make(kind, **values)


def _settled_by_bank(cast: Cast) -> None:
    voucher = live(cast)
    cast.begin(MATURITY)
    attest(cast, payable_of(voucher), FACE // 2)
    cast.ledger.carry_out(cast.ledger.call("Settlement", "settle", [voucher]))


def _confirm_payout(cast: Cast) -> Act:
    _settled_by_bank(cast)
    command = _payout(cast, ConfirmPayout, "paid out")
    return Act(cast.settlement_bank, command, Need.HIGH, item_of)


def _return_payout(cast: Cast) -> Act:
    _settled_by_bank(cast)
    confirmed = _payout(cast, ConfirmPayout, "paid out")
    cast.ledger.carry_out(item_of(cast.settlement_bank.sign(confirmed)))
    command = _payout(cast, ReturnPayout, "came back")
    return Act(cast.settlement_bank, command, Need.HIGH, item_of)


def _issue_deposit(cast: Cast) -> Act:
    values = {"amount": FACE, "payment_reference": named("another receipt")}
    command = cast.settlement_bank.make(IssueDeposit, to=cast.birch.id, **values)
    return Act(cast.settlement_bank, command, Need.HIGH, item_of)


def _withdraw_deposit(cast: Cast) -> Act:
    values = {"amount": FACE, "payment_reference": named("to the account")}
    command = cast.birch.make(WithdrawDeposit, bank=cast.settlement_bank.id, **values)
    return Act(cast.birch, command, Need.HIGH, beside(cosigned(cast.settlement_bank)))


def _move_deposit(cast: Cast) -> Act:
    values = {"amount": FACE, "purpose": named("goods")}
    bank = cast.settlement_bank.id
    command = cast.birch.make(MoveDeposit, bank=bank, to=cast.cedar.id, **values)
    return Act(cast.birch, command, Need.HIGH, item_of)


# ---- oversight


def _freeze_range(cast: Cast) -> Act:
    values = {"case_commitment": CASE, "review_day": MATURITY}
    payable = payable_of(live(cast))
    command = cast.regulator.make(FreezeRange, payable_id=payable, start=5, end=FACE - 5, **values)
    return Act(cast.regulator, command, Need.HIGH, item_of)


def _unfreeze_range(cast: Cast) -> Act:
    act = _freeze_range(cast)
    cast.ledger.carry_out(act.item())
    command = cast.regulator.make(
        UnfreezeRange, payable_id=act.command.payable_id, freeze=0, case_commitment=CASE
    )
    return Act(cast.regulator, command, Need.HIGH, item_of)


def _freeze_participant(cast: Cast) -> Act:
    values = {"case_commitment": CASE, "review_day": MATURITY}
    command = cast.regulator.make(FreezeParticipant, subject=cast.birch.id, **values)
    return Act(cast.regulator, command, Need.HIGH, item_of)


def _unfreeze_participant(cast: Cast) -> Act:
    cast.ledger.carry_out(_freeze_participant(cast).item())
    command = cast.regulator.make(UnfreezeParticipant, subject=cast.birch.id, case_commitment=CASE)
    return Act(cast.regulator, command, Need.HIGH, item_of)


def _set_limit(cast: Cast) -> Act:
    command = cast.echo.make(SetLimit, obligor=cast.acme.id, amount=FACE)
    return Act(cast.echo, command, Need.HIGH, item_of)


def _set_rules(cast: Cast) -> Act:
    rules = type(RULES)(cast.ledger.today + 1, 366, 11, 6, 7, 8, 9, 2_000_000_000, True)
    command = cast.operator.make(SetRules, bank=cast.delta.id, rules=rules)
    return Act(cast.operator, command, Need.HIGH, beside(cosigned(cast.delta)))


def _set_holidays(cast: Cast) -> Act:
    values = {"first_day": MATURITY & ~0xFF, "holidays": 0b111}
    command = cast.operator.make(SetHolidays, bank=cast.delta.id, **values)
    return Act(cast.operator, command, Need.HIGH, beside(cosigned(cast.delta)))


# ---- administration


def admission(cast: Cast, **changes: Any) -> Act:
    """The admission of a supplier, on the word of the Operator and Delta Bank."""
    values: dict[str, Any] = {
        "cosigner": cast.delta.id,
        "second_cosigner": 0,
        "roles": int(Role.SUPPLIER),
        "identity": named("Fir"),
        "recovery_bank": cast.echo.id,
        "threshold_low": 1,
        "threshold_high": 2,
        "high_from": HIGH_FROM,
        "signers": new_signers(),
        **changes,
    }
    second = values["second_cosigner"]
    words = (
        cosigned(cast.member(values["cosigner"])),
        cosigned(cast.member(second)) if second else (),
        proven(cast, *NEW_KEYS),
    )
    command = cast.operator.make(AdmitParticipant, **values)
    return Act(cast.operator, command, Need.HIGH, beside(*words))


def _admit_bank(cast: Cast) -> Act:
    return admission(cast, roles=int(Role.BANK), second_cosigner=cast.echo.id)


def recovery(cast: Cast, **changes: Any) -> Act:
    """New keys for Birch, on the word of the Operator and Delta Bank."""
    values: dict[str, Any] = {
        "subject": cast.birch.id,
        "threshold_low": 1,
        "threshold_high": 2,
        "high_from": HIGH_FROM,
        "signers": new_signers(),
        **changes,
    }
    command = cast.operator.make(ProposeRecovery, **values)
    carry = beside(cosigned(cast.delta), proven(cast, *NEW_KEYS))
    return Act(cast.operator, command, Need.HIGH, carry)


def version(cast: Cast, **changes: Any) -> Act:
    """A new ledger version, on the word of the Operator and both banks."""
    values: dict[str, Any] = {
        "bank": cast.delta.id,
        "second_bank": cast.echo.id,
        "desks": tuple(verifier(cast.ledger, kind) for kind in ("P256", "RSA")),
        **changes,
    }
    command = cast.operator.make(AddVersion, **values)
    carry = beside(
        cosigned(cast.member(values["bank"])), cosigned(cast.member(values["second_bank"]))
    )
    return Act(cast.operator, command, Need.HIGH, carry)


def _veto(cast: Cast) -> Act:
    cast.ledger.carry_out(recovery(cast).item())
    return Act(cast.birch, cast.birch.make(VetoRecovery), Need.ONE, item_of)


def _operator_act(kind: type[Command], cast: Cast, **values: Any) -> Act:
    return Act(cast.operator, cast.operator.make(kind, **values), Need.HIGH, item_of)


def _suspend(cast: Cast) -> Act:
    values = {"suspended": True, "reason": named("fraud")}
    return _operator_act(SuspendParticipant, cast, subject=cast.birch.id, **values)


def _add_signer(cast: Cast) -> Act:
    command = cast.birch.make(AddSigner, signer=new_signers()[0])

    def proof(signed: Command) -> bytes:
        return NEW_KEYS[0].sign(cast.ledger.digest(signed))

    return Act(cast.birch, command, Need.HIGH, beside(proof))


def _own_act(kind: type[Command], need: Need, values: Mapping[str, Any], cast: Cast) -> Act:
    offered(cast)
    return Act(cast.birch, cast.birch.make(kind, **values), need, item_of)


OFFICE_ACTS: Final[Mapping[str, Callable[[Cast], Act]]] = {
    "PayPayable": _pay,
    "AttestPayment": _attest,
    "ReturnUnapplied": _return_unapplied,
    "ConfirmPayout": _confirm_payout,
    "ReturnPayout": _return_payout,
    "IssueDeposit": _issue_deposit,
    "WithdrawDeposit": _withdraw_deposit,
    "MoveDeposit": _move_deposit,
    "FreezeRange": _freeze_range,
    "UnfreezeRange": _unfreeze_range,
    "FreezeParticipant": _freeze_participant,
    "UnfreezeParticipant": _unfreeze_participant,
    "SetLimit": _set_limit,
    "SetRules": _set_rules,
    "SetHolidays": _set_holidays,
    "AdmitParticipant": _admit_bank,
    "SuspendParticipant": _suspend,
    "AddSigner": _add_signer,
    "RevokeSigner": partial(_own_act, RevokeSigner, Need.HIGH, {"signer": 2, "reason": NOTHING}),
    "SetThreshold": partial(
        _own_act,
        SetThreshold,
        Need.HIGH,
        {"threshold_low": 2, "threshold_high": 3, "high_from": 9},
    ),
    "VoidNonce": partial(_own_act, VoidNonce, Need.ONE, {"voided": 2**256 - 1}),
    "ProposeRecovery": recovery,
    "VetoRecovery": _veto,
    "PauseLedger": partial(_operator_act, PauseLedger, paused=True, reason=named("fire")),
    "AddVersion": version,
}
"""The acts by the primary type of the command that the forgeries change."""
