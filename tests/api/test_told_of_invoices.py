"""What a refusal tells of an invoice: figures only to whoever alone uses it."""

import secrets
from collections.abc import Iterator
from typing import Any, Final

import pytest

from ledger.model.commands import InvoiceUse, IssuePayable, SetLimit
from ledger.model.errors import ERRORS
from ledger.model.errors.base import meanings_of
from ledger.model.meanings import Meaning
from tests.api.test_imports import approvals, previewed, rows
from tests.api.world import People, Person, World, opened_world, recorded
from tests.cast import CHECKER, MAKER, Member
from tests.views_scenario import FACE, MATURITY, Acts

ISSUE: Final = "/v1/payables/issue"
PLACES: Final = (ISSUE, f"{ISSUE}?dry_run=true")
TOTAL: Final = 2 * FACE
"""Of the invoices of `Acts`, of which an issue uses half."""

_KNOWN: Final = {
    **dict.fromkeys(("InvoiceMismatch", "InvoiceOverused"), "told as InvoiceUsedUp"),
    "DepositShort": "told as PayerShort",
    "CostShareExceeded": "told as BudgetShort",
    **dict.fromkeys(
        ("LimitExceeded", "IssuerBlocked", "BatchExceeded"), "only to the obligor that issues"
    ),
    **dict.fromkeys(
        ("FaceTooLarge", "InvoiceShort", "AmountTooLarge"), "the command's own, or a bound of all"
    ),
    "CoverTooLow": "of the security and terms of a loan, to borrower and lender",
    "PayoutMismatch": "only to the bank that opened the payout; to others there is none",
    "ReviewDayPast": "the command's own day and today",
}
"""Why no refusal with amounts or days that names no claim tells those of others.

The same holds of references (`ReferenceUsed`, `ReferenceConflict`), which each settlement bank has
for itself. What names a claim (`OfferOpen`, `PaymentExceedsDebt`, …) is told to those who see it.
"""


@pytest.fixture(scope="module")
def world(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Acme has issued on invoices 1 and 2, and Cedar may issue too."""
    with opened_world(engine, tmp_path_factory.mktemp("told"), issuers=["Cedar"]) as made:
        acts = Acts(made.cast)
        made.cast.delta.act(SetLimit, obligor=made.cast.cedar.id, amount=10**11)
        acts.issue()
        acts.issue()
        made.follow()
        recorded(made)
        yield made


def _invoice(world: World, number: int) -> bytes:
    return Acts(world.cast).invoice(number)


def _form(who: Person, invoice: bytes, *, total: str, used: str) -> Any:
    use = {"fingerprint": "0x" + invoice.hex(), "total": total, "used": used}
    draft = {"to": 2, "bank": 6, "face": used, "maturity": "2026-08-03", "invoices": [use]}
    return who.signed(ISSUE, evidence="0x" + "00" * 32, **draft)


def _refusal(answer: Any) -> tuple[str, Any]:
    told = answer.json()
    return told["code"], told["params"]


def _issues(member: Member, invoice: bytes, *, total: int, used: int) -> None:
    uses = (InvoiceUse(invoice, total, used),)
    terms = {"to": 2, "bank": 6, "maturity": MATURITY, "evidence": bytes(32)}
    member.act(IssuePayable, face=used, invoices=uses, **terms)


@pytest.mark.parametrize("path", PLACES, ids=["in earnest", "dry run"])
@pytest.mark.parametrize(("total", "used"), [("1.00", "1.00"), ("2000000.00", "2000000.00")])
def test_issue_on_an_invoice_that_another_uses_is_told_no_figure(
    world: World, person: People, path: str, total: str, used: str
) -> None:
    cedar, invoice = person("Cedar"), _invoice(world, 1)
    form = _form(cedar, invoice, total=total, used=used)
    answer = cedar.post(path, form, idempotency_key=secrets.token_hex(8))
    assert answer.status_code == 409
    assert _refusal(answer) == ("InvoiceUsedUp", {"fingerprint": "0x" + invoice.hex()})
    assert "CN¥" not in answer.text


@pytest.mark.parametrize("path", PLACES, ids=["in earnest", "dry run"])
def test_issue_on_an_invoice_of_one_s_own_is_told_its_figures(
    world: World, person: People, path: str
) -> None:
    acme, invoice = person("Acme"), _invoice(world, 1)
    figures = {"total": "1.00", "first_total": "2000000.00"}
    answer = acme.post(path, _form(acme, invoice, total="1.00", used="1.00"), idempotency_key="a")
    assert _refusal(answer) == ("InvoiceMismatch", {"fingerprint": "0x" + invoice.hex(), **figures})
    form = _form(acme, invoice, total="2000000.00", used="2000000.00")
    code, params = _refusal(acme.post(path, form, idempotency_key="b"))
    assert (code, params["used"], params["total"]) == (
        "InvoiceOverused",
        "1000000.00",
        "2000000.00",
    )


@pytest.mark.parametrize("is_read", [False, True], ids=["before the views", "in the views"])
def test_issue_on_an_invoice_that_is_shared_is_told_no_figure_to_either(
    world: World, person: People, *, is_read: bool
) -> None:
    acme, cedar = person("Acme"), person("Cedar")
    if not is_read:
        _issues(cedar.member, _invoice(world, 2), total=TOTAL, used=1_00)
    else:
        world.follow()
    for who in (acme, cedar):
        form = _form(who, _invoice(world, 2), total="2000000.00", used="2000000.00")
        assert _refusal(who.post(PLACES[1], form))[0] == "InvoiceUsedUp"


def test_operation_refused_for_an_invoice_that_another_uses_tells_no_figure(
    world: World, person: People
) -> None:
    cedar, invoice = person("Cedar"), _invoice(world, 8)
    form = _form(cedar, invoice, total="70.00", used="70.00")
    taken = cedar.post(ISSUE, form, idempotency_key="kept")
    assert taken.status_code == 202
    _issues(world.cast.acme, invoice, total=77_00, used=12_34)
    world.turn()
    address = f"/v1/operations/{taken.json()['id']}"
    for seen in (
        cedar.get(address),
        cedar.post(ISSUE, form, idempotency_key="kept", prefer="wait=1"),
    ):
        assert seen.json()["refusal"]["code"] == "InvoiceUsedUp"
        assert not any(one in seen.text for one in ("77.00", "12.34"))
    assert person("Regulator").get(address).json()["refusal"]["code"] == "InvoiceMismatch"


def test_row_refused_for_an_invoice_that_another_uses_tells_no_figure(
    world: World, person: People
) -> None:
    cedar, imports = person("Cedar"), world.service.imports
    assert imports is not None
    path = previewed(cedar, *rows(1))
    [row] = cedar.get(f"{path}/rows").json()["data"]
    prepared = cedar.post(f"{path}/typed-data", {"choice": "all"}).json()
    cedar.post(f"{path}/signatures", approvals(cedar, prepared, MAKER, CHECKER))
    invoice = bytes.fromhex(row["invoices"][0]["fingerprint"][2:])
    _issues(world.cast.acme, invoice, total=77_00, used=12_34)
    for _ in range(4):
        world.turn()
        imports.issuing.step()
    [row] = cedar.get(f"{path}/rows").json()["data"]
    assert (row["state"], row["refusal"]["code"]) == ("refused", "InvoiceUsedUp")
    assert row["refusal"]["params"] == {"fingerprint": "0x" + invoice.hex()}
    file = cedar.get(f"/v1/exports/imports/{path.rpartition('/')[2]}/rows?heads=names")
    assert "InvoiceUsedUp" in file.text
    assert "77.00" not in file.text


def test_every_refusal_with_figures_of_no_claim_is_judged() -> None:
    figures, claims = {Meaning.AMOUNT, Meaning.DAY}, {Meaning.VOUCHER, Meaning.PAYABLE}
    told = {name: set(meanings_of(one).values()) for name, one in ERRORS.items()}
    names = {
        name
        for name, values in told.items()
        if values & figures and not values & {*claims, Meaning.LOAN}
    }
    assert names == set(_KNOWN)
