"""Recording who participants are: by the operator's people, against what stands on the ledger.

By its names and codes a participant is known to others, and to its accounts it is paid. So none of
them is recorded by whoever happens to be signed in: the operator has seen the documents, and the
code must be the one under which the participant was admitted.
"""

from collections.abc import Sequence

from ledger.model.errors import UnknownParticipant
from ledger.model.errors.records import IdentityDiffers
from ledger.records.profiles import Profile
from ledger.service.records.directory import Directory, Reader
from ledger.store.lists import Is, find

__all__ = ["record_profiles"]


def record_profiles(directory: Directory, profiles: Sequence[Profile], writer: Reader) -> None:
    """Record profiles in place of what was recorded; each leaves a row in the log.

    All are compared with the ledger before the first is recorded. Raises `UnknownParticipant`,
    `IdentityDiffers` and `IdentifierTaken`.
    """
    for one in profiles:
        _check(directory, one)
    for one in profiles:
        directory.put(one, writer)


def _check(directory: Directory, profile: Profile) -> None:
    with directory.database.reading() as connection:
        admitted = find(connection, "participants", Is("id", (profile.participant,)))
    if admitted is None:
        raise UnknownParticipant(participant=profile.participant)
    if profile.uscc and directory.identity(profile.uscc) != admitted.identity:
        raise IdentityDiffers(participant=profile.participant)
