"""The cast of the tests, and the chain they meet on.

Acme owes, Birch and Cedar supply, Delta Bank and Echo Bank finance, the Settlement Bank keeps the
deposits, the Operator admits and the Regulator freezes. Each signs as maker and checker together.
"""

import gzip
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ledger.chain.calls import Item, Signed
from ledger.chain.deployment import Founder
from ledger.chain.keys import AccountKey
from ledger.chain.node import Node
from ledger.chain.transactions import Receipt
from ledger.chain.typed_data import keccak
from ledger.model.commands import IssueDeposit, RevokeSigner, SetLimit
from ledger.model.days import first_second, parse_day
from ledger.model.errors.service import NodeUnreachable
from ledger.model.parts import RuleSet, Signer
from ledger.model.signing import SigningKey
from ledger.model.states import Duty, Role
from ledger.service.ledger import Ledger
from ledger.service.party import Party, approval
from tests.machine.quick_engine import quicken

__all__ = [
    "DEPOSIT",
    "HIGH_FROM",
    "LINE",
    "MAKER",
    "RULES",
    "TODAY",
    "Cast",
    "Member",
    "SteppedNode",
    "free_port",
    "key_of",
    "named",
    "running_node",
]

TODAY: Final = parse_day("2026-03-02")
MORNING: Final = first_second(TODAY) + 9 * 3600
HIGH_FROM: Final = 100_000_00
"""From this amount in a day on, an act needs maker and checker."""

DEPOSIT: Final = 10**11
"""What every trading member has at the Settlement Bank."""

LINE: Final = 10**11
"""Delta Bank's line for Acme."""

RULES: Final = RuleSet(0, 365, 10, 5, 0, 0, 500_000, 1_500_000_000, registration_required=False)

# Signers by the number that the ledger gives them.
MAKER, CHECKER, OTHER_MAKER, EXPIRED, REVOKED = range(5)

_ROLES: Final = {
    "Acme": Role.ISSUER,
    "Birch": Role.SUPPLIER,
    "Cedar": Role.SUPPLIER,
    "Delta Bank": Role.BANK,
    "Echo Bank": Role.BANK,
    "Settlement Bank": Role.SETTLEMENT,
    "Operator": Role.OPERATOR,
    "Regulator": Role.REGULATOR,
}
_DELTA: Final = 4
_ECHO: Final = 5
_TRADING: Final = 5

_ANVIL: Final = (
    Path(__file__).parents[1]
    / "node_modules"
    / "@foundry-rs"
    / "anvil-linux-amd64"
    / "bin"
    / "anvil"
)
_ANVIL_OPTIONS: Final = [
    "--block-base-fee-per-gas",
    "0",
    "--gas-price",
    "0",
    "--disable-min-priority-fee",
    "--gas-limit",
    "2000000000",
    "--chain-id",
    "20261",
    "--hardfork",
    "cancun",
    "--silent",
    "--accounts",
    "1",
]


def named(text: str) -> bytes:
    """32 bytes that stand for a document, a reason or a reference."""
    return keccak(text.encode())


class SteppedNode(Node):
    """A node whose blocks are one second apart, whatever the engine and this machine's clock.

    The engine in this process tells of its blocks itself: through JSON-RPC each is written out.
    """

    @property
    def now(self) -> int:
        """Second of the last block."""
        if self._tester is None:
            return super().now
        return int(self._chain.get_canonical_head().timestamp)

    @property
    def block(self) -> int:
        """Number of the last block."""
        if self._tester is None:
            return super().block
        return int(self._chain.get_canonical_head().block_number)

    def block_second(self, number: int) -> int:
        """Second of a block."""
        if self._tester is None:
            return super().block_second(number)
        return int(self._chain.get_canonical_block_header_by_number(number).timestamp)

    @property
    def _chain(self) -> Any:
        backend: Any = self._tester.backend if self._tester else None
        return backend.chain

    def send(self, to: str | None, data: bytes, *, gas: int | None = None) -> Receipt:
        if self._tester is None:
            self._request("evm_setNextBlockTimestamp", [self.now + 1])
        return super().send(to, data, gas=gas)

    def storage(self, contracts: Sequence[str]) -> tuple[bytes, ...]:
        """What each contract remembers, as a hash: equal hashes, equal state."""
        if self._tester is None:
            return self._dumped(contracts)
        accounts = self._chain.get_vm().state._account_db
        return tuple(
            bytes(accounts._get_account(bytes.fromhex(address[2:])).storage_root)
            for address in contracts
        )

    def _dumped(self, contracts: Sequence[str]) -> tuple[bytes, ...]:
        """From anvil's dump: its storage roots count slots that were never more than zero."""
        dump = bytes.fromhex(self._request("anvil_dumpState", [False])[2:])
        accounts = json.loads(gzip.decompress(dump))["accounts"]
        records = (accounts[address]["storage"] for address in contracts)
        return tuple(
            keccak(repr(sorted(one for one in record.items() if int(one[1], 16))).encode())
            for record in records
        )


@contextmanager
def running_node(start: int = MORNING, *, engine: str | None = None) -> Iterator[SteppedNode]:
    """A fresh chain in this process, or an anvil of its own if `FENBOOK_TEST_NODE` says `anvil`.

    In this process the engine is quickened, unless it says `tester`: then it is as it comes.
    """
    engine = engine or os.environ.get("FENBOOK_TEST_NODE", "quick")
    if engine != "anvil":
        node: Any = SteppedNode.in_process(start=start)
        if engine == "quick":
            quicken(node._tester.backend.chain)
        yield node
        return
    port = free_port()
    folder = tempfile.mkdtemp(prefix="fenbook-anvil-")
    command = [str(_ANVIL), *_ANVIL_OPTIONS, "--port", str(port)]
    command += ["--timestamp", str(start - 3600), "--cache-path", folder]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _connected(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _connected(url: str) -> SteppedNode:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        with suppress(NodeUnreachable):
            return SteppedNode.connect(url, keccak(b"relayer"))
        time.sleep(0.02)
    raise NodeUnreachable(url=url)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(slots=True)
class Member(Party):
    """A party of the cast; beside its maker and checker it has keys that must not do."""

    name: str = ""
    spare: dict[int, SigningKey] = field(default_factory=dict)

    def next_nonce(self) -> int:
        """Numbers that no other member takes, so that a command of one is news to the others."""
        self._next += 1
        return self._next

    def approvals(self, digest: bytes, signers: Sequence[int]) -> tuple[bytes, ...]:
        """Approvals of a digest by any of the member's signers, good ones or not."""
        known = {**self.keys, **self.spare}
        return tuple(approval(one, known[one], digest) for one in signers)

    def sign_by(self, command: Any, *signers: int) -> Signed:
        """A command as these signers approve it."""
        return Signed(command, self.approvals(self.ledger.digest(command), signers))


class Cast:
    """A deployed ledger with its members, and what most tests begin with.

    Acme alone issues; `issuers` are members that may as well.
    """

    def __init__(
        self,
        node: SteppedNode,
        make_key: Callable[[str, int], SigningKey] | None = None,
        *,
        issuers: Collection[str] = (),
    ) -> None:
        self.node = node
        make = make_key or key_of
        keys = {name: [make(name, one) for one in range(5)] for name in _ROLES}
        founders = [
            _founder(number, name, keys[name], issuers) for number, name in enumerate(_ROLES, 1)
        ]
        self.ledger = Ledger.deploy(node, founders, RULES)
        self.members = [
            Member(
                self.ledger,
                number,
                {MAKER: keys[name][MAKER], CHECKER: keys[name][CHECKER]},
                number * 1_000,
                name=name,
                spare=dict(enumerate(keys[name])),
            )
            for number, name in enumerate(_ROLES, 1)
        ]
        self.acme, self.birch, self.cedar, self.delta, self.echo = self.members[:_TRADING]
        self.settlement_bank, self.operator, self.regulator = self.members[_TRADING:]
        node.advance_to(MORNING)
        self._furnish()
        # The in-process engine carries the last block out again at each return to it: an empty one.
        self.lapse_of_seconds(1)

    def _furnish(self) -> None:
        items: list[Item] = [
            one.item(RevokeSigner, signer=REVOKED, reason=named("left")) for one in self.members
        ]
        items.append(self.delta.item(SetLimit, obligor=self.acme.id, amount=LINE))
        items += [
            self.settlement_bank.item(
                IssueDeposit, to=one.id, amount=DEPOSIT, payment_reference=named(one.name)
            )
            for one in self.members[:_TRADING]
        ]
        for outcome in self.ledger.relay(items):
            outcome.unwrap()

    def storage(self) -> tuple[bytes, ...]:
        """Everything that the ledger's contracts remember, in one value."""
        return self.node.storage(list(self.ledger.deployment.addresses.values()))

    def member(self, number: int) -> Member:
        """A member by its number."""
        return self.members[number - 1]

    def advance(self, days: int) -> None:
        """Nine in the morning of a later business day."""
        self.begin(self.ledger.today + days)

    def begin(self, day: int) -> None:
        """Nine in the morning of a business day."""
        self.node.advance_to(first_second(day) + 9 * 3600)

    def lapse_of_seconds(self, seconds: int) -> None:
        """Let chain time pass."""
        self.node.advance_to(self.ledger.now + seconds)


def key_of(name: str, number: int) -> AccountKey:
    """A signer of the cast: each key is the same in every run."""
    return AccountKey(named(f"{name} {number}"))


def _founder(
    number: int, name: str, keys: Sequence[SigningKey], issuers: Collection[str] = ()
) -> Founder:
    duties = (Duty.MAKER, Duty.CHECKER, Duty.MAKER, Duty.CHECKER, Duty.CHECKER)
    signers = tuple(
        Signer(key.key, int(duty), MORNING - 1 if one == EXPIRED else 0, named(f"{name} {one}"))
        for one, (key, duty) in enumerate(zip(keys, duties, strict=True))
    )
    recovery = _ECHO if number == _DELTA else _DELTA
    roles = _ROLES[name] | (Role.ISSUER if name in issuers else 0)
    return Founder(int(roles), named(name), recovery, 1, 2, HIGH_FROM, signers)
