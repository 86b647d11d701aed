"""Acts that need no signature, just before somebody calls them, and ways for outsiders to do so."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.chain.batches import relay_call
from ledger.chain.calls import Item, abi_values
from ledger.chain.transactions import Receipt
from ledger.model.commands import MoveDeposit
from ledger.model.ids import payable_of
from tests.audit.forwarder import Call, constructing, create_keeper, create_wrapper, wrapped
from tests.cast import Cast, named
from tests.contracts.office_acts import NEW_KEYS, recovery, version
from tests.contracts.situations import (
    FACE,
    attest,
    invoice,
    live,
    offered,
    passed,
    pay,
    pledge,
    pledge_terms,
)
from tests.contracts.test_issue_batch import items_of, record

__all__ = ["CARRIERS", "DELAY", "OPEN_ACTS", "call_of", "issued", "paid_after", "send_hidden"]

DELAY: Final = 7 * 86_400


def call_of(cast: Cast, item: Item) -> Call:
    """What an act is sent to, and as what."""
    return cast.ledger.deployment.address(item.desk), item.data


def _settle(cast: Cast) -> Item:
    """Of two payables, on both rails, with loans; some are named twice, and some are none."""
    maturity = cast.ledger.today + 60
    first, second = live(cast, maturity=maturity), live(cast, maturity=maturity)
    part = passed(cast, first, FACE // 4, cast.cedar)
    pledge(cast.cedar, cast.delta, pledge_terms(cast, part, FACE // 8))
    pledged = max(cast.ledger.vouchers_of(payable_of(first)))
    pledge(cast.birch, cast.echo, pledge_terms(cast, second, FACE))
    cast.begin(maturity + 3)
    pay(cast, payable_of(first), FACE // 3)
    attest(cast, payable_of(first), sum(cast.ledger.debt(payable_of(first))))
    pay(cast, payable_of(second), FACE // 2)
    none = [payable_of(first) << 32 | 99, 77 << 32 | 1]
    vouchers = [pledged, first, second, part, first, *none]
    return cast.ledger.call("Settlement", "settle", vouchers)


def _apply(cast: Cast) -> Item:
    """Money that was attested before maturity."""
    maturity = cast.ledger.today + 60
    payable = payable_of(live(cast, maturity=maturity))
    attest(cast, payable, FACE, payment_reference=named("early"))
    cast.begin(maturity + 2)
    return cast.ledger.call("Settlement", "applyUnapplied", payable)


def _lapse(cast: Cast) -> Item:
    """An offer that two invoices back, and nobody answered."""
    invoices = (invoice("one", FACE // 2), invoice("two", FACE // 2, FACE))
    payable = offered(cast, invoices=invoices)
    cast.advance(11)
    fingerprints = [one.fingerprint for one in reversed(invoices)]
    return cast.ledger.call("Offers", "lapse", payable, fingerprints)


def _issue(cast: Cast) -> Item:
    return issued(cast)[2][0]


def issued(cast: Cast) -> list[tuple[Item, bytes]]:
    """The items of a batch that Acme has signed, each with its path to the root."""
    batch = record(cast, items_of(cast, 5))
    found = []
    for number, one in enumerate(batch.items):
        values = (batch.id, abi_values(one), batch.proof(number))
        item = cast.ledger.call("Issuance", "issueFromBatch", *values)
        found.append((item, b"".join(batch.proof(number))))
    return found


def _recover(cast: Cast) -> Item:
    """New keys for Birch, a week after they were proposed."""
    act = recovery(cast)
    cast.ledger.carry_out(act.item())
    cast.lapse_of_seconds(DELAY)
    cast.birch.keys = dict(enumerate(NEW_KEYS, 5))
    return cast.ledger.call("Administration", "completeRecovery", abi_values(act.command))


def _version(cast: Cast) -> Item:
    """Two more desks, and one that is known already; another version is proposed and not due."""
    desks = version(cast).command.desks
    known = bytes.fromhex(cast.ledger.deployment.address("Sales")[2:])
    act = version(cast, desks=(desks[0], known, desks[1]))
    cast.ledger.carry_out(act.item())
    cast.lapse_of_seconds(DELAY)
    cast.ledger.carry_out(version(cast, desks=desks[:1]).item())
    command = abi_values(act.command)
    return cast.ledger.call("Administration", "completeVersion", command)


OPEN_ACTS: Final[Mapping[str, Callable[[Cast], Item]]] = {
    "issueFromBatch": _issue,
    "lapse": _lapse,
    "applyUnapplied": _apply,
    "settle": _settle,
    "completeVersion": _version,
    "completeRecovery": _recover,
}
"""By function: brings about where it may be called, and is the call."""


# ---- how outsiders carry them


def _verbatim(cast: Cast, item: Item) -> Receipt:
    """By a contract that makes the calls that it is sent."""
    return cast.node.send(create_wrapper(cast.node), wrapped(call_of(cast, item)))


def _twice_removed(cast: Cast, item: Item) -> Receipt:
    """By such a contract that another one calls, in a batch of the relay."""
    inner, outer = create_wrapper(cast.node), create_wrapper(cast.node)
    relayed = cast.ledger.deployment.address("Relay"), relay_call(cast.ledger.deployment, [item])
    return cast.node.send(outer, wrapped((inner, wrapped(relayed))))


def _created(cast: Cast, item: Item) -> Receipt:
    """By a contract while it is created."""
    return cast.node.send(None, constructing(call_of(cast, item)))


def send_hidden(cast: Cast, *steps: Any, data: bytes = b"") -> Receipt:
    """By a contract that knows its steps, whatever it is sent."""
    return cast.node.send(create_keeper(cast.node, *steps), data)


def _hidden(cast: Cast, item: Item) -> Receipt:
    """By a contract that knows the act; it is sent words from its end, as a path stands there."""
    return send_hidden(cast, call_of(cast, item), data=b"\xab" * 5 + item.data[-3 * 32 :])


def _lied_about(cast: Cast, item: Item) -> Receipt:
    """By a contract that knows the act, and is sent it with other arguments in front."""
    lie = bytearray(item.data)
    for place in range(35, len(lie), 32):
        lie[place] ^= 1
    return send_hidden(cast, call_of(cast, item), data=bytes(lie) + item.data)


CARRIERS: Final[Mapping[str, Callable[[Cast, Item], Receipt]]] = {
    "verbatim": _verbatim,
    "twice removed": _twice_removed,
    "created": _created,
    "hidden": _hidden,
    "lied about": _lied_about,
}


def paid_after(cast: Cast) -> Item:
    """A payment that shows that the ledger goes on as it was followed."""
    values = {"bank": cast.settlement_bank.id, "to": cast.cedar.id, "purpose": named("after")}
    return cast.birch.item(MoveDeposit, amount=3, **values)
