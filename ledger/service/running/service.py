"""A service that runs: its parts, made from settings, and the threads that step them.

Only here are threads. Each loop steps one part and waits for its turn or for a word; none of them
ends by a failure, and all of them end within seconds when the service is stopped.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import structlog

from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint, SteerableEndpoint
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.service.following.follower import Follower, Following, Progress
from ledger.service.imports.together import Imports
from ledger.service.intake.intake import Intake
from ledger.service.ledger import Ledger
from ledger.service.reconciliation.reconciling import Reconciling
from ledger.service.records.directory import Directory
from ledger.service.relaying.outbox import Outbox
from ledger.service.relaying.relayer import Lane, Relayer, Relaying
from ledger.service.running.back_office import Behind
from ledger.service.running.evaluation_clock import EvaluationClock
from ledger.service.running.lane_watch import LaneWatch
from ledger.service.running.loops import Loop
from ledger.service.running.opening import opened
from ledger.service.running.settings import Settings
from ledger.service.running.site import Site
from ledger.service.scheduling.scheduler import Scheduler
from ledger.service.webhooks.telling import Telling
from ledger.store.database import Database

__all__ = ["Service"]

_STOP_SECONDS: Final = 10.0
_RELAY_REST: Final = 2.0
"""A step of the relayer costs much, however little it carries."""
_WAITING_SECONDS: Final = 0.25
"""How often transactions are looked after that no block holds yet; each new block does it too."""

_STAND_SECONDS: Final = 5.0
"""After so long a block that could not be read is tried again."""

_TICK_SECONDS: Final = 600
"""After so long without a block the chain in this process makes one, so that its time goes on."""

_log = structlog.get_logger("fenbook.service")


@dataclass
class Service:
    """Everything that runs for one ledger. `start` begins, `stop` ends gracefully."""

    settings: Settings
    site: Site
    keys: tuple[RelayerKey, ...]
    directory: Directory | None = None
    """Private records of participants; none without a key to seal them."""
    office: Behind | None = None
    """What steps everything, in other processes; without it, threads of this process do."""
    heard: Callable[[], None] = lambda: None
    """Called after something was read that may have ended operations."""
    lost: Callable[[], None] = lambda: None
    """Called when the back office is no more although nobody stopped it."""
    outbox: Outbox = field(init=False)
    intake: Intake = field(init=False)
    relayers: tuple[Relayer, ...] = field(init=False)
    follower: Follower = field(init=False)
    scheduler: Scheduler = field(init=False)
    clock: EvaluationClock = field(init=False)
    telling: Telling | None = field(init=False, default=None)
    """Webhooks; none without a key that seals their secrets."""
    lanes: dict[str, Lane] = field(init=False, default_factory=dict)
    """How it stood with each key after its last step."""
    progress: Progress | None = field(init=False, default=None)
    """How far reading had come after its last step."""
    _watch: LaneWatch = field(init=False)
    _loops: dict[str, Loop] = field(init=False, default_factory=dict)
    _stands_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        site, chosen = self.site, self.settings
        self.outbox = Outbox(site.database, accepted=self._wake_relay)
        self.intake = Intake(site, self.outbox)
        self._watch = LaneWatch(site.database, lambda: self.outbox.wall)
        relaying = Relaying(pending_max=chosen.pending_max)
        self.relayers = tuple(
            Relayer(site, self.outbox, key, relaying=relaying) for key in self.keys
        )
        if self.directory is not None:
            self.telling = Telling.of(
                site.database, self.directory.keyring, allows_loopback=chosen.webhook_loopback
            )
        queue = None if self.telling is None else self.telling.queue
        following = Following(confirmations=chosen.confirmations, queue=queue)
        self.follower = Follower(site.database, site.endpoint, site.deployment, following=following)
        self.scheduler = Scheduler(site, self.intake)
        self.clock = EvaluationClock(site.endpoint)
        self._loops["relay"] = Loop("relay", self._relay, rest=_RELAY_REST)
        self.add_loop("follow", self._follow)
        self.add_loop("schedule", self._schedule)
        self.add_loop("reconcile", Reconciling(site).step)
        if self.telling is not None:
            self.add_loop("tell", self._tell)
        if self.directory is not None:
            self.add_loop("import", self._import)

    @classmethod
    def open(cls, settings: Settings, office: Behind | None = None) -> "Service":
        """Make a service from its settings: database migrated, chain and ledger checked.

        Raises `DatabaseFailed`, `DatabaseForeign`, `DatabaseOutdated`, `SettingInvalid`,
        `ChainMismatch`, `DeploymentUnknown`, and `NodeUnreachable` at the first start of all.
        """
        found = opened(settings)
        return cls(settings, found.site, found.keys, found.directory, office)

    # ---- what others ask for

    @property
    def is_evaluation(self) -> bool:
        """Whether the chain is in this process, for evaluation only."""
        return self.settings.is_evaluation

    @property
    def database(self) -> Database:
        """Where everything is stored."""
        return self.site.database

    @property
    def endpoint(self) -> Endpoint:
        """The chain."""
        return self.site.endpoint

    @property
    def deployment(self) -> Deployment:
        """The ledger on it."""
        return self.site.deployment

    @cached_property
    def ledger(self) -> Ledger:
        """Asks the contracts; raises what the endpoint raises if it is away when first used."""
        return Ledger(EndpointNode(self.site.endpoint, self.keys[0]), self.site.deployment)

    @cached_property
    def imports(self) -> Imports | None:
        """Files of payables on their way; none without a key that seals what they keep."""
        if self.directory is None:
            return None
        return Imports.of(
            self.database, self.ledger, self.directory, self.intake, wall=lambda: self.outbox.wall
        )

    @property
    def now(self) -> int:
        """Second of the ledger's clock: of the last block, on an evaluation chain of the next."""
        endpoint = self.site.endpoint
        return endpoint.now if isinstance(endpoint, SteerableEndpoint) else endpoint.head().second

    # ---- running

    def add_loop(self, name: str, step: Callable[[], float]) -> None:
        """Have another part stepped; before `start`. `step` says how long it has nothing to do."""
        self._loops[name] = Loop(name, step)

    def wake(self, name: str) -> None:
        """Tell a loop that there is something to do."""
        self._loops[name].wake()

    def start(self) -> None:
        """Begin every loop, here or in the back office."""
        if self.office is not None:
            self.office.start(ended=self.outbox.tell_ended, lost=self.lost)
            return
        for loop in self._loops.values():
            loop.start()
        _log.info("started", lanes=len(self.keys), dialect=self.database.dialect)

    def stop(self, seconds: float = _STOP_SECONDS) -> bool:
        """End every loop after the step that it is in; whether all ended in time.

        Nothing is lost if they do not: whatever was accepted is stored, and goes on at next start.
        """
        for loop in self._loops.values():
            loop.stop()
        limit = time.monotonic() + seconds
        is_done = self.office is None or self.office.stop(seconds)
        ended = [loop.join(max(0.0, limit - time.monotonic())) for loop in self._loops.values()]
        if all(ended):
            self.close()
        in_time = is_done and all(ended)
        _log.info("stopped", in_time=in_time)
        return in_time

    def close(self) -> None:
        """Let go of the connections to database and nodes."""
        self.site.endpoint.close()
        self.database.close()

    # ---- loops

    def _wake_relay(self) -> None:
        if self.office is not None:
            self.office.wake()
        else:
            self._loops["relay"].wake()

    def _relay(self) -> float:
        """A step of every lane."""
        self.lanes = {one.key: one for one in (relayer.step() for relayer in self.relayers)}
        self._watch.see(list(self.lanes.values()))
        if any(one.packed for one in self.lanes.values()):
            self._loops["follow"].wake()
            return 0.0
        is_waiting = any(one.pending or one.problem for one in self.lanes.values())
        return max(_WAITING_SECONDS if is_waiting else 1.0, self._poll)

    def _follow(self) -> float:
        """Read what there is; tell who waits."""
        if (rest := self._stands_until - time.monotonic()) > 0:
            return rest  # whoever wakes it
        self.progress = progress = self.follower.step()
        if progress.stop is not None and progress.is_standing and not progress.event_count:
            self._stands_until = time.monotonic() + _STAND_SECONDS
            stop = progress.stop
            transaction = "0x" + stop.transaction.hex()
            _log.error("views stopped", code=stop.code, block=stop.block, transaction=transaction)
            return _STAND_SECONDS
        if progress.event_count:
            self.outbox.tell_ended()
            self.heard()
            for name in ("relay", "schedule", "tell"):
                if name in self._loops:
                    self._loops[name].wake()
        return 0.0 if progress.behind or progress.alarm else self._poll

    def _schedule(self) -> float:
        """Ask for what time brings."""
        if self.clock.keep_going(_TICK_SECONDS):
            self._loops["follow"].wake()
        agenda = self.scheduler.step()
        return 0.0 if agenda.is_behind else max(1.0, self._poll)

    def _tell(self) -> float:
        """Deliver messages that are due."""
        done = None if self.telling is None else self.telling.deliverer.step()
        return 0.0 if done is not None and done.is_more else max(1.0, self._poll)

    def _import(self) -> float:
        """Ask for payables of signed imports; see what has become of them."""
        asked = self.imports.issuing.step() if self.imports is not None else 0
        return self._poll if asked else max(1.0, self._poll)

    @property
    def _poll(self) -> float:
        return self.settings.poll_milliseconds / 1000
