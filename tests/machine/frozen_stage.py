"""A stage on which ranges may be frozen and money may come by the bank, which no book can say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ledger.books.cast import ITEMS_MAX
from ledger.chain.calls import Item
from ledger.service.ledger import Outcome
from tests.machine.bank_rail import BankRail, Share
from tests.machine.stage import Stage
from tests.machine.tally import Tally
from tests.oracle.author import Step
from tests.oracle.money import amount
from tests.oracle.offers import expect_movable
from tests.oracle.payable import Payable
from tests.oracle.refusal import Refused
from tests.oracle.voucher import Voucher

__all__ = ["Freeze", "FrozenStage"]

_MOVERS = ("transfer", "sell", "pledge", "redeem")


@dataclass(slots=True)
class Freeze:
    """A range that the regulator froze."""

    number: int
    start: int
    end: int
    case: bytes
    is_lifted: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a payment will reach, and what will stand still on the chain because it is frozen."""

    legs: list[tuple[str, str]]
    """Voucher and payee: each voucher's lender, then its holder."""
    lagging: dict[str, str]
    principals: dict[str, int]


class FrozenStage(Stage):
    """The oracle knows no freeze: its refusals and the shares that wait are kept here."""

    def __init__(self, seed: int, tally: Tally, *, full_every: int) -> None:
        super().__init__(seed, tally, full_every=full_every)
        self.rail = BankRail()
        self.freezes: dict[str, list[Freeze]] = {}
        self.lagging: dict[str, str] = {}
        """Vouchers with payments not distributed to them, and their state on the chain."""
        self.principals: dict[str, int] = {}
        """Of loans on such vouchers, the principal that the chain still has."""
        self.acts: list[str] = []
        self.run._settle = self.settle  # type: ignore[method-assign]

    # ---- steps of books

    def _run(self, index: int, step: Step) -> tuple[str | None, str | None]:
        code = self._held_back(step)
        if code is not None:
            self.tally.situations[f"{step['do']} held back: {code}"] += 1
            self.book["steps"].append({"on": self.author.today.isoformat(), **step})
            self.oracle.next_step += 1
            self.oracle.refused.append({"step": index, "code": code})
            return code, self.run.step(index)
        payable = self.oracle.payables.get(step["payable"]) if step["do"] == "pay" else None
        if payable is None:
            return super()._run(index, step)
        reach, before = self.reach(payable), len(self.oracle.state.cash.flows)
        expected = self.author.write(step)
        if expected is None:
            flows = self.oracle.state.cash.flows[before:]
            self.rail.account(payable.name).last_on = self.oracle.state.today
            self.share_out(reach, [flow.amount for flow in flows], is_banked=False)
        return expected, self.run.step(index)

    def reach(self, payable: Payable) -> Reach:
        """Whom a payment now would reach."""
        reach = Reach([], {}, {})
        for name, voucher in self.oracle.vouchers.items():
            if voucher.payable is not payable or voucher.state == "closed":
                continue
            is_new = self.is_frozen(voucher) and name not in self.lagging
            if is_new:
                reach.lagging[name] = voucher.state
            for number, loan in self.oracle.loans.items():
                if loan.voucher is voucher and loan.is_open:
                    reach.legs.append((name, loan.lender))
                    if is_new:
                        reach.principals[number] = loan.principal
            reach.legs.append((name, voucher.holder))
        return reach

    def share_out(self, reach: Reach, amounts: list[int], *, is_banked: bool) -> None:
        """Book the shares of a payment: to their payees, or set aside where a freeze holds."""
        for (name, payee), fen in zip(reach.legs, amounts, strict=True):
            share = Share(self.run.vouchers[name], payee, fen, is_banked)
            if self.is_frozen(self.oracle.vouchers[name]):
                self.rail.waiting.append(share)
            elif is_banked:
                self.rail.paid_out[payee] += fen
        self.lagging |= reach.lagging
        self.principals |= reach.principals

    # ---- what a freeze refuses

    def is_frozen(self, voucher: Voucher) -> bool:
        """Whether a freeze in force overlaps a voucher's range."""
        return any(
            not one.is_lifted and one.start < voucher.end and voucher.start < one.end
            for one in self.freezes.get(voucher.payable.name, [])
        )

    def waits(self, voucher: Voucher) -> bool:
        """Whether attested money waits that could be shared now: it comes first."""
        return self.rail.applicable(self.oracle.state, voucher.payable) is not None

    def _held_back(self, step: Step) -> str | None:
        """The refusal that a freeze brings; none where the oracle refuses first."""
        if step["do"] == "repay":
            return self._repayment_held_back(step)
        voucher = self.oracle.vouchers.get(str(step.get("voucher")))
        if voucher is None or not (self.is_frozen(voucher) or self.waits(voucher)):
            return None
        standing = self.lagging.get(step["voucher"], voucher.state)
        if step["do"] == "recourse":
            return self._recourse_held_back(voucher, standing)
        if step["do"] not in _MOVERS or not self.is_frozen(voucher):
            return None
        if step["voucher"] in self.lagging and voucher.holder == step["from"]:
            return "PastMaturity" if standing == "held" else "VoucherNotHeld"
        try:
            expect_movable(self.oracle.state, step)
        except Refused:
            return None
        return "RangeFrozen"

    def _recourse_held_back(self, voucher: Voucher, standing: str) -> str:
        if standing != "held":
            return "VoucherNotHeld"
        if voucher.recourse is None:
            return "NoRecourse"
        if not voucher.payable.is_overdue(self.oracle.state.today):
            return "NotOverdue"
        return "RangeFrozen" if self.is_frozen(voucher) else "SettleFirst"

    def _repayment_held_back(self, step: Step) -> str | None:
        loan, principal = self.oracle.loans.get(step["id"]), amount(step["principal"])
        if loan is None or principal == 0:
            return None
        if step["id"] in self.principals:
            most = self.principals[step["id"]]
            return "RepaymentExceedsLoan" if principal > most else "SettleFirst"
        if self.waits(loan.voucher) and principal <= loan.principal:
            return "SettleFirst"
        releases = principal < loan.principal and amount(step.get("release", "0")) > 0
        is_early = self.oracle.state.today < loan.voucher.payable.maturity
        is_stopped = releases and is_early and loan.voucher.state == "pledged"
        return "RangeFrozen" if is_stopped and self.is_frozen(loan.voucher) else None

    # ---- settlement, whatever is frozen

    def settle(self, payable: int) -> None:
        """Settle the open vouchers of a payable in any order; all but the frozen are reached."""
        vouchers = self.run._names.open_of(payable)
        self.author.rng.shuffle(vouchers)
        reached: set[int] = set()
        for start in range(0, len(vouchers), ITEMS_MAX):
            chunk = vouchers[start : start + ITEMS_MAX]
            done = self.run.ledger.carry_out(self.run.ledger.call("Settlement", "settle", chunk))
            reached |= {e.values["voucher"] for e in done.events if e.name == "VoucherSettled"}
        names = {number: name for name, number in self.run.vouchers.items()}
        frozen = {one for one in vouchers if self.is_frozen(self.oracle.vouchers[names[one]])}
        assert not reached & frozen, f"settled though frozen: {reached & frozen}"
        self.tally.situations["set aside"] += bool(frozen)

    def catch_up(self, payable: Payable) -> None:
        """After a freeze has ended: settle, and what was set aside is its owners' to the fen."""
        freed = {n for n in self.lagging if not self.is_frozen(self.oracle.vouchers[n])}
        if not freed:
            return
        self.settle(self.run.payables[payable.name])
        numbers = {self.run.vouchers[name] for name in freed}
        for share in [one for one in self.rail.waiting if one.voucher in numbers]:
            self.rail.waiting.remove(share)
            if share.is_banked:
                self.rail.paid_out[share.payee] += share.amount
        for name in freed:
            del self.lagging[name]
            voucher = self.oracle.vouchers[name]
            for number, loan in self.oracle.loans.items():
                if loan.voucher is voucher:
                    self.principals.pop(number, None)
        self.tally.situations["caught up"] += 1

    # ---- acts beyond books

    def act(self, verb: str, item: Item, expected: str | None, note: object = "") -> Outcome:
        """Relay an item of which the model says what becomes; a refusal leaves no trace."""
        self.acts.append(f"after step {len(self.book['steps']) - 1}: {verb} {note}")
        before = self.node.storage(self.contracts)
        [done] = self.run.ledger.relay([item])
        actual = None if done.refusal is None else done.refusal.code
        assert actual == expected, f"{verb} {note}: chain says {actual}, model {expected}"
        if actual is not None:
            assert self.node.storage(self.contracts) == before, "a refused act left a trace"
        self.tally.count(verb, actual)
        self.last_verb = verb
        return done

    def beyond(self, deed: Callable[["FrozenStage"], str | None], seed: int) -> None:
        """Do an act that no book has, or a good step if it cannot be now."""
        with self.telling():
            author = self._begin(seed)
            self.run.pass_time(author.today)
            count = len(self.acts)
            payable = deed(self)
            if len(self.acts) > count:
                self.after(self.last_verb, payable)
                return
        self.good("accept", seed)

    def after(self, verb: str, payable: str | None) -> None:
        """The checks know what is in no deposit, and which vouchers lag."""
        self.checks.besides = self.rail.besides()
        self.checks.lagging = set(self.lagging)
        super().after(verb, payable)

    def pending_of(self, payable: int) -> int:
        """What is set aside of a payable's payments."""
        return sum(one.amount for one in self.rail.waiting if one.voucher >> 32 == payable)

    def besides(self) -> dict[str, Any]:
        """The acts that the book leaves out."""
        return {"besides": self.acts}
