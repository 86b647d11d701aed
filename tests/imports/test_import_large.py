"""Ten thousand rows in one import, and nothing of them in clear in the database."""

import resource
from pathlib import Path

from sqlalchemy import select

from ledger.chain.trees import Tree
from ledger.imports.reports import packed, unpacked
from ledger.service.imports.importing import Terms
from ledger.service.imports.leaves import leaf_from
from ledger.store.tables.imports import IMPORTS, ROWS
from ledger.store.tables.records import MEMOS, REFERENCES
from tests.cast import CHECKER, MAKER
from tests.imports.world import ACME, READER, World, rows_of

PREVIEW_SECONDS = 3
"""Of one idle core; what other work there is on the machine does not count."""


def work_seconds() -> float:
    """Time of a core that this process and its ended children have used."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(kind) for kind in kinds]
    return sum(one.ru_utime + one.ru_stime for one in used)


def test_ten_thousand_rows_are_previewed_in_time_and_signed_once(world: World) -> None:
    id_ = world.importing.upload(ACME, "x.xlsx", rows_of(10_000, 金额=1)).row.id
    before = work_seconds()
    reading = world.importing.preview(ACME, id_, READER)
    assert work_seconds() - before < PREVIEW_SECONDS
    assert len(reading.drafts) == 10_000
    assert reading.is_valid
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    assert (command.count, command.total) == (10_000, 10_000_00)
    row = world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    assert row.state == "recording"
    leaves = [leaf_from(one) for one in world.shelf.items(ACME, id_, limit=10_000)]
    assert Tree(leaves).root == command.root
    world.turn()  # the commitment is recorded, and the first payables are asked for
    states = [one.state for one in world.shelf.items(ACME, id_, limit=10_000)]
    assert (states.count("asked"), states.count("waiting")) == (500, 9_500)


def test_reading_is_kept_as_it_is(world: World) -> None:
    reading = world.shelf.reading(ACME, world.previewed(rows_of(3, 金额="x")))
    assert unpacked(packed(reading)) == reading


def test_nothing_of_a_file_stands_in_the_database_in_clear(world: World, tmp_path: Path) -> None:
    data = rows_of(2, 合同号="HT-2027-秘密")
    id_ = world.previewed(data)
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    world.run(id_)
    drafts = world.shelf.reading(ACME, id_).drafts
    secrets = ["江城零部件", "91110000600037341", "某某银行", "付款.xlsx", "HT-2027-秘密"]
    secrets += [draft.reference for draft in drafts]
    secrets += [draft.invoices[0].number for draft in drafts]
    if world.database.dialect == "sqlite":
        kept = b"".join(path.read_bytes() for path in sorted(tmp_path.glob("*.sqlite*")))
    else:
        with world.database.reading() as connection:
            tables = (IMPORTS, ROWS, MEMOS, REFERENCES)
            rows = [row for one in tables for row in connection.execute(select(one))]
        kept = b"|".join(
            bytes(value) if isinstance(value, bytes) else str(value).encode()
            for row in rows
            for value in row
        )
    assert len(kept) > 3_000
    assert [one for one in secrets if one.encode() in kept] == []
