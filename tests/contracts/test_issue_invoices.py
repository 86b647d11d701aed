"""Invoices of a payable: each is told, counted and given back once, whoever used it first."""

import pytest

from ledger.chain.artifacts import artifact
from ledger.model.commands import DeclineVoucher
from ledger.model.errors import InvoiceNotUsed
from ledger.model.ids import root_voucher
from tests.cast import Cast, named
from tests.contracts.office_acts import version
from tests.contracts.situations import NOTHING, invoice, offered
from tests.contracts.test_versions import complete, forwarder

ONE = named("one")


def used(cast: Cast, fingerprint: bytes = ONE) -> int:
    return int(cast.ledger.ask("Invoices", "invoiceOf", fingerprint)[1])


def decline(cast: Cast, payable: int, *fingerprints: bytes):
    voucher = root_voucher(payable)
    return cast.birch.act(DeclineVoucher, list(fingerprints), voucher=voucher, reason=NOTHING)


def test_a_use_is_told_with_the_invoice_s_total(cast: Cast) -> None:
    payable = offered(cast, face=4, invoices=(invoice("one", 4, 10),))
    block = cast.node.block
    events = cast.node.events(block, block, [cast.ledger.deployment.address("Invoices")])
    assert [(one.name, one.values) for one in events] == [
        (
            "InvoiceUsed",
            {"fingerprint": ONE, "version": 1, "payable_id": payable, "total": 10, "used": 4},
        )
    ]


@pytest.mark.parametrize("others", [0, 2], ids=["used first", "used later"])
def test_an_invoice_used_twice_by_a_payable_backs_it_once(cast: Cast, others: int) -> None:
    if others:
        offered(cast, face=others, invoices=(invoice("one", others, 10),))
    uses = (invoice("one", 3, 10), invoice("one", 1, 10), invoice("one", 0, 10))
    payable = offered(cast, face=4, invoices=uses)
    assert cast.ledger.payable(payable)["invoices"] == 1
    assert used(cast) == others + 4
    decline(cast, payable, ONE)
    assert used(cast) == others


def test_a_later_use_is_given_back_once(cast: Cast, refused) -> None:
    offered(cast, face=5, invoices=(invoice("one", 5, 10),))
    uses = (invoice("one", 2, 10), invoice("two", 2))
    payable = offered(cast, face=4, invoices=uses)
    with refused(InvoiceNotUsed, payable_id=payable, fingerprint=ONE):
        decline(cast, payable, ONE, ONE)
    decline(cast, payable, ONE, named("two"))
    assert used(cast) == 5


def test_another_version_s_payable_of_the_same_number_has_uses_of_its_own(cast: Cast) -> None:
    desk = forwarder(cast, cast.ledger.deployment.address("Invoices"))
    act = version(cast, desks=(bytes.fromhex(desk[2:]),))
    cast.ledger.carry_out(act.item())
    cast.advance(8)
    complete(cast, act)
    payable = offered(cast, face=5, invoices=(invoice("one", 5, 10),))
    functions = artifact("Invoices").functions
    for _ in range(2):
        cast.node.send(desk, functions["use"].call(payable, [(ONE, 10, 3)]))
        assert used(cast) == 8
        cast.node.send(desk, functions["free"].call(payable, [ONE]))
        assert used(cast) == 5
    cast.node.send(desk, functions["use"].call(payable, [(ONE, 10, 3)]))
    decline(cast, payable, ONE)
    assert used(cast) == 3
