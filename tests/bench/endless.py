"""A node whose chain is made as it is asked for: as long as wanted, and nothing of it is kept.

Each block issues payables, whose vouchers are cut, offered and accepted part by part.
"""

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from eth_abi.abi import encode

from ledger.chain.artifacts import CONTRACTS, Entry, entries_of
from ledger.chain.deployment import Deployment
from ledger.model.ids import ROOT_SERIAL, voucher_id
from ledger.model.structs import snake_case
from tests.cast import MORNING

__all__ = ["DEPLOYMENT", "EVENTS_A_BLOCK", "serve"]

OBLIGOR, SUPPLIER, BUYER, BANK = range(1, 5)
PARTS: Final = 20
PIECE: Final = 1_000
PAYABLES: Final = 10
"""Of one block."""

DEPLOYMENT: Final = Deployment(
    1, 0, {name: f"0x{place:040x}" for place, name in enumerate(CONTRACTS, 1)}
)

_RULES: Final = (0, 365, 10, 5, 0, 0, 500_000, 1_500_000_000, False)

Told = tuple[str, dict[str, Any]]


# ---- what happens


def _word(*parts: object) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


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


EVENTS_A_BLOCK: Final = sum(1 for _ in _business(1))


# ---- as a node tells it


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _block(number: int) -> dict[str, Any]:
    return {
        "number": hex(number),
        "hash": _hex(_word("block", number)),
        "parentHash": _hex(_word("block", number - 1) if number else bytes(32)),
        "timestamp": hex(MORNING + number),
        "transactions": [_hex(_word("transaction", number))],
    }


def _logs(number: int) -> Iterator[dict[str, Any]]:
    block = _block(number)
    place = {
        "blockNumber": block["number"],
        "blockHash": block["hash"],
        "transactionHash": block["transactions"][0],
    }
    told = _business(number) if number else _founding()
    for index, (name, values) in enumerate(told):
        entry, indexed, plain = _entry(name)
        yield {
            "address": DEPLOYMENT.address(entry.contract),
            "topics": [
                _hex(entry.hash),
                *("0x" + _text(kind, values[one]) for one, kind in indexed),
            ],
            "data": "0x" + "".join(_text(kind, values[one]) for one, kind in plain),
            "logIndex": hex(index),
            **place,
        }


_Members = Sequence[tuple[str, str]]


@cache
def _entry(name: str) -> tuple[Entry, _Members, _Members]:
    """An event with its indexed and its other members, each with its type."""
    [entry] = [one for one in entries_of("event").values() if one.name == name]
    members = list(zip(entry.inputs, entry.types, strict=True))
    indexed, plain = (
        [(snake_case(one["name"]), kind) for one, kind in members if one["indexed"] is is_indexed]
        for is_indexed in (True, False)
    )
    return entry, indexed, plain


def _text(kind: str, value: Any) -> str:
    """A value as its words."""
    if isinstance(value, int):
        return f"{value:064x}"
    if isinstance(value, bytes):
        return value.hex()
    return encode([kind], [value]).hex()


# ---- over HTTP


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # an answer is two writes; the second would wait
    head = 0

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answers = [self._answer(one) for one in (asked if isinstance(asked, list) else [asked])]
        content = json.dumps(answers if isinstance(asked, list) else answers[0]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        answer = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            return {**answer, "result": self._result(asked["method"], asked["params"])}
        except LookupError:
            return {**answer, "error": {"code": -32601, "message": "method not found"}}

    def _result(self, method: str, values: Sequence[Any]) -> Any:
        match method:
            case "eth_chainId":
                return hex(DEPLOYMENT.chain_id)
            case "eth_blockNumber":
                return hex(self.head)
            case "eth_getTransactionCount":
                return "0x0"
            case "eth_getBlockByNumber":
                number = self.head if values[0] == "latest" else int(values[0], 16)
                return _block(number) if number <= self.head else None
            case "eth_getLogs":
                first, last = (int(values[0][one], 16) for one in ("fromBlock", "toBlock"))
                return [log for number in range(first, last + 1) for log in _logs(number)]
        raise LookupError(method)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve(port: int, head: int) -> None:
    """Serve a chain up to a block, until the process is ended."""
    handler = type("Handler", (_Handler,), {"head": head})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    serve(*map(int, sys.argv[1:]))
