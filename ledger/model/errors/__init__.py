"""Every refusal, in one place: those of the contracts and those of the service itself.

The source of truth for the first is contracts/types/Errors.sol; a test compares them. A new error
is written in the module of its noun and nowhere else.
"""
# ruff: noqa: F403 -- the modules name what they export in `__all__`, which a test pins

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.model.errors import (
    administration,
    authority,
    base,
    client,
    desk,
    door,
    financing,
    imports,
    input,
    issue,
    oversight,
    payment,
    records,
    service,
    store,
    veiled,
    vouchers,
    webhooks,
)
from ledger.model.errors.administration import *
from ledger.model.errors.authority import *
from ledger.model.errors.base import *
from ledger.model.errors.base import LedgerError
from ledger.model.errors.client import *
from ledger.model.errors.desk import *
from ledger.model.errors.door import *
from ledger.model.errors.financing import *
from ledger.model.errors.imports import *
from ledger.model.errors.input import *
from ledger.model.errors.issue import *
from ledger.model.errors.oversight import *
from ledger.model.errors.payment import *
from ledger.model.errors.records import *
from ledger.model.errors.service import *
from ledger.model.errors.store import *
from ledger.model.errors.veiled import *
from ledger.model.errors.vouchers import *
from ledger.model.errors.webhooks import *

__all__ = ["ERRORS"]
__all__ += administration.__all__
__all__ += authority.__all__
__all__ += base.__all__
__all__ += client.__all__
__all__ += desk.__all__
__all__ += door.__all__
__all__ += financing.__all__
__all__ += imports.__all__
__all__ += input.__all__
__all__ += issue.__all__
__all__ += oversight.__all__
__all__ += payment.__all__
__all__ += records.__all__
__all__ += service.__all__
__all__ += store.__all__
__all__ += veiled.__all__
__all__ += vouchers.__all__
__all__ += webhooks.__all__

_CONTRACTS: Final = (authority, administration, vouchers, issue, financing, payment, oversight)

ERRORS: Final[Mapping[str, type[LedgerError]]] = MappingProxyType(
    {name: getattr(module, name) for module in _CONTRACTS for name in module.__all__}
)
"""Every error of the contracts by name."""
