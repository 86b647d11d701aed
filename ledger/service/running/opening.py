"""What settings name, opened and checked: a database, a chain, the ledger on it, keys."""

import hashlib
import os
import time
from dataclasses import dataclass
from typing import Final

import structlog

from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint
from ledger.chain.failover import Endpoints
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.rpc import RpcEndpoint
from ledger.model.errors import NodeFailed, SettingInvalid
from ledger.records.vault import MasterKeys
from ledger.service.records.directory import Directory
from ledger.service.records.keyring import RECORDS_KEY_SETTINGS, Keyring, master_keys_of
from ledger.service.running.cast import RECORDS_KEY
from ledger.service.running.crash_points import writing
from ledger.service.running.settings import Settings
from ledger.service.running.site import Site
from ledger.store.cursor import belong_to, setting
from ledger.store.database import Database

__all__ = ["Opened", "directory_of", "masters_of", "opened"]

_GENESIS: Final = "genesis"

_log = structlog.get_logger("fenbook.service")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a service is made of."""

    site: Site
    keys: tuple[RelayerKey, ...]
    directory: Directory | None
    """None without a key that seals private records."""


def opened(settings: Settings) -> Opened:
    """Open everything; what was opened is closed again if the whole cannot be had."""
    database = Database.open(settings.database.get_secret_value())
    try:
        database.migrate()
        if settings.is_evaluation:
            return _evaluating(settings, database)
        return _on_network(settings, database)
    except BaseException:
        database.close()
        raise


def directory_of(database: Database, masters: MasterKeys) -> Directory:
    """The private records of a database, under their keys."""

    def wall() -> int:
        return int(time.time())

    return Directory(database, Keyring(database, masters, wall), wall)


def masters_of(settings: Settings) -> MasterKeys | None:
    """The keys of the private records; an evaluation for which none is named has one built in.

    Raises `RecordsKeyMissing` where the file that is named cannot be read.
    """
    if any(os.environ.get(one) for one in RECORDS_KEY_SETTINGS):
        return master_keys_of(os.environ)
    return MasterKeys(RECORDS_KEY) if settings.is_evaluation else None


def _evaluating(settings: Settings, database: Database) -> Opened:
    from ledger.service.running import evaluation  # noqa: PLC0415 -- a network needs no engine, which is large

    masters = masters_of(settings)
    assert masters is not None
    directory = directory_of(database, masters)
    found = evaluation.opened(database, directory.identity)
    _log.warning("evaluation only", chain="embedded", database=database.dialect)
    _claim(database, found.deployment, _genesis_of(found.endpoint))
    site = Site(database, found.endpoint, found.deployment)
    return Opened(site, (found.key,), directory)


def _on_network(settings: Settings, database: Database) -> Opened:
    if settings.deployment is None:
        raise SettingInvalid(setting="FENBOOK_DEPLOYMENT", problem="no manifest named")
    deployment = Deployment.load(settings.deployment)
    keys = tuple(
        RelayerKey(one, chain_id=deployment.chain_id, gas_price=settings.gas_price)
        for one in settings.secrets
    )
    with database.reading() as connection:
        known = setting(connection, _GENESIS)
    nodes = [RpcEndpoint(url, timeout=settings.node_timeout) for url in settings.nodes]
    genesis = None if known is None else bytes.fromhex(known)
    endpoint = Endpoints(nodes, chain_id=deployment.chain_id, genesis=genesis)
    try:
        _claim(database, deployment, endpoint.genesis)
        masters = masters_of(settings)
        directory = None if masters is None else directory_of(database, masters)
        return Opened(Site(database, endpoint, deployment), keys, directory)
    except BaseException:
        endpoint.close()
        raise


def _claim(database: Database, deployment: Deployment, genesis: bytes) -> None:
    """Take the database for this ledger; raises `DatabaseForeign` if it is another's."""
    fingerprint = hashlib.sha256(deployment.text.encode()).hexdigest()
    ledger = {
        "chain_id": str(deployment.chain_id),
        _GENESIS: genesis.hex(),
        "deployment": fingerprint,
    }
    with writing(database, "claim") as connection:
        belong_to(connection, ledger)


def _genesis_of(endpoint: Endpoint) -> bytes:
    first = endpoint.block(0)
    if first is None:
        raise NodeFailed(url=endpoint.name, problem="no block: 0")
    return first.hash
