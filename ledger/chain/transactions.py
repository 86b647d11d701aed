"""What a transaction may use, what it leaves behind, and how a call comes back that reverted."""

from dataclasses import dataclass
from typing import Final

from ledger.chain.codec import Event

__all__ = ["BLOCK_GAS", "TRANSACTION_GAS", "Receipt", "Reverted"]

BLOCK_GAS: Final = 1_000_000_000
"""Gas of one block of the in-process engine."""

TRANSACTION_GAS: Final = 16_000_000
"""What one transaction may use: below the cap of networks that follow EIP-7825."""


class Reverted(Exception):
    """A call reverted; `data` is what it said."""

    def __init__(self, data: bytes) -> None:
        super().__init__("0x" + data.hex())
        self.data = data


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a mined transaction left."""

    block: int
    gas_used: int
    contract: str | None
    events: tuple[Event, ...]
