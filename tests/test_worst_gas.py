"""What every entry point costs at its worst; `tests/worst_gas.json` keeps the figures.

Run with FENBOOK_GAS_WRITE=1 to write the file, and the table of docs/performance.md, after a
change that is meant to move them. The quick engine counts gas as the engine as it comes does, which
test_quick_node.py tries and `make deep` measures here once more.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.chain.transactions import TRANSACTION_GAS
from tests.cast import running_node
from tests.gas_book import compare, is_written
from tests.worst import claims, money, office, table, verbs
from tests.worst.town import Town

FIGURES = Path(__file__).with_name("worst_gas.json")

STORIES = (
    office.signatures,
    office.deposits,
    office.rules_and_lines,
    office.administration,
    claims.accept_first,
    claims.furnish,
    verbs.circulation,
    verbs.ended_offers,
    verbs.holidays,
    verbs.financing,
    verbs.issuing,
    money.payments,
    money.batches,
    money.distribution,
)


def _kept() -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(FIGURES.read_text("utf-8"))
    return kept


@pytest.mark.parametrize("engine", ["quick", pytest.param("tester", marks=pytest.mark.deep)])
def test_worst_gas_stays_where_it_was_measured(engine: str) -> None:
    with running_node(engine=engine) as node:
        town = Town(node)
        for story in STORIES:
            story(town)
    assert town.figures.keys() == table.REASONS.keys()
    figures = {name: town.figures[name] for name in table.REASONS}
    compare(FIGURES, figures)
    if is_written():
        table.write(figures)


def test_every_entry_point_has_its_worst_case() -> None:
    measured = {name for name in _kept() if name in table.entry_points()}
    assert measured | table.REACHED_BY.keys() == table.entry_points()
    assert not measured & table.REACHED_BY.keys()
    assert measured >= set(table.REACHED_BY.values())


def test_no_worst_case_needs_more_than_one_transaction_asks_for() -> None:
    # Each was sent with so much and no more; what is refunded at the end is taken off a figure.
    assert all(gas < TRANSACTION_GAS for gas in _kept().values())


def test_acts_of_several_parties_fit_with_four_passkeys_each() -> None:
    kept = _kept()
    passkey = kept["each further approval: passkey"]
    # A call keeps back a 64th part of what is left.
    most = TRANSACTION_GAS * 63 // 64
    for name, parties in table.PARTIES.items():
        assert kept[name] + 4 * parties * passkey < most, name


def test_page_on_performance_tells_every_worst_case() -> None:
    assert table.told() == table.rows_of(_kept())
