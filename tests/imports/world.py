"""The whole way of an import: a chain in this process, a database, relayer and follower."""

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from ledger.chain.embedded import EmbeddedEndpoint
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.model.commands import IssueBatch
from ledger.records.profiles import Profile
from ledger.records.vault import MasterKeys
from ledger.service.following.follower import Follower, Following
from ledger.service.imports.importing import Importing
from ledger.service.imports.issuing import ImportIssuing
from ledger.service.imports.shelf import ImportShelf
from ledger.service.imports.signing import ImportSigning
from ledger.service.imports.together import Imports
from ledger.service.intake.intake import Intake
from ledger.service.party import approval
from ledger.service.records.directory import Directory, Reader
from ledger.service.records.keyring import Keyring
from ledger.service.relaying.outbox import Outbox
from ledger.service.relaying.relayer import Relayer
from ledger.service.running.site import Site
from ledger.store.database import Database
from tests.cast import MORNING, Cast, Member
from tests.imports.sheets import xlsx_of
from tests.machine.quick_engine import quicken

__all__ = ["ACME", "READER", "Chain", "World", "rows_of"]

ACME, BIRCH, CEDAR, BANK = 1, 2, 3, 6
READER = Reader(ACME, "session 1", "import")
HEADER = ["业务编号", "供应商", "金额", "到期日", "清算行", "发票号码", "发票金额", "合同号"]
CODE = "91110000600037341L"
GAS_PRICE = 10**10
"""More than the engine's base fee ever is here."""
NAMES = {
    ACME: Profile(ACME, name_en="Acme"),
    BIRCH: Profile(BIRCH, name_zh="江城零部件有限公司", uscc=CODE),
    CEDAR: Profile(CEDAR, name_en="Cedar Castings"),
    BANK: Profile(BANK, name_zh="某某银行"),
}
_numbers = count(1)


class Chain:
    """A chain with the cast on it; it is made once, and taken back after each test."""

    def __init__(self) -> None:
        secret = bytes([7]) * 32
        key = RelayerKey(secret, chain_id=1)
        self.endpoint = EmbeddedEndpoint(
            MORNING - 3600, [key.address], journal=lambda _: None, clock=lambda: 0.0
        )
        quicken(self.endpoint._chain)
        self.key = RelayerKey(secret, chain_id=self.endpoint.chain_id, gas_price=GAS_PRICE)
        self.cast = Cast(EndpointNode(self.endpoint, self.key))  # type: ignore[arg-type]

    def rewind(self, block: bytes) -> None:
        """Lose every block behind one."""
        engine = self.endpoint._chain
        found = engine.get_block_by_hash(block)
        engine.chaindb._set_as_canonical_chain_head(engine.chaindb.db, found.header, bytes(32))
        engine.header = engine.create_header_from_parent(found.header)
        number = int(found.header.block_number)
        landed, events = self.endpoint._landed, self.endpoint._events
        self.endpoint._landed = {key: one for key, one in landed.items() if one.block <= number}
        self.endpoint._events = {key: one for key, one in events.items() if key <= number}


@dataclass(slots=True)
class World:
    """A service's parts around imports, apart from any thread."""

    chain: Chain
    database: Database
    directory: Directory = field(init=False)
    shelf: ImportShelf = field(init=False)
    importing: Importing = field(init=False)
    signing: ImportSigning = field(init=False)
    issuing: ImportIssuing = field(init=False)
    outbox: Outbox = field(init=False)
    relayer: Relayer = field(init=False)
    follower: Follower = field(init=False)

    def __post_init__(self) -> None:
        self.begin()
        for profile in NAMES.values():
            self.directory.put(profile)
        self.follow()

    def begin(self) -> None:
        """Make every part anew, as a process does that begins."""
        chain, ledger, database = self.chain, self.chain.cast.ledger, self.database
        site = Site(database, chain.endpoint, ledger.deployment)
        self.outbox = Outbox(database, wall=self.wall)
        intake = Intake(site, self.outbox)
        self.relayer = Relayer(site, self.outbox, chain.key, monotonic=lambda: float(self.wall()))
        following = Following(wall=self.wall)
        self.follower = Follower(database, chain.endpoint, ledger.deployment, following=following)
        keyring = Keyring(database, MasterKeys(bytes(range(32))), self.wall)
        self.directory = Directory(database, keyring, self.wall)
        made = Imports.of(database, ledger, self.directory, intake, wall=self.wall)
        self.importing, self.signing = made.importing, made.signing
        self.issuing, self.shelf = made.issuing, made.shelf

    def wall(self) -> int:
        """Second of this machine's clock: the chain's."""
        return self.chain.endpoint.head().second

    def follow(self) -> None:
        """Read every block that there is."""
        while self.follower.step().behind:
            pass

    def turn(self) -> None:
        """One round of everything."""
        self.relayer.step()
        self.follow()
        self.issuing.step()

    def run(self, id_: str, *, most: int = 40) -> str:
        """Turn until an import has come to its end; its state then."""
        for _ in range(most):
            self.turn()
            state = self.shelf.find(ACME, id_).state
            if state not in ("recording", "issuing"):
                return state
        raise AssertionError(self.shelf.find(ACME, id_))

    def previewed(self, data: bytes) -> str:
        """An import that was taken in and looked at."""
        id_ = self.importing.upload(ACME, "付款.xlsx", data).row.id
        self.importing.preview(ACME, id_, READER)
        return id_

    def approvals(self, command: IssueBatch, *signers: int) -> list[bytes]:
        """Acme's approvals of a command."""
        acme: Member = self.chain.cast.acme
        digest = acme.ledger.digest(command)
        known: dict[int, Any] = {**acme.keys, **acme.spare}
        return [approval(one, known[one], digest) for one in signers]


def rows_of(number: int, **changes: object) -> bytes:
    """A workbook of so many good payables, each with an invoice that no other test uses."""
    rows = []
    for _ in range(number):
        mark = next(_numbers)
        row = {
            "业务编号": f"PO-{mark}",
            "供应商": "江城零部件有限公司",
            "金额": f"{1000 + mark}.50",
            "到期日": "2026/8/28",
            "清算行": "某某银行",
            "发票号码": f"2431200000{mark:010d}",
            "发票金额": 100_000,
            "合同号": f"HT-{mark}",
            **changes,
        }
        rows.append([row[name] for name in HEADER])
    return xlsx_of([HEADER, *rows])
