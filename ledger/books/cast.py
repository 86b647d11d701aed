"""The cast of a book: its parties as participants of a new ledger, with keys made for the run."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.books.checks import ROLES
from ledger.books.notation import fen, parts, signed_parts
from ledger.chain.calls import Item
from ledger.chain.deployment import Founder
from ledger.chain.keys import AccountKey
from ledger.chain.node import Node
from ledger.model.oversight_commands import SetLimit
from ledger.model.parts import RuleSet, Signer
from ledger.model.payment_commands import IssueDeposit
from ledger.model.states import Duty, Role
from ledger.service.ledger import Ledger
from ledger.service.party import Party

__all__ = ["ITEMS_MAX", "Cast", "relay_all"]

ITEMS_MAX: Final = 40
"""Items of one transaction, so that it stays below the gas that networks allow."""

_HIGH_FROM: Final = 1_000_000_00
_AMOUNT_TOP: Final = 2**64 - 1
_DEPOSITS: Final = 2**63  # all together, so that none outgrows its word
_NOTHING: Final = bytes(32)

# A ledger needs them; where a book has none, one is there that nobody sees.
_NEEDED: Final = (Role.BANK, Role.SETTLEMENT, Role.OPERATOR, Role.REGULATOR)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, by the ids of the book, and the bank that keeps the deposits."""

    ledger: Ledger
    parties: dict[str, Party]
    bank: Party
    deposit: int
    """What every party has on deposit at the start, in fen: as much as it can ever need."""

    @classmethod
    def deploy(
        cls, book: Mapping[str, Any], node: Node, *, progress: Callable[[str], None]
    ) -> "Cast":
        """A new ledger whose founders are the book's parties."""
        roles = [_roles(party) for party in book["parties"]]
        roles += [role for role in _NEEDED if not any(role & one for one in roles)]
        keys = [[AccountKey.random(), AccountKey.random()] for _ in roles]
        founders = [
            _founder(number, pair) for number, pair in enumerate(zip(roles, keys, strict=True))
        ]
        ledger = Ledger.deploy(node, founders, _rules(book["rules"]), progress=progress)
        members = [
            Party(ledger, number, dict(enumerate(pair))) for number, pair in enumerate(keys, 1)
        ]
        ids = [party["id"] for party in book["parties"]]
        bank = next(
            member for member, role in zip(members, roles, strict=True) if role & Role.SETTLEMENT
        )
        return cls(ledger, dict(zip(ids, members, strict=False)), bank, _DEPOSITS // len(ids))

    def endow(self, limits: Sequence[Mapping[str, Any]]) -> None:
        """Have the banks set their limits and the settlement bank book everybody's deposit."""
        relay_all(self.ledger, [*self._limits(limits), *self._deposits()])

    def id_of(self, participant: int) -> str:
        """The book's id of a participant."""
        return next(name for name, party in self.parties.items() if party.id == participant)

    def anyone(self) -> Party:
        """Some party: who signs an act on something unknown makes no difference."""
        return next(iter(self.parties.values()))

    def member(self, participant: int) -> Party:
        """A party by its number; some party for a number that nobody has."""
        found = (party for party in self.parties.values() if party.id == participant)
        return next(found, self.anyone())

    def _limits(self, limits: Sequence[Mapping[str, Any]]) -> Iterator[Item]:
        """One line per bank and obligor; a book may give it in several amounts."""
        lines: dict[tuple[str, str], int] = {}
        for limit in limits:
            line = (limit["bank"], limit["obligor"])
            lines[line] = min(lines.get(line, 0) + fen(limit["amount"]), _AMOUNT_TOP)
        for (bank, obligor), amount in lines.items():
            yield self.parties[bank].item(SetLimit, obligor=self.parties[obligor].id, amount=amount)

    def _deposits(self) -> Iterator[Item]:
        for party in self.parties.values():
            reference = party.id.to_bytes(32, "big")
            yield self.bank.item(
                IssueDeposit, to=party.id, amount=self.deposit, payment_reference=reference
            )


def relay_all(ledger: Ledger, items: Sequence[Item]) -> None:
    """Relay items in as few transactions as they fit in; raises the first refusal."""
    for start in range(0, len(items), ITEMS_MAX):
        for outcome in ledger.relay(items[start : start + ITEMS_MAX]):
            outcome.unwrap()


def _roles(party: Mapping[str, Any]) -> Role:
    roles = Role(0)
    for word in party["roles"]:
        roles |= ROLES[word]
    return roles


def _founder(number: int, founder: tuple[Role, Sequence[AccountKey]]) -> Founder:
    roles, (maker, checker) = founder
    return Founder(
        roles=int(roles),
        identity=hashlib.sha256(f"party {number}".encode()).digest(),
        recovery_bank=0,
        threshold_low=1,
        threshold_high=2,
        high_from=_HIGH_FROM,
        signers=(
            Signer(maker.key, int(Duty.MAKER), 0, _NOTHING),
            Signer(checker.key, int(Duty.CHECKER), 0, _NOTHING),
        ),
    )


def _rules(rules: Mapping[str, Any]) -> RuleSet:
    """The book's rules, in force from the first day on; what books leave out is off."""
    return RuleSet(
        effective=0,
        tenor_days_max=rules["tenor_days_max"],
        offer_days=rules["offer_days"],
        depth_max=rules["depth_max"],
        pieces_max=0,
        piece_min=0,
        late_rate_daily=parts(rules["late_rate_daily"]),
        overdue_multiplier=signed_parts(rules["overdue_multiplier"]),
        registration_required=False,
    )
