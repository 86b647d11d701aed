"""Scenario books, run on a fresh ledger through signed commands and the contracts alone.

Nothing is computed beside the ledger: cash is read off deposits, claims and states off views.
"""

from ledger.books.checks import check_book
from ledger.books.differences import Difference, differences
from ledger.books.files import load
from ledger.books.runs import BookRun, run, start

__all__ = ["BookRun", "Difference", "check_book", "differences", "load", "run", "start"]
