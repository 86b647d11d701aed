"""The transitions of vouchers and the events that each must leave, whichever desk asks for it."""

from typing import Final

from ledger.audit.ledger_parts import Cases, Claims, Payable, Voucher
from ledger.audit.registry_parts import Lines
from ledger.audit.scene import Scene
from ledger.model.days import day_of_second
from ledger.model.errors import ERRORS
from ledger.model.ids import ROOT_SERIAL, payable_of, serial_of, voucher_id
from ledger.model.parts import Part
from ledger.model.states import PayableState, VoucherState

__all__ = [
    "accept",
    "close",
    "current",
    "cut",
    "disposable",
    "free_lien",
    "is_frozen",
    "is_offered",
    "join",
    "lines_of",
    "offer",
    "payable",
    "reduce",
    "require_range",
    "require_unfrozen",
    "turn_over",
]

_DEPTH_MAX: Final = 2**16 - 1


# ---- records as they stand


def payable(claims: Claims, number: int) -> Payable:
    """A payable; refuses an unknown one."""
    if number not in claims.payables:
        raise ERRORS["UnknownPayable"].of(number)
    return claims.payables[number]


def current(scene: Scene, claims: Claims, voucher: int) -> Voucher:
    """A voucher as it stands now: one whose offer has ended is held again."""
    number = payable_of(voucher)
    found = claims.vouchers.get(voucher)
    if found is None:
        return _root(claims, voucher)
    if found.state is VoucherState.OFFERED and _is_over(scene, claims, number, found):
        found.state, found.counterparty = VoucherState.HELD, 0
    return found


def is_offered(scene: Scene, claims: Claims, voucher: int) -> bool:
    """Whether an offer of a voucher may still be answered."""
    found = current(scene, claims, voucher)
    is_open = found.state is VoucherState.OFFERED
    return is_open and not _is_over(scene, claims, payable_of(voucher), found)


def is_frozen(scene: Scene, claims: Claims, number: int, start: int, end: int) -> bool:
    """Whether a freeze in force overlaps a range."""
    freezes = scene.near(Cases, "oversight", claims.contract).freezes[number].values()
    return any(not one.is_lifted and one.start < end and start < one.end for one in freezes)


def disposable(scene: Scene, claims: Claims, voucher: int, holder: int) -> Voucher:
    """A voucher that its holder may dispose of today."""
    found = current(scene, claims, voucher)
    number = payable_of(voucher)
    maturity = payable(claims, number).maturity
    scene.require(found.holder == holder, "NotHolder", voucher, holder)
    scene.require(found.state is VoucherState.HELD, "VoucherNotHeld", voucher, int(found.state))
    scene.require(scene.today < maturity, "PastMaturity", number, maturity, scene.today)
    require_unfrozen(scene, claims, voucher)
    return found


def require_unfrozen(scene: Scene, claims: Claims, voucher: int) -> None:
    """No freeze may overlap the voucher."""
    one = current(scene, claims, voucher)
    is_still = is_frozen(scene, claims, payable_of(voucher), one.start, one.end)
    scene.require(not is_still, "RangeFrozen", voucher)


def require_range(scene: Scene, voucher: int, found: Voucher, start: int, end: int) -> None:
    """A voucher must have the range that was signed."""
    is_same = (found.start, found.end) == (start, end)
    scene.require(is_same, "RangeChanged", voucher, found.start, found.end)


def lines_of(scene: Scene, claims: Claims) -> Lines:
    """The exposure that the claims of a ledger version count in."""
    return scene.near(Lines, "exposure", claims.contract)


# ---- how parting, offering and accepting are told: the one place that knows these events


def _tell_cut(scene: Scene, claims: Claims, whole: int, part: int) -> None:
    middle = claims.vouchers[part].end
    scene.tell(claims.contract, "VoucherCut", whole=whole, part=part, middle=middle)
    _tell_move(scene, claims, part, 0, claims.vouchers[whole].holder)


def _tell_offer(scene: Scene, claims: Claims, whole: int, voucher: int, evidence: bytes) -> None:
    """A whole offer is told as such, an offered part alone instead of its cut."""
    offered = claims.vouchers[voucher]
    told = {"to": offered.counterparty, "evidence": evidence}
    if voucher == whole:
        scene.tell(claims.contract, "VoucherOffered", voucher=voucher, **told)
        return
    part = {"whole": whole, "part": voucher, "middle": offered.end}
    scene.tell(claims.contract, "PartOffered", **part, **told)
    _tell_move(scene, claims, voucher, 0, offered.holder)


def _tell_acceptance(scene: Scene, claims: Claims, voucher: int, giver: int, holder: int) -> None:
    scene.tell(claims.contract, "VoucherAccepted", voucher=voucher, holder=holder)
    _tell_move(scene, claims, voucher, giver, holder)


def _tell_move(scene: Scene, claims: Claims, voucher: int, giver: int, taker: int) -> None:
    """What explorers read: the voucher goes from one account to another; 0 stands for none."""
    accounts = {"from": _account(scene, giver), "to": _account(scene, taker)}
    scene.tell(claims.contract, "Transfer", token_id=voucher, **accounts)


def _account(scene: Scene, participant: int) -> str:
    high = int(scene.world.registry, 16) >> 32 << 32
    return f"0x{high | participant if participant else 0:040x}"


# ---- transitions


def cut(scene: Scene, claims: Claims, voucher: int, amount: int) -> int:
    """Cut an amount from the low end: the part's number, or the voucher's if it is the whole."""
    part = _split(scene, claims, voucher, amount)
    if part != voucher:
        _tell_cut(scene, claims, voucher, part)
    return part


def _split(scene: Scene, claims: Claims, voucher: int, amount: int) -> int:
    found, number = current(scene, claims, voucher), payable_of(voucher)
    scene.require(amount != 0, "ZeroAmount")
    scene.require(amount <= found.amount, "AmountExceedsVoucher", voucher, amount, found.amount)
    if amount >= found.amount or amount == 0:
        return voucher
    record = payable(claims, number)
    limits = claims.limits[record.rules]
    smaller = min(amount, found.amount - amount)
    scene.require(smaller >= limits.piece_min, "PieceTooSmall", voucher, smaller, limits.piece_min)
    most = limits.pieces_max
    scene.require(not most or record.pieces < most, "TooManyPieces", number, most)
    record.pieces += 1
    record.serials += 1
    part, middle = voucher_id(number, record.serials), found.start + amount
    claims.vouchers[part] = Voucher(
        start=found.start,
        end=middle,
        holder=found.holder,
        state=found.state,
        counterparty=found.counterparty,
        offered_at=found.offered_at,
        depth=found.depth,
        settled=found.settled,
        recourse=found.recourse,
        is_cost_shared=found.is_cost_shared,
    )
    found.start = middle
    return part


def offer(scene: Scene, claims: Claims, part: Part) -> None:
    """Offer a part of a held voucher."""
    voucher = _split(scene, claims, part.voucher, part.amount)
    found = claims.vouchers[voucher]
    found.state, found.counterparty = VoucherState.OFFERED, part.to
    found.offered_at = scene.second
    _tell_offer(scene, claims, part.voucher, voucher, part.evidence)


def accept(scene: Scene, claims: Claims, voucher: int, holder: int) -> None:
    """Take an offered voucher; of a root the payable goes live."""
    number = payable_of(voucher)
    found, record = current(scene, claims, voucher), payable(claims, number)
    giver = found.holder
    if record.state is PayableState.OFFERED:
        giver = 0
        record.state, record.live = PayableState.LIVE, record.face
        record.pieces, record.serials = 1, ROOT_SERIAL
        _count_unpaid(scene, claims, record, 1)
        scene.tell(claims.contract, "PayableAccepted", payable_id=number, holder=holder)
    found.state, found.counterparty, found.holder = VoucherState.HELD, 0, holder
    found.depth, found.recourse = min(found.depth + 1, _DEPTH_MAX), 0
    claims.vouchers[voucher] = found
    _tell_acceptance(scene, claims, voucher, giver, holder)


def turn_over(scene: Scene, claims: Claims, voucher: int, taker: int, recourse: int) -> None:
    """Give a sold or turned back voucher to its new holder."""
    found = claims.vouchers[voucher]
    _tell_move(scene, claims, voucher, found.holder, taker)
    found.holder, found.recourse = taker, recourse


def free_lien(scene: Scene, claims: Claims, voucher: int) -> None:
    """End the lien on a voucher."""
    found = current(scene, claims, voucher)
    found.state, found.counterparty = VoucherState.HELD, 0
    scene.tell(claims.contract, "VoucherFreed", voucher=voucher)


def join(scene: Scene, claims: Claims, low: int, high: int) -> None:
    """Make one voucher of two that touch."""
    number = payable_of(low)
    record, first = payable(claims, number), claims.vouchers[low]
    record.pieces -= 1
    record.serials += 1
    joined = voucher_id(number, record.serials)
    claims.vouchers[joined] = Voucher(
        start=first.start,
        end=claims.vouchers[high].end,
        holder=first.holder,
        offered_at=first.offered_at,
        depth=first.depth,
        settled=first.settled,
        is_cost_shared=first.is_cost_shared,
    )
    scene.tell(claims.contract, "VouchersJoined", low=low, high=high, joined=joined)
    _tell_move(scene, claims, joined, 0, first.holder)
    close(scene, claims, low)
    close(scene, claims, high)


def close(scene: Scene, claims: Claims, voucher: int) -> None:
    """Close a voucher for good; it keeps its last holder."""
    found = current(scene, claims, voucher)
    found.state, found.counterparty = VoucherState.CLOSED, 0
    _tell_move(scene, claims, voucher, found.holder, 0)


def reduce(scene: Scene, claims: Claims, number: int, principal: int) -> None:
    """Take principal off what an obligor owes; a payable that owes none is settled."""
    record, lines = payable(claims, number), lines_of(scene, claims)
    if principal:
        lines.outstanding[record.obligor] -= principal
        outstanding = lines.outstanding[record.obligor]
        told = {"obligor": record.obligor, "outstanding": outstanding}
        scene.tell(lines.contract, "OutstandingChanged", **told)
    if record.live:
        return
    record.state = PayableState.SETTLED
    _count_unpaid(scene, claims, record, -1)
    scene.tell(claims.contract, "PayableSettled", payable_id=number)


# ---- private


def _root(claims: Claims, voucher: int) -> Voucher:
    """The root of a payable that nobody has accepted, as its payable says it."""
    record = claims.payables.get(payable_of(voucher))
    if record is None or serial_of(voucher) != ROOT_SERIAL:
        raise ERRORS["UnknownVoucher"].of(voucher)
    if record.state is PayableState.OFFERED:
        state, offeree, second = VoucherState.OFFERED, record.offeree, record.offered_at
    else:
        state, offeree, second = VoucherState.CLOSED, 0, 0
    return Voucher(0, record.face, record.obligor, state, offeree, second)


def _is_over(scene: Scene, claims: Claims, number: int, one: Voucher) -> bool:
    """Offers end after their days, at maturity, and with a freeze of the range or of a side."""
    record = payable(claims, number)
    lapses = day_of_second(one.offered_at) + claims.limits[record.rules].offer_days
    if scene.today >= min(lapses, record.maturity):
        return True
    freezes = scene.near(Cases, "oversight", claims.contract).freezes[number].values()
    if any(f.start < one.end and one.start < f.end and f.begun >= one.offered_at for f in freezes):
        return True
    sides = (scene.register.members.get(side) for side in (one.holder, one.counterparty))
    return any(side is not None and side.frozen_at >= one.offered_at for side in sides)


def _count_unpaid(scene: Scene, claims: Claims, record: Payable, change: int) -> None:
    lines = lines_of(scene, claims)
    count = lines.count_unpaid(record.obligor, record.due, change)
    scene.tell(lines.contract, "UnpaidChanged", obligor=record.obligor, due=record.due, count=count)
