"""Pledge, repayment, release, and what a payment brings a loan, as an audit replays them."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.arithmetic import across_due
from ledger.audit.authority import authorise
from ledger.audit.depositing import Leg, move
from ledger.audit.ledger_parts import Claims, Loan, Loans, Payable
from ledger.audit.registry_parts import Deposits, Rules
from ledger.audit.scene import Handler, Scene
from ledger.audit.sharing import require_caught_up
from ledger.audit.terms import RATE_MAX, RATE_ONE, require_same, word
from ledger.audit.transitions import (
    current,
    cut,
    disposable,
    free_lien,
    payable,
    require_range,
    require_unfrozen,
)
from ledger.model.commands import PledgeQuote, PledgeVoucher, ReleaseSecurity, RepayLoan
from ledger.model.errors import ERRORS
from ledger.model.ids import payable_of
from ledger.model.states import Role, VoucherState

__all__ = ["LENDING", "serve"]


def serve(
    scene: Scene, claims: Claims, voucher: int, share: int, day: int
) -> tuple[int, int, bool]:
    """Pay a loan out of its voucher's share of a payment: lender, what it gets, whether it ends."""
    loans = scene.near(Loans, "loans")
    number = loans.on.get(voucher, 0)
    loan, record = _loan(loans, number), payable(claims, payable_of(voucher))
    owed = loan.interest_left + _interest(scene, loan, record, loan.principal, day)
    interest = min(share, owed)
    principal = min(share - interest, loan.principal)
    loan.interest_left = owed - interest
    loan.principal -= principal
    loan.interest_from = max(loan.interest_from, day)
    scene.tell(
        loans.contract,
        "LoanServed",
        loan_id=number,
        interest=interest,
        principal=principal,
        interest_left=loan.interest_left,
        day=loan.interest_from,
    )
    return loan.lender, interest + principal, not (loan.principal or loan.interest_left)


def _pledge(scene: Scene) -> None:
    given = scene.call.arguments
    command: PledgeVoucher = given["command"]
    quote: PledgeQuote = given["quote"]
    authorise(scene, command, given["approvals"])
    authorise(scene, quote, given["quoted"])
    _require_same_pledge(scene, command, quote)
    claims, voucher = scene.near(Claims, "vouchers"), command.voucher
    found = disposable(scene, claims, voucher, command.participant)
    require_range(scene, voucher, found, command.start, command.end)
    record = payable(claims, payable_of(voucher))
    _require_terms(scene, command, record)
    part = cut(scene, claims, voucher, command.amount)
    _require_cover(scene, command.amount, command.ltv, command.advance)
    pledged = claims.vouchers[part]
    pledged.state, pledged.counterparty = VoucherState.PLEDGED, command.lender
    scene.tell(claims.contract, "VoucherPledged", voucher=part, lender=command.lender)
    leg = Leg(record.bank, command.lender, command.participant, command.advance)
    move(scene, scene.near(Deposits, "deposits"), leg, word("advance"))
    _advance(scene, command, part)


def _require_same_pledge(scene: Scene, command: PledgeVoucher, quote: PledgeQuote) -> None:
    names = ("amount", "advance", "ltv", "rate", "due", "registration")
    ranges = [(one.voucher, one.start, one.end) for one in (quote, command)]
    require_same(
        scene,
        {
            "lender": (quote.participant, command.lender),
            "taker": (quote.taker, command.participant),
            "voucher": (ranges[0], ranges[1]),
            **{name: (getattr(quote, name), getattr(command, name)) for name in names},
        },
    )


def _require_terms(scene: Scene, command: PledgeVoucher, record: Payable) -> None:
    roles = scene.register.roles(command.lender)
    scene.require(bool(roles & Role.BANK), "NotEligible", command.lender, roles)
    scene.require(command.lender != command.participant, "SelfTransfer", command.lender)
    scene.require(command.rate <= RATE_MAX, "BadTerms", word("rate"), command.rate)
    scene.require(0 < command.ltv <= RATE_ONE, "BadTerms", word("ltv"), command.ltv)
    scene.require(command.advance != 0, "BadTerms", word("advance"), command.advance)
    scene.require(command.due > scene.today, "BadTerms", word("due"), command.due)
    rules = scene.near(Rules, "rules").at(record.rules)
    is_registered = any(command.registration) or not rules.registration_required
    scene.require(is_registered, "RegistrationMissing")


def _require_cover(scene: Scene, security: int, ltv: int, owed: int) -> None:
    """The security at the advance rate must cover what is owed, compared exactly."""
    is_covered = owed * RATE_ONE <= security * ltv
    scene.require(is_covered, "CoverTooLow", max(security, 0) * ltv // RATE_ONE, owed)


def _advance(scene: Scene, command: PledgeVoucher, part: int) -> None:
    loans = scene.own(Loans)
    number = len(loans.loans) + 1
    loan = Loan(
        voucher=part,
        borrower=command.participant,
        lender=command.lender,
        principal=command.advance,
        interest_left=0,
        rate=command.rate,
        ltv=command.ltv,
        due=scene.near(Rules, "rules").business_day(command.due),
        interest_from=scene.today,
    )
    loans.loans[number], loans.on[part] = loan, number
    told = {name: getattr(loan, name) for name in Loan.__slots__}
    scene.tell(
        scene.desk,
        "LoanAdvanced",
        loan_id=number,
        voucher=part,
        loan=told,
        registration=command.registration,
    )


def _repay(scene: Scene) -> None:
    command: RepayLoan = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims, number = scene.near(Claims, "vouchers"), command.loan
    loan = _loan(scene.own(Loans), number)
    record = payable(claims, payable_of(loan.voucher))
    is_his = loan.borrower == command.participant
    scene.require(is_his, "NotBorrower", number, command.participant)
    principal = command.principal
    scene.require(principal != 0, "ZeroAmount")
    is_within = principal <= loan.principal
    scene.require(is_within, "RepaymentExceedsLoan", number, principal, loan.principal)
    require_caught_up(scene, loan.voucher)
    interest = _interest(scene, loan, record, principal, scene.today)
    loan.principal -= principal
    is_whole = loan.principal == 0
    if is_whole:
        interest, loan.interest_left = interest + loan.interest_left, 0
    scene.tell(scene.desk, "LoanRepaid", loan_id=number, principal=principal, interest=interest)
    if is_whole:
        # The voucher may be closed already, its payable settled, with the loan still owed.
        if current(scene, claims, loan.voucher).state is VoucherState.PLEDGED:
            free_lien(scene, claims, loan.voucher)
    elif command.release:
        _release_part(scene, number, loan, command.release)
    leg = Leg(record.bank, loan.borrower, loan.lender, principal + interest)
    move(scene, scene.near(Deposits, "deposits"), leg, word("repayment"))


def _release(scene: Scene) -> None:
    command: ReleaseSecurity = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    loan = _loan(scene.own(Loans), command.loan)
    is_his = loan.lender == command.participant
    scene.require(is_his, "NotLender", command.loan, command.participant)
    scene.require(command.amount != 0, "ZeroAmount")
    is_frozen = scene.register.member(loan.lender).freezes
    scene.require(not is_frozen, "ParticipantFrozen", loan.lender)
    _release_part(scene, command.loan, loan, command.amount)


def _release_part(scene: Scene, number: int, loan: Loan, amount: int) -> None:
    """Set a part of the security free from its low end, while cover holds."""
    claims, voucher = scene.near(Claims, "vouchers"), loan.voucher
    found, record = current(scene, claims, voucher), payable(claims, payable_of(voucher))
    secures = found.state is VoucherState.PLEDGED and scene.own(Loans).on[voucher] == number
    scene.require(secures, "VoucherNotHeld", voucher, int(found.state))
    today, maturity = scene.today, record.maturity
    scene.require(today < maturity, "PastMaturity", payable_of(voucher), maturity, today)
    require_unfrozen(scene, claims, voucher)
    is_frozen = scene.register.member(found.holder).freezes
    scene.require(not is_frozen, "ParticipantFrozen", found.holder)
    length = found.amount
    scene.require(amount <= length, "AmountExceedsVoucher", voucher, amount, length)
    _require_cover(scene, length - amount, loan.ltv, loan.principal + loan.interest_left)
    released = cut(scene, claims, voucher, amount)
    free_lien(scene, claims, released)
    scene.tell(scene.desk, "SecurityReleased", loan_id=number, released=released)


def _interest(scene: Scene, loan: Loan, record: Payable, principal: int, day: int) -> int:
    """Interest on a principal of the loan; once the loan is due its rate is raised."""
    factor = scene.near(Rules, "rules").at(record.rules).overdue_multiplier
    days = (loan.interest_from, day)
    return across_due(principal, loan.rate, factor, loan.due, days)


def _loan(loans: Loans, number: int) -> Loan:
    if number not in loans.loans:
        raise ERRORS["UnknownLoan"].of(number)
    return loans.loans[number]


LENDING: Final[Mapping[str, Handler]] = {
    "Loans.pledge": _pledge,
    "Loans.repay": _repay,
    "Loans.release": _release,
}
