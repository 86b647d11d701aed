"""An endpoint with a relayer key as the node that a `Ledger` and a deployment speak to.

For acts one at a time: deployment, evaluation, tests. The service relays by its outbox.
"""

import time
from collections.abc import Sequence
from typing import Final

from ledger.chain.codec import Event
from ledger.chain.endpoint import (
    CALL_GAS,
    Answer,
    Block,
    Endpoint,
    Landed,
    Question,
    SteerableEndpoint,
)
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.transactions import TRANSACTION_GAS, Receipt
from ledger.model.errors.service import BatchReverted, ClockFixed, NodeFailed

__all__ = ["EndpointNode"]

_WAIT_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.02
_TAKEN: Final = (Answer.TAKEN, Answer.KNOWN)


class EndpointNode:
    """Asks an endpoint, and sends with one key while nobody else uses that key."""

    def __init__(self, endpoint: Endpoint, key: RelayerKey) -> None:
        self._endpoint, self._key = endpoint, key

    @property
    def chain_id(self) -> int:
        """Number of the chain."""
        return self._endpoint.chain_id

    @property
    def now(self) -> int:
        """Second of the last block."""
        return self._endpoint.head().second

    @property
    def is_steerable(self) -> bool:
        """Whether the clock of this chain can be set, forward only: an evaluation chain."""
        return isinstance(self._endpoint, SteerableEndpoint)

    def advance_to(self, second: int) -> None:
        """Move an evaluation chain's clock forward; going back or staying is no move."""
        if not isinstance(self._endpoint, SteerableEndpoint):
            raise ClockFixed()
        self._endpoint.advance_to(second)

    @property
    def block(self) -> int:
        """Number of the last block."""
        return self._endpoint.head().number

    @property
    def sender(self) -> str:
        """Address of the key."""
        return self._key.address

    @property
    def nonce(self) -> int:
        """The key's next transaction number."""
        return self._endpoint.transaction_count(self._key.address)

    def call(self, to: str, data: bytes, *, gas: int | None = None) -> bytes:
        """Ask a contract without changing anything; raises `Reverted`."""
        return self._endpoint.call(Question(to, data, gas or CALL_GAS))

    def code(self, address: str) -> bytes:
        """Code at an address."""
        return self._endpoint.code(address)

    def events(self, first: int, last: int, contracts: Sequence[str]) -> list[Event]:
        """Events of the given contracts in blocks `first` to `last`, in order."""
        return self._endpoint.logs(first, last, contracts)

    def block_second(self, number: int) -> int:
        """Second of a block."""
        return self._block(number).second

    def send(self, to: str | None, data: bytes, *, gas: int | None = None) -> Receipt:
        """Send a transaction and wait until it is mined; raises `BatchReverted` if it reverts."""
        signed = self._key.sign(self.nonce, to, data, gas=gas or TRANSACTION_GAS)
        [sending] = self._endpoint.send([signed.raw])
        if sending.answer not in _TAKEN:
            problem = sending.message or sending.answer.value
            raise NodeFailed(url=self._endpoint.name, problem=problem)
        landed = self._awaited(signed.hash)
        if not landed.is_done:
            raise BatchReverted(transaction=signed.hash)
        events = self._endpoint.logs(landed.block, landed.block, ())
        own = tuple(event for event in events if event.transaction == signed.hash)
        return Receipt(landed.block, landed.gas_used, landed.contract, own)

    def _awaited(self, hash_: bytes) -> Landed:
        limit = time.monotonic() + _WAIT_SECONDS
        while time.monotonic() < limit:
            [landed] = self._endpoint.landed([hash_])
            if landed is not None:
                return landed
            time.sleep(_LOOK_SECONDS)
        raise NodeFailed(url=self._endpoint.name, problem="not mined")

    def _block(self, number: int) -> Block:
        found = self._endpoint.block(number)
        if found is None:
            raise NodeFailed(url=self._endpoint.name, problem=f"no block: {number}")
        return found
