"""Issue of payables, one by one or from a batch, as an audit replays it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from ledger.audit.authority import authorise
from ledger.audit.ledger_parts import Batch, Batches, Claims, Payable
from ledger.audit.registry_parts import Invoices, Lines, Rules
from ledger.audit.scene import Handler, Scene
from ledger.chain.typed_data import keccak, struct_hash
from ledger.model.commands import IssueBatch, IssuePayable, VoidBatch
from ledger.model.errors import ERRORS
from ledger.model.parts import BatchIssue, InvoiceUse
from ledger.model.states import Role

__all__ = ["ISSUING", "free_invoices", "leaf_of", "parent"]

_INVOICES_MAX: Final = 64
_BATCH_MAX: Final = 10_000
_FACE_MAX: Final = 2**56 - 1


@dataclass(frozen=True, slots=True)
class _Terms:
    obligor: int
    to: int
    bank: int
    face: int
    maturity: int
    evidence: bytes
    invoices: tuple[InvoiceUse, ...]


def _issue(scene: Scene) -> None:
    command: IssuePayable = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    _open(
        scene,
        _Terms(
            command.participant,
            command.to,
            command.bank,
            command.face,
            command.maturity,
            command.evidence,
            command.invoices,
        ),
    )


def _record_batch(scene: Scene) -> None:
    command: IssueBatch = scene.call.arguments["command"]
    batch = authorise(scene, command, scene.call.arguments["approvals"])
    scene.require(command.count != 0, "ZeroAmount")
    most = _BATCH_MAX
    scene.require(command.count <= most, "BatchExceeded", batch, command.count, most)
    scene.own(Batches).batches[batch] = Batch(
        obligor=command.participant,
        root=command.root,
        count=command.count,
        left=command.total,
        deadline=command.deadline,
    )
    scene.tell(
        scene.desk,
        "BatchRecorded",
        batch=batch,
        obligor=command.participant,
        root=command.root,
        count=command.count,
        total=command.total,
        deadline=command.deadline,
    )


def _issue_from_batch(scene: Scene) -> None:
    batch_id: bytes = scene.call.arguments["batch_id"]
    item: BatchIssue = scene.call.arguments["item"]
    batch = scene.own(Batches).batches.get(batch_id)
    if batch is None:
        raise ERRORS["UnknownBatch"].of(batch_id)
    scene.require(not batch.is_void, "BatchVoid", batch_id)
    scene.require(scene.second <= batch.deadline, "DeadlinePassed", batch.deadline, scene.second)
    root = reduce(parent, scene.call.arguments["proof"], leaf_of(item))
    is_on = item.index < batch.count and root == batch.root
    scene.require(is_on, "NotOnBatch", batch_id, item.index)
    scene.require(item.index not in batch.issued, "BatchItemIssued", batch_id, item.index)
    scene.require(item.face <= batch.left, "BatchExceeded", batch_id, item.face, batch.left)
    batch.issued.add(item.index)
    batch.left -= item.face
    for refusal in scene.register.stopped(batch.obligor):
        scene.require(False, refusal.code, *refusal.values.values())
    terms = (item.to, item.bank, item.face, item.maturity, item.evidence, item.invoices)
    number = _open(scene, _Terms(batch.obligor, *terms))
    told = {"batch": batch_id, "index": item.index, "payable_id": number}
    scene.tell(scene.desk, "BatchItemIssuedAs", **told)


def _void_batch(scene: Scene) -> None:
    command: VoidBatch = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    batch = scene.own(Batches).batches.get(command.batch)
    if batch is None or batch.obligor != command.participant:
        raise ERRORS["UnknownBatch"].of(command.batch)
    scene.require(not batch.is_void, "BatchVoid", command.batch)
    batch.is_void = True
    scene.tell(scene.desk, "BatchVoided", batch=command.batch)


def _open(scene: Scene, terms: _Terms) -> int:
    """Open a payable with its root offered; its number."""
    claims, rules = scene.near(Claims, "vouchers"), scene.near(Rules, "rules")
    index = rules.in_force(scene.today)
    _require_issuable(scene, terms, rules.at(index).tenor_days_max)
    lines, obligor = scene.near(Lines, "exposure"), terms.obligor
    outstanding, limit = lines.outstanding[obligor] + terms.face, lines.limit(obligor)
    known = lines.outstanding[obligor]
    scene.require(outstanding <= limit, "LimitExceeded", obligor, known, terms.face, limit)
    lines.outstanding[obligor] = outstanding
    told = {"obligor": obligor, "outstanding": outstanding}
    scene.tell(lines.contract, "OutstandingChanged", **told)
    number = len(claims.payables) + 1
    backing = _use_invoices(scene, number, terms)
    record = Payable(
        obligor=obligor,
        offeree=terms.to,
        bank=terms.bank,
        offered_at=scene.second,
        face=terms.face,
        maturity=terms.maturity,
        due=rules.business_day(terms.maturity),
        rules=index,
        invoices=backing,
    )
    claims.payables[number] = record
    claims.limits.setdefault(index, rules.at(index))
    scene.tell(
        claims.contract,
        "PayableIssued",
        payable_id=number,
        obligor=obligor,
        to=terms.to,
        bank=terms.bank,
        face=terms.face,
        maturity=terms.maturity,
        due=record.due,
        rules=index,
        invoices=backing,
        evidence=terms.evidence,
    )
    return number


def _require_issuable(scene: Scene, terms: _Terms, tenor_max: int) -> None:
    roles, today = scene.register.roles, scene.today
    is_issuer = roles(terms.obligor) & Role.ISSUER
    scene.require(bool(is_issuer), "NotEligible", terms.obligor, roles(terms.obligor))
    is_supplier = roles(terms.to) & (Role.SUPPLIER | Role.ISSUER)
    scene.require(bool(is_supplier), "NotEligible", terms.to, roles(terms.to))
    scene.require(terms.to != terms.obligor, "SelfTransfer", terms.to)
    is_bank = roles(terms.bank) & Role.SETTLEMENT
    scene.require(bool(is_bank), "MissingRole", terms.bank, int(Role.SETTLEMENT))
    unpaid = scene.near(Lines, "exposure").unpaid_due(terms.obligor)
    scene.require(not 0 < unpaid < today, "IssuerBlocked", terms.obligor, unpaid)
    scene.require(terms.face != 0, "ZeroAmount")
    scene.require(terms.face <= _FACE_MAX, "FaceTooLarge", terms.face, _FACE_MAX)
    scene.require(terms.maturity > today, "PastMaturity", 0, terms.maturity, today)
    tenor = terms.maturity - today
    scene.require(tenor <= tenor_max, "TenorTooLong", max(tenor, 0), tenor_max)


def _use_invoices(scene: Scene, number: int, terms: _Terms) -> int:
    """Use the invoices of an issue; how many distinct ones back it."""
    book, version = scene.near(Invoices, "invoices"), _version(scene)
    backing, given = 0, len(terms.invoices)
    scene.require(given <= _INVOICES_MAX, "TooManyInvoices", given, _INVOICES_MAX)
    for one in terms.invoices:
        fingerprint = one.fingerprint
        total = book.totals.setdefault(fingerprint, one.total)
        scene.require(total == one.total, "InvoiceMismatch", fingerprint, one.total, total)
        used, most = book.used(fingerprint), one.total
        asked = (fingerprint, used, one.used, most)
        scene.require(used + one.used <= most, "InvoiceOverused", *asked)
        before = book.uses[fingerprint].get((version, number), 0)
        book.uses[fingerprint][version, number] = before + one.used
        backing += before == 0 and one.used != 0
        told = {"fingerprint": fingerprint, "version": version, "payable_id": number}
        scene.tell(book.contract, "InvoiceUsed", **told, total=one.total, used=one.used)
    total = sum(one.used for one in terms.invoices)
    scene.require(not given or total >= terms.face, "InvoiceShort", total, terms.face)
    scene.require(given != 0 or any(terms.evidence), "EvidenceMissing")
    return backing


def free_invoices(scene: Scene, number: int, fingerprints: Sequence[bytes]) -> None:
    """Free what a cancelled payable used of its invoices."""
    book, version = scene.near(Invoices, "invoices"), _version(scene)
    for fingerprint in fingerprints:
        freed = book.uses[fingerprint].pop((version, number), 0)
        scene.require(freed != 0, "InvoiceNotUsed", number, fingerprint)
        told = {"fingerprint": fingerprint, "version": version, "payable_id": number}
        scene.tell(book.contract, "InvoiceFreed", **told, freed=freed)


def _version(scene: Scene) -> int:
    return scene.register.desks.get(scene.desk.address, 0)


def leaf_of(item: BatchIssue) -> bytes:
    """An item as its batch's tree holds it."""
    return keccak(struct_hash(item))


def parent(node: bytes, other: bytes) -> bytes:
    """What stands above two nodes of a batch's tree: pairs are hashed in rising order."""
    return keccak(min(node, other) + max(node, other))


ISSUING: Final[Mapping[str, Handler]] = {
    "Issuance.issue": _issue,
    "Issuance.recordBatch": _record_batch,
    "Issuance.issueFromBatch": _issue_from_batch,
    "Issuance.voidBatch": _void_batch,
}
