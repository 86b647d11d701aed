"""What every route may ask for: the service, the door's options, and who asks."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import Request

from api.limits import Limits
from api.options import Options
from ledger.service.access import Access

if TYPE_CHECKING:
    from ledger.service.running import Service

__all__ = ["Context", "context_of"]


@dataclass(frozen=True, slots=True)
class Context:
    """One door."""

    service: "Service"
    options: Options
    limits: Limits
    access: Access


def context_of(request: Request) -> Context:
    """The door that a request came through."""
    found: Context = request.app.state.context
    return found
