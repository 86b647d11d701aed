"""Commands a second: from the door to the views, beside an empty endpoint and beside web3.py."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from eth_account import Account
from web3 import HTTPProvider, Web3

from ledger.chain.artifacts import artifact
from ledger.chain.calls import ENTRY_POINTS, abi_values, packed
from ledger.chain.typed_data import keccak
from tests.bench.figures import Figure
from tests.bench.load import Address, answered, post, rate_of, send
from tests.bench.stage import Stage, await_done, await_door, memory, process, staged
from tests.bench.work import Deed, Work
from tests.cast import MAKER, free_port

__all__ = ["figures"]

CONNECTIONS: Final = 512
_WEB3_GAS: Final = 1_000_000

_EMPTY: Final = """
import sys

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def empty():
    return {}


@app.post("/")
async def posted():
    return {}


uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False)
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each are sent."""

    commands: int = 42_000
    warm: int = 300
    web3: int = 1_500
    empty: int = 10_000


QUICK: Final = Counts(commands=300, warm=30, web3=30, empty=300)


@dataclass(frozen=True, slots=True)
class Sustained:
    """What the service did."""

    accepted: float
    committed: float
    megabytes: int


def figures(*, quick: bool = False) -> list[Figure]:
    """Everything in one run, so that one machine's mood is in all of it."""
    counts = QUICK if quick else Counts()
    with _empty() as address:
        before = _rates(address, counts.empty)
        sustained = _sustained(counts)
        after = _rates(address, counts.empty)
    empty, posted = (median([*one, *two]) for one, two in zip(before, after, strict=True))
    web3 = _by_web3(counts.web3)
    done = sustained.committed
    ratio, posted_ratio, times = done / empty, done / posted, done / web3
    return [
        Figure("commands, door to committed view", f"{done:,.0f}/s", "≥ 600/s", done >= 600),
        Figure("an empty FastAPI endpoint, GET", f"{empty:,.0f}/s"),
        Figure("ratio", f"{ratio:.2f}", "≥ 0.30", ratio >= 0.30),
        Figure("the same, POST of a signed command", f"{posted:,.0f}/s"),
        Figure("ratio to that", f"{posted_ratio:.2f}"),
        Figure("web3.py, a transaction a command", f"{web3:,.0f}/s"),
        Figure("times as fast as web3.py", f"{times:.1f}", "≥ 3", times >= 3),
        Figure("commands accepted", f"{sustained.accepted:,.0f}/s"),
        Figure("memory of the service afterwards", f"{sustained.megabytes} MB"),
    ]


# ---- an empty endpoint


@contextmanager
def _empty() -> Iterator[Address]:
    port = free_port()
    with process(["-c", _EMPTY, str(port)], {}):
        await_door(("127.0.0.1", port), "/")
        yield "127.0.0.1", port


def _rates(address: Address, count: int) -> tuple[list[float], list[float]]:
    """Requests a second, of the smallest and of some as large as a command."""
    small = b"GET / HTTP/1.1\r\nhost: bench\r\n\r\n"
    large = post("/", b'{"message":"' + b"x" * 700 + b'"}')
    rates: tuple[list[float], list[float]] = ([], [])
    for request, found in zip((small, large), rates, strict=True):
        for _ in range(2):
            answers = send(address, [request] * count, connections=CONNECTIONS)
            answered(answers, 200)
            found.append(rate_of(answers))
    return rates


# ---- the service


def _sustained(counts: Counts) -> Sustained:
    work = Work(counts.commands + counts.warm)
    with staged(work.prepare) as stage, stage.served() as (door, books):
        deeds = work.deeds(stage.cast)
        requests = [door.request(one.path, one.member, one.command) for one in deeds]
        answered(send(door.address, requests[: counts.warm], connections=CONNECTIONS), 202)
        await_done(books, counts.warm)
        begun = time.monotonic()
        answers = send(door.address, requests[counts.warm :], connections=CONNECTIONS)
        answered(answers, 202)
        await_done(books, len(requests))
        seconds = time.monotonic() - begun
        return Sustained(rate_of(answers), counts.commands / seconds, memory(door.pid))


# ---- web3.py


def _by_web3(count: int) -> float:
    work = Work(count)
    with staged(work.prepare) as stage:
        deeds = work.deeds(stage.cast)
        calls = [_call(one) for one in deeds]
        w3, begun = Web3(HTTPProvider(stage.url)), time.monotonic()
        account = Account.from_key(keccak(b"by hand"))
        contracts = _contracts(w3, stage)
        hashes = []
        for nonce, (desk, name, values) in enumerate(calls):
            asked = contracts[desk].functions[name](*values)
            terms: Any = {"from": account.address, "nonce": nonce, "chainId": stage.chain_id}
            made = asked.build_transaction({**terms, "gas": _WEB3_GAS, "gasPrice": 0})
            signed = account.sign_transaction(made)
            hashes.append(w3.eth.send_raw_transaction(signed.raw_transaction))
        w3.eth.wait_for_transaction_receipt(hashes[-1], timeout=60, poll_latency=0.01)
        seconds = time.monotonic() - begun
        assert all(w3.eth.get_transaction_receipt(one)["status"] == 1 for one in hashes)
        return count / seconds


def _contracts(w3: Web3, stage: Stage) -> dict[str, Any]:
    addresses = stage.cast.ledger.deployment.addresses
    return {
        desk: w3.eth.contract(
            address=Web3.to_checksum_address(addresses[desk]), abi=list(artifact(desk).abi)
        )
        for desk in ("Deposits", "Vouchers")
    }


def _call(deed: Deed) -> tuple[str, str, Sequence[Any]]:
    """Contract, function and values of a command that its maker has signed."""
    signed = deed.member.sign_by(deed.command, MAKER)
    name = ENTRY_POINTS[type(deed.command).__name__]
    return deed.command.desk, name, [abi_values(deed.command), packed(signed.approvals)]
