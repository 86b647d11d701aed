"""The authority trace: a ledger replayed from its first block with nothing but an endpoint.

It asks no database, no service and no view of ours. Commands are read from call data, hashed and
checked here; what they may do is reckoned by a model of its own; what no command explains is
reported.
"""

from ledger.audit.findings import Finding, Kind, Report
from ledger.audit.replay import audit

__all__ = ["Finding", "Kind", "Report", "audit"]
