"""Lists: pages whose cursors are bound, filters, and files in which nothing is a formula."""

import base64
import csv
import io
import re
from dataclasses import replace
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from api import sheets
from api.app import create_app
from api.paging import CURSOR_MOST, Cursors
from ledger.imports.cells import restored
from ledger.model.errors import CursorInvalid
from tests.api.conftest import OPTIONS
from tests.api.test_imports import approvals, previewed, rows
from tests.api.world import People, Person, World, directory_of
from tests.cast import CHECKER, MAKER, named

EVIL = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1",
    "－1", "＠A1", " =1", "　=1", '=HYPERLINK("http://x")', "-", "+", "=", "@", "=\"\"", "-2+3+cmd",
    "@@", "=A1&A2", "+\u202e1", "=1\n=2", "\t", "\r\n=1", "=1,2", "=1;2", "'=1",
]  # fmt: skip

ACTIVE = tuple("=+-@＝＋－＠\t\r\n")


class TestPages:
    def test_pages_hold_every_row_once(self, birch: Person) -> None:
        whole = birch.get("/v1/vouchers?limit=200").json()
        assert not whole["has_more"]
        found, cursor = [], ""
        while True:
            page = birch.get(f"/v1/vouchers?limit=2{cursor}").json()
            assert len(page["data"]) <= 2
            found += page["data"]
            if not page["has_more"]:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert found == whole["data"]
        assert len(found) > 4

    def test_cursor_is_good_for_its_list_reader_and_filter_only(
        self, birch: Person, cedar: Person
    ) -> None:
        cursor = birch.get("/v1/vouchers?limit=1").json()["next_cursor"]
        assert birch.get(f"/v1/vouchers?limit=9&cursor={cursor}").status_code == 200
        for person, path in (
            (cedar, f"/v1/vouchers?cursor={cursor}"),
            (birch, f"/v1/payables?cursor={cursor}"),
            (birch, f"/v1/vouchers/V-1.1/lineage?cursor={cursor}"),
            (birch, f"/v1/vouchers?state=held&cursor={cursor}"),
            (birch, f"/v1/vouchers?cursor={cursor[:-2]}"),
            (birch, f"/v1/vouchers?cursor={'B' if cursor[0] == 'A' else 'A'}{cursor[1:]}"),
            (birch, "/v1/vouchers?cursor=x"),
            (birch, "/v1/vouchers?cursor="),
        ):
            answer = person.get(path)
            told = (answer.status_code, answer.json().get("code"))
            assert told == (400, "CursorInvalid"), path

    @pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "1e2"])
    def test_limit_has_bounds(self, birch: Person, limit: str) -> None:
        answer = birch.get(f"/v1/vouchers?limit={limit}")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "limit"

    @pytest.mark.parametrize("number", ["2147483647", "2147483648", "4294967295"])
    def test_payable_at_the_edge_of_the_engine_s_numbers_is_just_absent(
        self, birch: Person, number: str
    ) -> None:
        for path in ("vouchers", "offers", "settlements"):
            assert birch.get(f"/v1/{path}?payable=P-{number}").json()["data"] == []
        for path in ("vouchers", "offers", "loans", "sales", "settlements", "payouts"):
            if path != "vouchers":
                query = f"/v1/{path}?voucher=V-{number}.1"
                assert birch.get(query).json()["data"] == []

    def test_filter_that_is_not_known_is_refused(self, birch: Person) -> None:
        assert birch.get("/v1/vouchers?colour=red").status_code == 422

    def test_block_that_a_list_is_true_at_is_told_whole(self, birch: Person) -> None:
        for name in ("vouchers", "operations"):
            at = birch.get(f"/v1/{name}").json()["as_of"]
            assert re.fullmatch(r"0x[0-9a-f]{64}", at["block_hash"])
            assert at["business_date"] <= at["time"][:10] or at["time"] > at["business_date"]

    def test_sealed_positions_cannot_be_made_up(self) -> None:
        mine, other = Cursors(b"a" * 32), Cursors(b"b" * 32)
        sealed = mine.sealed({"list": "x"}, [1, 2])
        assert mine.opened({"list": "x"}, sealed) == [1, 2]
        for cursors, bound in ((other, {"list": "x"}), (mine, {"list": "y"})):
            with pytest.raises(CursorInvalid):
                cursors.opened(bound, sealed)

    def test_cursor_of_a_lineage_is_good_for_its_range_alone(
        self, world: World, cedar: Person, regulator: Person
    ) -> None:
        path = "/v1/vouchers/V-1.2/lineage"
        behind = f"{path}?cursor=" + regulator.get(f"{path}?limit=1").json()["next_cursor"]
        assert regulator.get(behind).json()["data"]
        part = {"to": 2, "voucher": "V-1.2", "amount": "1.00", "evidence": "0x" + "11" * 32}
        cedar.submit("/v1/vouchers/transfer", parts=[part])
        world.turn()
        assert regulator.get(behind).json()["code"] == "CursorInvalid"

    def test_cursor_tells_nothing_of_its_position(self) -> None:
        """Nor how many rows that are hidden lie between two."""
        cursors, bound = Cursors(b"a" * 32), {"list": "x"}
        near, far = (cursors.sealed(bound, [place]) for place in (7, 1_234_567))
        assert len(near) == len(far)
        assert b"1234567" not in base64.urlsafe_b64decode(far + "=" * (-len(far) % 4))
        longest = [2**63, {"hex": "f" * 64}, {"hex": "f" * 64}]
        made = cursors.sealed(bound, longest)
        assert (len(made) <= CURSOR_MOST, cursors.opened(bound, made)) == (True, longest)


class TestFilters:
    @pytest.mark.parametrize(
        ("path", "field", "values"),
        [
            ("vouchers?state=held", "state", {"held"}),
            ("vouchers?state=closed", "state", {"closed"}),
            ("vouchers?payable=P-1", "payable", {"P-1"}),
            ("vouchers?obligor=1", "obligor", {1}),
            ("payables?state=live", "state", {"live"}),
            ("payables?state=cancelled", "state", {"cancelled"}),
            ("offers?state=lapsed", "state", {"lapsed"}),
            ("offers?state=declined", "state", {"declined"}),
            ("offers?taker=3", "taker", {3}),
            ("loans?open=true", "is_open", {True}),
            ("participants?role=bank", "is_suspended", {False}),
            ("movements?kind=moved", "kind", {"moved"}),
        ],
    )
    def test_filter_keeps_what_it_names(
        self, birch: Person, path: str, field: str, values: set[Any]
    ) -> None:
        rows = birch.get(f"/v1/{path}&limit=200").json()["data"]
        assert {one[field] for one in rows} == values, path

    def test_maturities_are_filtered_by_dates(self, birch: Person) -> None:
        def count(query: str) -> int:
            return len(birch.get(f"/v1/payables?limit=200&{query}").json()["data"])

        every = count("")
        assert count("maturity_from=2026-08-28&maturity_to=2026-08-28") == every
        assert count("maturity_from=2026-08-29") == count("maturity_to=2026-08-27") == 0
        wrong = birch.get("/v1/payables?maturity_from=2026-02-30")
        assert (wrong.status_code, wrong.json()["code"]) == (422, "RequestInvalid")

    def test_invoice_is_found_by_whoever_may_see_its_payable(self, person: People) -> None:
        query = f"/v1/payables?invoice=0x{named('invoice 1').hex()}"
        for name, found in (("Acme", ["P-1"]), ("Birch", ["P-1"]), ("Operator", [])):
            rows = person(name).get(query).json()["data"]
            assert [one["id"] for one in rows] == found, name

    def test_reference_finds_a_payable_of_an_import_for_its_obligor_alone(
        self, world: World, person: People, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(world.service, "directory", directory_of(world))
        acme, imports = person("Acme"), world.service.imports
        assert imports is not None
        path = previewed(acme, *rows(1, 业务编号="PO-FOUND-1"))
        query = "/v1/payables?external_reference=PO-FOUND-1"
        prepared = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
        acme.post(f"{path}/signatures", approvals(acme, prepared, MAKER, CHECKER))
        assert acme.get(query).json()["data"] == []
        for _ in range(4):
            world.turn()
            imports.issuing.step()
        [issued] = acme.get(f"{path}/rows").json()["data"]
        assert [one["id"] for one in acme.get(query).json()["data"]] == [issued["payable"]]
        assert person("Birch").get(f"/v1/payables/{issued['payable']}").status_code == 200
        assert person("Birch").get(query).json()["data"] == []


class TestExports:
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_file_holds_what_the_list_holds(self, birch: Person, kind: str) -> None:
        rows = birch.get("/v1/vouchers?limit=200").json()["data"]
        answer = birch.get(f"/v1/exports/vouchers?format={kind}")
        assert answer.headers["content-disposition"].startswith("attachment; filename=")
        found = _read(kind, answer.content)
        assert len(found) == len(rows) + 1
        assert [one[0] for one in found[1:]] == [one["id"] for one in rows]
        column = list(rows[0]).index("amount")
        amounts = [f"{float(one[column]):.2f}" for one in found[1:]]
        assert amounts == [one["amount"] for one in rows]

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_file_that_would_leave_rows_out_is_refused(
        self, world: World, birch: Person, kind: str
    ) -> None:
        few = create_app(world.service, replace(OPTIONS, export_rows_most=3))
        with TestClient(few) as door:
            path, headers = f"/v1/exports/vouchers?format={kind}", dict(birch.headers)
            refused = door.get(path, headers=headers)
            told = (refused.status_code, refused.json()["code"], refused.json()["params"])
            assert told == (409, "ExportTooLong", {"most": 3})
            assert "filters" in refused.json()["next_step"]
            chinese = door.get(path, headers=headers | {"accept-language": "zh"})
            assert "筛选条件" in chinese.json()["next_step"]
            narrow = door.get(f"{path}&payable=P-4000000000", headers=headers)
            assert narrow.status_code == 200
        with TestClient(create_app(world.service, OPTIONS)) as door:
            assert len(_read(kind, door.get(path, headers=headers).content)) > 4

    def test_heads_follow_the_language_or_stay(self, birch: Person) -> None:
        path = "/v1/exports/vouchers?payable=P-4000000000"
        told = birch.client.get("/v1/openapi.json").json()["paths"]["/v1/exports/vouchers"]["get"]
        for language, more, name in (("zh", "", "zh"), ("en", "", "en"), ("zh", "names", "name")):
            address = f"{path}&heads={more}" if more else path
            answer = birch.get(address, headers={"accept-language": language})
            assert answer.content.startswith(b"\xef\xbb\xbf")
            assert _read("csv", answer.content) == [[one[name] for one in told["x-columns"]]]
        assert birch.get(f"{path}&heads=codes").status_code == 422

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    @pytest.mark.parametrize("evil", EVIL)
    def test_no_text_becomes_a_formula(self, kind: sheets.Format, evil: str) -> None:
        with sheets.written(kind, "evil", ["name"], [[evil]], for_people=True) as file:
            [[_], [cell]] = _read(kind, file.read())
        assert cell == "'" + evil or not cell.lstrip(" \u3000").startswith(
            tuple("=+-@＝＋－＠\t\r\n")
        )
        assert cell.lstrip("'") == evil.lstrip("'")

    @pytest.mark.parametrize("evil", ["\xa0=1+1", "\ufeff=1", "\u200b=1", "﹢1+1", "'=1+1"])
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_formula_behind_what_nobody_sees_is_found_as_in_imports(
        self, kind: sheets.Format, evil: str
    ) -> None:
        with sheets.written(kind, "evil", ["name"], [[evil]], for_people=True) as file:
            [[_], [cell]] = _read(kind, file.read())
        assert (cell, restored(cell)) == ("'" + evil, evil)

    @pytest.mark.parametrize("text", ["-5.00", "12.34", "0.00", "V-1.1", "Birch", "星河重工"])
    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_harmless_text_stays_as_it_is(self, kind: sheets.Format, text: str) -> None:
        with sheets.written(kind, "good", ["value"], [[text]], for_people=True) as file:
            [_, [cell]] = _read(kind, file.read())
        assert cell == text or float(cell) == float(text)

    @pytest.mark.parametrize("text", ["6222021234567890123", "012", "00", "-12345678901234.56"])
    def test_digits_that_a_spreadsheet_would_cut_are_text_to_people(self, text: str) -> None:
        made = {}
        for for_people in (True, False):
            with sheets.written("csv", "digits", ["value"], [[text]], for_people=for_people) as one:
                made[for_people] = one.read().decode("utf-8-sig").splitlines()[1]
        assert made == {True: f'"{text}\t"', False: text}

    @pytest.mark.parametrize("text", ["0", "0.00", "-0.50", "123456789012345", "9999999999999.99"])
    def test_digits_that_a_spreadsheet_holds_stay_numbers(self, text: str) -> None:
        with sheets.written("csv", "digits", ["value"], [[text]], for_people=True) as file:
            assert _read("csv", file.read()) == [["value"], [text]]

    def test_a_reference_like_a_formula_comes_out_as_text(self, birch: Person) -> None:
        body = birch.signed(
            "/v1/deposits/move", bank=6, to=3, amount="1.00", purpose="0x" + "22" * 32
        )
        evil = "=HYPERLINK(1)"
        answer = birch.post(
            "/v1/deposits/move", {**body, "external_reference": evil}, idempotency_key="evil"
        )
        assert answer.status_code == 202
        found = _read("csv", birch.get("/v1/exports/operations").content)
        assert "'" + evil in {cell for row in found for cell in row}


def _read(kind: str, content: bytes) -> list[list[Any]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize("query", ["=false", "statee=done", "x"])
def test_parameter_that_a_list_has_not_is_refused(acme: Person, query: str) -> None:
    """Found at length: some lists overlooked it, and so showed everything."""
    paths = (
        "/v1/imports", "/v1/vouchers", "/v1/payables", "/v1/operations", "/v1/events",
        "/v1/webhooks", "/v1/api-keys", "/v1/holidays", "/v1/reports/maturities",
    )  # fmt: skip
    for path in paths:
        answer = acme.get(f"{path}?{query}")
        assert (path, answer.status_code) == (path, 422), answer.text
        assert answer.json()["code"] == "RequestInvalid"
