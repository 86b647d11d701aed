"""The directory: who is who, what stands behind commitments, and who has read it.

It joins the sealing of `ledger.records` with the rows of `ledger.store`. Nothing is opened for a
reader before the log of readings has a row that says who reads what of whom, and what for.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace

from ledger.model.errors.records import (
    IdentifierTaken,
    PurposeMissing,
    RecordTampered,
    RecordUnknown,
)
from ledger.model.glossary import Language
from ledger.model.references import reference_key
from ledger.records import identifiers
from ledger.records.commitments import Memo, RecordKind
from ledger.records.profiles import Profile
from ledger.records.vault import DataKey, Place
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.records.keyring import LEDGER, Keyring, Purpose
from ledger.service.running.crash_points import writing
from ledger.store import records as rows
from ledger.store.database import Connection, Database

__all__ = ["Directory", "Reader"]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who opens private records, and what for."""

    participant: int
    """0 is the service itself."""
    actor: str
    """The session, key or task that asks, by a name that is no secret."""
    purpose: str

    def __post_init__(self) -> None:
        if not self.purpose.strip() or not self.actor.strip():
            raise PurposeMissing()


class Directory:
    """Private records of participants, sealed at rest."""

    def __init__(self, database: Database, keyring: Keyring, wall: Callable[[], int]) -> None:
        self._database = database
        self._keyring = keyring
        self._wall = wall

    @property
    def database(self) -> Database:
        """Where everything here is kept."""
        return self._database

    @property
    def keyring(self) -> Keyring:
        """The keys under which everything here is sealed."""
        return self._keyring

    # ---- who is who

    def put(
        self,
        profile: Profile,
        writer: Reader | None = None,
        keep: Keep = not_kept,
        check: Callable[[Profile | None], object] = lambda _: None,
    ) -> None:
        """Record a participant in place of what was recorded; raises `IdentifierTaken`.

        A writer who is named leaves one row in the log. `check` refuses by what is replaced, which
        nobody changes meanwhile.
        """
        if writer is not None:
            self._log(writer, "profile change", [profile.participant])
        key = self._keyring.key(profile.participant, Purpose.RECORDS)
        index = self._keyring.key(LEDGER, Purpose.INDEX)
        row = rows.ProfileRow(
            profile.participant,
            key.seal(profile.to_json(), _profile_place(profile.participant)),
            index.mac("uscc", profile.uscc.encode()) if profile.uscc else None,
            index.mac("lei", profile.lei.encode()) if profile.lei else None,
            _name_index(index, "group", profile.group) if profile.group else None,
            self._wall(),
        )
        names = {_name_index(index, "name", one) for one in profile.names}
        with writing(self._database, "profile") as connection:
            self._database.lock(connection, "records-profiles")
            for column, value, word in (
                ("uscc_index", row.uscc_index, "USCC"),
                ("lei_index", row.lei_index, "LEI"),
            ):
                taken = rows.find_profiles(connection, column, [value] if value else [])
                if any(one.participant != profile.participant for one in taken):
                    raise IdentifierTaken(identifier=word)
            before = rows.find_profiles(connection, "participant", [profile.participant])
            check(_opened(before[0], key) if before else None)
            rows.put_profile(connection, row, names)
            keep(connection, profile)

    def read(self, participants: Iterable[int], reader: Reader) -> dict[int, Profile]:
        """The profiles of those that are recorded; leaves one row in the log."""
        wanted = sorted(set(participants))
        self._log(reader, "profile", wanted)
        with self._database.reading() as connection:
            found = rows.find_profiles(connection, "participant", wanted)
        return {row.participant: self._opened(row) for row in found}

    def read_one(self, participant: int, reader: Reader) -> Profile:
        """One profile; raises `RecordUnknown`."""
        found = self.read([participant], reader).get(participant)
        if found is None:
            raise RecordUnknown(participant=participant)
        return found

    def names(
        self, participants: Iterable[int], reader: Reader, language: Language = "en"
    ) -> dict[int, str]:
        """Display names of those that are recorded; leaves one row in the log."""
        wanted = sorted(set(participants))
        self._log(reader, "name", wanted)
        with self._database.reading() as connection:
            found = rows.find_profiles(connection, "participant", wanted)
        return {row.participant: self._opened(row).name(language) for row in found}

    # ---- matches that open nothing

    def by_uscc(self, codes: Iterable[str]) -> dict[str, int]:
        """The participants recorded under these codes, by the code as it was asked for."""
        index = self._keyring.key(LEDGER, Purpose.INDEX)
        asked = {
            code: index.mac("uscc", identifiers.uscc(code).encode())
            for code in set(codes)
            if identifiers.is_uscc(code)
        }
        with self._database.reading() as connection:
            found = rows.find_profiles(connection, "uscc_index", asked.values())
        owners = {row.uscc_index: row.participant for row in found}
        return {code: owners[mac] for code, mac in asked.items() if mac in owners}

    def by_name(self, names: Iterable[str]) -> dict[str, list[int]]:
        """The participants that go by these names, whatever their width, case and punctuation."""
        index = self._keyring.key(LEDGER, Purpose.INDEX)
        asked = {name: _name_index(index, "name", name) for name in set(names)}
        with self._database.reading() as connection:
            found = rows.find_names(connection, asked.values())
        return {name: found[mac] for name, mac in asked.items() if mac in found}

    def groups(self, participants: Iterable[int]) -> dict[int, bytes]:
        """For those that declare a group, a value that members of one group share."""
        with self._database.reading() as connection:
            found = rows.find_profiles(connection, "participant", participants)
        return {row.participant: row.group_index for row in found if row.group_index}

    def identity(self, code: str) -> bytes:
        """What stands on chain for an organisation: a keyed hash of its USCC, always the same."""
        index = self._keyring.key(LEDGER, Purpose.INDEX)
        return index.mac("identity", identifiers.uscc(code).encode())

    # ---- what stands behind commitments

    def commit(self, owner: int, kind: RecordKind, text: str) -> bytes:
        """Keep a text of a participant; returns the commitment that goes on chain."""
        memo = Memo.new(kind, text)
        row = self.sealed_memo(owner, memo)
        with writing(self._database, "memo") as connection:
            rows.add_memos(connection, [row])
        return memo.commitment

    def sealed_memo(self, owner: int, memo: Memo) -> rows.MemoRow:
        """The row that keeps a memo, for a transaction that writes more than this."""
        key = self._keyring.key(owner, Purpose.RECORDS)
        place = _memo_place(memo.commitment, owner)
        sealed = key.seal(memo.to_bytes(), place)
        return rows.MemoRow(memo.commitment, owner, memo.kind, sealed, self._wall())

    def reveal(self, commitments: Iterable[bytes], reader: Reader) -> dict[bytes, Memo]:
        """The texts that are kept of these commitments; leaves one row in the log.

        Whether the reader may see them is asked before, where the claims are known.
        """
        with self._database.reading() as connection:
            found = rows.find_memos(connection, commitments)
        self._log(reader, "memo", sorted({row.owner for row in found}))
        memos = {}
        for row in found:
            key = self._keyring.key(row.owner, Purpose.RECORDS)
            memo = Memo.from_bytes(key.open(row.sealed, _memo_place(row.commitment, row.owner)))
            if not memo.opens(row.commitment):
                raise RecordTampered(place=str(_memo_place(row.commitment, row.owner)))
            memos[row.commitment] = memo
        return memos

    # ---- references

    def reference_index(self, owner: int, reference: str) -> bytes:
        """What stands for a participant's own number for a payable."""
        index = self._keyring.key(LEDGER, Purpose.INDEX)
        return index.mac(f"reference {owner}", reference_key(reference).encode())

    def references_claimed(
        self, owner: int, references: Iterable[str], *, within: Connection | None = None
    ) -> dict[str, rows.ReferenceRow]:
        """Which of these references stand for an earlier payable, or one about to be issued.

        `within` is the transaction that is open already: nobody needs two connections.
        """
        asked = {one: self.reference_index(owner, one) for one in set(references)}
        with nullcontext(within) if within else self._database.reading() as connection:
            found = rows.find_references(connection, owner, asked.values())
        return {one: found[mac] for one, mac in asked.items() if mac in found}

    def sealed_reference(self, owner: int, reference: str, *, source: str) -> rows.ReferenceRow:
        """The row that claims a reference; adding it a second time adds nothing."""
        key = self._keyring.key(owner, Purpose.RECORDS)
        mac = self.reference_index(owner, reference)
        place = Place("r_references", "sealed", mac.hex(), owner)
        return rows.ReferenceRow(
            owner, mac, key.seal(reference.encode(), place), source, None, self._wall()
        )

    def reference_of(self, row: rows.ReferenceRow) -> str:
        """A reference as its owner wrote it. It is shown to its owner alone."""
        key = self._keyring.key(row.owner, Purpose.RECORDS)
        place = Place("r_references", "sealed", row.reference_index.hex(), row.owner)
        return key.open(row.sealed, place).decode()

    # ---- who has read

    def readings(self, after: int = 0, limit: int = 200) -> list[rows.AccessRow]:
        """The log of readings by number."""
        with self._database.reading() as connection:
            return rows.read_access(connection, after, limit)

    def check_readings(self) -> int:
        """Follow the log from its first row; returns how many rows there are.

        Raises `RecordTampered` at the first that is missing, was changed or was put in.
        """
        key, link, seq = self._keyring.key(LEDGER, Purpose.ACCESS), b"", 0
        while found := self.readings(seq):
            for row in found:
                expected = _link(key, row, link)
                if row.seq != seq + 1 or row.link != expected:
                    raise RecordTampered(place=f"r_access[{seq + 1}]")
                seq, link = row.seq, row.link
        return seq

    def _log(self, reader: Reader, what: str, subjects: Sequence[int]) -> None:
        key = self._keyring.key(LEDGER, Purpose.ACCESS)
        told = "," + "".join(f"{one}," for one in subjects)
        with writing(self._database, "reading") as connection:
            self._database.lock(connection, "records-access")
            seq, before = rows.last_access(connection)
            row = rows.AccessRow(
                seq + 1,
                reader.participant,
                reader.actor,
                reader.purpose,
                what,
                told,
                self._wall(),
                b"",
            )
            rows.add_access(connection, replace(row, link=_link(key, row, before)))

    def _opened(self, row: rows.ProfileRow) -> Profile:
        return _opened(row, self._keyring.key(row.participant, Purpose.RECORDS))


def _opened(row: rows.ProfileRow, key: DataKey) -> Profile:
    return Profile.from_json(key.open(row.sealed, _profile_place(row.participant)))


def _profile_place(participant: int) -> Place:
    return Place("r_profiles", "sealed", str(participant), participant)


def _memo_place(commitment: bytes, owner: int) -> Place:
    return Place("r_memos", "sealed", commitment.hex(), owner)


def _name_index(key: DataKey, label: str, name: str) -> bytes:
    return key.mac(label, identifiers.name_key(name).encode())


def _link(key: DataKey, row: rows.AccessRow, before: bytes) -> bytes:
    told = (row.seq, row.reader, row.actor, row.purpose, row.what, row.subjects, row.read_wall)
    return key.mac("access", *(str(one).encode() for one in told), before)
