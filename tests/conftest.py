"""Fixtures of the whole suite: one ledger a worker, taken back to its beginning after each test."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

import pytest
import structlog

from ledger.model.errors import LedgerError
from ledger.service.ledger import Ledger
from ledger.service.running import crash_points
from tests.cast import Cast, Member, running_node
from tests.databases import shared_statements
from tests.shares import COUNTED, counted, shares, table

# Where nobody has set logging up, a failure is told without every variable of every frame: to write
# them takes seconds, and nobody reads what a test has planned.
structlog.dev.ConsoleRenderer.get_active().exception_formatter = structlog.dev.plain_traceback

_NOT_KEPT = {"cache_logger_on_first_use": False}

Refused = Callable[..., AbstractContextManager[None]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes the longest comes first, so that no core waits for it in the end."""
    items.sort(key=lambda one: one.get_closest_marker("longest") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What campaigns counted, and what each suite takes of the time where the whole is run."""
    reports = [one for kind in terminalreporter.stats.values() for one in kind]
    if told := counted(reports):
        terminalreporter.section("counted")
        terminalreporter.write_line("\n".join(told))
    lines = table(shares(reports))
    if len(lines) > 1:
        terminalreporter.section("seconds by suite, of all processes")
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture(scope="session", autouse=True)
def loggers_that_are_not_kept() -> Iterator[None]:
    """Whatever sets logging up, each logger asks anew where its lines go: tests listen to some.

    A command that was run in this process once left others' loggers deaf to them. Lines that nobody
    listens to go where failed tests show them, never between the words of a command under test.
    """
    configure, shown = structlog.configure, sys.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", lambda **given: configure(**given | _NOT_KEPT))
        structlog.configure(logger_factory=lambda *_: structlog.PrintLogger(shown))
        yield


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """What a command under test sets up holds for that test alone."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session", autouse=True)
def crash_points_of_no_other_service() -> Iterator[None]:
    """A service that runs beside a test for others, in threads of its own, is not struck by it.

    One in which the shell's tests had theirs once died of what a test of the founding had planned.
    """
    whole = crash_points.hook

    def hook(strike: Callable[[str], None]) -> AbstractContextManager[None]:
        def struck(name: str) -> None:
            if not threading.current_thread().name.startswith("fenbook-"):
                strike(name)

        return whole(struck)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crash_points, "hook", hook)
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_put_together_once() -> Iterator[None]:
    """Every database that a test opens in this process takes them from one place."""
    with shared_statements():
        yield


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says at the end of the run what a test has counted."""
    return partial(record_property, COUNTED)


@pytest.fixture(scope="session")
def deployed() -> Iterator[Cast]:
    """The cast on a fresh chain; tests ask for `cast`, which is taken back after each."""
    with running_node() as node:
        yield Cast(node)


@pytest.fixture
def cast(deployed: Cast) -> Iterator[Cast]:
    point = deployed.node.snapshot()
    kept = [(one, one._next, dict(one.keys), dict(one.spare)) for one in deployed.members]
    yield deployed
    deployed.node.revert_to(point)
    for member, counter, keys, spare in kept:
        member._next, member.keys, member.spare = counter, keys, spare


@pytest.fixture
def refused(cast: Cast) -> Refused:
    """Expects one refusal with these values, and that it changes nothing."""

    @contextmanager
    def refused(error: type[LedgerError], **values: Any) -> Iterator[None]:
        before = cast.storage()
        with pytest.raises(LedgerError) as caught:
            yield
        assert type(caught.value) is error, repr(caught.value)
        assert {name: caught.value.values[name] for name in values} == values
        assert cast.storage() == before

    return refused


@pytest.fixture
def ledger(cast: Cast) -> Ledger:
    return cast.ledger


@pytest.fixture
def acme(cast: Cast) -> Member:
    return cast.acme


@pytest.fixture
def birch(cast: Cast) -> Member:
    return cast.birch


@pytest.fixture
def cedar(cast: Cast) -> Member:
    return cast.cedar


@pytest.fixture
def delta(cast: Cast) -> Member:
    return cast.delta


@pytest.fixture
def echo(cast: Cast) -> Member:
    return cast.echo


@pytest.fixture
def settlement_bank(cast: Cast) -> Member:
    return cast.settlement_bank


@pytest.fixture
def operator(cast: Cast) -> Member:
    return cast.operator


@pytest.fixture
def regulator(cast: Cast) -> Member:
    return cast.regulator
