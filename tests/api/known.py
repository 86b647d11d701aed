"""An oracle of who may know what, computed from events alone and without the door's own code."""

from collections.abc import Iterable
from dataclasses import dataclass

from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.states import Role
from ledger.views import Projection, entries
from ledger.views.claim_rows import OfferState
from tests.api.world import World

__all__ = ["Known", "had_since", "known_to"]


@dataclass(frozen=True, slots=True)
class Known:
    """What one participant may know."""

    vouchers: frozenset[str]
    """That it may open."""
    payables: frozenset[str]
    loans: frozenset[str]
    participants: frozenset[int]
    named_vouchers: frozenset[str]
    """That an answer may name: its own, and those of its own legs and money."""
    named_payables: frozenset[str]


def known_to(world: World, participant: int) -> Known:
    """What a participant may know at the end of the chain."""
    made = Projection(entries(world.cast.ledger.events(), world.cast.node.block_second))
    state = made.state
    roles = state.participants[participant].roles
    second = world.cast.ledger.now
    sees_all = bool(roles & Role.REGULATOR)

    def mine(*parties: int) -> bool:
        return sees_all or participant in parties

    now = [made.voucher(one, second=second) for one in state.vouchers]
    vouchers = {one.id for one in now if mine(one.holder, one.counterparty)}
    under = {one >> 32 for one in vouchers}
    payables = {
        one.id
        for one in state.payables.values()
        if mine(one.obligor, one.offeree, one.bank) or one.id in under
    }
    own = {one.id for one in state.payables.values() if mine(one.obligor, one.bank)}
    loans = {one.id for one in state.loans.values() if mine(one.borrower, one.lender)}
    legs = {one.voucher for one in state.offers if mine(one.giver, one.taker)}
    hops = [one for some in state.hops.values() for one in some]
    legs |= {one.voucher for one in hops if mine(one.giver, one.taker)}
    legs |= {one.voucher for one in state.sales if mine(one.seller, one.buyer)}
    legs |= {state.loans[one].voucher for one in loans}
    legs |= {voucher for one in loans for voucher in state.loans[one].released}
    legs |= {one.voucher for one in state.settlements if mine(one.holder, one.lender)}
    legs |= {one.voucher for one in state.settlements if one.payable in own}
    # An obligor is party to early redemptions, and to sales whose cost it shares.
    legs |= {one.voucher for one in state.redemptions if one.voucher >> 32 in own}
    legs |= {one.voucher for one in state.sales if one.cost_borne and one.voucher >> 32 in own}
    # Whoever holds a voucher or is offered it is told of its cuts and joins from then on.
    legs |= _held(world).get(participant, {}).keys()
    named = vouchers | legs | _lineages(made, participant, now, roles)
    return Known(
        vouchers=_names(vouchers, voucher_name),
        payables=_names(payables, payable_name),
        loans=_names(loans, loan_name),
        participants=frozenset(_met(made, participant, roles, payables)),
        named_vouchers=_names(named, voucher_name),
        named_payables=_names(payables | {one >> 32 for one in named}, payable_name),
    )


def _lineages(made: Projection, participant: int, now: Iterable[object], roles: Role) -> set[int]:
    """Vouchers that a bank meets in the lineage of those that concern it."""
    if not roles & Role.BANK:
        return set()
    found: set[int] = set()
    for row in now:
        voucher = made.voucher(row.id)  # type: ignore[attr-defined]
        if participant in (voucher.holder, voucher.counterparty):
            hops = made.state.hops.get(voucher.payable, ())
            found |= {
                hop.voucher for hop in hops if hop.start < voucher.end and voucher.start < hop.end
            }
    return found


def had_since(world: World, participant: int) -> dict[str, int]:
    """What a participant has had, now or once, and the block since when.

    Vouchers that it held, was offered or lent on, loans of either side, and payables that it owes,
    is offered or settles, or under such a voucher.
    """
    made = Projection(entries(world.cast.ledger.events(), world.cast.node.block_second))
    held = _held(world).get(participant, {})
    found = {voucher_name(one): block for one, block in held.items()}
    for one, block in held.items():
        name = payable_name(one >> 32)
        found[name] = min(block, found.get(name, block))
    for payable in made.state.payables.values():
        if participant in (payable.obligor, payable.offeree, payable.bank):
            found[payable_name(payable.id)] = 0
    for loan in made.state.loans.values():
        if participant in (loan.borrower, loan.lender):
            found[loan_name(loan.id)] = 0
    return found


def _held(world: World) -> dict[int, dict[int, int]]:
    """By participant the vouchers that it held, was offered or lent on, and since which block."""
    made, found = Projection(), dict[int, dict[int, int]]()
    for entry in entries(world.cast.ledger.events(), world.cast.node.block_second):
        made.apply(entry)
        for row in made.state.vouchers.values():
            for one in filter(None, (row.holder, row.counterparty)):
                found.setdefault(one, {}).setdefault(row.id, entry.block)
    return found


def _met(made: Projection, participant: int, roles: Role, payables: set[int]) -> set[int]:
    state = made.state
    if roles & (Role.REGULATOR | Role.OPERATOR):
        return set(state.participants)
    institutions = Role.BANK | Role.SETTLEMENT | Role.OPERATOR | Role.REGULATOR
    found = {one.id for one in state.participants.values() if one.roles & institutions}
    found |= {one.giver for one in state.offers if one.taker == participant}
    found |= {one.taker for one in state.offers if one.giver == participant}
    found |= {state.payables[one].obligor for one in payables}
    assert OfferState.OPEN  # offers of every state count: they were made
    return found | {participant}


def _names(numbers: Iterable[int], name: object) -> frozenset[str]:
    return frozenset(name(one) for one in numbers)  # type: ignore[operator]
