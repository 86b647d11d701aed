"""Acts that no book has: each picks its object, says what must become of it, and is relayed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ledger.chain.calls import Signed, item_of
from ledger.model.commands import (
    AttestPayment,
    ConfirmPayout,
    FreezeRange,
    JoinVouchers,
    ReturnPayout,
    ReturnUnapplied,
    UnfreezeRange,
    WithdrawOffer,
)
from ledger.model.days import day_of
from ledger.model.ids import payable_of
from tests.cast import named
from tests.machine.bank_rail import pay
from tests.machine.frozen_stage import Freeze, FrozenStage
from tests.oracle.money import text
from tests.oracle.payable import Payable

__all__ = ["DEEDS", "Deed"]

Deed = Callable[[FrozenStage], str | None]
"""Returns the name of the payable that it was about."""

_NOTHING = bytes(32)
_FREEZES = 12


def _wrong(stage: FrozenStage, share: float = 0.15) -> bool:
    return stage.author.chance(share)


# ---- join


def join(stage: FrozenStage) -> str | None:
    """Two vouchers that touch, mostly; any two otherwise."""
    author, vouchers = stage.author, stage.oracle.vouchers
    if author.chance(0.4) and regroup(stage):
        return None
    held = author.vouchers("held", "offered", "pledged") if _wrong(stage) else author.movable()
    twos = [pair for pair in _touching(stage, held) if _is_one_holders(stage, pair)]
    if not held:
        return None
    low, high = author.pick(twos) if twos and author.chance(0.8) else author.rng.choices(held, k=2)
    lows = vouchers[low]
    by = author.pick(author.others()) if _wrong(stage) else lows.holder
    code = _join_code(stage, by, low, high)
    numbers = {"low": stage.run.vouchers[low], "high": stage.run.vouchers[high]}
    item = stage.run.parties[by].item(JoinVouchers, **numbers)
    done = stage.act("join", item, code, f"{low} and {high} by {by}")
    if code is None:
        author.name_count += 1
        name = f"J{author.name_count}"
        joined = replace(lows, end=vouchers[high].end)
        for one in (low, high):
            stage.checks.joined.add(stage.run.vouchers.pop(one))
            author.renamed.append(one)
            del vouchers[one]
        vouchers[name] = joined
        stage.run.vouchers[name] = done.value("VouchersJoined", "joined")
    return lows.payable.name


def _touching(stage: FrozenStage, names: list[str]) -> list[tuple[str, str]]:
    """Pairs of vouchers of one payable where the second begins at the end of the first."""
    vouchers = stage.oracle.vouchers
    begins = {(vouchers[name].payable.name, vouchers[name].start): name for name in names}
    ends = [(name, (vouchers[name].payable.name, vouchers[name].end)) for name in names]
    return [(name, begins[place]) for name, place in ends if place in begins]


def _is_one_holders(stage: FrozenStage, pair: tuple[str, str]) -> bool:
    low, high = (stage.oracle.vouchers[name] for name in pair)
    return low.holder == high.holder


def regroup(stage: FrozenStage) -> bool:
    """A voucher comes to who holds the next one, so that two of unequal depth touch."""
    author, vouchers = stage.author, stage.oracle.vouchers
    names = author.movable(lambda voucher: voucher.depth < author.book["rules"]["depth_max"])
    pairs = _touching(stage, names)
    pair = author.pick([one for one in pairs if not _is_one_holders(stage, one)])
    if pair is None:
        return False
    moved, taker = pair[0], vouchers[pair[1]].holder
    step = {"do": "transfer", "voucher": moved, "from": vouchers[moved].holder, "to": taker}
    amount = text(vouchers[moved].length)
    if stage.do({**step, "amount": amount, "as": moved}) is None:
        stage.do({"do": "accept", "voucher": moved, "by": taker})
    return True


def _join_code(stage: FrozenStage, by: str, low: str, high: str) -> str | None:
    one, other = (stage.oracle.vouchers[name] for name in (low, high))
    for name, voucher in ((low, one), (high, other)):
        if voucher.holder != by:
            return "NotHolder"
        if stage.lagging.get(name, voucher.state) != "held":
            return "VoucherNotHeld"
        if stage.author.is_mature(voucher.payable):
            return "PastMaturity"
        if stage.is_frozen(voucher):
            return "RangeFrozen"
    touch = one.payable is other.payable and one.end == other.start
    alike = one.depth == other.depth and one.is_share_spent == other.is_share_spent
    free = one.recourse is None and other.recourse is None
    return None if touch and alike and free else "NotJoinable"


# ---- withdraw


def withdraw(stage: FrozenStage) -> str | None:
    """The offeror takes an offer back."""
    author = stage.author
    name = author.pick(author.vouchers("offered", *(["held"] if _wrong(stage) else [])))
    if name is None:
        return None
    voucher = stage.oracle.vouchers[name]
    by = author.pick(author.others()) if _wrong(stage) else voucher.holder
    is_right = voucher.state == "offered" and by == voucher.holder
    number = stage.run.vouchers[name]
    backing = stage.run._scene.backing.get(payable_of(number), ()) if voucher.depth == 0 else ()
    item = stage.run.parties[by].item(WithdrawOffer, backing, voucher=number)
    stage.act("withdraw", item, None if is_right else "VoucherNotOffered", f"{name} by {by}")
    if is_right:
        stage.run._offered.discard(payable_of(number) if voucher.depth == 0 else 0)
        stage.oracle.state.return_offer(voucher)
    return voucher.payable.name


# ---- freeze and unfreeze


def _frozen_range(stage: FrozenStage, payable: Payable) -> tuple[int, int]:
    """One voucher's range, its edges a fen off, everything, or nothing at all."""
    author = stage.author
    vouchers = [v for v in stage.oracle.vouchers.values() if v.payable is payable]
    start, end = author.pick([(v.start, v.end) for v in vouchers])
    face = payable.face
    middle = author.rng.randint(start, end - 1)
    ranges = [(start, end), (start, end), (0, face), (max(start - 1, 0), start + 1)]
    ranges += [(end - 1, min(end + 1, face)), (middle, middle + 1)]
    wrong = [(start, start), (end, start), (0, face + 1)]
    found: tuple[int, int] = author.pick(wrong if _wrong(stage, 0.1) else ranges)
    return found


def freeze(stage: FrozenStage) -> str | None:
    """The regulator freezes a range: what it overlaps stands still, open offers of it end."""
    author, oracle = stage.author, stage.oracle
    alive = author.payables("live", "live", "offered", *(["settled"] if _wrong(stage) else []))
    payable = author.pick(alive)
    if payable is None or len(stage.freezes.get(payable.name, [])) >= _FREEZES:
        return None
    start, end = _frozen_range(stage, payable)
    case = _NOTHING if _wrong(stage, 0.1) else named(f"case {author.rng.random()}")
    days = -1 if _wrong(stage, 0.1) else author.pick([0, 1, 90])
    review = author.today + timedelta(days=days)
    by = author.pick(author.others("REG")) if _wrong(stage, 0.1) else "REG"
    code = _freeze_code(stage, by, case, review, (start, end, payable.face))
    terms: dict[str, Any] = {"start": start, "end": end, "case_commitment": case}
    number = stage.run.payables[payable.name]
    item = stage.run.parties[by].item(
        FreezeRange, payable_id=number, review_day=day_of(review), **terms
    )
    done = stage.act("freeze", item, code, f"{payable.name} [{start}, {end}) by {by}")
    if code is None:
        given = done.value("RangeFrozenBy", "freeze")
        known = stage.freezes.setdefault(payable.name, [])
        assert all(one.number != given or one.is_lifted for one in known)
        known.append(Freeze(given, start, end, case))
        for voucher in list(oracle.vouchers.values()):
            is_hit = voucher.payable is payable and voucher.start < end and start < voucher.end
            if is_hit and voucher.state == "offered":
                stage.tally.situations["offer ended by a freeze"] += 1
                oracle.state.return_offer(voucher)
        stage.run._lapse()
    return str(payable.name)


def _freeze_code(
    stage: FrozenStage, by: str, case: bytes, review: Any, span: tuple[int, int, int]
) -> str | None:
    start, end, face = span
    if by != "REG":
        return "MissingRole"
    if case == _NOTHING:
        return "CaseMissing"
    if review < stage.author.today:
        return "ReviewDayPast"
    return "BadRange" if start >= end or end > face else None


def unfreeze(stage: FrozenStage) -> str | None:
    """A freeze is lifted under its case; what was set aside is paid to whom it is due."""
    author = stage.author
    standing = [
        (name, one)
        for name, freezes in stage.freezes.items()
        for one in freezes
        if not one.is_lifted or _wrong(stage, 0.05)
    ]
    picked = author.pick(standing)
    if picked is None:
        return None
    name, one = picked
    by = author.pick(author.others("REG")) if _wrong(stage, 0.1) else "REG"
    case = named("another case") if _wrong(stage, 0.1) else one.case
    again = [f for f in stage.freezes[name] if f.number == one.number][-1]
    code = None
    if by != "REG":
        code = "MissingRole"
    elif again.is_lifted:
        code = "NotFrozen"
    elif case != again.case:
        code = "CaseMissing"
    values = {"payable_id": stage.run.payables[name], "freeze": one.number}
    item = stage.run.parties[by].item(UnfreezeRange, case_commitment=case, **values)
    stage.act("unfreeze", item, code, f"{name} {one.number} by {by}")
    if code is None:
        again.is_lifted = True
        stage.catch_up(stage.oracle.payables[name])
    return str(name)


# ---- the bank rail


def _reference(stage: FrozenStage) -> bytes:
    return named(f"reference {stage.author.rng.random()} {len(stage.acts)}")


def _by_bank(stage: FrozenStage, *, is_wrong: bool) -> Any:
    """The settlement bank, or some party that is not."""
    bank = stage.run._cast.bank
    others = [party for party in stage.run.parties.values() if party.id != bank.id]
    return stage.author.pick(others) if is_wrong else bank


def _amount(stage: FrozenStage, payable: Payable) -> int:
    late = payable.late(stage.oracle.state.today, stage.oracle.state.rules.late_rate_daily)
    debt = late + payable.owed
    least = -(-payable.face // 100)
    some = stage.author.rng.randint(1, max(debt, 1))
    edges = [debt, debt, debt - 1, debt + 1, least, least - 1, 1, late, some, some]
    return max(int(stage.author.pick(edges)), 0 if _wrong(stage, 0.05) else 1)


def attest(stage: FrozenStage) -> str | None:
    """The bank states that money has come, dated about now."""
    author = stage.author
    due = [p for p in author.payables("live") if author.is_mature(p)]
    known = author.payables("live", "settled", "offered", "cancelled")
    payable = author.pick(due) if due and author.chance(0.8) else author.pick(known)
    if payable is None:
        return None
    amount, is_wrong = _amount(stage, payable), _wrong(stage, 0.07)
    stated = author.today + timedelta(days=author.pick([0, 0, 0, 1, -1, -5, -6, -30]))
    number = stage.run.payables[payable.name]
    values = {"payable_id": number, "amount": amount, "value_day": day_of(stated)}
    used = stage.rail.references
    reference, code = _reference(stage), None
    if used and _wrong(stage, 0.1):
        reference, fact = author.pick(list(used.items()))
        values = {**values, **(fact if author.chance(0.5) else {})}
        code = "ReferenceUsed" if values == fact else "ReferenceConflict"
        payable = next(p for p in known if stage.run.payables[p.name] == values["payable_id"])
        amount = values["amount"]
    code = "NotSettlementBank" if is_wrong else "ZeroAmount" if amount == 0 else code
    party = _by_bank(stage, is_wrong=is_wrong)
    item = party.item(AttestPayment, payment_reference=reference, **values)
    stage.act("attest", item, code, f"{payable.name} {amount} of {stated}")
    if code is None:
        used[reference] = values
        stage.rail.attest(payable.name, amount, stated=stated, today=author.today)
        share(stage, payable)
    return str(payable.name)


def share(stage: FrozenStage, payable: Payable) -> bool:
    """Attested money is shared as far as it can be."""
    state = stage.oracle.state
    found = stage.rail.applicable(state, payable)
    if found is None:
        return False
    amount, day = found
    reach = stage.reach(payable)
    stage.rail.apply(payable, amount, day)
    stage.share_out(reach, pay(state, payable, amount, day), is_banked=True)
    stage.tally.situations["bank payment"] += 1
    stage.run._settle(stage.run.payables[payable.name])
    return True


def apply_unapplied(stage: FrozenStage) -> str | None:
    """Anyone asks for what could not be shared before."""
    names = [name for name, one in stage.rail.accounts.items() if one.unapplied]
    name = stage.author.pick(list(stage.oracle.payables) if _wrong(stage) or not names else names)
    if name is None:
        return None
    payable, ledger = stage.oracle.payables[name], stage.run.ledger
    code = None if stage.rail.applicable(stage.oracle.state, payable) else "NothingUnapplied"
    item = ledger.call("Settlement", "applyUnapplied", stage.run.payables[name])
    stage.act("apply", item, code, name)
    share(stage, payable)
    return str(name)


def return_unapplied(stage: FrozenStage) -> str | None:
    """The bank sends back what nobody is owed."""
    names = [name for name, one in stage.rail.accounts.items() if one.unapplied]
    name = stage.author.pick(names)
    if name is None:
        return None
    account = stage.rail.account(name)
    some = stage.author.rng.randint(1, account.unapplied)
    amount = stage.author.pick([account.unapplied, some, 1, account.unapplied + 1, 0])
    code = "ZeroAmount" if amount == 0 else None
    code = "UnappliedExceeded" if amount > account.unapplied else code
    is_wrong = _wrong(stage, 0.07)
    item = _by_bank(stage, is_wrong=is_wrong).item(
        ReturnUnapplied,
        payable_id=stage.run.payables[name],
        amount=amount,
        payment_reference=_reference(stage),
    )
    stage.act("return", item, "NotSettlementBank" if is_wrong else code, f"{name} {amount}")
    if code is None and not is_wrong:
        stage.rail.take(name, amount)
    return str(name)


def _payout(stage: FrozenStage, verb: str, kind: Any, *, wanted: str, code: str) -> str | None:
    author, payouts = stage.author, stage.checks.views.state.payouts
    right = [number for number, one in payouts.items() if one.state.value == wanted]
    number = author.pick(list(payouts) if _wrong(stage) or not right else right)
    if number is None:
        return None
    payout = payouts[number]
    amount = payout.amount + (1 if _wrong(stage, 0.07) else 0)
    is_wrong = _wrong(stage, 0.07)
    expected = None if payout.state.value == wanted else code
    expected = "PayoutMismatch" if amount != payout.amount else expected
    expected = "UnknownPayout" if is_wrong else expected
    used = list(stage.rail.references)
    is_old = bool(used) and expected is None and _wrong(stage, 0.07)
    reference = author.pick(used) if is_old else _reference(stage)
    values = {"payout": number, "amount": amount, "payment_reference": reference}
    item: Any = item_of(_signed(stage, kind, values, is_wrong=is_wrong))
    stage.act(verb, item, "ReferenceConflict" if is_old else expected, f"{number}")
    return next(n for n, one in stage.run.payables.items() if one == payable_of(payout.voucher))


def _signed(stage: FrozenStage, kind: Any, values: Any, *, is_wrong: bool) -> Signed:
    signed: Signed = _by_bank(stage, is_wrong=is_wrong).signed(kind, **values)
    return signed


def confirm(stage: FrozenStage) -> str | None:
    """The bank has paid a share out."""
    return _payout(stage, "confirm", ConfirmPayout, wanted="open", code="PayoutNotOpen")


def give_back(stage: FrozenStage) -> str | None:
    """A share that was paid out came back."""
    return _payout(stage, "payback", ReturnPayout, wanted="confirmed", code="PayoutNotConfirmed")


DEEDS: dict[str, Deed] = {
    "join": join,
    "withdraw": withdraw,
    "freeze": freeze,
    "unfreeze": unfreeze,
    "attest": attest,
    "apply": apply_unapplied,
    "return": return_unapplied,
    "confirm": confirm,
    "payback": give_back,
}
