"""The digest is EIP-712's, checked against eth_account's own encoder on random commands."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from eth_account.messages import encode_typed_data

from ledger.chain.typed_data import (
    Domain,
    command_from,
    digest,
    encode_type,
    keccak,
    struct_hash,
    type_hash,
    typed_data,
)
from ledger.model.commands import COMMANDS, AcceptVoucher, BatchIssue, Command, TransferVoucher
from ledger.model.errors import InvalidField, LedgerError, MissingField, UnknownCommand
from ledger.model.structs import Struct
from tests.random_commands import random_struct

DOMAIN = Domain(31337, bytes(range(20)))
SAMPLES = 200


def _reference(command: Struct, domain: Domain) -> bytes:
    """The digest by eth_account, from the document after a trip through JSON text."""
    message = encode_typed_data(full_message=json.loads(json.dumps(typed_data(command, domain))))
    return keccak(b"\x19" + message.version + message.header + message.body)


@pytest.mark.parametrize("name", COMMANDS)
def test_digest_of_random_commands_equals_eth_account(name: str) -> None:
    source = random.Random(name)
    for _ in range(SAMPLES):
        command = random_struct(COMMANDS[name], source)
        domain = Domain(source.getrandbits(64), source.randbytes(20))
        assert digest(command, domain) == _reference(command, domain)


def test_digest_of_a_batch_leaf_equals_eth_account() -> None:
    source = random.Random(7)
    for _ in range(SAMPLES):
        leaf = random_struct(BatchIssue, source)
        assert digest(leaf, DOMAIN) == _reference(leaf, DOMAIN)


def test_type_text_lists_inner_structs_after_the_outer_one() -> None:
    assert encode_type(TransferVoucher) == (
        "TransferVoucher(uint32 participant,Part[] parts,uint256 nonce,uint64 deadline)"
        "Part(uint32 to,uint64 voucher,uint64 amount,bytes32 evidence)"
    )
    assert type_hash(TransferVoucher) == keccak(encode_type(TransferVoucher).encode())


def test_digest_changes_with_chain_contract_and_every_field() -> None:
    base = AcceptVoucher(participant=1, voucher=2, start=3, end=4, nonce=5, deadline=6)
    digests = {digest(base, DOMAIN)}
    digests.add(digest(base, Domain(1, DOMAIN.contract)))
    digests.add(digest(base, Domain(DOMAIN.chain_id, bytes(20))))
    for name in ("participant", "voucher", "start", "end", "nonce", "deadline"):
        values = {field: getattr(base, field) for field in AcceptVoucher.__slots__}
        digests.add(digest(AcceptVoucher(**{**values, name: 99}), DOMAIN))
    assert len(digests) == 9
    assert len({struct_hash(base), digest(base, DOMAIN)}) == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_document_is_read_back_to_the_same_command(name: str) -> None:
    source = random.Random(name)
    command = random_struct(COMMANDS[name], source)
    document = json.loads(json.dumps(typed_data(command, DOMAIN)))
    assert command_from(document, DOMAIN) == command


def _without_message(document: dict[str, Any]) -> None:
    del document["message"]


def _of_another_chain(document: dict[str, Any]) -> None:
    document["domain"]["chainId"] += 1


def _with_other_types(document: dict[str, Any]) -> None:
    document["types"]["AcceptVoucher"].reverse()


def _with_unknown_name(document: dict[str, Any]) -> None:
    document["primaryType"] = "BatchIssue"


def _with_message_as_text(document: dict[str, Any]) -> None:
    document["message"] = "text"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_without_message, MissingField),
        (_of_another_chain, InvalidField),
        (_with_other_types, InvalidField),
        (_with_unknown_name, UnknownCommand),
        (_with_message_as_text, InvalidField),
    ],
)
def test_document_that_is_not_the_command_s_own_is_refused(
    change: Callable[[dict[str, Any]], None], error: type[LedgerError]
) -> None:
    command: Command = AcceptVoucher(participant=1, voucher=2, start=3, end=4, nonce=5, deadline=6)
    document = typed_data(command, DOMAIN)
    change(document)
    with pytest.raises(error):
        command_from(document, DOMAIN)


@pytest.mark.parametrize(("chain_id", "contract"), [(-1, bytes(20)), (True, bytes(20)), (1, b"")])
def test_domain_out_of_shape_is_refused(chain_id: int, contract: bytes) -> None:
    with pytest.raises(InvalidField):
        Domain(chain_id, contract)


def test_domain_reads_an_address_in_hexadecimal() -> None:
    assert Domain.of(31337, "0x" + bytes(range(20)).hex()) == DOMAIN
    with pytest.raises(InvalidField):
        Domain.of(1, "0xnot-an-address")
