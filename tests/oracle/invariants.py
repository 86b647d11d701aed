"""What must be true after every step, whatever the steps were."""

from itertools import pairwise

from tests.oracle.payable import Payable
from tests.oracle.state import State
from tests.oracle.voucher import Voucher

__all__ = ["check"]

REASONS_OF_DEBT = ("payment", "redemption")


def check(state: State) -> None:
    """Raise AssertionError at the first broken invariant."""
    _check_cash(state)
    _check_limits(state)
    _check_invoices(state)
    for payable in state.payables.values():
        vouchers = [v for v in state.vouchers.values() if v.payable is payable]
        _check_ranges(payable, vouchers)
        _check_debt(state, payable, vouchers)
        _check_states(payable, vouchers)
    _check_offers(state)
    _check_loans(state)


def _check_cash(state: State) -> None:
    """No money appears or vanishes, and the net positions are the journal's."""
    net = dict.fromkeys(state.roles, 0)
    for flow in state.cash.flows:
        assert flow.amount >= 0, flow
        net[flow.payer] -= flow.amount
        net[flow.payee] += flow.amount
    assert net == state.cash.net
    assert sum(net.values()) == 0


def _check_limits(state: State) -> None:
    """No obligor has more outstanding than its banks allow."""
    for obligor in state.roles:
        assert 0 <= state.outstanding(obligor) <= state.limits.get(obligor, 0), obligor


def _check_invoices(state: State) -> None:
    """What is used of an invoice is what uncancelled payables use, and never above its total."""
    used = dict.fromkeys(state.invoices.totals, 0)
    for payable in state.payables.values():
        if payable.state != "cancelled":
            for key, use in payable.invoice_uses:
                used[key] += use
    assert used == state.invoices.used
    assert all(used[key] <= total for key, total in state.invoices.totals.items())


def _check_ranges(payable: Payable, vouchers: list[Voucher]) -> None:
    """Every unit of the face lies in exactly one voucher, closed ones counted."""
    ranges = sorted((voucher.start, voucher.end) for voucher in vouchers)
    assert ranges[0][0] == 0, payable.name
    assert ranges[-1][1] == payable.face, payable.name
    assert all(start < end for start, end in ranges), payable.name
    assert all(a[1] == b[0] for a, b in pairwise(ranges)), payable.name


def _check_debt(state: State, payable: Payable, vouchers: list[Voucher]) -> None:
    """Face = paid + redeemed + owed, and the ranges are owed exactly what is owed in all."""
    redeemed = sum(end - start for start, end in payable.redeemed)
    assert payable.paid + redeemed + payable.owed == payable.face, payable.name
    assert all(0 <= voucher.owed <= voucher.length for voucher in vouchers), payable.name
    assert sum(voucher.owed for voucher in vouchers) == payable.owed, payable.name
    flows = [flow for flow in state.cash.flows if flow.payable == payable.name]
    paid_out = sum(flow.amount for flow in flows if flow.reason == "payment")
    assert paid_out == payable.paid + payable.late_paid, payable.name
    assert all(f.payer == payable.obligor for f in flows if f.reason in REASONS_OF_DEBT)
    late = payable.late(state.today, state.rules.late_rate_daily)
    assert sum(voucher.share(late) for voucher in vouchers) == (late if payable.owed else 0)


def _check_states(payable: Payable, vouchers: list[Voucher]) -> None:
    """A payable's state and its vouchers' states fit together."""
    states = {voucher.state for voucher in vouchers}
    if payable.state == "offered":
        assert [(voucher.state, voucher.depth) for voucher in vouchers] == [("offered", 0)]
    elif payable.state == "live":
        assert payable.owed > 0, payable.name
        redeemed = {(v.start, v.end) for v in vouchers if v.state == "closed"}
        assert redeemed == set(payable.redeemed), payable.name
    else:
        assert states == {"closed"}, payable.name
        assert (payable.owed == 0) == (payable.state == "settled"), payable.name
        assert payable.late_carried == 0, payable.name


def _check_offers(state: State) -> None:
    """An offered voucher names its offeree and its time is not up; the obligor holds only roots."""
    for name, voucher in state.vouchers.items():
        payable = voucher.payable
        assert (voucher.state == "offered") == (voucher.offeree is not None), name
        assert (voucher.holder == payable.obligor) == (voucher.depth == 0), name
        if voucher.state == "offered":
            assert voucher.offered_on is not None
            assert state.today < min(voucher.offered_on + state.rules.offer_days, payable.maturity)


def _check_loans(state: State) -> None:
    """A pledged voucher secures exactly one open loan; a closed loan is owed nothing."""
    secured = [loan.voucher for loan in state.loans.values() if loan.is_open]
    for name, voucher in state.vouchers.items():
        count = sum(voucher is pledged for pledged in secured)
        expected = {"pledged": (1,), "closed": (0, 1)}.get(voucher.state, (0,))
        assert count in expected, name
    for name, loan in state.loans.items():
        assert loan.is_open == (loan.principal > 0), name
        assert loan.is_open or loan.interest_carried == 0, name
        assert loan.interest_from <= state.today, name
        if loan.is_open:
            assert loan.voucher.state in ("pledged", "closed"), name
            assert loan.voucher.holder == loan.borrower, name
