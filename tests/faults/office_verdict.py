"""What must hold once a payable's whole life is over, whatever died in it."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ledger.model.states import PayableState
from ledger.service.financing.states import QuoteState, request_standings
from ledger.service.following.rebuild import rebuild
from ledger.service.reconciliation.reconcile import reconcile
from ledger.service.reconciliation.reconciling import last_reconciled
from ledger.service.running.evaluation import DEPOSIT
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from ledger.service.webhooks.queue import concerned
from ledger.store.database import Connection
from ledger.store.feed import events_after, last_seq
from ledger.store.financing import find_request
from ledger.store.lists import EVERYTHING, rows_of
from ledger.store.runs import DONE
from ledger.store.webhook_log import deliveries_of
from ledger.store.webhooks import DELIVERED, told_between
from tests.faults.office_day import (
    BANK,
    CORE,
    FACE,
    FEE,
    PART,
    PAYABLES,
    SECOND,
    SETTLEMENT,
    SOLD,
    SUPPLIER,
)
from tests.faults.verdict import hold
from tests.service.settlements import doubled, every_run, settled_twice

__all__ = ["ANSWERS", "arrived", "delivered", "office_verdict", "told_of"]

_COMMANDS: Final = (
    *("accept-2", "part", "accept-3", "sell", "fee", "freeze", "attest", "unfreeze"),
)
ANSWERS: Final = (
    *(*_COMMANDS, "import", "request", "quote", "receiver-1", "receiver-2", "comparison"),
)
"""What a life is answered, by name; each must stand as it was answered."""

_MANY: Final = 10_000


def office_verdict(url: str, receiver: str, mail: Path, acknowledged: Mapping[str, str]) -> None:
    """Open what is left and look at everything. Raises `Violated`."""
    service = Service.open(Settings(database=url))  # type: ignore[arg-type]
    try:
        hold(set(acknowledged) == set(ANSWERS), f"answered were {sorted(acknowledged)}")
        _operations(service, acknowledged)
        _import(service, acknowledged["import"])
        _money(service)
        with service.database.reading() as connection:
            _desk(connection, acknowledged, service.now)
            _reminders(connection)
            _comparison(connection, service.outbox.wall)
            for participant in (CORE, SUPPLIER):
                id_ = acknowledged[f"receiver-{participant}"]
                _messages(connection, participant, id_, arrived(mail, receiver))
        found = reconcile(service.database, service.endpoint, service.deployment)
        hold(found.is_right, f"chain and rows differ: {found.differences}")
        again = rebuild(service.database, service.endpoint, service.deployment, takes_over=False)
        hold(again.is_equal, "views are not what reading the chain again gives")
    finally:
        service.close()


def _operations(service: Service, acknowledged: Mapping[str, str]) -> None:
    """Everything that was taken in or asked for took effect, and once."""
    states = {name: service.outbox.find(acknowledged[name]).state for name in _COMMANDS}
    hold(set(states.values()) == {"done"}, f"commands are {states}")
    hold(set(service.outbox.counts()) == {"done"}, f"operations are {service.outbox.counts()}")
    events = service.ledger.events()
    executed = Counter(one.values["digest"] for one in events if one.name == "CommandExecuted")
    hold(all(count == 1 for count in executed.values()), "a command took effect twice")


def _import(service: Service, id_: str) -> None:
    """Each row is one payable; one of them was paid, the other lapsed."""
    assert service.imports is not None
    shelf = service.imports.shelf
    [row] = shelf.imports(CORE)
    hold(row.id == id_, "the file was taken in twice")
    hold((row.state, row.issued, row.refused) == ("done", PAYABLES, 0), f"the import is {row}")
    hold(service.ledger.payable_count() == PAYABLES, "payables were issued twice")
    issued = sorted(one.payable or 0 for one in shelf.items(CORE, id_))
    hold(issued == [1, 2], f"its rows are the payables {issued}")


def _money(service: Service) -> None:
    """Everybody has what is theirs to the fen, by one run."""
    [run] = every_run(service.database)
    hold(run.state == DONE, f"the run is {run.state}")
    hold((run.received, run.distributed, run.left_amount) == (FACE, FACE, 0), f"the run: {run}")
    hold(doubled(service.database) == [], "a voucher was named twice")
    hold(settled_twice(service.database) == [], "a voucher was settled twice")
    with service.database.reading() as connection:
        states = {one.id: one.state for one in rows_of(connection, "payables", EVERYTHING)}
    ended = {1: PayableState.SETTLED, 2: PayableState.CANCELLED}
    hold(states == ended, f"payables are {states}")
    parties = (CORE, SUPPLIER, SECOND, BANK)
    has = {one: service.ledger.deposit(SETTLEMENT, one) - DEPOSIT for one in parties}
    price = -has[BANK]
    hold(0 < price < SOLD, f"the quote was taken for {price}")
    hold(has == {CORE: -FEE, SUPPLIER: price + FEE, SECOND: 0, BANK: -price}, f"deposits: {has}")
    with service.database.reading() as connection:
        payouts = list(rows_of(connection, "payouts", EVERYTHING))
    paid = sorted((one.payee, one.amount) for one in payouts)
    expected = [(SUPPLIER, FACE - PART - SOLD), (SECOND, PART), (BANK, SOLD)]
    hold(paid == expected, f"the settlement bank is to pay {paid}")


def _desk(connection: Connection, acknowledged: Mapping[str, str], second: int) -> None:
    request = find_request(connection, acknowledged["request"])
    assert request is not None
    [standing] = request_standings(connection, [request], second)
    quotes = [(one.row.id, one.state) for one in standing.quotes]
    hold(quotes == [(acknowledged["quote"], QuoteState.TAKEN)], f"quotes are {quotes}")


def _comparison(connection: Connection, wall: int) -> None:
    last = last_reconciled(connection, wall=wall)
    hold(last.compared and not last.is_asked, f"the books were not compared: {last}")
    hold(not last.differences, f"the books differ: {last}")


def _reminders(connection: Connection) -> None:
    """Each stage was told once; the day itself is none for who finds it paid already."""
    kinds = ("ObligorReminded", "HoldersReminded")
    found = events_after(connection, 0, limit=_MANY, kinds=kinds)
    told = Counter((one.kind, one.data["payable_id"], one.data["stage"]) for one in found)
    before, due = ({(kind, 1, stage): 1 for kind in kinds} for stage in ("T-1", "due"))
    hold(told in (before, before | due), f"told were {told}")


def _messages(connection: Connection, participant: int, id_: str, arrived: set[str]) -> None:
    """Whatever concerns a participant was delivered, and nothing else."""
    queued, owed = delivered(connection, id_, arrived), told_of(connection, participant)
    hold(queued == owed, f"queued are {len(queued)} messages of {len(owed)}")


def told_of(connection: Connection, participant: int, *, since: str = "") -> list[int]:
    """Numbers of all that concerns a participant, from the first event of a kind on."""
    every = told_between(connection, 0, last_seq(connection), limit=_MANY)
    first = min((one.seq for one in every if one.kind == since), default=0)
    return sorted(one.seq for one in every if one.seq >= first and concerned(one, participant))


def delivered(connection: Connection, id_: str, arrived: set[str]) -> list[int]:
    """Numbers of all that was queued for an endpoint, each of which must have come."""
    rows = deliveries_of(connection, id_, state=None, before=None, limit=_MANY)
    left = [one for one in rows if one.state != DELIVERED]
    hold(not left, f"{len(left)} messages are not delivered: {left[:1]}")
    lost = [one.id for one in rows if one.id not in arrived]
    hold(not lost, f"{len(lost)} messages never came")
    return sorted(one.seq or 0 for one in rows)


def arrived(mail: Path, receiver: str) -> set[str]:
    """Ids of the messages that came to a receiver."""
    path = receiver[receiver.index("/", len("http://")) :]
    lines: list[Any] = [line.split() for line in mail.read_text().splitlines()]
    return {id_ for where, id_, _ in lines if where == path}
