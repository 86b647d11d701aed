"""The town where everything costs most: the cast with nothing used yet, and its measure."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, Final

from web3.utils import get_create_address

from ledger.chain.calls import Item, item_of
from ledger.chain.deployment import VERIFIERS, Founder
from ledger.chain.transactions import TRANSACTION_GAS, Receipt
from ledger.model.commands import (
    FreezeParticipant,
    FreezeRange,
    IssueDeposit,
    MoveDeposit,
    UnfreezeParticipant,
)
from ledger.model.parts import RuleSet, Signer
from ledger.model.signing import SigningKey
from ledger.model.states import Duty, Role
from ledger.service.ledger import Ledger
from tests.cast import CHECKER, HIGH_FROM, MAKER, MORNING, Cast, Member, SteppedNode, key_of, named
from tests.worst.keys import curve_key, long_certificate_keys, long_passkeys

__all__ = [
    "CASE",
    "CERTIFICATE",
    "CURVE",
    "FREEZES",
    "PASSKEY",
    "REVIEW",
    "RULES",
    "SIGNERS",
    "Town",
    "answer",
]

RULES: Final = RuleSet(0, 366, 60, 9, 10**6, 1, 20_000_000, 100_000_000_000, True)
"""Late interest so high that a payable may see as many payments as there can be."""

SIGNERS: Final = 255
SIGNERS_AT_ONCE: Final = 16
FREEZES: Final = 16
CASE: Final = named("case of the court")
REVIEW: Final = 2**16 - 1

_ROLES: Final = {
    "Acme": Role.ISSUER,
    "Birch": Role.SUPPLIER,
    "Cedar": Role.SUPPLIER,
    "Delta Bank": Role.BANK,
    "Echo Bank": Role.BANK,
    "Settlement Bank": Role.SETTLEMENT,
    "Operator": Role.OPERATOR,
    "Regulator": Role.REGULATOR,
    "Ivy": Role.SUPPLIER,
}
CURVE, PASSKEY, CERTIFICATE = 2, 3, 4
"""Ivy's further signers by number, whose keys need a verifier."""

_DELTA, _ECHO = 4, 5
_SIGNERS_AT_FIRST: Final = 85
"""What fits in the creation of the contract that keeps them."""

_SOMEWHEN: Final = 2**40 - 1
_LINEAR: Final = 0.01


class Scattered(Member):
    """A member each of whose nonces is the first in its word, and as long as a number can be."""

    __slots__ = ()

    def next_nonce(self) -> int:
        self._next += 1
        return int.from_bytes(named(f"nonce {self.id} {self._next}"), "big")


class Town(Cast):
    """The cast, without any deposit, line or nonce; and Ivy, who has as many signers as can be."""

    def __init__(self, node: SteppedNode) -> None:
        self.node = node
        self.figures: dict[str, int] = {}
        made = {name: _verifier(node, number) for number, (name, _) in enumerate(VERIFIERS)}
        certificate, *self.certificates = long_certificate_keys(
            made["ERC7913RSAVerifier"], 1 + SIGNERS_AT_ONCE
        )
        passkey, *self.passkeys = long_passkeys(
            made["ERC7913WebAuthnVerifier"], 1 + SIGNERS_AT_ONCE
        )
        keys = {name: {one: key_of(name, one) for one in (MAKER, CHECKER)} for name in _ROLES}
        spare = {
            CURVE: curve_key(made["ERC7913P256Verifier"]),
            PASSKEY: passkey,
            CERTIFICATE: certificate,
        }
        founders = [
            _founder(role, name, [*keys[name].values(), *(spare.values() if name == "Ivy" else ())])
            for name, role in _ROLES.items()
        ]
        self.ledger = Ledger.deploy(node, founders, RULES)
        self.members = [
            Scattered(self.ledger, number, keys[name], name=name, spare=spare)
            for number, name in enumerate(_ROLES, 1)
        ]
        self.acme, self.birch, self.cedar, self.delta, self.echo = self.members[:5]
        self.settlement_bank, self.operator, self.regulator, self.ivy = self.members[5:]
        node.advance_to(MORNING)

    # ---- measuring

    def measure(self, name: str, item: Item) -> Receipt:
        """What an item costs in a transaction of its own, which is then taken back.

        The transaction gets what one asks for at most: so it fits, with the gas that comes back
        at its end and with what the calls within it leave over.
        """
        assert name not in self.figures
        with self.taken_back():
            receipt = self._send(item)
        self.figures[name] = receipt.gas_used
        return receipt

    def measure_list(self, name: str, sizes: Sequence[int], make: Callable[[int], Item]) -> None:
        """What each further element of a list costs: the same, however many there are."""
        gas = []
        for size in sizes:
            with self.taken_back():
                gas.append(self._send(make(size)).gas_used)
        self.figures[name] = _linear(sizes, gas)

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Whatever is done within did not happen."""
        # The engine carries the last block out again at each return to it: an empty one.
        self.lapse_of_seconds(1)
        point = self.node.snapshot()
        yield
        self.node.revert_to(point)

    def _send(self, item: Item) -> Receipt:
        to = self.ledger.deployment.address(item.desk)
        return self.node.send(to, item.data, gas=TRANSACTION_GAS)

    # ---- what happens in town

    def relay(self, items: Sequence[Item], *, at_once: int = 50) -> None:
        """Carry items out, some at a time."""
        for first in range(0, len(items), at_once):
            for outcome in self.ledger.relay(items[first : first + at_once]):
                outcome.unwrap()

    def deposit(self, member: Member, *, amount: int) -> Item:
        """A member's money at the Settlement Bank."""
        return self.settlement_bank.item(
            IssueDeposit,
            to=member.id,
            amount=amount,
            payment_reference=named(f"{member.name} {amount} {self.ledger.now}"),
        )

    def empty(self, member: Member) -> None:
        """A member gives away all it has, so that its next deposit is its first."""
        bank = self.settlement_bank.id
        amount = self.ledger.deposit(bank, member.id)
        member.act(MoveDeposit, bank=bank, to=self.acme.id, amount=amount, purpose=CASE)

    def freeze_ranges(self, payable: int, end: int) -> list[Item]:
        """As many freezes as a payable can have, of its last units, one unit each."""
        return [
            self.regulator.item(
                FreezeRange,
                payable_id=payable,
                start=end - number - 1,
                end=end - number,
                case_commitment=CASE,
                review_day=REVIEW,
            )
            for number in range(FREEZES)
        ]

    def freeze_for_a_moment(self, member: Member) -> None:
        """Ends the offers to and from a member, and makes others ask when it was."""
        values = {"subject": member.id, "case_commitment": named(f"case {self.ledger.now}")}
        self.relay(
            [
                self.regulator.item(FreezeParticipant, review_day=REVIEW, **values),
                self.regulator.item(UnfreezeParticipant, **values),
            ]
        )


def _linear(sizes: Sequence[int], gas: Sequence[int]) -> int:
    """What each element adds, if it is the same between all sizes within one percent."""
    steps = pairwise(zip(sizes, gas, strict=True))
    slopes = [(more - less) / (many - few) for (few, less), (many, more) in steps]
    assert len(slopes) > 1
    assert max(slopes) - min(slopes) <= _LINEAR * max(slopes), slopes
    return round(max(slopes))


def answer(member: Member, command: Any, *more: Any) -> Item:
    """A command as one signer approves it."""
    return item_of(member.sign_by(command, MAKER), *more)


def _verifier(node: SteppedNode, number: int) -> bytes:
    """Where the ledger's verifiers will be: they are deployed first."""
    return bytes.fromhex(get_create_address(node.sender, node.nonce + number)[2:])


def _founder(role: Role, name: str, keys: Sequence[SigningKey]) -> Founder:
    both = int(Duty.MAKER | Duty.CHECKER)
    signers = [Signer(key.key, both, _SOMEWHEN, named("certificate")) for key in keys]
    if name == "Ivy":
        more = range(_SIGNERS_AT_FIRST - len(signers))
        signers += [Signer(named(f"Ivy {one}")[:20], both, _SOMEWHEN, CASE) for one in more]
    recovery = _ECHO if name == "Delta Bank" else _DELTA
    return Founder(int(role), named(name), recovery, 1, 2, HIGH_FROM, tuple(signers))
