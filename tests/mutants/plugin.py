"""The contracts' own tests over the mutated contracts, in one process: a plugin for pytest.

`FENBOOK_MUTANTS` names a file of mutants, and a folder for what is found beside it. Without
`FENBOOK_REACHED` each test runs once in process with all mutants asleep, and `reached.*.json` tells
which of them it comes to, and how long it takes. With it, a file that holds all of that, each
mutant lives on anvil through tests that come to it, those about its file first, until one fails;
`noticed.*` tells which.
"""

import json
import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final

import eth.vm.forks.shanghai.computation as creation
import eth.vm.forks.spurious_dragon.computation as deployment
import pytest
from _pytest.runner import runtestprotocol
from eth.vm.state import BaseState

from ledger.chain import artifacts, node
from tests import cast
from tests.cast import SteppedNode
from tests.mutants.build import ARTIFACTS, built
from tests.mutants.schemata import SWITCHES, Mutant

_NO_LIMIT: Final = 1 << 24
_GAS: Final = 1_500_000_000
"""The mutated contracts are not optimised, and large."""
_SECONDS_MAX: Final = 60
_SCOUT_SECONDS_MAX: Final = 900
"""In process, and not optimised, the longest tests take minutes."""
_SECONDS_WORTH: Final = 12
_TESTS_MIN: Final = 8
_FIRST: Final = SWITCHES.to_bytes(20)[:-8]

_NEAREST: Final[Mapping[str, str]] = {
    "ActWord": "thresholds",
    "Administration": "admission recovery versions",
    "Authority": "authority nonces thresholds pause views_of_contracts",
    "Exposure": "rules issue pay",
    "Interest": "pledge pay late_interest recourse redeem",
    "Invoices": "issue issue_invoices issue_batch lapse",
    "Issuance": "issue issue_batch",
    "Keys": "signer_keys signer_keys_at_their_bounds members admission",
    "Loans": "pledge repay settle settle_pledged_by_bank",
    "MemberWord": "thresholds signer_keys views_of_contracts",
    "Offers": "lapse accept",
    "Oversight": "freeze",
    "Participants": "members admission thresholds signer_keys freeze",
    "PayableWord": "freeze",
    "Payments": "pay late_interest attest_waiting settle",
    "Relay": "relay",
    "Rules": "rules rules_first rules_count issue",
    "Sales": "sell sell_edges redeem recourse",
    "Settlement": "settle settle_told settle_pledged_by_bank pay redeem freeze",
    "Sharing": "settle",
    "TallyWord": "transfer join redeem",
    "VoucherRegister": "erc721 issue sell recourse",
    "VoucherStore": "lapse freeze transfer erc721 redeem",
    "VoucherWord": "transfer",
    "Vouchers": "erc721 accept join transfer",
}
"""By file of the contracts, the tests that are about it; these are tried in full."""


class _Folder:
    """Where the package looks for its artifacts, with the mutated ones in their place."""

    def joinpath(self, _: str, name: str) -> Path:
        return ARTIFACTS / name


class _Ears:
    """Hears which switches the contracts ask for, on the in-process chain; all are off."""

    def __init__(self) -> None:
        self.asked: set[int] = set()
        os.environ["FENBOOK_TEST_NODE"] = "tester"
        honest = BaseState.get_balance

        def get_balance(state: Any, address: bytes) -> int:
            if address[:-8] != _FIRST:
                return int(honest(state, address))
            self.asked.add(int.from_bytes(address[-8:]))
            return 0

        BaseState.get_balance = get_balance  # type: ignore[method-assign,assignment]


class _Switches:
    """Switches one mutant on, on every anvil that the tests have started or will start."""

    def __init__(self) -> None:
        self.nodes: list[SteppedNode] = []
        self.alive = 0
        cast._ANVIL_OPTIONS.append("--disable-code-size-limit")
        node.TRANSACTION_GAS = _GAS  # type: ignore[misc]
        os.environ["FENBOOK_TEST_NODE"] = "anvil"
        connect = cast._connected

        def connected(url: str) -> SteppedNode:
            one = connect(url)
            self.nodes.append(one)
            self._set(one, self.alive, is_on=True)
            return one

        cast._connected = connected

    def turn(self, number: int) -> None:
        """Only this mutant lives; none for 0."""
        before, self.alive = self.alive, number
        for one in list(self.nodes):
            try:
                self._set(one, before, is_on=False)
                self._set(one, number, is_on=True)
            except OSError:
                self.nodes.remove(one)  # its test is over

    @staticmethod
    def _set(one: SteppedNode, number: int, *, is_on: bool) -> None:
        if number:
            switch = (SWITCHES + number).to_bytes(20)
            one._request("anvil_setBalance", ["0x" + switch.hex(), hex(int(is_on))])


class _Hunt:
    """Runs the tests as the module says, in place of pytest's own loop."""

    def __init__(self) -> None:
        self.waiting = Path(os.environ["FENBOOK_MUTANTS"])
        self.numbers = set(map(int, self.waiting.read_text("utf-8").split()))
        self.mutants = {one.number: one for one in built()}
        self.sound: dict[str, bool] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if reached := os.environ.get("FENBOOK_REACHED"):
            self.hunt(session, json.loads(Path(reached).read_text("utf-8")))
        else:
            self.scout(session)
        return True

    def scout(self, session: pytest.Session) -> None:
        """Run every test once, and write what it comes to."""
        told, ears = {}, _Ears()
        for place, item in enumerate(session.items, 1):
            ears.asked.clear()
            began = time.monotonic()
            if self.fails(item, seconds=_SCOUT_SECONDS_MAX):
                print(f"fails without mutant: {item.nodeid}", flush=True)
                continue
            seconds = round(time.monotonic() - began, 2)
            came_to = sorted(ears.asked & self.numbers)
            told[item.nodeid] = {"seconds": seconds, "mutants": came_to}
            if place % 100 == 0:
                print(f"{place} of {len(session.items)} tests", flush=True)
        path = self.waiting.parent / f"reached.{self.waiting.name}.json"
        path.write_text(json.dumps(told, indent=1), "utf-8")

    def hunt(self, session: pytest.Session, reached: dict[str, Any]) -> None:
        """Let each mutant live until a test fails."""
        switches = _Switches()
        items = {one.nodeid: one for one in session.items if one.nodeid in reached}
        quickest = sorted(items, key=lambda name: float(reached[name]["seconds"]))
        by_mutant: dict[int, list[str]] = {number: [] for number in sorted(self.numbers)}
        for name in quickest:
            for number in reached[name]["mutants"]:
                if number in by_mutant:
                    by_mutant[number].append(name)
        with (self.waiting.parent / f"noticed.{self.waiting.name}").open("w") as noticed:
            for number, names in by_mutant.items():
                worth = _chosen(names, self.mutants[number], reached)
                found = ""
                for name in worth:
                    switches.turn(number)
                    if self.fails(items[name]) and self.is_sound(items[name], switches):
                        found = name
                        break
                switches.turn(0)
                noticed.write(f"{number} {found}\n")
                noticed.flush()

    def is_sound(self, item: pytest.Item, switches: _Switches) -> bool:
        """Whether a test passes while all mutants are asleep; asked once."""
        if item.nodeid not in self.sound:
            switches.turn(0)
            self.sound[item.nodeid] = not self.fails(item)
        return self.sound[item.nodeid]

    def fails(self, item: pytest.Item, *, seconds: int = _SECONDS_MAX) -> bool:
        """Whether a test fails; one that is stopped for its time says nothing."""
        item._initrequest()  # type: ignore[attr-defined]
        following: Any = _Another(item.session)
        began = time.monotonic()
        with _limited(seconds):
            reports = runtestprotocol(item, log=False, nextitem=following)
        return any(one.failed for one in reports) and time.monotonic() - began < seconds


def _chosen(names: list[str], mutant: Mutant, reached: Mapping[str, Any]) -> list[str]:
    """As many tests as a mutant is worth.

    All that are about its file; then of every other file the quickest, the next, and so on.
    """
    by_file: dict[str, list[str]] = {}
    for name in names:
        by_file.setdefault(Path(name.partition("::")[0]).stem.removeprefix("test_"), []).append(
            name
        )
    nearest = _NEAREST.get(Path(mutant.source).stem, "").split()
    chosen = [name for file in nearest for name in by_file.pop(file, ())]
    seconds, least = 0.0, len(chosen) + _TESTS_MIN
    turns = zip_longest(*by_file.values())
    for name in (one for turn in turns for one in turn if one):
        if seconds > _SECONDS_WORTH and len(chosen) >= least:
            break
        chosen.append(name)
        seconds += float(reached[name]["seconds"])
    return chosen


class _Another:
    """Stands for the test that comes next: of another module, of the same session."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[Any]:
        return [self._session]


@contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Stop what never comes back; all that a chain does ends with its gas."""
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def _too_long(*_: Any) -> None:
    raise TimeoutError("longer than a test may take")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything is deployed. Mutated code is larger than a network would take."""
    artifacts.files = lambda _: _Folder()  # type: ignore[assignment,return-value]
    deployment.EIP170_CODE_SIZE_LIMIT = _NO_LIMIT
    creation.MAX_INITCODE_SIZE = _NO_LIMIT
    signal.signal(signal.SIGALRM, _too_long)
    config.pluginmanager.register(_Hunt())
