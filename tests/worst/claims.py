"""Claims as they cost most before maturity: issued, offered, frozen around, sold, pledged."""

from typing import Any, Final

from ledger.chain.calls import Item
from ledger.model.commands import (
    AcceptVoucher,
    IssuePayable,
    PledgeQuote,
    PledgeVoucher,
    RedeemVoucher,
    RedemptionQuote,
    SaleQuote,
    SellVoucher,
    SetLimit,
    TransferVoucher,
)
from ledger.model.days import parse_day
from ledger.model.ids import root_voucher, voucher_id
from ledger.model.parts import InvoiceUse, Part
from ledger.model.states import VoucherState
from tests.cast import Member, named
from tests.contracts.situations import NO_OFFER
from tests.worst.town import Town, answer

__all__ = [
    "BOUGHT",
    "EARLY",
    "FACE",
    "INVOICES",
    "LATE",
    "LOT",
    "PIECES",
    "PLEDGED",
    "RATE",
    "REGISTERED",
    "RESOLD",
    "SECURITY",
    "accept",
    "accept_first",
    "furnish",
    "issue",
    "redemption",
    "sale",
    "security",
    "terms_of",
    "transfer",
]

FACE: Final = 0x7EDCBA98765432
"""A face of as many bytes as one can have."""

LOT: Final = FACE // 16
RATE: Final = 360_000_000
REGISTERED: Final = named("registered")
EVIDENCE: Final = named("contract and delivery")

EARLY: Final = parse_day("2026-05-27")
"""Alone among the days of its word in the set of unpaid days."""

LATE: Final = parse_day("2026-10-14")
"""In the word of unpaid days behind that of `EARLY`."""

INVOICES: Final = tuple(
    InvoiceUse(named(f"invoice {number}"), 2**63 - 1 - number, FACE // 64 + 1)
    for number in range(64)
)
_REDEMPTIONS: Final = 32
_REDEEMED: Final = 0x1234567
_FIRST, _MAIN, _NEXT, _THIRD = 1, 2, 3, 4

# Vouchers of the main payable, by the order in which they are cut.
_SERIAL: Final = 2 + _REDEMPTIONS
PLEDGED: Final = voucher_id(_MAIN, _SERIAL + 1)
RESOLD: Final = voucher_id(_MAIN, _SERIAL + 2)
PIECES: Final = tuple(voucher_id(_MAIN, _SERIAL + 3 + one) for one in range(3))

BOUGHT: Final = (voucher_id(_MAIN, _SERIAL), voucher_id(_NEXT, 2), voucher_id(_THIRD, 2))
"""Bought with recourse by Delta Bank, offered to Cedar, and the offer ended by a freeze of it."""

SECURITY: Final = voucher_id(_NEXT, 3)
"""Bought with recourse by Delta Bank and pledged by it to Echo Bank."""


# ---- items


def issue(town: Town, maturity: int = LATE, **changes: Any) -> Item:
    values = {
        "to": town.birch.id,
        "bank": town.settlement_bank.id,
        "face": FACE,
        "maturity": maturity,
        "evidence": EVIDENCE,
        "invoices": (),
        **changes,
    }
    return town.acme.item(IssuePayable, **values)


def accept(town: Town, voucher: int) -> Item:
    """The acceptance of a root by Birch."""
    return answer(town.birch, town.birch.make(AcceptVoucher, voucher=voucher, start=0, end=FACE))


def transfer(member: Member, *offers: tuple[int, int, int]) -> Item:
    """Parts by receiver, voucher and amount."""
    return member.item(TransferVoucher, parts=tuple(Part(*one, EVIDENCE) for one in offers))


def sale(seller: Member, buyer: Member, terms: dict[str, Any], *, share: Any = NO_OFFER) -> Item:
    """A sale with recourse, the obligor bearing all of its cost if it offers to."""
    terms = {**terms, "recourse": True, "registration": REGISTERED}
    quote = buyer.signed(SaleQuote, taker=seller.id, **terms)
    obligor_share = 0 if share is NO_OFFER else 1_000_000_000
    values = {"buyer": buyer.id, "obligor_share": obligor_share, **terms}
    return seller.item(SellVoucher, quote, share, **values)


def redemption(town: Town, holder: Member, terms: dict[str, Any]) -> Item:
    quote = town.acme.signed(RedemptionQuote, taker=holder.id, **terms)
    return holder.item(RedeemVoucher, quote, **terms)


def security(borrower: Member, lender: Member, terms: dict[str, Any], due: int) -> Item:
    """A loan of the highest rate on a part of a voucher."""
    loan = {"ltv": 1_000_000_000, "due": due, "registration": REGISTERED}
    terms = {**terms, **loan, "advance": terms["amount"] * 7 // 8}
    quote = lender.signed(PledgeQuote, taker=borrower.id, **terms)
    return borrower.item(PledgeVoucher, quote, lender=lender.id, **terms)


def terms_of(voucher: int, start: int, end: int, amount: int) -> dict[str, Any]:
    values = (voucher, start, end, amount, RATE)
    return dict(zip(("voucher", "start", "end", "amount", "rate"), values, strict=True))


# ---- the town's claims


def accept_first(town: Town) -> None:
    """The first payable that an obligor owes, accepted after a freeze of somebody else."""
    amount = 2**60
    line = town.delta.item(SetLimit, obligor=town.acme.id, amount=2**63)
    rich = (town.acme, town.delta, town.echo)
    town.relay([line, *(town.deposit(one, amount=amount) for one in rich)])
    town.relay([issue(town, EARLY, invoices=INVOICES)])
    town.freeze_for_a_moment(town.cedar)
    root = accept(town, root_voucher(_FIRST))
    town.measure("Vouchers.accept", root)
    town.relay([root])


def furnish(town: Town) -> None:
    """Three payables with vouchers of every kind, then with every freeze they can have."""
    town.relay([issue(town) for _ in (_MAIN, _NEXT, _THIRD)])
    town.relay([accept(town, root_voucher(one)) for one in (_MAIN, _NEXT, _THIRD)])
    start = _redeem_all(town)
    town.relay(_cut_main(town, start))
    birch, delta = town.birch, town.delta
    other = terms_of(root_voucher(_NEXT), 0, FACE, LOT)
    second = terms_of(root_voucher(_NEXT), LOT, FACE, LOT)
    third = terms_of(root_voucher(_THIRD), 0, FACE, LOT)
    town.relay([sale(birch, delta, one) for one in (other, second, third)])
    secured = terms_of(SECURITY, LOT, 2 * LOT, LOT)
    town.relay([security(delta, town.echo, secured, LATE)])
    town.relay([transfer(delta, (town.cedar.id, one, LOT)) for one in BOUGHT])
    for payable in (_MAIN, _NEXT, _THIRD):
        town.relay(town.freeze_ranges(payable, FACE))
    town.freeze_for_a_moment(town.cedar)
    _check(town)


def _redeem_all(town: Town) -> int:
    """Birch has as many ranges redeemed as there may be, all of them below every other voucher."""
    root, amount = root_voucher(_MAIN), _REDEEMED
    starts = range(0, _REDEMPTIONS * amount, amount)
    birch = town.birch
    town.relay([redemption(town, birch, terms_of(root, one, FACE, amount)) for one in starts])
    return _REDEMPTIONS * amount


def _cut_main(town: Town, start: int) -> list[Item]:
    root, birch, delta, echo = root_voucher(_MAIN), town.birch, town.delta, town.echo
    first, second, third = (terms_of(root, start + n * LOT, FACE, LOT) for n in range(3))
    again = terms_of(RESOLD, start + 2 * LOT, start + 3 * LOT, LOT)
    return [
        sale(birch, delta, first),
        security(birch, echo, second, LATE),
        sale(birch, delta, third),
        sale(delta, echo, again),
        *(transfer(birch, (town.cedar.id, root, LOT)) for _ in PIECES),
    ]


def _check(town: Town) -> None:
    """That the vouchers are what their names say."""
    ledger = town.ledger
    held = {one: ledger.voucher(one) for one in (*BOUGHT, *PIECES, RESOLD, SECURITY, PLEDGED)}
    holders = {one: record["holder"] for one, record in held.items()}
    birch, delta, echo = town.birch.id, town.delta.id, town.echo.id
    assert {holders[one] for one in BOUGHT} == {holders[SECURITY]} == {delta}
    assert {holders[one] for one in PIECES} == {holders[PLEDGED]} == {birch}
    assert holders[RESOLD] == echo
    pledged = {one for one, record in held.items() if record["state"] == VoucherState.PLEDGED}
    assert pledged == {PLEDGED, SECURITY}
    record = ledger.payable(_MAIN)
    assert (record["redemptions"], record["freezes"]) == (_REDEMPTIONS, 16)
