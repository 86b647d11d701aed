"""A service on the embedded chain, whole in one process, with what it does for one house.

A file of payables is imported and signed, a receiver is told of it, the books are compared on
request, the clock is moved on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final

from ledger.model.days import date_text, day_of_second
from ledger.model.plain import moment_text, parse_moment
from ledger.model.states import Duty
from ledger.service.following.rebuild import rebuild
from ledger.service.reconciliation.reconcile import reconcile
from ledger.service.reconciliation.reconciling import last_reconciled
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings
from ledger.store.database import Connection
from tests.faults.callers import Caller, Town, together, until
from tests.faults.office_day import HEADER, telling_of
from tests.faults.office_verdict import arrived, delivered, told_of
from tests.faults.verdict import hold
from tests.imports.sheets import csv_of

__all__ = ["HouseScene"]

_CORE, _SUPPLIER, _SETTLEMENT, _OPERATOR = 1, 2, 5, 6
_ROWS: Final = 2
_ANSWERS: Final = ("hook", "file", "sign", "clock", "comparison")
_TENOR_DAYS: Final = 20
_AHEAD_SECONDS: Final = 3_600


@dataclass
class HouseScene:
    """Runs on a fresh embedded chain; `mail` receives webhooks and keeps them in `kept`."""

    mail: str
    kept: Path
    receiver: str = field(default="")

    def begin(self, chance: Random, url: str) -> Mapping[str, str]:
        """Another address to be told at."""
        del url
        self.receiver = f"{self.mail}&house={chance.randrange(1 << 60)}"
        return {"FENBOOK_WEBHOOK_LOOPBACK": "true"}

    def work(self, town: Town) -> None:
        """What clients do."""
        core, operator = _signed_in(town, _CORE), _signed_in(town, _OPERATOR)
        hook = core.done("POST", "/v1/webhooks", {"url": self.receiver}, key="hook")
        town.tell("hook", hook["id"])
        together([partial(_import, core), partial(_compare, operator)])
        _move_clock(core)

    def judge(self, url: str, acknowledged: Mapping[str, str]) -> int:
        """Look at everything; how many commands there were."""
        hold(set(acknowledged) == set(_ANSWERS), f"answered were {sorted(acknowledged)}")
        service = Service.open(
            Settings(database=url, webhook_loopback=True)  # type: ignore[arg-type]
        )
        try:
            while not service.follower.step().is_caught_up:
                pass
            _imported(service, acknowledged)
            hold(service.now >= int(acknowledged["clock"]), "the clock went back")
            telling = telling_of(service, life=1)
            while telling.deliverer.step().is_more:
                pass
            with service.database.reading() as connection:
                last = last_reconciled(connection, wall=service.outbox.wall)
                came = arrived(self.kept, self.receiver)
                _messages(connection, acknowledged["hook"], came)
            hooks = [one.row.id for one in telling.webhooks.list(_CORE)]
            hold(hooks == [acknowledged["hook"]], f"endpoints are {hooks}")
            hold(last.compared and not last.is_asked, f"the books were not compared: {last}")
            hold(not last.differences, f"the books differ: {last}")
            found = reconcile(service.database, service.endpoint, service.deployment)
            hold(found.is_right, f"chain and rows differ: {found.differences}")
            again = rebuild(
                service.database, service.endpoint, service.deployment, takes_over=False
            )
            hold(again.is_equal, "views are not what reading the chain again gives")
        finally:
            service.close()
        return _ROWS


def _messages(connection: Connection, id_: str, came: set[str]) -> None:
    """Whatever concerns whoever issued was delivered, from when the receiver was named on."""
    queued = delivered(connection, id_, came)
    issued = told_of(connection, _CORE, since="PayableIssued")
    hold(len(issued) >= _ROWS, f"only {issued} concern whoever issued")
    hold(bool(queued) and queued[0] <= issued[0], f"queued are {queued}, issued {issued}")
    owed = [one for one in told_of(connection, _CORE) if one >= queued[0]]
    hold(queued == owed, f"queued are {queued} of {owed}")


def _signed_in(town: Town, participant: int) -> Caller:
    caller = Caller(town, participant, key=_key(participant, Duty.MAKER))
    caller.sign_in()
    return caller


def _key(participant: int, duty: Duty) -> Any:
    return evaluation_key([*CAST][participant - 1], duty)


def _import(core: Caller) -> None:
    """A file, its preview, its command, two signatures; then it is issued."""
    made = core.done("POST", "/v1/imports?name=payables.csv", key="file", content=_file())
    core.town.tell("file", made["id"])
    path = f"/v1/imports/{made['id']}"
    core.done("POST", f"{path}/preview", {}, key="preview")
    prepared = core.done("POST", f"{path}/typed-data", {"choice": "all"}, key="prepare")
    approvals = [
        {"signer": at, "signature": "0x" + _key(_CORE, duty).sign(_bytes(prepared)).hex()}
        for at, duty in enumerate((Duty.MAKER, Duty.CHECKER))
    ]
    core.done("POST", f"{path}/signatures", {"approvals": approvals}, key="sign")
    core.town.tell("sign", made["id"])
    until(lambda: core.done("GET", path)["state"] == "done" or None, "payables to be issued")


def _bytes(prepared: Any) -> bytes:
    return bytes.fromhex(prepared["digest"][2:])


def _compare(operator: Caller) -> None:
    """Asks once; what it asked for comes, whoever dies meanwhile."""
    operator.done("POST", "/v1/reconciliation", key="compare")
    operator.town.tell("comparison", "asked")
    until(lambda: operator.done("GET", "/v1/reconciliation")["ended_at"], "a comparison")


def _move_clock(core: Caller) -> None:
    """An hour on."""
    shown = parse_moment(core.done("GET", "/v1/test-clock")["time"], field="time")
    asked = {"time": moment_text(shown + _AHEAD_SECONDS)}
    core.done("POST", "/v1/test-clock", asked, key="clock")
    core.town.tell("clock", str(shown + _AHEAD_SECONDS))


def _file() -> bytes:
    day = day_of_second(int((datetime.now(UTC) + timedelta(days=_TENOR_DAYS)).timestamp()))
    rows = [
        [f"PO-{one}", str(_SUPPLIER), "300000.00", date_text(day), str(_SETTLEMENT),
         f"{one:020d}", 1_000_000]
        for one in range(1, _ROWS + 1)
    ]  # fmt: skip
    return csv_of([HEADER, *rows]).encode()


def _imported(service: Service, acknowledged: Mapping[str, str]) -> None:
    """Each row of the file is one payable."""
    assert service.imports is not None
    found = service.imports.shelf.imports(_CORE)
    hold([one.id for one in found] == [acknowledged["file"]], "the file was taken in twice")
    [row] = found
    hold((row.state, row.issued, row.refused) == ("done", _ROWS, 0), f"the import is {row}")
    hold(service.ledger.payable_count() == _ROWS, "payables were issued twice")
    hold(set(service.outbox.counts()) == {"done"}, f"operations are {service.outbox.counts()}")
