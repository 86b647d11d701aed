"""A ledger on a chain: relays signed commands and answers questions about claims."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.chain.artifacts import artifact
from ledger.chain.batches import reasons_of, relay_call
from ledger.chain.calls import Item
from ledger.chain.codec import Event, decode_refusal
from ledger.chain.deployment import Deployment, Founder, deploy
from ledger.chain.transactions import Receipt, Reverted
from ledger.chain.typed_data import Domain, digest
from ledger.model.commands import Command
from ledger.model.days import day_of_second
from ledger.model.errors import IssuerBlocked, LedgerError
from ledger.model.errors.service import DeploymentUnknown
from ledger.model.ids import voucher_id
from ledger.model.lateness import is_overdue
from ledger.model.parts import RuleSet
from ledger.model.states import PayableState
from ledger.model.structs import snake_case

if TYPE_CHECKING:
    from ledger.chain.endpoint_node import EndpointNode
    from ledger.chain.node import Node

__all__ = ["Ledger", "Outcome"]

_EVENTS_BLOCKS = 5_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item of a batch."""

    digest: bytes | None
    """Trace id of the command; none for acts that anybody may ask for."""
    refusal: LedgerError | None
    events: tuple[Event, ...] = ()
    """What the item changed; filled when it was relayed."""
    gas: int = 0
    """Gas of the whole transaction that carried it."""

    def unwrap(self) -> "Outcome":
        """Raise the refusal, if it is one."""
        if self.refusal is not None:
            raise self.refusal
        return self

    def value(self, event: str, name: str) -> Any:
        """A value of the first event of a kind."""
        return next(one.values[name] for one in self.events if one.name == event)

    @property
    def offered(self) -> list[int]:
        """The vouchers that the item offered; a part has a new number."""
        names = {"VoucherOffered": "voucher", "PartOffered": "part"}
        return [one.values[names[one.name]] for one in self.events if one.name in names]


class Ledger:
    """One ledger version on a chain. It relays what others have signed and decides nothing."""

    def __init__(self, node: "Node | EndpointNode", deployment: Deployment) -> None:
        if node.chain_id != deployment.chain_id or not node.code(deployment.address("Relay")):
            raise DeploymentUnknown(path=deployment.address("Relay"), problem="no contract")
        self.node = node
        self.deployment = deployment
        self._domains = {
            name: Domain.of(node.chain_id, address)
            for name, address in deployment.addresses.items()
        }

    @classmethod
    def deploy(
        cls,
        node: "Node | EndpointNode",
        founders: Sequence[Founder],
        rules: RuleSet,
        *,
        progress: Callable[[str], None] = lambda _: None,
    ) -> "Ledger":
        """Put a new ledger on a chain; `progress` hears the name of each contract."""
        return cls(node, deploy(node, founders, rules, progress=progress))

    # ---- time

    @property
    def now(self) -> int:
        """Second of the last block: the ledger's clock."""
        return self.node.now

    @property
    def today(self) -> int:
        """Business day of the last block."""
        return day_of_second(self.now)

    # ---- commands

    def domain(self, command: Command) -> Domain:
        """Where a command's signatures hold: this chain and the command's desk."""
        return self._domains[command.desk]

    def digest(self, command: Command) -> bytes:
        """What a command's signers sign, and its trace id everywhere."""
        return digest(command, self.domain(command))

    def simulate(self, items: Sequence[Item]) -> list[Outcome]:
        """Say what would become of the items if they were relayed now, in this order."""
        batch = relay_call(self.deployment, items)
        answer = self.node.call(self.deployment.address("Relay"), batch)
        return [
            Outcome(self._digest_of(item), decode_refusal(reason) if reason else None)
            for item, reason in zip(items, reasons_of(answer, len(items)), strict=True)
        ]

    def relay(self, items: Sequence[Item]) -> list[Outcome]:
        """Relay items in one transaction. Each is isolated: a refused one changes nothing.

        Raises `BatchReverted` where an item is malformed or gas runs out; then none took effect.
        """
        if not items:
            return []
        batch = relay_call(self.deployment, items)
        receipt = self.node.send(self.deployment.address("Relay"), batch)
        return self._outcomes(items, receipt)

    def carry_out(self, item: Item) -> Outcome:
        """Relay one item; raises its refusal."""
        return self.relay([item])[0].unwrap()

    def call(self, contract: str, function: str, *values: Any) -> Item:
        """An act that anybody may ask for: `settle`, `lapse`, `issueFromBatch`, …"""
        return Item(contract, artifact(contract).functions[function].call(*values))

    def _digest_of(self, item: Item) -> bytes | None:
        return None if item.command is None else self.digest(item.command)

    def _outcomes(self, items: Sequence[Item], receipt: Receipt) -> list[Outcome]:
        refused = {
            event.values["index"]: decode_refusal(event.values["reason"])
            for event in receipt.events
            if event.name == "ItemRefused"
        }
        digests = [self._digest_of(item) for item in items]
        parts = _split(receipt.events, digests, refused)
        return [
            Outcome(one, refused.get(number), parts.get(number, ()), receipt.gas_used)
            for number, one in enumerate(digests)
        ]

    # ---- questions

    def ask(self, contract: str, function: str, *values: Any) -> Any:
        """Ask a view of a contract; records come as dictionaries with snake_case names.

        Raises the refusal where the view refuses.
        """
        entry = artifact(contract).functions[function]
        try:
            data = self.node.call(self.deployment.address(contract), entry.call(*values))
        except Reverted as reverted:
            refusal = decode_refusal(reverted.data)
            if refusal is None:
                raise
            raise refusal from None
        return _snake(entry.answer(data))

    def payable(self, payable: int) -> dict[str, Any]:
        """A payable's record with its tally: live, paid, redeemed principal, pieces."""
        record: dict[str, Any] = self.ask("Vouchers", "payableOf", payable)
        return {**record, **self.ask("Vouchers", "tallyOf", payable)}

    def voucher(self, voucher: int) -> dict[str, Any]:
        """A voucher as it stands now; refuses an unknown one."""
        record: dict[str, Any] = self.ask("Vouchers", "voucherOf", voucher)
        return record

    def vouchers_of(self, payable: int) -> dict[int, dict[str, Any]]:
        """Every voucher of a payable that was accepted, closed ones too, by id."""
        serials = self.payable(payable)["serials"]
        ids = [voucher_id(payable, serial) for serial in range(1, serials + 1)]
        return {one: self.voucher(one) for one in ids}

    def payable_count(self) -> int:
        """How many payables were issued; they are numbered from 1."""
        return int(self.ask("Vouchers", "payableCount"))

    def loan(self, loan: int) -> dict[str, Any]:
        """A loan's record."""
        record: dict[str, Any] = self.ask("Loans", "loanOf", loan)
        return record

    def claim(self, voucher: int, *, day: int | None = None) -> tuple[int, int]:
        """Unpaid principal of a voucher and its share of late interest on a day (today)."""
        principal, late = self.ask(
            "Settlement", "claimOf", voucher, self.today if day is None else day
        )
        return int(principal), int(late)

    def debt(self, payable: int, *, day: int | None = None) -> tuple[int, int]:
        """Late interest and principal owed on a payable on a day (today)."""
        late, principal = self.ask(
            "Settlement", "debtOf", payable, self.today if day is None else day
        )
        return int(late), int(principal)

    def deposit(self, bank: int, owner: int) -> int:
        """A participant's deposit at a settlement bank."""
        return int(self.ask("Deposits", "depositOf", bank, owner))

    def is_overdue(self, payable: int) -> bool:
        """Whether a payable is live past its due day."""
        record = self.ask("Vouchers", "payableOf", payable)
        return is_overdue(PayableState(record["state"]), record["due"], self.today)

    def is_blocked(self, obligor: int) -> bool:
        """Whether the contracts let an obligor issue nothing, for it has not paid in time."""
        try:
            self.ask("Exposure", "requireNotBlocked", obligor)
        except IssuerBlocked:
            return True
        return False

    def events(self, first: int | None = None, last: int | None = None) -> list[Event]:
        """Every event of the ledger's contracts, in order, from its first block on."""
        start = self.deployment.first_block if first is None else first
        end = self.node.block if last is None else last
        found: list[Event] = []
        contracts = list(self.deployment.addresses.values())
        for low in range(start, end + 1, _EVENTS_BLOCKS):
            found += self.node.events(low, min(low + _EVENTS_BLOCKS - 1, end), contracts)
        return found


def _split(
    events: Sequence[Event], digests: Sequence[bytes | None], refused: Mapping[int, object]
) -> dict[int, tuple[Event, ...]]:
    """The events of each item that was carried out.

    A signed item's events begin with `CommandExecuted` of its digest. Where a batch mixes signed
    items with others, the events of an unsigned one stand with the signed one before it, or with
    the first item.
    """
    done = [number for number in range(len(digests)) if number not in refused]
    parts: dict[int, list[Event]] = {number: [] for number in done}
    current = next(iter(done), None)
    for event in events:
        if event.name in ("ItemRefused", "BatchRelayed"):
            continue
        if event.name == "CommandExecuted":
            later = (one for one in done if current is None or one >= current)
            begun = (one for one in later if digests[one] == event.values["digest"])
            current = next(begun, current)
        if current is not None:
            parts[current].append(event)
    return {number: tuple(found) for number, found in parts.items()}


def _snake(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {snake_case(name): _snake(value) for name, value in answer.items()}
    if isinstance(answer, tuple):
        return tuple(_snake(value) for value in answer)
    return answer
