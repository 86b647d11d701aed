"""Acts that need no signature, told from the events that they leave: which act, of what.

Whoever calls them through a contract of his own need not show how. It makes no difference: what
they may do follows from what the ledger remembers, and a path to a batch's root proves itself
wherever it is found. So call data are not asked what was called, but for that path.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.audit.calls import Call
from ledger.audit.circulation import End
from ledger.audit.contracts import Contract
from ledger.audit.issuing import leaf_of, parent
from ledger.audit.ledger_parts import Batches
from ledger.audit.registry_parts import Offices, desks_of
from ledger.audit.world import Part, World
from ledger.chain.codec import Event
from ledger.model.ids import payable_of
from ledger.model.parts import BatchIssue, InvoiceUse

__all__ = ["Traces", "told"]

_PATH_MAX: Final = 32
"""Steps of a path; a tree of the largest batch has 14."""


@dataclass(slots=True)
class Traces:
    """What a transaction has left."""

    world: World
    desks: Mapping[str, Contract]
    events: Sequence[Event]
    data: bytes
    """Its call data."""
    read: int = 0
    """Where in these the last path ended: the next one may stand behind it."""

    def wired(self, address: str, wire: str) -> str:
        """The contract that another one asks; an empty address where it asks none."""
        return self.desks[address].wires.get(wire, "") if address in self.desks else ""

    def part(self, kind: type[Part], address: str) -> Part | None:
        """What one of the ledger's contracts remembers."""
        return self.world.part(kind, address) if address in self.desks else None

    def of(self, name: str, contract: str, **values: Any) -> Iterator[Event]:
        """Its events of a contract with some values."""
        for event in self.events:
            if (event.name, event.contract) == (name, contract):
                yield from [event] if values.items() <= event.values.items() else []


def told(traces: Traces, place: int) -> Iterator[Call]:
    """The open acts of which an event can be the mark; none of any other event."""
    event = traces.events[place]
    tell = _MARKS.get(event.name)
    if tell is not None:
        yield from tell(traces, place)


def _call(traces: Traces, address: str, function: str, **arguments: Any) -> Iterator[Call]:
    if address in traces.desks:
        yield Call(traces.desks[address], function, arguments)


def _settle(traces: Traces, place: int) -> Iterator[Call]:
    """What is settled together gets its shares together, when the last of its vouchers is done."""
    mark = traces.events[place]
    kind, vouchers = _settled(mark), []
    for event in traces.events[place:]:
        if _settled(event) == kind:
            vouchers.append(event.values["voucher"])
        elif event.name not in _OF_A_VOUCHER:
            break
    yield from _call(traces, mark.contract, "settle", ids=tuple(vouchers))


def _settled(event: Event) -> tuple[str, int]:
    """Where and of what payable a voucher was settled."""
    if event.name != "VoucherSettled":
        return "", 0
    return event.contract, payable_of(event.values["voucher"])


def _apply(traces: Traces, place: int) -> Iterator[Call]:
    """Attested money comes by the bank rail."""
    event = traces.events[place]
    if event.values["on_bank_rail"]:
        number = event.values["payable_id"]
        yield from _call(traces, event.contract, "applyUnapplied", payable_id=number)


def _lapse(traces: Traces, place: int) -> Iterator[Call]:
    """Its fingerprints are those of the invoices that were freed."""
    event = traces.events[place]
    if event.values["reason"] != End.LAPSED:
        return
    number, desk = event.values["payable_id"], traces.wired(event.contract, "offers")
    invoices, version = traces.wired(desk, "invoices"), traces.world.register.desks.get(desk)
    freed = traces.of("InvoiceFreed", invoices, payable_id=number, version=version)
    fingerprints = tuple(dict.fromkeys(one.values["fingerprint"] for one in freed))
    yield from _call(traces, desk, "lapse", payable_id=number, fingerprints=fingerprints)


def _issue_from_batch(traces: Traces, place: int) -> Iterator[Call]:
    """All of an item is told but for its path to the batch's root."""
    event = traces.events[place]
    desk, number = event.contract, event.values["payable_id"]
    version = traces.world.register.desks.get(desk)
    opened = traces.of("PayableIssued", traces.wired(desk, "vouchers"), payable_id=number)
    invoices = traces.wired(desk, "invoices")
    used = traces.of("InvoiceUsed", invoices, payable_id=number, version=version)
    names = ("fingerprint", "total", "used")
    uses = tuple(InvoiceUse(**{name: one.values[name] for name in names}) for one in used)
    for one in opened:
        terms = {name: one.values[name] for name in ("to", "bank", "face", "maturity", "evidence")}
        item = BatchIssue(event.values["index"], **terms, invoices=uses)
        batch = event.values["batch"]
        given = {"batch_id": batch, "item": item, "proof": _path(traces, desk, batch, item)}
        yield from _call(traces, desk, "issueFromBatch", **given)


def _path(traces: Traces, desk: str, batch: bytes, item: BatchIssue) -> tuple[bytes, ...]:
    """The path from an item to the root of its batch, if it stands anywhere in the call data."""
    batches = traces.part(Batches, desk)
    known = batches.batches.get(batch) if batches is not None else None
    if known is None:
        return ()
    leaf, end = leaf_of(item), max(len(traces.data) - 31, 0)
    for start in (*range(traces.read, end), *range(min(traces.read, end))):
        node, path = leaf, []
        for step in range(start, min(end, start + 32 * _PATH_MAX), 32):
            path.append(traces.data[step : step + 32])
            node = parent(node, path[-1])
            if node == known.root:
                traces.read = step + 32
                return tuple(path)
    return ()


def _complete_recovery(traces: Traces, place: int) -> Iterator[Call]:
    event = traces.events[place]
    offices = traces.part(Offices, event.contract)
    known = offices.recoveries if offices is not None else {}
    if proposal := known.get(event.values["participant"]):
        yield from _call(traces, event.contract, "completeRecovery", command=proposal.command)


def _complete_version(traces: Traces, place: int) -> Iterator[Call]:
    event = traces.events[place]
    desk = traces.wired(event.contract, "administration")
    offices, added = traces.part(Offices, desk), event.values["desk"]
    for proposal in offices.versions.values() if offices is not None else ():
        if added in desks_of(proposal.command):
            yield from _call(traces, desk, "completeVersion", command=proposal.command)


_OF_A_VOUCHER: Final = ("LoanServed", "PayoutOpened", "VoucherFreed", "Transfer")
"""What a settlement leaves of one voucher before it is settled."""

_MARKS: Final[Mapping[str, Callable[[Traces, int], Iterator[Call]]]] = {
    "VoucherSettled": _settle,
    "PaymentRecorded": _apply,
    "PayableCancelled": _lapse,
    "BatchItemIssuedAs": _issue_from_batch,
    "RecoveryCompleted": _complete_recovery,
    "DeskAdded": _complete_version,
}
