"""No event of a chain can be left out, doubled or altered without the audit saying so."""

from collections.abc import Callable
from itertools import product
from random import Random
from typing import Any

import pytest

from ledger.chain.artifacts import entries_of
from tests.audit.conftest import Told
from tests.audit.recorded import Change

Logs = list[Any]
_SIGNER_ADDED = "0x" + next(
    hash_.hex() for hash_, entry in entries_of("event").items() if entry.name == "SignerAdded"
)
Place = tuple[str, int]
"""An event by its transaction and its number in the block."""


def _dropped(log: Any, _: Random) -> Logs:
    del log
    return []


def _doubled(log: Any, _: Random) -> Logs:
    return [log, log]


def _altered(log: Any, chance: Random) -> Logs:
    """One bit turned, in what the event says or in what it is about."""
    words = [*log["topics"], log["data"]]
    place = chance.randrange(1, len(words) if len(words[-1]) > 2 else len(words) - 1)
    spoilt = bytearray.fromhex(words[place][2:])
    bit = chance.randrange(len(spoilt) * 8)
    if words[0] == _SIGNER_ADDED and place == len(words) - 1:
        # The fingerprint of a founder's certificate stands nowhere else.
        bit %= 96 * 8  # before it: where the key stands, duty, expiry
    spoilt[bit // 8] ^= 1 << bit % 8
    words[place] = "0x" + spoilt.hex()
    return [{**log, "topics": words[:-1], "data": words[-1]}]


def changed(place: Place, edit: Callable[[Any, Random], Logs]) -> Change:
    """The event at a place told otherwise, in every answer alike."""

    def edited(logs: Logs) -> Logs:
        found: Logs = []
        for log in logs:
            is_it = (log["transactionHash"], log["logIndex"]) == place
            found += edit(log, Random(repr(place))) if is_it else [log]
        return found

    def change(method: str, params: Any, result: Any) -> Any:
        del params
        if method == "eth_getLogs":
            return edited(list(result))
        if method == "eth_getTransactionReceipt":
            return {**result, "logs": edited(list(result["logs"]))}
        return result

    return change


def _places(told: Told) -> list[Place]:
    """Every event of the chain; the relay's own stand in receipts alone."""
    addresses = list(told.honest.contracts)
    events = told.recorded.history().events(0, told.honest.last_block, addresses)
    # A verifier that no key comes under is missed by nobody.
    told_of = (event for event in events if event.name != "VerifierAllowed")
    return [("0x" + event.transaction.hex(), event.index) for event in told_of]


EDITS = {"dropped": _dropped, "doubled": _doubled, "altered": _altered}


def _is_found(told: Told, place: Place, edit: str) -> bool:
    return not told.lying(changed(place, EDITS[edit])).is_explained


def test_some_events_told_otherwise_are_found(told: Told) -> None:
    places = Random(7).sample(_places(told), 2)
    assert all(_is_found(told, *one) for one in product(places, EDITS))


@pytest.mark.deep
@pytest.mark.parametrize("edit", EDITS)
def test_every_event_told_otherwise_is_found(told: Told, edit: str) -> None:
    places = _places(told)
    assert len(places) > 200
    assert [place for place in places if not _is_found(told, place, edit)] == []
