"""The oracle against the golden book, against itself, and ruling by ruling."""

import ast
import json
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import VERBS, BookError, Oracle, run
from tests.oracle.invoice import invoice_key
from tests.oracle.mistakes import MISTAKES
from tests.oracle.money import amount, half_up, interest, text
from tests.oracle.payable import Payable
from tests.oracle.random_books import main, random_book
from tests.oracle.random_stats import SITUATIONS, Stats

HERE = Path(__file__).parent
DUE = date(2026, 7, 1)

# docs/books.md, "Which refusal comes first"
MOVER_CODES = "UnknownVoucher NotHolder VoucherNotHeld PastMaturity ZeroAmount AmountExceedsVoucher"
CODES = {
    "issue": "NotEligible SelfTransfer IssuerBlocked ZeroAmount PastMaturity TenorTooLong"
    " LimitExceeded InvoiceMismatch InvoiceOverused InvoiceShort",
    "accept": "VoucherNotOffered",
    "decline": "VoucherNotOffered",
    "transfer": MOVER_CODES + " SelfTransfer NotEligible ToObligor DepthExceeded",
    "sell": MOVER_CODES + " NotEligible SelfTransfer BadTerms CostShareSpent",
    "pledge": MOVER_CODES + " NotEligible SelfTransfer BadTerms CoverTooLow",
    "redeem": MOVER_CODES + " BadTerms",
    "repay": "UnknownLoan ZeroAmount RepaymentExceedsLoan VoucherNotHeld PastMaturity"
    " AmountExceedsVoucher CoverTooLow",
    "pay": "UnknownPayable PayableNotLive NotYetDue ZeroAmount PaymentExceedsDebt PaymentTooSmall",
    "recourse": "UnknownVoucher VoucherNotHeld NoRecourse NotOverdue",
}


class Scene(Oracle):
    """A small book written as it runs: Acme owes Birch; `act` runs one step and checks it."""

    def __init__(self) -> None:
        roles = {"acme": "issuer", "birch": "supplier", "cedar": "supplier"}
        roles |= {"delta": "bank", "elm": "bank", "desk": "operator"}
        super().__init__(
            {
                "rules": {
                    "late_rate_daily": "0.0005", "overdue_multiplier": "1.5", "offer_days": 10,
                    "tenor_days_max": 365, "depth_max": 5, "day_count": "ACT/360",
                },
                "parties": [{"id": p, "name": p, "roles": [r]} for p, r in roles.items()],
                "limits": [{"bank": "delta", "obligor": "acme", "amount": "5000.00"}],
                "steps": [],
            }
        )  # fmt: skip

    def act(self, on: str, do: str, **fields: Any) -> str | None:
        step = {name.rstrip("_"): value for name, value in fields.items()}
        self.book["steps"].append({"on": f"2026-{on}", "do": do, **step})
        code = self.step(len(self.book["steps"]) - 1)
        self.check()
        return code

    def live(self, name: str = "P", *, face: str = "1000.00", **more: Any) -> None:
        """A payable due on 1 July, accepted by Birch on 1 April (91 days before)."""
        terms = {"obligor": "acme", "to": "birch", "face": face, "maturity": DUE.isoformat()}
        assert self.act("04-01", "issue", payable=name, as_=name, **terms, **more) is None
        assert self.act("04-01", "accept", voucher=name, by="birch") is None

    def sell(self, on: str, voucher: str, seller: str, buyer: str, **more: Any) -> str | None:
        terms = {"id": f"{voucher}-{on}-{buyer}", "voucher": voucher, "amount": "1000.00"}
        terms |= {"from": seller, "to": buyer, "as": voucher, "rate": "0.036", "recourse": "full"}
        return self.act(on, "sell", **{**terms, **more})

    def pledge(self, **more: Any) -> str | None:
        terms = {"id": "L", "voucher": "P", "from": "birch", "to": "delta", "amount": "1000.00"}
        terms |= {"as": "P", "advance": "1000.00", "ltv": "1", "rate": "0.36"}
        return self.act("06-01", "pledge", **{**terms, "due": "2026-07-01", **more})


@pytest.fixture
def scene() -> Scene:
    return Scene()


def _golden() -> dict[str, Any]:
    book: dict[str, Any] = json.loads((HERE / "books" / "galaxy.json").read_text("utf-8"))
    return book


def _sequences(owed: int, length: int) -> Iterator[tuple[int, ...]]:
    """Every sequence of at most `length` payments that never exceed what is owed."""
    yield ()
    if length:
        for paid in range(1, owed + 1):
            for rest in _sequences(owed - paid, length - 1):
                yield (paid, *rest)


class TestGolden:
    def test_galaxy_is_reproduced_exactly(self) -> None:
        book = _golden()
        assert run(book) == book["expect"]

    def test_galaxy_keeps_the_invariants_after_every_step(self) -> None:
        oracle = Oracle(_golden())
        for index in range(len(oracle.book["steps"])):
            oracle.step(index)
            oracle.check()

    def test_oracle_imports_nothing_of_the_ledger(self) -> None:
        for path in (HERE / "oracle").glob("*.py"):
            nodes = ast.walk(ast.parse(path.read_text("utf-8")))
            names = {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}
            assert not any(name.split(".")[0] in ("ledger", "api") for name in names), path


class TestMoney:
    def test_amounts_are_read_and_written_to_the_fen(self) -> None:
        assert [amount("0.01"), amount("12.30"), amount("7")] == [1, 1230, 700]
        assert [text(-5), text(0), text(123456)] == ["-0.05", "0.00", "1234.56"]
        with pytest.raises(ValueError, match="not an amount"):
            amount("0.001")

    def test_a_half_is_rounded_up(self) -> None:
        assert [half_up(Fraction(n, 2)) for n in range(4)] == [0, 1, 1, 2]

    def test_the_first_day_counts_and_the_last_does_not(self) -> None:
        assert interest(36000, Fraction("0.1"), date(2026, 1, 1), date(2026, 1, 3)) == 20


class TestSharing:
    @pytest.mark.parametrize("face", range(1, 9))
    def test_share_of_every_payment_over_every_partition_is_exact(self, face: int) -> None:
        cuts = [c for n in range(face) for c in combinations(range(1, face), n)]
        partitions = [list(pairwise((0, *cut, face))) for cut in cuts]
        for payments in _sequences(face, 3):
            payable = Payable("P", "acme", face, DUE)
            received = [0] * face
            for paid in payments:
                shares = {
                    (s, e): payable.share(paid, s, e) for s, e in combinations(range(face + 1), 2)
                }
                units = [shares[unit, unit + 1] for unit in range(face)]
                assert all(sum(units[s:e]) == share for (s, e), share in shares.items())
                assert all(0 <= got <= payable.owed_on(s, e) for (s, e), got in shares.items())
                assert all(sum(shares[part] for part in parts) == paid for parts in partitions)
                payable.record_payment(0, paid, late_left=0, today=DUE)
                received = [a + b for a, b in zip(received, units, strict=True)]
                assert [payable.owed_on(u, u + 1) for u in range(face)] == [1 - r for r in received]

    @pytest.mark.parametrize("redeemed", [[(0, 2)], [(2, 3), (5, 6)], [(4, 6), (1, 3)]])
    def test_redeemed_units_receive_nothing(self, redeemed: list[tuple[int, int]]) -> None:
        left = 6 - sum(end - start for start, end in redeemed)
        for payments in _sequences(left, 3):
            payable = Payable("P", "acme", 6, DUE, redeemed=list(redeemed))
            for paid in payments:
                assert all(payable.share(paid, start, end) == 0 for start, end in redeemed)
                shares = [payable.share(paid, unit, unit + 1) for unit in range(6)]
                assert sum(shares) == paid
                assert all(share in (0, 1) for share in shares)
                payable.record_payment(0, paid, late_left=0, today=DUE)

    def test_the_third_of_five_units_is_never_paid_backwards(self) -> None:
        payable = Payable("P", "acme", 5, DUE)
        assert payable.share(2, 2, 3) == 1
        payable.record_payment(0, 2, late_left=0, today=DUE)
        assert payable.share(3, 2, 3) == 0


class TestRulings:
    def test_recourse_comes_back_down_the_chain_of_sales(self, scene: Scene) -> None:
        scene.live()
        scene.sell("05-01", "P", "birch", "delta")
        scene.sell("05-02", "P", "delta", "elm")
        assert scene.act("07-01", "recourse", voucher="P") == "NotOverdue"
        before = scene.net_cash
        assert scene.act("07-11", "recourse", voucher="P") is None
        assert scene.net_cash["elm"] - before["elm"] == 100000 + 150  # 5.4 % for ten days
        assert scene.vouchers["P"].holder == "delta"
        assert scene.act("07-11", "recourse", voucher="P") is None
        assert scene.vouchers["P"].holder == "birch"
        assert scene.act("07-11", "recourse", voucher="P") == "NoRecourse"

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_recourse_ends_with_an_accepted_transfer_only(self, scene: Scene, answer: str) -> None:
        scene.live()
        scene.sell("05-01", "P", "birch", "delta")
        offer = {"voucher": "P", "from": "delta", "to": "cedar", "amount": "400.00", "as": "Q"}
        scene.act("05-02", "transfer", **offer)
        scene.act("05-02", answer, voucher="Q", by="cedar")
        expected = "NoRecourse" if answer == "accept" else None
        assert scene.act("07-02", "recourse", voucher="Q") == expected
        assert scene.act("07-02", "recourse", voucher="P") is None

    def test_share_of_zero_does_not_spend_the_right_and_a_share_does(self, scene: Scene) -> None:
        scene.live()
        assert scene.sell("05-01", "P", "birch", "delta", obligor_share="0") is None
        half = {"obligor_share": "0.5", "amount": "500.00", "as": "Q"}
        assert scene.sell("05-01", "P", "delta", "elm", **half) is None
        half |= {"amount": "100.00", "as": "R"}
        assert scene.sell("05-02", "Q", "elm", "delta", **half) == "CostShareSpent"
        assert scene.sell("05-02", "Q", "elm", "delta", **half | {"obligor_share": "0"}) is None
        assert scene.vouchers["R"].is_share_spent and scene.vouchers["Q"].is_share_spent  # noqa: PT018
        assert not scene.vouchers["P"].is_share_spent

    def test_closed_voucher_keeps_its_last_holder(self, scene: Scene) -> None:
        scene.live()
        terms = {"voucher": "P", "from": "birch", "amount": "1000.00", "as": "Q"}
        assert scene.act("04-02", "redeem", rate="0", **terms) is None
        offer = {"to": "cedar", "amount": "1.00", "as": "R"}
        moved = {"voucher": "Q", "from": "birch", **offer}
        assert scene.act("04-02", "transfer", **moved) == "VoucherNotHeld"
        assert scene.act("04-02", "transfer", **moved | {"from": "cedar"}) == "NotHolder"
        assert scene.act("04-02", "transfer", **moved | {"voucher": "P"}) == "UnknownVoucher"
        assert scene.payables["P"].state == "settled"

    def test_declined_root_closes_with_the_obligor_as_holder(self, scene: Scene) -> None:
        terms = {"payable": "P", "as": "P", "obligor": "acme", "to": "birch", "face": "5000.00"}
        scene.act("04-01", "issue", maturity="2026-07-01", **terms)
        scene.act("04-01", "decline", voucher="P", by="birch")
        moved = {"voucher": "P", "to": "cedar", "amount": "1.00", "as": "R"}
        assert scene.act("04-02", "transfer", from_="acme", **moved) == "VoucherNotHeld"
        terms |= {"payable": "Q", "as": "Q"}
        assert scene.act("04-02", "issue", maturity="2026-07-01", **terms) is None

    def test_same_invoice_twice_in_one_list_adds_up(self, scene: Scene) -> None:
        invoice = {"number": "00ab-12 3", "total": "1000.00", "use": "600.00"}
        again = {**invoice, "number": "ＡＢ１２３"}
        issue = {"payable": "P", "as": "P", "obligor": "acme", "to": "birch", "face": "1000.00"}
        issue["maturity"] = "2026-07-01"
        assert scene.act("04-01", "issue", **issue, invoices=[invoice, again]) == "InvoiceOverused"
        assert scene.act("04-01", "issue", **issue, invoices=[invoice]) == "InvoiceShort"
        again["use"] = "400.00"
        assert scene.act("04-01", "issue", **issue, invoices=[invoice, again]) is None
        again |= {"total": "1000.01", "use": "999.00"}
        issue |= {"payable": "Q", "as": "Q"}
        assert scene.act("04-01", "issue", **issue, invoices=[again]) == "InvoiceMismatch"

    @pytest.mark.parametrize(
        "number", ["ab 123", "AB-123", "0AB123", "ａｂ１２３", "0-0ab\u3000123"]
    )
    def test_invoice_is_known_however_it_is_spelled(self, number: str) -> None:
        assert invoice_key(number) == "AB123"

    def test_loan_left_over_stays_open_when_its_payable_is_settled(self, scene: Scene) -> None:
        scene.live()
        assert scene.pledge() is None
        assert scene.act("07-01", "pay", payable="P", amount="1000.00") is None
        loan = scene.loans["L"]  # 30 days at 36 % are 30.00, and the share is 1000.00
        assert (loan.is_open, loan.principal, scene.vouchers["P"].state) == (True, 3000, "closed")
        part = {"id": "L", "principal": "10.00", "as": "Q"}
        assert scene.act("07-01", "repay", **part, release="1.00") == "VoucherNotHeld"
        assert scene.act("07-01", "repay", **part, release="0.00") is None
        before = scene.net_cash["birch"]
        assert scene.act("07-11", "repay", id="L", principal="20.00", as_="Q") is None
        assert scene.net_cash["birch"] - before == -2000 - 30  # ten days at 54 %
        assert not loan.is_open

    def test_loan_paid_by_a_part_payment_frees_its_voucher(self, scene: Scene) -> None:
        scene.live()
        scene.pledge(advance="100.00")
        assert scene.act("07-01", "pay", payable="P", amount="500.00") is None
        assert scene.loans["L"].principal == 0
        assert scene.vouchers["P"].state == "held"
        assert scene.net_cash["delta"] == 300

    def test_payment_that_shares_nothing_to_a_pledge_leaves_its_loan_alone(
        self, scene: Scene
    ) -> None:
        scene.live(face="1.00")
        scene.pledge(amount="0.01", as_="Q", advance="0.01")
        assert scene.act("07-01", "pay", payable="P", amount="0.50") is None
        assert scene.loans["L"].interest_from == date(2026, 6, 1)
        assert scene.act("07-02", "pay", payable="P", amount="0.50") is None
        assert scene.loans["L"].interest_from == date(2026, 7, 2)

    def test_refused_step_introduces_no_name_and_the_whole_renames(self, scene: Scene) -> None:
        scene.live()
        offer = {"voucher": "P", "from": "birch", "to": "cedar", "as": "Q"}
        assert scene.act("04-02", "transfer", **offer, amount="0.00") == "ZeroAmount"
        assert scene.act("04-02", "accept", voucher="Q", by="cedar") == "VoucherNotOffered"
        assert scene.act("04-02", "transfer", **offer, amount="1000.00") is None
        assert list(scene.vouchers) == ["Q"]

    def test_late_interest_comes_first_and_is_carried(self, scene: Scene) -> None:
        scene.live()
        assert scene.act("07-31", "pay", payable="P", amount="9.99") == "PaymentTooSmall"
        assert scene.act("07-31", "pay", payable="P", amount="10.00") is None
        assert scene.payables["P"].late_carried == 500  # thirty days make 15.00
        assert scene.claims["birch"].late == 500
        assert scene.act("07-31", "pay", payable="P", amount="1005.01") == "PaymentExceedsDebt"
        assert scene.act("07-31", "pay", payable="P", amount="1005.00") is None
        assert scene.payables["P"].state == "settled"

    def test_book_that_goes_back_in_time_or_reuses_a_name_is_no_book(self, scene: Scene) -> None:
        scene.live()
        with pytest.raises(BookError, match="goes back"):
            scene.act("03-31", "wait")
        offer = {"voucher": "P", "from": "birch", "to": "cedar", "amount": "1.00", "as": "P"}
        with pytest.raises(BookError, match="exists already"):
            scene.act("04-01", "transfer", **offer)


class TestRandomBooks:
    @pytest.mark.parametrize("first", range(1000, 1300, 50))
    def test_invariants_hold_after_every_step(self, first: int) -> None:
        for seed in range(first, first + 50):
            book = random_book(seed, steps=100)
            oracle = Oracle(book)
            for index in range(len(book["steps"])):
                oracle.step(index)
                oracle.check()
            assert oracle.outcome() == book["expect"], f"seed {seed}"

    def test_same_seed_makes_the_same_book(self) -> None:
        assert json.dumps(random_book(7)) == json.dumps(random_book(7))

    def test_generator_covers_every_verb_refusal_and_situation(self) -> None:
        stats = Stats()
        for seed in range(40):
            stats.add(random_book(seed))
        codes = {(verb, code) for verb, names in CODES.items() for code in names.split()}
        assert set(MISTAKES) == codes
        assert set(stats.refused) == codes
        assert min(stats.refused.values()) >= 5
        assert set(stats.accepted) == set(VERBS)
        assert min(stats.accepted.values()) >= 50
        assert [s for s in SITUATIONS if stats.situations[s] < 5] == []
        assert 0.6 <= stats.accepted_share <= 0.7
        assert stats.matured > 0.8 * stats.payables

    def test_command_prints_the_book(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--seed", "7", "--steps", "30"]) == 0
        assert json.loads(capsys.readouterr().out) == random_book(7, steps=30)
