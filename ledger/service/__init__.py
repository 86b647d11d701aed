"""The service: what parties do on a ledger, and what everybody may read off it."""
