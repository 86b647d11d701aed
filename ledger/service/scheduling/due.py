"""What has come due by the rows of the views: lapses, money that can be shared, what was proposed.

These are guesses, and a few too many; the contracts say which of them may be done.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.commands import command_of
from ledger.model.days import day_of_second
from ledger.model.states import PayableState
from ledger.service.intake.posted import Act
from ledger.service.scheduling.errands import Errand
from ledger.store import errands as rows
from ledger.store.cursor import Cursor
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, AllOf, Between, Is, Of, page, rows_of
from ledger.views.claim_rows import Payable

__all__ = ["DUE"]

_PAGE: Final = 1_000
_RULES_MAX: Final = 10_000
_COMPLETED_BY: Final = {
    "proposeRecovery": ("ProposeRecovery", "completeRecovery"),
    "proposeVersion": ("AddVersion", "completeVersion"),
}


def _lapses(connection: Connection, at: Cursor) -> Iterator[Errand]:
    """Payables that nobody has accepted in time: their line and their invoices become free."""
    today, after = day_of_second(at.second), 0
    rules = page(connection, "rules", EVERYTHING, most=_RULES_MAX)
    days = {number: one["offer_days"] for (number,), one in rules}
    frozen = {one.id for one in rows_of(connection, "participants", Is("is_frozen", (True,)))}
    while found := rows.offered_payables(connection, after, _PAGE):
        for one in found:
            ends = min(day_of_second(one.offered_at) + days.get(one.rules, 0), one.maturity)
            is_stopped = one.freezes or {one.obligor, one.offeree} & frozen
            if one.state is PayableState.OFFERED and (today >= ends or is_stopped):
                yield Errand(f"lapse {one.id}", _lapse(connection, one))
        after = found[-1].id


def _lapse(connection: Connection, payable: Payable) -> Act:
    invoices = rows.fingerprints_of(connection, payable.id) if payable.invoices else []
    return Act("lapse", (payable.id, invoices))


def _unapplied(connection: Connection, at: Cursor) -> Iterator[Errand]:
    """Attested money that came before maturity."""
    matured = AllOf(
        (Is("state", (PayableState.LIVE,)), Between("maturity", None, day_of_second(at.second)))
    )
    where = AllOf((Between("unapplied", 1), Of("payable", "payables", "id", matured)))
    for account in rows_of(connection, "accounts", where):
        key = f"apply {account.payable} {account.payments}"
        yield Errand(key, Act("applyUnapplied", (account.payable,)))


def _proposed(connection: Connection, at: Cursor) -> Iterator[Errand]:
    """New keys and new versions whose delay has passed."""
    effective = {one.digest: one.effective for one in rows_of(connection, "recoveries", EVERYTHING)}
    for proposal in rows.proposals(connection):
        name, verb = _COMPLETED_BY[proposal.verb]
        is_recovery = verb == "completeRecovery"
        if is_recovery and effective.get(proposal.digest, at.second + 1) > at.second:
            continue
        command = command_of(name, json.loads(proposal.command))
        yield Errand(f"{verb} {proposal.digest.hex()}", Act(verb, (command,)))


DUE: Final[Mapping[str, Callable[[Connection, Cursor], Iterator[Errand]]]] = MappingProxyType(
    {"lapses": _lapses, "unapplied": _unapplied, "proposed": _proposed}
)
"""Finds everything of a kind that seems due at a block."""
