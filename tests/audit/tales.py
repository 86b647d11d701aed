"""What happens on the audited chains: a life of a payable with most verbs in it."""

from ledger.chain.calls import Item, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AddSigner,
    FreezeRange,
    MoveDeposit,
    RecourseVoucher,
    RepayLoan,
    UnfreezeRange,
)
from ledger.model.ids import payable_of
from ledger.model.parts import Signer
from tests.cast import Cast, Member, named
from tests.contracts.situations import (
    FACE,
    MATURITY,
    cut_in_two,
    invoice,
    live,
    passed,
    pay,
    pledge,
    pledge_terms,
    redeem,
    redemption_terms,
    sale_terms,
    sell,
    settle,
    spend,
)

__all__ = ["life"]


def _move(cast: Cast, giver: Member, amount: int) -> Item:
    values = {"bank": cast.settlement_bank.id, "amount": amount, "purpose": named("batch")}
    return giver.item(MoveDeposit, to=cast.delta.id, **values)


def life(cast: Cast) -> int:
    """A payable issued, passed on, financed, frozen, paid in parts and settled; its number."""
    birch, cedar, delta = cast.birch, cast.cedar, cast.delta
    root = live(cast, invoices=(invoice("goods", FACE),))
    payable = payable_of(root)
    part = passed(cast, root, FACE // 4, cedar)
    cut_in_two(cast, root, FACE // 8)
    loan = pledge(cedar, delta, pledge_terms(cast, part, FACE // 8))
    sell(birch, delta, sale_terms(cast, root, FACE // 8, recourse=True))
    sold = max(number for number in cast.ledger.vouchers_of(payable))
    redeem(cast, birch, redemption_terms(cast, root, FACE // 16))
    key = AccountKey(named("a new key"))
    command = birch.make(AddSigner, signer=Signer(key.key, 3, 0, named("of a clerk")))
    proof = key.sign(cast.ledger.digest(command))
    cast.ledger.carry_out(item_of(birch.sign(command), proof))
    cast.advance(20)
    cedar.act(RepayLoan, loan=loan, principal=10_000_00, release=2_000_00)
    spend(cast, cedar, 5_000_00)
    batch = [_move(cast, cedar, 1), _move(cast, cedar, 10**15), _move(cast, birch, 2)]
    assert [one.refusal is None for one in cast.ledger.relay(batch)] == [True, False, True]
    case = {"payable_id": payable, "case_commitment": named("case")}
    cast.regulator.act(FreezeRange, start=0, end=5, review_day=MATURITY, **case)
    cast.regulator.act(UnfreezeRange, freeze=0, **case)
    cast.begin(MATURITY + 3)
    pay(cast, payable, FACE // 2)
    settle(cast, *cast.ledger.vouchers_of(payable))
    delta.act(RecourseVoucher, voucher=sold)
    pay(cast, payable, sum(cast.ledger.debt(payable)))
    settle(cast, *cast.ledger.vouchers_of(payable))
    return payable
