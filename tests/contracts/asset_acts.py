"""Every verb that moves a claim or lends on it, in a situation where it would be carried out."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.chain.calls import Signed, item_of
from ledger.model.commands import (
    AcceptVoucher,
    CostShareOffer,
    DeclineVoucher,
    IssueBatch,
    IssuePayable,
    JoinVouchers,
    PledgeQuote,
    PledgeVoucher,
    RecourseVoucher,
    RedeemVoucher,
    RedemptionQuote,
    ReleaseSecurity,
    RepayLoan,
    SaleQuote,
    SellVoucher,
    TransferVoucher,
    VoidBatch,
    WithdrawOffer,
)
from ledger.model.ids import payable_of, root_voucher
from ledger.model.parts import Part
from tests.cast import Cast, named
from tests.contracts.act import Act, Need, beside
from tests.contracts.situations import (
    EVIDENCE,
    FACE,
    MATURITY,
    NO_OFFER,
    cut_in_two,
    invoice,
    issue_terms,
    live,
    offered,
    pledge,
    pledge_terms,
    redemption_terms,
    sale_terms,
    sell,
)

__all__ = ["ASSET_ACTS"]

_INVOICES: Final = (invoice("one", FACE - 1), invoice("two", 1, 5))
_FINGERPRINTS: Final = tuple(one.fingerprint for one in _INVOICES)
_SHARE: Final = 500_000_000


def _issue(cast: Cast) -> Act:
    terms = issue_terms(cast, invoices=_INVOICES)
    return Act(cast.acme, cast.acme.make(IssuePayable, **terms), Need.HIGH, item_of)


def _issue_batch(cast: Cast) -> Act:
    command = cast.acme.make(IssueBatch, root=named("root"), count=3, total=FACE)
    return Act(cast.acme, command, Need.HIGH, item_of)


def _void_batch(cast: Cast) -> Act:
    batch = cast.acme.signed(IssueBatch, root=named("root"), count=3, total=FACE)
    cast.ledger.carry_out(item_of(batch))
    command = cast.acme.make(VoidBatch, batch=cast.ledger.digest(batch.command))
    return Act(cast.acme, command, Need.ONE, item_of)


def _transfer(cast: Cast) -> Act:
    voucher = live(cast)
    parts = (
        Part(cast.cedar.id, voucher, FACE // 2, EVIDENCE),
        Part(cast.delta.id, voucher, FACE // 4, EVIDENCE),
    )
    return Act(cast.birch, cast.birch.make(TransferVoucher, parts=parts), Need.HIGH, item_of)


def _accept(cast: Cast) -> Act:
    voucher = root_voucher(offered(cast))
    command = cast.birch.make(AcceptVoucher, voucher=voucher, start=0, end=FACE)
    return Act(cast.birch, command, Need.ONE, item_of)


def _decline(cast: Cast) -> Act:
    voucher = root_voucher(offered(cast, invoices=_INVOICES))
    command = cast.birch.make(DeclineVoucher, voucher=voucher, reason=named("not mine"))
    return Act(cast.birch, command, Need.ONE, beside(_FINGERPRINTS))


def _withdraw(cast: Cast) -> Act:
    voucher = root_voucher(offered(cast, invoices=_INVOICES))
    command = cast.acme.make(WithdrawOffer, voucher=voucher)
    return Act(cast.acme, command, Need.LOW, beside(_FINGERPRINTS))


def _join(cast: Cast) -> Act:
    voucher = live(cast)
    low = cut_in_two(cast, voucher, FACE // 3)
    return Act(cast.birch, cast.birch.make(JoinVouchers, low=low, high=voucher), Need.LOW, item_of)


# ---- sale, redemption, recourse


def _sale_values(cast: Cast, **changes: Any) -> dict[str, Any]:
    return sale_terms(cast, live(cast), FACE // 2, **changes)


def _sell(cast: Cast) -> Act:
    terms = _sale_values(cast, recourse=True, registration=named("registered"))
    quote = cast.delta.signed(SaleQuote, taker=cast.birch.id, **terms)
    command = cast.birch.make(SellVoucher, buyer=cast.delta.id, obligor_share=0, **terms)
    return Act(cast.birch, command, Need.HIGH, beside(quote, NO_OFFER))


def _sale_quote(cast: Cast) -> Act:
    terms = _sale_values(cast, recourse=True, registration=named("registered"))
    values = {"buyer": cast.delta.id, "obligor_share": 0, **terms}
    sale = cast.birch.signed(SellVoucher, **values)
    command = cast.delta.make(SaleQuote, taker=cast.birch.id, **terms)
    return Act(cast.delta, command, Need.HIGH, lambda quote: item_of(sale, quote, NO_OFFER))


def _cost_share_offer(cast: Cast) -> Act:
    terms = _sale_values(cast)
    quote = cast.delta.signed(SaleQuote, taker=cast.birch.id, **terms)
    values = {"buyer": cast.delta.id, "obligor_share": _SHARE, **terms}
    sale = cast.birch.signed(SellVoucher, **values)
    command = cast.acme.make(
        CostShareOffer,
        payable_id=payable_of(terms["voucher"]),
        share_max=_SHARE,
        rate_max=terms["rate"],
        budget=FACE,
    )

    def carry(offer: Signed) -> Any:
        return item_of(sale, quote, offer)

    return Act(cast.acme, command, Need.HIGH, carry, standing=True)


def _redeem(cast: Cast) -> Act:
    terms = redemption_terms(cast, live(cast), FACE // 2)
    quote = cast.acme.signed(RedemptionQuote, taker=cast.birch.id, **terms)
    return Act(cast.birch, cast.birch.make(RedeemVoucher, **terms), Need.HIGH, beside(quote))


def _redemption_quote(cast: Cast) -> Act:
    terms = redemption_terms(cast, live(cast), FACE // 2)
    redemption = cast.birch.signed(RedeemVoucher, **terms)
    command = cast.acme.make(RedemptionQuote, taker=cast.birch.id, **terms)
    return Act(cast.acme, command, Need.HIGH, lambda quote: item_of(redemption, quote))


def _recourse(cast: Cast) -> Act:
    voucher = live(cast)
    sell(cast.birch, cast.delta, sale_terms(cast, voucher, FACE, recourse=True))
    cast.begin(MATURITY + 1)
    return Act(cast.delta, cast.delta.make(RecourseVoucher, voucher=voucher), Need.LOW, item_of)


# ---- loans


def _pledge(cast: Cast) -> Act:
    terms = pledge_terms(cast, live(cast), FACE // 2)
    quote = cast.delta.signed(PledgeQuote, taker=cast.birch.id, **terms)
    command = cast.birch.make(PledgeVoucher, lender=cast.delta.id, **terms)
    return Act(cast.birch, command, Need.HIGH, beside(quote))


def _pledge_quote(cast: Cast) -> Act:
    terms = pledge_terms(cast, live(cast), FACE // 2)
    pledged = cast.birch.signed(PledgeVoucher, lender=cast.delta.id, **terms)
    command = cast.delta.make(PledgeQuote, taker=cast.birch.id, **terms)
    return Act(cast.delta, command, Need.HIGH, lambda quote: item_of(pledged, quote))


def _loan(cast: Cast) -> int:
    return pledge(cast.birch, cast.delta, pledge_terms(cast, live(cast), FACE))


def _repay(cast: Cast) -> Act:
    loan = _loan(cast)
    cast.advance(30)
    command = cast.birch.make(RepayLoan, loan=loan, principal=8_000_000, release=9_000_000)
    return Act(cast.birch, command, Need.LOW, item_of)


def _release(cast: Cast) -> Act:
    terms = pledge_terms(cast, live(cast), FACE, advance=FACE // 2)
    loan = pledge(cast.birch, cast.delta, terms)
    cast.advance(1)
    command = cast.delta.make(ReleaseSecurity, loan=loan, amount=9_000_000)
    return Act(cast.delta, command, Need.LOW, item_of)


ASSET_ACTS: Final[Mapping[str, Callable[[Cast], Act]]] = {
    "IssuePayable": _issue,
    "IssueBatch": _issue_batch,
    "VoidBatch": _void_batch,
    "TransferVoucher": _transfer,
    "AcceptVoucher": _accept,
    "DeclineVoucher": _decline,
    "WithdrawOffer": _withdraw,
    "JoinVouchers": _join,
    "SellVoucher": _sell,
    "SaleQuote": _sale_quote,
    "CostShareOffer": _cost_share_offer,
    "RedeemVoucher": _redeem,
    "RedemptionQuote": _redemption_quote,
    "RecourseVoucher": _recourse,
    "PledgeVoucher": _pledge,
    "PledgeQuote": _pledge_quote,
    "RepayLoan": _repay,
    "ReleaseSecurity": _release,
}
"""The acts by the primary type of the command that the forgeries change."""
