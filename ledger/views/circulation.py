"""Payables and vouchers from their events: issue, offers, acceptance, cuts and joins."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.model.days import day_of_second
from ledger.model.ids import ROOT_SERIAL, payable_of, root_voucher, serial_of
from ledger.model.states import PayableState, VoucherState
from ledger.views.claim_rows import Hop, HopKind, Offer, OfferState, Payable, Voucher
from ledger.views.log import Entry
from ledger.views.row import replace
from ledger.views.state import State

__all__ = ["HANDLERS", "Handler", "as_of", "close", "has_offer_ended", "touched"]

Handler = Callable[[State, Entry], None]

_ENDS: Final = (OfferState.DECLINED, OfferState.WITHDRAWN, OfferState.LAPSED)
"""In the order of the contract's `OfferEnd`."""


# ---- what time does to an offer, without any event


def has_offer_ended(state: State, voucher: Voucher, second: int) -> bool:
    """Whether an offer may no longer be answered: its days, maturity, or a freeze since."""
    payable = state.payables[voucher.payable]
    today = day_of_second(second)
    offer_days: int = state.rules[payable.rules]["offer_days"]
    if today >= day_of_second(voucher.offered_at) + offer_days or today >= payable.maturity:
        return True
    for number in range(payable.freezes):
        freeze = state.freezes[payable.id, number]
        overlaps = freeze.start < voucher.end and voucher.start < freeze.end
        if overlaps and freeze.begun >= voucher.offered_at:
            return True
    sides = (voucher.holder, voucher.counterparty)
    return any(state.participants[one].frozen_at >= voucher.offered_at for one in sides)


def as_of(state: State, voucher: Voucher, second: int) -> Voucher:
    """The voucher as it stands at a second: an ended offer of a part counts as held."""
    if voucher.state is not VoucherState.OFFERED:
        return voucher
    if state.payables[voucher.payable].state is PayableState.OFFERED:
        return voucher  # a root stays offered until somebody has it cancelled
    return _held(voucher) if has_offer_ended(state, voucher, second) else voucher


def _held(voucher: Voucher) -> Voucher:
    return replace(voucher, state=VoucherState.HELD, counterparty=0)


def _end_offer(state: State, voucher: int, outcome: OfferState, entry: Entry | None = None) -> None:
    place = state.open_offers.pop(voucher, None)
    if place is None:
        return
    ended = {} if entry is None else _ending(entry)
    state.offers[place] = replace(state.offers[place], state=outcome, **ended)


def _ending(entry: Entry) -> dict[str, Any]:
    return {"ended_at": entry.second, "reason": entry.values.get("detail", b"")}


def touched(state: State, voucher: int) -> Voucher:
    """A voucher about to change: whatever happens to an offered one, its offer has lapsed."""
    row = state.vouchers[voucher]
    if row.state is VoucherState.OFFERED:
        _end_offer(state, voucher, OfferState.LAPSED)
        row = _held(row)
    return row


# ---- issue


def _issued(state: State, entry: Entry) -> None:
    payable = entry["payable_id"]
    root = root_voucher(payable)
    state.payables[payable] = Payable(
        id=payable,
        obligor=entry["obligor"],
        offeree=entry["to"],
        bank=entry["bank"],
        offered_at=entry.second,
        face=entry["face"],
        maturity=entry["maturity"],
        due=entry["due"],
        rules=entry["rules"],
        invoices=entry["invoices"],
        evidence=entry["evidence"],
        digest=state.digest,
    )
    state.vouchers[root] = Voucher(
        id=root,
        start=0,
        end=entry["face"],
        holder=entry["obligor"],
        counterparty=entry["to"],
        offered_at=entry.second,
        depth=0,
        settled=0,
        state=VoucherState.OFFERED,
    )
    _open_offer(state, state.vouchers[root], entry)


def _accepted(state: State, entry: Entry) -> None:
    payable = state.payables[entry["payable_id"]]
    state.payables[payable.id] = replace(
        payable, state=PayableState.LIVE, live=payable.face, pieces=1, serials=ROOT_SERIAL
    )


def _cancelled(state: State, entry: Entry) -> None:
    payable = state.payables[entry["payable_id"]]
    root = root_voucher(payable.id)
    state.payables[payable.id] = replace(
        payable, state=PayableState.CANCELLED, cancelled=payable.face
    )
    _end_offer(state, root, _ENDS[entry["reason"]], entry)
    state.vouchers[root] = replace(state.vouchers[root], state=VoucherState.CLOSED, counterparty=0)


def _settled(state: State, entry: Entry) -> None:
    payable = state.payables[entry["payable_id"]]
    state.payables[payable.id] = replace(payable, state=PayableState.SETTLED)


def _paid(state: State, entry: Entry) -> None:
    payable, amount = state.payables[entry["payable_id"]], entry["amount"]
    state.payables[payable.id] = replace(
        payable, live=payable.live - amount, paid=payable.paid + amount
    )


# ---- offers


def _open_offer(state: State, voucher: Voucher, entry: Entry) -> None:
    state.open_offers[voucher.id] = len(state.offers)
    state.offers.append(
        Offer(
            voucher=voucher.id,
            start=voucher.start,
            end=voucher.end,
            giver=voucher.holder,
            taker=voucher.counterparty,
            offered_at=entry.second,
            evidence=entry["evidence"],
            digest=state.digest,
        )
    )


def _offered(state: State, entry: Entry) -> None:
    row = replace(
        touched(state, entry["voucher"]),
        state=VoucherState.OFFERED,
        counterparty=entry["to"],
        offered_at=entry.second,
    )
    state.vouchers[row.id] = row
    _open_offer(state, row, entry)


def _part_offered(state: State, entry: Entry) -> None:
    part = replace(
        _cut(state, entry),
        state=VoucherState.OFFERED,
        counterparty=entry["to"],
        offered_at=entry.second,
    )
    state.vouchers[part.id] = part
    _count_piece(state, part.id)
    _open_offer(state, part, entry)


def _taken(state: State, entry: Entry) -> None:
    row, holder = state.vouchers[entry["voucher"]], entry["holder"]
    offer = state.offers[state.open_offers[row.id]]
    _end_offer(state, row.id, OfferState.ACCEPTED, entry)
    state.vouchers[row.id] = replace(
        row,
        state=VoucherState.HELD,
        holder=holder,
        counterparty=0,
        depth=row.depth + 1,
        recourse=0,
    )
    state.add_hop(
        Hop(
            kind=HopKind.TRANSFER if row.depth else HopKind.ISSUE,
            voucher=row.id,
            start=row.start,
            end=row.end,
            giver=row.holder,
            taker=holder,
            second=entry.second,
            evidence=offer.evidence,
            digest=state.digest,
        )
    )


def _ended(state: State, entry: Entry) -> None:
    row = state.vouchers[entry["voucher"]]
    _end_offer(state, row.id, _ENDS[entry["reason"]], entry)
    state.vouchers[row.id] = _held(row)


# ---- cut, join, close


def _voucher_cut(state: State, entry: Entry) -> None:
    part = _cut(state, entry)
    state.vouchers[part.id] = part
    _count_piece(state, part.id)


def _cut(state: State, entry: Entry) -> Voucher:
    """What is cut off a voucher, which keeps the rest."""
    whole, middle = touched(state, entry["whole"]), entry["middle"]
    state.vouchers[whole.id] = replace(whole, start=middle)
    return replace(whole, id=entry["part"], end=middle, parents=(whole.id,))


def _joined(state: State, entry: Entry) -> None:
    low, high = touched(state, entry["low"]), touched(state, entry["high"])
    row = replace(low, id=entry["joined"], end=high.end, parents=(low.id, high.id))
    close(state, low)
    close(state, high)
    state.vouchers[row.id] = row
    _count_piece(state, row.id)
    state.add_hop(
        Hop(
            kind=HopKind.JOIN,
            voucher=row.id,
            start=row.start,
            end=row.end,
            giver=row.holder,
            taker=row.holder,
            second=entry.second,
            digest=state.digest,
        )
    )


def close(state: State, row: Voucher) -> None:
    """A redeemed, joined or wholly paid voucher closes; it keeps its last holder."""
    state.vouchers[row.id] = replace(row, state=VoucherState.CLOSED, counterparty=0)
    payable = state.payables[row.payable]
    state.payables[payable.id] = replace(payable, pieces=payable.pieces - 1)


def _count_piece(state: State, voucher: int) -> None:
    payable = state.payables[payable_of(voucher)]
    state.payables[payable.id] = replace(
        payable, pieces=payable.pieces + 1, serials=serial_of(voucher)
    )


HANDLERS: Final[Mapping[str, Handler]] = {
    "PayableIssued": _issued,
    "PayableAccepted": _accepted,
    "PayableCancelled": _cancelled,
    "PayableSettled": _settled,
    "PrincipalPaid": _paid,
    "VoucherOffered": _offered,
    "PartOffered": _part_offered,
    "VoucherAccepted": _taken,
    "OfferEnded": _ended,
    "VoucherCut": _voucher_cut,
    "VouchersJoined": _joined,
}
