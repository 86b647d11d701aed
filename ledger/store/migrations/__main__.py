"""Writes the statements of the release in the making from the catalogue."""

from pathlib import Path
from typing import Final

from sqlalchemy.dialects import registry
from sqlalchemy.schema import CreateIndex, CreateTable

from ledger.store import tables
from ledger.store.metadata import METADATA
from ledger.store.migrations import head_revision

__all__ = ["main", "written"]

_DIALECTS: Final = ("sqlite", "postgresql")

# A statement ends with its line, so that whoever reads the file knows where.
_GROWS_ONLY: Final[dict[str, tuple[str, ...]]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER {{table}}_keeps_{act.lower()} BEFORE {act} ON {{table}} BEGIN "
        "SELECT RAISE(ABORT, '{table} only grows'); END"
        for act in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION {table}_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$",
        "CREATE TRIGGER {table}_keeps BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION {table}_keeps()",
    ),
}
"""What makes a table one that only grows: each change or removal of a row is refused."""


def written(dialect: str) -> str:
    """Every table and index of the catalogue in the words of an engine."""
    assert tables.__all__  # imported for the tables that it adds
    engine = registry.load(dialect)()
    said: list[str] = []
    for table in METADATA.sorted_tables:
        said.append(str(CreateTable(table).compile(dialect=engine)))
        indices = sorted(table.indexes, key=lambda index: str(index.name))
        said += [str(CreateIndex(index).compile(dialect=engine)) for index in indices]
        if table.info.get("grows_only"):
            said += [one.format(table=table.name) for one in _GROWS_ONLY[dialect]]
    lines = "\n\n".join(f"{one.strip()};" for one in said).splitlines()
    return "\n".join(line.rstrip() for line in lines).replace("\t", "    ") + "\n"


def main() -> None:
    """Write one file for each engine."""
    folder = Path(__file__).parent / "versions"
    for dialect in _DIALECTS:
        (folder / f"{head_revision()}.{dialect}.sql").write_text(written(dialect), "utf-8")


if __name__ == "__main__":
    main()
