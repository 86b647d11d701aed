"""A real service in this process: the cast's chain, followed into a database, with its door.

No thread runs beside the door's own: `turn` lets relayer and follower do what there is to do.
"""

import contextlib
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from ledger.chain.deployment import Deployment
from ledger.chain.embedded import GAS_PRICE, EmbeddedEndpoint
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.typed_data import keccak
from ledger.records.profiles import Profile
from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower
from ledger.service.imports.together import Imports
from ledger.service.intake.intake import Intake
from ledger.service.records.directory import Directory
from ledger.service.records.keyring import Keyring
from ledger.service.relaying.outbox import Outbox
from ledger.service.relaying.relayer import Relayer
from ledger.service.running.evaluation_clock import EvaluationClock
from ledger.service.running.site import Site
from ledger.service.webhooks.telling import Telling
from ledger.store.database import Database
from tests.cast import CHECKER, MAKER, MORNING, Cast, Member
from tests.databases import opened
from tests.machine.quick_engine import quicken

__all__ = ["Ground", "People", "Person", "World", "opened_world", "recorded", "sign_in"]


@dataclass(slots=True)
class Served:
    """What the door asks of a service."""

    database: Database
    endpoint: EmbeddedEndpoint
    deployment: Deployment
    outbox: Outbox
    intake: Intake
    directory: Directory | None
    imports: Imports | None = None
    telling: Telling | None = None

    @property
    def now(self) -> int:
        return self.endpoint.now

    @property
    def clock(self) -> EvaluationClock:
        return EvaluationClock(self.endpoint, wall=self.endpoint._clock)

    def wall(self) -> int:
        return self.outbox.wall


@dataclass(slots=True)
class World:
    """The cast, their chain, the service that follows it."""

    cast: Cast
    service: Served
    follower: Follower
    relayer: Relayer

    def follow(self) -> None:
        """Read every block."""
        while not self.follower.step().is_caught_up:
            pass

    def turn(self) -> None:
        """Relay what is due, and read what came of it."""
        self.relayer.step()
        self.relayer.step()
        self.follow()


class Person:
    """A participant at the door: a client that is signed in as it."""

    def __init__(self, client: TestClient, member: Member, secret: str) -> None:
        self.client, self.member = client, member
        self.headers = {"authorization": f"Bearer {secret}"}
        if member.name == "Regulator":
            self.headers["fenbook-purpose"] = "case%2017"

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(path, headers=self.headers | options.pop("headers", {}), **options)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(path, json=body, headers=self.headers | named)

    def prepare(self, path: str, **draft: Any) -> Any:
        """A command's preparation."""
        answer = self.post(f"{path}/typed-data", draft)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def signed(self, path: str, *, signers: Sequence[int] = (MAKER, CHECKER), **draft: Any) -> Any:
        """The signed form of a command, as its signers' devices would make it."""
        return self.sign(self.prepare(path, **draft), signers=signers)

    def sign(self, prepared: Any, *, signers: Sequence[int] = (MAKER, CHECKER)) -> Any:
        """The signed form of what was prepared."""
        digest = bytes.fromhex(prepared["digest"][2:])
        keys = {**self.member.keys, **self.member.spare}
        approvals = [
            {"signer": one, "signature": "0x" + keys[one].sign(digest).hex()} for one in signers
        ]
        return {"message": prepared["typed_data"]["message"], "approvals": approvals}

    def submit(self, path: str, *, key: str = "", **draft: Any) -> Any:
        """Prepare, sign and submit in one go."""
        body = self.signed(path, **draft)
        return self.post(path, body, idempotency_key=key or secrets.token_hex(8))


@dataclass(frozen=True, slots=True)
class Ground:
    """A chain with the cast on it, and the key of whoever relays for the door."""

    cast: Cast
    endpoint: EmbeddedEndpoint
    key: RelayerKey

    @classmethod
    def fresh(cls, *, issuers: Sequence[str] = ()) -> "Ground":
        """One that nobody has acted on. Acme alone issues; `issuers` are members that may too."""
        chain_id = EmbeddedEndpoint(MORNING, [], journal=_forget).chain_id
        key, own = (
            RelayerKey(keccak(name), chain_id=chain_id, gas_price=GAS_PRICE)
            for name in (b"relayer of the door", b"their own")
        )
        keys, opening = [key.address, own.address], MORNING - 3600
        endpoint = EmbeddedEndpoint(opening, keys, journal=_forget, clock=lambda: opening)
        quicken(endpoint._chain)
        node: Any = EndpointNode(endpoint, own)
        return cls(Cast(node, issuers=issuers), endpoint, key)


@contextlib.contextmanager
def opened_world(
    engine: str, folder: Path, *, issuers: Sequence[str] = (), ground: Ground | None = None
) -> Iterator[World]:
    """A fresh chain with the cast on it, or what there is of one, followed into a fresh database.

    Acme alone issues; `issuers` are members that may as well. A ground serves one world after
    another; none takes back what was done on it.
    """
    ground = ground or Ground.fresh(issuers=issuers)
    ledger, endpoint = ground.cast.ledger, ground.endpoint
    with opened(engine, folder) as database:
        outbox = Outbox(database, wall=time.time)
        deployment = ledger.deployment
        site = Site(database, endpoint, deployment)
        intake = Intake(site, outbox)
        served = Served(database, endpoint, deployment, outbox, intake, None)
        follower = Follower(database, endpoint, deployment)
        world = World(ground.cast, served, follower, Relayer(site, outbox, ground.key))
        keyring = Keyring(database, MasterKeys(keccak(b"records")), served.wall)
        directory = Directory(database, keyring, served.wall)
        served.telling = Telling.of(database, keyring, allows_loopback=True)
        served.imports = Imports.of(database, ledger, directory, intake, wall=served.wall)
        world.follow()
        yield world


def directory_of(world: World) -> Directory:
    """The records of the world, under the keys that its imports have."""
    keyring = Keyring(world.service.database, MasterKeys(keccak(b"records")), world.service.wall)
    return Directory(world.service.database, keyring, world.service.wall)


def recorded(world: World) -> Directory:
    """Have everybody's profile recorded."""
    directory = directory_of(world)
    for one in world.cast.members:
        directory.put(Profile(one.id, name_en=one.name))
    world.service.directory = directory
    return directory


class People:
    """Signs members of the cast in, each once."""

    def __init__(self, client: TestClient, world: World) -> None:
        self._client, self._world = client, world
        self._known: dict[str, Person] = {}

    def __call__(self, name: str) -> Person:
        if name not in self._known:
            member = next(one for one in self._world.cast.members if one.name == name)
            answer = sign_in(self._client, member, signer=min(member.keys))
            self._known[name] = Person(self._client, member, answer.json()["secret"])
        return self._known[name]


def sign_in(client: TestClient, member: Member, *, signer: int = MAKER) -> Any:
    """Sign in as a member by one of its signers."""
    asked = {"participant": member.id, "signer": signer}
    challenge = client.post("/v1/sign-in/challenge", json=asked).json()
    signature = {**member.keys, **member.spare}[signer].sign(bytes.fromhex(challenge["digest"][2:]))
    message = challenge["typed_data"]["message"]
    return client.post(
        "/v1/sign-in",
        json={**asked, "challenge": message["challenge"], "signature": "0x" + signature.hex()},
    )


def _forget(_: object) -> None:
    """This chain keeps no journal."""
