"""What an import keeps sealed: the file, its name, the choice of columns, and what was found."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from ledger.imports.drafts import Reading
from ledger.imports.reports import packed, unpacked
from ledger.model.errors import ImportUnknown
from ledger.records.vault import Place
from ledger.service.records.keyring import LEDGER, Keyring, Purpose
from ledger.store import imports as rows
from ledger.store.database import Connection

__all__ = ["ImportFiles", "Meta", "Previewed", "Uploaded", "file_name"]

_NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Meta:
    """What its owner knows an import by, and how it wants the file to be read."""

    name: str
    sha256: str
    size: int
    sheet: str = ""
    bank: int = 0
    """The settlement bank of rows that name none."""
    columns: dict[str, str] = field(default_factory=dict)
    """Fields to letters or headings, chosen for this file."""
    heading: int = 0
    """Line of the heading; 0 until the first preview."""
    sheets: tuple[str, ...] = ()
    nonce: int | None = None
    """Of the last command that was made ready: a corrected one gets the same."""


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was taken in."""

    row: rows.ImportRow
    meta: Meta
    same_file: tuple[str, ...]
    """Earlier imports of the very same file."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """A file that was read."""

    row: rows.ImportRow
    meta: Meta
    reading: Reading


class ImportFiles:
    """Seals and opens what belongs to imports, each under its participant's key."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._last: tuple[tuple[str, bytes], Reading] | None = None
        """What was opened last: whoever turns its pages asks for it again and again."""

    def file_index(self, participant: int, data: bytes) -> bytes:
        """What the same file has in common, for its participant alone."""
        key = self._keyring.key(LEDGER, Purpose.INDEX)
        return key.mac(f"file {participant}", hashlib.sha256(data).digest())

    def seal(self, participant: int, id_: str, column: str, plain: bytes) -> bytes:
        """Seal for one column of one import."""
        key = self._keyring.key(participant, Purpose.RECORDS)
        return key.seal(plain, Place("imports", column, id_, participant))

    def seal_meta(self, participant: int, id_: str, meta: Meta) -> bytes:
        """Seal the name and the choices."""
        said = json.dumps(asdict(meta), ensure_ascii=False).encode()
        return self.seal(participant, id_, "sealed_meta", said)

    def seal_reading(self, participant: int, id_: str, reading: Reading) -> bytes:
        """Seal what was found."""
        return self.seal(participant, id_, "sealed_report", packed(reading))

    def found(self, participant: int, id_: str, meta: Meta, reading: Reading) -> dict[str, Any]:
        """The columns of a file that was read: sealed what it says, in clear what was counted."""
        valid = [draft for draft in reading.drafts if draft.is_valid]
        found = [*reading.findings, *(one for draft in reading.drafts for one in draft.findings)]
        errors = sum(one.is_error for one in found)
        return {
            "sealed_meta": self.seal_meta(participant, id_, meta),
            "sealed_report": self.seal_reading(participant, id_, reading),
            "payables": len(reading.drafts),
            "valid": len(valid),
            "total": sum(draft.face for draft in valid),
            "errors": errors,
            "warnings": len(found) - errors,
        }

    def open(self, connection: Connection, participant: int, id_: str, column: str) -> bytes:
        """Open one column; raises `ImportUnknown` where there is nothing yet."""
        sealed = rows.sealed_of(connection, id_, column)
        if sealed is None:
            raise ImportUnknown(import_id=id_)
        key = self._keyring.key(participant, Purpose.RECORDS)
        return key.open(sealed, Place("imports", column, id_, participant))

    def meta(self, connection: Connection, participant: int, id_: str) -> Meta:
        """The name and the choices."""
        said: dict[str, Any] = json.loads(self.open(connection, participant, id_, "sealed_meta"))
        return Meta(**{**said, "sheets": tuple(said["sheets"])})

    def reading(self, connection: Connection, participant: int, id_: str) -> Reading:
        """What was found when it was last previewed."""
        sealed = rows.sealed_of(connection, id_, "sealed_report") or b""
        found = self._last
        if found is None or found[0] != (id_, sealed):
            plain = self.open(connection, participant, id_, "sealed_report")
            found = self._last = ((id_, sealed), unpacked(plain))
        return found[1]

    def layout(self, connection: Connection, participant: int) -> dict[str, str]:
        """What a participant's headings are remembered to mean."""
        sealed = rows.find_layout(connection, participant)
        if sealed is None:
            return {}
        key = self._keyring.key(participant, Purpose.RECORDS)
        said: dict[str, str] = json.loads(key.open(sealed, _layout_place(participant)))
        return said

    def seal_layout(self, participant: int, headings: dict[str, str]) -> bytes:
        """Seal what headings mean."""
        key = self._keyring.key(participant, Purpose.RECORDS)
        said = json.dumps(headings, ensure_ascii=False, sort_keys=True).encode()
        return key.seal(said, _layout_place(participant))


def file_name(text: str) -> str:
    """A file's name without its folders, short, in characters that can be seen."""
    last = text.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(one for one in last if one.isprintable())[:_NAME_LENGTH]


def _layout_place(participant: int) -> Place:
    return Place("import_layouts", "sealed", str(participant), participant)
