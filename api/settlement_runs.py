"""Settlement runs: how far the payments of a payable are distributed, and what a bank pays out."""

from typing import Annotated, Any, Final, Literal

from fastapi import Path, Request
from pydantic import Field, StringConstraints

from api import shapes
from api.asking import Reader
from api.finding import OnPayable, OnVoucher, as_asked, named, on_payable, on_voucher
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.meanings import shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.figures import amount_text, payable_name
from ledger.model.ids import parse_payable
from ledger.service.records.directory import Reader as Who
from ledger.service.scheduling.proposals import (
    accounts_of,
    end_to_end_id,
    payment_reference,
    payouts_of,
    totals_of,
)
from ledger.store.lists import EVERYTHING, AllOf, Condition, Is, Of, find
from ledger.store.runs import RunRow
from ledger.views.money_rows import Payout, PayoutState

__all__ = ["ROUTER"]

ROUTER = router("settlement runs")

RUN: Final = r"^R-[1-9][0-9]{0,9}\.[1-9][0-9]{0,4}$"
RunName = Annotated[
    str,
    StringConstraints(pattern=RUN, max_length=18),
    Field(description="A run: its payable and the place of its first payment.", examples=["R-1.1"]),
]
RunPath = Annotated[str, Path(pattern=RUN, max_length=18, examples=["R-1.1"])]
RunState = Literal["running", "waiting", "done"]


class SettlementRun(Shape):
    """The distribution of payments over the vouchers of a payable. The difference is 0.00."""

    id: RunName
    payable: shapes.PayableName
    state: RunState = Field(description="`waiting`: only frozen vouchers are left.")
    first_payment: int = Field(ge=0)
    payment_count: int = Field(ge=0, description="0 before its first figures.")
    expected: shapes.AmountOut = Field(description="Owed when the payments came.")
    received: shapes.AmountOut
    distributed: shapes.AmountOut
    left_amount: shapes.AmountOut = Field(description="Shares of vouchers left or frozen.")
    difference: shapes.AmountOut = Field(description="Received and neither; 0.00 when right.")
    vouchers_done: int = Field(ge=0)
    vouchers_left: int = Field(ge=0)
    vouchers_frozen: int = Field(ge=0)
    begun_at: shapes.Moment
    ended_at: shapes.Moment | None
    block: int = Field(ge=0, description="The figures are true at it.")


class Proposed(Shape):
    """What the bank has to pay out of a run, in sum."""

    open_count: int = Field(ge=0)
    open_amount: shapes.AmountOut
    confirmed_count: int = Field(ge=0)
    confirmed_amount: shapes.AmountOut
    returned_count: int = Field(ge=0, description="Came back and are open again.")


class OneSettlementRun(SettlementRun):
    """A settlement run as it stands, with what the bank has to pay out of it."""

    proposal: Proposed
    as_of: AsOf


class RunFilters(OnPayable):
    """Which runs."""

    state: RunState | None = None


class ProposedPayment(Shape):
    """One line of a payment proposal: a share that the settlement bank pays out."""

    payout: int = Field(ge=1)
    voucher: shapes.VoucherName
    payee: shapes.ParticipantNumber
    account_holder: str | None = Field(description="To the settlement bank alone.")
    account_number: str | None
    account_bank: str | None
    account_branch: str | None
    amount: shapes.AmountOut
    reference: str = Field(max_length=35, examples=["FB1A2B3C4DP17T1"])
    payment_reference: shapes.Hash = Field(description="For the fact that it was paid.")
    return_reference: shapes.Hash = Field(description="For the fact that it came back.")
    state: Literal["open", "confirmed"]
    returns: int = Field(ge=0)


class ProposalFilters(OnVoucher):
    """Which lines."""

    run: RunName | None = None
    payee: shapes.ParticipantNumber | None = None
    state: Literal["open", "confirmed"] | None = None


def _run_json(row: RunRow) -> dict[str, Any]:
    amounts = ("expected", "received", "distributed", "left_amount", "difference")
    counts = ("first_payment", "vouchers_done", "vouchers_left", "vouchers_frozen", "block")
    return {
        "id": f"R-{row.payable}.{row.first_payment + 1}",
        "payable": payable_name(row.payable),
        "state": row.state,
        "payment_count": row.payments - row.first_payment,
        "begun_at": shown("second", row.begun),
        "ended_at": None if row.ended is None else shown("second", row.ended),
        **{name: amount_text(getattr(row, name)) for name in amounts},
        **{name: getattr(row, name) for name in counts},
    }


def _parts(run: str) -> tuple[int, int]:
    """Payable and first payment of a run's name."""
    payable, _, place = run.removeprefix("R-").partition(".")
    return named(parse_payable, f"P-{payable}"), int(place) - 1


def _runs_where(opened: Reading, asked: RunFilters) -> Condition:
    states = as_asked(asked, "state")
    return AllOf((opened.sight.payments, *states, *on_payable(opened, asked)))


def _runs(_: Reading, rows: Rows, __: RunFilters) -> list[dict[str, Any]]:
    return [_run_json(row) for _, row in rows]


def _find(opened: Reading, run: str) -> RunRow:
    payable, first = _parts(run)
    own = (Is("payable", (payable,)), Is("first_payment", (first,)), opened.sight.payments)
    row: RunRow | None = find(opened.connection, "settlement_runs", AllOf(own))
    if row is None:
        raise ResourceUnknown()
    return row


def _lines_where(opened: Reading, asked: ProposalFilters) -> Condition:
    lines: Condition = Of("number", "settlement_payouts", "payout", EVERYTHING)
    if asked.run:
        lines = payouts_of(_find(opened, asked.run))
    found = [opened.sight.proposals, lines, *as_asked(asked, "payee")]
    if asked.state:
        found.append(Is("state", (PayoutState(asked.state),)))
    return AllOf((*found, *on_voucher(opened, asked)))


def _lines(opened: Reading, rows: Rows, _: ProposalFilters) -> list[dict[str, Any]]:
    service, subject = opened.context.service, opened.subject
    payouts: list[Payout] = [row for _, row in rows]
    payees = {one.payee for one in payouts if opened.sight.sees_accounts(one.bank)}
    who = Who(subject.participant, subject.actor, "payment proposal")
    accounts = accounts_of(service.directory, payees, who) if payees else {}
    found = []
    for one in payouts:
        account = accounts.get(one.payee)
        reference = end_to_end_id(service.deployment, one)
        returned = payment_reference(reference, is_return=True)
        found.append(
            {
                "payout": one.number,
                "voucher": shown("voucher", one.voucher),
                "payee": one.payee,
                "account_holder": account and account.holder,
                "account_number": account and account.number,
                "account_bank": account and account.bank,
                "account_branch": (account and account.branch) or None,
                "amount": amount_text(one.amount),
                "reference": reference,
                "payment_reference": "0x" + payment_reference(reference).hex(),
                "return_reference": "0x" + returned.hex(),
                "state": one.state.value,
                "returns": one.returns,
            }
        )
    return found


RUNS = Listing(
    name="settlement-runs",
    operation="SettlementRuns",
    view="settlement_runs",
    row=SettlementRun,
    filters=RunFilters,
    where=_runs_where,
    shown=_runs,
)
PROPOSALS = Listing(
    name="payment-proposals",
    operation="PaymentProposals",
    view="payouts",
    row=ProposedPayment,
    filters=ProposalFilters,
    where=_lines_where,
    shown=_lines,
)

add_lists(ROUTER, RUNS, PROPOSALS)


@ROUTER.get("/v1/settlement-runs/{run}", operation_id="readSettlementRun")
def read_settlement_run(request: Request, run: RunPath, subject: Reader) -> OneSettlementRun:
    """One settlement run, with what the bank has to pay out of it."""
    with reading(request, subject) as opened:
        row = _find(opened, run)
        totals = totals_of(opened.connection, row)
        proposal = Proposed(
            open_count=totals.open_count,
            open_amount=amount_text(totals.open_amount),
            confirmed_count=totals.confirmed_count,
            confirmed_amount=amount_text(totals.confirmed_amount),
            returned_count=totals.returned_count,
        )
        return OneSettlementRun(**_run_json(row), proposal=proposal, as_of=as_of(opened))
