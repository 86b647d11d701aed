"""Settlement and payouts: who gets what of the payments, as an audit replays it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from ledger.audit.authority import authorise
from ledger.audit.depositing import pay_out, take_reference
from ledger.audit.ledger_parts import (
    Account,
    Claims,
    Payable,
    Payments,
    Payout,
    Voucher,
)
from ledger.audit.lending import serve
from ledger.audit.registry_parts import Deposits
from ledger.audit.scene import Handler, Scene
from ledger.audit.sharing import Stand
from ledger.audit.transitions import close, current, is_frozen, payable
from ledger.model.commands import ConfirmPayout, ReturnPayout
from ledger.model.errors import ERRORS
from ledger.model.ids import payable_of, serial_of
from ledger.model.states import PayableState, VoucherState

__all__ = ["SETTLING"]

_ALIVE: Final = (PayableState.LIVE, PayableState.SETTLED)


def _settle(scene: Scene) -> None:
    """Each voucher gets what the payments entitle it to; anybody may ask."""
    by_payable = groupby(scene.call.arguments["ids"], key=payable_of)
    for number, vouchers in by_payable:
        claims = scene.near(Claims, "vouchers")
        record = claims.payables.get(number)
        if record is None or record.state not in _ALIVE:
            continue
        shares: list[tuple[int, int]] = []
        for voucher in vouchers:
            if 0 < serial_of(voucher) <= record.serials:
                _settle_voucher(scene, claims, voucher, shares)
        deposits = scene.near(Deposits, "deposits")
        pay_out(scene, deposits, record.bank, number, _merged(shares))


def _merged(shares: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Shares of one payee in a row are paid as one."""
    rows = groupby(shares, key=lambda share: share[0])
    return [(payee, sum(amount for _, amount in row)) for payee, row in rows]


def _settle_voucher(
    scene: Scene, claims: Claims, voucher: int, shares: list[tuple[int, int]]
) -> None:
    """Note what a voucher gets from the hold, and open payouts for the rest."""
    found, number = current(scene, claims, voucher), payable_of(voucher)
    account = scene.own(Payments).accounts[number]
    is_done = found.state is VoucherState.CLOSED or found.settled == len(account.payments)
    if is_done or _is_set_aside(scene, claims, number, found):
        return
    legs = _walked(scene, claims, voucher, account)
    shares += legs.shares
    if legs.banked:
        record = payable(claims, number)
        _open_payout(scene, record, voucher, found.holder, legs.banked)
    _note_settled(scene, claims, voucher, legs)


def _is_set_aside(scene: Scene, claims: Claims, number: int, found: Voucher) -> bool:
    sides = (scene.register.members.get(one) for one in (found.holder, found.counterparty))
    is_side_frozen = any(side is not None and side.freezes for side in sides)
    return is_side_frozen or is_frozen(scene, claims, number, found.start, found.end)


@dataclass(slots=True)
class _Legs:
    """What a voucher's share of the payments comes to, and where it goes."""

    to_holder: int = 0
    to_lender: int = 0
    banked: int = 0
    """What of the holder's came by the bank rail."""
    ends: bool = False
    """Whether the loan on it is paid in full."""
    shares: list[tuple[int, int]] = field(default_factory=list)


def _walked(scene: Scene, claims: Claims, voucher: int, account: Account) -> _Legs:
    """Walk all payments; share out those that the voucher has not had yet."""
    found, record = current(scene, claims, voucher), payable(claims, payable_of(voucher))
    stand, legs = Stand.of(record, found.start, found.end), _Legs()
    for place, payment in enumerate(account.payments):
        share, stand = stand.share_of(payment), stand.after(payment)
        if place < found.settled or not share:
            continue
        if found.state is VoucherState.PLEDGED and not legs.ends:
            lender, paid, legs.ends = serve(scene, claims, voucher, share, payment.day)
            share, legs.to_lender = share - paid, legs.to_lender + paid
            if paid and payment.on_bank_rail:
                _open_payout(scene, record, voucher, lender, paid)
            elif paid:
                legs.shares.append((lender, paid))
        legs.to_holder += share
        legs.banked += share if payment.on_bank_rail else 0
    if legs.to_holder - legs.banked:
        legs.shares.append((found.holder, legs.to_holder - legs.banked))
    return legs


def _note_settled(scene: Scene, claims: Claims, voucher: int, legs: _Legs) -> None:
    """The voucher has had all payments; its lien ends with its loan, it closes with its payable."""
    found, record = current(scene, claims, voucher), payable(claims, payable_of(voucher))
    holder = found.holder
    found.settled = len(scene.own(Payments).accounts[payable_of(voucher)].payments)
    if legs.ends:
        found.state, found.counterparty = VoucherState.HELD, 0
        scene.tell(claims.contract, "VoucherFreed", voucher=voucher)
    if record.state is PayableState.SETTLED:
        record.pieces -= 1
        close(scene, claims, voucher)
    told = {"to_holder": legs.to_holder, "to_lender": legs.to_lender, "payments": found.settled}
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


SETTLING: Final[Mapping[str, Handler]] = {
    "Settlement.settle": _settle,
    "Settlement.confirmPayout": _confirm_payout,
    "Settlement.returnPayout": _return_payout,
}
