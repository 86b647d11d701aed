"""What books are made of: acceptances and refusals by verb, and the situations they reach."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.oracle.book import Oracle
from tests.oracle.payable import Payable

__all__ = ["SITUATIONS", "Stats"]

SITUATIONS = (
    "root lapsed",
    "part lapsed",
    "part payment",
    "third payment",
    "payment of late interest only",
    "late interest carried",
    "cured after overdue",
    "overdue at the end",
    "redeemed in several pieces",
    "redeemed whole",
    "release",
    "loan paid by settlement",
    "loan left open by settlement",
    "loan reached twice",
    "repaid after settlement",
    "share of the cost",
    "recourse",
    "recourse twice",
    "invoice used again",
)


@dataclass(slots=True)
class Stats:
    """Counts over the books added."""

    books: int = 0
    steps: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)
    payables: int = 0
    matured: int = 0

    @property
    def accepted_share(self) -> float:
        """The part of all steps that was accepted."""
        return self.accepted.total() / max(self.steps, 1)

    def add(self, book: dict[str, Any]) -> None:
        """Run a book and count."""
        oracle = Oracle(book)
        for index, step in enumerate(book["steps"]):
            before = {name: voucher.state for name, voucher in oracle.vouchers.items()}
            states = {name: payable.state for name, payable in oracle.payables.items()}
            code = oracle.step(index)
            self.steps += 1
            if code is None:
                self.accepted[step["do"]] += 1
                self._count_step(oracle, step)
            else:
                self.refused[step["do"], code] += 1
            self._count_lapses(oracle, step, before=before, states=states)
        self.books += 1
        self._count_end(oracle)

    def _count_lapses(
        self,
        oracle: Oracle,
        step: dict[str, Any],
        *,
        before: dict[str, str],
        states: dict[str, str],
    ) -> None:
        if step["do"] in ("accept", "decline"):
            return
        for name, state in before.items():
            voucher = oracle.vouchers.get(name)
            if state == "offered" and voucher is not None and voucher.state != "offered":
                is_root = states[voucher.payable.name] == "offered"
                self.situations["root lapsed" if is_root else "part lapsed"] += 1

    def _count_step(self, oracle: Oracle, step: dict[str, Any]) -> None:
        verb, count = step["do"], self.situations
        if verb == "pay":
            payable = oracle.payables[step["payable"]]
            self._count_payment(oracle, payable)
        elif verb == "recourse":
            count["recourse"] += 1
            count["recourse twice"] += oracle.vouchers[step["voucher"]].recourse is not None
        elif verb == "repay":
            loan = oracle.loans[step["id"]]
            count["release"] += loan.is_open and step.get("release", "0.00") != "0.00"
            count["repaid after settlement"] += loan.voucher.state == "closed"
        elif verb == "sell":
            count["share of the cost"] += float(step.get("obligor_share", "0")) > 0
        elif verb == "issue":
            uses = oracle.payables[step["payable"]].invoice_uses
            used = oracle.state.invoices.used
            count["invoice used again"] += any(used[key] > use for key, use in uses)

    def _count_payment(self, oracle: Oracle, payable: Payable) -> None:
        count = self.situations
        count["part payment"] += payable.owed > 0
        count["third payment"] += len(payable.payments) == 3
        count["late interest carried"] += payable.late_carried > 0
        is_late_only = payable.late_paid > 0 and not payable.payments
        count["payment of late interest only"] += is_late_only
        is_late = oracle.state.today > payable.maturity
        count["cured after overdue"] += is_late and payable.owed == 0
        for loan in oracle.loans.values():
            if loan.voucher.payable is payable and loan.interest_from == oracle.state.today:
                count["loan paid by settlement"] += not loan.is_open
                count["loan left open by settlement"] += loan.is_open and payable.owed == 0
                count["loan reached twice"] += loan.is_open and len(payable.payments) > 1

    def _count_end(self, oracle: Oracle) -> None:
        for payable in oracle.payables.values():
            if payable.state == "cancelled":
                continue
            self.payables += 1
            is_whole = payable.state == "settled" and not payable.payments
            self.matured += oracle.state.today >= payable.maturity
            self.situations["redeemed whole"] += is_whole
            self.situations["redeemed in several pieces"] += len(payable.redeemed) > 1
            self.situations["overdue at the end"] += payable.is_overdue(oracle.state.today)

    def lines(self) -> list[str]:
        """The counts as lines of text."""
        verbs = sorted({*self.accepted, *(verb for verb, _ in self.refused)})
        lines = [f"{self.books} books, {self.steps} steps, {self.accepted_share:.1%} accepted"]
        lines.append(f"{self.payables} payables accepted or offered, {self.matured} matured")
        for verb in verbs:
            codes = {code: n for (other, code), n in sorted(self.refused.items()) if other == verb}
            lines.append(f"{verb}: {self.accepted[verb]} accepted, {sum(codes.values())} refused")
            lines += [f"    {code} {count}" for code, count in codes.items()]
        totals: Counter[str] = Counter()
        for (_, code), count in self.refused.items():
            totals[code] += count
        lines += ["refusals by code:", *(f"    {code} {n}" for code, n in sorted(totals.items()))]
        return [*lines, "situations:", *(f"    {s} {self.situations[s]}" for s in SITUATIONS)]
