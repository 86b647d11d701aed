"""The contracts' own tests over the mutated contracts: `pytest -p tests.mutants.plugin` on anvil.

`FENBOOK_MUTANT` names the mutant that lives; 0 is none, and then every test must pass.
"""

import os
from pathlib import Path
from typing import Any

from ledger.chain import artifacts, node
from tests import cast
from tests.mutants.build import ARTIFACTS
from tests.mutants.schemata import SWITCH

_GAS = 1_500_000_000
"""The mutated contracts are not optimised, and large."""


class _Folder:
    """Where the package looks for its artifacts, with the mutated ones in their place."""

    def joinpath(self, _: str, name: str) -> Path:
        return ARTIFACTS / name


def pytest_configure() -> None:
    """Point the package at the mutated artifacts and wake the mutant on every new ledger."""
    artifacts.files = lambda _: _Folder()  # type: ignore[assignment,return-value]
    node.TRANSACTION_GAS = _GAS  # type: ignore[misc]
    cast._ANVIL_OPTIONS.append("--disable-code-size-limit")
    os.environ["FENBOOK_TEST_NODE"] = "anvil"
    number = int(os.environ.get("FENBOOK_MUTANT", "0"))
    deploy = cast.Cast.__init__

    def deploy_and_wake(self: Any, *given: Any, **named: Any) -> None:
        deploy(self, *given, **named)
        self.node._request("anvil_setBalance", [SWITCH, hex(number)])
        self.lapse_of_seconds(1)

    cast.Cast.__init__ = deploy_and_wake  # type: ignore[method-assign]
