"""Call data written otherwise than usual: read as the contracts read them, whoever wrote them."""

from collections.abc import Callable
from random import Random

import pytest

from ledger.audit.calls import read_call
from ledger.audit.contracts import Contract
from ledger.chain.artifacts import artifact
from ledger.chain.batches import relay_call
from ledger.chain.calls import ENTRY_POINTS, Item, abi_values
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import Domain, digest, keccak
from ledger.model.commands import (
    COMMANDS,
    AcceptVoucher,
    DeclineVoucher,
    IssuePayable,
    SaleQuote,
    SellVoucher,
)
from ledger.model.structs import fields_of
from tests.audit.keepers import OPEN_ACTS, call_of
from tests.audit.test_open_acts import explained
from tests.cast import Cast
from tests.contracts.office_acts import admission
from tests.contracts.situations import (
    FACE,
    NO_OFFER,
    NOTHING,
    issue_terms,
    live,
    offer_part,
    sale_terms,
)
from tests.contracts.test_issue_batch import items_of
from tests.random_commands import random_struct


def _words(*values: int) -> bytes:
    return b"".join((value % (1 << 256)).to_bytes(32, "big") for value in values)


def _replaced(item: Item, word: int, value: int) -> Item:
    """Another word of the arguments."""
    place = 4 + 32 * word
    data = item.data[:place] + _words(value) + item.data[place + 32 :]
    return Item(item.desk, data, item.command)


def send(cast: Cast, item: Item) -> None:
    cast.node.send(*call_of(cast, item))


def relay(cast: Cast, *items: Item) -> None:
    batch = relay_call(cast.ledger.deployment, items)
    cast.node.send(cast.ledger.deployment.address("Relay"), batch)


def test_list_that_a_pointer_finds_among_other_words_is_read(cast, cedar) -> None:
    """Nothing is freed with a part; the pointer to nothing leads to the reason, which is zero."""
    part = offer_part(cast, live(cast), FACE // 4, cedar)
    item = cedar.item(DeclineVoucher, (), voucher=part, reason=NOTHING)
    send(cast, _replaced(item, 6, 2 * 32))
    assert explained(cast).commands["DeclineVoucher"] == 1


def test_list_that_a_pointer_finds_backwards_is_read(cast, acme) -> None:
    """Of an issue without invoices: to a zero in front of the command."""
    item = acme.item(IssuePayable, **issue_terms(cast))
    entry = artifact("Issuance").functions["issue"]
    assert entry.types[0].startswith("(")
    offset = int.from_bytes(item.data[4:36], "big")
    body = item.data[4 + 64 :]
    head = _words(offset + 32, int.from_bytes(item.data[36:68], "big") + 32, 0)
    moved = Item(item.desk, item.data[:4] + head + body, item.command)
    place = (offset + 32) // 32 + 6  # where the command points to its invoices
    send(cast, _replaced(moved, place, -32))
    assert explained(cast).commands["IssuePayable"] == 1


def test_offer_that_a_sale_never_looks_at_may_be_anything(cast, birch, delta) -> None:
    terms = sale_terms(cast, live(cast), FACE)
    quote = delta.signed(SaleQuote, taker=birch.id, **terms)
    item = birch.item(SellVoucher, quote, NO_OFFER, buyer=delta.id, obligor_share=0, **terms)
    before = len(fields_of(SellVoucher)) + 1 + len(fields_of(SaleQuote)) + 1
    spoilt = _replaced(item, before, -1)
    send(cast, spoilt)
    assert explained(cast).commands["SaleQuote"] == 1


def test_proofs_that_nobody_looks_at_may_be_anything(cast) -> None:
    act = admission(cast)
    entry = artifact("Administration").functions["admit"]
    values = list(entry.arguments(act.item().data[4:] + bytes(64)))
    values[-1] = [*values[-1], b"", b"", b""]
    data = bytearray(entry.call(*values))
    place = len(data) - 3 * 32 - 2 * (32 + 96) - 3 * 32
    data[place : place + 96] = _words(-1, 1 << 200, 7)
    send(cast, Item("Administration", bytes(data)))
    assert explained(cast).commands["AdmitParticipant"] == 1


def test_refused_item_that_nobody_has_read_to_the_end_is_counted(cast, cedar) -> None:
    """Of a batch that does not exist nobody looks at an item, nor at what nobody has signed."""
    item = cast.ledger.call(
        "Issuance", "issueFromBatch", NOTHING, abi_values(items_of(cast, 1)[0]), []
    )
    item = _replaced(_replaced(item, 3, -1), 4, -1)
    accepted = _replaced(cedar.item(AcceptVoucher, voucher=1, start=0, end=1), 1, -1)
    relay(cast, item, OPEN_ACTS["applyUnapplied"](cast), accepted)
    report = explained(cast)
    assert (report.refused, report.open_acts["applyUnapplied"]) == (2, 1)


def test_refused_item_of_a_function_of_an_equal_name_is_counted(cast) -> None:
    short = "safeTransferFrom(address,address,uint256)"
    calls = [keccak(short.encode())[:4] + _words(1, 2, 3)]
    calls += [keccak(f"{short[:-1]},bytes)".encode())[:4] + _words(1, 2, 3, 128, 0)]
    items = [Item("Vouchers", data) for data in calls]
    relay(cast, OPEN_ACTS["applyUnapplied"](cast), *items)
    report = explained(cast)
    assert (report.refused, report.open_acts["applyUnapplied"]) == (2, 1)


# ---- whatever the call data, the digest is the contracts' own


def _mutated(data: bytes, chance: Random) -> bytes:
    """A word or two turned into another place, a length or any number."""
    for _ in range(chance.choice((1, 1, 2))):
        words = (len(data) - 4) // 32
        place = 4 + 32 * chance.randrange(min(words, chance.choice((2, 4, 8, words))))
        known = int.from_bytes(data[place : place + 32], "big")
        near = 32 * chance.randrange(-words, words)
        value = chance.choice((0, known + 32, known - 32, near, near + 1, 1 << 64, -1))
        data = data[:place] + _words(value) + data[place + 32 :]
    return data[: len(data) - chance.choice((0, 0, 0, 1, 31, 32, 64))]


def _asked(cast: Cast, desk: str, data: bytes) -> bytes:
    """The digest that a contract makes of call data; nothing where it cannot read them."""
    address = cast.ledger.deployment.address(desk)
    entry = artifact("Participants").functions["digestOf"]
    try:
        answer = cast.node.call(
            cast.ledger.deployment.address("Participants"), entry.call(address, data)
        )
    except Reverted:
        return b""
    return bytes(entry.answer(answer))


def _read(cast: Cast, desk: str, data: bytes) -> bytes:
    """The digest that an audit makes of them; nothing where it cannot read them."""
    address = cast.ledger.deployment.address(desk)
    known = Contract(address, desk, is_committed=True, wires={})
    call = read_call(known, data)
    command = call.command if call is not None else None
    if command is None:
        return b""
    return digest(command, Domain.of(cast.node.chain_id, address))


def _call_of(name: str, chance: Random) -> tuple[str, bytes]:
    """A random command of a kind in the call that carries it, with random things beside it."""
    command = random_struct(COMMANDS[name], chance)
    entry = artifact(command.desk).functions[ENTRY_POINTS[name]]
    values = [abi_values(command)]
    for member, kind in list(zip(entry.inputs, entry.types, strict=True))[1:]:
        if kind.startswith("("):
            beside = COMMANDS[str(member["internalType"]).removeprefix("struct ")]
            values.append(abi_values(random_struct(beside, chance)))
        else:
            values.append(_BESIDE[kind](chance))
    return command.desk, entry.call(*values)


_BESIDE: dict[str, Callable[[Random], object]] = {
    "bytes": lambda chance: chance.randbytes(chance.choice((0, 1, 70))),
    "bytes[]": lambda chance: [chance.randbytes(40) for _ in range(chance.choice((0, 2)))],
    "bytes32[]": lambda chance: [chance.randbytes(32) for _ in range(chance.choice((0, 2)))],
}


_HASHED_AS_THEY_STAND = ("AcceptVoucher", "TransferVoucher")
"""A value above its type is refused where it is read, and hashed before."""


def _compare(cast: Cast, name: str, seed: str, count: int) -> int:
    """How many of some mutated calls the contract could read; the audit reads each of these."""
    chance, read = Random(seed), 0
    for _ in range(count):
        desk, data = _call_of(name, chance)
        for mutated in (data, *(_mutated(data, chance) for _ in range(5))):
            asked = _asked(cast, desk, mutated)
            read += asked != b""
            known = _read(cast, desk, mutated)
            is_unread = asked == b"" or (known == b"" and name in _HASHED_AS_THEY_STAND)
            assert is_unread or asked == known, mutated.hex()
    return read


@pytest.mark.parametrize("name", ["AdmitParticipant", "IssuePayable", "SellVoucher"])
def test_mutated_call_data_are_read_as_a_contract_reads_them(cast: Cast, name: str) -> None:
    assert _compare(cast, name, name, 4) > 4


@pytest.mark.deep
@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_call_data_of_every_verb_are_read_as_its_contract_reads_them(cast, name: str) -> None:
    assert _compare(cast, name, "deep " + name, 60) > 60
