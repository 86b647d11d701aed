"""The tables of the service, one module per noun.

Importing this package fills the catalogue: a module that is not named here is in no migration.
"""

from ledger.store.tables import (
    access,
    blocks,
    events,
    financing,
    imports,
    journal,
    operations,
    records,
    scheduling,
    settings,
    transactions,
    views,
    webhooks,
)

__all__ = [
    "access",
    "blocks",
    "events",
    "financing",
    "imports",
    "journal",
    "operations",
    "records",
    "scheduling",
    "settings",
    "transactions",
    "views",
    "webhooks",
]
