"""Imports of a running service: everything that a door and a loop ask of them, in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.service.imports.facts import ImportFacts
from ledger.service.imports.files import ImportFiles
from ledger.service.imports.importing import Clerk, Importing
from ledger.service.imports.issuing import ImportIssuing
from ledger.service.imports.shelf import ImportShelf
from ledger.service.imports.signing import ImportSigning
from ledger.service.intake.intake import Intake
from ledger.service.intake.nonces import Nonces
from ledger.service.ledger import Ledger
from ledger.service.records.directory import Directory
from ledger.service.records.keyring import Keyring
from ledger.store.database import Database

__all__ = ["Imports"]


@dataclass(frozen=True, slots=True)
class Imports:
    """The parts of imports, in the order in which an import passes them."""

    importing: Importing
    signing: ImportSigning
    issuing: ImportIssuing
    shelf: ImportShelf
    """To look at them at any time."""
    keyring: Keyring
    """Under whose keys all of it is sealed."""

    @classmethod
    def of(
        cls,
        database: Database,
        ledger: Ledger,
        directory: Directory,
        intake: Intake,
        *,
        wall: Callable[[], int],
    ) -> "Imports":
        """The imports of one ledger; what they keep is sealed by the directory's keys."""
        files = ImportFiles(directory.keyring)
        facts = ImportFacts(database, ledger, directory, directory.keyring)
        shelf = ImportShelf(database, files)
        propose = Nonces(database).propose
        clerk = Clerk(directory, facts, propose, intake.signatures.digest, wall)
        return cls(
            Importing(database, files, shelf, clerk),
            ImportSigning(database, shelf, intake, wall),
            ImportIssuing(database, shelf, intake, wall),
            shelf,
            directory.keyring,
        )
