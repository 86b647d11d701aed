"""The first release."""

from alembic import op

from ledger.store import migrations

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    connection = op.get_bind()
    for statement in migrations.statements(revision, connection.dialect.name):
        connection.exec_driver_sql(statement)
