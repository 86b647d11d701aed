"""Sale, early redemption and recourse, as an audit replays them."""

from collections.abc import Mapping
from typing import Final

from ledger.audit.arithmetic import part, yearly, yearly_times
from ledger.audit.authority import authorise, use_standing
from ledger.audit.depositing import Leg, move
from ledger.audit.ledger_parts import Claims, Payable, Payments, Sale, Sales, Voucher
from ledger.audit.registry_parts import Deposits, Rules
from ledger.audit.scene import Handler, Scene
from ledger.audit.sharing import claim_of, interest_from, require_caught_up
from ledger.audit.terms import RATE_MAX, RATE_ONE, require_same, word
from ledger.audit.transitions import (
    close,
    current,
    cut,
    disposable,
    payable,
    reduce,
    require_range,
    require_unfrozen,
    turn_over,
)
from ledger.model.commands import (
    CostShareOffer,
    RecourseVoucher,
    RedeemVoucher,
    RedemptionQuote,
    SaleQuote,
    SellVoucher,
)
from ledger.model.errors import ERRORS
from ledger.model.ids import payable_of
from ledger.model.states import PayableState, Role, VoucherState

__all__ = ["SELLING"]

_REDEMPTIONS_MAX: Final = 32


def _sell(scene: Scene) -> None:
    given = scene.call.arguments
    command: SellVoucher = given["command"]
    quote: SaleQuote = given["quote"]
    authorise(scene, command, given["approvals"])
    authorise(scene, quote, given["quoted"])
    require_same(
        scene,
        {
            "buyer": (quote.participant, command.buyer),
            "taker": (quote.taker, command.participant),
            "voucher": (_range(quote), _range(command)),
            "amount": (quote.amount, command.amount),
            "rate": (quote.rate, command.rate),
            "recourse": (quote.recourse, command.recourse),
            "registration": (quote.registration, command.registration),
        },
    )
    claims = scene.near(Claims, "vouchers")
    found = disposable(scene, claims, command.voucher, command.participant)
    require_range(scene, command.voucher, found, command.start, command.end)
    record = payable(claims, payable_of(command.voucher))
    _require_sale_terms(scene, command, found, record)
    sold = cut(scene, claims, command.voucher, command.amount)
    _pay_sale(scene, command, record, sold)
    sale = _recorded_sale(scene, command, claims.vouchers[sold].recourse)
    told = {"recourse": sale, "cost_shared": command.obligor_share != 0}
    scene.tell(claims.contract, "VoucherSold", voucher=sold, buyer=command.buyer, **told)
    one = claims.vouchers[sold]
    one.depth += 1
    one.is_cost_shared = one.is_cost_shared or command.obligor_share != 0
    turn_over(scene, claims, sold, command.buyer, sale)


def _require_sale_terms(
    scene: Scene, command: SellVoucher, found: Voucher, record: Payable
) -> None:
    roles = scene.register.roles(command.buyer)
    scene.require(bool(roles & Role.BANK), "NotEligible", command.buyer, roles)
    scene.require(command.buyer != command.participant, "SelfTransfer", command.buyer)
    scene.require(command.rate <= RATE_MAX, "BadTerms", word("rate"), command.rate)
    share = command.obligor_share
    scene.require(share <= RATE_ONE, "BadTerms", word("obligorShare"), share)
    is_spent = share != 0 and found.is_cost_shared
    scene.require(not is_spent, "CostShareSpent", command.voucher)
    rules = scene.near(Rules, "rules").at(record.rules)
    is_registered = any(command.registration) or not rules.registration_required
    scene.require(is_registered, "RegistrationMissing")


def _pay_sale(scene: Scene, command: SellVoucher, record: Payable, sold: int) -> None:
    """The buyer pays face less cost and plus the share that the obligor pays it."""
    cost = yearly(command.amount, command.rate, scene.today, record.maturity)
    share, bank, borne = command.obligor_share, record.bank, part(cost, command.obligor_share)
    deposits = scene.near(Deposits, "deposits")
    if share:
        offer = _taken_share(scene, command, record, borne)
        told = {"offer": offer, "voucher": sold, "obligor": record.obligor}
        scene.tell(scene.desk, "CostShareGiven", **told, amount=borne)
        if borne:
            leg = Leg(bank, record.obligor, command.buyer, borne)
            move(scene, deposits, leg, word("cost share"))
    price = command.amount - cost + borne
    leg = Leg(bank, command.buyer, command.participant, price)
    move(scene, deposits, leg, word("sale"))
    scene.tell(
        scene.desk,
        "SalePriced",
        voucher=sold,
        seller=command.participant,
        buyer=command.buyer,
        amount=command.amount,
        price=price,
        rate=command.rate,
        registration=command.registration,
    )


def _taken_share(scene: Scene, command: SellVoucher, record: Payable, borne: int) -> bytes:
    """Take the obligor's share out of the budget of its own signed offer; the offer's digest."""
    offer: CostShareOffer | None = scene.call.arguments["offer"]
    if offer is None:
        raise ERRORS["QuoteMismatch"].of(word("obligor"))
    sales = scene.own(Sales)
    require_same(
        scene,
        {
            "obligor": (offer.participant, record.obligor),
            "payableId": (offer.payable_id, payable_of(command.voucher)),
        },
    )
    is_within = command.obligor_share <= offer.share_max
    scene.require(is_within, "QuoteMismatch", word("obligorShare"))
    scene.require(command.rate <= offer.rate_max, "QuoteMismatch", word("rateMax"))
    signed = use_standing(scene, offer, borne, scene.call.arguments["offered"])
    standing = sales.standing.setdefault((offer.participant, offer.nonce), signed)
    scene.require(standing == signed, "NonceUsed", offer.participant, offer.nonce)
    sales.spent[signed] += borne
    spent = sales.spent[signed]
    scene.require(spent <= offer.budget, "CostShareExceeded", spent, offer.budget)
    return signed


def _recorded_sale(scene: Scene, command: SellVoucher, previous: int) -> int:
    """A sale with recourse remembers the recourse that its seller had; one without ends it."""
    if not command.recourse:
        return 0
    sales = scene.own(Sales).sales
    number = len(sales) + 1
    sales[number] = Sale(command.participant, command.rate, previous)
    return number


def _redeem(scene: Scene) -> None:
    given = scene.call.arguments
    command: RedeemVoucher = given["command"]
    quote: RedemptionQuote = given["quote"]
    authorise(scene, command, given["approvals"])
    authorise(scene, quote, given["quoted"])
    claims = scene.near(Claims, "vouchers")
    found = disposable(scene, claims, command.voucher, command.participant)
    number = payable_of(command.voucher)
    record = payable(claims, number)
    require_same(
        scene,
        {
            "obligor": (quote.participant, record.obligor),
            "taker": (quote.taker, command.participant),
            "voucher": (_range(quote), _range(command)),
            "amount": (quote.amount, command.amount),
            "rate": (quote.rate, command.rate),
        },
    )
    require_range(scene, command.voucher, found, command.start, command.end)
    scene.require(command.rate <= RATE_MAX, "BadTerms", word("rate"), command.rate)
    taken = cut(scene, claims, command.voucher, command.amount)
    price = command.amount - yearly(command.amount, command.rate, scene.today, record.maturity)
    leg = Leg(record.bank, record.obligor, command.participant, price)
    move(scene, scene.near(Deposits, "deposits"), leg, word("redemption"))
    told = {"holder": command.participant, "amount": command.amount, "rate": command.rate}
    scene.tell(scene.desk, "RedemptionPriced", voucher=taken, price=price, **told)
    _close_redeemed(scene, claims, taken)


def _close_redeemed(scene: Scene, claims: Claims, voucher: int) -> None:
    number = payable_of(voucher)
    record, found = payable(claims, number), claims.vouchers[voucher]
    most = _REDEMPTIONS_MAX
    scene.require(len(record.redemptions) < most, "TooManyRedemptions", number, most)
    record.redemptions.append((found.start, found.end))
    record.live -= found.amount
    record.redeemed += found.amount
    record.pieces -= 1
    scene.tell(claims.contract, "VoucherRedeemed", voucher=voucher)
    close(scene, claims, voucher)
    reduce(scene, claims, number, found.amount)


def _recourse(scene: Scene) -> None:
    command: RecourseVoucher = scene.call.arguments["command"]
    authorise(scene, command, scene.call.arguments["approvals"])
    claims, voucher = scene.near(Claims, "vouchers"), command.voucher
    found, number = current(scene, claims, voucher), payable_of(voucher)
    record, sale = payable(claims, number), scene.own(Sales).sales.get(found.recourse)
    is_held = found.state is VoucherState.HELD
    scene.require(is_held, "VoucherNotHeld", voucher, int(found.state))
    is_his = found.holder == command.participant
    scene.require(is_his, "NotHolder", voucher, command.participant)
    if sale is None:
        raise ERRORS["NoRecourse"].of(voucher)
    is_overdue = record.state is PayableState.LIVE and scene.today > record.due
    scene.require(is_overdue, "NotOverdue", number, record.due)
    require_unfrozen(scene, claims, voucher)
    is_frozen = scene.register.member(command.participant).freezes
    scene.require(not is_frozen, "ParticipantFrozen", command.participant)
    require_caught_up(scene, voucher)
    price = _recourse_price(scene, voucher, sale)
    deposits = scene.near(Deposits, "deposits")
    told = {"voucher": voucher, "buyer": command.participant, "seller": sale.seller}
    available = deposits.deposits[record.bank, sale.seller]
    if scene.register.member(sale.seller).freezes or available < price:
        scene.tell(scene.desk, "RecourseDemanded", **told, price=price, day=scene.today)
        return
    if price:
        leg = Leg(record.bank, sale.seller, command.participant, price)
        move(scene, deposits, leg, word("recourse"))
    scene.tell(scene.desk, "RecoursePriced", **told, price=price)
    back = {"holder": sale.seller, "recourse": sale.previous}
    scene.tell(claims.contract, "VoucherTurnedBack", voucher=voucher, **back)
    turn_over(scene, claims, voucher, sale.seller, sale.previous)


def _recourse_price(scene: Scene, voucher: int, sale: Sale) -> int:
    """Unpaid principal, its share of carried late interest, interest at the raised rate."""
    claims, payments = scene.near(Claims, "vouchers"), scene.near(Payments, "settlement")
    number = payable_of(voucher)
    record, account = payable(claims, number), payments.accounts[number]
    principal, carried = claim_of(scene, claims, payments, voucher, account.carried)
    factor = scene.near(Rules, "rules").at(record.rules).overdue_multiplier
    start = interest_from(account, record)
    return principal + carried + yearly_times(principal, sale.rate, factor, start, scene.today)


def _range(one: SellVoucher | SaleQuote | RedeemVoucher | RedemptionQuote) -> tuple[int, int, int]:
    return one.voucher, one.start, one.end


SELLING: Final[Mapping[str, Handler]] = {
    "Sales.sell": _sell,
    "Sales.redeem": _redeem,
    "Sales.recourse": _recourse,
}
