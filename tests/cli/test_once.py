"""Writes that are no commands, from the shell: under a key of one's own, and tried out."""

import secrets
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ledger.cli.app import app
from ledger.records.profiles import Profile
from tests.cli.conftest import NUMBERS, Served, Shell
from tests.cli.test_client import _accepted as accepted
from tests.cli.test_files_and_hooks import _file as file_of
from tests.cli.test_files_and_hooks import _row as row_of

WRITES = (
    *("webhook make", "webhook change", "webhook remove", "webhook renew-secret", "webhook test"),
    *("webhook replay", "api-key make", "api-key revoke", "participant contacts", "clock move"),
    *("reconciliation ask", "operation retry", "request make", "request withdraw"),
    *("request refuse", "import upload", "import preview", "import reopen", "import cancel"),
    "import retry",
)


@pytest.mark.parametrize("words", WRITES)
def test_write_takes_a_key_and_a_dry_run(words: str) -> None:
    command: Any = get_command(app)
    for word in words.split():
        command = command.commands[word]
    flags = {flag for one in command.params for flag in one.opts}
    assert {"--idempotency-key", "--dry-run"} <= flags


def _tried(shell: Shell, *words: object) -> None:
    """It would go well; and so it is said to people."""
    assert shell.done(*words, "--dry-run") == {"dry_run": True}
    told = shell.run(*words, "--dry-run")
    assert (told.exit_code, "would" in told.stdout) == (0, True), told.stdout


def _once(shell: Shell, *words: object) -> None:
    """The same under one key is answered the same."""
    key = ("--idempotency-key", secrets.token_hex(8))
    assert shell.done(*words, *key) == shell.done(*words, *key)


def test_webhook_and_key_are_changed_and_removed_once(a: Shell) -> None:
    hook = a.done("webhook", "make", "--url", "https://erp.example.com/once")["id"]
    change = ("webhook", "change", hook, "--label", "Treasury")
    _tried(a, *change)
    assert a.done("webhook", "show", hook)["label"] == ""
    _once(a, *change)
    made = a.done("api-key", "make", "--label", "once", "--scope", "read")["id"]
    for words in (("webhook", "remove", hook), ("api-key", "revoke", made)):
        tried = a.run(*words, "--dry-run")
        assert (tried.exit_code, "would" in tried.stdout) == (0, True), tried.stderr
        for _ in range(2):
            done = a.run(*words, "--idempotency-key", made)
            assert done.exit_code == (0 if words[0] == "webhook" else 2), done.stderr
    assert a.run("webhook", "show", hook).exit_code == 1
    assert a.done("api-key", "list")[0]["revoked_at"] is None
    assert a.run("api-key", "revoke", made).exit_code == 0


def test_contacts_and_comparison(served: Served, a: Shell, shells: dict[str, Shell]) -> None:
    directory = served.service.directory
    assert directory is not None
    directory.put(Profile(NUMBERS["a"], name_en="Supplier A"))
    contacts = ("participant", "contacts", "--contact", "name=Lin Yue,phone=+86 591 8765 4321")
    _tried(a, *contacts)
    assert a.done("participant", "profile", NUMBERS["a"])["contacts"] == []
    _once(a, *contacts)
    _tried(shells["operator"], "reconciliation", "ask")
    _once(shells["operator"], "reconciliation", "ask")


def test_request_is_refused_and_withdrawn_once(core: Shell, a: Shell, bank: Shell) -> None:
    make = ("request", "make", "--voucher", accepted(core, a), "--kind", "sale", "--ask", 4)
    _tried(a, *make)
    request = a.done(*make)["id"]
    refuse = ("request", "refuse", request, "--reason", "line")
    _tried(bank, *refuse)
    _once(bank, *refuse)
    _tried(a, "request", "withdraw", request)
    assert a.done("request", "show", request)["state"] == "answered"
    _once(a, "request", "withdraw", request)


def test_import_is_previewed_and_signed_without_leaving_anything(
    core: Shell, tmp_path: Path
) -> None:
    file, before = file_of(tmp_path, row_of()), core.done("import", "list")
    _tried(core, "import", "upload", file)
    assert core.done("import", "list") == before
    upload = ("import", "upload", file)
    _once(core, *upload)
    made, *others = core.done("import", "list")
    assert others == before
    _tried(core, "import", "preview", made["id"], "--settlement-bank", 5)
    sign = ("import", "sign", made["id"], *core.signing())
    _tried(core, *sign)
    assert core.done("import", "show", made["id"])["state"] == "previewed"
    assert core.run(*(one for one in sign if one != "--yes"), text="n\n").exit_code == 1
    _tried(core, *sign)
    assert core.done("import", "show", made["id"])["state"] == "awaiting_signatures"
    _tried(core, "import", "cancel", made["id"])
    _once(core, "import", "cancel", made["id"])


def test_key_that_is_none_is_misuse(a: Shell) -> None:
    hook = ("webhook", "make", "--url", "https://erp.example.com/none")
    for key in ("", "two words ", "键"):
        refused = a.run(*hook, "--idempotency-key", key)
        assert refused.exit_code in (1, 2), refused.stdout
        assert "255" in refused.stderr
