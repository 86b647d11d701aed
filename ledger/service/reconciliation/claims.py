"""Claims that are reconciled beside the funds: payments, redemptions, financing, offers, freezes.

The rows say where to look, and other matters hold them to that: how many payments, freezes and
redemptions a payable has, and in which state each voucher is, is compared as well.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.ids import payable_of
from ledger.model.states import PayableState, VoucherState
from ledger.service.reconciliation.matter import (
    PAYABLES,
    Ask,
    Figures,
    Matter,
    numbers,
    pair_name,
    paired,
    simple,
    valued,
)
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, AllOf, Between, Is, PayableIn, page, rows_of
from ledger.store.slices import sliced
from ledger.store.sums import amounts
from ledger.views.shares import redeemed_ranges

__all__ = ["CLAIM_MATTERS"]

_RANGES_MAX: Final = 255
"""Freezes of a payable: the contract counts them in eight bits."""


# ---- payments


def _payment_keys(connection: Connection, ask: Ask) -> Iterable[tuple[int, int]]:
    most = int(ask("Settlement", "PAYMENTS_MAX"))
    known = {(row.payable, row.number) for row in rows_of(connection, "payments", EVERYTHING)}
    for row in rows_of(connection, "accounts", EVERYTHING):
        known |= {(row.payable, number) for number in range(min(row.payments, most))}
    return sorted(known)


def _payment_row(row: Any) -> Figures:
    return {
        "principal": row.principal,
        "interest": row.interest,
        "owed": row.owed,
        "day": row.day,
        "by_bank": int(row.on_bank_rail),
    }


def _payment_answer(answer: Any) -> Figures:
    by_bank = int(answer["on_bank_rail"])
    return {
        **{name: int(answer[name]) for name in ("principal", "interest", "owed", "day")},
        "by_bank": by_bank,
    }


# ---- what is live, and what was redeemed


def _rest_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    """What no other part of a payable has taken; before it is accepted, nothing is live."""
    return {
        row.id: {
            "rest": 0
            if row.state is PayableState.OFFERED
            else row.face - row.paid - row.redeemed - row.cancelled
        }
        for row in rows_of(connection, "payables", Is("id", tuple(keys)))
    }


def _redeemed_payables(connection: Connection) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows_of(connection, "payables", Between("redemptions", 1, None)):
        found[row.id] = []
    for hop in rows_of(connection, "hops", Is("kind", ("redemption",))):
        found.setdefault(hop.payable, []).append(hop)
    for row in rows_of(connection, "redemptions", EVERYTHING):
        found.setdefault(payable_of(row.voucher), [])
    return found


def _redemption_keys(connection: Connection, _: Ask) -> Iterable[int]:
    return sorted(_redeemed_payables(connection))


def _redemption_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    """What was redeemed, by the redemptions and by the lineage."""
    amount, count, units = Counter[int](), Counter[int](), Counter[int]()
    own = Is("id", tuple(keys))
    for row in rows_of(connection, "redemptions", PayableIn("voucher", own)):
        amount[payable_of(row.voucher)] += row.amount
        count[payable_of(row.voucher)] += 1
    ranges = AllOf((Is("payable", tuple(keys)), Is("kind", ("redemption",))))
    for hop in rows_of(connection, "hops", ranges):
        units[hop.payable] += hop.end - hop.start
    return {
        key: {"redeemed": amount[key], "units": units[key], "redemptions": count[key]}
        for key in keys
    }


def _redemption_answer(answer: Any) -> Figures:
    redeemed = int(answer["redeemed"])
    return {"redeemed": redeemed, "units": redeemed, "redemptions": int(answer["redemptions"])}


def _edge_keys(connection: Connection, _: Ask) -> Iterable[tuple[int, int]]:
    """Where redeemed ranges begin and end."""
    found = _redeemed_payables(connection)
    return sorted(
        {(payable, edge) for payable, hops in found.items() for one in hops
         for edge in (one.start, one.end)}
    )  # fmt: skip


def _edge_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    payables = tuple({payable for payable, _ in keys})
    ranges = AllOf((Is("payable", payables), Is("kind", ("redemption",))))
    hops: dict[int, list[Any]] = {}
    for hop in rows_of(connection, "hops", ranges):
        hops.setdefault(hop.payable, []).append(hop)
    found = {}
    for payable, edge in keys:
        ranges_of = redeemed_ranges(hops.get(payable, ()))
        below = sum(min(end, edge) - start for start, end in ranges_of if start < edge)
        found[payable, edge] = {"units": edge - below}
    return found


# ---- financing


def _sale_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    return {
        row.recourse: {"seller": row.seller, "rate": row.rate, "previous": row.previous}
        for row in rows_of(connection, "sales", Is("recourse", tuple(keys)))
    }


def _sale_answer(answer: Any) -> Figures:
    return {name: int(answer[name]) for name in ("seller", "rate", "previous")}


def _turnable(connection: Connection, _: Ask) -> Iterable[int]:
    """Vouchers that their holders may turn back; whether there are more, their flags say."""
    return [row.id for row in rows_of(connection, "vouchers", Between("recourse", 1, None))]


def _turnable_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "vouchers", Is("id", tuple(keys)))
    return {row.id: {"sale": row.recourse} for row in found}


def _loan_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = rows_of(connection, "loans", Is("id", tuple(keys)))
    return {row.id: {"principal": row.advance - row.principal_paid} for row in found}


def _lien_keys(connection: Connection, _: Ask) -> Iterable[int]:
    pledged = rows_of(connection, "vouchers", Is("state", (VoucherState.PLEDGED,)))
    return sorted({row.id for row in pledged} | set(amounts(connection, "loan_on")))


def _lien_rows(connection: Connection, keys: Sequence[Any], _: int) -> Mapping[Any, Figures]:
    found = page(connection, "loan_on", Is("voucher", tuple(keys)), most=len(keys))
    known = {key[0]: loan for key, loan in found}
    return {key: {"loan": known.get(key, 0)} for key in keys}


# ---- offers


def _offer_keys(connection: Connection, _: Ask) -> Iterable[int]:
    offered = rows_of(connection, "vouchers", Is("state", (VoucherState.OFFERED,)))
    return sorted({row.id for row in offered} | set(amounts(connection, "open_offers")))


def _offer_rows(connection: Connection, keys: Sequence[Any], second: int) -> Mapping[Any, Figures]:
    """Who may answer at a second; nobody, where an offer has lapsed."""
    vouchers = list(rows_of(connection, "vouchers", Is("id", tuple(keys))))
    views = sliced(connection, vouchers, second)
    places = page(connection, "open_offers", Is("voucher", tuple(keys)), most=len(keys))
    named = Is("place", tuple(place for _, place in places))
    offers = {key[0]: row for key, row in page(connection, "offers", named, most=len(keys))}
    for (voucher,), place in places:
        if place in offers and offers[place].voucher == voucher:
            views.state.open_offers[voucher] = len(views.state.offers)
            views.state.offers.append(offers[place])
    found = {}
    for one in vouchers:
        offer = views.current_offer(one.id, second=second)
        giver, taker = (0, 0) if offer is None else (offer.giver, offer.taker)
        found[one.id] = {"giver": giver, "taker": taker}
    return found


# ---- freezes


def _freeze_keys(connection: Connection, _: Ask) -> Iterable[tuple[int, int]]:
    known = {(row.payable, row.number) for row in rows_of(connection, "freezes", EVERYTHING)}
    for row in rows_of(connection, "payables", Between("freezes", 1, None)):
        known |= {(row.id, number) for number in range(min(row.freezes, _RANGES_MAX))}
    return sorted(known)


def _freeze_row(row: Any) -> Figures:
    return {
        "start": row.start,
        "end": row.end,
        "begun": row.begun,
        "lifted": int(row.is_lifted),
        "case": int.from_bytes(row.case_commitment),
    }


def _freeze_answer(answer: Any) -> Figures:
    return {
        **{name: int(answer[name]) for name in ("start", "end", "begun", "lifted")},
        "case": int.from_bytes(answer["case_commitment"]),
    }


CLAIM_MATTERS: Final = (
    Matter(
        "payments", "Settlement", "paymentOf", _payment_keys,
        partial(paired, "payments", ("payable", "number"), _payment_row), _payment_answer,
        pair_name,
    ),
    Matter(
        "rests", "Vouchers", "tallyOf", PAYABLES, _rest_rows,
        lambda answer: {"rest": int(answer["live"])}, payable_name,
    ),
    Matter(
        "redemptions", "Vouchers", "tallyOf", _redemption_keys, _redemption_rows,
        _redemption_answer, payable_name,
    ),
    Matter(
        "redeemed_ranges", "Vouchers", "unitsBelow", _edge_keys, _edge_rows,
        lambda answer: {"units": int(answer)}, pair_name,
    ),
    Matter(
        "sales", "Sales", "saleOf", partial(numbers, "recourse", "Sales", "saleCount"), _sale_rows,
        _sale_answer, str,
    ),
    simple(
        "recourse", ("Sales", "saleOf"), partial(numbers, "recourse", "Sales", "saleCount"),
        ("seller", "rate", "previous"), str,
    ),
    Matter(
        "turnable", "Vouchers", "recourseOf", _turnable, _turnable_rows,
        lambda answer: {"sale": int(answer)}, voucher_name,
    ),
    valued("cost_shares", "Sales", "costShareSpent"),
    Matter(
        "repayments", "Loans", "loanOf", partial(numbers, "loans", "Loans", "loanCount"),
        _loan_rows, lambda answer: {"principal": int(answer["principal"])}, loan_name,
    ),
    Matter(
        "liens", "Loans", "loanOn", _lien_keys, _lien_rows,
        lambda answer: {"loan": int(answer)}, voucher_name,
    ),
    Matter(
        "offers", "Vouchers", "offerOf", _offer_keys, _offer_rows,
        lambda answer: {"giver": int(answer[0]), "taker": int(answer[1])}, voucher_name,
    ),
    Matter(
        "freezes", "Oversight", "freezeOf", _freeze_keys,
        partial(paired, "freezes", ("payable", "number"), _freeze_row), _freeze_answer, pair_name,
    ),
)  # fmt: skip
