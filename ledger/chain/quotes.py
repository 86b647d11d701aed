"""Questions about a quote before anybody takes it: what its desk would ask of other contracts.

Each is asked in the desk's own name and changes nothing. Together they are everything that a deal
asks of others but its taker's signature.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Signed, packed
from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Question
from ledger.chain.typed_data import struct_hash
from ledger.model.commands import Command

__all__ = ["authority", "committed", "cut", "disposal", "disposed", "payment"]

# An act in one word (contracts/types/ActWord.sol): actor, deadline, amount, level, stoppable.
_DEADLINE: Final = 64
_AMOUNT: Final = 128
_LEVEL: Final = 224
_STOPPABLE: Final = 232
_BY_AMOUNT: Final = 1

_COMMITS: Final[Mapping[str, str]] = MappingProxyType(
    {"SaleQuote": "amount", "RedemptionQuote": "amount", "PledgeQuote": "advance"}
)
"""The field that says what a quote commits its giver to."""


def committed(quote: Command) -> int:
    """What a quote adds to its giver's business day, in fen."""
    return int(getattr(quote, _COMMITS[type(quote).__name__]))


def authority(deployment: Deployment, quote: Signed) -> Question:
    """Whether the giver's signers stand behind a quote: keys, thresholds, number, deadline."""
    command = quote.command
    act = (
        command.participant
        | command.deadline << _DEADLINE
        | committed(command) << _AMOUNT
        | _BY_AMOUNT << _LEVEL
        | 1 << _STOPPABLE
    )
    values = (act, command.nonce, struct_hash(command), packed(quote.approvals))
    return _asked(deployment, command.desk, ("Participants", "authorise"), values)


def disposal(deployment: Deployment, desk: str, *, voucher: int, taker: int) -> Question:
    """Whether a participant may dispose of a voucher; the answer is its record and its payable's.

    `disposed` reads it.
    """
    return _asked(deployment, desk, ("Vouchers", "requireDisposable"), (voucher, taker))


def disposed(answer: bytes) -> Any:
    """The records of a voucher and of its payable, by the names that the contracts give them."""
    return artifact("Vouchers").functions["requireDisposable"].answer(answer)


def cut(deployment: Deployment, desk: str, *, voucher: int, amount: int) -> Question:
    """Whether a part may be cut from a voucher."""
    return _asked(deployment, desk, ("Vouchers", "cut"), (voucher, amount))


def payment(deployment: Deployment, quote: Command, *, bank: int, price: int) -> Question:
    """Whether the giver's deposit at a settlement bank pays the price to the taker."""
    deal: Any = quote
    values = (bank, quote.participant, deal.taker, price, bytes(32))
    return _asked(deployment, quote.desk, ("Deposits", "move"), values)


def _asked(
    deployment: Deployment, desk: str, function: tuple[str, str], values: Sequence[object]
) -> Question:
    contract, name = function
    call = artifact(contract).functions[name].call(*values)
    return Question(deployment.address(contract), call, sender=deployment.address(desk))
