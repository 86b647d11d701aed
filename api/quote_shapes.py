"""How quotes look: what they say, what they come to, and as they were signed."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field

from api import shapes
from api.financing_shapes import KindName, reason_json
from api.meanings import shown
from api.operations import Refusal
from api.shapes import Shape
from ledger.model.glossary import Language
from ledger.model.money import amount_text
from ledger.model.plain import moment_text, plain_of
from ledger.service.financing import terms as quote_terms
from ledger.service.financing.desk import signed_of
from ledger.service.financing.states import QuoteStanding

__all__ = [
    "KIND_NAMES",
    "Quote",
    "QuoteStateName",
    "SignedQuote",
    "Terms",
    "quote_json",
    "terms_shape",
]

QuoteStateName = Literal["open", "taken", "expired", "void"]

KIND_NAMES: Final[Mapping[str, KindName]] = MappingProxyType(
    {"SaleQuote": "sale", "PledgeQuote": "pledge", "RedemptionQuote": "redemption"}
)
"""By the signed struct."""


class Terms(Shape):
    """What a quote comes to for its taker, if it is taken today."""

    net_cash: shapes.AmountOut = Field(description="Now.")
    cost: shapes.AmountOut = Field(description="What it is dearer than holding the part.")
    days: int = Field(ge=0, description="Until the part is due, or the loan if that is earlier.")
    annual_percent: str | None = Field(
        description="The cost a year in percent of the cash, by these days over 360.",
        examples=["3.88"],
    )
    at_maturity: shapes.AmountOut = Field(description="What still comes when all is paid.")


class SignedApproval(Shape):
    """One signer's approval."""

    signer: int = Field(ge=0, le=254)
    signature: shapes.Hex


class SignedQuote(Shape):
    """The quote as it goes beside the command of whoever takes it."""

    message: dict[str, Any]
    approvals: list[SignedApproval]


class Quote(Shape):
    """A firm offer on a part of one exact range. It locks nothing and ends by itself."""

    id: shapes.QuoteName
    kind: KindName
    request: shapes.RequestName
    giver: shapes.ParticipantNumber
    taker: shapes.ParticipantNumber
    voucher: shapes.VoucherName
    start: shapes.Position
    end: shapes.Position
    amount: shapes.AmountOut
    rate: shapes.RateText
    is_with_recourse: bool
    advance: shapes.AmountOut | None
    ltv: shapes.RateText | None
    due: shapes.BusinessDate | None
    registration: shapes.Hash | None
    deadline: shapes.Moment
    given_at: shapes.Moment
    state: QuoteStateName
    reason: Refusal | None = Field(description="Why it is void.")
    digest: shapes.Hash
    signed: SignedQuote


def quote_json(standing: QuoteStanding, language: Language, *, is_taker: bool) -> dict[str, Any]:
    """A quote as its giver or its taker sees it."""
    row, signed = standing.row, signed_of(standing.row)
    plain = plain_of(signed.command)
    return {
        "id": row.id,
        "kind": KIND_NAMES[row.kind],
        "request": row.request,
        "giver": row.giver,
        "taker": row.taker,
        **{name: plain[name] for name in ("voucher", "start", "end", "amount", "rate")},
        "is_with_recourse": plain.get("recourse", False),
        **{name: plain.get(name) for name in ("advance", "ltv", "due", "registration")},
        "deadline": moment_text(row.deadline),
        "given_at": moment_text(row.given),
        "state": standing.state.value,
        "reason": reason_json(standing.reason, language, is_whole=is_taker),
        "digest": shown("digest", row.digest),
        "signed": signed_json(row.signed),
    }


def signed_json(stored: str) -> dict[str, Any]:
    """A signed quote in the form in which it is posted beside a command."""
    data = json.loads(stored)
    approvals = [
        {"signer": int(one[2:4], 16), "signature": "0x" + one[4:]} for one in data["approvals"]
    ]
    return {"message": data["message"], "approvals": approvals}


def terms_shape(terms: quote_terms.Terms) -> Terms:
    """What a quote comes to, as it is shown."""
    annual = terms.annual
    return Terms(
        net_cash=amount_text(terms.net_cash),
        cost=amount_text(terms.cost),
        days=terms.days,
        annual_percent=None if annual is None else amount_text(annual),
        at_maturity=amount_text(terms.at_maturity),
    )
