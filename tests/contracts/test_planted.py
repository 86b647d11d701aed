"""Planted bugs of authority: the forgeries find each, or the tests of the verb do."""

import os
import subprocess
import sys

import pytest

from tests import evidence, planted

FORGERY = "tests/contracts/test_forgery.py"
ONCE = f"{FORGERY}::test_no_forgery_is_accepted_and_the_honest_act_is_once"
KINDS = f"{FORGERY}::test_no_forgery_is_accepted_of_any_verb_and_kind"

FOUND_BY = {
    "nonce_not_recorded": f"{ONCE}[VoidNonce]",
    "one_key_makes_and_checks": f"{ONCE}[MoveDeposit]",
    "checker_without_maker": f"{ONCE}[JoinVouchers]",
    "accepted_by_a_stranger": "tests/contracts/test_accept.py",
    "forged/deadline_not_checked": f"{ONCE}[VoidNonce]",
    "forged/revoked_key_signs": f"{ONCE}[VoidNonce]",
    "forged/expired_key_signs": f"{ONCE}[VoidNonce]",
    "forged/any_account_signs": f"{ONCE}[VoidNonce]",
    "forged/bytes_behind_a_signature": f"{KINDS}[P256]",
    "forged/assertions_in_any_form": f"{KINDS}[WebAuthn]",
}
"""The tests that each bug must break."""


@pytest.mark.deep
@pytest.mark.parametrize("name", FOUND_BY)
def test_a_planted_bug_is_found(name: str) -> None:
    bug = planted.read(name)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "tests.planted.plugin"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", FOUND_BY[name]],
        cwd=planted.ROOT,
        env={**os.environ, "FENBOOK_ARTIFACTS": str(planted.build(bug))},
        capture_output=True,
        text=True,
        check=False,
    )
    # 1: tests ran and failed; anything else is no finding.
    assert done.returncode == 1, done.stdout[-2000:]
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAILED")]
    assert failed, done.stdout[-2000:]
    told = {"found": 1, "by": failed[0].split(" - ")[0], "bug": bug.description}
    evidence.record("planted_forgeries", name, told)
