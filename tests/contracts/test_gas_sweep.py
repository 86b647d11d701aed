"""No gas limit makes a batch refuse a command that ample gas would carry out: it reverts whole."""

import random
import re
import time
from collections.abc import Sequence

import pytest

from ledger.chain.artifacts import artifact
from ledger.chain.calls import Item, item_of
from ledger.chain.codec import decode_refusal
from ledger.chain.transactions import Reverted
from ledger.model.commands import IssuePayable, TransferVoucher, VoidNonce
from ledger.model.errors.service import BatchReverted
from ledger.model.parts import Part
from ledger.records.keys import P256Key, PasskeyKey
from tests import evidence
from tests.cast import Cast, running_node
from tests.contracts.act import Act
from tests.contracts.campaign import ACTS
from tests.contracts.situations import EVIDENCE, issue_terms
from tests.contracts.strange_keys import curve_secret, verifier
from tests.contracts.test_forgery import taken_back
from tests.contracts.test_relay import batch
from tests.contracts.test_signer_keys import NEXT, register
from tests.evidence import seed_of

SAMPLE = 8
"""Verbs of a run on the in-process chain."""

STEP = 997
"""Between two limits of the deep run; around the least that is enough it is finer."""

FINE = 41
FINE_BELOW = 4_000


def gas_sweep(cast: Cast, items: list[Item], *, step: int, start: int = 50_000) -> None:
    """With any gas the batch reverts whole or does what ample gas does."""
    ample = [type(one.refusal) for one in cast.ledger.simulate(items)]
    pairs = [(cast.ledger.deployment.address(one.desk), one.data) for one in items]
    data = batch(pairs)
    relay = cast.ledger.deployment.address("Relay")
    digests = {one.command and cast.ledger.digest(one.command) for one in items}
    gas, enough = start, 0
    while enough < 3:
        point = cast.node.snapshot()
        before = cast.storage()
        try:
            receipt = cast.node.send(relay, data, gas=gas)
        except BatchReverted:
            assert enough == 0
            assert cast.storage() == before
        except Exception as failure:  # noqa: BLE001 -- each engine names it in its way
            assert "gas" in str(failure).lower()  # noqa: PT017
        else:
            enough += 1
            events = [one for one in receipt.events if one.name == "ItemRefused"]
            found: list[type] = [type(None)] * len(items)
            for event in events:
                found[event.values["index"]] = type(decode_refusal(event.values["reason"]))
                assert event.values["digest"] in digests, "a refusal lost its digest"
            assert found == ample
        cast.node.revert_to(point)
        gas += step


def batch_of(cast: Cast, act: Act) -> list[Item]:
    """An act between one that is refused for its signature, one for its nonce, and a good one."""
    other = cast.birch if act.actor is cast.cedar else cast.cedar
    forged = item_of(cast.operator.sign(other.make(VoidNonce, voided=3)))
    return [forged, act.item(), act.item(), other.item(VoidNonce, voided=5)]


def asked(cast: Cast, data: bytes, gas: int) -> list[str] | None:
    """What a batch with so much gas says of each item; none where it reverts whole."""
    try:
        answer = cast.node.call(cast.ledger.deployment.address("Relay"), data, gas=gas)
    except Reverted as reverted:
        assert decode_refusal(reverted.data) is None, "one item's refusal became that of all"  # noqa: PT017
        return None
    except Exception as failure:  # noqa: BLE001 -- each engine names it in its way
        assert re.search("gas|oog", str(failure).lower()), failure  # noqa: PT017
        return None
    reasons = artifact("Relay").functions["relay"].answer(answer)
    return [repr(decode_refusal(bytes(one))) for one in reasons]


def limits_tried(cast: Cast, items: Sequence[Item]) -> tuple[int, int]:
    """How many gas limits were tried, and the least that is enough."""
    pairs = [(cast.ledger.deployment.address(one.desk), one.data) for one in items]
    data = batch(pairs)
    ample = asked(cast, data, 15_000_000)
    assert ample is not None
    gas, count, least = 21_000, 0, 0
    while not least:
        found = asked(cast, data, gas)
        assert found in (None, ample), (gas, found)
        least, count = gas if found else 0, count + 1
        gas += STEP
    for gas in [*range(least - FINE_BELOW, least, FINE), *range(least, 2 * least, least // 20)]:
        found = asked(cast, data, gas)
        assert found == ample or (found is None and gas < least), (gas, found)
        count += 1
    return count, least


@pytest.mark.parametrize("verb", random.Random(seed_of()).sample(sorted(ACTS), SAMPLE))
def test_a_starved_batch_of_this_verb_reverts_whole(cast: Cast, verb: str) -> None:
    gas_sweep(cast, batch_of(cast, ACTS[verb](cast)), step=60_013, start=100_000)


@pytest.mark.deep
@pytest.mark.anvil
def test_a_starved_batch_of_any_verb_reverts_whole() -> None:
    with running_node(engine="anvil") as node:
        cast = Cast(node)
        for verb in sorted(ACTS):
            with taken_back(cast):
                began = time.monotonic()
                count, least = limits_tried(cast, batch_of(cast, ACTS[verb](cast)))
                seconds = round(time.monotonic() - began, 1)
                told = {"limits": count, "false_refusals": 0, "seconds": seconds}
                evidence.record("gas_sweeps", verb, {**told, "least": {verb: least}})


class TestGas:
    def test_a_starved_batch_of_accounts_reverts_whole(self, cast: Cast, acme, birch) -> None:
        bad = cast.cedar.item(TransferVoucher, parts=(Part(birch.id, 1 << 32 | 1, 5, EVIDENCE),))
        items = [
            acme.item(IssuePayable, **issue_terms(cast)),
            bad,
            birch.item(VoidNonce, voided=5),
        ]
        gas_sweep(cast, items, step=21_001)

    @pytest.mark.deep
    def test_a_starved_batch_of_all_kinds_of_keys_reverts_whole(self, cast: Cast, acme) -> None:
        keys = {
            NEXT: P256Key(curve_secret(7), verifier(cast.ledger, "P256")),
            NEXT + 1: PasskeyKey(curve_secret(8), verifier(cast.ledger, "WebAuthn")),
        }
        for key in keys.values():
            register(cast, acme, key)
        acme.spare.update(keys)
        items = [acme.item(IssuePayable, **issue_terms(cast))]
        for signer in keys:
            command = acme.make(IssuePayable, **issue_terms(cast))
            items.append(item_of(acme.sign_by(command, 0, signer)))
        gas_sweep(cast, items, step=30_011)

    def test_a_refusal_of_a_long_command_keeps_its_digest(self, cast: Cast, birch) -> None:
        parts = tuple(Part(3, 1 << 32 | 1, 5, EVIDENCE) for _ in range(300))
        items = [birch.item(TransferVoucher, parts=parts)]
        gas_sweep(cast, items, step=20_000, start=820_000)
