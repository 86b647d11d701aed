"""Payments on both rails, settlement and payouts, as an audit replays them."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.authority import authorise
from ledger.audit.depositing import Leg, hold, pay_out, take_reference
from ledger.audit.ledger_parts import (
    Account,
    Claims,
    Payable,
    Payment,
    Payments,
    Payout,
    Voucher,
)
from ledger.audit.lending import serve
from ledger.audit.registry_parts import Deposits
from ledger.audit.scene import Handler, Scene
from ledger.audit.sharing import Stand, late_interest, least_payment, shareable, waiting
from ledger.audit.transitions import close, current, is_frozen, payable, reduce
from ledger.model.commands import (
    AttestPayment,
    ConfirmPayout,
    PayPayable,
    ReturnPayout,
    ReturnUnapplied,
)
from ledger.model.errors import ERRORS
from ledger.model.ids import payable_of, serial_of
from ledger.model.states import PayableState, VoucherState

__all__ = ["PAYING"]

_VALUE_DAYS_BACK: Final = 5
_ALIVE: Final = (PayableState.LIVE, PayableState.SETTLED)


# ---- money in


def _pay(scene: Scene) -> None:
    command: PayPayable = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    number, amount = command.payable_id, command.amount
    record = payable(scene.near(Claims, "vouchers"), number)
    account = scene.own(Payments).accounts[number]
    is_his = record.obligor == command.participant
    scene.require(is_his, "NotObligor", number, command.participant)
    is_live = record.state is PayableState.LIVE
    scene.require(is_live, "PayableNotLive", number, int(record.state))
    is_due = scene.today >= record.maturity
    scene.require(is_due, "NotYetDue", number, record.maturity, scene.today)
    scene.require(amount != 0, "ZeroAmount")
    late = late_interest(scene, account, record, scene.today)
    debt = late + record.live
    scene.require(amount <= debt, "PaymentExceedsDebt", number, amount, debt)
    is_enough = shareable(account, record.face, amount, debt)
    scene.require(is_enough, "PaymentTooSmall", number, amount, least_payment(record.face))
    deposits = scene.near(Deposits, "deposits")
    hold(scene, deposits, number, Leg(record.bank, command.participant, 0, amount))
    _record(scene, number, amount, late, scene.today, is_banked=False)


def _attest(scene: Scene) -> None:
    command: AttestPayment = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    number, bank, amount = command.payable_id, command.participant, command.amount
    account = scene.own(Payments).accounts[number]
    _require_bank(scene, number, bank)
    scene.require(amount != 0, "ZeroAmount")
    fact = (scene.desk.address, "attest", number, amount, command.value_day)
    reference = command.payment_reference
    take_reference(scene, scene.near(Deposits, "deposits"), bank, reference, fact)
    earliest = max(scene.today - _VALUE_DAYS_BACK, account.last_day)
    day = min(max(command.value_day, earliest), scene.today)
    account.unapplied += amount
    account.unapplied_day = max(account.unapplied_day, day)
    told = {"bank": bank, "amount": amount, "payment_reference": reference}
    scene.tell(scene.desk, "PaymentAttested", payable_id=number, value_day=day, **told)
    _apply(scene, number)


def _apply_unapplied(scene: Scene) -> None:
    number = scene.call.arguments["payable_id"]
    scene.require(_apply(scene, number), "NothingUnapplied", number)


def _return_unapplied(scene: Scene) -> None:
    command: ReturnUnapplied = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    number, amount = command.payable_id, command.amount
    account = scene.own(Payments).accounts[number]
    _require_bank(scene, number, command.participant)
    scene.require(amount != 0, "ZeroAmount")
    available = account.unapplied
    scene.require(amount <= available, "UnappliedExceeded", number, amount, available)
    fact = (scene.desk.address, "unapplied", number, amount)
    reference = command.payment_reference
    deposits = scene.near(Deposits, "deposits")
    take_reference(scene, deposits, command.participant, reference, fact)
    _take_unapplied(account, amount)
    told = {"amount": amount, "payment_reference": reference}
    scene.tell(scene.desk, "UnappliedReturned", payable_id=number, **told)


def _require_bank(scene: Scene, number: int, bank: int) -> None:
    record = payable(scene.near(Claims, "vouchers"), number)
    scene.require(record.bank == bank, "NotSettlementBank", number, bank)


def _apply(scene: Scene, number: int) -> bool:
    """Share attested money as far as there is debt."""
    record = payable(scene.near(Claims, "vouchers"), number)
    account = scene.own(Payments).accounts[number]
    found = waiting(scene, account, record)
    if found is None:
        return False
    day, amount = found
    late = late_interest(scene, account, record, day)
    _take_unapplied(account, amount)
    _record(scene, number, amount, late, day, is_banked=True)
    return True


def _take_unapplied(account: Account, amount: int) -> None:
    account.unapplied -= amount
    if not account.unapplied:
        account.unapplied_day = 0


def _record(  # noqa: PLR0913 -- a payment is all of this
    scene: Scene, number: int, amount: int, late: int, day: int, *, is_banked: bool
) -> None:
    """Late interest first, then principal; what of the interest is not covered is carried."""
    claims = scene.near(Claims, "vouchers")
    account, record = scene.own(Payments).accounts[number], payable(claims, number)
    interest = min(amount, late)
    principal = amount - interest
    account.carried, account.last_day = late - interest, day
    account.payments.append(Payment(principal, interest, record.live, day, is_banked))
    scene.tell(
        scene.desk,
        "PaymentRecorded",
        payable_id=number,
        number=len(account.payments) - 1,
        interest=interest,
        principal=principal,
        carried=account.carried,
        day=day,
        on_bank_rail=is_banked,
    )
    record.live -= principal
    record.paid += principal
    scene.tell(claims.contract, "PrincipalPaid", payable_id=number, amount=principal)
    reduce(scene, claims, number, principal)


# ---- money out


def _settle(scene: Scene) -> None:
    """Each voucher gets what the payments entitle it to; anybody may ask."""
    payments, claims = scene.own(Payments), scene.near(Claims, "vouchers")
    for voucher in scene.call.arguments["ids"]:
        number = payable_of(voucher)
        record = claims.payables.get(number)
        is_known = record is not None and 0 < serial_of(voucher) <= record.serials
        if record is None or not is_known or record.state not in _ALIVE:
            continue
        found, account = current(scene, claims, voucher), payments.accounts[number]
        is_done = found.state is VoucherState.CLOSED or found.settled == len(account.payments)
        if not is_done and not _is_set_aside(scene, claims, number, found):
            _settle_voucher(scene, claims, voucher, account)


def _is_set_aside(scene: Scene, claims: Claims, number: int, found: Voucher) -> bool:
    sides = (scene.register.members.get(one) for one in (found.holder, found.counterparty))
    is_side_frozen = any(side is not None and side.freezes for side in sides)
    return is_side_frozen or is_frozen(scene, claims, number, found.start, found.end)


def _settle_voucher(scene: Scene, claims: Claims, voucher: int, account: Account) -> None:
    found, number = current(scene, claims, voucher), payable_of(voucher)
    record = payable(claims, number)
    stand, ends, holder = Stand.of(record, found.start, found.end), False, found.holder
    to_holder = to_lender = banked = 0
    shares: list[tuple[int, int]] = []
    for place, payment in enumerate(account.payments):
        share, stand = stand.share_of(payment), stand.after(payment)
        if place < found.settled or not share:
            continue
        if found.state is VoucherState.PLEDGED and not ends:
            lender, paid, ends = serve(scene, claims, voucher, share, payment.day)
            share, to_lender = share - paid, to_lender + paid
            if paid and payment.on_bank_rail:
                _open_payout(scene, record, voucher, lender, paid)
            elif paid:
                shares.append((lender, paid))
        to_holder += share
        banked += share if payment.on_bank_rail else 0
    if to_holder - banked:
        shares.append((holder, to_holder - banked))
    if banked:
        _open_payout(scene, record, voucher, holder, banked)
    pay_out(scene, scene.near(Deposits, "deposits"), record.bank, number, shares)
    found.settled = len(account.payments)
    if ends:
        found.state, found.counterparty = VoucherState.HELD, 0
        scene.tell(claims.contract, "VoucherFreed", voucher=voucher)
    if record.state is PayableState.SETTLED:
        record.pieces -= 1
        close(scene, claims, voucher)
    told = {"to_holder": to_holder, "to_lender": to_lender, "payments": found.settled}
    scene.tell(scene.desk, "VoucherSettled", voucher=voucher, holder=holder, **told)


def _open_payout(scene: Scene, record: Payable, voucher: int, payee: int, amount: int) -> None:
    """A share of a payment that came by the bank rail is payable by the bank."""
    payouts = scene.own(Payments).payouts
    number = len(payouts) + 1
    payouts[number] = Payout(record.bank, payee, amount, voucher)
    told = {"voucher": voucher, "payee": payee, "bank": record.bank, "amount": amount}
    scene.tell(scene.desk, "PayoutOpened", payout=number, **told)


def _confirm_payout(scene: Scene) -> None:
    command: ConfirmPayout = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    payout = _payout(scene, command, "confirm")
    scene.require(not payout.is_confirmed, "PayoutNotOpen", command.payout)
    payout.is_confirmed = True
    told = {"payout": command.payout, "payment_reference": command.payment_reference}
    scene.tell(scene.desk, "PayoutConfirmed", **told)


def _return_payout(scene: Scene) -> None:
    command: ReturnPayout = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    payout = _payout(scene, command, "return")
    scene.require(payout.is_confirmed, "PayoutNotConfirmed", command.payout)
    payout.is_confirmed = False
    told = {"payout": command.payout, "payment_reference": command.payment_reference}
    scene.tell(scene.desk, "PayoutReturned", **told)


def _payout(scene: Scene, command: ConfirmPayout | ReturnPayout, kind: str) -> Payout:
    """A payout of the bank that signs, under a reference of its own."""
    number, bank = command.payout, command.participant
    payout = scene.own(Payments).payouts.get(number)
    if payout is None:
        raise ERRORS["UnknownPayout"].of(number)
    scene.require(payout.bank == bank, "UnknownPayout", number)
    is_same = payout.amount == command.amount
    scene.require(is_same, "PayoutMismatch", number, command.amount, payout.amount)
    fact, deposits = (scene.desk.address, kind, number), scene.near(Deposits, "deposits")
    take_reference(scene, deposits, bank, command.payment_reference, fact)
    return payout


PAYING: Final[Mapping[str, Handler]] = {
    "Settlement.pay": _pay,
    "Settlement.attest": _attest,
    "Settlement.applyUnapplied": _apply_unapplied,
    "Settlement.returnUnapplied": _return_unapplied,
    "Settlement.settle": _settle,
    "Settlement.confirmPayout": _confirm_payout,
    "Settlement.returnPayout": _return_payout,
}
