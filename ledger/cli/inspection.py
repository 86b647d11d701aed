"""`fenbook inspect`: a voucher or payable of a saved run, rebuilt from the run's events."""

import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from ledger.cli.lineages import LineageDrawing
from ledger.cli.options import JsonOption, LangOption, NoColorOption, RunOption
from ledger.cli.pictures import Bar, range_text
from ledger.cli.reports import lineage_to_json
from ledger.cli.saved import NotARun, SavedRun, last_run_path
from ledger.cli.screen import Screen
from ledger.model.errors.input import InvalidField
from ledger.model.figures import date_text, grouped_text, payable_name, voucher_name
from ledger.model.glossary import term
from ledger.model.ids import parse_payable, parse_voucher
from ledger.model.rendering import name_text
from ledger.views import Lineage, Projection, lineage_of
from ledger.views.lineage import pieces_of

__all__ = ["payable", "voucher"]

_NAMES_SHOWN = 12

VoucherName = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A voucher by its name in the book, or as V-1.2 账簿中的凭证名或 V-1.2.",
    ),
]
PayableName = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="A payable by its name in the book, or as P-1 账簿中的应付账款名或 P-1.",
    ),
]


def voucher(
    ctx: typer.Context,
    name: VoucherName,
    run: RunOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show a voucher: its lineage, its place in the payable, liens, payments and shares "
    "查看凭证."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    saved = _loaded(run, screen)
    views = saved.projection()
    known = {one: voucher_name(one) for one in views.state.vouchers}
    number = _number(name, (saved.vouchers, known, parse_voucher), screen, "unknown_voucher")
    lineage = lineage_of(views, voucher=number, second=saved.second)
    _print(_Inspection(screen, saved, views, lineage, number), is_json)


def payable(
    ctx: typer.Context,
    name: PayableName,
    run: RunOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Show a payable: who holds which range of it, and how each came there 查看应付账款."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    saved = _loaded(run, screen)
    views = saved.projection()
    known = {one: payable_name(one) for one in views.state.payables}
    number = _number(name, (saved.payables, known, parse_payable), screen, "unknown_payable")
    lineage = lineage_of(views, payable=number, second=saved.second)
    _print(_Inspection(screen, saved, views, lineage, 0), is_json)


# ---- private


def _loaded(path: Path | None, screen: Screen) -> SavedRun:
    source = path or last_run_path(os.environ)
    if path is None and not source.exists():
        screen.fail(screen.say("no_run", path=source), screen.say("run_first"))
    try:
        with screen.guarded():
            return SavedRun.load(source)
    except NotARun:
        return screen.fail(screen.say("bad_run", path=source), screen.say("run_first"))


def _number(
    name: str,
    known: tuple[Mapping[str, int], Mapping[int, str], Callable[[object], int]],
    screen: Screen,
    complaint: str,
) -> int:
    """The number of a name: the book's own first, then the ledger's."""
    names, numbers, parse = known
    if name in names:
        return names[name]
    try:
        number = parse(name)
    except InvalidField:
        number = 0
    if number in numbers:
        return number
    everything = [*names, *(one for one in numbers.values() if one not in names)]
    near = get_close_matches(name, everything, n=5, cutoff=0.5)
    key, shown = ("near", near) if near else ("known", everything[:_NAMES_SHOWN])
    more = ", …" if not near and len(everything) > _NAMES_SHOWN else ""
    return screen.fail(
        screen.say(complaint, name=name), screen.say(key, names=", ".join(shown) + more)
    )


def _print(found: "_Inspection", is_json: bool) -> None:
    if is_json:
        found.screen.print_json(lineage_to_json(found.lineage, found.views, found.saved.names))
    else:
        found.screen.out.print(found.drawn())


class _Inspection:
    """One lineage and everything that is shown with it."""

    def __init__(
        self,
        screen: Screen,
        saved: SavedRun,
        views: Projection,
        lineage: Lineage,
        chosen: int,
    ) -> None:
        self.screen, self.saved, self.views, self.lineage = screen, saved, views, lineage
        self._chosen = chosen
        self._labels = {number: name for name, number in saved.vouchers.items()}
        self._drawing = LineageDrawing(screen, views, lineage, saved.names, self._labels)

    def drawn(self) -> Group:
        """The summary, the ranges, the lineage, the liens and the payments."""
        say = self.screen.say
        pieces = pieces_of(self.views, self.lineage.payable.id, second=self.saved.second)
        bar = Bar(pieces, self.saved.names, chosen=self._chosen, labels=self._labels)
        liens = self._drawing.liens() or [Text(say("no_liens"), style="dim")]
        payments: list[RenderableType] = [*self._drawing.payments()]
        shares = self._drawing.shares()
        if shares.row_count:
            payments.append(shares)
        sections: list[tuple[str, list[RenderableType]]] = [
            ("ranges", [bar.drawn(self.screen)]),
            ("lineage", [self._drawing.tree()]),
            ("liens", [*liens]),
            ("payments", payments or [Text(say("no_payments"), style="dim")]),
        ]
        parts: list[RenderableType] = [self._title()]
        for key, content in sections:
            parts += [Text(), Text(say(key), style="bold")]
            parts += [Padding(one, (0, 0, 0, 2), expand=False) for one in content]
        return Group(*parts)

    def _title(self) -> Text:
        payable = self.lineage.payable
        names = {number: name for name, number in self.saved.payables.items()}
        heading = f"{payable_name(payable.id)} {names.get(payable.id, '')}".strip()
        lines = [
            self.screen.say(
                "summary_payable",
                obligor=self._name(payable.obligor),
                face=grouped_text(payable.face),
                maturity=date_text(payable.maturity),
                state=self._payable_state(),
            ),
            self.screen.say(
                "summary_tally",
                paid=grouped_text(payable.paid),
                redeemed=grouped_text(payable.redeemed),
                live=grouped_text(payable.live),
            ),
        ]
        if self._chosen:
            lines = [self._voucher_line(), f"{heading}: {lines[0]}"]
            heading = self._drawing.voucher_text(self._chosen)
        return Text.assemble((heading, "bold"), "\n", "\n".join(lines))

    def _voucher_line(self) -> str:
        row = self.views.voucher(self._chosen, second=self.saved.second)
        return self.screen.say(
            "summary_voucher",
            holder=self._name(row.holder),
            amount=grouped_text(row.amount),
            payable=payable_name(row.payable),
            range=range_text(row.start, row.end),
            depth=row.depth,
            obligor=self._name(self.lineage.payable.obligor),
            state=term(f"state_{row.state.name.lower()}", self.screen.language),
        )

    def _payable_state(self) -> str:
        payable = self.lineage.payable
        state = term(f"state_{payable.state.name.lower()}", self.screen.language)
        is_overdue = self.views.is_overdue(payable.id, second=self.saved.second)
        return state + self.screen.comma + self.screen.say("overdue") if is_overdue else state

    def _name(self, participant: int) -> str:
        return name_text(participant, self.screen.language, self.saved.names)
