"""What a benchmark plays on: an anvil with blocks of a second, and `fenbook serve` before it."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.error import URLError
from urllib.request import Request as Asked
from urllib.request import urlopen

from ledger.chain.deployment import Deployment
from ledger.chain.typed_data import keccak
from ledger.model.commands import Command
from tests.bench.load import Address, Request, post
from tests.cast import MAKER, Cast, Member, free_port, running_node

__all__ = [
    "Books",
    "Door",
    "Stage",
    "await_block",
    "await_done",
    "await_door",
    "await_listener",
    "memory",
    "process",
    "served",
    "staged",
]

_MUCH: Final = "10000000/60"
_START_SECONDS: Final = 60
_LIMIT_SECONDS: Final = 600
"""No benchmark waits longer for anything."""
_ALIVE: Final = "/healthz"


@dataclass(slots=True)
class Door:
    """The service's door, with everybody of the cast signed in."""

    address: Address
    cast: Cast
    pid: int
    _secrets: dict[int, str] = field(default_factory=dict)
    _count: int = 0

    def request(self, path: str, member: Member, command: Command, *signers: int) -> Request:
        """A command, signed by its maker or by others, ready to be posted."""
        who = signers or (MAKER,)
        approvals = [
            {"signer": signer, "signature": "0x" + approval[1:].hex()}
            for signer, approval in zip(who, member.sign_by(command, *who).approvals, strict=True)
        ]
        body = json.dumps({"message": command.to_message(), "approvals": approvals})
        self._count += 1
        key, secret = f"bench-{self._count}", self._secret(member)
        return post(path, body.encode(), authorization=f"Bearer {secret}", idempotency_key=key)

    def ask(self, path: str, data: bytes, kind: str, member: Member) -> bytes:
        """Post what a member asks for in his session; the body of a good answer."""
        return self._posted(path, data, kind, authorization=f"Bearer {self._secret(member)}")

    def _secret(self, member: Member) -> str:
        if member.id not in self._secrets:
            who = {"participant": member.id, "signer": MAKER}
            asked = self._ask("/v1/sign-in/challenge", who)
            signature = member.keys[MAKER].sign(bytes.fromhex(asked["digest"][2:]))
            challenge = asked["typed_data"]["message"]["challenge"]
            said = {**who, "challenge": challenge, "signature": "0x" + signature.hex()}
            self._secrets[member.id] = self._ask("/v1/sign-in", said)["secret"]
        return self._secrets[member.id]

    def _ask(self, path: str, body: Mapping[str, Any]) -> Any:
        return json.loads(self._posted(path, json.dumps(body).encode(), "application/json"))

    def _posted(self, path: str, data: bytes, kind: str, **headers: str) -> bytes:
        url = f"http://{self.address[0]}:{self.address[1]}{path}"
        with urlopen(Asked(url, data, {"content-type": kind, **headers})) as answer:
            return bytes(answer.read())


class Books:
    """The service's database, looked at from outside."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self._connection.isolation_level = None

    def close(self) -> None:
        """Let go of it."""
        self._connection.close()

    def block(self) -> int:
        """The last block whose views are committed."""
        found = self._connection.execute("SELECT number FROM cursor").fetchall()
        return int(found[0][0]) if found else -1

    def states(self) -> dict[str, int]:
        """How many operations are in each state."""
        rows = self._connection.execute("SELECT state, count(*) FROM operations GROUP BY state")
        return dict(rows.fetchall())

    def blocks_of(self, operations: set[str]) -> dict[str, int]:
        """The block in which each operation took effect."""
        rows = self._connection.execute("SELECT id, block FROM operations WHERE state = 'done'")
        return {one: block for one, block in rows if one in operations}

    def run(self) -> dict[str, Any]:
        """The only settlement run; empty while there is none."""
        found = self._connection.execute("SELECT * FROM settlement_runs")
        names = [one[0] for one in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        assert len(rows) <= 1
        return rows[0] if rows else {}


@dataclass(slots=True)
class Stage:
    """A chain with the cast's ledger, and a folder for what belongs to it."""

    url: str
    cast: Cast
    folder: Path

    @property
    def chain_id(self) -> int:
        """Number of the chain."""
        return self.cast.node.chain_id

    def begin_blocks(self) -> None:
        """From now on a block a second, whatever comes."""
        self.cast.node._request("evm_setAutomine", [False])
        self.cast.node._request("evm_setIntervalMining", [1])

    @contextmanager
    def served(self) -> Iterator[tuple[Door, Books]]:
        """The service with its door, in a process of its own, once it has read everything."""
        deployment = self.cast.ledger.deployment
        with served(self.folder, self.url, deployment) as (address, pid, books):
            await_block(books, self.cast.node.block - 1)
            yield Door(address, self.cast, pid), books


@contextmanager
def served(folder: Path, url: str, deployment: Deployment) -> Iterator[tuple[Address, int, Books]]:
    """`fenbook serve` over a node, in a process of its own: where, its number, its database."""
    database, address = folder / "books.sqlite", ("127.0.0.1", free_port())
    words = ["from ledger.cli import main; main()", "serve", "--port", str(address[1])]
    with process(["-c", *words], _settings(folder, url, database, deployment)) as pid:
        await_door(address, _ALIVE)
        with closing(Books(database)) as books:
            yield address, pid, books


def _settings(folder: Path, url: str, database: Path, deployment: Deployment) -> dict[str, str]:
    manifest, keys, records = (folder / one for one in ("manifest.json", "relayer", "records"))
    deployment.save(manifest)
    for file in (keys, records):
        file.touch(0o600)
        file.write_text(keccak(f"{file.name} of the bench".encode()).hex(), "utf-8")
    rates = ("PER_ADDRESS", "PER_SESSION", "PER_KEY", "SIGN_IN")
    return {
        "FENBOOK_DATABASE": f"sqlite:///{database}",
        "FENBOOK_NODES": url,
        "FENBOOK_DEPLOYMENT": str(manifest),
        "FENBOOK_RELAYER_KEYS_FILE": str(keys),
        "FENBOOK_RECORDS_KEY_FILE": str(records),
        **{f"FENBOOK_DOOR_{one}": _MUCH for one in rates},
    }


@contextmanager
def staged(prepare: Callable[[Cast], None] = lambda _: None) -> Iterator[Stage]:
    """A fresh chain; `prepare` acts on it before blocks come by the second."""
    # An anvil that forgets its past answers questions wrongly while it makes a block.
    with running_node(engine="anvil") as node, tempfile.TemporaryDirectory() as folder:
        cast = Cast(node)
        prepare(cast)
        url: str = node._w3.provider.endpoint_uri  # type: ignore[attr-defined]
        stage = Stage(url, cast, Path(folder))
        stage.begin_blocks()
        yield stage


@contextmanager
def process(words: list[str], environment: Mapping[str, str]) -> Iterator[int]:
    """A Python process of its own, told to end afterwards; its output goes to a file."""
    with tempfile.TemporaryFile() as output:
        started = subprocess.Popen(
            [sys.executable, *words],
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
        try:
            yield started.pid
        except BaseException:
            output.seek(0)
            sys.stderr.write(output.read()[-4_000:].decode(errors="replace"))
            raise
        finally:
            started.send_signal(signal.SIGTERM)
            try:
                started.wait(timeout=30)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait(timeout=10)


def memory(pid: int) -> int:
    """Megabytes that a process and those it has begun hold now; what they share counts once."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return sum(_held(one) for one in (str(pid), *children)) // 1024


def _held(pid: str) -> int:
    """Kilobytes of a process; of what several share, its part."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(text.partition("\nPss:")[2].split()[0])


def await_door(address: Address, path: str) -> None:
    """Wait until a server answers well."""
    limit = time.monotonic() + _START_SECONDS
    while time.monotonic() < limit:
        with (
            suppress(URLError, ConnectionError),
            urlopen(f"http://{address[0]}:{address[1]}{path}"),
        ):
            return
        time.sleep(0.1)
    raise TimeoutError(path)


def await_listener(address: Address) -> None:
    """Wait until somebody listens."""
    limit = time.monotonic() + _START_SECONDS
    while time.monotonic() < limit:
        with suppress(ConnectionError), socket.create_connection(address):
            return
        time.sleep(0.05)
    raise TimeoutError(str(address))


def await_block(books: Books, number: int, look: Callable[[], None] = lambda: None) -> None:
    """Wait until the views are those of a block."""
    limit = time.monotonic() + _LIMIT_SECONDS
    while books.block() < number:
        look()
        assert time.monotonic() < limit, f"{books.block()} of {number} blocks are read"
        time.sleep(0.05)


def await_done(books: Books, count: int, look: Callable[[], None] = lambda: None) -> None:
    """Wait until so many have taken effect, each once, and their views are committed."""
    limit, seen = time.monotonic() + _LIMIT_SECONDS, -1
    while True:
        look()
        if (block := books.block()) != seen:  # to count weighs more than to look
            states, seen = books.states(), block
            assert set(states) <= {"accepted", "sent", "done"}, states
            if states.get("done", 0) >= count:
                return
        assert time.monotonic() < limit, books.states()
        time.sleep(0.002)
