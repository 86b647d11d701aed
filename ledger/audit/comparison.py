"""What the contracts hold at the end against what the replayed commands come to.

Here alone the contracts are asked; what they answer is compared, never believed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ledger.audit.calls import Call
from ledger.audit.contracts import Contract
from ledger.audit.findings import Finding, Kind
from ledger.audit.ledger_parts import Claims, Loan, Loans, Payment, Payments, Sale, Sales
from ledger.audit.registry_parts import Deposits, Invoices, Lines, Offices, Rules, desks_of
from ledger.audit.ruling import rules_told
from ledger.audit.scene import Scene
from ledger.audit.transitions import current
from ledger.audit.world import World
from ledger.chain.artifacts import artifact
from ledger.chain.history import History
from ledger.chain.transactions import Reverted
from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.ids import root_voucher
from ledger.model.states import Role, VoucherState
from ledger.model.structs import snake_case

__all__ = ["compared", "questions"]


@dataclass(frozen=True, slots=True)
class _Question:
    """A view, and what it must answer."""

    contract: Contract
    function: str
    arguments: tuple[Any, ...]
    expected: Mapping[str, Any]
    subject: str = ""
    outputs: tuple[str, ...] = field(default=())
    """Names for the values of a view that answers several."""


def compared(world: World, history: History, block: int) -> Iterator[Finding | None]:
    """Ask every record once: a finding where it differs, nothing where it is equal."""
    for question in questions(world, history.second(block)):
        actual = _answer(question, history, block)
        odd = [name for name, value in question.expected.items() if actual.get(name) != value]
        if not odd:
            yield None
            continue
        yield Finding(
            Kind.STATE,
            block,
            contract=question.contract.name or question.contract.address,
            subject=question.subject or question.function,
            expected={name: question.expected[name] for name in odd},
            actual={name: actual[name] for name in odd if name in actual},
        )


def questions(world: World, second: int) -> Iterator[_Question]:
    """Everything that is compared."""
    yield from _members(world)
    for rules in world.parts(Rules):
        yield from _rules(rules)
    for deposits in world.parts(Deposits):
        yield from _deposits(world, deposits)
    for lines in world.parts(Lines):
        yield from _lines(lines)
    for invoices in world.parts(Invoices):
        yield from _invoices(invoices)
    for claims in world.parts(Claims):
        yield from _claims(world, claims, second)
    for payments in world.parts(Payments):
        yield from _payments(payments)
    for loans in world.parts(Loans):
        yield from _loans(loans)
    for sales in world.parts(Sales):
        yield from _sales(sales)


def _answer(question: _Question, history: History, block: int) -> dict[str, Any]:
    """The view's answer by the names of its values; nothing where it refuses."""
    entry = artifact(question.contract.name).functions[question.function]
    try:
        data = history.call(question.contract.address, entry.call(*question.arguments), block)
    except Reverted:
        return {}
    answer = entry.answer(data)
    if question.outputs:
        values = answer if len(question.outputs) > 1 else (answer,)
        return {name: _snake(one) for name, one in zip(question.outputs, values, strict=True)}
    record: dict[str, Any] = _snake(answer)
    return record


def _snake(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {snake_case(name): value for name, value in answer.items()}
    return answer


def _count(contract: Contract, function: str, count: int) -> _Question:
    return _Question(contract, function, (), {"count": count}, outputs=("count",))


# ---- the registry


def _members(world: World) -> Iterator[_Question]:
    registry, register = world.contracts[world.registry], world.register
    yield _count(registry, "participantCount", len(register.members))
    told = {"paused": register.is_paused}
    yield _Question(registry, "paused", (), told, outputs=("paused",))
    for identity, number in register.identities.items():
        known = {"participant": number}
        subject = f"identity of participant {number}"
        yield _Question(registry, "participantOf", (identity,), known, subject, ("participant",))
    for number, member in register.members.items():
        expected = {
            "roles": member.roles,
            "suspended": member.is_suspended,
            "frozen": member.freezes != 0,
            "threshold_low": member.low,
            "threshold_high": member.high,
            "signers": len(member.keys),
            "first_signer": member.first_signer,
            "high_from": member.high_from,
            "frozen_at": member.frozen_at,
            "recovery_bank": member.recovery_bank,
            "committed": member.committed,
            "committed_day": member.day,
        }
        yield _Question(registry, "memberOf", (number,), expected, f"participant {number}")
        for index, key in enumerate(member.keys):
            stored = {
                "account": "0x" + key.key[:20].hex(),
                "expiry": key.expiry,
                "duty": key.duty,
                "revoked": key.is_revoked,
            }
            keys = {"key": stored | {"kind": register.kind(key.key)}, "public": key.key[20:]}
            subject, outputs = f"participant {number} signer {index}", ("key", "public")
            yield _Question(registry, "signerOf", (number, index), keys, subject, outputs)
    proposed = (one.command for part in world.parts(Offices) for one in part.versions.values())
    for desk in sorted(
        {*register.desks, *(one for command in proposed for one in desks_of(command))}
    ):
        version = {"version": register.desks.get(desk, 0)}
        yield _Question(registry, "versionOf", (desk,), version, f"desk {desk}", ("version",))
    for number, nonce in sorted(register.foreign_nonces):
        subject, given = f"nonce {nonce} of participant {number}", (number, nonce)
        yield _Question(registry, "isNonceUsed", given, {"used": True}, subject, ("used",))


def _rules(rules: Rules) -> Iterator[_Question]:
    yield _count(rules.contract, "ruleSetCount", len(rules.sets))
    for index, one in enumerate(rules.sets):
        yield _Question(rules.contract, "ruleSet", (index,), rules_told(one), f"rules {index}")


def _deposits(world: World, deposits: Deposits) -> Iterator[_Question]:
    """Every participant at every settlement bank: a deposit that nobody told of is found too."""
    contract, members = deposits.contract, world.register.members
    outputs = ("amount",)
    for bank, member in members.items():
        if not member.roles & Role.SETTLEMENT:
            continue
        issued = {"amount": deposits.issued[bank]}
        yield _Question(contract, "issuedBy", (bank,), issued, f"issued by {bank}", outputs)
        for owner in members:
            told = {"amount": deposits.deposits[bank, owner]}
            subject = f"deposit of {owner} at {bank}"
            yield _Question(contract, "depositOf", (bank, owner), told, subject, outputs)
    for (bank, desk, number), amount in deposits.holds.items():
        told, subject = {"amount": amount}, f"hold of {payable_name(number)} at {bank}"
        yield _Question(contract, "holdOf", (bank, desk, number), told, subject, outputs)


def _lines(lines: Lines) -> Iterator[_Question]:
    obligors = set(lines.limits) | set(lines.outstanding)
    outputs = ("limit", "outstanding", "unpaid_due")
    for obligor in sorted(obligors):
        values = (lines.limit(obligor), lines.outstanding[obligor], lines.unpaid_due(obligor))
        expected = dict(zip(outputs, values, strict=True))
        subject = f"exposure of {obligor}"
        yield _Question(lines.contract, "exposureOf", (obligor,), expected, subject, outputs)


def _invoices(invoices: Invoices) -> Iterator[_Question]:
    for fingerprint, total in invoices.totals.items():
        expected = {"total": total, "used": invoices.used(fingerprint)}
        subject, outputs = f"invoice {fingerprint.hex()[:8]}", ("total", "used")
        contract, given = invoices.contract, (fingerprint,)
        yield _Question(contract, "invoiceOf", given, expected, subject, outputs)


# ---- a ledger version


def _claims(world: World, claims: Claims, second: int) -> Iterator[_Question]:
    contract = claims.contract
    scene = Scene(world, Call(contract, "", {}), second)
    yield _count(contract, "payableCount", len(claims.payables))
    for number, one in claims.payables.items():
        names = ("obligor", "offeree", "bank", "offered_at", "face", "maturity", "due", "rules")
        record = {name: getattr(one, name) for name in (*names, "invoices", "freezes")}
        record["state"] = int(one.state)
        yield _Question(contract, "payableOf", (number,), record, payable_name(number))
        tally = {name: getattr(one, name) for name in ("live", "paid", "redeemed", "pieces")}
        tally |= {"serials": one.serials, "redemptions": len(one.redemptions)}
        yield _Question(contract, "tallyOf", (number,), tally, payable_name(number))
        if not one.serials:
            yield _voucher(scene, claims, root_voucher(number))
    for voucher in claims.vouchers:
        yield _voucher(scene, claims, voucher)


def _voucher(scene: Scene, claims: Claims, voucher: int) -> _Question:
    one = current(scene, claims, voucher)
    names = ("start", "end", "holder", "counterparty", "offered_at", "depth", "settled")
    record = {name: getattr(one, name) for name in names}
    is_root = voucher not in claims.vouchers
    if not is_root and one.state is VoucherState.OFFERED:
        # A node may date the question later than the block, when the offer is over.
        record.pop("counterparty")
    else:
        record["state"] = int(one.state)
    record["flags"] = bool(one.recourse) | bool(one.is_cost_shared) << 1
    return _Question(claims.contract, "voucherOf", (voucher,), record, voucher_name(voucher))


def _payments(payments: Payments) -> Iterator[_Question]:
    contract = payments.contract
    yield _count(contract, "payoutCount", len(payments.payouts))
    for number, account in payments.accounts.items():
        names = ("carried", "unapplied", "unapplied_day", "last_day")
        record = {name: getattr(account, name) for name in names}
        record["payments"] = len(account.payments)
        subject = payable_name(number)
        yield _Question(contract, "accountOf", (number,), record, subject)
        for place, one in enumerate(account.payments):
            told = {name: getattr(one, name) for name in Payment.__slots__}
            place_name = f"{subject} payment {place + 1}"
            yield _Question(contract, "paymentOf", (number, place), told, place_name)
    for number, payout in payments.payouts.items():
        told = {name: getattr(payout, name) for name in ("bank", "payee", "amount", "voucher")}
        told["state"] = 2 if payout.is_confirmed else 1
        yield _Question(contract, "payoutOf", (number,), told, f"payout {number}")


def _loans(loans: Loans) -> Iterator[_Question]:
    yield _count(loans.contract, "loanCount", len(loans.loans))
    for number, loan in loans.loans.items():
        told = {name: getattr(loan, name) for name in Loan.__slots__}
        yield _Question(loans.contract, "loanOf", (number,), told, loan_name(number))


def _sales(sales: Sales) -> Iterator[_Question]:
    yield _count(sales.contract, "saleCount", len(sales.sales))
    for number, sale in sales.sales.items():
        told = {name: getattr(sale, name) for name in Sale.__slots__}
        yield _Question(sales.contract, "saleOf", (number,), told, f"sale {number}")
