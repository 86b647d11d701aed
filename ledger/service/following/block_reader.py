"""What blocks bring, gathered for one transaction: rows, the feed, what became of commands."""

from collections.abc import Sequence
from typing import Final

from ledger.chain.endpoint import Block
from ledger.service.following.blocks import Stretch
from ledger.service.following.stopping import UNREADABLE, unreadable
from ledger.service.running.collecting import uncollected
from ledger.store.columns import Plain
from ledger.store.cursor import ReadBlock
from ledger.store.feed import participants_text
from ledger.store.following import Happened, Landing
from ledger.store.state import SqlState
from ledger.views import Entry, Projection
from ledger.views.concerned import CONCERNED, concerned_by
from ledger.views.projection import HANDLERS, UNREAD
from ledger.views.telling import PRICED, data_text, payable_under, trace_of

__all__ = ["BlockReader"]

_OFFER_ENDS: Final = frozenset({"VoucherAccepted", "OfferEnded"})
_OF_STANDING: Final = _OFFER_ENDS | {
    *("VoucherFreed", "VoucherPledged", "VoucherRedeemed", "VoucherSettled", "VoucherSold"),
    "VoucherTurnedBack",
}
"""Events about a voucher that stood before."""
_ASKED_MIN: Final = 4
"""Of fewer rows each is asked for when it is needed."""


class BlockReader:
    """Reads blocks into the rows of a state. `seq` is the feed's last number so far."""

    def __init__(self, state: SqlState, *, seq: int = 0) -> None:
        self._state = state
        self._projection = Projection()
        self._projection.state = state
        self._seq = seq
        self.blocks: list[ReadBlock] = []
        """Those that hold events."""
        self.told: list[Plain] = []
        """Rows of the feed."""
        self.happened = Happened()
        self._landing: Landing | None = None

    @property
    def seq(self) -> int:
        """The feed's last number."""
        return self._seq

    def read(self, stretch: Stretch) -> None:
        """Read blocks and tell of their events; the rows are sealed, not yet written.

        Raises `EventUnreadable`; the state is of no use then.
        """
        with uncollected():
            for block in stretch.blocks:
                if entries := stretch.entries.get(block.number):
                    self._fetch(entries)
                    self._read(block, entries)
                    self._seal(block)

    def read_silently(self, stretch: Stretch) -> None:
        """Read blocks into the rows and tell nobody; raises as `read` does."""
        with uncollected():
            for block in stretch.blocks:
                if entries := stretch.entries.get(block.number):
                    self._fetch(entries)
                    for entry in entries:
                        try:
                            self._apply(entry)
                        except UNREADABLE as failure:
                            raise unreadable(entry) from failure
                    self._seal(block)

    # ---- private

    def _fetch(self, entries: Sequence[Entry]) -> None:
        """Have the rows at hand that a block's events ask for one by one."""
        standing = [one.values["voucher"] for one in entries if one.name in _OF_STANDING]
        if len(standing) < _ASKED_MIN:
            return
        state = self._state
        state.fetch("vouchers", standing)
        ended = [one.values["voucher"] for one in entries if one.name in _OFFER_ENDS]
        state.fetch("open_offers", ended)
        places = (state.open_offers.get(one) for one in ended)
        state.fetch("offers", [one for one in places if one is not None])

    def _read(self, block: Block, entries: Sequence[Entry]) -> None:
        state, apply, seq, told = self._state, self._apply, self._seq, self.told
        number, second = block.number, block.second
        behind, is_deal = len(told), False  # the last command, and whether it is a quote
        for entry in entries:
            name = entry.name
            try:
                if name in CONCERNED:
                    # Whom it concerns, as the rows stand before it.
                    concerned = participants_text(concerned_by(state, entry))
                    apply(entry)
                    seq += 1
                    if name == "CommandExecuted":
                        behind, is_deal = len(told) + 1, False
                    elif name in PRICED:
                        is_deal = True
                        self._give_to_taker(behind)
                    trace = trace_of(state, entry, is_deal=is_deal)
                    on = payable_under(state, entry)
                    told.append((seq, name, number, second, trace, concerned, data_text(entry), on))
                else:
                    apply(entry)
            except UNREADABLE as failure:
                raise unreadable(entry) from failure
            if name in _NOTED:
                self._note(entry)
        self._seq = seq

    def _give_to_taker(self, behind: int) -> None:
        """A deal's pieces and money are told before its price; until then they look the quote's."""
        quote, taker = self._state.digest, self._state.taker_digest or None
        for place in range(behind, len(self.told)):
            row = self.told[place]
            if row[_TRACE] == quote:
                self.told[place] = (*row[:_TRACE], taker, *row[_TRACE + 1 :])

    def _apply(self, entry: Entry) -> None:
        if entry.name not in _READ:
            raise LookupError(entry.name)
        self._projection.apply(entry)

    def _seal(self, block: Block) -> None:
        view_hash = self._state.seal()
        self.blocks.append(
            ReadBlock(block.number, block.hash, block.parent, block.second, view_hash)
        )

    def _note(self, entry: Entry) -> None:
        """What an event says about commands and the transactions that carry them."""
        happened, values, landing = self.happened, entry.values, self._landing
        if landing is None or landing.transaction != entry.transaction:
            landing = self._landing = Landing(entry.block, entry.second, entry.transaction)
        match entry.name:
            case "CommandExecuted":
                happened.executed[values["digest"]] = landing
                happened.nonces.append((values["participant"], values["nonce"]))
            case "NonceVoided":
                happened.nonces.append((values["participant"], values["nonce"]))
            case "ItemRefused" if any(values["digest"]):
                happened.refused[values["digest"], entry.transaction] = (landing, values["reason"])
            case "ItemRefused":
                place = (entry.transaction, values["index"])
                happened.unsigned_refused[place] = values["reason"]
            case "BatchRelayed":
                happened.batches[entry.transaction] = landing


_READ = HANDLERS.keys() | UNREAD
_TRACE = 4
"""Where a row of the feed has the digest of its command."""
_NOTED = frozenset({"CommandExecuted", "NonceVoided", "ItemRefused", "BatchRelayed"})
