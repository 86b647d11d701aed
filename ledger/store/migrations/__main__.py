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


def written(dialect: str) -> str:
    """Every table and index of the catalogue in the words of an engine."""
    assert tables.__all__  # imported for the tables that it adds
    engine = registry.load(dialect)()
    said: list[str] = []
    for table in METADATA.sorted_tables:
        said.append(str(CreateTable(table).compile(dialect=engine)))
        indices = sorted(table.indexes, key=lambda index: str(index.name))
        said += [str(CreateIndex(index).compile(dialect=engine)) for index in indices]
    lines = "\n\n".join(f"{one.strip()};" for one in said).splitlines()
    return "\n".join(line.rstrip() for line in lines).replace("\t", "    ") + "\n"


def main() -> None:
    """Write one file for each engine."""
    folder = Path(__file__).parent / "versions"
    for dialect in _DIALECTS:
        (folder / f"{head_revision()}.{dialect}.sql").write_text(written(dialect), "utf-8")


if __name__ == "__main__":
    main()
