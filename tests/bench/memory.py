"""What a follower holds in memory after a million events of a chain that is made as it goes."""

import hashlib
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ledger.chain.codec import Event
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Block
from ledger.model.ids import ROOT_SERIAL, voucher_id
from ledger.service.follower import Follower
from ledger.store.database import Database
from tests.cast import MORNING

__all__ = ["EndlessChain", "measure", "report"]

OBLIGOR, SUPPLIER, BUYER, BANK = range(1, 5)
PARTS = 20
PIECE = 1_000
PAYABLES = 10
"""Of one block."""

_RULES = {
    "tenor_warn": 0, "tenor_max": 365, "offer_days": 10, "depth_max": 5, "minimum_piece": 0,
    "pieces_max": 0, "late_rate": 500_000, "multiplier": 1_500_000_000, "registration": False,
}  # fmt: skip


def _word(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


@dataclass(slots=True)
class EndlessChain:
    """Each block issues payables, whose vouchers are cut, offered and accepted part by part."""

    blocks_count: int
    name: str = "endless"
    chain_id: int = 1

    def head(self) -> Block:
        """The last block."""
        return _block(self.blocks_count - 1)

    def block(self, number: int) -> Block | None:
        """A block by its number."""
        return _block(number) if 0 <= number < self.blocks_count else None

    def blocks(self, first: int, last: int) -> list[Block]:
        """Blocks in order."""
        return [_block(one) for one in range(first, min(last, self.blocks_count - 1) + 1)]

    def logs(self, first: int, last: int, _: Sequence[str]) -> list[Event]:
        """Events in order."""
        found: list[Event] = []
        for number in range(first, last + 1):
            block = _block(number)
            told = _founding() if number == 0 else _business(number)
            found += [
                Event(name, values, "0x1", number, index, block.transactions[0], block.hash)
                for index, (name, values) in enumerate(told)
            ]
        return found


@lru_cache(maxsize=4_096)
def _block(number: int) -> Block:
    parent = _word("block", number - 1) if number else bytes(32)
    return Block(number, _word("block", number), parent, MORNING + number, (_word("tx", number),))


Told = tuple[str, dict[str, Any]]


def _founding() -> Iterator[Told]:
    for number in (OBLIGOR, SUPPLIER, BUYER, BANK):
        values = {"participant": number, "roles": 15, "identity": _word("who", number)}
        yield "ParticipantAdmitted", {**values, "recovery_bank": BANK}
    yield "RulesSet", {"index": 0, "rules": _RULES}


def _executed(participant: int, *parts: object) -> Told:
    digest = _word("command", *parts)
    values = {"digest": digest, "participant": participant, "amount": 5}
    return "CommandExecuted", {**values, "nonce": int.from_bytes(digest[:16], "big")}


def _business(block: int) -> Iterator[Told]:
    for place in range(PAYABLES):
        payable = (block - 1) * PAYABLES + place + 1
        root, face = voucher_id(payable, ROOT_SERIAL), PARTS * PIECE * 2
        yield _executed(OBLIGOR, payable, "issue")
        fingerprint = _word("invoice", payable)
        yield "InvoiceUsed", {
            "fingerprint": fingerprint, "version": 1, "payable_id": payable, "total": face,
            "used": face,
        }  # fmt: skip
        yield "OutstandingChanged", {"obligor": OBLIGOR, "outstanding": payable * face}
        yield "PayableIssued", {
            "payable_id": payable, "obligor": OBLIGOR, "to": SUPPLIER, "bank": BANK, "face": face,
            "maturity": 21_000, "due": 21_000, "rules": 0, "invoices": 1,
            "evidence": _word("evidence", payable),
        }  # fmt: skip
        yield _executed(SUPPLIER, payable, "accept")
        yield "PayableAccepted", {"payable_id": payable, "holder": SUPPLIER}
        yield "VoucherAccepted", {"voucher": root, "holder": SUPPLIER}
        for part in range(1, PARTS + 1):
            piece, evidence = voucher_id(payable, ROOT_SERIAL + part), _word("note", payable, part)
            yield _executed(SUPPLIER, payable, "transfer", part)
            yield "PartOffered", {
                "whole": root, "part": piece, "to": BUYER, "middle": part * PIECE,
                "evidence": evidence,
            }  # fmt: skip
            yield _executed(BUYER, payable, "accept", part)
            yield "VoucherAccepted", {"voucher": piece, "holder": BUYER}
            values = {"bank": BANK, "from": BUYER, "to": SUPPLIER, "amount": 0}
            yield "DepositMoved", {**values, "purpose": evidence}


def measure(events: int = 1_000_000) -> tuple[int, int, int]:
    """Events that were read; megabytes of this process before and after."""
    a_block = sum(1 for _ in _business(1))
    chain = EndlessChain(events // a_block + 2)
    deployment = Deployment(1, 0, {"all": "0x1"})
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(f"sqlite:///{Path(folder) / 'books.sqlite'}")
        database.migrate()
        follower, count, before = Follower(database, chain, deployment), 0, _megabytes()
        while (progress := follower.step()).event_count:
            count += progress.event_count
        database.close()
    return count, before, _megabytes()


def _megabytes() -> int:
    """The most that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def report(events: int = 1_000_000) -> None:
    """Print the outcome."""
    count, before, after = measure(events)
    print(f"memory of a process that follows: {before} MB before, {after} MB after {count} events")


if __name__ == "__main__":
    report(*map(int, sys.argv[1:]))
