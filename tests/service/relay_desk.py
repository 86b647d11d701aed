"""Operations that are stored and relayed by hand, on a chain in memory."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ledger.chain.relayer_key import RelayerKey
from ledger.chain.typed_data import Domain, digest
from ledger.model.structs import Command
from ledger.service.following.follower import Follower, Following
from ledger.store.database import Connection, Database
from ledger.store.operations import Operation, add_operations, find_operation, hold_operations
from ledger.store.relaying import Relayed, add_transaction, transactions_from
from tests.cast import MORNING
from tests.faults.acts import batch
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import CHAIN_ID, DEPLOYMENT
from tests.service.following import follow

__all__ = ["DEADLINE", "KEY", "RELAY", "Desk", "digest_of"]

KEY = RelayerKey(b"\7" * 32, chain_id=CHAIN_ID)
STRANGER = RelayerKey(b"\x08" * 32, chain_id=CHAIN_ID)
RELAY = DEPLOYMENT.address("Relay")
DEADLINE = MORNING + 900


@dataclass(slots=True)
class Desk:
    """A database whose operations are relayed by hand."""

    database: Database
    now: int = MORNING
    chain: ModelChain = field(init=False)
    follower: Follower = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.chain = ModelChain(lambda: self.now)
        self.begin()

    def begin(self) -> None:
        following = Following(wall=lambda: self.now)
        self.follower = Follower(self.database, self.chain, DEPLOYMENT, following=following)

    def accept(self, command: Command | None = None, *, deadline: int = DEADLINE) -> str:
        """Store an operation; without a command it is an act that nobody signs."""
        self.count += 1
        one = Operation(
            id=f"op_{self.count:04}",
            digest=None if command is None else digest_of(command),
            participant=0 if command is None else command.participant,
            nonce=None if command is None else command.nonce.to_bytes(32, "big"),
            verb="act",
            desk="Deposits",
            call=b"",
            command="{}",
            signed="{}",
            state="accepted",
            refusal=None,
            deadline=deadline if command is None else command.deadline,
            external_reference=None,
            accepted_wall=self.now,
            updated_wall=self.now,
        )
        self.write(lambda connection: add_operations(connection, [one]))
        return one.id

    def relay(self, commands: Sequence[Command], operations: Sequence[str]) -> bytes:
        """Send a batch of ours; returns the transaction's hash."""
        return self.send(batch(commands), operations)

    def send(self, data: bytes, operations: Sequence[str]) -> bytes:
        nonce = self.chain.transaction_count(KEY.address) + len(self.chain.pool)
        made = KEY.sign(nonce, RELAY, data, gas=16_000_000)

        def store(connection: Connection) -> None:
            row = Relayed(0, KEY.address, nonce, made.raw, made.hash, 1, "stored")
            add_transaction(connection, row, operations, wall=self.now)
            hold_operations(connection, operations, made.hash, wall=self.now)

        self.write(store)
        self.chain.send([made.raw])
        return made.hash

    def relay_as_stranger(self, commands: Sequence[Command]) -> None:
        nonce = self.chain.transaction_count(STRANGER.address)
        self.chain.send([STRANGER.sign(nonce, RELAY, batch(commands), gas=16_000_000).raw])

    def pass_block(self, seconds: int = 1) -> None:
        """A block is made and read."""
        self.now += seconds
        self.chain.mine()
        follow(self.follower)

    def find(self, id_: str) -> Operation:
        with self.database.reading() as connection:
            found = find_operation(connection, id_)
        assert found is not None
        return found

    def code(self, id_: str) -> str | None:
        refusal = self.find(id_).refusal
        return None if refusal is None else str(json.loads(refusal)["code"])

    def code_before(self, id_: str) -> str | None:
        """The reason that stands beside the last one."""
        refusal = self.find(id_).refusal
        after = None if refusal is None else json.loads(refusal).get("after")
        return None if after is None else str(after["code"])

    def transactions(self) -> list[Relayed]:
        with self.database.reading() as connection:
            return transactions_from(connection, KEY.address, 0, limit=100)

    def write(self, act: Callable[[Connection], None]) -> None:
        with self.database.writing() as connection:
            act(connection)


def digest_of(command: Command) -> bytes:
    return digest(command, Domain.of(CHAIN_ID, DEPLOYMENT.address(command.desk)))
