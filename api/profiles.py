"""Profiles: what is recorded of a participant and never goes on chain.

It writes its own contacts. By its names and codes others know it, and to its accounts it is paid:
those one person alone cannot change. Who reads what of another's is said by need to know; each
reading is logged.
"""

from functools import partial
from typing import Annotated, Any, Final

from fastapi import Request, Response
from pydantic import Field, StringConstraints

from api import shapes
from api.asking import Manager, Reader
from api.context import context_of
from api.finding import still_known
from api.lists import reading
from api.need_to_know import Sight, sight_of
from api.once import Doing, done_once, once_route
from api.openapi import ALSO
from api.participants import ParticipantPath
from api.router import router
from api.shapes import Given, Shape
from ledger.model.errors import (
    ProfileGuarded,
    RecordsKeyMissing,
    ResourceUnknown,
    ScopeMissing,
)
from ledger.records.profiles import ACCOUNTS_MAX, CONTACTS_MAX, Profile
from ledger.service.access import Subject
from ledger.service.intake.kept_answers import Keep, undone
from ledger.service.records.directory import Directory
from ledger.service.records.directory import Reader as LoggedReader
from ledger.store.lists import AllOf, Is, find

__all__ = ["ROUTER"]

ROUTER = router("participants")

_ALSO = {ALSO: [409]}

_OWN: Final = frozenset({"participant", "contacts"})
"""Fields that whoever is signed in for a participant may change."""

Name = Annotated[str, StringConstraints(max_length=200)]
Short = Annotated[str, StringConstraints(max_length=64)]


class ContactGiven(Given):
    """A person to reach, by telephone or e-mail."""

    name: Name = Field(examples=["Lin Yue"])
    phone: Short = Field("", examples=["+86 591 8765 4321"])
    email: Name = Field("", examples=["lin.yue@birch.example"])
    position: Name = Field("", examples=["Treasurer"])


class AccountGiven(Given):
    """An account to which the participant is paid."""

    holder: Name = Field(examples=["Birch Castings"])
    number: Short = Field(examples=["6222020200112233"])
    bank: Name = Field(examples=["Settlement Bank"])
    branch: Annotated[str, StringConstraints(max_length=12)] = Field(
        "",
        description="Twelve digits by which the clearing system knows the branch.",
        examples=["102391000016"],
    )


class ProfileGiven(Given):
    """A whole profile: other contacts, and for the rest what is recorded."""

    name_zh: Name = Field("", examples=["桦木铸造有限公司"])
    name_en: Name = Field("", examples=["Birch Castings"])
    uscc: Short = Field(
        "", description="Unified social credit code.", examples=["91350100M000100Y43"]
    )
    lei: Short = Field("", description="Legal entity identifier.", examples=[""])
    group: Name = Field("", description="The group that it declares to belong to.", examples=[""])
    contacts: list[ContactGiven] = Field(default=[], max_length=CONTACTS_MAX)
    accounts: list[AccountGiven] = Field(default=[], max_length=ACCOUNTS_MAX)


class Contact(Shape):
    """A person to reach."""

    name: str
    phone: str
    email: str
    position: str


class Account(Shape):
    """An account to which the participant is paid."""

    holder: str
    number: str
    bank: str
    branch: str


class ParticipantProfile(Shape):
    """A profile. What is not told to you is null."""

    participant: shapes.ParticipantNumber
    name_zh: str = Field(examples=["桦木铸造有限公司"])
    name_en: str = Field(examples=["Birch Castings"])
    uscc: str = Field(examples=["91350100M000100Y43"])
    lei: str
    group: str | None = Field(description="For itself, the operator and regulators.")
    contacts: list[Contact] | None = Field(description="For itself, the operator and regulators.")
    accounts: list[Account] | None = Field(description="For itself and regulators.")


@ROUTER.get(
    "/v1/participants/{participant}/profile", operation_id="readProfile", openapi_extra=_ALSO
)
def read_profile(
    request: Request, participant: ParticipantPath, subject: Reader
) -> ParticipantProfile:
    """What is recorded of a participant, as far as you may know it. The reading is logged."""
    directory = _directory(request)
    with reading(request, subject) as opened:
        where = AllOf((Is("id", (participant,)), opened.sight.participants))
        row = find(opened.connection, "participants", where)
        if row is None or not still_known(opened, [row]):
            raise ResourceUnknown()
        sight = opened.sight
    found = directory.read([participant], _logged(subject, "profile page")).get(participant)
    if found is None:
        raise ResourceUnknown()
    return ParticipantProfile(**_shown(found, sight))


@ROUTER.put(
    "/v1/participants/{participant}/profile",
    operation_id="putProfile",
    **once_route(ParticipantProfile),
)
def put_profile(
    request: Request, participant: ParticipantPath, asked: ProfileGiven, subject: Manager
) -> Response:
    """Record your own contacts; the rest must be what is recorded. Only a session can.

    It is logged, as is the reading that it takes.
    """
    directory = _directory(request)
    if participant != subject.participant:
        raise ResourceUnknown()
    if not subject.is_session:
        raise ScopeMissing(scope="session")
    profile = Profile.from_values({"participant": participant, **asked.model_dump()})
    logged = _logged(subject, "profile change")

    def change(writer: LoggedReader | None, keep: Keep) -> Profile:
        _check_guarded(profile, directory.read([participant], logged).get(participant))
        directory.put(profile, writer, keep, partial(_check_guarded, profile))
        return profile

    doing = Doing(
        lambda keep: change(logged, keep),
        lambda made: _shown(made, sight_of(subject)),
        trial=lambda: change(None, undone),
        keyring=directory.keyring,
    )
    return done_once(request, subject, asked.model_dump(), doing)


def _check_guarded(asked: Profile, recorded: Profile | None) -> None:
    """Raises `ProfileGuarded` where more would change than one person may."""
    before = {} if recorded is None else recorded.to_values()
    after = asked.to_values()
    guarded = [name for name in after if name not in _OWN and after[name] != before.get(name)]
    if guarded:
        raise ProfileGuarded(fields=", ".join(guarded))


def _directory(request: Request) -> Directory:
    directory = context_of(request).service.directory
    if directory is None:
        raise RecordsKeyMissing()
    return directory


def _logged(subject: Subject, purpose: str) -> LoggedReader:
    return LoggedReader(subject.participant, subject.actor, purpose)


def _shown(profile: Profile, sight: Sight) -> dict[str, Any]:
    """A profile as far as need to know goes."""
    told = profile.to_values()
    if not sight.sees_contacts(profile.participant):
        told |= {"group": None, "contacts": None}
    if not sight.sees_bank_accounts(profile.participant):
        told["accounts"] = None
    return told
