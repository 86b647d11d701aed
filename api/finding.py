"""Conditions that several lists share: by dates, invoices, references, names."""

from collections.abc import Callable

from api.lists import Reading
from ledger.model.days import parse_day
from ledger.model.errors import InvalidField, ResourceUnknown
from ledger.model.ids import parse_payable, parse_voucher
from ledger.store.lists import NOTHING, AllOf, Between, Condition, Is, Of, find

__all__ = ["by_external_reference", "by_invoice", "named", "of_payable", "of_voucher", "within"]


def within(column: str, first: str | None, last: str | None) -> Condition:
    """A day within dates, both included; raises `InvalidField` for a date that is none."""
    return Between(
        column,
        None if first is None else parse_day(first, field=f"{column}_from"),
        None if last is None else parse_day(last, field=f"{column}_to"),
    )


def by_invoice(opened: Reading, fingerprint: str) -> Condition:
    """Payables that an invoice backs."""
    asked = Is("fingerprint", (bytes.fromhex(fingerprint[2:]),))
    found = find(opened.connection, "invoices", asked)
    return NOTHING if found is None else Is("id", tuple(payable for payable, _ in found.uses))


def by_external_reference(opened: Reading, reference: str) -> Condition:
    """Payables issued under somebody's own reference; of others' references nobody learns."""
    own = AllOf((Is("external_reference", (reference,)), opened.sight.own_operations))
    return Of("digest", "operations", "digest", own)


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
