"""What the contracts do with deposits and command numbers, in memory.

Modelled: who may act, nonces, deadlines, deposits that are issued and moved, void numbers, the
relay's isolation of items, and reverts of a whole batch. Everything it says is encoded as the
contracts encode it. Not modelled: every other desk; for them the campaign has the real contracts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from eth_abi.abi import encode

from ledger.chain.artifacts import CONTRACTS, artifact
from ledger.chain.deployment import Deployment
from ledger.chain.keys import AccountKey, signed_by_account
from ledger.chain.transactions import Reverted
from ledger.chain.typed_data import Domain, digest, keccak
from ledger.model import errors
from ledger.model.commands import IssueDeposit, MoveDeposit, VoidNonce
from ledger.model.errors import LedgerError
from ledger.model.states import Role
from ledger.model.structs import Command
from tests.faults.abi import Log, command_in, items_of, log, refusal_data, unpacked

__all__ = [
    "BANK", "CHAIN_ID", "DEPLOYMENT", "HUNGRY", "KEYS", "OPERATOR", "POISON", "REGULATOR",
    "ModelLedger",
]  # fmt: skip

CHAIN_ID: Final = 20262
DEPLOYMENT: Final = Deployment(
    CHAIN_ID, 1, {name: "0x" + keccak(name.encode())[12:].hex() for name in CONTRACTS}
)
BANK: Final = 1
KEYS: Final = {number: AccountKey(keccak(b"member %d" % number)) for number in range(1, 6)}
"""Each participant's only signer; the first is the settlement bank."""
OPERATOR: Final = 4
REGULATOR: Final = 5
_ROLES: Final[Mapping[int, Role]] = {
    BANK: Role.SETTLEMENT,
    OPERATOR: Role.SUPPLIER | Role.OPERATOR,
    REGULATOR: Role.REGULATOR,
}

POISON: Final = keccak(b"poison")
"""A purpose under which a move passes every simulation and reverts every block that holds it."""
HUNGRY: Final = keccak(b"hungry")
"""A purpose under which a move needs far more than anybody would estimate."""

ITEM_GAS: Final = 60_000
HUNGRY_GAS: Final = 9_000_000
DEADLINE_MAX: Final = 7 * 86_400

_AT: Final = DEPLOYMENT.addresses
_NAMES: Final = {address: name for name, address in _AT.items()}


@dataclass(slots=True)
class ModelLedger:
    """The state of the model; `copied` before each block, so that a chain can go back."""

    deposits: dict[int, int] = field(default_factory=dict)
    issued: int = 0
    nonces: set[tuple[int, int]] = field(default_factory=set)
    references: set[bytes] = field(default_factory=set)

    def copied(self) -> "ModelLedger":
        """The same state, apart."""
        return ModelLedger(dict(self.deposits), self.issued, set(self.nonces), set(self.references))

    # ---- batches

    def relay(
        self, data: bytes, second: int, gas: int, *, is_real: bool
    ) -> tuple[list[Log], bytes]:
        """Carry a batch out: its logs and the relay's answer. Raises `Reverted` as a whole."""
        try:
            items = items_of(data)
        except (ValueError, IndexError):
            raise Reverted(b"") from None
        logs: list[Log] = []
        reasons: list[bytes] = []
        for index, (desk, call) in enumerate(items):
            gas -= ITEM_GAS
            try:
                command, approvals = command_in(_NAMES[desk], call)
            except (KeyError, ValueError, LedgerError):
                raise Reverted(b"") from None
            if is_real and isinstance(command, MoveDeposit):
                if command.purpose == POISON:
                    raise Reverted(b"")
                gas -= HUNGRY_GAS if command.purpose == HUNGRY else 0
            if gas < 0:
                raise Reverted(b"")
            own, reason = self._carried_out(command, approvals, second)
            logs += own
            reasons.append(reason)
            if reason:
                values = {"digest": _digest(command), "index": index, "reason": reason}
                logs.append(log(_AT["Relay"], "ItemRefused", **values))
        refused = sum(map(bool, reasons))
        logs.append(log(_AT["Relay"], "BatchRelayed", items=len(items), refused=refused))
        answer = reasons if refused else []
        return logs, _answer("Relay", "relay", answer)

    def _carried_out(
        self, command: Command, approvals: bytes, second: int
    ) -> tuple[list[Log], bytes]:
        try:
            self._authorise(command, approvals, second)
            logs = list(self._done(command))
        except LedgerError as refusal:
            return [], refusal_data(refusal)
        self.nonces.add((command.participant, command.nonce))
        return logs, b""

    def _authorise(self, command: Command, approvals: bytes, second: int) -> None:
        participant, nonce, deadline = command.participant, command.nonce, command.deadline
        if participant not in KEYS:
            raise errors.UnknownParticipant(participant=participant)
        if second > deadline:
            raise errors.DeadlinePassed(deadline=deadline, time=second)
        if deadline > second + DEADLINE_MAX:
            raise errors.DeadlineTooFar(deadline=deadline, latest=second + DEADLINE_MAX)
        if (participant, nonce) in self.nonces:
            raise errors.NonceUsed(participant=participant, nonce=nonce)
        signed = _digest(command)
        for number, signature in unpacked(approvals):
            if number:
                raise errors.UnknownSigner(participant=participant, signer=number)
            if not _is_signed(KEYS[participant].key, signed, signature):
                raise errors.InvalidSignature(participant=participant, signer=number)
        if not approvals:
            raise errors.SignersTooFew(participant=participant, required=1, given=0)

    def _done(self, command: Command) -> Iterator[Log]:
        """Change what a command changes; a refusal comes before any change."""
        amount: int = getattr(command, "amount", 0)
        executed = log(
            _AT["Participants"],
            "CommandExecuted",
            digest=_digest(command),
            participant=command.participant,
            nonce=command.nonce,
            amount=amount if isinstance(command, MoveDeposit) else 0,
        )
        if isinstance(command, IssueDeposit):
            yield from (executed, self._issue(command))
        elif isinstance(command, MoveDeposit):
            yield from (executed, self._move(command))
        elif isinstance(command, VoidNonce):
            yield from (executed, self._void(command))
        else:
            raise Reverted(b"")

    def _issue(self, command: IssueDeposit) -> Log:
        if command.participant != BANK:
            raise errors.MissingRole(participant=command.participant, role=int(Role.SETTLEMENT))
        if command.payment_reference in self.references:
            raise errors.ReferenceUsed(bank=BANK, payment_reference=command.payment_reference)
        self.references.add(command.payment_reference)
        self.issued += command.amount
        self.deposits[command.to] = self.deposits.get(command.to, 0) + command.amount
        return log(
            _AT["Deposits"],
            "DepositIssued",
            bank=BANK,
            to=command.to,
            amount=command.amount,
            payment_reference=command.payment_reference,
        )

    def _move(self, command: MoveDeposit) -> Log:
        giver, taker, amount = command.participant, command.to, command.amount
        available = self.deposits.get(giver, 0)
        if amount > available:
            raise errors.DepositShort(participant=giver, asked=amount, available=available)
        self.deposits[giver] = available - amount
        self.deposits[taker] = self.deposits.get(taker, 0) + amount
        values = {"bank": BANK, "from": giver, "to": taker, "amount": amount}
        return log(_AT["Deposits"], "DepositMoved", purpose=command.purpose, **values)

    def _void(self, command: VoidNonce) -> Log:
        key = (command.participant, command.voided)
        if key in self.nonces:
            raise errors.NonceUsed(participant=key[0], nonce=key[1])
        self.nonces.add(key)
        return log(_AT["Participants"], "NonceVoided", participant=key[0], nonce=key[1])

    # ---- views

    def view(self, to: str, data: bytes, second: int, gas: int) -> bytes:
        """The answer of a contract; a batch is tried on a copy."""
        name = _NAMES.get(to.lower(), "")
        if name == "Relay":
            return self.copied().relay(data, second, gas, is_real=False)[1]
        functions = {one.selector: one for one in artifact(name).functions.values()} if name else {}
        entry = functions.get(data[:4])
        if entry is None:
            raise Reverted(b"")
        arguments = entry.arguments(data[4:])
        if entry.name == "signerOf":
            return _answer(name, "signerOf", *_signer(*arguments))
        if entry.name == "isNonceUsed":
            return _answer(name, "isNonceUsed", arguments in self.nonces)
        if entry.name == "depositOf":
            return _answer(name, "depositOf", self.deposits.get(arguments[1], 0))
        if entry.name == "issuedBy":
            return _answer(name, "issuedBy", self.issued)
        raise Reverted(b"")

    @staticmethod
    @cache
    def genesis() -> list[Log]:
        """What the deployment leaves: participants with their keys."""
        home, logs = _AT["Participants"], []
        for number, key in KEYS.items():
            role = _ROLES.get(number, Role.SUPPLIER)
            who = {"participant": number}
            identity = keccak(b"identity %d" % number)
            logs += [
                log(
                    home,
                    "ParticipantAdmitted",
                    **who,
                    roles=int(role),
                    identity=identity,
                    recovery_bank=0,
                ),
                log(
                    home,
                    "SignerAdded",
                    **who,
                    signer=0,
                    key=key.key,
                    duty=3,
                    expiry=0,
                    certificate=bytes(32),
                ),
                log(home, "ThresholdSet", **who, low=1, high=1, high_from=2**48 - 1),
            ]
        return logs


_is_signed = lru_cache(maxsize=64)(signed_by_account)


@lru_cache(maxsize=64)
def _digest(command: Command) -> bytes:
    return digest(command, Domain.of(CHAIN_ID, _AT[command.desk]))


def _answer(contract: str, function: str, *values: Any) -> bytes:
    return encode(artifact(contract).functions[function].output_types, values)


def _signer(participant: int, number: int) -> tuple[Any, ...]:
    """Key and public key as the registry tells them; an unknown number has the account 0."""
    if participant not in KEYS or number:
        return ("0x" + "00" * 20, 0, 0, 0, False), b""
    return ("0x" + KEYS[participant].key.hex(), 0, 3, 0, False), b""
