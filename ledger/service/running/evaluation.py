"""A ledger for evaluation: a chain in this process, a cast whose keys everybody can compute.

Nothing here may hold real claims. The keys of the cast follow from their names, so that whoever
tries the service can sign for each of them; on a network nobody has such keys.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ledger.chain.deployment import Deployment, Founder
from ledger.chain.embedded import GAS_PRICE, EmbeddedEndpoint, JournalEntry
from ledger.chain.endpoint_node import EndpointNode
from ledger.chain.relayer_key import RelayerKey
from ledger.chain.typed_data import keccak
from ledger.model.commands import IssueDeposit, SetLimit
from ledger.model.parts import RuleSet, Signer
from ledger.model.states import Duty
from ledger.service.ledger import Ledger
from ledger.service.party import Party
from ledger.service.running.cast import CAST, evaluation_key
from ledger.service.running.crash_points import writing
from ledger.store import journal
from ledger.store.cursor import put_setting, setting
from ledger.store.database import Database

__all__ = ["RULES", "Evaluation", "opened", "reopened"]

RULES: Final = RuleSet(
    effective=0,
    tenor_days_max=365,
    offer_days=10,
    depth_max=5,
    pieces_max=500,
    piece_min=1_000_00,
    late_rate_daily=500_000,
    overdue_multiplier=1_500_000_000,
    registration_required=True,
)

HIGH_FROM: Final = 1_000_000_00
"""From this amount in a day on, an act of the cast needs maker and checker."""
LINE: Final = 100_000_000_00
DEPOSIT: Final = 20_000_000_00

_START: Final = "evaluation_start"
_DEPLOYMENT: Final = "evaluation_deployment"
_LEAD_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation chain with its ledger, and the relayer key that it endows."""

    endpoint: EmbeddedEndpoint
    deployment: Deployment
    key: RelayerKey


def opened(
    database: Database,
    identity: Callable[[str], bytes],
    *,
    clock: Callable[[], float] = time.time,
) -> Evaluation:
    """The evaluation chain of a database, made again from its journal, or a fresh one.

    `identity` says under what an organisation with a code is admitted: the private records know.
    Raises `ChainMismatch` where this release makes another chain of the journal.
    """
    return reopened(database, clock=clock) or _founded(database, identity, clock)


def reopened(database: Database, *, clock: Callable[[], float] = time.time) -> Evaluation | None:
    """The evaluation chain that a database has; none where none was founded."""
    with database.reading() as connection:
        start, stored = setting(connection, _START), setting(connection, _DEPLOYMENT)
        rows = list(journal.entries(connection)) if stored is not None else []
    if start is None or stored is None:
        return None
    endpoint = _chain(database, int(start), rows, clock)
    return Evaluation(endpoint, Deployment.from_text(stored), _relayer(endpoint.chain_id))


def _founded(
    database: Database, identity: Callable[[str], bytes], clock: Callable[[], float]
) -> Evaluation:
    """A fresh chain with a fresh ledger; one that was not finished is thrown away before."""
    start = int(clock()) - _LEAD_SECONDS
    with writing(database, "found") as connection:
        journal.drop_entries(connection)
        put_setting(connection, _START, str(start))
    endpoint = _chain(database, start, [], clock)
    key = _relayer(endpoint.chain_id)
    ledger = Ledger.deploy(EndpointNode(endpoint, key), _founders(identity), RULES)
    _endow(ledger)
    with writing(database, "found") as connection:
        put_setting(connection, _DEPLOYMENT, ledger.deployment.text)
    return Evaluation(endpoint, ledger.deployment, key)


def _chain(
    database: Database,
    start: int,
    rows: list[journal.JournalRow],
    clock: Callable[[], float],
) -> EmbeddedEndpoint:
    def write(entry: JournalEntry) -> None:
        row = journal.JournalRow(entry.number, entry.second, entry.raw, entry.hash)
        with writing(database, "journal") as connection:
            journal.add_entry(connection, row)

    entries = [JournalEntry(one.number, one.second, one.raw, one.hash) for one in rows]
    return EmbeddedEndpoint(
        start, [_relayer(1).address], journal=write, entries=entries, clock=clock
    )


def _relayer(chain_id: int) -> RelayerKey:
    """The key that the chain endows; it pays, and holds no right."""
    secret = keccak(b"Fenbook evaluation, relayer")
    return RelayerKey(secret, chain_id=chain_id, gas_price=GAS_PRICE)


def _founders(identity: Callable[[str], bytes]) -> list[Founder]:
    return [
        Founder(
            roles=int(member.role),
            identity=identity(member.uscc),
            recovery_bank=0,
            threshold_low=1,
            threshold_high=2,
            high_from=HIGH_FROM,
            signers=tuple(
                Signer(evaluation_key(name, duty).key, int(duty), 0, bytes(32))
                for duty in (Duty.MAKER, Duty.CHECKER)
            ),
        )
        for name, member in CAST.items()
    ]


def _endow(ledger: Ledger) -> None:
    """A line for the core enterprise, and deposits, so that there is something to try."""
    parties = {
        name: Party(
            ledger,
            number,
            {0: evaluation_key(name, Duty.MAKER), 1: evaluation_key(name, Duty.CHECKER)},
        )
        for number, name in enumerate(CAST, start=1)
    }
    items = [parties["bank"].item(SetLimit, obligor=parties["core"].id, amount=LINE)]
    items += [
        parties["settlement"].item(
            IssueDeposit,
            to=parties[name].id,
            amount=DEPOSIT,
            payment_reference=keccak(f"opening deposit {name}".encode()),
        )
        for name in ("core", "a", "b", "bank")
    ]
    for outcome in ledger.relay(items):
        outcome.unwrap()
