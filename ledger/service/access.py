"""Who asks at the door: sessions begun by a signature, and API keys made within them.

A secret is handed out once and kept as its hash. A session and a key are good for as long as the
signer behind them may sign: a revoked or expired signer, or one replaced by a recovery, ends both.
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from ledger.chain.keys import signed_by_account
from ledger.chain.sign_in import SignIn
from ledger.model.errors.door import ApiKeysTooMany, SignInRefused
from ledger.model.states import Role
from ledger.records import verification
from ledger.service.intake.kept_answers import Keep, Once, not_kept
from ledger.service.running.crash_points import writing
from ledger.service.running.numbers import new_id
from ledger.store import access as rows
from ledger.store.database import Connection, Database
from ledger.views.party_rows import SignerRow

__all__ = ["EVERYTHING", "KEYS_MAX", "Access", "Scope", "Subject", "key_secret"]

KEYS_MAX: Final = 50
"""API keys of a participant that are good at a time: each has a rate of its own."""

_SESSION: Final = "fbs_"
_KEY: Final = "fbk_"
_REMEMBERED: Final = 5
"""Seconds for which a subject is not looked up again."""
_REMEMBERED_MOST: Final = 10_000

_VERIFIED: Final[Mapping[int, Callable[[bytes, bytes, bytes], bool]]] = MappingProxyType(
    {
        1: verification.signed_by_curve,
        2: verification.signed_by_passkey,
        3: verification.signed_by_certificate,
    }
)


class Scope(StrEnum):
    """What an API key may be used for; a session may do all of it, and make keys."""

    READ = "read"
    EXPORT = "export"
    PREPARE = "prepare"
    SUBMIT = "submit"
    MANAGE = "manage"


EVERYTHING: Final = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Subject:
    """Who asks: a participant, by one of its signers' sessions or keys."""

    participant: int
    roles: Role
    signer: int
    actor: str
    """Id of the session or key; no secret."""
    scopes: frozenset[Scope]
    is_session: bool


class Access:
    """Lets participants in; safe to share between threads."""

    def __init__(
        self, database: Database, chain_id: int, service: str, *, wall: Callable[[], int]
    ) -> None:
        self._database = database
        self._chain_id = chain_id
        self._service = service
        self.wall = wall
        with writing(database, "seal") as connection:
            self.seal = rows.seal_of(connection, secrets.token_hex(32))
        """What challenges and cursors are sealed with, in every process of this database."""
        self._known: dict[bytes, tuple[float, Subject | None]] = {}

    # ---- sessions

    def challenge(self, participant: int, signer: int, *, seconds: int) -> SignIn:
        """What a signer signs to begin a session. Nothing is stored, whoever asks."""
        ends = self.wall() + seconds
        drawn = ends.to_bytes(8, "big") + secrets.token_bytes(8)
        challenge = drawn + self._mac(participant, signer, drawn)
        return SignIn(self._chain_id, self._service, participant, signer, challenge, ends)

    def answered(self, participant: int, signer: int, challenge: bytes) -> SignIn:
        """What was signed, from what the client gives back; it may be of our making or not."""
        ends = int.from_bytes(challenge[:8], "big")
        return SignIn(self._chain_id, self._service, participant, signer, challenge, ends)

    def begin(self, answered: SignIn, signature: bytes, *, seconds: int) -> tuple[str, Subject]:
        """Begin a session on a signed challenge; returns its secret. Raises `SignInRefused`."""
        drawn, mac = answered.challenge[:16], answered.challenge[16:]
        ends, now = int.from_bytes(drawn[:8], "big"), self.wall()
        expected = self._mac(answered.participant, answered.signer, drawn)
        if not hmac.compare_digest(mac, expected) or now > ends:
            raise SignInRefused()
        with self._database.reading() as connection:
            signer = self._signer(connection, answered.participant, answered.signer)
            if signer is None or not _signed(connection, signer.key, answered.digest, signature):
                raise SignInRefused()
        secret = _SESSION + secrets.token_urlsafe(32)
        row = rows.SessionRow(
            id=new_id("ses"),
            secret_hash=_hash(secret),
            participant=answered.participant,
            signer=answered.signer,
            begun_wall=now,
            ends_wall=now + seconds,
        )
        with writing(self._database, "sign in") as connection:
            if not rows.use_challenge(connection, answered.challenge, ends):
                raise SignInRefused()
            rows.add_session(connection, row)
        subject = self.subject(secret)
        if subject is None:
            raise SignInRefused()
        return secret, subject

    def end(self, subject: Subject) -> None:
        """End a session."""
        with writing(self._database, "sign out") as connection:
            rows.end_session(connection, subject.actor)
        self._known.clear()

    # ---- API keys

    def make_key(
        self,
        subject: Subject,
        label: str,
        scopes: Iterable[Scope],
        *,
        seconds: int,
        once: Once | None = None,
    ) -> tuple[str, rows.KeyRow]:
        """Make an API key of the subject's participant; returns its secret.

        Raises `ApiKeysTooMany`.
        """
        secret = key_secret(secrets.token_bytes(32) if once is None else once.secret)
        now = self.wall()
        row = rows.KeyRow(
            id=new_id("key"),
            secret_hash=_hash(secret),
            participant=subject.participant,
            signer=subject.signer,
            label=label,
            scopes=" ".join(sorted(set(scopes))),
            made_wall=now,
            ends_wall=now + seconds,
        )
        with writing(self._database, "key") as connection:
            self._database.lock(connection, "api keys")
            if rows.live_keys(connection, subject.participant, now) >= KEYS_MAX:
                raise ApiKeysTooMany(most=KEYS_MAX)
            rows.add_key(connection, row)
            if once is not None:
                once.keep(connection, row)
        return secret, row

    def revoke_key(self, participant: int, key: str, keep: Keep = not_kept) -> bool:
        """Take an API key out of use; False where the participant has no such key."""
        with writing(self._database, "revoke") as connection:
            found = rows.revoke_key(connection, participant, key, self.wall())
            if found:
                keep(connection, None)
        self._known.clear()
        return found

    # ---- who is it

    def remembered(self, secret: str) -> tuple[bool, Subject | None]:
        """Whether a secret was looked up a moment ago, and whose it was; asks no database."""
        known = self._known.get(_hash(secret))
        if known is None or known[0] <= time.monotonic():
            return False, None
        return True, known[1]

    def subject(self, secret: str) -> Subject | None:
        """Whose secret it is; None where it is nobody's, or has ended."""
        is_known, found = self.remembered(secret)
        if is_known:
            return found
        hashed = _hash(secret)
        with self._database.reading() as connection:
            found = self._found(connection, secret, hashed)
        if len(self._known) >= _REMEMBERED_MOST:
            self._known.clear()
        self._known[hashed] = (time.monotonic() + _REMEMBERED, found)
        return found

    def log_read(self, row: rows.ReadRow) -> None:
        """Append a regulator's read to the log, which only grows."""
        with writing(self._database, "log") as connection:
            rows.log_read(connection, row)

    def index_of(self, text: str) -> str:
        """What stands for a text in a log: equal for equal ones, and nobody's to turn back."""
        return hmac.digest(self.seal, b"asked " + text.encode(), "sha256")[:16].hex()

    def forget_ended(self, *, answer_days: int) -> None:
        """Drop sessions and challenges that have ended, and first answers that are old enough."""
        now = self.wall()
        with writing(self._database, "forget") as connection:
            rows.forget_ended(connection, now, now - answer_days * 86_400)

    def _found(self, connection: Connection, secret: str, hashed: bytes) -> Subject | None:
        row: rows.SessionRow | rows.KeyRow | None
        scopes = EVERYTHING
        if secret.startswith(_SESSION):
            row = rows.find_session(connection, hashed)
        else:
            row = rows.find_key(connection, hashed)
            if row is None or row.revoked_wall is not None:
                return None
            scopes = frozenset(Scope(one) for one in row.scopes.split())
        if row is None or row.ends_wall <= self.wall():
            return None
        member = rows.find_participant(connection, row.participant)
        if member is None or self._signer(connection, row.participant, row.signer) is None:
            return None
        return Subject(
            participant=row.participant,
            roles=member.roles,
            signer=row.signer,
            actor=row.id,
            scopes=scopes,
            is_session=isinstance(row, rows.SessionRow),
        )

    def _signer(self, connection: Connection, participant: int, signer: int) -> SignerRow | None:
        """A signer that may sign now."""
        member = rows.find_participant(connection, participant)
        row = rows.find_signer(connection, participant, signer)
        if row is None or member is None or row.is_revoked or 0 < row.expiry <= self.wall():
            return None
        return row if signer >= member.first_signer else None

    def _mac(self, participant: int, signer: int, drawn: bytes) -> bytes:
        said = participant.to_bytes(4, "big") + signer.to_bytes(1, "big") + drawn
        return hmac.digest(self.seal, said, "sha256")[:16]


def key_secret(drawn: bytes) -> str:
    """The secret of an API key, from what was drawn for it."""
    return _KEY + base64.urlsafe_b64encode(drawn).rstrip(b"=").decode()


def _signed(connection: Connection, key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether a signer's key signed a digest, as the verifiers on chain decide it."""
    if len(key) == 20:
        return signed_by_account(key, digest, signature)
    kind = rows.verifier_kind(connection, "0x" + key[:20].hex())
    verify = _VERIFIED.get(kind)
    return verify is not None and verify(key[20:], digest, signature)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
