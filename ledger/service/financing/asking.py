"""What a holder asks for at the financing desk, and of whom."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ledger.model.canonical import canonical
from ledger.model.days import day_of_second, first_second
from ledger.model.errors import (
    AddresseeUnfit,
    AmountExceedsVoucher,
    QuoteOffRequest,
    RequestTimeUnfit,
    ResourceUnknown,
    ZeroAmount,
)
from ledger.model.ids import payable_of
from ledger.model.states import Role
from ledger.model.structs import Command
from ledger.service.financing.terms import unfit
from ledger.service.running.numbers import new_id
from ledger.store.database import Connection
from ledger.store.financing import RequestRow
from ledger.store.lists import Is, find
from ledger.views.claim_rows import Payable

__all__ = [
    "ASKED_MAX",
    "DOCUMENTS_MAX",
    "OPEN_DAYS",
    "Asking",
    "QuoteKind",
    "RefusalReason",
    "request_of",
    "require_fit",
    "require_terms",
]

ASKED_MAX: Final = 20
"""Parties of one request."""
DOCUMENTS_MAX: Final = 64
"""Commitments of one request."""
OPEN_DAYS: Final = 30
"""For how long a request may be answered at most."""

_DAY: Final = 86_400


class QuoteKind(StrEnum):
    """What is asked for."""

    SALE = "sale"
    PLEDGE = "pledge"
    REDEMPTION = "redemption"


_KIND_OF: Final = {
    "SaleQuote": QuoteKind.SALE,
    "PledgeQuote": QuoteKind.PLEDGE,
    "RedemptionQuote": QuoteKind.REDEMPTION,
}


class RefusalReason(StrEnum):
    """Why somebody who was asked does not quote."""

    PRICE = "price"
    LINE = "line"
    TENOR = "tenor"
    OBLIGOR = "obligor"
    RELATED_PARTIES = "related_parties"
    DOCUMENTS = "documents"
    INVOICES = "invoices"
    AMOUNT = "amount"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Asking:
    """What a holder asks for."""

    voucher: int
    amount: int | None
    """A part from the low end; None for all of it."""
    kinds: tuple[QuoteKind, ...]
    asked: tuple[int, ...]
    until: int | None = None
    """Last chain second for answers; None for as long as possible."""
    documents: tuple[bytes, ...] = ()
    """Commitments of what the holder can show."""


def request_of(
    connection: Connection, participant: int, asking: Asking, *, now: int, wall: int
) -> RequestRow:
    """The request that a holder makes.

    Raises `ResourceUnknown` for a voucher that it does not hold, and what is wrong with the rest.
    """
    voucher = find(connection, "vouchers", Is("id", (asking.voucher,)))
    if voucher is None or voucher.holder != participant:
        raise ResourceUnknown()
    payable = _payable(connection, voucher.id)
    for one in asking.asked:
        if one == participant or not any(
            _may_quote(connection, kind, one, payable.obligor) for kind in asking.kinds
        ):
            raise AddresseeUnfit(participant=one)
    amount = voucher.amount if asking.amount is None else asking.amount
    if amount == 0:
        raise ZeroAmount()
    if amount > voucher.amount:
        raise AmountExceedsVoucher(voucher=voucher.id, asked=amount, available=voucher.amount)
    last = min(now + OPEN_DAYS * _DAY, first_second(payable.maturity) - 1)
    until = last if asking.until is None else asking.until
    if not now < until <= last:
        raise RequestTimeUnfit(most=OPEN_DAYS)
    return RequestRow(
        id=new_id("frq"),
        participant=participant,
        asked=f",{','.join(map(str, sorted(set(asking.asked))))},",
        kinds=f" {' '.join(sorted({one.value for one in asking.kinds}))} ",
        voucher=voucher.id,
        start=voucher.start,
        end=voucher.end,
        amount=amount,
        documents=canonical(["0x" + one.hex() for one in asking.documents]),
        until=until,
        made=now,
        made_wall=wall,
    )


def require_fit(connection: Connection, request: RequestRow, quote: Command) -> None:
    """Refuse a quote that is not on what was asked for, or not its giver's to give."""
    deal: Any = quote
    kind = _KIND_OF[type(quote).__name__]
    if f" {kind} " not in request.kinds:
        raise QuoteOffRequest(field="kind")
    if deal.taker != request.participant:
        raise QuoteOffRequest(field="taker")
    for name in ("voucher", "start", "end", "amount"):
        if getattr(deal, name) != getattr(request, name):
            raise QuoteOffRequest(field=name)
    obligor = _payable(connection, request.voucher).obligor
    if not _may_quote(connection, kind, deal.participant, obligor):
        raise AddresseeUnfit(participant=deal.participant)


def require_terms(
    connection: Connection, request: RequestRow, quote: Command, *, second: int
) -> None:
    """Refuse a quote whose terms the ledger would carry out for nobody at a second."""
    maturity = _payable(connection, request.voucher).maturity
    if wrong := unfit(quote, today=day_of_second(second), maturity=maturity):
        raise wrong


def _payable(connection: Connection, voucher: int) -> Payable:
    """The payable of a voucher that is there."""
    found = find(connection, "payables", Is("id", (payable_of(voucher),)))
    if found is None:
        raise ResourceUnknown()
    payable: Payable = found
    return payable


def _may_quote(connection: Connection, kind: QuoteKind, participant: int, obligor: int) -> bool:
    """Banks buy and lend, the obligor redeems."""
    if kind is QuoteKind.REDEMPTION:
        return participant == obligor
    row = find(connection, "participants", Is("id", (participant,)))
    return row is not None and bool(row.roles & Role.BANK) and participant != obligor
