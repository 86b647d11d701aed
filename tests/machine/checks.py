"""What must hold after every step: read off the chain, and equal to the oracle's."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ledger.books import differences
from ledger.books.notation import fen
from ledger.model.ids import root_voucher, voucher_id
from ledger.model.money import amount_text
from ledger.model.states import PayableState, VoucherState
from ledger.views import Projection, entries
from tests.oracle.payable import Payable
from tests.oracle.voucher import Voucher
from tests.test_views import assert_equal, assert_registry_equal

if TYPE_CHECKING:
    from tests.machine.stage import Stage

__all__ = ["Checks"]

Record = Mapping[str, Any]
_LIVE = PayableState.LIVE


class Checks:
    """Compares a stage's chain with its oracle; remembers vouchers, to see how they move."""

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.run, self.oracle, self.ledger = stage.run, stage.oracle, stage.run.ledger
        self.bank = self.run._cast.bank.id
        self.endowed = self.run._cast.deposit
        self.settlement = self.ledger.deployment.address("Settlement")
        self.members = int(self.ledger.ask("Participants", "participantCount"))
        self.issued = int(self.ledger.ask("Deposits", "issuedBy", self.bank))
        self.seen: dict[int, Record] = {}
        self.joined: set[int] = set()
        self.besides: Counter[str] = Counter()
        """What of the oracle's cash is not in a party's deposit, by party."""
        self.lagging: set[str] = set()
        """Vouchers whose share is set aside, by name."""
        self.views = Projection()
        self._first = self.ledger.deployment.first_block
        self._read()

    # ---- after a step

    def after(self, verb: str, payable: str | None) -> None:
        """The quick checks: the oracle's own, all money, and everything about one payable."""
        self.oracle.check()
        self._read()
        self._check_deposits()
        if payable is not None:
            self._check_payable(payable, verb)

    def _read(self) -> None:
        new = self.stage.node.told([one.lower() for one in self.stage.contracts])
        for entry in entries(new, self.stage.node.block_second):
            if entry.block >= self._first:
                self.views.apply(entry)

    def _check_deposits(self) -> None:
        """Deposits are the oracle's cash; with the holds they are what the bank has issued."""
        kept = [self.ledger.deposit(self.bank, one) for one in range(1, self.members + 1)]
        held = sum(self._hold(number) for number in self.run.payables.values())
        assert self.ledger.ask("Deposits", "issuedBy", self.bank) == self.issued
        assert sum(kept) + held == self.issued, f"deposits {sum(kept)} and holds {held}"
        for name, party in self.run.parties.items():
            expected = self.oracle.net_cash[name] - self.besides[name]
            actual = kept[party.id - 1] - self.endowed
            assert actual == expected, f"cash of {name}: {actual}, oracle {expected}"

    def _hold(self, payable: int) -> int:
        return int(self.ledger.ask("Deposits", "holdOf", self.bank, self.settlement, payable))

    # ---- one payable

    def _check_payable(self, name: str, verb: str) -> None:
        payable, number = self.oracle.payables[name], self.run.payables[name]
        record = self.ledger.payable(number)
        state = PayableState(record["state"])
        assert state.name.lower() == payable.state, name
        self._check_sums(payable, record, number)
        records = self._records(number, record)
        self._check_ranges(payable, records)
        self._check_motion(verb, records)
        names = {self.run.vouchers[one]: one for one in self.oracle.vouchers}
        standing = {one for one in records if one not in self.joined}
        assert standing == {one for one in names if one >> 32 == number}, name
        for one in standing:
            self._check_voucher(names[one], records[one], one)

    def _check_sums(self, payable: Payable, record: Record, number: int) -> None:
        """live + paid + redeemed + cancelled = face, each as the oracle has it."""
        state = PayableState(record["state"])
        if state in (_LIVE, PayableState.SETTLED):
            redeemed = sum(end - start for start, end in payable.redeemed)
            assert record["live"] + record["paid"] + record["redeemed"] == record["face"]
            found = (record["live"], record["paid"], record["redeemed"])
            assert found == (payable.owed, payable.paid, redeemed), payable.name
        else:
            assert record["live"] == record["paid"] == record["redeemed"] == 0
        payments = self.views.state.payments.get(number, [])
        paid = sum(one.amount for one in payments)
        settled = [one for one in self.views.state.settlements if one.payable == number]
        shared = sum(one.to_holder + one.to_lender for one in settled)
        waiting = paid - shared
        assert paid == payable.paid + payable.late_paid
        assert waiting == self.stage.pending_of(number), payable.name
        banked = sum(
            one.amount for one in self.views.state.payouts.values() if one.voucher >> 32 == number
        )
        by_bank = sum(one.amount for one in payments if one.on_bank_rail)
        assert self._hold(number) == (paid - by_bank) - (shared - banked), payable.name

    def _records(self, number: int, record: Record) -> dict[int, Record]:
        """All vouchers of a payable, closed ones too, as the chain has them."""
        ids = [voucher_id(number, serial) for serial in range(1, record["serials"] + 1)]
        return {one: self.ledger.voucher(one) for one in ids or [root_voucher(number)]}

    def _check_ranges(self, payable: Payable, records: Mapping[int, Record]) -> None:
        """Vouchers are disjoint and cover the face; each has exactly one holder."""
        standing = [one for number, one in records.items() if number not in self.joined]
        ranges = sorted((one["start"], one["end"]) for one in standing)
        assert ranges[0][0] == 0, payable.name
        assert ranges[-1][1] == payable.face, payable.name
        assert all(start < end for start, end in ranges), payable.name
        assert all(low[1] == high[0] for low, high in pairwise(ranges)), payable.name
        assert all(1 <= one["holder"] <= self.members for one in standing), payable.name

    def _check_voucher(self, name: str, record: Record, number: int) -> None:
        voucher = self.oracle.vouchers[name]
        state = VoucherState(record["state"]).name.lower()
        found = (record["start"], record["end"], record["depth"])
        assert found == (voucher.start, voucher.end, voucher.depth), name
        assert self._name_of(record["holder"]) == voucher.holder, name
        if name not in self.lagging:
            assert state == voucher.state, f"{name}: {state}, oracle {voucher.state}"
            self._check_counterparty(name, voucher, record)
        if voucher.state != "closed":
            assert bool(record["flags"] & 1) == (voucher.recourse is not None), name
            assert bool(record["flags"] & 2) == voucher.is_share_spent, name
        if voucher.payable.state == "live" and state != "closed":
            late = voucher.payable.late(self.oracle.state.today, self._late_rate)
            assert self.ledger.claim(number) == (voucher.owed, voucher.share(late)), name

    def _check_counterparty(self, name: str, voucher: Voucher, record: Record) -> None:
        if voucher.state == "pledged":
            lenders = [loan for loan in self.oracle.loans.values() if loan.voucher is voucher]
            [loan] = [loan for loan in lenders if loan.is_open]
            assert self._name_of(record["counterparty"]) == loan.lender, name
        elif voucher.state == "offered":
            assert self._name_of(record["counterparty"]) == voucher.offeree, name

    @property
    def _late_rate(self) -> Any:
        return self.oracle.state.rules.late_rate_daily

    def _name_of(self, participant: int) -> str | None:
        return self.run._cast.id_of(participant)

    # ---- how vouchers move

    def _check_motion(self, verb: str, records: Mapping[int, Record]) -> None:
        """A pledged or offered range stays as it is but for the verbs that may change it."""
        for number, new in records.items():
            old = self.seen.get(number)
            if old is not None and old != new:
                allowed = _MOTIONS[VoucherState(old["state"])]
                assert allowed(verb, old, new), f"{verb} moved voucher {number}: {old} to {new}"
        self.seen.update(records)

    # ---- everything

    def full(self) -> None:
        """Every payable, the outcome, and the views, read step by step and rebuilt from nothing."""
        for name in self.oracle.payables:
            self._check_payable(name, "any")
        expected = self.oracle.outcome()
        actual = dict(self.run.outcome)
        for name, net in expected["net_cash"].items():
            expected["net_cash"][name] = amount_text(fen_of(net) - self.besides[name])
        if self.lagging:
            for name in ("vouchers", "loans"):
                del expected[name], actual[name]
        found = differences(expected, actual)
        assert not found, f"outcome differs from the oracle's: {found}"
        self._check_owners()
        rebuilt = Projection(entries(self.ledger.events(), self.stage.node.block_second))
        assert rebuilt.state == self.views.state, "views read step by step differ from rebuilt ones"
        assert_equal(self.ledger, rebuilt)
        assert_registry_equal(self.ledger, rebuilt)

    def _check_owners(self) -> None:
        """The ERC-721 surface shows the same holders."""
        for number, record in self.seen.items():
            if record["depth"] and record["state"] != VoucherState.CLOSED:
                account = self.ledger.ask("Participants", "accountOf", record["holder"])
                assert self.ledger.ask("Vouchers", "ownerOf", number) == account


def fen_of(net: str) -> int:
    """A net amount in fen; it may be negative."""
    return -fen(net[1:]) if net.startswith("-") else fen(net)


_RANGE = ("start", "end", "holder", "depth", "flags")


def _is_freed(old: Record, new: Record) -> bool:
    """The same range of the same holder, now held or closed, and nothing else new about it."""
    states = (VoucherState.HELD, VoucherState.CLOSED)
    return all(old[name] == new[name] for name in _RANGE) and new["state"] in states


def _is_taken(old: Record, new: Record) -> bool:
    same = (old["start"], old["end"]) == (new["start"], new["end"])
    return same and new["holder"] == old["counterparty"] and new["depth"] == old["depth"] + 1


def _from_offered(verb: str, old: Record, new: Record) -> bool:
    """Its offeree takes it, or it is held again and may move on; a root ends at any time."""
    if old["depth"] == 0 and new["state"] == VoucherState.CLOSED:
        return (old["start"], old["end"], old["holder"]) == (
            new["start"],
            new["end"],
            new["holder"],
        )
    return (verb == "accept" and _is_taken(old, new)) or _from_held(verb, old, new)


def _from_pledged(verb: str, old: Record, new: Record) -> bool:
    """Repaying frees all or a low part, settling frees and closes; nothing else does anything."""
    is_served = {**old, "settled": new["settled"]} == new
    if verb in (*_PAYERS, "any"):
        return is_served or _is_freed(old, new)
    is_cut = old["start"] < new["start"] and {**old, "start": new["start"]} == new
    return verb == "repay" and (is_cut or _is_freed(old, new))


def _from_held(verb: str, old: Record, new: Record) -> bool:
    """Only its holder's verbs, acceptance and recourse move a voucher; settlement may close it."""
    same = all(old[name] == new[name] for name in ("start", "end", "holder", "depth"))
    makers = _MAKERS.get(VoucherState(new["state"]), ())
    is_made = new["state"] == old["state"] or not makers or verb in makers
    return verb == "any" or (is_made and (same or verb in (*_MOVERS, "recourse", "accept")))


_PAYERS = ("pay", "attest", "apply", "unfreeze")
_MOVERS = ("transfer", "sell", "pledge", "redeem", "join")
_MAKERS: Mapping[VoucherState, tuple[str, ...]] = {
    VoucherState.OFFERED: ("transfer",),
    VoucherState.PLEDGED: ("pledge",),
    VoucherState.CLOSED: ("redeem", "join", *_PAYERS),
}
"""By what a voucher comes into a state; time alone may make an offered one held."""

_MOTIONS = {
    VoucherState.OFFERED: _from_offered,
    VoucherState.PLEDGED: _from_pledged,
    VoucherState.HELD: _from_held,
    VoucherState.CLOSED: lambda _verb, _old, _new: False,
}
