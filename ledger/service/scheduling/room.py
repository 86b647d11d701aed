"""How much room a settlement takes: by its payments, its redeemed ranges, the rail, and liens.

The figures bound what was measured; a test compares them with the contracts. One that is too low
costs time alone: the batch reverts whole and is halved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ledger.model.states import VoucherState
from ledger.views.claim_rows import Voucher

__all__ = ["OPERATION_GAS", "Room", "chunks"]

OPERATION_GAS: Final = 3_600_000
"""What one operation may take: four fill a transaction."""

IDS_MAX: Final = 800
"""Vouchers that one operation may name."""

_START, _START_EACH = 75_000, 3_600
_VOUCHER, _BY_BANK, _EACH, _REDEEMED, _FROZEN = 24_000, 18_000, 1_250, 1_700, 6_000
_LIEN, _LIEN_EACH, _LIEN_EACH_BY_BANK = 32_000, 16_500, 42_500


@dataclass(frozen=True, slots=True)
class Room:
    """What the vouchers of a payable share."""

    payments: int
    """To walk through."""
    redemptions: int = 0
    freezes: int = 0
    by_bank: bool = False
    """Whether any payment came by the bank rail."""

    @property
    def start(self) -> int:
        """What a settlement takes before its first voucher."""
        return _START + _START_EACH * self.payments

    def of(self, voucher: Voucher) -> int:
        """What a voucher takes."""
        gas = _VOUCHER + _EACH * self.payments + _REDEEMED * self.redemptions
        gas += _FROZEN * self.freezes + (_BY_BANK if self.by_bank else 0)
        if voucher.state is VoucherState.PLEDGED:
            each = _LIEN_EACH_BY_BANK if self.by_bank else _LIEN_EACH
            gas += _LIEN + each * (self.payments - voucher.settled)
        return gas

    def whole(self, vouchers: Sequence[Voucher]) -> int:
        """What a settlement of these takes."""
        return self.start + sum(map(self.of, vouchers))


def chunks(vouchers: Sequence[Voucher], room: Room, *, most: int) -> Iterator[list[Voucher]]:
    """Vouchers in groups that take at most so much, but one at least; each holder's together."""
    chunk, gas = list[Voucher](), room.start
    for one in sorted(vouchers, key=lambda row: (row.holder, row.id)):
        if chunk and (gas + room.of(one) > most or len(chunk) == IDS_MAX):
            yield chunk
            chunk, gas = [], room.start
        chunk.append(one)
        gas += room.of(one)
    if chunk:
        yield chunk
