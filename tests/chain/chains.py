"""Chains with the cast's ledger for tests of endpoints, and transactions to send to them."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ledger.chain.embedded import GAS_PRICE, EmbeddedEndpoint, JournalEntry
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.rpc import RpcEndpoint
from ledger.chain.typed_data import keccak
from ledger.model.errors.service import NodeUnreachable
from ledger.service.ledger import Ledger
from tests import cast

__all__ = ["EMBEDDED_ID", "SECRET", "embedded", "founded", "relayer_key", "running_anvil"]

EMBEDDED_ID = 131277322940537
SECRET = keccak(b"relayer")


def relayer_key(chain_id: int = EMBEDDED_ID, secret: bytes = SECRET) -> RelayerKey:
    """The relayer of the tests."""
    price = GAS_PRICE if chain_id == EMBEDDED_ID else 0
    return RelayerKey(secret, chain_id=chain_id, gas_price=price)


def embedded(
    journal: Callable[[JournalEntry], None] = lambda _: None,
    entries: list[JournalEntry] | None = None,
    clock: Callable[[], float] = lambda: cast.MORNING,
) -> EmbeddedEndpoint:
    """A chain in this process that begins an hour before the tests' morning."""
    return EmbeddedEndpoint(
        cast.MORNING - 3600,
        [relayer_key().address],
        journal=journal,
        entries=entries or (),
        clock=clock,
    )


def founded(node: EndpointNode) -> Ledger:
    """The cast's ledger on a chain."""
    keys = {name: [cast.key_of(name, one) for one in range(5)] for name in cast._ROLES}
    founders = [cast._founder(number, name, keys[name]) for number, name in enumerate(keys, 1)]
    return Ledger.deploy(node, founders, cast.RULES)


@contextmanager
def running_anvil(*options: str, port: int | None = None) -> Iterator[str]:
    """The address of an anvil of its own."""
    port = port or cast.free_port()
    folder = Path(tempfile.mkdtemp(prefix="fenbook-anvil-"))
    command = [str(cast._ANVIL), *cast._ANVIL_OPTIONS, "--prune-history", "--port", str(port)]
    command += ["--timestamp", str(cast.MORNING - 3600), "--cache-path", str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        process.kill()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _await(url: str) -> None:
    node, limit = RpcEndpoint(url), time.monotonic() + 10
    with closing(node):
        while True:
            try:
                node.head()
            except NodeUnreachable:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.02)
            else:
                return
