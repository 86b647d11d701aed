"""Fenbook, a ledger of supply-chain receivables: the service, without HTTP."""
