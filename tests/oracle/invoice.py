"""Invoices: one number backs at most its total, over all payables."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.money import amount
from tests.oracle.refusal import Refused

__all__ = ["InvoiceRegister", "invoice_key"]

_BLANKS_AND_HYPHENS = re.compile(r"[\s\-\u2010\u2011]")


def invoice_key(number: str) -> str:
    """The identity of an invoice: its number however it is spelled."""
    upper = unicodedata.normalize("NFKC", number).upper()
    return _BLANKS_AND_HYPHENS.sub("", upper).lstrip("0")


@dataclass(slots=True)
class InvoiceRegister:
    """Totals fixed by the first use, and how much of each is used."""

    totals: dict[str, int] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)

    def use(self, face: int, invoices: list[dict[str, Any]]) -> list[tuple[str, int]]:
        """Use all invoices of one issue, or refuse and use none; return the uses."""
        totals, used = dict(self.totals), dict(self.used)
        uses = []
        for invoice in invoices:
            key, use = invoice_key(invoice["number"]), amount(invoice["use"])
            total = amount(invoice["total"])
            if totals.setdefault(key, total) != total:
                raise Refused("InvoiceMismatch")
            used[key] = used.get(key, 0) + use
            if used[key] > total:
                raise Refused("InvoiceOverused")
            uses.append((key, use))
        if invoices and sum(use for _, use in uses) < face:
            raise Refused("InvoiceShort")
        self.totals, self.used = totals, used
        return uses

    def free(self, uses: list[tuple[str, int]]) -> None:
        """Give back what a cancelled payable used; a total once fixed stays."""
        for key, use in uses:
            self.used[key] -= use
