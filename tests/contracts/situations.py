"""What contract tests begin with: payables, vouchers, quotes and loans, made by real acts."""

from dataclasses import replace
from typing import Any, Final

from ledger.chain.calls import Signed, item_of
from ledger.model.commands import (
    AcceptVoucher,
    AttestPayment,
    CostShareOffer,
    DeclineVoucher,
    IssuePayable,
    MoveDeposit,
    PayPayable,
    PledgeQuote,
    PledgeVoucher,
    RedeemVoucher,
    RedemptionQuote,
    SaleQuote,
    SellVoucher,
    SetRules,
    TransferVoucher,
)
from ledger.model.days import parse_day
from ledger.model.ids import root_voucher
from ledger.model.parts import InvoiceUse, Part
from ledger.service.ledger import Outcome
from tests.cast import RULES, Cast, Member, named

__all__ = [
    "DUE",
    "EVIDENCE",
    "FACE",
    "MATURITY",
    "NOTHING",
    "NO_OFFER",
    "RATE",
    "attest",
    "cut_in_two",
    "invoice",
    "issue_terms",
    "live",
    "offer_part",
    "offered",
    "passed",
    "pay",
    "pledge",
    "pledge_terms",
    "redeem",
    "redemption_terms",
    "sale_terms",
    "sell",
    "serial",
    "set_rules",
    "settle",
    "spend",
]

FACE: Final = 1_000_000_00
MATURITY: Final = parse_day("2026-08-28")
DUE: Final = parse_day("2026-09-30")
"""When the loans of the tests are due: after the payables."""

RATE: Final = 36_000_000
"""3.6 % a year: a ten-thousandth a day."""

NOTHING: Final = bytes(32)
EVIDENCE: Final = named("contract and delivery")
NO_OFFER: Final = Signed(CostShareOffer(0, 0, 0, 0, 0, 0, 0), ())
"""What stands where a sale asks the obligor for no share."""


def serial(payable: int, number: int) -> int:
    """A voucher of a payable by its serial number."""
    return payable << 32 | number


def invoice(text: str, used: int, total: int | None = None) -> InvoiceUse:
    """The use of an invoice, of all of it unless a total is given."""
    return InvoiceUse(named(text), used if total is None else total, used)


# ---- issue and circulation


def issue_terms(cast: Cast, **changes: Any) -> dict[str, Any]:
    """A valid issue by Acme to Birch."""
    return {
        "to": cast.birch.id,
        "bank": cast.settlement_bank.id,
        "face": FACE,
        "maturity": MATURITY,
        "evidence": EVIDENCE,
        "invoices": (),
        **changes,
    }


def offered(cast: Cast, **changes: Any) -> int:
    """A payable that Acme offers and nobody has answered."""
    outcome = cast.acme.act(IssuePayable, **issue_terms(cast, **changes))
    return int(outcome.value("PayableIssued", "payable_id"))


def live(cast: Cast, **changes: Any) -> int:
    """The accepted root voucher of a new payable."""
    payable = offered(cast, **changes)
    face = changes.get("face", FACE)
    holder = cast.member(changes.get("to", cast.birch.id))
    holder.act(AcceptVoucher, voucher=root_voucher(payable), start=0, end=face)
    return root_voucher(payable)


def offer_part(cast: Cast, voucher: int, amount: int, to: Member) -> int:
    """A part of a voucher that its holder has offered."""
    holder = cast.member(cast.ledger.voucher(voucher)["holder"])
    parts = (Part(to.id, voucher, amount, named("invoice of the part")),)
    return int(holder.act(TransferVoucher, parts=parts).offered[0])


def passed(cast: Cast, voucher: int, amount: int, to: Member) -> int:
    """A part of a voucher that its new holder has accepted."""
    part = offer_part(cast, voucher, amount, to)
    record = cast.ledger.voucher(part)
    to.act(AcceptVoucher, voucher=part, start=record["start"], end=record["end"])
    return part


def cut_in_two(cast: Cast, voucher: int, amount: int) -> int:
    """The low part of a voucher; its holder has both, an offer of the part was declined."""
    part = offer_part(cast, voucher, amount, cast.cedar)
    cast.cedar.act(DeclineVoucher, (), voucher=part, reason=NOTHING)
    return part


# ---- financing


def sale_terms(cast: Cast, voucher: int, amount: int, **changes: Any) -> dict[str, Any]:
    """What a sale and its quote agree on."""
    record = cast.ledger.voucher(voucher)
    return {
        "voucher": voucher,
        "start": record["start"],
        "end": record["end"],
        "amount": amount,
        "rate": RATE,
        "recourse": False,
        "registration": NOTHING,
        **changes,
    }


def sell(
    seller: Member,
    buyer: Member,
    terms: dict[str, Any],
    *,
    share: int = 0,
    offer: Signed = NO_OFFER,
) -> Outcome:
    """A sale on a quote of the buyer."""
    quote = buyer.signed(SaleQuote, taker=seller.id, **terms)
    return seller.act(SellVoucher, quote, offer, buyer=buyer.id, obligor_share=share, **terms)


def redemption_terms(cast: Cast, voucher: int, amount: int, **changes: Any) -> dict[str, Any]:
    """What a redemption and its quote agree on."""
    terms = sale_terms(cast, voucher, amount, **changes)
    return {name: terms[name] for name in ("voucher", "start", "end", "amount", "rate")}


def redeem(cast: Cast, holder: Member, terms: dict[str, Any]) -> Outcome:
    """A redemption on a quote of Acme."""
    quote = cast.acme.signed(RedemptionQuote, taker=holder.id, **terms)
    return holder.act(RedeemVoucher, quote, **terms)


def pledge_terms(cast: Cast, voucher: int, amount: int, **changes: Any) -> dict[str, Any]:
    """What a pledge and its quote agree on: an advance of four fifths, up to the last fen."""
    record = cast.ledger.voucher(voucher)
    return {
        "voucher": voucher,
        "start": record["start"],
        "end": record["end"],
        "amount": amount,
        "advance": amount * 4 // 5,
        "ltv": 800_000_000,
        "rate": RATE,
        "due": DUE,
        "registration": NOTHING,
        **changes,
    }


def pledge(borrower: Member, lender: Member, terms: dict[str, Any]) -> int:
    """The loan of a pledge on a quote of the lender."""
    quote = lender.signed(PledgeQuote, taker=borrower.id, **terms)
    outcome = borrower.act(PledgeVoucher, quote, lender=lender.id, **terms)
    return int(outcome.value("LoanAdvanced", "loan_id"))


# ---- rules and payment


def set_rules(cast: Cast, **changes: Any) -> None:
    """Rules that differ from the cast's in these values, from today on."""
    rules = replace(RULES, **{"effective": cast.ledger.today, **changes})
    command = cast.operator.make(SetRules, bank=cast.delta.id, rules=rules)
    word = cast.delta.sign(command).approvals
    cast.ledger.carry_out(item_of(cast.operator.sign(command), word))


def spend(cast: Cast, member: Member, amount: int) -> None:
    """A member gives a part of its deposit to Echo Bank, or to Delta Bank."""
    to = cast.delta if member is cast.echo else cast.echo
    bank = cast.settlement_bank.id
    member.act(MoveDeposit, bank=bank, to=to.id, amount=amount, purpose=NOTHING)


def settle(cast: Cast, *vouchers: int) -> Outcome:
    """Pay out what the vouchers are entitled to; anybody may ask."""
    return cast.ledger.carry_out(cast.ledger.call("Settlement", "settle", list(vouchers)))


def pay(cast: Cast, payable: int, amount: int) -> Outcome:
    """Acme pays from its deposit."""
    return cast.acme.act(PayPayable, payable_id=payable, amount=amount)


def attest(cast: Cast, payable: int, amount: int, **changes: Any) -> Outcome:
    """The Settlement Bank has received money for a payable today."""
    values = {"value_day": cast.ledger.today, "payment_reference": named("money in"), **changes}
    return cast.settlement_bank.act(AttestPayment, payable_id=payable, amount=amount, **values)
