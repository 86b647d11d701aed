"""What commands beside a service take from its settings: its database, and the private records."""
# ruff: noqa: PLC0415 -- a database takes a second to import

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ledger.service.records.directory import Directory
    from ledger.store.database import Database

__all__ = ["SettingsOption", "database_of", "directory_of", "settled"]

SettingsOption = Annotated[
    Path | None,
    typer.Option(
        "--settings",
        metavar="FILE",
        help="Settings in TOML; variables FENBOOK_… of the environment come first "
        "配置文件，环境变量优先.",
        show_default=False,
        dir_okay=False,
    ),
]


def settled(settings: Path | None) -> None:
    """Take the settings of a file into the environment, behind what stands there."""
    from ledger.service.running.settings_files import variables_in

    if settings is not None:
        for variable, value in variables_in(settings).items():
            os.environ.setdefault(variable, value)


@contextmanager
def database_of(settings: Path | None) -> Iterator["Database"]:
    """The database alone."""
    from ledger.service.running import logs
    from ledger.service.running.settings import settings_from
    from ledger.store.database import Database

    settled(settings)
    logs.configure("error")  # standard output is the answer's alone
    database = Database.open(settings_from(os.environ).database.get_secret_value())
    try:
        database.migrate()
        yield database
    finally:
        database.close()


@contextmanager
def directory_of(settings: Path | None) -> Iterator["Directory"]:
    """The private records, by the key by which the service has them.

    Raises `RecordsKeyMissing` where no key is named and the chain is no evaluation.
    """
    from ledger.model.errors.records import RecordsKeyMissing
    from ledger.service.running import opening
    from ledger.service.running.settings import settings_from

    settled(settings)
    masters = opening.masters_of(settings_from(os.environ))
    if masters is None:
        raise RecordsKeyMissing()
    with database_of(settings) as database:
        yield opening.directory_of(database, masters)
