"""Views: rows computed from events. They may be deleted and rebuilt at any time."""

from ledger.views.lineage import Lineage, lineage_of
from ledger.views.log import Entry, LoggedEvent, entries
from ledger.views.projection import Projection

__all__ = ["Entry", "Lineage", "LoggedEvent", "Projection", "entries", "lineage_of"]
