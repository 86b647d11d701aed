"""Vouchers: ranges of payables, with what lies on them."""

from typing import Annotated, Any, Literal

from fastapi import Path, Request
from pydantic import Field

from api import shapes
from api.asking import Reader
from api.commands import add_verbs
from api.finding import OnPayable, as_asked, named, on_voucher, whether_overdue
from api.lists import Listing, Reading, Rows, add_lists, as_of, reading
from api.loans import Loan, loan_json
from api.meanings import picked, shown
from api.router import router
from api.shapes import AsOf, Shape
from ledger.model.errors import ResourceUnknown
from ledger.model.ids import parse_voucher
from ledger.model.states import VoucherState
from ledger.store.lists import AllOf, AnyOf, Condition, Is, PayableInEach, find
from ledger.store.slices import add_payments, sliced, whole
from ledger.views.claim_rows import Voucher as Row
from ledger.views.projection import Projection

__all__ = ["ROUTER", "VoucherPath", "is_seen"]

ROUTER = router("vouchers")

VoucherStateName = Literal["offered", "held", "pledged", "closed"]
VoucherPath = Annotated[str, Path(pattern=shapes.VOUCHER, max_length=24, examples=["V-1.1"])]


class Voucher(Shape):
    """A voucher as it stands at the block: an offer that has ended counts as ended."""

    id: shapes.VoucherName
    payable: shapes.PayableName
    obligor: shapes.ParticipantNumber
    start: shapes.Position
    end: shapes.Position
    amount: shapes.AmountOut = Field(description="All units of the range, paid ones too.")
    principal_left: shapes.AmountOut = Field(
        description="Principal of the range that the obligor has not paid. What it has paid is "
        "not in it, whether it was distributed already or not; of a closed voucher nothing is."
    )
    holder: shapes.ParticipantNumber
    counterparty: shapes.ParticipantNumber | None = Field(
        description="To whom it is offered or pledged."
    )
    state: VoucherStateName
    is_frozen: bool
    is_with_recourse: bool
    is_cost_shared: bool
    depth: int = Field(ge=0, description="Hops from the obligor.")
    maturity: shapes.BusinessDate
    due: shapes.BusinessDate
    is_overdue: bool
    offered_at: shapes.Moment | None


class OneVoucher(Voucher):
    """A voucher at a block, with what lies on it."""

    payments_received: int = Field(ge=0, description="Payments already distributed to it.")
    payments_made: int = Field(ge=0, description="Payments on its payable.")
    loan: Loan | None = Field(description="The loan that it secures or last secured.")
    as_of: AsOf


class VoucherFilters(OnPayable):
    """Which vouchers."""

    state: VoucherStateName | None = None
    holder: shapes.ParticipantNumber | None = None
    counterparty: shapes.ParticipantNumber | None = None
    overdue: bool | None = None


def _where(opened: Reading, asked: VoucherFilters) -> Condition:
    found = [opened.sight.vouchers, *as_asked(asked, "holder", "counterparty")]
    if asked.state in ("pledged", "closed"):
        found.append(Is("state", (VoucherState[asked.state.upper()],)))
    elif asked.state:
        # An offer that ended by itself is still written as offered.
        found.append(Is("state", (VoucherState.OFFERED, VoucherState.HELD)))
    if asked.overdue is not None:
        found.append(_whether_overdue(opened.day, asked.overdue))
    return AllOf((*found, *on_voucher(opened, asked, "id")))


def _whether_overdue(day: int, asked: bool) -> Condition:
    """A closed voucher is never overdue, whatever its payable is."""
    on_such = PayableInEach("id", whether_overdue(day, asked))
    closed = Is("state", (VoucherState.CLOSED,))
    if not asked:
        return AnyOf((closed, on_such))
    is_open = Is("state", tuple(one for one in VoucherState if one is not VoucherState.CLOSED))
    return AllOf((is_open, on_such))


def voucher_json(opened: Reading, made: Projection, row: Row) -> dict[str, Any]:
    """A voucher as it stands."""
    payable = made.state.payables[row.payable]
    return {
        "id": shown("voucher", row.id),
        "payable": shown("payable", row.payable),
        "obligor": payable.obligor,
        "holder": row.holder,
        "counterparty": row.counterparty or None,
        "state": row.state.name.lower(),
        "is_frozen": made.is_frozen(row.id),
        "is_with_recourse": bool(row.recourse),
        "is_cost_shared": row.is_cost_shared,
        "depth": row.depth,
        "is_overdue": payable.is_overdue(opened.day) and row.state is not VoucherState.CLOSED,
        "principal_left": shown("principal_left", made.principal_left(row.id)),
        **picked(row, "start", "end", "amount", "offered_at"),
        **picked(payable, "maturity", "due"),
    }


def is_seen(opened: Reading, row: Row) -> bool:
    """Whether it is still this reader's: an offer that has ended is not."""
    return opened.sight.sees_all or opened.sight.own in (row.holder, row.counterparty)


def _seen(opened: Reading, rows: Rows, _: VoucherFilters) -> Rows:
    offered = [row for _, row in rows if row.state is VoucherState.OFFERED]
    if not offered:
        return rows  # nothing else ends by itself
    made = sliced(opened.connection, offered, opened.at.second)
    gone = {row.id for row in offered if not is_seen(opened, made.voucher(row.id))}
    return [(key, row) for key, row in rows if row.id not in gone]


def _shown(opened: Reading, rows: Rows, asked: VoucherFilters) -> list[dict[str, Any]]:
    made = sliced(opened.connection, (row for _, row in rows), opened.at.second)
    add_payments(opened.connection, made)
    now = [made.voucher(row.id) for _, row in rows]
    return [
        voucher_json(opened, made, row)
        for row in now
        if asked.state in (None, row.state.name.lower())
    ]


VOUCHERS = Listing(
    name="vouchers",
    operation="Vouchers",
    view="vouchers",
    row=Voucher,
    filters=VoucherFilters,
    where=_where,
    shown=_shown,
    seen=_seen,
)

add_lists(ROUTER, VOUCHERS)


def _one(opened: Reading, name: str) -> tuple[Projection, Row]:
    """A voucher with everything on its payable; raises `ResourceUnknown`."""
    number = named(parse_voucher, name)
    found = find(opened.connection, "vouchers", Is("id", (number,)))
    if found is None:
        raise ResourceUnknown()
    made = whole(opened.connection, found.payable, opened.at.second)
    row = made.voucher(number)
    if not is_seen(opened, row):
        raise ResourceUnknown()
    return made, row


@ROUTER.get("/v1/vouchers/{voucher}", operation_id="readVoucher")
def read_voucher(request: Request, voucher: VoucherPath, subject: Reader) -> OneVoucher:
    """One voucher, with the loan on it and what payments have brought it."""
    with reading(request, subject) as opened:
        made, row = _one(opened, voucher)
        state = made.state
        loan = state.loans.get(state.loan_on.get(row.id, 0))
        return OneVoucher(
            **voucher_json(opened, made, row),
            payments_received=row.settled,
            payments_made=len(state.payments.get(row.payable, ())),
            loan=None if loan is None else Loan(**loan_json(loan)),
            as_of=as_of(opened),
        )


add_verbs(
    ROUTER,
    "TransferVoucher",
    "AcceptVoucher",
    "DeclineVoucher",
    "WithdrawOffer",
    "JoinVouchers",
    "SellVoucher",
    "RedeemVoucher",
    "RecourseVoucher",
    "PledgeVoucher",
)
