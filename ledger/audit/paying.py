"""Money that comes in for payables, on both rails, as an audit replays it."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.authority import authorise
from ledger.audit.depositing import Leg, hold, take_reference
from ledger.audit.ledger_parts import (
    Account,
    Claims,
    Payment,
    Payments,
)
from ledger.audit.registry_parts import Deposits
from ledger.audit.scene import Handler, Scene
from ledger.audit.sharing import late_interest, least_payment, shareable, waiting
from ledger.audit.transitions import payable, reduce
from ledger.model.commands import (
    AttestPayment,
    PayPayable,
    ReturnUnapplied,
)
from ledger.model.states import PayableState

__all__ = ["PAYING"]

_VALUE_DAYS_BACK: Final = 5


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


PAYING: Final[Mapping[str, Handler]] = {
    "Settlement.pay": _pay,
    "Settlement.attest": _attest,
    "Settlement.applyUnapplied": _apply_unapplied,
    "Settlement.returnUnapplied": _return_unapplied,
}
