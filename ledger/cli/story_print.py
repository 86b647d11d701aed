"""The demonstration on a terminal: who signed what, what the ranges look like, who can do what."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from ledger.cli.lines import wrapped
from ledger.cli.outcomes import table_of
from ledger.cli.pictures import Bar, range_text
from ledger.cli.screen import Screen
from ledger.cli.stage import CAST, FACE, LOAN, Act, Stage, Step
from ledger.cli.story import PART, PASSED, PAYABLE
from ledger.cli.story_report import Reconciliation, checks_of
from ledger.cli.story_words import money, names_of, tell
from ledger.model.commands import PledgeQuote
from ledger.model.errors.base import LedgerError
from ledger.model.figures import date_text, loan_name, payable_name, voucher_name
from ledger.model.glossary import term
from ledger.model.sentences import sentence
from ledger.model.signing import check_code
from ledger.model.states import Duty
from ledger.views import Projection
from ledger.views.lineage import pieces_of

__all__ = ["StoryPrinter"]

_INDENT = 2


class StoryPrinter:
    """Prints the story step by step."""

    def __init__(self, screen: Screen, stage: Stage) -> None:
        self._screen = screen
        self._stage = stage
        self._names = names_of(screen.language)

    def open(self) -> None:
        """The title and the cast."""
        self._print(Text(self._tell("title"), style="bold"), indent=0)
        count = len(self._stage.ledger.deployment.addresses)
        subtitle = self._tell("subtitle", contracts=count, parties=len(CAST))
        self._print(Text(subtitle, style="dim"), indent=0)
        self._screen.out.print()
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        line = self._money(self._stage.views().state.exposures[self._stage["core"].id].limit)
        for name, number in zip(CAST, self._names, strict=True):
            table.add_row(
                Text(self._names[number], style="bold"),
                self._tell(f"cast_{name}", line=line),
            )
        self._print(table)

    def show(self, step: Step) -> None:
        """One step."""
        title = self._tell(f"step_{step.number}")
        heading = Text.assemble(
            (str(step.number), "bold cyan"), f"  {date_text(step.day)}  ", (title, "bold")
        )
        self._screen.out.print()
        self._screen.out.print(Rule(heading, align="left", style="cyan", characters="─"))
        if step.verified:
            self._verified(step)
        for act in step.acts:
            if act.outcome.refusal is None:
                self._act(act)
        self._bullets(self._happened(step))
        for act in step.acts:
            if act.outcome.refusal is not None:
                self._act(act)
        self._screen.out.print()
        bar = Bar(pieces_of(step.views, PAYABLE), self._names)
        self._print(bar.drawn(self._screen))
        self._now(step)

    def close(self, sums: Reconciliation) -> None:
        """The reconciliation."""
        self._screen.out.print()
        self._screen.out.print(
            Rule(Text(self._tell("reconciled"), style="bold"), align="left", style="cyan")
        )
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        table.add_column()
        table.add_column(justify="right")
        table.add_column()
        self._compare(table, ("paid_in", sums.paid_in), ("shares_out", sums.shares_out))
        self._compare(table, ("issued", sums.issued), ("deposits_and_holds", sums.deposited))
        ending = Text(self._tell("nothing_held"), style="green")
        table.add_row(
            self._tell("hold_left"), self._money(sums.holds), ending if sums.holds == 0 else ""
        )
        self._print(table)
        self._screen.out.print()
        self._deposits(sums)

    # ---- private

    def _act(self, act: Act) -> None:
        self._screen.out.print()
        if act.command is None:
            self._print(Text("◇ ", style="cyan") + Text(self._tell("nobody_signs")))
            return
        name = self._names[act.command.participant]
        refusal = act.outcome.refusal
        key = "signed_by"
        if isinstance(act.command, PledgeQuote):
            key = "quoted_by"
        elif act.is_forged or refusal:
            key = "forged_by" if act.is_forged else "tried_by"
        who = Text(self._tell(key, name=name, duties=self._duties(act.duties)), style="bold")
        self._print(Text("✍ ", style="cyan" if refusal is None else "red") + who)
        said = sentence(act.command, self._names, self._screen.language)
        self._print(Text(self._lines(said, 4)), indent=4)
        digest = act.outcome.digest or b""
        code = self._tell("check_code", code=check_code(digest))
        line = f"{code} · {self._tell('digest')} 0x{digest.hex()}"
        self._print(Text(line, style="dim", overflow="fold"), indent=4)
        if refusal is not None:
            self._refusal(refusal)

    def _refusal(self, refusal: LedgerError) -> None:
        language = self._screen.language
        code = Text(f"✗ {self._tell('refused')}: {refusal.code}", style="bold red")
        self._print(code, indent=4)
        self._print(Text(self._lines(refusal.message(language, self._names), 6)), indent=6)
        following = refusal.next_step(language, self._names)
        self._print(Text(self._lines(self._screen.say("next_step", text=following), 6)), indent=6)

    def _duties(self, duties: Sequence[Duty]) -> str:
        words = (term(str(duty.name).lower(), self._screen.language) for duty in duties)
        return " + ".join(words)

    def _verified(self, step: Step) -> None:
        if step.verified is None:
            return
        self._screen.out.print()
        self._print(Text("⌕ ", style="cyan") + Text(self._tell("checks"), style="bold"))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for check in checks_of(step.verified, self._screen.language):
            mark = Text("✓", style="bold green") if check.is_right else Text("✗", style="bold red")
            table.add_row(mark, Text(self._tell(f"check_{check.key}"), style="dim"), check.text)
        self._print(table, indent=4)

    def _bullets(self, lines: Sequence[str]) -> None:
        if not lines:
            return
        grid = Table.grid(padding=(0, 1, 0, 0))
        for line in lines:
            grid.add_row(Text("●", style="green"), self._lines(line, _INDENT + 2))
        self._screen.out.print()
        self._print(grid)

    def _happened(self, step: Step) -> list[str]:
        """What the step moved, from the views."""
        state = step.views.state
        if step.number == 3:
            loan = state.loans[state.loan_on[PART]]
            return [
                self._tell("loan_is", loan=loan_name(loan.id), advance=self._money(loan.advance))
            ]
        if step.number == 4:
            amount = self._money(sum(one.amount for one in state.payments[PAYABLE]))
            return [self._tell("paid_is", amount=amount, payable=payable_name(PAYABLE))]
        if step.number == 5:
            return [*self._shares(step.views), *self._settled(step.views)]
        return []

    def _shares(self, views: Projection) -> list[str]:
        lines = []
        for one in sorted(views.state.settlements, key=lambda one: one.start):
            loan = views.state.loans.get(views.state.loan_on.get(one.voucher, 0))
            text = self._tell(
                "share_lender" if loan else "share_holder",
                voucher=voucher_name(one.voucher),
                range=range_text(one.start, one.end),
                holder=self._names[one.holder],
                amount=self._money(one.to_holder),
                lender=self._names.get(one.lender, ""),
                to_lender=self._money(one.to_lender),
                loan=loan_name(loan.id) if loan else "",
                interest=self._money(loan.interest_paid if loan else 0),
            )
            lines.append(text)
        return lines

    def _settled(self, views: Projection) -> list[str]:
        state = views.state
        is_done = state.payables[PAYABLE].state.name == "SETTLED" and not any(
            loan.is_open for loan in state.loans.values()
        )
        if not is_done or views.vouchers_of(PAYABLE):
            return []
        loan = loan_name(state.loan_on[PART])
        return [self._tell("settled_is", payable=payable_name(PAYABLE), loan=loan)]

    def _now(self, step: Step) -> None:
        """What the parties can do after a step."""
        amounts = {1: FACE, 2: FACE - PASSED, 3: LOAN, 4: FACE, 5: FACE}
        keys = {1: "ca", 2: "ab", 3: "bB", 4: "*", 5: "c"}
        endings = {"c": "core", "a": "a", "b": "b", "B": "bank", "*": "any"}
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for place, key in enumerate(keys[step.number]):
            amount = PASSED if (step.number, key) == (2, "b") else amounts[step.number]
            text = self._tell(
                f"now_{step.number}_{endings[key]}",
                amount=self._money(amount),
                maturity=date_text(step.views.state.payables[PAYABLE].maturity),
                voucher=voucher_name(PART),
            )
            table.add_row(Text("" if place else self._tell("now"), style="bold"), text)
        self._screen.out.print()
        self._print(table)

    def _compare(self, table: Table, one: tuple[str, int], other: tuple[str, int]) -> None:
        """Two sums and their difference."""
        for key, amount in (one, other):
            table.add_row(self._tell(key), self._money(amount), "")
        difference = one[1] - other[1]
        style = "bold green" if difference == 0 else "bold red"
        mark = "✓" if difference == 0 else "✗"
        table.add_row(
            Text(self._tell("difference"), style=style),
            Text(self._money(difference), style=style),
            Text(mark, style=style),
        )

    def _deposits(self, sums: Reconciliation) -> None:
        keys = ("line_spent", "line_now")
        columns = [self._tell(key) for key in keys]
        table = table_of("", self._tell("deposits"), *columns, right=(1, 2))
        for party, (before, now) in sums.deposits.items():
            if before or now:
                table.add_row(self._names[party], self._money(before), self._money(now))
        self._print(table)

    def _lines(self, text: str, indent: int) -> str:
        """Chinese in full lines; English wraps by itself."""
        if self._screen.language != "zh":
            return text
        return wrapped(text, self._screen.out.width - indent)

    def _money(self, fen: int) -> str:
        return money(fen, self._screen.language)

    def _tell(self, key: str, **values: object) -> str:
        return tell(key, self._screen.language, **values)

    def _print(self, what: RenderableType, *, indent: int = _INDENT) -> None:
        self._screen.out.print(Padding(what, (0, 0, 0, indent), expand=False))
