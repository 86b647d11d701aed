"""Participants, keys, commands, rules, lines, invoices, freezes and batches from their events."""

from collections.abc import Mapping
from typing import Final

from ledger.model.days import day_of_second
from ledger.model.states import Role
from ledger.views.circulation import Handler
from ledger.views.claim_rows import Freeze, ParticipantFreeze
from ledger.views.log import Entry
from ledger.views.party_rows import (
    Batch,
    Executed,
    Exposure,
    Invoice,
    Participant,
    Recovery,
    Refused,
    SignerRow,
)
from ledger.views.row import replace
from ledger.views.state import State

__all__ = ["HANDLERS"]

COMMITTED_MAX: Final = 2**48 - 1
"""Largest sum of a business day that the ledger keeps."""


# ---- commands


def _executed(state: State, entry: Entry) -> None:
    values = entry.values
    digest, participant, nonce = values["digest"], values["participant"], values["nonce"]
    state.executed.append(Executed(digest, participant, nonce, entry.second, entry.transaction))
    state.add_nonce(participant, nonce)
    if values["amount"]:
        _commit(state, participant, entry)


def _commit(state: State, participant: int, entry: Entry) -> None:
    row, day = state.participants[participant], day_of_second(entry.second)
    before = row.committed if row.committed_day == day else 0
    committed = min(before + entry["amount"], COMMITTED_MAX)
    state.participants[participant] = replace(row, committed=committed, committed_day=day)


def _standing_used(state: State, entry: Entry) -> None:
    _commit(state, entry["participant"], entry)


def _voided(state: State, entry: Entry) -> None:
    state.add_nonce(entry["participant"], entry["nonce"])


def _refused(state: State, entry: Entry) -> None:
    state.refused.append(Refused(entry["digest"], entry["reason"], entry.second, entry.transaction))


# ---- participants and their keys


def _admitted(state: State, entry: Entry) -> None:
    participant = entry["participant"]
    state.participants[participant] = Participant(
        id=participant,
        roles=Role(entry["roles"]),
        identity=entry["identity"],
        recovery_bank=entry["recovery_bank"],
    )


def _suspended(state: State, entry: Entry) -> None:
    row = state.participants[entry["participant"]]
    state.participants[row.id] = replace(row, is_suspended=entry["suspended"])


def _paused(state: State, entry: Entry) -> None:
    state.is_paused = entry["paused"]


def _signer_added(state: State, entry: Entry) -> None:
    row, number = state.participants[entry["participant"]], entry["signer"]
    state.signers[row.id, number] = SignerRow(
        participant=row.id,
        number=number,
        key=entry["key"],
        duty=entry["duty"],
        expiry=entry["expiry"],
        certificate=entry["certificate"],
    )
    state.participants[row.id] = replace(row, signers=number + 1)


def _signer_ended(state: State, entry: Entry) -> None:
    key = (entry["participant"], entry["signer"])
    state.signers[key] = replace(state.signers[key], is_revoked=True)


def _threshold_set(state: State, entry: Entry) -> None:
    row = state.participants[entry["participant"]]
    state.participants[row.id] = replace(
        row,
        threshold_low=entry["low"],
        threshold_high=entry["high"],
        high_from=entry["high_from"],
    )


def _recovery_proposed(state: State, entry: Entry) -> None:
    row = Recovery(entry["participant"], entry["digest"], entry["effective"])
    state.recoveries[row.participant] = row


def _recovery_vetoed(state: State, entry: Entry) -> None:
    del state.recoveries[entry["participant"]]


def _recovered(state: State, entry: Entry) -> None:
    del state.recoveries[entry["participant"]]


def _signers_replaced(state: State, entry: Entry) -> None:
    row = state.participants[entry["participant"]]
    state.participants[row.id] = replace(row, first_signer=entry["first_signer"])


def _desk_added(state: State, entry: Entry) -> None:
    state.desks[entry["desk"]] = entry["version"]


def _verifier_allowed(state: State, entry: Entry) -> None:
    state.verifiers[entry["verifier"]] = entry["kind"]


# ---- freezes


def _frozen(state: State, entry: Entry) -> None:
    freeze = Freeze(
        payable=entry["payable_id"],
        number=entry["freeze"],
        regulator=entry["regulator"],
        start=entry["start"],
        end=entry["end"],
        begun=entry.second,
        case_commitment=entry["case_commitment"],
        review_day=entry["review_day"],
    )
    state.freezes[freeze.payable, freeze.number] = freeze


def _freezes_changed(state: State, entry: Entry) -> None:
    row = state.payables[entry["payable_id"]]
    state.payables[row.id] = replace(row, freezes=entry["freezes"])


def _unfrozen(state: State, entry: Entry) -> None:
    key = (entry["payable_id"], entry["freeze"])
    state.freezes[key] = replace(state.freezes[key], is_lifted=True)


def _participant_stamped(state: State, entry: Entry) -> None:
    row = state.participants[entry["participant"]]
    is_frozen = entry["cases"] != 0
    state.participants[row.id] = replace(row, is_frozen=is_frozen, frozen_at=entry["frozen_at"])


def _participant_frozen(state: State, entry: Entry) -> None:
    row = ParticipantFreeze(
        participant=entry["subject"],
        regulator=entry["regulator"],
        begun=entry.second,
        case_commitment=entry["case_commitment"],
        review_day=entry["review_day"],
    )
    if entry["frozen"]:
        state.participant_freezes[row.participant, row.case_commitment] = row
    else:
        del state.participant_freezes[row.participant, row.case_commitment]


# ---- rules, lines, invoices, batches


def _rules_set(state: State, entry: Entry) -> None:
    state.rules[entry["index"]] = entry["rules"]


def _holidays_set(state: State, entry: Entry) -> None:
    state.holidays[entry["first_day"]] = entry["holidays"]


def _exposure(state: State, obligor: int) -> Exposure:
    return state.exposures.get(obligor) or Exposure(obligor)


def _limit_set(state: State, entry: Entry) -> None:
    row = _exposure(state, entry["obligor"])
    state.limits[entry["bank"], row.obligor] = entry["amount"]
    state.exposures[row.obligor] = replace(row, limit=entry["limit"])


def _outstanding_changed(state: State, entry: Entry) -> None:
    row = _exposure(state, entry["obligor"])
    state.exposures[row.obligor] = replace(row, outstanding=entry["outstanding"])


def _unpaid_changed(state: State, entry: Entry) -> None:
    row = _exposure(state, entry["obligor"])
    unpaid = {**dict(row.unpaid), entry["due"]: entry["count"]}
    left = tuple(sorted((due, count) for due, count in unpaid.items() if count))
    state.exposures[row.obligor] = replace(row, unpaid=left)


def _invoice_used(state: State, entry: Entry) -> None:
    fingerprint, payable, used = entry["fingerprint"], entry["payable_id"], entry["used"]
    row = state.invoices.get(fingerprint) or Invoice(fingerprint, entry["total"], 0)
    uses = dict(row.uses)
    uses[payable] = uses.get(payable, 0) + used
    state.invoices[fingerprint] = replace(row, used=row.used + used, uses=tuple(uses.items()))


def _invoice_freed(state: State, entry: Entry) -> None:
    row = state.invoices[entry["fingerprint"]]
    uses = {**dict(row.uses)}
    del uses[entry["payable_id"]]
    state.invoices[row.fingerprint] = replace(
        row, used=row.used - entry["freed"], uses=tuple(uses.items())
    )


def _batch_recorded(state: State, entry: Entry) -> None:
    row = Batch(
        digest=entry["batch"],
        obligor=entry["obligor"],
        root=entry["root"],
        count=entry["count"],
        left=entry["total"],
        deadline=entry["deadline"],
    )
    state.batches[row.digest] = row


def _batch_item(state: State, entry: Entry) -> None:
    row, payable = state.batches[entry["batch"]], state.payables[entry["payable_id"]]
    state.batches[row.digest] = replace(row, issued=row.issued + 1, left=row.left - payable.face)
    state.payables[payable.id] = replace(payable, digest=row.digest)


def _batch_voided(state: State, entry: Entry) -> None:
    row = state.batches[entry["batch"]]
    state.batches[row.digest] = replace(row, is_void=True)


HANDLERS: Final[Mapping[str, Handler]] = {
    "CommandExecuted": _executed,
    "StandingOfferUsed": _standing_used,
    "VerifierAllowed": _verifier_allowed,
    "NonceVoided": _voided,
    "ItemRefused": _refused,
    "ParticipantAdmitted": _admitted,
    "ParticipantSuspensionSet": _suspended,
    "LedgerPauseSet": _paused,
    "SignerAdded": _signer_added,
    "SignerEnded": _signer_ended,
    "ThresholdSet": _threshold_set,
    "RecoveryProposed": _recovery_proposed,
    "RecoveryVetoed": _recovery_vetoed,
    "RecoveryCompleted": _recovered,
    "SignersReplaced": _signers_replaced,
    "DeskAdded": _desk_added,
    "RangeFrozenBy": _frozen,
    "FreezesChanged": _freezes_changed,
    "RangeUnfrozen": _unfrozen,
    "ParticipantFreezeStamped": _participant_stamped,
    "ParticipantFreezeSet": _participant_frozen,
    "RulesSet": _rules_set,
    "HolidaysSet": _holidays_set,
    "LimitSet": _limit_set,
    "OutstandingChanged": _outstanding_changed,
    "UnpaidChanged": _unpaid_changed,
    "InvoiceUsed": _invoice_used,
    "InvoiceFreed": _invoice_freed,
    "BatchRecorded": _batch_recorded,
    "BatchItemIssuedAs": _batch_item,
    "BatchVoided": _batch_voided,
}
