"""Conditions that several lists share: by dates, invoices, references, names."""

from collections.abc import Callable, Sequence
from typing import Final

from api.lists import Reading
from ledger.model.days import parse_day
from ledger.model.errors import InvalidField, ResourceUnknown
from ledger.model.ids import parse_payable, parse_voucher
from ledger.model.states import VoucherState
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
    find,
    rows_of,
)
from ledger.store.slices import sliced
from ledger.views.claim_rows import Payable

__all__ = [
    "by_external_reference",
    "by_invoice",
    "named",
    "of_payable",
    "of_voucher",
    "still_seen",
    "within",
]

_ANSWERED: Final = tuple(one for one in VoucherState if one is not VoucherState.OFFERED)


def within(column: str, first: str | None, last: str | None) -> Condition:
    """A day within dates, both included; raises `InvalidField` for a date that is none."""
    return Between(
        column,
        None if first is None else parse_day(first, field=f"{column}_from"),
        None if last is None else parse_day(last, field=f"{column}_to"),
    )


def by_invoice(opened: Reading, fingerprint: str) -> Condition:
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
    to_it = Is("counterparty", (sight.own,))
    lasting = AnyOf((Is("holder", (sight.own,)), AllOf((to_it, Is("state", _ANSWERED)))))
    where = AllOf((Is("id", tuple(doubtful)), Has("id", lasting)))
    doubtful -= {one.id for one in rows_of(connection, "payables", where)}
    on_those = PayableIn("id", Is("id", tuple(doubtful)))
    offers = AllOf((on_those, to_it, Is("state", (VoucherState.OFFERED,))))
    offered = list(rows_of(connection, "vouchers", offers))
    made = sliced(connection, offered, opened.at.second)
    doubtful -= {one.payable for one in offered if made.voucher(one.id).counterparty == sight.own}
    return [one for one in payables if one.id not in doubtful]


def _sees_issue(opened: Reading, one: Payable) -> bool:
    return opened.sight.sees_issue(one.obligor, one.offeree, one.bank)


def by_external_reference(opened: Reading, reference: str) -> Condition:
    """Payables issued under somebody's own reference; of others' references nobody learns."""
    own = AllOf((Is("external_reference", (reference,)), opened.sight.own_operations))
    posted = Of("digest", "operations", "digest", own)
    directory = opened.context.service.directory
    if directory is None:
        return posted
    # Those of an import stand sealed beside its rows, and are found by their owner alone.
    claims = directory.references_claimed(opened.sight.own, (reference,)).values()
    return AnyOf((posted, Is("id", tuple(one.payable for one in claims if one.payable))))


def of_payable(column: str, payable: str) -> Condition:
    """A column that names a voucher of a payable."""
    number = parse_payable(payable)
    return Between(column, number << 32, (number << 32) | 0xFFFFFFFF)


def of_voucher(column: str, voucher: str) -> Condition:
    """A column that names a voucher."""
    return Is(column, (parse_voucher(voucher),))


def named(parse: Callable[[object], int], text: str) -> int:
    """The number of a name in an address; one that cannot be is like one that is not."""
    try:
        return parse(text)
    except InvalidField:
        raise ResourceUnknown() from None
