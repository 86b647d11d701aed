"""A payable's whole life as a service goes through it: imported, financed, settled, told of.

Each deed looks whether it was done before, so that a life goes on where the one before it ended,
and every command has the same bytes in each life. What was answered is told at once. The real
contracts, on the embedded chain; its clock is moved on to the day of maturity.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

from ledger.chain.calls import Signed
from ledger.chain.typed_data import keccak
from ledger.model.commands import (
    AcceptVoucher,
    AttestPayment,
    FreezeParticipant,
    MoveDeposit,
    Part,
    SaleQuote,
    SellVoucher,
    TransferVoucher,
    UnfreezeParticipant,
)
from ledger.model.days import date_text, day_of_second, first_second
from ledger.model.errors import OperationUnknown
from ledger.model.errors.service import NodeUnreachable
from ledger.model.ids import root_voucher, voucher_id
from ledger.model.states import Duty
from ledger.model.structs import Command
from ledger.records.profiles import Profile
from ledger.service.financing.asking import Asking, QuoteKind
from ledger.service.financing.desk import Financing, signed_of
from ledger.service.imports.importing import Terms
from ledger.service.intake.intake import Post
from ledger.service.intake.kept_answers import ClientKey
from ledger.service.intake.refusals import refusal_text
from ledger.service.party import Party
from ledger.service.reconciliation.reconciling import Reconciling, ask_for
from ledger.service.records.directory import Reader
from ledger.service.relaying.outbox import Operation
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.service import Service
from ledger.service.webhooks.telling import Telling
from ledger.store import financing as desk_rows
from ledger.store.cursor import setting
from ledger.store.runs import DONE, last_run
from tests.faults.lives import tell
from tests.faults.node_lives import release, resume
from tests.imports.sheets import csv_of

__all__ = ["FACE", "FEE", "HEADER", "PART", "PAYABLES", "SOLD", "OfficeDay", "telling_of"]

CORE, SUPPLIER, SECOND, BANK, SETTLEMENT, REGULATOR = 1, 2, 3, 4, 5, 7
PAYABLES: Final = 2
FACE: Final = 300_000_00
PART: Final = 100_000_00
SOLD: Final = 50_000_00
FEE: Final = 7
_TENOR_DAYS: Final = 20
_HOURS: Final = 3_600
_TURNS: Final = 60
_LEASE_SECONDS: Final = 1_000
"""By so much each life's clock is ahead: what a life took with it is due again."""
_READER: Final = Reader(CORE, "session 1", "import")
_NAMES: Final = {SUPPLIER: "江城零部件有限公司", SETTLEMENT: "某某银行"}
HEADER: Final = ["业务编号", "供应商", "金额", "到期日", "清算行", "发票号码", "发票金额"]


def telling_of(service: Service, life: int) -> Telling:
    """The webhooks of a service in one of its lives, with a clock that is further on in each."""
    assert service.directory is not None
    keyring, ahead = service.directory.keyring, life * _LEASE_SECONDS

    def wall() -> int:
        return service.outbox.wall + ahead

    return Telling.of(service.database, keyring, allows_loopback=True, wall=wall)


class OfficeDay:
    """One life of it; `told` is where answers go."""

    def __init__(self, service: Service, life: int, url: str, told: int) -> None:
        self.service, self._url, self._told = service, url, told
        self._telling = telling_of(service, life)
        ahead = life * _LEASE_SECONDS
        self._reconciling = Reconciling(service.site, wall=lambda: service.outbox.wall + ahead)
        self._released: set[str] = set()
        with service.database.reading() as connection:
            start = int(setting(connection, "evaluation_start") or 0)
        self._start = start + _HOURS  # the wall clock's when the chain was founded
        self._maturity = day_of_second(start) + _TENOR_DAYS
        self._desk = Financing(
            service.site,
            service.intake.signatures,
            now=lambda: service.now,
            wall=lambda: service.outbox.wall,
        )

    def work(self) -> None:
        """Everything in its order, whatever of it is done already."""
        resume(self.service)
        release(self.service, self._released)
        self._name_receivers()
        self.turn()
        self._import()
        root, part = root_voucher(1), voucher_id(1, 2)
        self._accept(SUPPLIER, root, 0, FACE)
        parts = (Part(SECOND, root, PART, keccak(b"delivery note")),)
        self._act("part", SUPPLIER, TransferVoucher, parts=parts)
        self._accept(SECOND, part, 0, PART)
        self._finance(root)
        self._set_aside()
        case = keccak(b"case")
        review = day_of_second(self._start) + 60
        freeze: dict[str, Any] = {"subject": SECOND, "case_commitment": case}
        self._act("freeze", REGULATOR, FreezeParticipant, **freeze, review_day=review)
        self._advance(self._maturity - 1)
        paid: dict[str, Any] = {
            "payable_id": 1,
            "amount": FACE,
            "payment_reference": keccak(b"transfer"),
        }
        day = self._maturity - 1
        self._act("attest", SETTLEMENT, AttestPayment, day=day, **paid, value_day=day)
        self._advance(self._maturity)
        self._until(lambda: self._run_state() in ("waiting", DONE))
        self._act("unfreeze", REGULATOR, UnfreezeParticipant, day=self._maturity, **freeze)
        self._until(lambda: self._run_state() == DONE)
        self._until(lambda: not self._telling.deliverer.step().is_more)
        self._compare()

    # ---- turns

    def turn(self) -> None:
        """A step of every part."""
        service = self.service
        for relayer in service.relayers:
            relayer.step()
        while (at := service.follower.step()).behind or at.alarm:
            pass
        service.scheduler.step()
        assert service.imports is not None
        service.imports.issuing.step()
        self._telling.deliverer.step()

    def _until(self, is_so: Callable[[], bool]) -> None:
        for _ in range(_TURNS):
            if is_so():
                return
            self.turn()
        raise RuntimeError(f"it does not go on: {self.service.outbox.counts()}")

    def _advance(self, day: int) -> None:
        """Move the clock to the morning of a day."""
        second = first_second(day) + 8 * _HOURS
        if self.service.now < second:
            self.service.clock.advance_to(second)
        self.turn()

    # ---- deeds

    def _name_receivers(self) -> None:
        """Two participants want to be told, before anything was read that could be told."""
        for participant in (CORE, SUPPLIER):
            known = self._telling.webhooks.list(participant)
            if not known:
                self._telling.webhooks.create(participant, self._url)
                known = self._telling.webhooks.list(participant)
            [one] = known
            tell(self._told, f"receiver-{participant}", one.row.id)

    def _import(self) -> None:
        imports, directory = self.service.imports, self.service.directory
        assert imports is not None
        assert directory is not None
        importing, shelf = imports.importing, imports.shelf
        if not (known := shelf.imports(CORE)):
            for participant, name in _NAMES.items():
                directory.put(Profile(participant, name_zh=name))
            importing.upload(CORE, "付款.csv", self._file())
            known = shelf.imports(CORE)
        id_ = known[0].id
        tell(self._told, "import", id_)
        if shelf.find(CORE, id_).state == "uploaded":
            importing.preview(CORE, id_, _READER)
        if shelf.find(CORE, id_).state == "previewed":
            importing.prepare(CORE, id_, _READER, Terms("all"))
        if shelf.find(CORE, id_).state == "awaiting_signatures":
            command = imports.signing.command(CORE, id_)
            approvals = self._party(CORE).sign(command).approvals
            imports.signing.sign(CORE, id_, approvals)
        self._until(lambda: shelf.find(CORE, id_).state == "done")

    def _file(self) -> bytes:
        day = date_text(self._maturity)
        names = [_NAMES[one] for one in (SUPPLIER, SETTLEMENT)]
        rows = [
            [f"PO-{one}", names[0], f"{FACE // 100}.00", day, names[1], f"{one:020d}", 1_000_000]
            for one in range(1, PAYABLES + 1)
        ]
        return csv_of([HEADER, *rows]).encode()

    def _accept(self, participant: int, voucher: int, start: int, end: int) -> None:
        terms: dict[str, Any] = {"voucher": voucher, "start": start, "end": end}
        self._act(f"accept-{participant}", participant, AcceptVoucher, **terms)

    def _finance(self, voucher: int) -> None:
        """The supplier asks the bank for a quote on what it has kept, and takes it."""
        asking = Asking(voucher, SOLD, (QuoteKind.SALE,), (BANK,))
        asked = self._desk.ask(_key(SUPPLIER, "ask"), asking, lambda _, __: "{}").place
        tell(self._told, "request", asked)
        with self.service.database.reading() as connection:
            request = desk_rows.find_request(connection, asked)
        assert request is not None
        terms = {name: getattr(request, name) for name in ("voucher", "start", "end", "amount")} | {
            "rate": 40_000_000,
            "recourse": False,
            "registration": keccak(b"notice"),
        }
        made = self._made("quote", BANK, SaleQuote, self._start, taker=SUPPLIER, **terms)
        data = _data(self._party(BANK).sign(made))
        given = self._desk.give(_key(BANK, "give"), asked, data, lambda _, __: "{}").place
        tell(self._told, "quote", given)
        with self.service.database.reading() as connection:
            quote = desk_rows.find_quote(connection, given)
        assert quote is not None
        beside = [_data(signed_of(quote)), None]
        sale: dict[str, Any] = {"buyer": BANK, "obligor_share": 0, **terms}
        self._act("sell", SUPPLIER, SellVoucher, beside=beside, **sale)

    def _set_aside(self) -> None:
        """The operator stops sending, sets a payment aside by hand, and lets all go on."""
        outbox = self.service.outbox
        outbox.pause()
        terms: dict[str, Any] = {
            "bank": SETTLEMENT,
            "to": SUPPLIER,
            "amount": FEE,
            "purpose": keccak(b"fee"),
        }
        id_ = self._post("fee", CORE, MoveDeposit, **terms)
        if outbox.find(id_).state == "accepted":
            outbox.park(id_, refusal_text(OperationUnknown(operation=id_)))
        outbox.resume()
        release(self.service, self._released)
        self._until(lambda: outbox.find(id_).state == "done")

    def _compare(self) -> None:
        """The books are compared; who has asked once does not ask again."""
        if not any(self._comparison()):
            ask_for(self.service.database, wall=self.service.outbox.wall)
        tell(self._told, "comparison", "asked")
        for _ in range(_TURNS):
            if self._comparison()[-1]:
                return
            with suppress(NodeUnreachable):  # what was asked for is still to come
                self._reconciling.step()
        raise RuntimeError("the books are not compared")

    def _comparison(self) -> list[str | None]:
        """What the database knows of it: that it is asked for, that it runs, what it found."""
        with self.service.database.reading() as connection:
            return [setting(connection, f"reconcile_{one}") for one in ("asked", "running", "last")]

    # ---- commands

    def _act(
        self,
        name: str,
        who: int,
        kind: type[Command],
        *,
        day: int = 0,
        beside: Sequence[Any] = (),
        **values: Any,
    ) -> None:
        """Have a participant's command taken in and carried out."""
        second = first_second(day) + 8 * _HOURS if day else self._start
        id_ = self._post(name, who, kind, second=second, beside=beside, **values)
        self._until(lambda: self.service.outbox.find(id_).state == "done")

    def _post(
        self,
        name: str,
        who: int,
        kind: type[Command],
        *,
        second: int = 0,
        beside: Sequence[Any] = (),
        **values: Any,
    ) -> str:
        made = self._made(name, who, kind, second or self._start, **values)
        data = _data(self._party(who).sign(made))
        [answer] = self.service.intake.submit([Post({**data, "beside": list(beside)})])
        if not isinstance(answer, Operation):
            raise RuntimeError(f"{name}: {answer!r}")
        tell(self._told, name, answer.id)
        return answer.id

    def _made(
        self, name: str, who: int, kind: type[Command], second: int, **values: Any
    ) -> Command:
        """The same command in every life."""
        nonce = 1_000 + int.from_bytes(keccak(name.encode())[:4], "big")
        deadline = second + 6 * _HOURS
        return self._party(who).make(kind, **values, nonce=nonce, deadline=deadline)

    def _party(self, number: int) -> Party:
        [*names] = CAST
        keys = {
            place: evaluation_key(names[number - 1], duty)
            for place, duty in enumerate((Duty.MAKER, Duty.CHECKER))
        }
        return Party(self.service.ledger, number, keys)  # type: ignore[arg-type]

    def _run_state(self) -> str:
        with self.service.database.reading() as connection:
            run = last_run(connection, 1)
        return "" if run is None else run.state


def _key(participant: int, name: str) -> ClientKey:
    return ClientKey(participant, name, hashlib.sha256(name.encode()).digest())


def _data(signed: Signed) -> dict[str, Any]:
    return {
        "command": type(signed.command).__name__,
        "message": signed.command.to_message(),
        "approvals": ["0x" + one.hex() for one in signed.approvals],
    }
