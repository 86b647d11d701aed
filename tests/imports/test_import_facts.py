"""What a preview tells of the ledger, and of whom."""

from ledger.service.imports.importing import Terms
from ledger.service.records.directory import Reader
from tests.cast import CHECKER, MAKER
from tests.imports.world import ACME, BIRCH, READER, World, rows_of

THEIRS = Reader(BIRCH, "session 2", "import")


def test_invoices_that_another_obligor_uses_are_told_without_amounts(world: World) -> None:
    id_ = world.previewed(rows_of(1))
    command = world.importing.prepare(ACME, id_, READER, Terms("all"))
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    assert world.run(id_) == "done"
    [draft] = world.shelf.reading(ACME, id_).drafts
    number = draft.invoices[0].number

    def codes(participant: int, reader: Reader, **changes: object) -> dict[str, dict[str, str]]:
        data = rows_of(1, 供应商="3", 发票号码=number, **changes)
        found = world.importing.upload(participant, "x.xlsx", data).row.id
        [draft] = world.importing.preview(participant, found, reader).drafts
        return {one.code: dict(one.facts) for one in draft.findings}

    used = {"金额": "99999"}
    assert set(codes(ACME, READER, **used)["InvoiceOverused"]) >= {"total", "used"}
    assert "InvoiceMismatch" in codes(ACME, READER, 发票金额="99999")
    assert codes(BIRCH, THEIRS, **used) == {"InvoiceUsedUp": {}}
    assert codes(BIRCH, THEIRS, 发票金额="99999") == {"InvoiceUsedUp": {}}
