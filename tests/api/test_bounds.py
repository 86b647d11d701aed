"""Lists within answers: whatever comes whole is bounded, and here it is said by what."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from fastapi import FastAPI

from api.forms import SIGNERS_MOST
from api.loans import RELEASED_TOLD, loan_json
from ledger.imports.workbooks import FILE_MAX, LINES_MAX
from ledger.model.checks import CHECKS
from ledger.model.states import Duty, Role
from ledger.records.profiles import ACCOUNTS_MAX, CONTACTS_MAX
from ledger.service.access import Scope
from ledger.service.financing.asking import ASKED_MAX, DOCUMENTS_MAX, QuoteKind
from ledger.service.financing.checks import PARTICIPANTS_TOLD
from ledger.service.financing.desk import QUOTES_ON_REQUEST_MAX
from ledger.service.intake.posted import LIST_MAX
from ledger.service.reconciliation.reconciling import DIFFERENCES_KEPT
from ledger.service.reports import DAYS_MAX
from ledger.service.webhooks.endpoints import ENDPOINTS_MAX
from ledger.store.imports import SAME_FILES_TOLD
from ledger.store.lists import EVERYTHING, find
from ledger.store.webhook_log import ATTEMPTS_TOLD
from ledger.views.row import replace
from tests.api.world import World

SIGNERS: Final = 255
BOUNDED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Answer.quotes": f"a request takes {QUOTES_ON_REQUEST_MAX} quotes of one giver",
        "CheckShape.participants": f"one check names {PARTICIPANTS_TOLD}",
        "Comparison.data": f"{ASKED_MAX} are asked, and give {QUOTES_ON_REQUEST_MAX} quotes each",
        "DepositStatements.data": "one of each settlement bank; the operator admits them",
        "FinancingRequest.answers": f"{ASKED_MAX} are asked",
        "FinancingRequest.asked": f"{ASKED_MAX} by its form",
        "FinancingRequest.documents": f"{DOCUMENTS_MAX} by its form",
        "FinancingRequest.kinds": f"{len(QuoteKind)} kinds",
        "ImportedRow.findings": f"a file has {LINES_MAX} lines",
        "ImportedRow.invoices": f"a file has {LINES_MAX} lines",
        "Key.scopes": f"{len(Scope)} scopes",
        "Loan.released": f"the last {RELEASED_TOLD}",
        "Maturities.data": f"a report is of {DAYS_MAX} days",
        "Participant.roles": f"{len(Role)} roles",
        "Participant.signers": f"the contracts number {SIGNERS}",
        "ParticipantProfile.accounts": f"{ACCOUNTS_MAX} by its form",
        "ParticipantProfile.contacts": f"{CONTACTS_MAX} by its form",
        "Prepared.fields": f"a command's longest list has {LIST_MAX} items",
        "Prepared.unnamed": f"a command's longest list has {LIST_MAX} items",
        "Reconciliation.differences": f"the first {DIFFERENCES_KEPT}",
        "RequestChecks.data": f"{len(CHECKS)} checks",
        "Session.roles": f"{len(Role)} roles",
        "SignedQuote.approvals": f"{SIGNERS_MOST} by its form",
        "SignerKey.duty": f"{len(Duty)} duties",
        "Taking.fields": f"a command's longest list has {LIST_MAX} items",
        "Taking.unnamed": f"a command's longest list has {LIST_MAX} items",
        "Webhook.kinds": "64 by its form",
        "WebhookList.data": f"a participant has {ENDPOINTS_MAX} endpoints",
        "WholeDelivery.attempts": f"the last {ATTEMPTS_TOLD}",
        "WholeImport.findings": f"a file has {LINES_MAX} lines",
        "WholeImport.same_file": f"the first {SAME_FILES_TOLD}",
        "WholeImport.sheets": f"a file has {FILE_MAX} bytes",
    }
)
"""How many there can be at most, and what sees to it."""


def _lists(document: Any) -> Iterator[str]:
    """Every list in an answer, by its schema; rows of pages come in pages."""
    answered = [
        answer.get("content", {})
        for methods in document["paths"].values()
        for one in methods.values()
        for status, answer in one["responses"].items()
        if status < "300"
    ]
    schemas, seen = document["components"]["schemas"], set[str]()
    left = _named(answered)
    while left:
        name = left.pop()
        fields = schemas[name].get("properties", {})
        seen.add(name)
        left |= _named(schemas[name]) - seen
        for field, one in fields.items():
            is_list = any(kind.get("type") == "array" for kind in (one, *one.get("anyOf", ())))
            if is_list and not (field == "data" and "has_more" in fields):
                yield re.sub("^(One|New)", "", f"{name}.{field}")


def _named(schema: Any) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", str(schema)))


def test_every_list_that_comes_whole_is_bounded(app: FastAPI) -> None:
    assert set(_lists(app.openapi())) == set(BOUNDED)


def test_loan_tells_what_was_set_free_last(world: World) -> None:
    with world.service.database.reading() as connection:
        loan = find(connection, "loans", EVERYTHING)
    assert loan is not None
    many = tuple((1 << 32) + one for one in range(1, RELEASED_TOLD + 2))
    told = loan_json(replace(loan, released=many))["released"]
    assert (len(told), told[0], told[-1]) == (RELEASED_TOLD, "V-1.2", f"V-1.{RELEASED_TOLD + 1}")
