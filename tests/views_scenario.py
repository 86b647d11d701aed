"""A rich scenario for the views: nearly every event that the contracts have, on one chain."""

from typing import Any

from ledger.chain.calls import Signed, abi_values, item_of
from ledger.chain.keys import AccountKey
from ledger.model.commands import (
    AcceptVoucher,
    AddSigner,
    AttestPayment,
    ConfirmPayout,
    CostShareOffer,
    DeclineVoucher,
    FreezeParticipant,
    FreezeRange,
    InvoiceUse,
    IssuePayable,
    JoinVouchers,
    MoveDeposit,
    Part,
    PauseLedger,
    PayPayable,
    PledgeQuote,
    PledgeVoucher,
    ProposeRecovery,
    RecourseVoucher,
    RedeemVoucher,
    RedemptionQuote,
    ReleaseSecurity,
    RepayLoan,
    ReturnPayout,
    ReturnUnapplied,
    RevokeSigner,
    SaleQuote,
    SellVoucher,
    SetHolidays,
    SetRules,
    SetThreshold,
    Signer,
    SuspendParticipant,
    TransferVoucher,
    UnfreezeParticipant,
    UnfreezeRange,
    VetoRecovery,
    VoidNonce,
    WithdrawDeposit,
    WithdrawOffer,
)
from ledger.model.days import parse_day
from ledger.model.ids import payable_of, root_voucher
from ledger.service.ledger import Outcome
from ledger.views import Projection, entries
from tests.cast import RULES, Cast, Member, named

MATURITY = parse_day("2026-08-28")
NOTHING = bytes(32)
NO_OFFER = Signed(CostShareOffer(0, 0, 0, 0, 0, 0, 0), ())
YUAN = 100
FACE = 1_000_000 * YUAN


def projected(cast: Cast) -> Projection:
    """The views of everything that has happened so far."""
    return Projection(entries(cast.ledger.events(), cast.node.block_second))


class Acts:
    """The acts of the scenario, each in one line."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ledger = cast.ledger
        self.count = 0

    def issue(self, face: int = FACE, *, accepted: bool = True) -> int:
        """Acme issues to Birch; returns the root voucher."""
        self.count += 1
        self.cast.acme.act(
            IssuePayable,
            to=self.cast.birch.id,
            bank=self.cast.settlement_bank.id,
            face=face,
            maturity=MATURITY,
            evidence=named(f"contract {self.count}"),
            invoices=(InvoiceUse(self.invoice(self.count), 2 * face, face),),
        )
        root = root_voucher(self.ledger.payable_count())
        if accepted:
            self.accept(self.cast.birch, root)
        return root

    def invoice(self, number: int) -> bytes:
        return named(f"invoice {number}")

    def accept(self, member: Member, voucher: int) -> None:
        row = self.ledger.voucher(voucher)
        member.act(AcceptVoucher, voucher=voucher, start=row["start"], end=row["end"])

    def offer(self, giver: Member, voucher: int, amount: int, taker: Member) -> int:
        part = Part(taker.id, voucher, amount, named("delivery note"))
        done = giver.act(TransferVoucher, parts=(part,))
        return done.offered[0]

    def transfer(self, giver: Member, voucher: int, amount: int, taker: Member) -> int:
        offered = self.offer(giver, voucher, amount, taker)
        self.accept(taker, offered)
        return offered

    def range_of(self, voucher: int, amount: int) -> dict[str, Any]:
        row = self.ledger.voucher(voucher)
        return {"voucher": voucher, "start": row["start"], "end": row["end"], "amount": amount}

    def sell(
        self, seller: Member, voucher: int, amount: int, *, recourse: bool, share: int = 0
    ) -> int:
        """Sell to Delta Bank, or what it has on to Echo Bank."""
        delta, echo = self.cast.delta, self.cast.echo
        buyer = echo if seller is delta else delta
        terms = self.range_of(voucher, amount)
        terms |= {"rate": 40_000_000, "recourse": recourse, "registration": named("notice")}
        quote = buyer.signed(SaleQuote, taker=seller.id, **terms)
        offer = NO_OFFER
        if share:
            offer = self.cast.acme.signed(
                CostShareOffer,
                payable_id=payable_of(voucher),
                share_max=share,
                rate_max=100_000_000,
                budget=FACE,
            )
        done = seller.act(SellVoucher, quote, offer, buyer=buyer.id, obligor_share=share, **terms)
        sold: int = done.value("VoucherSold", "voucher")
        return sold

    def pledge(self, borrower: Member, voucher: int, amount: int, advance: int) -> int:
        """Pledge to Echo Bank; returns the loan."""
        terms = self.range_of(voucher, amount)
        terms |= {"advance": advance, "ltv": 800_000_000, "rate": 42_000_000, "due": MATURITY}
        terms["registration"] = NOTHING
        quote = self.cast.echo.signed(PledgeQuote, taker=borrower.id, **terms)
        done = borrower.act(PledgeVoucher, quote, lender=self.cast.echo.id, **terms)
        loan: int = done.value("LoanAdvanced", "loan_id")
        return loan

    def redeem(self, holder: Member, voucher: int, amount: int) -> None:
        terms = {**self.range_of(voucher, amount), "rate": 36_000_000}
        quote = self.cast.acme.signed(RedemptionQuote, taker=holder.id, **terms)
        holder.act(RedeemVoucher, quote, **terms)

    def attest(self, payable: int, amount: int, reference: str) -> None:
        self.cast.settlement_bank.act(
            AttestPayment,
            payable_id=payable,
            amount=amount,
            value_day=self.ledger.today,
            payment_reference=named(reference),
        )

    def settle(self, payable: int) -> Outcome:
        """Distribute what was paid to every voucher of a payable."""
        ids = list(self.ledger.vouchers_of(payable))
        return self.ledger.carry_out(self.ledger.call("Settlement", "settle", ids))

    def jointly(self, member: Member, command: Any, *cosigners: Member) -> Outcome:
        """A command that others co-sign."""
        digest = self.ledger.digest(command)
        more = [list(one.approvals(digest, (0, 1))) for one in cosigners]
        return self.ledger.carry_out(item_of(member.sign(command), *more))


def circulate(acts: Acts) -> None:
    """Payable 1 is cut, offered, declined, withdrawn, joined; 2 declined; 3 left to lapse."""
    birch, cedar, acme = acts.cast.birch, acts.cast.cedar, acts.cast.acme
    root = acts.issue()
    birch.act(
        WithdrawOffer, [], voucher=acts.offer(birch, root, acts.ledger.voucher(root)["end"], cedar)
    )
    acts.transfer(birch, root, 400_000 * YUAN, cedar)
    declined = acts.offer(birch, root, 100_000 * YUAN, cedar)
    cedar.act(DeclineVoucher, [], voucher=declined, reason=named("wrong goods"))
    withdrawn = acts.offer(birch, root, 50_000 * YUAN, cedar)
    birch.act(WithdrawOffer, [], voucher=withdrawn)
    birch.act(JoinVouchers, low=declined, high=withdrawn)
    second = acts.issue(7_000 * YUAN, accepted=False)
    birch.act(DeclineVoucher, [acts.invoice(2)], voucher=second, reason=named("no"))
    acts.issue(8_000 * YUAN, accepted=False)
    acts.offer(birch, root, 20_000 * YUAN, cedar)  # and nobody answers
    voided = acme.next_nonce()
    acme.act(VoidNonce, voided=voided)


def finance(acts: Acts) -> None:
    """Sales with and without recourse, a loan with a release, a redemption; 3 lapses."""
    cast, ledger = acts.cast, acts.ledger
    birch, cedar, delta = cast.birch, cast.cedar, cast.delta
    root, given, joined = (root_voucher(1) + place for place in (0, 1, 4))
    sold = acts.sell(cedar, given, 150_000 * YUAN, recourse=True, share=500_000_000)
    acts.sell(delta, sold, 60_000 * YUAN, recourse=True)
    acts.sell(birch, root, 30_000 * YUAN, recourse=False)
    loan = acts.pledge(cedar, given, 200_000 * YUAN, 120_000 * YUAN)
    cast.advance(20)
    # The unanswered part has lapsed by now, and is held again without a transaction.
    acts.redeem(birch, root + 5, 5_000 * YUAN)
    cedar.act(RepayLoan, loan=loan, principal=40_000 * YUAN, release=50_000 * YUAN)
    cast.echo.act(ReleaseSecurity, loan=loan, amount=10_000 * YUAN)
    birch.act(
        MoveDeposit,
        bank=cast.settlement_bank.id,
        to=cedar.id,
        amount=3 * YUAN,
        purpose=named("rent"),
    )
    ledger.carry_out(ledger.call("Offers", "lapse", 3, [acts.invoice(3)]))
    acts.pledge(birch, joined, 150_000 * YUAN, 100_000 * YUAN)
    whole = acts.issue(9_000 * YUAN)
    acts.redeem(birch, whole, 9_000 * YUAN)
    withdrawal = birch.make(
        WithdrawDeposit,
        bank=cast.settlement_bank.id,
        amount=11 * YUAN,
        payment_reference=named("wire"),
    )
    acts.jointly(birch, withdrawal, cast.settlement_bank)


def govern(acts: Acts) -> None:
    """Freezes, suspension, pause, new rules and holidays, keys and a recovery."""
    cast, ledger = acts.cast, acts.ledger
    birch, cedar, operator, regulator = cast.birch, cast.cedar, cast.operator, cast.regulator
    case: dict[str, Any] = {"case_commitment": named("case"), "review_day": ledger.today + 9}
    offered = acts.offer(birch, root_voucher(1), 10_000 * YUAN, cedar)
    row = ledger.voucher(offered)
    frozen = {"payable_id": 1, "start": row["start"], "end": row["end"]}
    regulator.act(FreezeRange, **frozen, **case)
    regulator.act(FreezeRange, payable_id=1, start=0, end=1_000, **case)
    regulator.act(UnfreezeRange, payable_id=1, freeze=0, case_commitment=named("case"))
    acts.offer(cedar, root_voucher(1) + 1, 1_000 * YUAN, birch)
    regulator.act(FreezeParticipant, subject=cedar.id, **case)
    regulator.act(UnfreezeParticipant, subject=cedar.id, case_commitment=named("case"))
    for suspended in (True, False):
        operator.act(
            SuspendParticipant, subject=cedar.id, suspended=suspended, reason=named("late")
        )
        operator.act(PauseLedger, paused=suspended, reason=named("drill"))
    rules = operator.make(SetRules, bank=cast.delta.id, rules=replace_effective(ledger.today + 1))
    acts.jointly(operator, rules, cast.delta)
    holidays = operator.make(
        SetHolidays, bank=cast.delta.id, first_day=MATURITY >> 8 << 8, holidays=1 << 5
    )
    acts.jointly(operator, holidays, cast.delta)
    _rekey(acts, cast.echo, cedar)


def replace_effective(day: int) -> Any:
    """The rules of the cast, from a day on, with shorter offers."""
    return type(RULES)(day, 300, 5, 5, 0, 0, 400_000, 1_500_000_000, False)


def _rekey(acts: Acts, echo: Member, cedar: Member) -> None:
    """Echo Bank changes its keys; Cedar's are recovered in the batch that adds one more."""
    ledger, operator, delta = acts.ledger, acts.cast.operator, acts.cast.delta
    new = [AccountKey(named(f"new {one}")) for one in range(4)]
    added = echo.make(AddSigner, signer=Signer(new[0].key, 2, 0, named("id card")))
    ledger.carry_out(item_of(echo.sign(added), new[0].sign(ledger.digest(added))))
    echo.act(RevokeSigner, signer=2, reason=named("left"))
    echo.act(SetThreshold, threshold_low=2, threshold_high=2, high_from=5)
    for vetoed in (True, False):
        proposal = operator.make(
            ProposeRecovery,
            subject=cedar.id,
            threshold_low=1,
            threshold_high=2,
            high_from=1_000,
            signers=(Signer(new[1].key, 3, 0, NOTHING), Signer(new[2].key, 3, 0, NOTHING)),
        )
        digest = ledger.digest(proposal)
        proofs = [key.sign(digest) for key in new[1:3]]
        cosigned = list(delta.approvals(digest, (0, 1)))
        ledger.carry_out(item_of(operator.sign(proposal), cosigned, proofs))
        if vetoed:
            cedar.act(VetoRecovery)
    acts.cast.advance(8)
    last = cedar.make(AddSigner, signer=Signer(new[3].key, 1, 0, NOTHING))
    complete = ledger.call("Administration", "completeRecovery", abi_values(proposal))
    batch = [item_of(cedar.sign(last), new[3].sign(ledger.digest(last))), complete]
    for outcome in ledger.relay(batch):
        outcome.unwrap()
    # Added just before the recovery came into force, and replaced by it like the others.
    cedar.keys = {6: new[1], 7: new[2]}


def mature(acts: Acts) -> None:
    """Payments on both rails, default, recourse, payouts, and the cure."""
    cast, ledger = acts.cast, acts.ledger
    bank, acme = cast.settlement_bank, cast.acme
    acts.attest(1, 1_000 * YUAN, "early")  # before maturity: it waits
    cast.begin(MATURITY)
    ledger.carry_out(ledger.call("Settlement", "settle", [root_voucher(1), 99]))
    acme.act(PayPayable, payable_id=1, amount=333_333 * YUAN + 33)
    acts.settle(1)
    acts.attest(1, 100_000 * YUAN, "wire 2")
    cast.advance(10)
    acts.settle(1)
    for voucher in list(ledger.vouchers_of(1)):
        row = ledger.voucher(voucher)
        is_frozen = ledger.ask("Vouchers", "isFrozen", voucher)
        if row["flags"] & 1 and row["state"] == 2 and not is_frozen:
            cast.member(row["holder"]).act(RecourseVoucher, voucher=voucher)
    fact = {"payout": 1, "amount": ledger.ask("Settlement", "payoutOf", 1)["amount"]}
    bank.act(ConfirmPayout, **fact, payment_reference=named("paid out"))
    bank.act(ReturnPayout, **fact, payment_reference=named("came back"))


def cure(acts: Acts) -> None:
    """The rest is paid with late interest, more than it by the bank; all vouchers close."""
    cast, ledger = acts.cast, acts.ledger
    cast.advance(5)
    late, principal = ledger.debt(1)
    cast.acme.act(PayPayable, payable_id=1, amount=(late + principal) // 2)
    acts.settle(1)
    acts.attest(1, FACE, "too much")
    cast.settlement_bank.act(
        ReturnUnapplied, payable_id=1, amount=5, payment_reference=named("back")
    )
    acts.settle(1)
    cast.regulator.act(UnfreezeRange, payable_id=1, freeze=1, case_commitment=named("case"))
    acts.settle(1)
