"""What the rows say about a settlement run: who has not got its share, and whether it adds up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.model.ids import SERIAL_MAX, voucher_id
from ledger.model.states import VoucherState
from ledger.service.scheduling.room import Room
from ledger.store import runs as stored
from ledger.store.cursor import Cursor, cursor
from ledger.store.database import Connection
from ledger.store.lists import EVERYTHING, AllOf, Between, Condition, Is, find, rows_of
from ledger.store.runs import DONE, RUNNING, WAITING, Assigned, RunRow
from ledger.views.claim_rows import Payable, Voucher
from ledger.views.money_rows import Account, Payment
from ledger.views.shares import Range, redeemed_ranges, share_of

__all__ = ["RunScene", "begun", "figures"]

_OPEN = (VoucherState.OFFERED, VoucherState.HELD, VoucherState.PLEDGED)


@dataclass(frozen=True, slots=True)
class RunScene:
    """The rows around a run, all of one block."""

    at: Cursor
    run: RunRow
    """With all payments there are by now."""
    payable: Payable
    account: Account
    payments: Sequence[Payment]
    redeemed: Sequence[Range]
    unsettled: Sequence[Voucher]
    """Vouchers that have not got all payments."""
    assigned: Sequence[Assigned]
    """Those of them that an operation was to bring up to date."""
    freezes: tuple[Any, ...]
    """The freezes that may concern them."""

    @property
    def room(self) -> Room:
        """What their settlement takes."""
        by_bank = any(one.on_bank_rail for one in self.payments[self.run.first_payment :])
        freezes = len(self.freezes)
        return Room(len(self.payments), len(self.redeemed), freezes, by_bank)

    @classmethod
    def read(cls, connection: Connection, run: RunRow) -> "RunScene | None":
        """The rows of now; None where the chain has no payment of the run any more."""
        payable = find(connection, "payables", Is("id", (run.payable,)))
        account = find(connection, "accounts", Is("payable", (run.payable,)))
        if payable is None or account is None or account.payments <= run.first_payment:
            return None
        run = replace(run, payments=account.payments)
        own = Is("payable", (run.payable,))
        hops = rows_of(connection, "hops", AllOf((own, Is("kind", ("redemption",)))))
        payments = list(rows_of(connection, "payments", own))
        unsettled = list(rows_of(connection, "vouchers", _unsettled(run)))
        return cls(
            at=cursor(connection),
            run=run,
            payable=payable,
            account=account,
            payments=payments,
            redeemed=redeemed_ranges(hops) if payable.redemptions else (),
            unsettled=unsettled,
            assigned=stored.assigned(connection, run.payable, run.payments) if unsettled else (),
            freezes=_freezes(connection, payable),
        )


def begun(payable: int, first_payment: int, at: Cursor) -> RunRow:
    """A run that begins now; its figures come with its first look at the rows."""
    return RunRow(
        payable=payable,
        first_payment=first_payment,
        payments=first_payment,
        state=RUNNING,
        expected=0,
        received=0,
        distributed=0,
        left_amount=0,
        vouchers_done=0,
        vouchers_left=0,
        vouchers_frozen=0,
        begun=at.second,
        ended=None,
        block=at.number,
    )


def figures(connection: Connection, scene: RunScene, frozen: Sequence[int]) -> RunRow:
    """The run as the rows have it: money received, distributed and left, vouchers done and left."""
    run, own = scene.run, scene.payments[scene.run.first_payment :]
    amount, done = stored.distributed(connection, run)
    unsettled, stuck = len(scene.unsettled), len(frozen)
    state = DONE if not unsettled else WAITING if unsettled == stuck else RUNNING
    return replace(
        run,
        state=state,
        expected=own[0].owed + sum(one.interest for one in own) + scene.account.carried,
        received=sum(one.amount for one in own),
        distributed=amount,
        left_amount=sum(_left(scene, one) for one in scene.unsettled),
        vouchers_done=done,
        vouchers_left=unsettled - stuck,
        vouchers_frozen=stuck,
        ended=scene.at.second if state == DONE else None,
        block=scene.at.number,
    )


def _left(scene: RunScene, voucher: Voucher) -> int:
    units = (voucher.start, voucher.end)
    return share_of(units, scene.payments, scene.redeemed, settled=voucher.settled)


def _unsettled(run: RunRow) -> Condition:
    within = Between("id", voucher_id(run.payable, 0), voucher_id(run.payable, SERIAL_MAX))
    return AllOf((within, Between("settled", None, run.payments - 1), Is("state", _OPEN)))


def _freezes(connection: Connection, payable: Payable) -> tuple[Any, ...]:
    """Freezes of ranges of the payable that stand, and every participant that is frozen."""
    standing = Is("is_lifted", (False,))
    where = AllOf((Is("payable", (payable.id,)), standing))
    ranges = rows_of(connection, "freezes", where) if payable.freezes else ()
    people = rows_of(connection, "participant_freezes", EVERYTHING)
    return (*ranges, *people)
