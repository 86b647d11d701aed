"""Rules, holidays, lines and freezes, as an audit replays them."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.authority import authorise, cosigned, require_role
from ledger.audit.findings import Kind
from ledger.audit.ledger_parts import Cases, Claims, Freeze
from ledger.audit.registry_parts import Lines, Rules
from ledger.audit.scene import Handler, Scene
from ledger.audit.terms import word
from ledger.audit.transitions import payable
from ledger.model.commands import (
    FreezeParticipant,
    FreezeRange,
    SetHolidays,
    SetLimit,
    SetRules,
    UnfreezeParticipant,
    UnfreezeRange,
)
from ledger.model.errors import ERRORS
from ledger.model.parts import RuleSet
from ledger.model.states import Role
from ledger.model.structs import fields_of

__all__ = ["RULING", "rules_told"]

_FREEZES_MAX: Final = 16
_OFFER_SECONDS_MAX: Final = 61 * 86_400


def rules_told(rules: RuleSet) -> dict[str, object]:
    """Rules as their event holds them."""
    return {member.name: getattr(rules, member.name) for member in fields_of(RuleSet)}


def _set_limit(scene: Scene) -> None:
    command: SetLimit = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    require_role(scene, command.participant, Role.BANK)
    lines, bank, obligor = scene.own(Lines), command.participant, command.obligor
    lines.limits[obligor][bank] = command.amount
    told = {"bank": bank, "obligor": obligor, "amount": command.amount}
    scene.tell(scene.desk, "LimitSet", **told, limit=lines.limit(obligor))


def _set_rules(scene: Scene) -> None:
    command: SetRules = scene.call.arguments["command"]
    _authorise_jointly(scene, command)
    rules = scene.own(Rules)
    earliest = max([scene.today, *(one.effective for one in rules.sets[-1:])])
    effective = command.rules.effective
    is_ahead = effective >= earliest
    scene.require(is_ahead, "BadRules", word("effective"), effective)
    rules.sets.append(command.rules)
    told = {"index": len(rules.sets) - 1, "rules": rules_told(command.rules)}
    scene.tell(scene.desk, "RulesSet", **told)


def _set_holidays(scene: Scene) -> None:
    command: SetHolidays = scene.call.arguments["command"]
    _authorise_jointly(scene, command)
    scene.own(Rules).holidays[command.first_day >> 8] = command.holidays
    told = {"first_day": command.first_day, "holidays": command.holidays}
    scene.tell(scene.desk, "HolidaysSet", **told)


def _authorise_jointly(scene: Scene, command: SetRules | SetHolidays) -> None:
    """The operator and a bank."""
    signed = authorise(scene, command, scene.call.arguments["approvals"])
    operator, bank = command.participant, command.bank
    require_role(scene, operator, Role.OPERATOR)
    if operator == bank:
        scene.blame(Kind.AUTHORITY, [ERRORS["SameCosigner"].of(bank)])
    cosigned(scene, bank, Role.BANK, signed, scene.call.arguments["cosigned"])


# ---- oversight


def _freeze(scene: Scene) -> None:
    command: FreezeRange = scene.call.arguments["command"]
    _authorise_regulator(scene, command)
    _require_case(scene, command.case_commitment, command.review_day)
    claims, number = scene.near(Claims, "vouchers"), command.payable_id
    record, freezes = payable(claims, number), scene.own(Cases).freezes[command.payable_id]
    start, end = command.start, command.end
    scene.require(start < end <= record.face, "BadRange", start, end)
    place = _free_number(scene, number)
    freezes[place] = Freeze(start, end, scene.second, command.case_commitment)
    if place == record.freezes:
        record.freezes = place + 1
        told = {"payable_id": number, "freezes": record.freezes}
        scene.tell(claims.contract, "FreezesChanged", **told)
    scene.tell(
        scene.desk,
        "RangeFrozenBy",
        payable_id=number,
        freeze=place,
        regulator=command.participant,
        start=start,
        end=end,
        case_commitment=command.case_commitment,
        review_day=command.review_day,
    )


def _free_number(scene: Scene, number: int) -> int:
    """The first number of a lifted freeze that no open offer can be from before; else a new one."""
    freezes = scene.own(Cases).freezes[number]
    for place, one in sorted(freezes.items()):
        if one.is_lifted and one.begun + _OFFER_SECONDS_MAX < scene.second:
            return place
    scene.require(len(freezes) < _FREEZES_MAX, "TooManyFreezes", number, _FREEZES_MAX)
    return len(freezes)


def _unfreeze(scene: Scene) -> None:
    command: UnfreezeRange = scene.call.arguments["command"]
    _authorise_regulator(scene, command)
    found = scene.own(Cases).freezes[command.payable_id].get(command.freeze)
    if found is None or found.is_lifted:
        raise ERRORS["NotFrozen"].of()
    scene.require(found.case == command.case_commitment, "CaseMissing")
    found.is_lifted = True
    told = {"payable_id": command.payable_id, "freeze": command.freeze}
    scene.tell(scene.desk, "RangeUnfrozen", **told, regulator=command.participant)


def _freeze_participant(scene: Scene) -> None:
    command: FreezeParticipant = scene.call.arguments["command"]
    _authorise_regulator(scene, command)
    _require_case(scene, command.case_commitment, command.review_day)
    case, cases = (command.subject, command.case_commitment), scene.own(Cases).open_cases
    scene.require(case not in cases, "CaseOpen", command.case_commitment)
    cases.add(case)
    member = scene.register.member(command.subject)
    member.freezes += 1
    member.frozen_at = scene.second
    _tell_freeze(scene, command, is_frozen=True, review_day=command.review_day)


def _unfreeze_participant(scene: Scene) -> None:
    command: UnfreezeParticipant = scene.call.arguments["command"]
    _authorise_regulator(scene, command)
    case, cases = (command.subject, command.case_commitment), scene.own(Cases).open_cases
    scene.require(case in cases, "NotFrozen")
    cases.discard(case)
    scene.register.member(command.subject).freezes -= 1
    _tell_freeze(scene, command, is_frozen=False, review_day=0)


def _tell_freeze(
    scene: Scene,
    command: FreezeParticipant | UnfreezeParticipant,
    *,
    is_frozen: bool,
    review_day: int,
) -> None:
    member = scene.register.member(command.subject)
    stamped = {"cases": member.freezes, "frozen_at": member.frozen_at}
    registry, subject = scene.world.registry, command.subject
    scene.tell(registry, "ParticipantFreezeStamped", participant=subject, **stamped)
    told = {"regulator": command.participant, "case_commitment": command.case_commitment}
    told |= {"frozen": is_frozen, "review_day": review_day}
    scene.tell(scene.desk, "ParticipantFreezeSet", subject=subject, **told)


def _authorise_regulator(
    scene: Scene,
    command: FreezeRange | UnfreezeRange | FreezeParticipant | UnfreezeParticipant,
) -> None:
    authorise(scene, command, scene.call.arguments["approvals"])
    require_role(scene, command.participant, Role.REGULATOR)


def _require_case(scene: Scene, case: bytes, review_day: int) -> None:
    scene.require(any(case), "CaseMissing")
    scene.require(review_day >= scene.today, "ReviewDayPast", review_day, scene.today)


RULING: Final[Mapping[str, Handler]] = {
    "Exposure.setLimit": _set_limit,
    "Rules.setRules": _set_rules,
    "Rules.setHolidays": _set_holidays,
    "Oversight.freeze": _freeze,
    "Oversight.unfreeze": _unfreeze,
    "Oversight.freezeParticipant": _freeze_participant,
    "Oversight.unfreezeParticipant": _unfreeze_participant,
}
