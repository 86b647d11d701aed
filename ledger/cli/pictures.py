"""Pictures of ranges: a payable as a bar of its vouchers, by holder and state."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from ledger.cli.screen import Screen
from ledger.model.figures import grouped_text, voucher_name
from ledger.model.glossary import term
from ledger.model.rendering import Names, name_text
from ledger.model.states import VoucherState
from ledger.views.lineage import Piece

__all__ = ["Bar", "range_text", "state_text"]

_MARKS: Final = ascii_uppercase + ascii_lowercase
_COLORS: Final = ("cyan", "magenta", "green", "yellow", "blue", "bright_red", "bright_cyan")
_BLOCKS: Final = {
    VoucherState.OFFERED: "░",
    VoucherState.HELD: "█",
    VoucherState.PLEDGED: "▒",
    VoucherState.CLOSED: "▁",
}
_REDEEMED: Final = "╱"


def range_text(start: int, end: int) -> str:
    """[start, end) as bills number their parts: the first and the last fen, both included."""
    return f"{grouped_text(start + 1)} – {grouped_text(end)}"


def state_text(piece: Piece, screen: Screen, names: Names) -> str:
    """How a range stands, with the other side of its offer or lien."""
    row, language = piece.voucher, screen.language
    other = name_text(row.counterparty, language, names)
    if piece.is_redeemed:
        text = screen.say("redeemed_state")
    elif row.state is VoucherState.OFFERED:
        text = screen.say("offered_to", name=other)
    elif row.state is VoucherState.PLEDGED:
        text = screen.say("pledged_to", name=other)
    elif row.state is VoucherState.CLOSED and piece.settlements:
        text = screen.say("paid_state")
    else:
        text = term(f"state_{row.state.name.lower()}", language)
    return text + screen.comma + screen.say("frozen") if piece.is_frozen else text


@dataclass(frozen=True, slots=True)
class Bar:
    """The pieces of a payable drawn to scale, each with a letter that the legend explains."""

    pieces: Sequence[Piece]
    names: Names
    chosen: int = 0
    """A voucher to point out."""
    labels: dict[int, str] | None = None
    """Names of vouchers beside their numbers."""

    def drawn(self, screen: Screen, width: int = 72) -> Group:
        """The bar with letters above it, and its legend."""
        marks, blocks = Text(), Text()
        for place, (piece, cells) in enumerate(zip(self.pieces, self._cells(width), strict=True)):
            style = self._style(piece)
            marks.append(self._mark(place).ljust(cells)[:cells], style="bold")
            following = self.pieces[place + 1] if place + 1 < len(self.pieces) else None
            blocks.append(_drawn(piece, following, cells), style=style)
        return Group(marks, blocks, Text(), self._legend(screen))

    def _cells(self, width: int) -> list[int]:
        """Cells of each piece: to scale, at least one each."""
        total = sum(piece.voucher.amount for piece in self.pieces)
        cells, done = [], 0
        for piece in self.pieces:
            before = done * width // total
            done += piece.voucher.amount
            cells.append(max(1, done * width // total - before))
        return cells

    def _legend(self, screen: Screen) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
        for _ in ("mark", "voucher"):
            table.add_column(no_wrap=True)
        for _ in ("range", "amount"):
            table.add_column(justify="right", no_wrap=True)
        for _ in ("holder", "state"):
            table.add_column(overflow="fold")
        for place, piece in enumerate(self.pieces):
            row = piece.voucher
            name = voucher_name(row.id)
            if self.labels and self.labels.get(row.id):
                name += f" {self.labels[row.id]}"
            is_chosen = row.id == self.chosen
            table.add_row(
                Text.assemble(
                    (self._mark(place), "bold"), " ", (_block(piece) * 2, self._style(piece))
                ),
                Text(name, style="bold" if is_chosen else ""),
                Text(range_text(row.start, row.end)),
                Text(grouped_text(row.amount)),
                Text(name_text(row.holder, screen.language, self.names)),
                Text(state_text(piece, screen, self.names) + (" ◄" if is_chosen else "")),
            )
        return table

    def _style(self, piece: Piece) -> str:
        holders = sorted({one.voucher.holder for one in self.pieces})
        return _COLORS[holders.index(piece.voucher.holder) % len(_COLORS)]

    def _mark(self, place: int) -> str:
        return _MARKS[place] if place < len(_MARKS) else "·"


def _block(piece: Piece) -> str:
    return _REDEEMED if piece.is_redeemed else _BLOCKS[piece.voucher.state]


def _drawn(piece: Piece, following: Piece | None, cells: int) -> str:
    """A piece's cells; the last one is thinner where the next piece would look the same."""
    block = _block(piece)
    is_alike = following is not None and _block(following) == block
    if cells == 1 or not is_alike:
        return block * cells
    return block * (cells - 1) + ("▌" if block == "█" else "│")
