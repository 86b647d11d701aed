"""The database: the only home of SQLAlchemy and Alembic. It knows no chain and no HTTP."""
