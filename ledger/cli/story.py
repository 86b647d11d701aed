"""The five steps of the demonstration, each carried out on a ledger by the parties' own keys."""

from collections.abc import Iterator
from typing import Any, Final

from ledger.cli.stage import FACE, LOAN, Act, Stage, Step, named
from ledger.model.commands import (
    AcceptVoucher,
    InvoiceUse,
    IssuePayable,
    Part,
    PayPayable,
    PledgeQuote,
    PledgeVoucher,
    TransferVoucher,
)
from ledger.model.days import parse_day
from ledger.model.ids import root_voucher
from ledger.model.states import Duty
from ledger.service.ledger import Outcome

__all__ = ["PART", "PASSED", "PAYABLE", "story"]

PASSED: Final = 4_000_000_00
PAYABLE: Final = 1
ROOT: Final = root_voucher(PAYABLE)
PART: Final = ROOT + 1

_MATURITY: Final = parse_day("2026-08-28")
_RATE: Final = 42_000_000
_LTV: Final = 800_000_000


def story(stage: Stage) -> Iterator[Step]:
    """Issue, split, pledge, pay, settle; each step when it is asked for."""
    yield _issue(stage)
    yield _split(stage)
    yield _pledge(stage)
    yield _pay(stage)
    yield _settle(stage)


def _issue(stage: Stage) -> Step:
    invoice = InvoiceUse(named("invoice 26110000000000000001"), 12_000_000_00, FACE)
    issued = stage.act(
        "core",
        IssuePayable,
        to=stage["a"].id,
        bank=stage["settlement"].id,
        face=FACE,
        maturity=_MATURITY,
        evidence=named("supply contract 2026-018"),
        invoices=(invoice,),
    )
    stage.on("2026-03-03")
    return stage.step(1, [issued, stage.act("a", AcceptVoucher, voucher=ROOT, start=0, end=FACE)])


def _split(stage: Stage) -> Step:
    stage.on("2026-03-10")
    part = Part(stage["b"].id, ROOT, PASSED, named("delivery note 2026-0310"))
    offered = stage.act("a", TransferVoucher, parts=(part,))
    accepted = stage.act("b", AcceptVoucher, voucher=PART, start=0, end=PASSED)
    return stage.step(2, [offered, accepted])


def _pledge(stage: Stage) -> Step:
    stage.on("2026-04-01")
    ledger, b, bank = stage.ledger, stage["b"], stage["bank"]
    row = ledger.voucher(PART)
    terms: dict[str, Any] = {
        "voucher": PART,
        "start": row["start"],
        "end": row["end"],
        "amount": PASSED,
        "advance": LOAN,
        "ltv": _LTV,
        "rate": _RATE,
        "due": _MATURITY,
        "registration": named("movables register 0042"),
    }
    quote = bank.signed(PledgeQuote, taker=b.id, **terms)
    assert isinstance(quote.command, PledgeQuote)
    verified = stage.verify(quote.command)
    digest = ledger.digest(quote.command)
    quoted = Act(quote.command, (Duty.MAKER, Duty.CHECKER), Outcome(digest, None))
    pledged = stage.act("b", PledgeVoucher, quote, lender=bank.id, **terms)
    moved = Part(stage["a"].id, PART, PASSED, named("a second use"))
    refused = stage.act("b", TransferVoucher, parts=(moved,))
    stolen = Part(b.id, ROOT, 1_000_000_00, named("a forgery"))
    forged = stage.forge("a", TransferVoucher, parts=(stolen,))
    return stage.step(3, [quoted, pledged, refused, forged], verified)


def _pay(stage: Stage) -> Step:
    stage.on("2026-08-28")
    return stage.step(4, [stage.act("core", PayPayable, payable_id=PAYABLE, amount=FACE)])


def _settle(stage: Stage) -> Step:
    ledger = stage.ledger
    vouchers = sorted(ledger.vouchers_of(PAYABLE))
    done = ledger.carry_out(ledger.call("Settlement", "settle", vouchers))
    return stage.step(5, [Act(None, (), done)])
