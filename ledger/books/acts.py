"""The acts of a book: each step as a signed command, with what the other side signs beside it.

An unknown name goes to the ledger as a number that nothing has: the refusal is the ledger's.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.books.cast import Cast
from ledger.books.names import UNKNOWN, Names
from ledger.books.notation import day, fen, parts
from ledger.chain.calls import Item, Signed
from ledger.model.finance_commands import (
    CostShareOffer,
    PledgeQuote,
    PledgeVoucher,
    RecourseVoucher,
    RedeemVoucher,
    RedemptionQuote,
    RepayLoan,
    SaleQuote,
    SellVoucher,
)
from ledger.model.ids import payable_of
from ledger.model.money import RATE_ONE
from ledger.model.parts import InvoiceUse, Part
from ledger.model.payment_commands import PayPayable
from ledger.model.voucher_commands import (
    AcceptVoucher,
    DeclineVoucher,
    IssuePayable,
    TransferVoucher,
)
from ledger.records.invoices import fingerprint
from ledger.service.party import Party

__all__ = ["ACTS", "Act", "Scene"]

_NOTHING: Final = bytes(32)
_NO_OFFER: Final = Signed(CostShareOffer(0, 0, 0, 0, 0, 0, 0), ())

Step = Mapping[str, Any]


@dataclass(slots=True)
class Scene:
    """What the acts of one run share: who acts, the names so far, the key of the fingerprints."""

    cast: Cast
    names: Names = field(default_factory=Names)
    backing: dict[int, tuple[bytes, ...]] = field(default_factory=dict)
    """The fingerprints of the invoices that back each payable."""
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def invoices(self, step: Step) -> tuple[InvoiceUse, ...]:
        """The invoices of an issue, under fingerprints that hold for this run alone."""
        return tuple(
            InvoiceUse(fingerprint(self._key, one["number"]), fen(one["total"]), fen(one["use"]))
            for one in step.get("invoices", ())
        )

    def note_backing(self, payable: int, step: Step) -> None:
        """Remember which invoices back a payable: those of which it uses something, once each."""
        used = [one.fingerprint for one in self.invoices(step) if one.used]
        self.backing[payable] = tuple(dict.fromkeys(used))

    def voucher(self, step: Step) -> int:
        """The number of a step's voucher."""
        return self.names.vouchers.get(step["voucher"], UNKNOWN)

    def record(self, voucher: int) -> Mapping[str, Any]:
        """A voucher as the ledger shows it; an empty range of nobody for an unknown one."""
        if voucher == UNKNOWN:
            return {"start": 0, "end": 0, "holder": 0}
        return self.cast.ledger.voucher(voucher)

    def obligor(self, payable: int) -> Party:
        """Who owes a payable; some party for an unknown one."""
        record = self.cast.ledger.ask("Vouchers", "payableOf", payable)
        return self.cast.member(record["obligor"])

    def range_of(self, step: Step) -> dict[str, int]:
        """The exact range that a deal is made for, and how much of it."""
        voucher = self.voucher(step)
        record = self.record(voucher)
        return {
            "voucher": voucher,
            "start": record["start"],
            "end": record["end"],
            "amount": fen(step["amount"]),
        }


Act = Callable[[Scene, Step], Item]


def _issue(scene: Scene, step: Step) -> Item:
    parties = scene.cast.parties
    return parties[step["obligor"]].item(
        IssuePayable,
        to=parties[step["to"]].id,
        bank=scene.cast.bank.id,
        face=fen(step["face"]),
        maturity=day(step["maturity"]),
        evidence=secrets.token_bytes(32),
        invoices=scene.invoices(step),
    )


def _accept(scene: Scene, step: Step) -> Item:
    voucher = scene.voucher(step)
    record = scene.record(voucher)
    return scene.cast.parties[step["by"]].item(
        AcceptVoucher, voucher=voucher, start=record["start"], end=record["end"]
    )


def _decline(scene: Scene, step: Step) -> Item:
    voucher = scene.voucher(step)
    freed = scene.backing.get(payable_of(voucher), ())
    return scene.cast.parties[step["by"]].item(
        DeclineVoucher, freed, voucher=voucher, reason=_NOTHING
    )


def _transfer(scene: Scene, step: Step) -> Item:
    parties = scene.cast.parties
    evidence = secrets.token_bytes(32)
    part = Part(parties[step["to"]].id, scene.voucher(step), fen(step["amount"]), evidence)
    return parties[step["from"]].item(TransferVoucher, parts=(part,))


def _sell(scene: Scene, step: Step) -> Item:
    seller, buyer = (scene.cast.parties[step[side]] for side in ("from", "to"))
    terms: dict[str, Any] = {
        **scene.range_of(step),
        "rate": parts(step["rate"]),
        "recourse": step["recourse"] == "full",
        "registration": _NOTHING,
    }
    share = parts(step.get("obligor_share", "0"))
    quote = buyer.signed(SaleQuote, taker=seller.id, **terms)
    offer = _share_offer(scene, terms) if share else _NO_OFFER
    return seller.item(SellVoucher, quote, offer, buyer=buyer.id, obligor_share=share, **terms)


def _share_offer(scene: Scene, terms: Mapping[str, Any]) -> Signed:
    """The obligor's offer to bear a share of the cost of a sale; no cost exceeds its amount."""
    payable = payable_of(terms["voucher"])
    return scene.obligor(payable).signed(
        CostShareOffer,
        payable_id=payable,
        share_max=RATE_ONE,
        rate_max=RATE_ONE,
        budget=terms["amount"],
    )


def _pledge(scene: Scene, step: Step) -> Item:
    borrower, lender = (scene.cast.parties[step[side]] for side in ("from", "to"))
    terms: dict[str, Any] = {
        **scene.range_of(step),
        "advance": fen(step["advance"]),
        "ltv": parts(step["ltv"]),
        "rate": parts(step["rate"]),
        "due": day(step["due"]),
        "registration": _NOTHING,
    }
    quote = lender.signed(PledgeQuote, taker=borrower.id, **terms)
    return borrower.item(PledgeVoucher, quote, lender=lender.id, **terms)


def _repay(scene: Scene, step: Step) -> Item:
    loan = scene.names.loans.get(step["id"], UNKNOWN)
    borrower = scene.cast.member(scene.cast.ledger.loan(loan)["borrower"])
    return borrower.item(
        RepayLoan,
        loan=loan,
        principal=fen(step["principal"]),
        release=fen(step.get("release", "0")),
    )


def _redeem(scene: Scene, step: Step) -> Item:
    holder = scene.cast.parties[step["from"]]
    terms = {**scene.range_of(step), "rate": parts(step["rate"])}
    obligor = scene.obligor(payable_of(terms["voucher"]))
    quote = obligor.signed(RedemptionQuote, taker=holder.id, **terms)
    return holder.item(RedeemVoucher, quote, **terms)


def _pay(scene: Scene, step: Step) -> Item:
    payable = scene.names.payables.get(step["payable"], UNKNOWN)
    return scene.obligor(payable).item(PayPayable, payable_id=payable, amount=fen(step["amount"]))


def _recourse(scene: Scene, step: Step) -> Item:
    voucher = scene.voucher(step)
    holder = scene.cast.member(scene.record(voucher)["holder"])
    return holder.item(RecourseVoucher, voucher=voucher)


ACTS: Final[Mapping[str, Act]] = {
    "issue": _issue,
    "accept": _accept,
    "decline": _decline,
    "transfer": _transfer,
    "sell": _sell,
    "pledge": _pledge,
    "repay": _repay,
    "redeem": _redeem,
    "pay": _pay,
    "recourse": _recourse,
}
"""What each verb sends; `wait` sends nothing."""
