"""What must hold once clients of a divided service have all their answers, whatever died in it."""

import base64
import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from sqlalchemy import select

from ledger.chain.rpc import RpcEndpoint
from ledger.chain.typed_data import Domain, digest
from ledger.model.structs import Command
from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring
from ledger.service.webhooks.endpoints import Webhooks
from ledger.service.webhooks.secrets import WebhookSecrets
from ledger.store import access as rows
from ledger.store.database import Connection, Database
from ledger.store.lists import Is, rows_of
from ledger.store.tables.access import SESSIONS
from tests.faults.door_day import CONTACTS, PARTIES, READS
from tests.faults.model_chain import ModelChain
from tests.faults.model_ledger import BANK, CHAIN_ID, DEPLOYMENT, OPERATOR, REGULATOR
from tests.faults.verdict import hold, verdict

__all__ = ["MASTER", "door_verdict", "records_of"]

MASTER: Final = bytes(range(32))
_READER: Final = Reader(0, "verdict", "campaign")
_MANY: Final = 10_000


@contextmanager
def records_of(url: str) -> Iterator[Directory]:
    """The private records of a database."""
    database = Database.open(url)

    def wall() -> int:
        return int(time.time())

    try:
        yield Directory(database, Keyring(database, MasterKeys(MASTER), wall), wall)
    finally:
        database.close()


def door_verdict(
    url: str, control: RpcEndpoint, commands: Sequence[Command], acknowledged: Mapping[str, str]
) -> None:
    """Look at everything; the service has ended, and its node makes no more blocks."""
    chain = ModelChain(lambda: 0)
    chain._made, chain.taken = pickle.loads(base64.b64decode(control._ask("model_dump")))
    with records_of(url) as directory:
        database = directory.database
        follower = Follower(database, chain, DEPLOYMENT)
        while not follower.step().is_caught_up:
            pass
        known = _operations(commands, acknowledged)
        verdict(database, chain, known, {_digest(one): one for one in commands})
        with database.reading() as connection:
            _let_in(connection, acknowledged)
            _answers(connection, acknowledged, len(commands))
            _looked(connection, acknowledged)
        _records(directory, acknowledged)


def _operations(
    commands: Sequence[Command], acknowledged: Mapping[str, str]
) -> Mapping[bytes, str]:
    """The operation that each command was answered with, by its digest."""
    found = {
        _digest(commands[int(name.partition("-")[2])]): id_
        for name, id_ in acknowledged.items()
        if name.startswith(("command-", "poison-"))
    }
    hold(len(found) == len(commands), "a command was never answered")
    return found


def _let_in(connection: Connection, acknowledged: Mapping[str, str]) -> None:
    """Sessions that were told are there; keys are those that were told, each made once."""
    sessions = set(connection.execute(select(SESSIONS.c.id)).scalars())
    for one in (BANK, *PARTIES, OPERATOR, REGULATOR):
        hold(acknowledged[f"session-{one}"] in sessions, f"the session of {one} is gone")
    for one in PARTIES:
        found = list(rows_of(connection, "api_keys", Is("participant", (one,))))
        keys, made = {key.label: key for key in found}, sorted(key.id for key in found)
        told = sorted(acknowledged[f"key-{one}-{label}"] for label in ("system", "spare"))
        hold(made == told, f"{told} were told of {made}")
        hold(keys["system"].revoked_wall is None, "a key is revoked that is in use")
        hold(keys["spare"].revoked_wall is not None, "a key is good that was revoked")


def _answers(connection: Connection, acknowledged: Mapping[str, str], count: int) -> None:
    """Whatever was answered under a client's key, the answer is kept with it."""
    names = ("system", "spare", "revoke", *(f"profile-{one}" for one in CONTACTS))
    places = [(one, key) for one in PARTIES for key in (*names, f"hook-{one}")]
    places.append((OPERATOR, "release"))
    kept = rows.find_answers(connection, places)
    hold(set(kept) == set(places), f"kept are {sorted(kept)}")
    told = rows.find_answers(
        connection,
        [
            (participant, name)
            for participant in (BANK, *PARTIES, OPERATOR)
            for name in acknowledged
            if name.startswith(("command-", "poison-"))
        ],
    )
    hold(len(told) == count, f"of {count} answers about commands {len(told)} are kept")
    for (_, name), answer in told.items():
        hold(answer.location == acknowledged[name], f"{name} is kept as {answer.location}")


def _looked(connection: Connection, acknowledged: Mapping[str, str]) -> None:
    """No read of the regulator was answered that is not in the log."""
    logged = {row.purpose for _, row in rows.reads(connection, after=0, most=_MANY)}
    told = {acknowledged[f"read-{number}"] for number in range(READS)}
    hold(told <= logged, f"reads are not logged: {sorted(told - logged)}")


def _records(directory: Directory, acknowledged: Mapping[str, str]) -> None:
    """Profiles have their last change; endpoints are those that were told; the log is whole."""
    for one, profile in directory.read(PARTIES, _READER).items():
        contacts = [contact.name for contact in profile.contacts]
        hold(contacts == [CONTACTS[-1]], f"contacts of {one} are {contacts}")
    webhooks = Webhooks(directory.database, WebhookSecrets(directory.keyring))
    for one in PARTIES:
        found = [endpoint.row.id for endpoint in webhooks.list(one)]
        hold(found == [acknowledged[f"hook-{one}"]], f"endpoints of {one} are {found}")
    changes = [row for row in directory.readings(limit=_MANY) if row.what == "profile change"]
    hold(len(changes) >= len(PARTIES) * len(CONTACTS), "a change is not in the log")
    directory.check_readings()


def _digest(command: Command) -> bytes:
    return digest(command, Domain.of(CHAIN_ID, DEPLOYMENT.address(command.desk)))
