"""Rows of the views as JSON for programs: amounts as decimal strings, days as dates."""

from typing import Any

from ledger.model.days import day_of_second
from ledger.model.figures import (
    amount_text,
    date_text,
    loan_name,
    multiple_text,
    payable_name,
    voucher_name,
)
from ledger.model.rendering import Names
from ledger.views import Lineage, Projection
from ledger.views.claim_rows import Hop
from ledger.views.lineage import Branch, Piece
from ledger.views.money_rows import Loan

__all__ = ["lineage_to_json", "piece_to_json"]

Record = dict[str, Any]


def lineage_to_json(lineage: Lineage, views: Projection, names: Names) -> Record:
    """A lineage with everything that lies on its range."""
    payable = lineage.payable
    return {
        "payable": {
            "id": payable_name(payable.id),
            "obligor": _party(payable.obligor, names),
            "bank": _party(payable.bank, names),
            "face": amount_text(payable.face),
            "maturity": date_text(payable.maturity),
            "due": date_text(payable.due),
            "state": payable.state.name.lower(),
            "live": amount_text(payable.live),
            "paid": amount_text(payable.paid),
            "redeemed": amount_text(payable.redeemed),
            "evidence": _hex(payable.evidence),
        },
        "units": [lineage.start, lineage.end],
        "lineage": _branch(lineage.root, names),
        "vouchers": [piece_to_json(piece, views, names) for piece in lineage.pieces],
        "payments": [
            {
                "number": one.number + 1,
                "day": date_text(one.day),
                "principal": amount_text(one.principal),
                "interest": amount_text(one.interest),
                "rail": "bank" if one.on_bank_rail else "deposit",
            }
            for one in lineage.payments
        ],
        "freezes": [
            {"number": one.number, "units": [one.start, one.end]} for one in lineage.freezes
        ],
    }


def piece_to_json(piece: Piece, views: Projection, names: Names) -> Record:
    """A voucher as it stands, with its loan, its recourse and its shares."""
    row = piece.voucher
    return {
        "id": voucher_name(row.id),
        "units": [row.start, row.end],
        "amount": amount_text(row.amount),
        "holder": _party(row.holder, names),
        "counterparty": _party(row.counterparty, names) if row.counterparty else None,
        "state": "redeemed" if piece.is_redeemed else row.state.name.lower(),
        "depth": row.depth,
        "frozen": piece.is_frozen,
        "open_principal": amount_text(piece.principal_left),
        "recourse": [_party(sale.seller, names) for sale in views.recourse_of(row.id)],
        "loan": _loan(piece.loan, names) if piece.loan else None,
        "shares": [
            {
                "day": date_text(day_of_second(one.second)),
                "holder": _party(one.holder, names),
                "to_holder": amount_text(one.to_holder),
                "lender": _party(one.lender, names) if one.lender else None,
                "to_lender": amount_text(one.to_lender),
            }
            for one in piece.settlements
        ],
    }


def _branch(branch: Branch, names: Names) -> Record:
    return {
        "units": [branch.start, branch.end],
        "hops": [_hop(hop, names) for hop in branch.hops],
        "branches": [_branch(one, names) for one in branch.branches],
        "vouchers": [voucher_name(piece.voucher.id) for piece in branch.pieces],
    }


def _hop(hop: Hop, names: Names) -> Record:
    return {
        "kind": hop.kind.value,
        "day": date_text(day_of_second(hop.second)),
        "from": _party(hop.giver, names),
        "to": _party(hop.taker, names),
        "voucher": voucher_name(hop.voucher),
        "units": [hop.start, hop.end],
        "amount": amount_text(hop.end - hop.start),
        "evidence": _hex(hop.evidence) if hop.evidence else None,
        "digest": _hex(hop.digest) if hop.digest else None,
        "price": amount_text(hop.price) if hop.price else None,
        "rate": multiple_text(hop.rate) if hop.price else None,
        "recourse": hop.is_with_recourse,
        "loan": loan_name(hop.loan) if hop.loan else None,
    }


def _loan(loan: Loan, names: Names) -> Record:
    return {
        "id": loan_name(loan.id),
        "borrower": _party(loan.borrower, names),
        "lender": _party(loan.lender, names),
        "advance": amount_text(loan.advance),
        "principal": amount_text(loan.principal),
        "interest_left": amount_text(loan.interest_left),
        "rate": multiple_text(loan.rate),
        "due": date_text(loan.due),
        "open": loan.is_open,
    }


def _party(participant: int, names: Names) -> Record:
    return {"id": participant, "name": names.get(participant, "")}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
