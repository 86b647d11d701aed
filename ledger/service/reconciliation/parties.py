"""Parties that are reconciled beside the funds: keys, cases, lines, invoices, batches, rules."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from ledger.model.states import PayableState
from ledger.service.reconciliation.matter import (
    PARTICIPANTS,
    Ask,
    Figures,
    Matter,
    pair_name,
    paired,
    valued,
)
from ledger.store.database import Connection
from ledger.store.feed import events_after
from ledger.store.lists import EVERYTHING, Is, page, rows_of
from ledger.store.state import SqlState

__all__ = ["PARTY_MATTERS"]

_SIGNERS_MAX: Final = 255
_RULES_MAX: Final = 65_535
_EVENTS_MAX: Final = 1_000


# ---- keys and cases


def _signer_keys(connection: Connection, _: Ask) -> Iterable[tuple[int, int]]:
    """How many keys a participant has is compared with its record."""
    known = {(row.participant, row.number) for row in rows_of(connection, "signers", EVERYTHING)}
    for row in rows_of(connection, "participants", EVERYTHING):
        known |= {(row.id, number) for number in range(min(row.signers, _SIGNERS_MAX))}
    return sorted(known)


def _signer_row(row: Any) -> Figures:
    return {
        "key": _number(row.key),
        "duty": row.duty,
        "expiry": row.expiry,
        "revoked": int(row.is_revoked),
    }


def _signer_answer(answer: Any) -> Figures:
    word, public = answer
    return {
        "key": _number(bytes.fromhex(word["account"][2:]) + public),
        **{name: int(word[name]) for name in ("duty", "expiry", "revoked")},
    }


def _number(key: bytes) -> int:
    """A key of whatever length as a number that can be compared and told."""
    return int.from_bytes(hashlib.sha256(key).digest()[:16])


def _case_keys(connection: Connection, _: Ask) -> Iterable[tuple[int, bytes]]:
    found = rows_of(connection, "participant_freezes", EVERYTHING)
    known = {(row.participant, row.case_commitment) for row in found}
    for one in _told(connection, ("ParticipantFreezeSet",)):
        known.add((one["subject"], bytes.fromhex(one["case_commitment"][2:])))
    return sorted(known)


def _case_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    people = tuple({participant for participant, _ in keys})
    found = rows_of(connection, "participant_freezes", Is("participant", people))
    known = {(row.participant, row.case_commitment) for row in found}
    return {key: {"open": int(key in known)} for key in keys}


def _identity_keys(connection: Connection, _: Ask) -> Iterable[bytes]:
    return [row.identity for row in rows_of(connection, "participants", EVERYTHING)]


def _identity_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "participants", Is("identity", tuple(keys)))
    return {row.identity: {"participant": row.id} for row in found}


def _recovery_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "recoveries", Is("participant", tuple(keys)))
    known = {row.participant: (int.from_bytes(row.digest), row.effective) for row in found}
    return {key: _recovery(known.get(key, (0, 0))) for key in keys}


def _recovery(said: tuple[int, int]) -> Figures:
    return {"proposal": said[0], "effective": said[1]}


def _pause_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    return {key: {"paused": int(SqlState(connection).is_paused)} for key in keys}


# ---- lines


def _unpaid_keys(connection: Connection, _: Ask) -> Iterable[tuple[int, int]]:
    """Obligors, and days on which something unpaid is due by their lines or by payables."""
    known = {
        (row.obligor, day)
        for row in rows_of(connection, "exposures", EVERYTHING)
        for day, _ in row.unpaid
    }
    live = rows_of(connection, "payables", Is("state", (PayableState.LIVE,)))
    return sorted(known | {(row.obligor, row.due) for row in live})


def _unpaid_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    obligors = tuple({obligor for obligor, _ in keys})
    found = rows_of(connection, "exposures", Is("obligor", obligors))
    known = {(row.obligor, day): count for row in found for day, count in row.unpaid}
    return {key: {"payables": known.get(key, 0)} for key in keys}


# ---- what no count tells of: the feed does, beside the rows


def _told(connection: Connection, kinds: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """What the feed has told of some kinds; what a fork has undone as well."""
    seq = 0
    while events := events_after(connection, seq, limit=_EVENTS_MAX, kinds=kinds):
        seq = events[-1].seq
        yield from (one.data for one in events)


def _known_keys(
    view: str, column: str, kind: str, field: str, connection: Connection, _: Ask
) -> Iterable[bytes]:
    """Keys of rows, and keys that the feed has told of."""
    known = {getattr(row, column) for row in rows_of(connection, view, EVERYTHING)}
    return sorted(known | {bytes.fromhex(one[field][2:]) for one in _told(connection, (kind,))})


def _invoice_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "invoices", Is("fingerprint", tuple(keys)))
    return {
        row.fingerprint: {
            "total": row.total,
            "used": row.used,
            "uses": sum(used for _, used in row.uses),
        }
        for row in found
    }


def _invoice_answer(answer: Any) -> Figures | None:
    total, used = map(int, answer)
    return {"total": total, "used": used, "uses": used} if total else None


_BATCH: Final = ("obligor", "count", "items", "left", "deadline", "void", "root")


def _batch_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "batches", Is("digest", tuple(keys)))
    return {
        row.digest: _batch(
            (row.obligor, row.count, row.issued, row.left, row.deadline, row.is_void, row.root)
        )
        for row in found
    }


def _batch(said: Sequence[Any]) -> Figures:
    *numbers, root = said
    return dict(zip(_BATCH, (*map(int, numbers), int.from_bytes(root)), strict=True))


def _batch_answer(answer: Any) -> Figures | None:
    return _batch(answer) if answer[0] else None


# ---- rules


def _rule_keys(connection: Connection, ask: Ask) -> Iterable[int]:
    found = page(connection, "rules", EVERYTHING, most=_RULES_MAX)
    return sorted({key[0] for key, _ in found} | set(range(int(ask("Rules", "ruleSetCount")))))


def _rule_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = page(connection, "rules", Is("number", tuple(keys)), most=len(keys))
    return {key[0]: _rules(row) for key, row in found}


def _rules(said: Mapping[str, Any]) -> Figures:
    return {name: int(value) for name, value in sorted(said.items())}


PARTY_MATTERS: Final = (
    Matter(
        "signers", "Participants", "signerOf", _signer_keys,
        partial(paired, "signers", ("participant", "number"), _signer_row), _signer_answer,
        pair_name,
    ),
    Matter(
        "cases", "Oversight", "isCaseOpen", _case_keys, _case_rows,
        lambda answer: {"open": int(answer)}, pair_name,
    ),
    Matter(
        "identities", "Participants", "participantOf", _identity_keys, _identity_rows,
        lambda answer: {"participant": int(answer)}, pair_name,
    ),
    Matter(
        "recoveries", "Administration", "recoveryOf", PARTICIPANTS, _recovery_rows,
        lambda answer: _recovery((int.from_bytes(answer[0]), int(answer[1]))), str,
    ),
    Matter(
        "pause", "Participants", "paused", lambda *_: [()], _pause_rows,
        lambda answer: {"paused": int(answer)}, pair_name,
    ),
    valued("desks", "Participants", "versionOf"),
    Matter(
        "unpaid", "Exposure", "unpaidCount", _unpaid_keys, _unpaid_rows,
        lambda answer: {"payables": int(answer)}, pair_name,
    ),
    Matter(
        "invoices", "Invoices", "invoiceOf",
        partial(_known_keys, "invoices", "fingerprint", "InvoiceUsed", "fingerprint"),
        _invoice_rows, _invoice_answer, pair_name,
    ),
    Matter(
        "batches", "Issuance", "batchOf",
        partial(_known_keys, "batches", "digest", "BatchRecorded", "batch"),
        _batch_rows, _batch_answer, pair_name,
    ),
    Matter("rules", "Rules", "ruleSet", _rule_keys, _rule_rows, _rules, str),
)  # fmt: skip
