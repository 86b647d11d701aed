"""What every route may ask for: the service, the door's options, and who asks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Final, Protocol

from fastapi import Request

from api.accepting import Accepting
from api.import_told import Told
from api.limits import Limits
from api.options import Options
from api.paging import Cursors
from api.places import Places
from api.turns import Turns
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint
from ledger.model.commands import Struct
from ledger.model.glossary import Language
from ledger.model.meanings import Meaning
from ledger.model.rendering import NO_NAMES, Names
from ledger.model.structs import values_in
from ledger.service.access import Access, Subject
from ledger.service.financing.desk import Financing
from ledger.service.imports.together import Imports
from ledger.service.intake.intake import Intake
from ledger.service.intake.nonces import Nonces
from ledger.service.intake.open_acts import OpenActs
from ledger.service.records.directory import Directory, Reader
from ledger.service.relaying.outbox import Outbox
from ledger.service.running.evaluation_clock import EvaluationClock
from ledger.service.webhooks.telling import Telling
from ledger.store.database import Database

__all__ = ["IMPORTS_MOST", "Context", "Service", "context_of", "parties_of"]


IMPORTS_MOST: Final = 2


class Service(Protocol):
    """What the door asks of a running service."""

    @property
    def database(self) -> Database: ...
    @property
    def deployment(self) -> Deployment: ...
    @property
    def endpoint(self) -> Endpoint: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def intake(self) -> Intake: ...
    @property
    def directory(self) -> Directory | None: ...
    @property
    def imports(self) -> Imports | None:
        """None without a key that seals what they keep."""

    @property
    def telling(self) -> Telling | None:
        """Webhooks; none without a key that seals their secrets."""

    @property
    def clock(self) -> EvaluationClock: ...
    @property
    def now(self) -> int:
        """Second of the ledger's clock."""


@dataclass(frozen=True, slots=True)
class Context:
    """One door."""

    service: Service
    options: Options
    limits: Limits
    access: Access
    nonces: Nonces
    financing: Financing
    acts: OpenActs
    accepting: Accepting
    cursors: Cursors
    exports: BoundedSemaphore
    """How many exports may be written at a time."""
    streams: Places
    """How many streams may be open at a time, of all and of one participant."""
    turns: Turns = field(default_factory=Turns)
    imports: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(IMPORTS_MOST))
    """How many files of imports may be read or written at a time; exports have other places."""
    told: Told = field(default_factory=Told)

    def names(
        self, participants: Iterable[int], subject: Subject, language: Language, purpose: str
    ) -> Names:
        """Display names of participants; the directory logs who read them, and what for."""
        directory = self.service.directory
        if directory is None:
            return NO_NAMES
        reader = Reader(subject.participant, subject.actor, purpose)
        names: Names = directory.names(participants, reader, language)
        return names


def parties_of(struct: Struct) -> set[int]:
    """The participants that a command names, in lists and structs too."""
    return {
        one for member, one in values_in(struct) if member.meaning is Meaning.PARTICIPANT and one
    }


def context_of(request: Request) -> Context:
    """The door that a request came through."""
    found: Context = request.app.state.context
    return found
