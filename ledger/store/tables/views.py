"""The tables of the views, which are made from the dataclasses of their rows."""

from ledger.store.rows import STANDING, VIEW_TABLES

__all__ = ["STANDING", "VIEW_TABLES"]
