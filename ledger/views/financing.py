"""Sales, redemptions, recourse and loans from their events."""

from collections.abc import Mapping
from typing import Final

from ledger.model.states import VoucherState
from ledger.views.circulation import Handler, close, touched
from ledger.views.claim_rows import Hop, HopKind, Voucher
from ledger.views.log import Entry
from ledger.views.money_rows import Demand, Loan, Redemption, Sale, TurnBack
from ledger.views.row import replace
from ledger.views.state import State

__all__ = ["HANDLERS"]


# A bank's quote, and the obligor's, is authorised right behind the command that takes it.
_DEALS = (HopKind.SALE, HopKind.PLEDGE, HopKind.REDEMPTION)


def _hop(state: State, kind: HopKind, row: Voucher, taker: int, entry: Entry) -> Hop:
    """A hop of a whole voucher from its holder, without what the kind adds."""
    return Hop(
        kind=kind,
        voucher=row.id,
        start=row.start,
        end=row.end,
        giver=row.holder,
        taker=taker,
        second=entry.second,
        digest=state.taker_digest if kind in _DEALS else state.digest,
    )


# ---- sale; the price comes first, then the voucher


def _share_given(state: State, entry: Entry) -> None:
    spent = state.cost_shares.get(entry["offer"], 0)
    state.cost_shares[entry["offer"]] = spent + entry["amount"]
    state.cost_given = (entry["voucher"], entry["amount"])


def _priced(state: State, entry: Entry) -> None:
    row = state.vouchers[entry["voucher"]]
    given_on, borne = state.cost_given
    state.cost_given = (0, 0)
    state.sales.append(
        Sale(
            voucher=row.id,
            start=row.start,
            end=row.end,
            seller=entry["seller"],
            buyer=entry["buyer"],
            amount=entry["amount"],
            price=entry["price"],
            rate=entry["rate"],
            registration=entry["registration"],
            second=entry.second,
            cost_borne=borne if given_on == row.id else 0,
        )
    )


def _sold(state: State, entry: Entry) -> None:
    row = touched(state, entry["voucher"])
    sale = replace(state.sales[-1], recourse=entry["recourse"], previous=row.recourse)
    if not sale.recourse:
        sale = replace(sale, previous=0)  # the chain of recourse ends here
    state.sales[-1] = sale
    if sale.recourse:
        state.recourse[sale.recourse] = sale
    state.vouchers[row.id] = replace(
        row,
        holder=entry["buyer"],
        depth=row.depth + 1,
        recourse=sale.recourse,
        is_cost_shared=row.is_cost_shared or entry["cost_shared"],
    )
    hop = _hop(state, HopKind.SALE, row, entry["buyer"], entry)
    state.add_hop(
        replace(
            hop,
            price=sale.price,
            rate=sale.rate,
            evidence=sale.registration,
            is_with_recourse=bool(sale.recourse),
        )
    )


# ---- redemption, recourse


def _redemption_priced(state: State, entry: Entry) -> None:
    state.redemptions.append(
        Redemption(
            voucher=entry["voucher"],
            holder=entry["holder"],
            amount=entry["amount"],
            price=entry["price"],
            rate=entry["rate"],
            second=entry.second,
        )
    )


def _redeemed(state: State, entry: Entry) -> None:
    row = touched(state, entry["voucher"])
    close(state, row)
    payable = state.payables[row.payable]
    state.payables[payable.id] = replace(
        payable,
        live=payable.live - row.amount,
        redeemed=payable.redeemed + row.amount,
        redemptions=payable.redemptions + 1,
    )
    last = state.redemptions[-1]
    hop = _hop(state, HopKind.REDEMPTION, row, payable.obligor, entry)
    state.add_hop(replace(hop, price=last.price, rate=last.rate))


def _recourse_priced(state: State, entry: Entry) -> None:
    voucher, buyer, seller, price = (
        entry[name] for name in ("voucher", "buyer", "seller", "price")
    )
    state.turn_backs.append(TurnBack(voucher, buyer, seller, price, entry.second))


def _demanded(state: State, entry: Entry) -> None:
    voucher, buyer, seller, price = (
        entry[name] for name in ("voucher", "buyer", "seller", "price")
    )
    state.demands.append(Demand(voucher, buyer, seller, price, entry["day"]))


def _turned_back(state: State, entry: Entry) -> None:
    row = touched(state, entry["voucher"])
    hop = _hop(state, HopKind.RECOURSE, row, entry["holder"], entry)
    state.add_hop(replace(hop, price=state.turn_backs[-1].price))
    state.vouchers[row.id] = replace(row, holder=entry["holder"], recourse=entry["recourse"])


# ---- loans; the lien comes first, then the loan


def _pledged(state: State, entry: Entry) -> None:
    row = touched(state, entry["voucher"])
    state.vouchers[row.id] = replace(row, state=VoucherState.PLEDGED, counterparty=entry["lender"])


def _advanced(state: State, entry: Entry) -> None:
    terms = entry["loan"]
    loan = Loan(
        id=entry["loan_id"],
        **terms,
        advance=terms["principal"],
        advanced_day=terms["interest_from"],
        registration=entry["registration"],
    )
    state.loans[loan.id] = loan
    state.loan_on[loan.voucher] = loan.id
    hop = _hop(state, HopKind.PLEDGE, state.vouchers[loan.voucher], loan.lender, entry)
    state.add_hop(
        replace(hop, price=loan.advance, rate=loan.rate, evidence=loan.registration, loan=loan.id)
    )


def _repaid(state: State, entry: Entry) -> None:
    loan = state.loans[entry["loan_id"]]
    principal = loan.principal - entry["principal"]
    state.loans[loan.id] = replace(
        loan,
        principal=principal,
        interest_left=loan.interest_left if principal else 0,
        principal_paid=loan.principal_paid + entry["principal"],
        interest_paid=loan.interest_paid + entry["interest"],
    )


def _served(state: State, entry: Entry) -> None:
    loan = state.loans[entry["loan_id"]]
    state.loans[loan.id] = replace(
        loan,
        principal=loan.principal - entry["principal"],
        interest_left=entry["interest_left"],
        interest_from=entry["day"],
        principal_paid=loan.principal_paid + entry["principal"],
        interest_paid=loan.interest_paid + entry["interest"],
    )


def _freed(state: State, entry: Entry) -> None:
    row = state.vouchers[entry["voucher"]]
    hop = _hop(state, HopKind.RELEASE, row, row.holder, entry)
    loan = state.loan_on.get(row.id) or state.loan_on.get(next(iter(row.parents), 0), 0)
    state.add_hop(replace(hop, giver=row.counterparty, loan=loan))
    state.vouchers[row.id] = replace(row, state=VoucherState.HELD, counterparty=0)


def _released(state: State, entry: Entry) -> None:
    loan = state.loans[entry["loan_id"]]
    state.loans[loan.id] = replace(loan, released=(*loan.released, entry["released"]))


HANDLERS: Final[Mapping[str, Handler]] = {
    "CostShareGiven": _share_given,
    "SalePriced": _priced,
    "VoucherSold": _sold,
    "RedemptionPriced": _redemption_priced,
    "VoucherRedeemed": _redeemed,
    "RecoursePriced": _recourse_priced,
    "RecourseDemanded": _demanded,
    "VoucherTurnedBack": _turned_back,
    "VoucherPledged": _pledged,
    "LoanAdvanced": _advanced,
    "LoanRepaid": _repaid,
    "LoanServed": _served,
    "VoucherFreed": _freed,
    "SecurityReleased": _released,
}
