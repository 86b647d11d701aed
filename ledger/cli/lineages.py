"""Lineage as a tree, and what lies on a range: liens, payments, shares."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ledger.cli.outcomes import table_of
from ledger.cli.pictures import range_text, state_text
from ledger.cli.screen import Screen
from ledger.model.days import day_of_second
from ledger.model.figures import (
    date_text,
    grouped_text,
    loan_name,
    payable_name,
    percent_text,
    voucher_name,
)
from ledger.model.rendering import Names, name_text
from ledger.views import Lineage, Projection
from ledger.views.claim_rows import Hop, HopKind
from ledger.views.lineage import Branch, Piece
from ledger.views.money_rows import Loan

__all__ = ["LineageDrawing"]

_ICONS = {
    HopKind.ISSUE: "◆",
    HopKind.TRANSFER: "→",
    HopKind.SALE: "¤",
    HopKind.PLEDGE: "▒",
    HopKind.RELEASE: "○",
    HopKind.REDEMPTION: "╱",
    HopKind.RECOURSE: "←",
    HopKind.JOIN: "+",
}
_STYLES = {
    HopKind.SALE: "green",
    HopKind.PLEDGE: "yellow",
    HopKind.REDEMPTION: "blue",
    HopKind.RECOURSE: "red",
}


@dataclass(frozen=True, slots=True)
class LineageDrawing:
    """Draws a lineage with the names of participants and vouchers."""

    screen: Screen
    views: Projection
    lineage: Lineage
    names: Names
    labels: Mapping[int, str]
    """Names of vouchers beside their numbers."""

    def tree(self) -> Tree:
        """Root issue, then hop by hop, parting where ranges went different ways."""
        payable = self.lineage.payable
        root = Tree(Text(f"{payable_name(payable.id)} {grouped_text(payable.face)}", style="bold"))
        self._grow(root, self.lineage.root)
        return root

    def _grow(self, tree: Tree, branch: Branch, *, is_parted: bool = False) -> None:
        if is_parted:
            title = Text(range_text(branch.start, branch.end), style="bold")
            title.append(f"  {grouped_text(branch.end - branch.start)}", style="dim")
            if not branch.hops:
                title.append(f"  {self._say('parted')}", style="dim")
            tree = tree.add(title)
        for hop in branch.hops:
            tree = tree.add(self._hop(hop))
        for inner in branch.branches:
            self._grow(tree, inner, is_parted=True)
        for piece in branch.pieces:
            tree.add(self._piece(piece))

    def _hop(self, hop: Hop) -> Text:
        key = f"hop_{hop.kind}" + ("_recourse" if hop.is_with_recourse else "")
        text = Text(f"{_ICONS[hop.kind]} ", style=_STYLES.get(hop.kind, "cyan"))
        text.append(date_text(day_of_second(hop.second)), style="dim")
        text.append(f"  {self._name(hop.giver)} → {self._name(hop.taker)}  ", style="")
        text.append(f"{self._say(key)} {grouped_text(hop.end - hop.start)}", style="bold")
        if terms := self._terms(hop):
            text.append(f"  {terms}")
        if any(hop.evidence):
            commitment = hop.evidence.hex()[:8]
            text.append(f"  {self._say('evidence')} {commitment}…", style="dim")
        return text

    def _terms(self, hop: Hop) -> str:
        amount, rate = grouped_text(hop.price), percent_text(hop.rate)
        match hop.kind:
            case HopKind.SALE | HopKind.REDEMPTION:
                return self._say("for_price", amount=amount, rate=rate)
            case HopKind.PLEDGE:
                loan = loan_name(hop.loan)
                return self._say("for_advance", loan=loan, amount=amount, rate=rate)
            case HopKind.RECOURSE:
                return self._say("for_recourse", amount=amount)
        return ""

    def _piece(self, piece: Piece) -> Text:
        row = piece.voucher
        text = Text("● ", style="bold")
        text.append(self.voucher_text(row.id), style="bold")
        text.append(f"  {grouped_text(row.amount)}  {self._name(row.holder)}{self.screen.comma}")
        text.append(state_text(piece, self.screen, self.names))
        for sale in self.views.recourse_of(row.id)[:1]:
            seller = self._name(sale.seller)
            text.append(self.screen.comma + self._say("recourse_to", name=seller))
        if piece.to_holders or piece.to_lenders:
            text.append(f"  {self._say('received_sum')} ", style="dim")
            text.append(grouped_text(piece.to_holders + piece.to_lenders), style="green")
        return text

    def voucher_text(self, voucher: int) -> str:
        """A voucher by its number and, where it has one, its name."""
        label = self.labels.get(voucher, "")
        return f"{voucher_name(voucher)} {label}".strip()

    # ---- liens, payments

    def liens(self) -> list[Text]:
        """Every loan that the range secures or secured."""
        loans = {piece.loan.id: piece.loan for piece in self.lineage.pieces if piece.loan}
        return [self._loan(loan) for _, loan in sorted(loans.items())]

    def _loan(self, loan: Loan) -> Text:
        owed = loan.principal + loan.interest_left
        return Text(
            self._say(
                "loan_state" if loan.is_open else "loan_paid",
                loan=f"{loan_name(loan.id)} ({voucher_name(loan.voucher)})",
                lender=self._name(loan.lender),
                advance=grouped_text(loan.advance),
                rate=percent_text(loan.rate),
                due=date_text(loan.due),
                left=grouped_text(owed),
                interest=grouped_text(loan.interest_paid),
            )
        )

    def payments(self) -> list[Text]:
        """The payments of the payable, each in a line."""
        lines = []
        for payment in self.lineage.payments:
            rail = self._say("bank_rail" if payment.on_bank_rail else "deposit_rail")
            text = Text(f"{date_text(payment.day)}  ", style="dim")
            text.append(self._say("payment_no", number=payment.number + 1, rail=rail))
            text.append(f"  {grouped_text(payment.amount)}", style="bold")
            if payment.interest:
                interest = grouped_text(payment.interest)
                text.append(f"  {self._say('of_which_interest', amount=interest)}", style="dim")
            lines.append(text)
        return lines

    def shares(self) -> Table:
        """What each distribution brought each range, to its holder and to its lender."""
        columns = ("date", "voucher", "holder", "received", "to_lender")
        titles = [self._say(key) for key in columns]
        table = table_of("", *titles, right=(3, 4), fixed=(0, 1))
        rows = [one for piece in self.lineage.pieces for one in piece.settlements]
        for one in sorted(rows, key=lambda one: (one.second, one.start)):
            lender = f"{grouped_text(one.to_lender)} {self._name(one.lender)}"
            table.add_row(
                date_text(day_of_second(one.second)),
                self.voucher_text(one.voucher),
                self._name(one.holder),
                grouped_text(one.to_holder),
                lender if one.to_lender else "",
            )
        return table

    def _name(self, participant: int) -> str:
        return name_text(participant, self.screen.language, self.names)

    def _say(self, key: str, **values: object) -> str:
        return self.screen.say(key, **values)
