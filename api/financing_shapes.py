"""How requests for quotes look: each reader sees its own part of the answers."""

import json
from typing import Any, Literal

from pydantic import Field

from api import shapes
from api.meanings import shown
from api.operations import Refusal, refusal_now
from api.shapes import Shape
from ledger.model.glossary import Language
from ledger.model.plain import moment_text
from ledger.model.refusal_reasons import NEXT_STEPS, REASONS
from ledger.service.financing.states import RequestStanding
from ledger.views.claim_rows import Payable

__all__ = [
    "FinancingRequest",
    "KindName",
    "ReasonName",
    "RequestStateName",
    "reason_json",
    "request_json",
]

KindName = Literal["sale", "pledge", "redemption"]
ReasonName = Literal[
    "price", "line", "tenor", "obligor", "related_parties", "documents", "invoices", "amount",
    "policy",
]  # fmt: skip
RequestStateName = Literal["open", "answered", "taken", "expired", "withdrawn", "void"]


class RefusalOfQuote(Shape):
    """Why somebody does not quote."""

    reason: ReasonName
    detail: str
    next_step: str


class Answer(Shape):
    """What somebody who was asked has answered."""

    participant: shapes.ParticipantNumber
    quotes: list[shapes.QuoteName]
    refusal: RefusalOfQuote | None


class FinancingRequest(Shape):
    """A holder's request for quotes. Who is asked sees neither the others nor their answers."""

    id: shapes.RequestName
    holder: shapes.ParticipantNumber
    voucher: shapes.VoucherName
    payable: shapes.PayableName
    obligor: shapes.ParticipantNumber
    maturity: shapes.BusinessDate
    start: shapes.Position
    end: shapes.Position
    amount: shapes.AmountOut = Field(description="The part from the low end of the range.")
    kinds: list[KindName]
    asked: list[shapes.ParticipantNumber]
    documents: list[shapes.Hash]
    until: shapes.Moment
    made_at: shapes.Moment
    state: RequestStateName
    reason: Refusal | None = Field(description="Why it is void.")
    answers: list[Answer]


def request_json(
    standing: RequestStanding, payable: Payable, reader: int | None, language: Language
) -> dict[str, Any]:
    """A request as a reader may know it; None sees all of it."""
    row = standing.row
    sees_all = reader in (None, row.participant)
    asked = [int(one) for one in row.asked.split(",") if one]
    told = asked if sees_all else [one for one in asked if one == reader]
    return {
        "id": row.id,
        "holder": row.participant,
        "voucher": shown("voucher", row.voucher),
        "payable": shown("payable", payable.id),
        "obligor": payable.obligor,
        "maturity": shown("maturity", payable.maturity),
        "start": str(row.start),
        "end": str(row.end),
        "amount": shown("amount", row.amount),
        "kinds": row.kinds.split(),
        "asked": told,
        "documents": json.loads(row.documents),
        "until": moment_text(row.until),
        "made_at": moment_text(row.made),
        "state": standing.state.value,
        "reason": reason_json(standing.reason, language, is_whole=sees_all),
        "answers": [_answer(standing, one, language) for one in told],
    }


def reason_json(reason: Any, language: Language, *, is_whole: bool) -> dict[str, Any] | None:
    """Why something is void; to whom the claim is not its own, no more than the name of it."""
    if reason is None:
        return None
    told = refusal_now(reason, language)
    return told if is_whole else {**told, "params": {}, "detail": "", "next_step": ""}


def _answer(standing: RequestStanding, participant: int, language: Language) -> dict[str, Any]:
    quotes = [one.row.id for one in standing.quotes if one.row.giver == participant]
    refused = [one.reason for one in standing.refusals if one.participant == participant]
    return {
        "participant": participant,
        "quotes": quotes,
        "refusal": _refusal(refused[0], language) if refused and not quotes else None,
    }


def _refusal(reason: str, language: Language) -> dict[str, str]:
    return {
        "reason": reason,
        "detail": REASONS[reason].text(language),
        "next_step": NEXT_STEPS[reason].text(language),
    }
