"""Whom an event concerns: who may read it without being shown anything else.

A holder learns of its own legs, an obligor and its settlement bank of their payables, a bank of
what it is party to. Asked before the event is read into the rows, so that who loses something is
still there.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.ids import payable_of
from ledger.model.states import VoucherState
from ledger.views.log import Entry
from ledger.views.state import State

__all__ = ["CONCERNED", "EVERYBODY", "concerned_by"]

EVERYBODY: Final = 0
"""Stands for all participants; nobody has this number."""

Concerned = tuple[int, ...]
Finder = Callable[[State, Entry], Concerned]


def concerned_by(state: State, entry: Entry) -> Concerned:
    """The participants that an event concerns, each once, in rising order."""
    found = CONCERNED[entry.name](state, entry)
    if len(found) == 2 and 0 < found[0] < found[1]:
        return found
    if len(found) == 1:
        return found
    return tuple(sorted({one for one in found if one}))


def _named(*fields: str) -> Finder:
    """Those whom the event itself names."""
    if len(fields) == 1:
        [only] = fields
        return lambda _, entry: (entry.values[only],)
    if len(fields) == 2:
        one, other = fields
        return lambda _, entry: (entry.values[one], entry.values[other])
    return lambda _, entry: tuple([entry.values[name] for name in fields])


def _everybody(_: State, __: Entry) -> Concerned:
    return (EVERYBODY,)


def _nobody(_: State, __: Entry) -> Concerned:
    return ()


# ---- payables


def _debtor(state: State, entry: Entry) -> Concerned:
    """Obligor and settlement bank of the payable."""
    payable = state.payables[entry.values["payable_id"]]
    return (payable.obligor, payable.bank)


def _debtor_and_offeree(state: State, entry: Entry) -> Concerned:
    payable = state.payables[entry.values["payable_id"]]
    return (payable.obligor, payable.offeree, payable.bank)


def _obligor(state: State, entry: Entry) -> Concerned:
    return (state.payables[entry.values["payable_id"]].obligor,)


def _invoice_user(state: State, entry: Entry) -> Concerned:
    """Invoices are used before their payable is issued."""
    payable = state.payables.get(entry.values["payable_id"])
    return () if payable is None else (payable.obligor,)


def _batch_obligor(state: State, entry: Entry) -> Concerned:
    return (state.batches[entry.values["batch"]].obligor,)


# ---- vouchers


def _holder(field: str, *others: str) -> Finder:
    """The present holder of a voucher, the lender on it, and whom the event names."""

    def found(state: State, entry: Entry) -> Concerned:
        values = entry.values
        row = state.vouchers[values[field]]
        lender = row.counterparty if row.state is VoucherState.PLEDGED else 0
        return (row.holder, lender, *[values[name] for name in others])

    return found


def _sides(state: State, entry: Entry) -> Concerned:
    """Both sides of an open offer."""
    row = state.vouchers[entry.values["voucher"]]
    return (row.holder, row.counterparty)


def _redeemed(state: State, entry: Entry) -> Concerned:
    row = state.vouchers[entry.values["voucher"]]
    return (row.holder, state.payables[row.payable].obligor)


def _redemption(state: State, entry: Entry) -> Concerned:
    payable = state.payables[payable_of(entry.values["voucher"])]
    return (entry.values["holder"], payable.obligor)


def _distributed(state: State, entry: Entry) -> Concerned:
    values = entry.values
    loan = state.loans.get(state.loan_on.get(values["voucher"], 0)) if values["to_lender"] else None
    return (values["holder"], loan.lender if loan else 0)


# ---- loans, payouts, freezes


def _loan_sides(state: State, entry: Entry) -> Concerned:
    loan = state.loans[entry.values["loan_id"]]
    return (loan.borrower, loan.lender)


def _new_loan(_: State, entry: Entry) -> Concerned:
    return (entry.values["loan"]["borrower"], entry.values["loan"]["lender"])


def _payout_sides(state: State, entry: Entry) -> Concerned:
    payout = state.payouts[entry.values["payout"]]
    return (payout.bank, payout.payee)


def _frozen(state: State, entry: Entry) -> Concerned:
    """The regulator, the obligor and its bank, and whoever holds, is offered or lends on units."""
    values = entry.values
    return _touched(state, entry, values["start"], values["end"])


def _unfrozen(state: State, entry: Entry) -> Concerned:
    freeze = state.freezes[entry.values["payable_id"], entry.values["freeze"]]
    return _touched(state, entry, freeze.start, freeze.end)


def _touched(state: State, entry: Entry, start: int, end: int) -> Concerned:
    payable = entry.values["payable_id"]
    concerned = [entry.values["regulator"], *_debtor(state, entry)]
    for row in state.vouchers_of(payable):
        if row.start < end and start < row.end and row.state is not VoucherState.CLOSED:
            concerned += (row.holder, row.counterparty)
    return tuple(concerned)


CONCERNED: Final[Mapping[str, Finder]] = MappingProxyType(
    {
        "CommandExecuted": _named("participant"),
        "StandingOfferUsed": _named("participant"),
        "NonceVoided": _named("participant"),
        "ItemRefused": _nobody,  # anybody can have somebody's command refused
        "VerifierAllowed": _everybody,
        "DeskAdded": _everybody,
        "RulesSet": _everybody,
        "HolidaysSet": _everybody,
        "LedgerPauseSet": _everybody,
        "ParticipantAdmitted": _named("participant", "recovery_bank"),
        "ParticipantSuspensionSet": _named("participant"),
        "ParticipantFreezeStamped": _named("participant"),
        "ParticipantFreezeSet": _named("subject", "regulator"),
        "SignerAdded": _named("participant"),
        "SignerEnded": _named("participant"),
        "SignersReplaced": _named("participant"),
        "ThresholdSet": _named("participant"),
        "RecoveryProposed": _named("participant"),
        "RecoveryVetoed": _named("participant"),
        "RecoveryCompleted": _named("participant"),
        "LimitSet": _named("bank", "obligor"),
        "OutstandingChanged": _named("obligor"),
        "UnpaidChanged": _named("obligor"),
        "InvoiceUsed": _invoice_user,
        "InvoiceFreed": _invoice_user,
        "BatchRecorded": _named("obligor"),
        "BatchItemIssuedAs": _batch_obligor,
        "BatchVoided": _batch_obligor,
        "PayableIssued": _named("obligor", "to", "bank"),
        "PayableAccepted": _debtor_and_offeree,
        "PayableCancelled": _debtor_and_offeree,
        "PayableSettled": _debtor,
        "PrincipalPaid": _debtor,
        "PaymentRecorded": _debtor,
        "PaymentAttested": _debtor,
        "UnappliedReturned": _debtor,
        "FreezesChanged": _obligor,
        "VoucherOffered": _holder("voucher", "to"),
        "PartOffered": _holder("whole", "to"),
        "VoucherAccepted": _sides,
        "OfferEnded": _sides,
        "VoucherCut": _holder("whole"),
        "VouchersJoined": _holder("low"),
        "SalePriced": _named("seller", "buyer"),
        "CostShareGiven": _holder("voucher", "obligor"),
        "VoucherSold": _holder("voucher", "buyer"),
        "RedemptionPriced": _redemption,
        "VoucherRedeemed": _redeemed,
        "RecoursePriced": _named("buyer", "seller"),
        "RecourseDemanded": _named("buyer", "seller"),
        "VoucherTurnedBack": _holder("voucher", "holder"),
        "VoucherPledged": _holder("voucher", "lender"),
        "VoucherFreed": _holder("voucher"),
        "LoanAdvanced": _new_loan,
        "LoanRepaid": _loan_sides,
        "LoanServed": _loan_sides,
        "SecurityReleased": _loan_sides,
        "VoucherSettled": _distributed,
        "PayoutOpened": _named("bank", "payee"),
        "PayoutConfirmed": _payout_sides,
        "PayoutReturned": _payout_sides,
        "RangeFrozenBy": _frozen,
        "RangeUnfrozen": _unfrozen,
        "DepositIssued": _named("bank", "to"),
        "DepositWithdrawn": _named("bank", "from"),
        "DepositMoved": _named("bank", "from", "to"),
        "DepositHeld": _named("bank", "from"),
        "DepositPaidOut": _named("bank", "to"),
    }
)
"""Of each event that changes a row; a test compares it with the handlers."""
