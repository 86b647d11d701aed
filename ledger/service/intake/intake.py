"""Intake: what is posted is read, checked, tried, and kept for good before it is answered.

A command that cannot be one, or whose signature is false, leaves no trace. One that the ledger
would refuse now is answered with the refusal; its sender may ask that it waits, where something on
its way would cure that. The same command again is the same operation.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ledger.chain.calls import Item
from ledger.chain.codec import decode_refusal
from ledger.model.errors import CommandUnworkable, LedgerError, NonceUsed
from ledger.service.intake.posted import Act, Posted, Written, read_posted
from ledger.service.intake.signatures import Signatures
from ledger.service.intake.simulation import Simulation, Trial
from ledger.service.relaying.gas import estimate
from ledger.service.relaying.outbox import Operation, Outbox
from ledger.service.running.site import Site
from ledger.store.database import Connection
from ledger.store.operations import Executed
from ledger.store.tables.operations import ACCEPTED, DONE

__all__ = ["NEVER", "Answer", "Intake", "Post", "trial_of"]

NEVER: Final = 2**62
"""The deadline of an act that has none."""

_BEFORE_MAX: Final = 100
"""Operations on their way that are looked at for one that waits for another."""

Answer = Operation | LedgerError
"""What a sender gets: the operation that his command began, or why there is none."""


@dataclass(frozen=True, slots=True)
class Post:
    """One command as it comes through a door."""

    data: object
    """JSON of the signed command; `ledger.service.intake.posted` says its shape."""
    external_reference: str | None = None
    on_refusal: Literal["refuse", "wait"] = "refuse"
    """`wait`: accept it if operations on their way would cure its refusal."""
    written: Written | None = None
    """The data, written down, where that has been done."""


class _Case:
    """A command on its way through intake, for all who posted it."""

    def __init__(self, digest: bytes) -> None:
        self.digest = digest
        self.forms: list[Posted] = []
        """The first is tried next; others have other approvals, or other things beside."""
        self.external_reference: str | None = None
        self.waits = False
        self.item: Item | None = None
        """The call of the form that was tried last: to encode one takes longer than all else."""
        self.landed: Executed | None = None
        self.answer: Answer | None = None

    def add(self, posted: Posted, post: Post) -> None:
        """Somebody posts it."""
        if all(posted.text != one.text for one in self.forms):
            self.forms.append(posted)
        self.external_reference = self.external_reference or post.external_reference
        self.waits = self.waits or post.on_refusal == "wait"

    @property
    def given(self) -> Answer:
        """The answer, once there is one."""
        assert self.answer is not None
        return self.answer

    def trial(self) -> Trial:
        """The call and the room it takes."""
        posted = self.forms[0]
        self.item = posted.item
        return Trial(self.item, estimate(posted.verb, posted.data))


class Intake:
    """Takes commands in; safe to share between threads."""

    def __init__(self, site: Site, outbox: Outbox) -> None:
        self._outbox = outbox
        self.signatures = Signatures(site.endpoint, site.deployment)
        self._simulation = Simulation(site.endpoint, site.deployment)

    @property
    def wall(self) -> int:
        """Second of this machine's clock, by which operations are dated."""
        return self._outbox.wall

    def submit(
        self,
        posts: Sequence[Post],
        also: Callable[[Connection, Sequence[Answer]], None] | None = None,
    ) -> list[Answer]:
        """Take commands in, all in one transaction; the answers are in the order of the posts.

        `also` writes in that transaction, with the answers as they will be given. Raises what an
        endpoint or the database raises; then nothing was taken in.
        """
        cases, places = self._read(posts)
        fresh = self._tried(cases)
        made = [self._operation(case) for case in fresh]

        def answers() -> list[Answer]:
            return [one if isinstance(one, LedgerError) else cases[one].given for one in places]

        def write(connection: Connection, stored: Sequence[Operation]) -> None:
            for case, operation in zip(fresh, stored, strict=True):
                case.answer = operation
            if also is not None:
                also(connection, answers())

        if made or also is not None:
            self._outbox.accept(made, write)
        return answers()

    def dry_run(self, posts: Sequence[Post]) -> list[LedgerError | None]:
        """Say what would be answered, without keeping anything; None for what would be taken."""
        cases, places = self._read(posts)
        self._tried(cases)
        found = [one if isinstance(one, LedgerError) else cases[one].answer for one in places]
        return [one if isinstance(one, LedgerError) else None for one in found]

    def request(
        self,
        acts: Sequence[Act],
        also: Callable[[Connection, Sequence[Operation]], None] = lambda _, __: None,
        *,
        participant: int = 0,
    ) -> list[Operation]:
        """Have acts done that nobody has to sign. They are not tried before: the ledger decides.

        `also` writes in the transaction that stores their operations; `participant` asks for them,
        the service itself if it is 0.
        """
        return self._outbox.accept([self._unsigned(act, participant) for act in acts], also)

    # ---- steps

    def _read(self, posts: Sequence[Post]) -> tuple[dict[bytes, _Case], list[bytes | LedgerError]]:
        """Each command once, by its digest; and of each post its digest or what is wrong."""
        cases: dict[bytes, _Case] = {}
        places: list[bytes | LedgerError] = []
        for post, posted in zip(posts, self._signed(posts), strict=True):
            if isinstance(posted, LedgerError):
                places.append(posted)
                continue
            digest = self.signatures.digest(posted.command)
            cases.setdefault(digest, _Case(digest)).add(posted, post)
            places.append(digest)
        return cases, places

    def _signed(self, posts: Sequence[Post]) -> list[Posted | LedgerError]:
        """What each post says, if its form and every signature are right."""
        found = [_read_or_refusal(one) for one in posts]
        whole = [one for one in found if isinstance(one, Posted)]
        problems = iter(self.signatures.check([one.signatures for one in whole]))
        return [(next(problems) or one) if isinstance(one, Posted) else one for one in found]

    def _tried(self, cases: Mapping[bytes, _Case]) -> list[_Case]:
        """Those that are new and may be taken in; the others have their answers then."""
        for digest, known in self._outbox.by_digests(cases).items():
            cases[digest].answer = known
        fresh = [case for case in cases.values() if case.answer is None]
        left, taken = fresh, set[bytes]()
        while left:
            trials = [case.trial() for case in left]
            reasons = self._simulation.reasons(trials)
            for case, trial, reason in zip(left, trials, reasons, strict=True):
                if reason is None or self._may_wait(case, trial, reason):
                    taken.add(case.digest)
            left = [case for case in left if case.digest not in taken and len(case.forms) > 1]
            for case in left:
                del case.forms[0]
        return [case for case in fresh if case.digest in taken]

    def _may_wait(self, case: _Case, trial: Trial, reason: bytes) -> bool:
        """Whether a command may be taken in although it would be refused now."""
        refusal = decode_refusal(reason)
        if isinstance(refusal, NonceUsed):
            # Somebody else may have relayed this very command: then it is done.
            case.landed = self._outbox.executed(case.digest)
            if case.landed is not None:
                return True
        if case.waits:
            later = self._after_others(case, trial)
            if later is None:
                return True
            refusal = decode_refusal(later)
        case.answer = refusal or CommandUnworkable()
        return False

    def _after_others(self, case: _Case, trial: Trial) -> bytes | None:
        """Why a command would be refused even after what is on its way."""
        own = self._outbox.on_their_way(_BEFORE_MAX, [case.forms[0].command.participant])
        every = {one.id: one for one in [*own, *self._outbox.on_their_way(_BEFORE_MAX)]}
        before = [trial_of(every[id_]) for id_ in sorted(every)]
        return self._simulation.after(before, trial)

    # ---- rows

    def _operation(self, case: _Case) -> Operation:
        posted, wall = case.forms[0], self._outbox.wall
        command, item, landed = posted.command, case.item or posted.item, case.landed
        return Operation(
            id=self._outbox.numbers.next(),
            digest=case.digest,
            participant=command.participant,
            nonce=command.nonce.to_bytes(32, "big"),
            verb=posted.verb,
            desk=item.desk,
            call=item.data,
            command=posted.message,
            signed=posted.text,
            state=ACCEPTED if landed is None else DONE,
            refusal=None,
            deadline=command.deadline,
            external_reference=case.external_reference,
            accepted_wall=wall,
            updated_wall=wall,
            block=None if landed is None else landed.block,
            transaction_hash=None if landed is None else landed.transaction,
        )

    def _unsigned(self, act: Act, participant: int) -> Operation:
        item, wall = act.item, self._outbox.wall
        return Operation(
            id=self._outbox.numbers.next(),
            digest=None,
            participant=participant,
            nonce=None,
            verb=act.verb,
            desk=item.desk,
            call=item.data,
            command=act.text,
            signed=act.told,
            state=ACCEPTED,
            refusal=None,
            deadline=NEVER,
            external_reference=None,
            accepted_wall=wall,
            updated_wall=wall,
            payable=act.payable,
        )


def trial_of(operation: Operation) -> Trial:
    """The call of an operation and the room it takes."""
    item = Item(operation.desk, operation.call)
    return Trial(item, estimate(operation.verb, json.loads(operation.signed)))


def _read_or_refusal(post: Post) -> Posted | LedgerError:
    try:
        return read_posted(post.data, post.written)
    except LedgerError as refusal:
        return refusal
