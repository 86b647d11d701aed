"""A chain replayed from the ledger's first block: every event explained, or reported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ledger.audit.acting import carry_out
from ledger.audit.authority import digest_of
from ledger.audit.calls import Call, commands_of, read_calls
from ledger.audit.comparison import compared
from ledger.audit.contracts import Contract, Contracts
from ledger.audit.findings import Finding, Kind, Report
from ledger.audit.genesis import begin
from ledger.audit.matching import matched
from ledger.audit.scene import Effect, Scene
from ledger.audit.strangers import Search
from ledger.audit.world import World
from ledger.chain.codec import Event
from ledger.chain.history import History, Transaction
from ledger.model.errors.service import DeploymentUnknown

__all__ = ["audit"]

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
            problem = f"no ledger in blocks: {report.first_block}–{report.last_block}"
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
        if transaction.to is None and transaction.created in self.known:
            self._found_ledger(transaction, transaction.created)
            return
        calls = read_calls(transaction, self.contracts, self.known)
        refused = self._refused(transaction)
        if calls is None or any(not one.is_readable and one.item not in refused for one in calls):
            self._search(transaction)
        else:
            self._explain(transaction, calls, refused)

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
        own, second = self._own(transaction), self.history.second(transaction.block)
        search = Search(self.world, self.known, transaction.data, own).follow(second)
        is_read = any(scene.call.command is not None for scene in search.scenes)
        rest = [event for place, event in enumerate(own) if place not in search.strangers]
        odd = Kind.EXTRA if is_read else Kind.UNREADABLE
        unknown = self._judge(transaction, rest, search.scenes, odd=odd)
        for place, is_taken in search.strangers.items():
            # It may be the ledger's own command as well that left what nothing explains.
            if is_taken and (is_read or not unknown):
                self.report.foreign += 1
                continue
            self.report.unexplained_events += 1
            self._event_found(odd if is_taken else Kind.EXTRA, transaction, own[place])

    def _explain(
        self, transaction: Transaction, calls: Sequence[Call], refused: Mapping[int | None, Event]
    ) -> None:
        """What was called is known, one call after the other."""
        scenes, relayed = [], []
        own, second = self._own(transaction), self.history.second(transaction.block)
        for call in calls:
            scene = Scene(self.world, call, second, own)
            if call.item in refused:
                relayed.append(_refusal(scene, refused[call.item]))
            else:
                scenes.append(carry_out(scene))
        self.report.refused += len(relayed)
        if transaction.to is not None and self.contracts.is_relay(transaction.to):
            told = {"items": len(calls), "refused": len(refused)}
            relayed.append(Effect(transaction.to, "BatchRelayed", told))
        self._judge(transaction, own, scenes, relayed)

    def _judge(
        self,
        transaction: Transaction,
        events: Sequence[Event],
        scenes: Sequence[Scene],
        beside: Sequence[Effect] = (),
        *,
        odd: Kind = Kind.EXTRA,
    ) -> int:
        """Hold what was carried out against the events; how many of these it knows nothing of."""
        makers = [scene for scene in scenes for _ in scene.effects]
        effects = [effect for scene in scenes for effect in scene.effects]
        match = matched(events, [*effects, *beside], self._name_of)
        self.report.findings += (
            replace(one, kind=odd) if one.kind is Kind.EXTRA else one for one in match.findings
        )
        explained = [makers[place] for place in match.explained if place < len(makers)]
        blamed = sum(bool(scene.faults) for scene in explained)
        self.report.unexplained_events += match.unexplained + blamed
        for scene in scenes:
            self._conclude(transaction, scene)
        return sum(one.kind is Kind.EXTRA for one in match.findings)

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
    command, digest = scene.call.command, bytes(32)
    if command is not None:
        digest = digest_of(scene, command)
    elif not scene.call.is_readable:
        digest = told.values["digest"]
    values = {"digest": digest, "index": scene.call.item, "reason": told.values["reason"]}
    return Effect(told.contract, "ItemRefused", values)
