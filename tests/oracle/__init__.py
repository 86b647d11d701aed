"""An independent twin of the rules in plain Python: what the contracts are compared with.

It never imports `ledger`; whoever changes a rule changes it twice, on purpose.
"""

from tests.oracle.book import VERBS, Oracle, run
from tests.oracle.outcome import Claim
from tests.oracle.refusal import BookError, Refused

__all__ = ["VERBS", "BookError", "Claim", "Oracle", "Refused", "run"]
