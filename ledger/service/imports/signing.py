"""The signatures of an import: one of a maker and one of a checker, together or one after another.

With enough of them the signed command goes the way of every command. Whether they are enough the
ledger says.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeGuard, cast

from ledger.chain.calls import Signed
from ledger.model.commands import IssueBatch, command_of
from ledger.model.errors import CheckerMissing, LedgerError, MakerMissing, SignersTooFew
from ledger.service.imports.shelf import ImportShelf, expect, overtaken, wrong
from ledger.service.imports.states import ImportState
from ledger.service.intake.intake import Answer, Intake, Post
from ledger.service.intake.kept_answers import Keep, not_kept
from ledger.service.intake.refusals import refusal_text
from ledger.service.relaying.outbox import Operation
from ledger.service.running.crash_points import writing
from ledger.store import imports as rows
from ledger.store.database import Connection, Database
from ledger.store.imports import ImportRow

__all__ = ["ImportSigning"]

_TOO_FEW: Final = (SignersTooFew, MakerMissing, CheckerMissing)


class ImportSigning:
    """Collects the approvals of imports."""

    def __init__(
        self, database: Database, shelf: ImportShelf, intake: Intake, wall: Callable[[], int]
    ) -> None:
        self._database, self._shelf = database, shelf
        self._intake, self._wall = intake, wall

    def command(self, participant: int, id_: str, keep: Keep = not_kept) -> IssueBatch:
        """The command that waits for signatures or was signed."""
        with writing(self._database, "import") as connection:
            row = self._shelf.find_in(connection, participant, id_)
            if row.command is None:
                raise wrong(row, ImportState.AWAITING_SIGNATURES)
            command = _command_of(row)
            keep(connection, command)
        return command

    def sign(
        self, participant: int, id_: str, approvals: Sequence[bytes], keep: Keep = not_kept
    ) -> ImportRow:
        """Keep approvals of the command; once there are enough of them the ledger gets it.

        They may come one by one, in any order: as long as signers are missing, the import waits and
        its `refusal` says for whom. Raises `InvalidSignature` and what else the ledger refuses; a
        valid approval is kept all the same.
        """
        row, command = self._checked(participant, id_, approvals)
        with writing(self._database, "import") as connection:
            now = self._shelf.held(connection, participant, id_)
            expect(now, ImportState.AWAITING_SIGNATURES)
            _expect_same(now, row)
            for approval in approvals:
                rows.add_approval(connection, id_, approval[0], approval, wall=self._wall())
            given = rows.approvals_of(connection, id_)
        return self._submit(row, _post(command, given), keep)

    def try_out(self, participant: int, id_: str, approvals: Sequence[bytes]) -> None:
        """Raise what `sign` would; nothing is kept."""
        row, command = self._checked(participant, id_, approvals)
        given = {one[0]: one for one in (*self._given(row), *approvals)}
        [refusal] = self._intake.dry_run([_post(command, list(given.values()))])
        if refusal is not None and _is_refused(refusal):
            raise refusal

    # ---- private

    def _checked(
        self, participant: int, id_: str, approvals: Sequence[bytes]
    ) -> tuple[ImportRow, IssueBatch]:
        """An import that waits for signatures, and its command, on which these hold."""
        row = self._shelf.find(participant, id_)
        expect(row, ImportState.AWAITING_SIGNATURES)
        command = _command_of(row)
        for approval in approvals:
            [problem] = self._intake.signatures.check([[Signed(command, (approval,))]])
            if problem is not None:
                raise problem
        return row, command

    def _given(self, row: ImportRow) -> tuple[bytes, ...]:
        with self._database.reading() as connection:
            _expect_same(self._shelf.find_in(connection, row.participant, row.id), row)
            return rows.approvals_of(connection, row.id)

    def _submit(self, row: ImportRow, post: Post, keep: Keep) -> ImportRow:
        """Have the command taken in together with what becomes of its import, or neither."""
        noted = [row]

        def note(connection: Connection, answers: Sequence[Answer]) -> None:
            [answer] = answers
            now = self._shelf.held(connection, row.participant, row.id)
            _expect_same(now, row)
            values: dict[str, Any] = {"updated_wall": self._wall()}
            if isinstance(answer, Operation):
                values |= {"state": ImportState.RECORDING, "operation": answer.id, "refusal": None}
            else:
                values |= {"refusal": refusal_text(answer)}
            if now.state == ImportState.AWAITING_SIGNATURES:  # another signer may have been faster
                now = self._shelf.change(connection, now, [ImportState.AWAITING_SIGNATURES], values)
            if not _is_refused(answer):
                keep(connection, now)
            noted.append(now)

        [answer] = self._intake.submit([post], note)
        if _is_refused(answer):
            raise answer
        return noted[-1]


def _expect_same(now: ImportRow, row: ImportRow) -> None:
    """Refuse what was begun for a command that has been given back meanwhile."""
    if now.digest != row.digest:
        raise overtaken(now, ImportState.AWAITING_SIGNATURES)


def _post(command: IssueBatch, approvals: Sequence[bytes]) -> Post:
    return Post(
        {
            "command": "IssueBatch",
            "message": command.to_message(),
            "approvals": ["0x" + one.hex() for one in approvals],
        }
    )


def _is_refused(answer: Answer) -> TypeGuard[LedgerError]:
    """Whether it is more than that signers are missing."""
    return isinstance(answer, LedgerError) and not isinstance(answer, _TOO_FEW)


def _command_of(row: ImportRow) -> IssueBatch:
    return cast(IssueBatch, command_of("IssueBatch", json.loads(row.command or "")))
