"""Filters that several lists share: by parties, and by the payables that their rows lie on."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pydantic import Field

from api import shapes
from api.lists import Filters, Reading, Rows
from api.need_to_know import Sight
from ledger.model.days import parse_day
from ledger.model.errors import InvalidField, ResourceUnknown
from ledger.model.ids import parse_payable, parse_voucher, vouchers_of
from ledger.model.references import reference_key
from ledger.model.states import PayableState, VoucherState
from ledger.service.financing.states import QuoteStanding, RequestStanding
from ledger.store.lists import (
    NOTHING,
    AllOf,
    AnyOf,
    Between,
    Condition,
    Has,
    Is,
    Of,
    PayableIn,
    PayableInEach,
    find,
    rows_of,
)
from ledger.store.slices import sliced
from ledger.views.claim_rows import Payable
from ledger.views.party_rows import Participant

__all__ = [
    "OfPayables",
    "OnPayable",
    "OnVoucher",
    "as_asked",
    "in_state",
    "named",
    "of_payables",
    "on_payable",
    "on_voucher",
    "posted_under",
    "seen_of",
    "sees_payable",
    "sees_voucher",
    "still_known",
    "still_seen",
    "under_reference",
    "whether_overdue",
    "within",
    "within_days",
]

_ANSWERED: Final = tuple(one for one in VoucherState if one is not VoucherState.OFFERED)


class OfPayables(Filters):
    """Which payables."""

    obligor: shapes.ParticipantNumber | None = None
    maturity_from: shapes.BusinessDate | None = None
    maturity_to: shapes.BusinessDate | None = None
    invoice: shapes.Hash | None = Field(default=None, description="An invoice's fingerprint.")
    external_reference: shapes.Reference | None = None

    @property
    def is_of_some(self) -> bool:
        """Whether not every payable is asked for."""
        return any(getattr(self, name) is not None for name in OfPayables.model_fields)


class OnPayable(OfPayables):
    """On which payables."""

    payable: shapes.PayableName | None = None


class OnVoucher(OnPayable):
    """On which payables or voucher."""

    voucher: shapes.VoucherName | None = None


def as_asked(asked: Filters, *names: str) -> list[Condition]:
    """Columns that have what is asked for under their names."""
    return [Is(one, (value,)) for one in names if (value := getattr(asked, one)) is not None]


def within(column: str, first: str | None, last: str | None) -> Condition:
    """A day within dates, both included.

    Raises `InvalidField` for a date that is none, or a range that ends before it begins.
    """
    return Between(column, *within_days(column, first, last))


def within_days(name: str, first: str | None, last: str | None) -> tuple[int | None, int | None]:
    """The days of a range; raises the same."""
    low = None if first is None else parse_day(first, field=f"{name}_from")
    high = None if last is None else parse_day(last, field=f"{name}_to")
    if low is not None and high is not None and high < low:
        raise InvalidField(field=f"{name}_to", value=last, expected="date_order")
    return low, high


def whether_overdue(day: int, asked: bool) -> Condition:
    """Payables that are live past their due day; or all others."""
    late = Between("due", None, day - 1)
    if asked:
        return AllOf((Is("state", (PayableState.LIVE,)), late))
    ended = tuple(one for one in PayableState if one is not PayableState.LIVE)
    return AnyOf((Is("state", ended), Between("due", day)))


def of_payables(opened: Reading, asked: OfPayables) -> list[Condition]:
    """What payables must be like; nobody learns by it what it may not see of them."""
    found = as_asked(asked, "obligor")
    if asked.maturity_from or asked.maturity_to:
        found.append(within("maturity", asked.maturity_from, asked.maturity_to))
    if asked.invoice:
        found.append(_by_invoice(opened, asked.invoice))
    if asked.external_reference:
        found.append(under_reference(opened, asked.external_reference))
    return found


def on_payable(opened: Reading, asked: OnPayable) -> list[Condition]:
    """Rows that name their payable."""
    found = [Is("payable", (parse_payable(asked.payable),))] if asked.payable else []
    if payables := of_payables(opened, asked):
        return [*found, Of("payable", "payables", "id", AllOf(tuple(payables)))]
    return [*found]


def on_voucher(opened: Reading, asked: OnPayable, column: str = "voucher") -> list[Condition]:
    """Rows whose column names their voucher."""
    found: list[Condition] = []
    if asked.payable:
        found.append(Between(column, *vouchers_of(parse_payable(asked.payable))))
    if isinstance(asked, OnVoucher) and asked.voucher:
        found.append(Is(column, (parse_voucher(asked.voucher),)))
    if payables := of_payables(opened, asked):
        found.append(PayableInEach(column, AllOf(tuple(payables))))
    return found


def _by_invoice(opened: Reading, fingerprint: str) -> Condition:
    """Payables that an invoice backs, where their invoices are this reader's to know."""
    asked = Is("fingerprint", (bytes.fromhex(fingerprint[2:]),))
    found = find(opened.connection, "invoices", asked)
    if found is None:
        return NOTHING
    backed = Is("id", tuple(payable for payable, _ in found.uses))
    return AllOf((backed, opened.sight.issues))


def still_seen(opened: Reading, payables: Sequence[Payable]) -> list[Payable]:
    """Payables without those that are a reader's only by an offer that has ended by itself."""
    sight, connection = opened.sight, opened.connection
    doubtful = {one.id for one in payables if not _sees_issue(opened, one)}
    if not doubtful:
        return list(payables)
    where = AllOf((Is("id", tuple(doubtful)), Has("id", _lasting(sight))))
    doubtful -= {one.id for one in rows_of(connection, "payables", where)}
    on_those = PayableIn("id", Is("id", tuple(doubtful)))
    offers = AllOf((on_those, _to_it(sight), Is("state", (VoucherState.OFFERED,))))
    offered = list(rows_of(connection, "vouchers", offers))
    made = sliced(connection, offered, opened.at.second)
    doubtful -= {one.payable for one in offered if made.voucher(one.id).counterparty == sight.own}
    return [one for one in payables if one.id not in doubtful]


def in_state(
    opened: Reading,
    rows: Rows,
    state: str | None,
    standings: Callable[[Reading, Rows], Sequence[QuoteStanding | RequestStanding]],
) -> Rows:
    """Those in the state that is asked for, which no row has."""
    if state is None:
        return rows
    found = {one.row.id for one in standings(opened, rows) if one.state.value == state}
    return [(key, row) for key, row in rows if row.id in found]


def seen_of(opened: Reading, ids: Iterable[int | None]) -> set[int]:
    """Which of some payables, by their numbers, are still a reader's."""
    where = Is("id", tuple({one for one in ids if one}))
    return {
        one.id for one in still_seen(opened, list(rows_of(opened.connection, "payables", where)))
    }


def sees_payable(opened: Reading, payable: int) -> bool:
    """Whether a payable is there, and this reader's to see."""
    where = AllOf((Is("id", (payable,)), opened.sight.payables))
    return bool(still_seen(opened, list(rows_of(opened.connection, "payables", where))))


def sees_voucher(opened: Reading, voucher: int) -> bool:
    """The same of a voucher: an offer that has ended is its offeree's no more."""
    row = find(opened.connection, "vouchers", AllOf((Is("id", (voucher,)), opened.sight.vouchers)))
    if row is None or opened.sight.sees_all:
        return row is not None
    now = sliced(opened.connection, [row], opened.at.second).voucher(voucher)
    return opened.sight.own in (now.holder, now.counterparty)


def still_known(opened: Reading, participants: Sequence[Participant]) -> list[Participant]:
    """Participants without obligors that are known only by an offer that has ended by itself."""
    sight, connection = opened.sight, opened.connection
    ids = Is("id", tuple(one.id for one in participants))
    owing = Of("id", "payables", "obligor", AnyOf((sight.issues, Has("id", _lasting(sight)))))
    where = AllOf((ids, AnyOf((sight.partners, owing))))
    known = {one.id for one in rows_of(connection, "participants", where)}
    doubtful = tuple(one.id for one in participants if one.id not in known)
    if doubtful:
        owed = AllOf((Is("obligor", doubtful), sight.payables))
        seen = still_seen(opened, list(rows_of(connection, "payables", owed)))
        known |= {one.obligor for one in seen}
    return [one for one in participants if one.id in known]


def _to_it(sight: Sight) -> Condition:
    return Is("counterparty", (sight.own,))


def _lasting(sight: Sight) -> Condition:
    """Vouchers that are a reader's whatever time does: held, or pledged to it."""
    answered = AllOf((_to_it(sight), Is("state", _ANSWERED)))
    return AnyOf((Is("holder", (sight.own,)), answered))


def _sees_issue(opened: Reading, one: Payable) -> bool:
    return opened.sight.sees_issue(one.obligor, one.offeree, one.bank)


def posted_under(opened: Reading, reference: str) -> Condition:
    """Operations that somebody posted under a reference of its own, however it is spelled."""
    return AllOf((Is("reference_key", (reference_key(reference),)), opened.sight.own_operations))


def under_reference(opened: Reading, reference: str) -> Condition:
    """Payables issued under somebody's own reference; of others' references nobody learns."""
    posted = Of("digest", "operations", "digest", posted_under(opened, reference))
    directory = opened.context.service.directory
    if directory is None:
        return posted
    # Those of an import stand sealed beside its rows, and are found by their owner alone.
    own_claims = directory.references_claimed(
        opened.sight.own, (reference,), within=opened.connection
    )
    issued = tuple(one.payable for one in own_claims.values() if one.payable)
    return AnyOf((posted, Is("id", issued)))


def named(parse: Callable[[object], int], text: str) -> int:
    """The number of a name in an address; one that cannot be is like one that is not."""
    try:
        return parse(text)
    except InvalidField:
        raise ResourceUnknown() from None
