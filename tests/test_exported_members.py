"""The public surface is pinned: a name comes or goes only together with this list."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ledger
import ledger.cli
import ledger.service
import ledger.views

PROJECT = Path(__file__).parents[1]

EXPORTED = [
    "COMMANDS",
    "ERRORS",
    "AccountKey",
    "BookRun",
    "Command",
    "Deployment",
    "Duty",
    "Event",
    "Founder",
    "Item",
    "Kind",
    "Ledger",
    "LedgerError",
    "Node",
    "Outcome",
    "Party",
    "Projection",
    "Role",
    "RuleSet",
    "Signed",
    "Signer",
    "__version__",
    "command_of",
    "item_of",
    "root_voucher",
    "sentence",
]

VIEWS = ["Entry", "Lineage", "LoggedEvent", "Projection", "entries", "lineage_of"]


def test_public_names_are_pinned() -> None:
    assert ledger.__all__ == EXPORTED
    assert ledger.views.__all__ == VIEWS
    assert ledger.cli.__all__ == ["main"]


@pytest.mark.parametrize("name", EXPORTED)
def test_public_name_is_there_and_listed(name: str) -> None:
    value = getattr(ledger, name)
    assert name in dir(ledger)
    assert value is getattr(ledger, name)


def test_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="Wallet"):
        ledger.Wallet  # noqa: B018


def test_version_is_that_of_the_project() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    assert ledger.__version__ == project["version"]


def test_import_brings_no_chain_along() -> None:
    code = "import ledger, ledger.cli.app, sys; sys.exit('web3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
