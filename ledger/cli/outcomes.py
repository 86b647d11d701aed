"""The outcome of a book as tables that a treasurer reads."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ledger.cli.pictures import range_text
from ledger.cli.saved import SavedRun
from ledger.cli.screen import Screen
from ledger.model.errors.base import LedgerError
from ledger.model.figures import date_text, grouped_text, loan_name, payable_name, voucher_name
from ledger.model.glossary import term
from ledger.model.money import parse_amount
from ledger.model.rendering import name_text
from ledger.views import Projection

__all__ = ["OutcomeTables", "table_of"]

Refusals = Sequence[LedgerError | None]

_WIDE = 96
_Cell = TypeVar("_Cell")


def table_of(
    title: str, *columns: str, right: Sequence[int] = (), fixed: Sequence[int] = ()
) -> Table:
    """A plain table under its title; `right` are the columns of figures, `fixed` never wrap."""
    table = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        collapse_padding=True,
        header_style="dim",
    )
    for place, column in enumerate(columns):
        is_figure = place in right
        table.add_column(
            column,
            justify="right" if is_figure else "left",
            no_wrap=is_figure or place in fixed,
            overflow="fold",
        )
    return table


def _figures(amount: str) -> str:
    """A decimal string of an outcome with its thousands marked."""
    sign = "-" if amount.startswith("-") else ""
    return sign + grouped_text(parse_amount(amount.removeprefix("-")))


class OutcomeTables:
    """What a book has come to: its outcome object, explained by the views of the same run."""

    def __init__(self, screen: Screen, run: SavedRun, book: Mapping[str, Any]) -> None:
        self._screen = screen
        self._run = run
        self._book = book
        self._views: Projection = run.projection()
        self._names = run.names
        self._voucher_names = {number: name for name, number in run.vouchers.items()}

    def drawn(self, refusals: Refusals) -> Group:
        """Everything in reading order; tables without rows are left out."""
        parts: list[Table | Text] = [self._head(), self._cash()]
        parts += [self._claims(), self._payables(), self._loans(), self._vouchers()]
        parts.append(self._refused(refusals))
        blocked = self._run.outcome["blocked_issuers"]
        if blocked:
            names = self._screen.comma.join(self._party(one) for one in blocked)
            parts.append(Text(self._say("blocked", names=names), style="bold red"))
        parts.append(self._hint())
        shown = (part for part in parts if not isinstance(part, Table) or part.row_count)
        return Group(*(Padding(part, (0, 0, 1, 0), expand=False) for part in shown))

    # ---- private

    def _fitting(self, cells: list[_Cell]) -> list[_Cell]:
        """A row without its last cell where the terminal is narrow."""
        return cells if self._screen.out.width >= _WIDE else cells[:-1]

    def _say(self, key: str, **values: object) -> str:
        return self._screen.say(key, **values)

    def _party(self, name: str) -> str:
        """A party by the book's id, with its name where that says more."""
        known = self._run.parties.get(name, (0, name))[1]
        return name if known == name else f"{name} {known}"

    def _number(self, participant: int) -> str:
        return name_text(participant, self._screen.language, self._names)

    def _state(self, state: str) -> str:
        return term(f"state_{state}", self._screen.language)

    def _head(self) -> Text:
        steps = self._book["steps"]
        if not steps:
            return Text(f"{self._run.book}\n{self._say('no_steps')}")
        refused = len(self._run.outcome["refused"])
        line = self._say(
            "book_line",
            steps=len(steps),
            first=steps[0]["on"],
            last=steps[-1]["on"],
            done=len(steps) - refused,
            refused=refused,
        )
        return Text.assemble((self._run.book, "bold"), "\n", (line, "dim"))

    def _cash(self) -> Table:
        table = table_of(
            self._say("net_cash"),
            self._say("party"),
            self._say("roles"),
            self._say("net_cash"),
            right=(2,),
        )
        roles = {party["id"]: party["roles"] for party in self._book["parties"]}
        total = 0
        for name, amount in self._run.outcome["net_cash"].items():
            words = self._screen.comma.join(
                term(role, self._screen.language) for role in roles.get(name, ())
            )
            total += _fen(amount)
            table.add_row(self._party(name), words, _figures(amount))
        if table.row_count:
            table.add_section()
            table.add_row(self._say("sum"), "", grouped_text(total), style="dim")
        return table

    def _claims(self) -> Table:
        outcome = self._run.outcome
        table = table_of(
            self._say("open_claims"),
            self._say("holder"),
            self._say("open_principal"),
            self._say("late_interest"),
            right=(1, 2),
        )
        principal, late = outcome["open_principal"], outcome["accrued_late_interest"]
        for name in sorted({*principal, *late}):
            figures = (_figures(one.get(name, "0.00")) for one in (principal, late))
            table.add_row(self._party(name), *figures)
        if table.row_count > 1:
            sums = (grouped_text(sum(map(_fen, one.values()))) for one in (principal, late))
            table.add_section()
            table.add_row(self._say("sum"), *sums, style="dim")
        return table

    def _payables(self) -> Table:
        columns = ("payable", "obligor", "face", "maturity", "state", "paid", "redeemed")
        titles = self._fitting([self._say(key) for key in columns])
        table = table_of(self._say("payables"), *titles, right=(2, 5, 6), fixed=(3,))
        for name, entry in self._run.outcome["payables"].items():
            number = self._run.payables[name]
            row = self._views.state.payables[number]
            state = Text(self._state(entry["state"]))
            if entry["overdue"]:
                state.append(self._screen.comma + self._say("overdue"), style="bold red")
            cells: list[str | Text] = [
                f"{name} ({payable_name(number)})",
                self._number(row.obligor),
                grouped_text(row.face),
                date_text(row.maturity),
                state,
                _figures(entry["paid"]),
                grouped_text(row.redeemed),
            ]
            table.add_row(*self._fitting(cells))
        return table

    def _loans(self) -> Table:
        columns = ("loan", "borrower", "lender", "advance", "principal", "state")
        titles = [self._say(key) for key in columns]
        table = table_of(self._say("loans"), *titles, right=(3, 4))
        for name, entry in self._run.outcome["loans"].items():
            number = self._run.loans[name]
            row = self._views.state.loans[number]
            table.add_row(
                f"{name} ({loan_name(number)})",
                self._number(row.borrower),
                self._number(row.lender),
                grouped_text(row.advance),
                _figures(entry["principal"]),
                self._say("open" if entry["open"] else "closed"),
            )
        return table

    def _vouchers(self) -> Table:
        columns = ("voucher", "name", "range", "amount", "holder", "state", "depth")
        titles = self._fitting([self._say(key) for key in columns])
        table = table_of(self._say("vouchers"), *titles, right=(2, 3, 6), fixed=(0,))
        for entry in self._run.outcome["vouchers"]:
            start, end = entry["units"]
            number = self._voucher_at(entry["payable"], start)
            cells = [
                voucher_name(number),
                self._voucher_names.get(number, ""),
                range_text(start, end),
                grouped_text(end - start),
                self._number(self._run.parties[entry["holder"]][0]),
                self._state(entry["state"]),
                str(entry["depth"]),
            ]
            table.add_row(*self._fitting(cells))
        return table

    def _voucher_at(self, payable: str, start: int) -> int:
        rows = self._views.vouchers_of(self._run.payables[payable], second=self._run.second)
        return next((row.id for row in rows if row.start == start), 0)

    def _refused(self, refusals: Refusals) -> Table:
        columns = ("step", "date", "verb", "code", "reason")
        titles = [self._say(key) for key in columns]
        table = table_of(self._say("refusals"), *titles, right=(0,), fixed=(1, 2, 3))
        language = self._screen.language
        for entry, refusal in zip(self._run.outcome["refused"], refusals, strict=True):
            step = self._book["steps"][entry["step"]]
            reason = Text()
            if refusal is not None:
                reason.append(refusal.message(language, self._names))
                reason.append(f"\n{refusal.next_step(language, self._names)}", style="dim")
            code = Text(entry["code"], style="red")
            table.add_row(str(entry["step"]), step["on"], step["do"], code, reason)
        return table

    def _hint(self) -> Text:
        vouchers = self._run.outcome["vouchers"]
        if not vouchers:
            return Text()
        number = self._voucher_at(vouchers[0]["payable"], vouchers[0]["units"][0])
        voucher = self._voucher_names.get(number, voucher_name(number))
        hint = self._say("saved", name=vouchers[0]["payable"], voucher=voucher)
        return Text(hint, style="dim")


def _fen(amount: str) -> int:
    fen = parse_amount(amount.removeprefix("-"))
    return -fen if amount.startswith("-") else fen
