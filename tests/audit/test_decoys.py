"""Copies of a command with other approvals beside it: what carried it is found among them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from ledger.audit import Kind
from ledger.chain.batches import relay_call
from ledger.chain.calls import Item, Signed, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    CostShareOffer,
    MoveDeposit,
    SaleQuote,
    SellVoucher,
    WithdrawOffer,
)
from ledger.model.ids import root_voucher
from ledger.service.party import approval
from tests.audit.cheats import cheat, slot_of, word_at
from tests.audit.forwarder import Call, create_wrapper, wrapped
from tests.audit.keepers import call_of
from tests.audit.live import audited
from tests.audit.test_open_acts import explained
from tests.cast import CHECKER, HIGH_FROM, MAKER, Cast, Member, named
from tests.contracts.office_acts import NEW_KEYS, admission
from tests.contracts.situations import FACE, invoice, live, offered, sale_terms

NOBODY = "0x" + "11" * 20
"""An address without code, which takes every call and does nothing."""

STRANGE = AccountKey(named("of nobody"))


def carry(cast: Cast, *calls: Call) -> None:
    """Have a contract of nobody's make the calls, in one transaction."""
    cast.node.send(create_wrapper(cast.node), wrapped(*calls))


def decoy(item: Item) -> Call:
    return NOBODY, item.data


def payment(cast: Cast, giver: Member, amount: int = 7) -> Signed:
    values = {"bank": cast.settlement_bank.id, "to": cast.delta.id, "purpose": named("goods")}
    return giver.signed(MoveDeposit, amount=amount, **values)


def _turned(signed: Signed) -> Signed:
    """With a bit turned in the first signature."""
    first = signed.approvals[0]
    return replace(signed, approvals=(first[:9] + bytes([first[9] ^ 1]) + first[10:],))


def _of_a_stranger(cast: Cast, signed: Signed) -> Signed:
    return replace(signed, approvals=(approval(0, STRANGE, cast.ledger.digest(signed.command)),))


def _of_another_command(cast: Cast, signed: Signed) -> Signed:
    return replace(signed, approvals=payment(cast, cast.birch).approvals)


def _of_one(cast: Cast, signed: Signed) -> Signed:
    return cast.birch.sign_by(signed.command, CHECKER)


DECOYS: dict[str, Callable[[Cast, Signed], Sequence[Signed]]] = {
    "a bit turned": lambda _, signed: [_turned(signed)],
    "no approval": lambda _, signed: [replace(signed, approvals=())],
    "approvals of nothing": lambda _, signed: [replace(signed, approvals=(b"\0\xff",))],
    "a stranger's key": lambda cast, signed: [_of_a_stranger(cast, signed)],
    "another command's approvals": lambda cast, signed: [_of_another_command(cast, signed)],
    "too few": lambda cast, signed: [_of_one(cast, signed)],
    "many": lambda _, signed: [
        replace(signed, approvals=(bytes([one]) + bytes([one]) * 65,)) for one in range(40)
    ],
}


@pytest.mark.parametrize("name", DECOYS)
def test_command_beside_copies_with_bad_approvals_is_explained(cast, birch, name) -> None:
    signed = payment(cast, birch, HIGH_FROM)
    copies = [decoy(item_of(one)) for one in DECOYS[name](cast, signed)]
    carry(cast, *copies, call_of(cast, item_of(signed)), *copies)
    assert explained(cast).commands["MoveDeposit"] == 1


def test_commands_of_a_day_beside_copies_are_explained(cast, birch) -> None:
    """What a copy that is tried would commit does not count for the day."""
    signed = [payment(cast, birch, HIGH_FROM // 3) for _ in range(3)]
    alone = [birch.sign_by(one.command, MAKER) for one in signed]
    alone[2] = signed[2]  # the third one reaches the amount from which two sign
    carry(
        cast,
        *(
            call
            for one in alone
            for call in (decoy(item_of(_turned(one))), call_of(cast, item_of(one)))
        ),
    )
    assert explained(cast).commands["MoveDeposit"] == 3


def test_command_in_a_batch_of_the_relay_beside_a_copy_is_explained(cast, birch) -> None:
    signed = payment(cast, birch)
    items = [item_of(_turned(signed)), item_of(signed)]
    relay = cast.ledger.deployment.address("Relay")
    carry(cast, (relay, relay_call(cast.ledger.deployment, items)))
    assert explained(cast).commands["MoveDeposit"] == 1


# ---- what else stands beside a command and is not signed in it


def test_sale_beside_copies_with_bad_quotes_is_explained(cast, acme, birch, delta) -> None:
    root = live(cast)
    terms = sale_terms(cast, root, FACE)
    values = {"payable_id": 1, "share_max": 10**9, "rate_max": terms["rate"]}
    offers = [acme.signed(CostShareOffer, budget=FACE, **values) for _ in range(2)]
    quote = delta.signed(SaleQuote, taker=birch.id, **terms)
    given = {"buyer": delta.id, "obligor_share": 10**9 // 2, **terms}
    signed = birch.signed(SellVoucher, **given)
    copies = [
        item_of(_turned(signed), quote, offers[0]),
        item_of(signed, _turned(quote), offers[0]),
        item_of(signed, quote, _turned(offers[0])),
        item_of(signed, quote, offers[1]),
    ]
    carry(cast, *map(decoy, copies), call_of(cast, item_of(signed, quote, offers[0])))
    assert explained(cast).commands["CostShareOffer"] == 1


def test_two_sales_beside_copies_with_each_others_quotes_are_explained(cast, birch) -> None:
    sales = []
    for buyer in (cast.delta, cast.echo):
        terms = sale_terms(cast, live(cast), FACE)
        quote = buyer.signed(SaleQuote, taker=birch.id, **terms)
        sold = birch.signed(SellVoucher, buyer=buyer.id, obligor_share=0, **terms)
        sales.append((sold, quote))
    offer = cast.acme.signed(CostShareOffer, payable_id=1, share_max=0, rate_max=0, budget=0)
    (one, first), (two, second) = sales
    crossed = [item_of(one, second, offer), item_of(two, first, offer)]
    right = [item_of(one, first, offer), item_of(two, second, offer)]
    carry(cast, *map(decoy, crossed), *(call_of(cast, item) for item in right))
    assert explained(cast).commands["SaleQuote"] == 2


def test_admission_beside_copies_with_bad_words_of_others_is_explained(cast, delta) -> None:
    act = admission(cast)
    signed = act.signed()
    word = delta.sign(signed.command).approvals
    proofs = [key.sign(cast.ledger.digest(signed.command)) for key in NEW_KEYS]
    wrong = [(), (word[1], word[0]), cast.echo.sign(signed.command).approvals]
    copies = [decoy(item_of(signed, one, (), proofs)) for one in wrong]
    copies += [decoy(item_of(signed, word, (), one)) for one in (proofs[:1], proofs[::-1])]
    carry(cast, *copies, call_of(cast, item_of(signed, word, (), proofs)))
    assert explained(cast).commands["AdmitParticipant"] == 1


def test_withdrawal_beside_copies_with_other_invoices_is_explained(cast, acme) -> None:
    uses = [invoice(name, FACE // 2) for name in ("one", "two")]
    number = offered(cast, invoices=tuple(uses))
    signed = acme.signed(WithdrawOffer, voucher=root_voucher(number))
    right = [one.fingerprint for one in uses]
    wrong = [[], right[:1], [right[0], right[0]], [*right, named("three")], [named("three")] * 2]
    copies = [decoy(item_of(signed, one)) for one in wrong]
    carry(cast, *copies, call_of(cast, item_of(signed, right)), *copies)
    assert explained(cast).commands["WithdrawOffer"] == 1


# ---- what is forged stays forged


def _swap_key(cast: Cast, member: Member) -> None:
    """The operator puts a key of its own in the place of a member's first."""
    slot = slot_of("Participants", "_ring", member.id << 8 | MAKER)
    word = word_at(cast, "Participants", slot)
    cheat(cast, "Participants", slot, word >> 160 << 160 | int.from_bytes(STRANGE.key, "big"))


def _reasons(cast: Cast) -> list[str]:
    found = [one for one in audited(cast.ledger).findings if one.kind is Kind.AUTHORITY]
    return [one.reason.code for one in found if one.reason]


@pytest.mark.parametrize("name", [*DECOYS, "none"])
def test_command_by_a_swapped_key_beside_copies_is_reported(cast, echo, name) -> None:
    signed = payment(cast, echo)
    forged = _of_a_stranger(cast, signed)
    copies: Any = DECOYS[name](cast, forged) if name != "none" else ()
    _swap_key(cast, echo)
    carry(cast, *(decoy(item_of(one)) for one in copies), call_of(cast, item_of(forged)))
    assert _reasons(cast)


def test_command_by_too_few_beside_copies_is_reported(cast, birch) -> None:
    slot = slot_of("Participants", "_members", birch.id)
    word = word_at(cast, "Participants", slot)
    cheat(cast, "Participants", slot, word & ~(0xFF << 40) | 1 << 40)
    alone = birch.sign_by(payment(cast, birch, HIGH_FROM).command, MAKER)
    carry(cast, decoy(item_of(_turned(alone))), call_of(cast, item_of(alone)))
    assert set(_reasons(cast)) == {"SignersTooFew", "CheckerMissing"}
