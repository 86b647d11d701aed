"""Where a service works: its database, the chain it follows, its ledger on that chain."""

from dataclasses import dataclass

from ledger.chain.deployment import Deployment
from ledger.chain.endpoint import Endpoint
from ledger.store.database import Database

__all__ = ["Site"]


@dataclass(frozen=True, slots=True)
class Site:
    """What every part of the write path needs."""

    database: Database
    endpoint: Endpoint
    deployment: Deployment
