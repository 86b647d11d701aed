"""A chain replayed from the ledger's first block: every event explained, or reported."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Final

from ledger.audit.administering import ADMINISTERING
from ledger.audit.authority import digest_of
from ledger.audit.calls import Call, commands_of, read_calls
from ledger.audit.circulation import CIRCULATION
from ledger.audit.comparison import compared
from ledger.audit.contracts import Contract, Contracts
from ledger.audit.depositing import DEPOSITING
from ledger.audit.findings import Finding, Kind, Report
from ledger.audit.genesis import begin
from ledger.audit.issuing import ISSUING
from ledger.audit.lending import LENDING
from ledger.audit.matching import matched
from ledger.audit.paying import PAYING
from ledger.audit.ruling import RULING
from ledger.audit.scene import Effect, Handler, Scene
from ledger.audit.selling import SELLING
from ledger.audit.settling import SETTLING
from ledger.audit.strangers import steps_of, take
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.chain.history import History, Transaction
from ledger.model.errors import LedgerError
from ledger.model.errors.service import DeploymentUnknown

__all__ = ["HANDLERS", "audit"]

HANDLERS: Final[Mapping[str, Handler]] = {
    **CIRCULATION,
    **ISSUING,
    **SELLING,
    **LENDING,
    **PAYING,
    **SETTLING,
    **DEPOSITING,
    **RULING,
    **ADMINISTERING,
}
"""By contract and function; any other function changes nothing that an event tells."""

Progress = Callable[[int, int], None]
"""Hears how many blocks are done and how many there are."""


def audit(
    history: History,
    registry: str,
    *,
    first_block: int = 0,
    last_block: int | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Report:
    """Replay a ledger that is known by the address of its registry of participants."""
    head = history.block(history.last_block)
    last = head if last_block is None else history.block(last_block)
    replay = _Replay(history, Report(history.chain_id, registry.lower(), first_block, last, head))
    return replay.run(progress)


class _Replay:
    """One run over a chain."""

    def __init__(self, history: History, report: Report) -> None:
        self.history, self.report = history, report
        self.contracts = Contracts(history, report.registry, report.last_block)
        self.world = World(history.chain_id, report.registry, self.contracts)
        self.known: dict[str, Contract] = {}
        self.created: set[str] = set()

    def run(self, progress: Progress) -> Report:
        """Find the contracts, replay their transactions, compare what they hold at the end."""
        self._find()
        first, last = self.report.first_block, self.report.last_block
        events = self.history.events(first, last, list(self.known))
        for hash_, listed in groupby(events, key=lambda event: event.transaction):
            transaction = self.history.transaction(hash_)
            progress(transaction.block - first, last - first + 1)
            self._check_feed(transaction, list(listed))
            self._replay(transaction)
        self._compare()
        progress(last - first + 1, last - first + 1)
        return self.report

    # ---- what there is

    def _find(self) -> None:
        """The registry's own events name its desks; their code says what they are."""
        report, registry = self.report, self.world.registry
        desks, verifiers = [], []
        for event in self.history.events(report.first_block, report.last_block, [registry]):
            if event.name == "DeskAdded":
                desks.append(event.values["desk"])
            elif event.name == "VerifierAllowed":
                verifiers.append(event.values["verifier"])
        if not desks:
            problem = f"no ledger was founded in blocks {report.first_block} to {report.last_block}"
            raise DeploymentUnknown(path=registry, problem=problem)
        self.known = self.contracts.of_ledger(desks)
        looked_at = {**self.known, **{one: self.contracts[one] for one in verifiers}}
        report.contracts = {address: one.name or "?" for address, one in looked_at.items()}
        report.findings += self.contracts.faults(looked_at, desks)

    def _check_feed(self, transaction: Transaction, listed: Sequence[Event]) -> None:
        """The list of events and the transaction's receipt must say the same."""
        own = [event for event in transaction.events if event.contract in self.known]
        if own != list(listed) or not transaction.is_done:
            counts = ({"events": len(listed)}, {"events": len(own)})
            self._found(Kind.FEED, transaction, expected=counts[0], actual=counts[1])

    # ---- one transaction

    def _replay(self, transaction: Transaction) -> None:
        self.report.transactions += 1
        self.report.events += len(self._own(transaction))
        calls = read_calls(transaction, self.contracts, self.known)
        if transaction.to is None and transaction.created in self.known:
            self._found_ledger(transaction, transaction.created)
        elif calls is None:
            self._search(transaction)
        else:
            self._explain(transaction, calls)

    def _found_ledger(self, transaction: Transaction, created: str) -> None:
        """A contract of the ledger was created, which happens once; nobody could sign before."""
        report, said = self.report, set()
        is_first = created not in self.created
        self.created.add(created)
        for event in self._own(transaction):
            is_new = (key := (event.name, repr(event.values))) not in said
            said.add(key)
            is_own = is_first and event.contract == created
            if is_own and is_new and begin(self.world, event):
                report.founders += event.name == "ParticipantAdmitted"
            else:
                report.unexplained_events += 1
                self._event_found(Kind.EXTRA, transaction, event)

    def _search(self, transaction: Transaction) -> None:
        """A contract that nobody knows was called, or the registry by somebody who is no desk."""
        own = self._own(transaction)
        steps = steps_of(self.world, transaction.data, self.known, own)
        if len(steps) == len(own) or any(isinstance(one, Call) for one in steps):
            self._explain(transaction, steps)
            return
        self.report.unexplained_events += len(own)
        for event in own:
            self._event_found(Kind.UNREADABLE, transaction, event)

    def _note_stranger(self, transaction: Transaction, event: Event) -> None:
        """Follow what was authorised for a stranger, and count it."""
        if take(self.world.register, event, self.history.second(transaction.block)):
            self.report.foreign += 1
        else:
            self.report.unexplained_events += 1
            self._event_found(Kind.EXTRA, transaction, event)

    def _explain(self, transaction: Transaction, steps: Sequence[Call | Event]) -> None:
        own, refused = self._own(transaction), self._refused(transaction)
        scenes: list[Scene] = []
        effects: list[tuple[Effect, Scene | None]] = []
        for step in steps:
            if isinstance(step, Event):
                own.remove(step)
                self._note_stranger(transaction, step)
                continue
            scene = Scene(self.world, step, self.history.second(transaction.block))
            if step.item in refused:
                effects.append((_refusal(scene, refused[step.item]), None))
                self.report.refused += 1
                continue
            self._carry_out(scene)
            scenes.append(scene)
            effects += [(effect, scene) for effect in scene.effects]
        if transaction.to is not None and self.contracts.is_relay(transaction.to):
            told = {"items": len(steps), "refused": len(refused)}
            effects.append((Effect(transaction.to, "BatchRelayed", told), None))
        match = matched(own, [effect for effect, _ in effects], self._name_of)
        self.report.findings += match.findings
        faulty = [scene for scene in scenes if scene.faults]
        blamed = sum(any(effects[one][1] is scene for scene in faulty) for one in match.explained)
        self.report.unexplained_events += match.unexplained + blamed
        for scene in scenes:
            self._conclude(transaction, scene)

    def _carry_out(self, scene: Scene) -> None:
        handler = HANDLERS.get(f"{scene.desk.name}.{scene.call.function}")
        if handler is None:
            return
        try:
            handler(scene)
        except LedgerError as refusal:
            scene.faults.append((Kind.RULE, refusal))

    def _conclude(self, transaction: Transaction, scene: Scene) -> None:
        """Count what was explained, and report what spoke against it."""
        command = scene.call.command
        names = [type(one).__name__ for one in commands_of(scene.call)]
        subject = names[0] if command is not None else scene.call.function
        for kind, refusal in scene.faults:
            self._found(
                kind,
                transaction,
                contract=scene.desk.name,
                subject=subject,
                digest=scene.digests[0] if scene.digests else b"",
                reason=refusal,
            )
        if not scene.faults:
            counted = names[: len(scene.digests)]
            self.report.commands.update(counted)
            if command is None and scene.effects:
                self.report.open_acts[scene.call.function] += 1

    # ---- private

    def _compare(self) -> None:
        """What the contracts hold at the end against what the commands come to."""
        last = self.report.last_block
        if not self.history.has_state(last, self.world.registry):
            return
        for finding in compared(self.world, self.history, last):
            self.report.compared += 1
            if finding is not None:
                self.report.findings.append(finding)

    def _own(self, transaction: Transaction) -> list[Event]:
        """Events of the ledger's contracts, and of the relay that carried the calls."""
        relay = transaction.to
        if relay is not None and not self.contracts.is_relay(relay):
            relay = None
        return [e for e in transaction.events if e.contract in self.known or e.contract == relay]

    def _refused(self, transaction: Transaction) -> dict[int | None, Event]:
        """The relay's refusals by the place of their item."""
        return {
            event.values["index"]: event
            for event in self._own(transaction)
            if event.name == "ItemRefused" and event.contract == transaction.to
        }

    def _name_of(self, address: str) -> str:
        return self.contracts[address].name or address

    def _found(self, kind: Kind, transaction: Transaction, **values: object) -> None:
        told = dict(values)
        self.report.findings.append(
            Finding(kind, transaction.block, transaction.hash, **told)  # type: ignore[arg-type]
        )

    def _event_found(self, kind: Kind, transaction: Transaction, event: Event) -> None:
        self._found(
            kind,
            transaction,
            index=event.index,
            contract=self._name_of(event.contract),
            subject=event.name,
            actual=event.values,
        )


def _refusal(scene: Scene, told: Event) -> Effect:
    """What the relay must say of a refused item; why it was refused is the contracts' answer."""
    command = scene.call.command
    digest = bytes(32) if command is None else digest_of(scene, command)
    values = {"digest": digest, "index": scene.call.item, "reason": told.values["reason"]}
    return Effect(told.contract, "ItemRefused", values)
