"""Alembic asks for this file; revisions run from `ledger.store.migrations.upgrade` alone."""
