"""An import from its upload to its last payable: what is refused, claimed and given back."""

import pytest
from sqlalchemy import select

from ledger.chain.calls import Signed, item_of
from ledger.chain.trees import Tree
from ledger.imports.sheets import read_sheet
from ledger.model.commands import DeclineVoucher, SetLimit, SuspendParticipant, VoidBatch
from ledger.model.errors import (
    ColumnMissing,
    FileUnsupported,
    ImportStateWrong,
    ImportUnknown,
    InvalidSignature,
    NothingToIssue,
    PreviewOutdated,
    RecordTampered,
    RowsInvalid,
    UnknownSigner,
)
from ledger.model.ids import root_voucher
from ledger.records.profiles import Profile
from ledger.service.imports.importing import Terms, Wishes
from ledger.service.imports.leaves import leaf_from
from ledger.service.imports.states import ImportState
from ledger.service.intake.posted import Act
from ledger.service.intake.refusals import refusal_of
from ledger.store.tables.imports import IMPORTS, LAYOUTS
from tests.cast import CHECKER, LINE, MAKER, named
from tests.imports.sheets import csv_of
from tests.imports.world import ACME, BIRCH, CEDAR, HEADER, NAMES, READER, World, rows_of

ALL = Terms("all")
VALID = Terms("valid")


def awaiting(world: World, data: bytes, terms: Terms = ALL) -> str:
    """An import that waits for signatures."""
    id_ = world.previewed(data)
    world.importing.prepare(ACME, id_, READER, terms)
    return id_


def signed(world: World, data: bytes, terms: Terms = ALL) -> str:
    """An import that maker and checker have signed together."""
    id_ = awaiting(world, data, terms)
    command = world.signing.command(ACME, id_)
    world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
    return id_


class TestUpload:
    def test_of_a_file_that_cannot_be_read_leaves_nothing(self, world: World) -> None:
        with pytest.raises(FileUnsupported):
            world.importing.upload(ACME, "x.pdf", b"%PDF-1.7")
        assert world.shelf.imports(ACME) == []

    def test_of_the_same_file_is_noticed_by_its_own_participant_alone(self, world: World) -> None:
        data = rows_of(1)
        first = world.importing.upload(ACME, "C:\\files\\付款\x00.xlsx", data)
        assert (first.same_file, first.meta.name) == ((), "付款.xlsx")
        assert world.importing.upload(ACME, "again.xlsx", data).same_file == (first.row.id,)
        assert world.importing.upload(BIRCH, "again.xlsx", data).same_file == ()

    def test_is_there_for_nobody_else(self, world: World) -> None:
        id_ = awaiting(world, rows_of(1))
        for ask in (
            lambda: world.shelf.find(BIRCH, id_),
            lambda: world.shelf.meta(BIRCH, id_),
            lambda: world.shelf.reading(BIRCH, id_),
            lambda: world.shelf.items(BIRCH, id_),
            lambda: world.shelf.error_file(BIRCH, id_, "en"),
            lambda: world.importing.preview(BIRCH, id_, READER),
            lambda: world.importing.prepare(BIRCH, id_, READER, ALL),
            lambda: world.importing.reopen(BIRCH, id_),
            lambda: world.signing.command(BIRCH, id_),
            lambda: world.signing.sign(BIRCH, id_, [b"\0" * 66]),
            lambda: world.issuing.retry(BIRCH, id_),
            lambda: world.shelf.find(ACME, "imp_nothing"),
        ):
            with pytest.raises(ImportUnknown):
                ask()
        assert [one.id for one in world.shelf.imports(ACME)] == [id_]
        assert world.shelf.imports(BIRCH) == []


class TestPreview:
    def test_without_the_columns_it_needs_is_refused_and_may_be_told_them(
        self, world: World
    ) -> None:
        text = csv_of([["wer", "wieviel", "wann"], ["Birch", "12.50", "2026-08-28"]])
        text = text.replace("Birch", "江城零部件有限公司")
        id_ = world.importing.upload(ACME, "x.csv", text.encode("gb18030")).row.id
        with pytest.raises(ColumnMissing):
            world.importing.preview(ACME, id_, READER)
        wishes = Wishes({"supplier": "wer", "amount": "B", "maturity": "wann"}, bank=6)
        [draft] = world.importing.preview(ACME, id_, READER, wishes).drafts
        assert [one.code for one in draft.findings] == ["EvidenceMissing"]
        # The headings are remembered, sealed, for the participant's next file.
        later = world.importing.upload(ACME, "y.csv", text.replace("12.50", "7").encode()).row.id
        [draft] = world.importing.preview(ACME, later, READER, Wishes(bank=6)).drafts
        assert (draft.face, draft.bank) == (700, 6)
        other = world.importing.upload(BIRCH, "y.csv", text.encode()).row.id
        with pytest.raises(ColumnMissing):
            world.importing.preview(BIRCH, other, READER)
        with world.database.reading() as connection:
            [sealed] = connection.scalars(select(LAYOUTS.c.sealed))
        assert b"wieviel" not in sealed

    def test_counts_what_it_found(self, world: World) -> None:
        id_ = world.previewed(rows_of(3, 金额="12万"))
        row = world.shelf.find(ACME, id_)
        assert (row.state, row.payables, row.valid, row.errors) == ("previewed", 3, 0, 3)
        reading = world.shelf.reading(ACME, id_)
        assert reading.drafts[2].findings[0].cell == "C4"
        found = read_sheet(world.shelf.error_file(ACME, id_, "zh")).rows
        assert "请以元为单位" in found[1][8].text

    def test_knows_invoices_and_references_of_the_ledger(self, world: World) -> None:
        data = rows_of(1)
        world.run(signed(world, data))
        [draft] = world.shelf.reading(ACME, world.previewed(data)).drafts
        assert sorted(one.code for one in draft.findings) == ["ReferenceUsed"]
        earlier = draft.findings[0].facts["earlier"]
        assert earlier.startswith("P-")
        again = rows_of(1, 发票号码=draft.invoices[0].number, 金额=99_999)
        [draft] = world.shelf.reading(ACME, world.previewed(again)).drafts
        assert [one.code for one in draft.findings] == ["InvoiceOverused"]
        assert "by the ledger" in draft.findings[0].message()

    def test_reads_other_invoices_by_the_sellers_code_however_it_is_named(
        self, world: World
    ) -> None:
        prints = set()
        for seller in ("", "江城零部件有限公司", "91110000600037341l"):
            header = [*HEADER, "销售方", "开票日期"]
            row = ["", "2", "5", "2026-08-28", "6", "RE-7", "5", "", seller, "2026-02-01"]
            text = csv_of([header, row])
            [draft] = world.shelf.reading(ACME, world.previewed(text.encode())).drafts
            assert draft.findings == []
            prints.add(draft.invoices[0].fingerprint)
        assert len(prints) == 1
        assert [row.what for row in world.directory.readings()].count("profile") == 3


class TestPrepare:
    def test_before_a_preview_is_refused(self, world: World) -> None:
        id_ = world.importing.upload(ACME, "x", rows_of(1)).row.id
        for act in (
            lambda: world.importing.prepare(ACME, id_, READER, ALL),
            lambda: world.signing.sign(ACME, id_, [b"\0" * 66]),
            lambda: world.signing.command(ACME, id_),
            lambda: world.importing.reopen(ACME, id_),
            lambda: world.shelf.reading(ACME, id_),
            lambda: world.issuing.retry(ACME, id_),
        ):
            with pytest.raises(ImportStateWrong):
                act()

    def test_of_all_rows_with_one_at_fault_is_refused(self, world: World) -> None:
        text = _with_a_fault()
        id_ = world.previewed(text)
        with pytest.raises(RowsInvalid) as caught:
            world.importing.prepare(ACME, id_, READER, ALL)
        assert caught.value.values == {"count": 1}
        command = world.importing.prepare(ACME, id_, READER, VALID)
        assert (command.count, command.total) == (1, 500)

    def test_of_no_valid_row_is_refused(self, world: World) -> None:
        id_ = world.previewed(rows_of(2, 到期日="never"))
        with pytest.raises(NothingToIssue):
            world.importing.prepare(ACME, id_, READER, VALID)

    def test_looks_once_more_at_what_has_changed_since_the_preview(self, world: World) -> None:
        id_ = world.previewed(rows_of(2))
        operator, birch = world.chain.cast.operator, world.chain.cast.birch
        operator.act(SuspendParticipant, subject=birch.id, suspended=True, reason=bytes(32))
        world.follow()
        with pytest.raises(RowsInvalid):
            world.importing.prepare(ACME, id_, READER, ALL)
        assert world.shelf.find(ACME, id_).errors == 2
        operator.act(SuspendParticipant, subject=birch.id, suspended=False, reason=bytes(32))
        world.follow()
        assert world.importing.prepare(ACME, id_, READER, ALL).count == 2

    def test_of_a_name_that_stands_for_somebody_else_by_now_is_refused(self, world: World) -> None:
        world.directory.put(Profile(BIRCH, name_en="Riverside Parts"))
        id_ = world.previewed(rows_of(2, 供应商="Riverside Parts"))
        world.directory.put(NAMES[BIRCH])
        world.directory.put(Profile(CEDAR, name_en="Riverside Parts"))
        for _ in range(2):  # it stays refused, and what was shown stays what was shown
            with pytest.raises(PreviewOutdated) as caught:
                world.importing.prepare(ACME, id_, READER, ALL)
            assert caught.value.values == {"lines": "2, 3"}
            assert world.shelf.reading(ACME, id_).drafts[0].supplier == BIRCH
        world.importing.preview(ACME, id_, READER)
        assert world.shelf.reading(ACME, id_).drafts[0].supplier == CEDAR
        assert world.importing.prepare(ACME, id_, READER, ALL).count == 2

    def test_claims_references_so_that_no_other_import_has_them(self, world: World) -> None:
        data = rows_of(2)
        first, second = world.previewed(data), world.previewed(data)
        world.importing.prepare(ACME, first, READER, ALL)
        with pytest.raises(RowsInvalid):
            world.importing.prepare(ACME, second, READER, ALL)
        world.importing.reopen(ACME, first)
        assert world.importing.prepare(ACME, second, READER, ALL).count == 2

    def test_anew_keeps_the_number_and_changes_the_root(self, world: World) -> None:
        id_ = world.previewed(rows_of(2))
        first = world.importing.prepare(ACME, id_, READER, ALL)
        world.importing.reopen(ACME, id_)
        second = world.importing.prepare(ACME, id_, READER, ALL)
        assert (first.nonce, first.total) == (second.nonce, second.total)
        assert first.root != second.root  # fresh salts under the evidence

    def test_of_a_cancelled_import_is_refused(self, world: World) -> None:
        id_ = awaiting(world, rows_of(1))
        assert world.importing.reopen(ACME, id_, cancel=True).state == ImportState.CANCELLED
        for act in (
            lambda: world.importing.prepare(ACME, id_, READER, ALL),
            lambda: world.importing.preview(ACME, id_, READER),
            lambda: world.importing.reopen(ACME, id_, cancel=True),
        ):
            with pytest.raises(ImportStateWrong):
                act()


class TestSignatures:
    def test_that_are_false_are_refused_and_not_kept(self, world: World) -> None:
        id_ = awaiting(world, rows_of(1))
        command = world.signing.command(ACME, id_)
        [good] = world.approvals(command, MAKER)
        false = good[:-2] + bytes([good[-2] ^ 1]) + good[-1:]
        with pytest.raises(InvalidSignature):
            world.signing.sign(ACME, id_, [false])
        with pytest.raises(UnknownSigner):
            world.signing.sign(ACME, id_, [b"\x77" + good[1:]])
        other = awaiting(world, rows_of(1))
        with pytest.raises(InvalidSignature):
            world.signing.sign(ACME, other, [good])
        assert world.shelf.find(ACME, id_).state == ImportState.AWAITING_SIGNATURES

    @pytest.mark.parametrize("order", [(MAKER, CHECKER), (CHECKER, MAKER)])
    def test_of_maker_and_checker_come_one_after_another(
        self, world: World, order: tuple[int, int]
    ) -> None:
        """The sum is above what one signer may commit."""
        id_ = awaiting(world, rows_of(2, 金额=60_000))
        command = world.signing.command(ACME, id_)
        row = world.signing.sign(ACME, id_, world.approvals(command, order[0]))
        assert row.state == ImportState.AWAITING_SIGNATURES
        missing = refusal_of(row.refusal or "")
        assert missing is not None
        assert missing.code in ("SignersTooFew", "MakerMissing")
        world.begin()  # the first approval outlives the process
        row = world.signing.sign(ACME, id_, world.approvals(command, order[1]))
        assert (row.state, row.refusal) == (ImportState.RECORDING, None)
        with pytest.raises(ImportStateWrong):
            world.signing.sign(ACME, id_, world.approvals(command, MAKER))
        with pytest.raises(ImportStateWrong):
            world.importing.reopen(ACME, id_)
        assert world.run(id_) == ImportState.DONE

    def test_that_were_relayed_by_somebody_else_count(self, world: World) -> None:
        id_ = awaiting(world, rows_of(1))
        command = world.signing.command(ACME, id_)
        approvals = tuple(world.approvals(command, MAKER, CHECKER))

        world.chain.cast.ledger.carry_out(item_of(Signed(command, approvals)))
        world.follow()
        with pytest.raises(ImportStateWrong):
            world.importing.reopen(ACME, id_)
        world.signing.sign(ACME, id_, list(approvals))
        assert world.run(id_) == ImportState.DONE


class TestIssuing:
    def test_makes_a_payable_of_each_row(self, world: World) -> None:
        id_ = signed(world, rows_of(5))
        assert world.run(id_) == ImportState.DONE
        row, ledger = world.shelf.find(ACME, id_), world.chain.cast.ledger
        assert (row.issued, row.refused) == (5, 0)
        drafts = world.shelf.reading(ACME, id_).drafts
        for item, draft in zip(world.shelf.items(ACME, id_), drafts, strict=True):
            payable = ledger.payable(item.payable or 0)
            assert (payable["face"], payable["offeree"]) == (draft.face, BIRCH)
            assert (payable["maturity"], payable["bank"]) == (draft.maturity, 6)
            claimed = world.directory.references_claimed(ACME, [draft.reference])
            assert claimed[draft.reference].payable == item.payable

    def test_keeps_the_evidence_behind_its_commitment(self, world: World) -> None:
        id_ = signed(world, rows_of(1, 合同号="HT-特殊-77"))
        [item] = world.shelf.items(ACME, id_)
        commitment = bytes.fromhex(item.leaf.split('"evidence":"0x')[1][:64])
        memo = world.directory.reveal([commitment], READER)[commitment]
        assert memo.text == "HT-特殊-77"

    def test_of_some_refused_goes_on_with_the_others(self, world: World) -> None:
        cast = world.chain.cast
        text = rows_of(3)
        id_ = signed(world, text)
        world.turn()
        outstanding = cast.ledger.ask("Exposure", "exposureOf", ACME)[1]
        first = world.shelf.reading(ACME, id_).drafts[0].face
        cast.delta.act(SetLimit, obligor=ACME, amount=outstanding + first)
        assert world.run(id_) == ImportState.DONE
        items = world.shelf.items(ACME, id_)
        assert [one.state for one in items] == ["issued", "refused", "refused"]
        refusal = refusal_of(items[1].refusal or "")
        assert refusal is not None
        assert refusal.code == "LimitExceeded"
        # What was refused may be asked for once more, while the signature holds.
        cast.delta.act(SetLimit, obligor=ACME, amount=LINE)
        world.issuing.retry(ACME, id_)
        assert world.run(id_) == ImportState.DONE
        assert world.shelf.find(ACME, id_).issued == 3

    def test_of_refused_rows_frees_their_references_and_not_for_two(self, world: World) -> None:
        cast, data = world.chain.cast, rows_of(1)
        id_ = signed(world, data)
        world.turn()
        cast.delta.act(SetLimit, obligor=ACME, amount=0)
        assert world.run(id_) == ImportState.FAILED
        cast.delta.act(SetLimit, obligor=ACME, amount=LINE)
        second = signed(world, data)
        world.issuing.retry(ACME, id_)
        assert world.run(id_) == ImportState.FAILED  # its reference is another's
        assert world.run(second) == ImportState.DONE

    def test_by_somebody_else_is_noticed(self, world: World) -> None:
        """Anyone may ask for a payable of a recorded batch."""
        id_ = signed(world, rows_of(3))
        world.relayer.step()
        world.follow()
        row, items = world.shelf.find(ACME, id_), world.shelf.items(ACME, id_)
        tree = Tree([leaf_from(one) for one in items])
        act = Act("issueFromBatch", (row.digest, leaf_from(items[1]), tree.proof(1)))
        world.chain.cast.ledger.carry_out(act.item)
        assert world.run(id_) == ImportState.DONE
        assert [one.state for one in world.shelf.items(ACME, id_)] == ["issued"] * 3

    def test_of_a_void_batch_ends(self, world: World) -> None:
        id_ = signed(world, rows_of(2))
        world.relayer.step()
        world.follow()
        row = world.shelf.find(ACME, id_)
        world.chain.cast.acme.act(VoidBatch, batch=row.digest, nonce=int.from_bytes(row.digest))
        assert world.run(id_) == ImportState.FAILED
        codes = {refusal_of(one.refusal or "").code for one in world.shelf.items(ACME, id_)}  # type: ignore[union-attr]
        assert codes == {"BatchVoid"}
        with pytest.raises(ImportStateWrong):
            world.issuing.retry(ACME, id_)

    def test_past_the_deadline_ends_and_may_be_begun_anew(self, world: World) -> None:
        deadline = world.chain.cast.ledger.now + 600
        id_ = signed(world, rows_of(1), Terms("all", deadline=deadline))
        world.chain.cast.lapse_of_seconds(601)
        assert world.run(id_) == ImportState.FAILED
        row = world.shelf.find(ACME, id_)
        refusal = refusal_of(row.refusal or "")
        assert refusal is not None
        assert refusal.code == "DeadlinePassed"
        assert world.importing.reopen(ACME, id_).state == ImportState.PREVIEWED
        command = world.importing.prepare(ACME, id_, READER, ALL)
        world.signing.sign(ACME, id_, world.approvals(command, MAKER, CHECKER))
        assert world.run(id_) == ImportState.DONE

    def test_frees_the_reference_of_a_declined_payable_for_nobody(self, world: World) -> None:
        """A reference that once named a payable goes on naming it."""
        data = rows_of(1)
        id_ = signed(world, data)
        world.run(id_)
        [item] = world.shelf.items(ACME, id_)
        prints = [one.fingerprint for one in world.shelf.reading(ACME, id_).drafts[0].invoices]
        world.chain.cast.birch.act(
            DeclineVoucher, prints, voucher=root_voucher(item.payable or 0), reason=named("no")
        )
        world.follow()
        [draft] = world.shelf.reading(ACME, world.previewed(data)).drafts
        assert [one.code for one in draft.findings] == ["ReferenceUsed"]


def test_sealed_columns_are_bound_to_their_import(world: World) -> None:
    one, other = world.previewed(rows_of(1)), world.previewed(rows_of(1))
    with world.database.writing() as connection:
        sealed = connection.scalar(select(IMPORTS.c.sealed_report).where(IMPORTS.c.id == one))
        changed = IMPORTS.update().where(IMPORTS.c.id == other)
        connection.execute(changed.values(sealed_report=sealed))
    with pytest.raises(RecordTampered):
        world.shelf.reading(ACME, other)


def _with_a_fault() -> bytes:
    rows = [
        ["", "2", "5", "2026-08-28", "6", "", "", "HT-1"],
        ["", "2", "x", "2026-08-28", "6", "", "", "HT-2"],
    ]
    return csv_of([HEADER, *rows]).encode()
