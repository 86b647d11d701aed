"""How the door shows the columns of views and the values of events: as everybody else does."""

from ledger.model.showing import MEANINGS, picked, shown

__all__ = ["MEANINGS", "picked", "shown"]
