"""What an import's signer signs, row by row: the root is computed here from the rows' own values.

The service says one root, a count and a sum. A service that lies could have put other payables
under them, so that each row is read from it, hashed into its leaf, and the tree compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from ledger.chain.trees import Tree
from ledger.cli.connection import Connection
from ledger.cli.screen import Screen
from ledger.model.commands import IssueBatch
from ledger.model.errors.base import LedgerError
from ledger.model.errors.client import AnswerFalse
from ledger.model.errors.input import InvalidField, MissingField, UnknownField
from ledger.model.figures import date_text, grouped_text
from ledger.model.heads import head
from ledger.model.parts import BatchIssue
from ledger.model.plain import struct_of

__all__ = ["leaves_shown", "tell_leaves"]

_ROWS_MAX: Final = 25_000
"""Rows that an import has at most; a service that lies has more of them."""

_TOLD_MAX: Final = 20
"""Suppliers of the summary, by falling sum; the others are one line."""


def leaves_shown(connection: Connection, path: str, command: IssueBatch) -> list[BatchIssue]:
    """The payables under a command, as the rows of its import show them.

    Raises `AnswerFalse` where they do not come to its root, its count or its sum.
    """
    rows = connection.client.rows(f"{path}/rows", _ROWS_MAX)
    try:
        leaves = list(_leaves(row for row in rows if row["state"] is not None))
    except (KeyError, TypeError, AttributeError, InvalidField, MissingField, UnknownField):
        raise AnswerFalse(what="root") from None
    if len(leaves) != command.count:
        raise AnswerFalse(what="count")
    if sum(one.face for one in leaves) != command.total:
        raise AnswerFalse(what="total")
    if Tree(leaves).root != command.root:
        raise AnswerFalse(what="root")
    return leaves


def tell_leaves(screen: Screen, connection: Connection, leaves: Sequence[BatchIssue]) -> None:
    """Show on standard error who is promised how much: by supplier the count, sum and days."""
    found: dict[int, list[BatchIssue]] = {}
    for one in leaves:
        found.setdefault(one.to, []).append(one)
    ranked = sorted(found.values(), key=lambda some: (-_sum(some), some[0].to))
    table = Table(box=None, pad_edge=True, padding=(0, 2, 0, 2))
    table.add_column(head("supplier", screen.language))
    table.add_column(screen.say("payables"), justify="right")
    table.add_column(screen.say("sum"), justify="right")
    table.add_column(screen.say("maturity"))
    table.add_column(head("settlement_bank", screen.language))
    for some in ranked[:_TOLD_MAX]:
        table.add_row(_named(connection, some[0].to), *_figures(some))
    if rest := [one for some in ranked[_TOLD_MAX:] for one in some]:
        others = screen.say("further_suppliers", count=len(ranked) - _TOLD_MAX)
        table.add_row(Text(others), *_figures(rest))
    screen.err.print(table)


# ---- private


def _leaves(rows: Iterable[Mapping[str, Any]]) -> Iterable[BatchIssue]:
    for place, row in enumerate(rows):
        invoices = [
            {name: one[name] for name in ("fingerprint", "total", "used")}
            for one in row["invoices"]
        ]
        said = {
            "index": place,
            "to": row["supplier"],
            "bank": row["settlement_bank"],
            "face": row["amount"],
            "maturity": row["maturity"],
            "evidence": row["evidence_commitment"],
            "invoices": invoices,
        }
        yield struct_of(BatchIssue, said)


def _figures(some: Sequence[BatchIssue]) -> tuple[str, str, str, str]:
    """Count, sum, the first and the last day, and the settlement banks."""
    days = sorted({one.maturity for one in some})
    span = " – ".join(date_text(one) for one in dict.fromkeys((days[0], days[-1])))
    banks = ", ".join(str(one) for one in sorted({one.bank for one in some}))
    return str(len(some)), grouped_text(_sum(some)), span, banks


def _sum(some: Sequence[BatchIssue]) -> int:
    return sum(one.face for one in some)


def _named(connection: Connection, participant: int) -> Text:
    """The name as the service tells it, a help to the reader: the number is what is signed."""
    from ledger.cli.client import Refused  # noqa: PLC0415

    try:
        name = connection.client.get(f"/v1/participants/{participant}")["name"]
    except (Refused, LedgerError, KeyError, TypeError):
        name = None
    return Text(f"{name} [{participant}]" if isinstance(name, str) and name else f"[{participant}]")
