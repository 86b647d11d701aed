"""What is told of that which a command names, by need to know.

The contracts say to whoever signs that a claim is not his, and how it stands. At the door the same
would tell strangers which claims there are: one they may not read is refused as if it were absent,
whichever of several claims the contracts look at first. Nor is anybody told what others have on
deposit, which keys they sign with and how many it takes, what others have used of an obligor's
budget, or what an invoice that others use too is over and how much of it they use.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request

from api.finding import sees_payable, sees_voucher
from api.lists import Reading, reading
from api.need_to_know import Sight
from ledger.model.errors import (
    ApprovalsMalformed,
    ApprovalsVoid,
    BudgetShort,
    CheckerMissing,
    CostShareExceeded,
    DepositShort,
    InvalidSignature,
    InvoiceMismatch,
    InvoiceOverused,
    InvoiceUsedUp,
    LedgerError,
    MakerMissing,
    NotHolder,
    PayerShort,
    SignerExpired,
    SignerRevoked,
    SignersTooFew,
    SignersUnordered,
    UnknownLoan,
    UnknownPayable,
    UnknownSigner,
    UnknownVoucher,
    VoucherNotOffered,
)
from ledger.model.errors.base import meanings_of
from ledger.model.ids import payable_of
from ledger.model.meanings import Meaning
from ledger.model.structs import Struct, values_in
from ledger.service.access import Subject
from ledger.store.lists import AllOf, Is, find, rows_of
from ledger.views.party_rows import Invoice

__all__ = ["claims_of", "told_to", "veiled", "veiled_in"]

_OF_SIGNERS: Final = (
    *(ApprovalsMalformed, CheckerMissing, InvalidSignature, MakerMissing, SignerExpired),
    *(SignerRevoked, SignersTooFew, SignersUnordered, UnknownSigner),
)
"""Tell of a participant's keys and thresholds; whoever writes a quote for it would learn them."""


def _sees_loan(opened: Reading, loan: int) -> bool:
    """Whether a loan is there, and this reader's to see."""
    where = AllOf((Is("id", (loan,)), opened.sight.loans))
    return find(opened.connection, "loans", where) is not None


def _had(opened: Reading, voucher: int) -> bool:
    """Whether a voucher was once offered to this reader or by it, or came or went by it."""
    was, on_it = Is("voucher", (voucher,)), Is("payable", (payable_of(voucher),))
    asked = (("offers", (was, opened.sight.offers)), ("hops", (on_it, was, opened.sight.hops)))
    return any(find(opened.connection, view, AllOf(where)) is not None for view, where in asked)


_CLAIMS: Final[Mapping[Meaning, tuple[Callable[[Reading, int], bool], Callable[[int], Any]]]] = (
    MappingProxyType(
        {
            Meaning.VOUCHER: (sees_voucher, lambda one: UnknownVoucher(voucher=one)),
            Meaning.PAYABLE: (sees_payable, lambda one: UnknownPayable(payable_id=one)),
            Meaning.LOAN: (_sees_loan, lambda one: UnknownLoan(loan=one)),
        }
    )
)
"""Of each kind of claim, who sees one, and how one that is not there is refused."""


def veiled(
    request: Request, subject: Subject, command: Struct | None, refusal: LedgerError
) -> LedgerError:
    """A refusal of a command as its sender is told it."""
    if not _tells(refusal):
        return refusal  # which spares a read
    with reading(request, subject) as opened:
        return veiled_in(opened, command, refusal)


def veiled_in(
    opened: Reading, command: Struct | None, refusal: LedgerError, *, is_kept: bool = False
) -> LedgerError:
    """The same within a read, as things stand there.

    Where it tells of claims, that of the first of the command's which the reader may not see. One
    that `is_kept` is of a command that was taken in, so that its sender knew them: of a voucher
    that has left its hands it reads that it does not hold it, and not what became of it.
    """
    if _tells_of_claims(refusal) and command is not None:
        for meaning, claim in claims_of(command):
            sees, absent = _CLAIMS[meaning]
            if sees(opened, claim):
                continue
            if is_kept and meaning is Meaning.VOUCHER and _had(opened, claim):
                return NotHolder(voucher=claim, participant=opened.sight.own)
            unknown: LedgerError = absent(claim)
            return unknown
    if isinstance(refusal, InvoiceMismatch | InvoiceOverused):
        return _told_of_invoice(opened, refusal)
    return told_to(opened.sight, refusal)


def told_to(sight: Sight, refusal: LedgerError) -> LedgerError:
    """A refusal without what others have on deposit, used of a budget, or have for signers."""
    if sight.sees_all:
        return refusal
    if isinstance(refusal, _OF_SIGNERS) and not sight.sees_keys(refusal.values["participant"]):
        return ApprovalsVoid(participant=refusal.values["participant"])
    if isinstance(refusal, DepositShort) and refusal.participant != sight.own:
        return PayerShort(participant=refusal.participant, asked=refusal.asked)
    if isinstance(refusal, CostShareExceeded):  # an obligor sells nothing under its own offer
        return BudgetShort(budget=refusal.budget)
    return refusal


def claims_of(struct: Struct) -> Iterator[tuple[Meaning, int]]:
    """The claims that a command names, in its order, in lists and structs too."""
    for member, one in values_in(struct):
        if member.meaning in _CLAIMS:
            yield member.meaning, one


def _told_of_invoice(opened: Reading, refusal: InvoiceMismatch | InvoiceOverused) -> LedgerError:
    """The same with the invoice's figures only where they are the reader's own.

    Two refusals become one, as in an import's preview: which of them it was would tell whether a
    total that somebody tries is the right one.
    """
    if opened.sight.sees_all or _uses_alone(opened, refusal):
        return refusal
    return InvoiceUsedUp(fingerprint=refusal.fingerprint)


def _uses_alone(opened: Reading, refusal: InvoiceMismatch | InvoiceOverused) -> bool:
    """Whether every use is the reader's own; as much as is told, where the views are behind."""
    invoice: Invoice | None = find(
        opened.connection, "invoices", Is("fingerprint", (refusal.fingerprint,))
    )
    if invoice is None or not invoice.uses:
        return False
    if isinstance(refusal, InvoiceOverused) and refusal.used != invoice.used:
        return False
    payables = Is("id", tuple(one for one, _ in invoice.uses))
    users = {row.obligor for row in rows_of(opened.connection, "payables", payables)}
    return users == {opened.sight.own}


def _tells(refusal: LedgerError) -> bool:
    """Whether it may be told otherwise to somebody."""
    figures = (DepositShort, CostShareExceeded, InvoiceMismatch, InvoiceOverused)
    return isinstance(refusal, (*figures, *_OF_SIGNERS)) or _tells_of_claims(refusal)


def _tells_of_claims(refusal: LedgerError) -> bool:
    if isinstance(refusal, VoucherNotOffered):  # that is said of absent ones as well
        return False
    return any(one in _CLAIMS for one in meanings_of(type(refusal)).values())
