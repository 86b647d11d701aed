"""Transfer, acceptance, join, and the ends of offers, as an audit replays them."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from ledger.audit.authority import authorise
from ledger.audit.issuing import free_invoices
from ledger.audit.ledger_parts import Claims
from ledger.audit.scene import Handler, Scene
from ledger.audit.transitions import (
    accept,
    current,
    disposable,
    is_offered,
    join,
    lines_of,
    offer,
    payable,
    require_range,
    require_unfrozen,
)
from ledger.model.commands import (
    AcceptVoucher,
    DeclineVoucher,
    JoinVouchers,
    TransferVoucher,
    WithdrawOffer,
)
from ledger.model.ids import payable_of, root_voucher
from ledger.model.parts import Part
from ledger.model.states import PayableState, Role, VoucherState

__all__ = ["CIRCULATION", "End"]

_TRADING: Final = Role.ISSUER | Role.SUPPLIER | Role.BANK


class End(IntEnum):
    """Why an offer ended without acceptance."""

    DECLINED = 0
    WITHDRAWN = 1
    LAPSED = 2


def _transfer(scene: Scene) -> None:
    command: TransferVoucher = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    for part in command.parts:
        _offer_part(scene, command.participant, part)


def _offer_part(scene: Scene, giver: int, part: Part) -> None:
    claims = scene.own(Claims)
    found = disposable(scene, claims, part.voucher, giver)
    record = payable(claims, payable_of(part.voucher))
    roles = scene.register.roles(part.to)
    scene.require(part.to != giver, "SelfTransfer", giver)
    scene.require(bool(roles & _TRADING), "NotEligible", part.to, roles)
    scene.require(part.to != record.obligor, "ToObligor", part.to)
    most = claims.limits[record.rules].depth_max
    scene.require(found.depth < most, "DepthExceeded", part.voucher, most)
    offer(scene, claims, part)


def _accept(scene: Scene) -> None:
    command: AcceptVoucher = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims, voucher, taker = scene.own(Claims), command.voucher, command.participant
    is_open = is_offered(scene, claims, voucher)
    found = current(scene, claims, voucher)
    is_his = is_open and found.counterparty == taker
    scene.require(is_his, "VoucherNotOffered", voucher, taker)
    require_range(scene, voucher, found, command.start, command.end)
    require_unfrozen(scene, claims, voucher)
    accept(scene, claims, voucher, taker)


def _join(scene: Scene) -> None:
    command: JoinVouchers = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims = scene.own(Claims)
    low = disposable(scene, claims, command.low, command.participant)
    high = disposable(scene, claims, command.high, command.participant)
    is_joinable = (
        payable_of(command.low) == payable_of(command.high)
        and low.end == high.start
        and low.depth == high.depth
        and low.is_cost_shared == high.is_cost_shared
        and not (low.recourse or high.recourse)
    )
    scene.require(is_joinable, "NotJoinable", command.low, command.high)
    join(scene, claims, command.low, command.high)


def _decline(scene: Scene) -> None:
    command: DeclineVoucher = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims = scene.near(Claims, "vouchers")
    is_open = is_offered(scene, claims, command.voucher)
    offeree = current(scene, claims, command.voucher).counterparty
    is_his = is_open and offeree == command.participant
    scene.require(is_his, "VoucherNotOffered", command.voucher, command.participant)
    _end(scene, command.voucher, End.DECLINED, command.reason)


def _withdraw(scene: Scene) -> None:
    command: WithdrawOffer = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims = scene.near(Claims, "vouchers")
    is_open = is_offered(scene, claims, command.voucher)
    offeror = current(scene, claims, command.voucher).holder
    is_his = is_open and offeror == command.participant
    scene.require(is_his, "VoucherNotOffered", command.voucher, command.participant)
    _end(scene, command.voucher, End.WITHDRAWN, bytes(32))


def _lapse(scene: Scene) -> None:
    number = scene.call.arguments["payable_id"]
    claims, root = scene.near(Claims, "vouchers"), root_voucher(number)
    state = payable(claims, number).state
    scene.require(state is PayableState.OFFERED, "PayableNotOffered", number, int(state))
    scene.require(not is_offered(scene, claims, root), "OfferOpen", root)
    _end(scene, root, End.LAPSED, bytes(32))


def _end(scene: Scene, voucher: int, reason: End, detail: bytes) -> None:
    """A part is held again; a root cancels its payable and frees line and invoices."""
    claims, number = scene.near(Claims, "vouchers"), payable_of(voucher)
    record = payable(claims, number)
    told = {"reason": reason, "detail": detail}
    if record.state is not PayableState.OFFERED:
        found = current(scene, claims, voucher)
        found.state, found.counterparty = VoucherState.HELD, 0
        scene.tell(claims.contract, "OfferEnded", voucher=voucher, **told)
        return
    record.state = PayableState.CANCELLED
    scene.tell(claims.contract, "PayableCancelled", payable_id=number, **told)
    lines = lines_of(scene, claims)
    lines.outstanding[record.obligor] -= record.face
    outstanding = lines.outstanding[record.obligor]
    exposed = {"obligor": record.obligor, "outstanding": outstanding}
    scene.tell(lines.contract, "OutstandingChanged", **exposed)
    fingerprints = scene.call.arguments["fingerprints"]
    is_whole = len(fingerprints) == record.invoices
    scene.require(is_whole, "InvoicesIncomplete", number, len(fingerprints), record.invoices)
    free_invoices(scene, number, fingerprints)


CIRCULATION: Final[Mapping[str, Handler]] = {
    "Vouchers.transfer": _transfer,
    "Vouchers.accept": _accept,
    "Vouchers.join": _join,
    "Offers.decline": _decline,
    "Offers.withdraw": _withdraw,
    "Offers.lapse": _lapse,
}
