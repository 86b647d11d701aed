"""Chain, rows and deposits compared fund by fund: 0.00 when right, and each fault by its name."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import MetaData, Table, text

from ledger.model.commands import MoveDeposit
from ledger.service.follower import Follower
from ledger.service.matters import MATTERS
from ledger.service.reconcile import Difference, Reconciled, reconcile
from ledger.store.database import Database
from tests.cast import Cast, named, running_node
from tests.databases import ENGINES, opened
from tests.service.following import follow
from tests.service.node_endpoint import NodeEndpoint
from tests.views_scenario import Acts, circulate, finance, govern, mature


@pytest.fixture(scope="module")
def world() -> Iterator[Cast]:
    """A ledger in the middle of its life: open offers, liens, freezes, payments, payouts."""
    with running_node() as node:
        cast = Cast(node)
        for act in (circulate, finance, govern, mature):
            act(Acts(cast) if act is circulate else _again(cast))
        yield cast


def _again(cast: Cast) -> Acts:
    acts = Acts(cast)
    acts.count = cast.ledger.payable_count()
    return acts


@pytest.fixture(scope="module", params=ENGINES)
def followed(
    request: pytest.FixtureRequest, world: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    with opened(str(request.param), tmp_path_factory.mktemp("books")) as database:
        follow(follower(world, database))
        yield database


def follower(world: Cast, database: Database) -> Follower:
    return Follower(database, NodeEndpoint(world.node), world.ledger.deployment)


def compared(world: Cast, database: Database, **options: object) -> Reconciled:
    return reconcile(database, NodeEndpoint(world.node), world.ledger.deployment, **options)  # type: ignore[arg-type]


def test_right_books_differ_by_nothing(world: Cast, followed: Database) -> None:
    found = compared(world, followed)
    assert found.differences == ()
    assert found.is_right
    assert found.block == world.node.block
    assert set(found.compared) == {one.name for one in MATTERS}
    assert all(found.compared.values()), found.compared
    said = found.to_json()
    assert (said["difference"], said["differences"]) == ("0.00", [])


def test_sample_compares_no_more_than_it_says(world: Cast, followed: Database) -> None:
    found = compared(world, followed, sample=3)
    assert found.is_right
    assert max(found.compared.values()) == 3


FAULTS = {
    "UPDATE v_payables SET live = live + 5 WHERE id = 1": ("funds", "live", 5),
    "UPDATE v_payables SET paid = paid - 7 WHERE id = 1": ("funds", "paid", 7),
    "UPDATE v_payables SET state = 4 WHERE id = 1": ("payables", "state", 0),
    "UPDATE v_payables SET face = face + 1 WHERE id = 1": ("payables", "face", 1),
    "UPDATE v_vouchers SET holder = holder + 1 WHERE id = (SELECT max(id) FROM v_vouchers "
    "WHERE state = 2 AND holder < 5)": ("vouchers", "holder", 0),
    "UPDATE v_vouchers SET \"end\" = \"end\" - 1 WHERE id = 4294967297": ("vouchers", "end", 0),
    "UPDATE v_vouchers SET settled = settled + 1 WHERE id = 4294967297":
        ("vouchers", "settled", 0),
    "DELETE FROM v_vouchers WHERE id = 4294967297": ("vouchers", "exists", 0),
    "UPDATE v_loans SET principal = principal + 100 WHERE id = 1": ("loans", "principal", 100),
    "DELETE FROM v_loans WHERE id = 1": ("loans", "exists", 0),
    "UPDATE v_payouts SET amount = amount + 3 WHERE number = 1": ("payouts", "amount", 3),
    "UPDATE v_accounts SET unapplied = unapplied + 9 WHERE payable = 1":
        ("accounts", "unapplied", 9),
    "UPDATE v_deposits SET amount = amount + 2 WHERE owner = 1": ("deposits", "amount", 2),
    "UPDATE v_holds SET amount = amount + 4": ("holds", "amount", 4),
    "UPDATE v_issued SET amount = amount - 1": ("issued", "issued", 1),
    "UPDATE v_exposures SET outstanding = outstanding + 6": ("exposures", "outstanding", 6),
    "UPDATE v_limits SET amount = amount - 8": ("limits", "amount", 8),
    "UPDATE v_participants SET is_suspended = NOT is_suspended WHERE id = 2":
        ("participants", "suspended", 0),
    "DELETE FROM v_deposits WHERE owner = 2": ("issued", "amount", None),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_told_by_its_name_and_amount(
    world: Cast, followed: Database, fault: str
) -> None:
    matter, figure, amount = FAULTS[fault]
    undo = _kept(followed)
    with followed.writing() as connection:
        assert connection.execute(text(fault)).rowcount >= 1
    try:
        found = compared(world, followed)
    finally:
        undo()
    told = [one for one in found.differences if (one.matter, one.figure) == (matter, figure)]
    assert told
    if amount is not None:
        assert told[0].amount == amount
    assert not found.is_right
    assert (found.to_json()["difference"] == "0.00") == (found.amount == 0)


def _kept(database: Database) -> Callable[[], None]:
    """What puts the rows back as they are now."""
    tables = sorted({fault.split()[2 if fault.startswith("DELETE") else 1] for fault in FAULTS})
    with database.reading() as connection:
        rows = {one: connection.execute(text(f"SELECT * FROM {one}")).all() for one in tables}

    def undo() -> None:
        with database.writing() as connection:
            for name, kept in rows.items():
                table = Table(name, MetaData(), autoload_with=connection)
                connection.execute(table.delete())
                connection.execute(table.insert(), [dict(one._mapping) for one in kept])

    return undo


def test_chain_that_goes_on_meanwhile_is_no_difference(world: Cast, followed: Database) -> None:
    reader = follower(world, followed)
    follow(reader)
    world.birch.act(
        MoveDeposit, bank=world.settlement_bank.id, to=world.cedar.id, amount=5, purpose=named("x")
    )
    behind = compared(world, followed)
    assert {one.matter for one in behind.differences} == {"deposits"}
    assert behind.amount == 10
    assert compared(world, followed, settle=lambda: follow(reader)).is_right


def test_difference_that_is_no_money_has_no_amount() -> None:
    assert Difference("vouchers", "V-1.1", "holder", 3, 4).amount == 0
    assert Difference("funds", "P-1", "live", 3, 4).amount == 1
