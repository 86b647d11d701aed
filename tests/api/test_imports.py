"""Imports at the door: files as they come, one signature of each, and nothing for anybody else."""

import csv
import io
import secrets
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.import_files import TYPES
from api.limits import Limits
from api.options import Rate
from ledger.imports.sheets import FILE_MAX, read_sheet
from ledger.store import imports
from tests.api.world import Person, World
from tests.cast import CHECKER, MAKER
from tests.imports.sheets import csv_of, repacked, xlsx_of
from tests.imports.world import HEADER

PATH = "/v1/imports"
ABSENT = f"{PATH}/imp_{'0' * 26}"
XLSX = TYPES[1]


def rows(number: int, **changes: object) -> list[list[object]]:
    """Good rows, each with an invoice that nobody else uses."""
    made = []
    for _ in range(number):
        mark = secrets.token_hex(4)
        row = {
            "业务编号": f"PO-{mark}",
            "供应商": "2",
            "金额": "1,200.50",
            "到期日": "2026/8/28",
            "清算行": "6",
            "发票号码": f"24312{int(mark, 16):015d}",
            "发票金额": "5,000",
            "合同号": f"HT-{mark}",
            **changes,
        }
        made.append([row[name] for name in HEADER])
    return made


def upload(person: Person, data: bytes, kind: str = XLSX, name: str = "付款.xlsx") -> Any:
    headers = {**person.headers, "content-type": kind}
    return person.client.post(f"{PATH}?name={name}", content=data, headers=headers)


def uploaded(person: Person, *lines: list[object]) -> str:
    answer = upload(person, xlsx_of([HEADER, *lines]))
    assert answer.status_code == 201, answer.text
    return f"{PATH}/{answer.json()['id']}"


def previewed(person: Person, *lines: list[object]) -> str:
    path = uploaded(person, *lines)
    answer = person.post(f"{path}/preview", {})
    assert answer.status_code == 200, answer.text
    return path


def every_import(person: Person) -> list[str]:
    found, address = [], f"{PATH}?limit=200"
    while True:
        page = person.get(address).json()
        found += [one["id"] for one in page["data"]]
        if not page["has_more"]:
            return found
        address = f"{PATH}?limit=200&cursor={page['next_cursor']}"


def approvals(person: Person, prepared: Any, *signers: int) -> dict[str, Any]:
    return {"approvals": person.sign(prepared, signers=signers)["approvals"]}


class TestRefusals:
    @pytest.mark.parametrize(
        ("data", "kind", "status", "code"),
        [
            (b"", "text/csv", 422, "FileEmpty"),
            (b"%PDF-1.7", "application/octet-stream", 415, "FileUnsupported"),
            (b"<html></html>", TYPES[2], 422, "FileIsWebPage"),
            (b"PK\x03\x04rubbish", XLSX, 422, "FileDamaged"),
            (b"a,b", "application/json", 415, "FormUnsupported"),
            (b"a,b", "image/png", 415, "FormUnsupported"),
            (b"a\n" * 25_010, "text/csv", 413, "TooManyRows"),
        ],
    )
    def test_of_files_that_are_none(
        self, acme: Person, data: bytes, kind: str, status: int, code: str
    ) -> None:
        answer = upload(acme, data, kind)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    def test_of_a_file_that_is_too_large_or_unpacks_to_too_much(self, acme: Person) -> None:
        answer = upload(acme, b"a" * (FILE_MAX + 1), "text/csv")
        assert (answer.status_code, answer.json()["code"]) == (413, "BodyTooLarge")
        bomb = repacked(xlsx_of([["a"]]), {"xl/media/a.png": bytes(200 << 20)})
        answer = upload(acme, bomb)
        assert (answer.status_code, answer.json()["code"]) == (413, "FileTooLarge")

    def test_of_what_is_another_s_and_of_what_is_not_there_look_the_same(
        self, acme: Person, birch: Person, operator: Person, regulator: Person
    ) -> None:
        path = previewed(acme, *rows(1))
        calls: list[tuple[str, str, Any]] = [
            ("GET", "", None),
            ("GET", "/rows", None),
            ("GET", "/error-file", None),
            ("POST", "/preview", {}),
            ("POST", "/typed-data", {"choice": "all"}),
            ("POST", "/signatures", {"approvals": [{"signer": 0, "signature": "0x00"}]}),
            ("POST", "/reopen", None),
            ("POST", "/cancel", None),
            ("POST", "/retry", None),
        ]
        for person in (birch, operator, regulator):
            for method, rest, body in calls:
                told = []
                for base in (path, ABSENT):
                    answer = person.client.request(
                        method, base + rest, json=body, headers=person.headers
                    )
                    assert answer.status_code == 404, (base + rest, answer.text)
                    told.append({**answer.json(), "trace_id": "", "instance": ""})
                assert told[0] == told[1]
            assert person.get(PATH).json()["data"] == []

    def test_of_files_of_whoever_cannot_issue(
        self, birch: Person, delta: Person, operator: Person, world: World
    ) -> None:
        """A preview tells what the ledger knows: of invoices, names and references."""
        imports = world.service.imports
        assert imports is not None
        for person in (birch, delta, operator):
            answer = upload(person, xlsx_of([HEADER, *rows(1)]))
            assert (answer.status_code, answer.json()["code"]) == (403, "MissingRole")
            assert person.get(PATH).json()["data"] == []
        # One that it has from a time when it could issue is judged no more.
        data = xlsx_of([HEADER, *rows(1)])
        path = f"{PATH}/{imports.importing.upload(birch.member.id, 'x', data).row.id}"
        for rest, body in (("preview", {}), ("typed-data", {"choice": "all"})):
            answer = birch.post(f"{path}/{rest}", body)
            assert (answer.status_code, answer.json()["code"]) == (403, "MissingRole")
        assert birch.post(f"{path}/cancel", None).json()["state"] == "cancelled"

    def test_of_previews_that_are_asked_too_often(self, acme: Person, app: FastAPI) -> None:
        path, context = uploaded(acme, *rows(1)), app.state.context
        options = replace(context.options, lookup=Rate(2, 60))
        app.state.context = replace(context, limits=Limits(), options=options)
        try:
            assert acme.post(f"{path}/preview", {}).status_code == 200
            assert acme.post(f"{path}/typed-data", {"choice": "all"}).status_code == 200
            for rest, body in (("preview", {}), ("typed-data", {"choice": "all"})):
                answer = acme.post(f"{path}/{rest}", body)
                assert (answer.status_code, answer.json()["code"]) == (429, "TooManyRequests")
        finally:
            app.state.context = context

    def test_of_forms_that_are_none(self, acme: Person) -> None:
        path = uploaded(acme, *rows(1))
        for rest, body in (
            ("preview", {"columns": {"price": "A"}}),
            ("preview", {"sheets": "x"}),
            ("typed-data", {}),
            ("typed-data", {"choice": "some"}),
            ("signatures", {"approvals": []}),
        ):
            assert acme.post(f"{path}/{rest}", body).status_code == 422, rest
        assert acme.post(f"{path}/typed-data", {"choice": "all"}).json()["code"] == (
            "ImportStateWrong"
        )

    @pytest.mark.parametrize("rest", ["rows", "error-file"])
    def test_before_the_preview_is_answered_as_the_document_says(
        self, acme: Person, app: FastAPI, rest: str
    ) -> None:
        answer = acme.get(f"{uploaded(acme, *rows(1))}/{rest}")
        assert (answer.status_code, answer.json()["code"]) == (409, "ImportStateWrong")
        told = app.openapi()["paths"][f"{PATH}/{{import_id}}/{rest}"]["get"]["responses"]
        assert "409" in told

    def test_when_too_many_files_are_read_at_once(self, acme: Person, app: FastAPI) -> None:
        room = app.state.context.imports
        taken = 0
        while room.acquire(blocking=False):
            taken += 1
        try:
            answer = upload(acme, xlsx_of([["a"]]))
            assert (answer.status_code, answer.json()["code"]) == (503, "ServiceBusy")
        finally:
            for _ in range(taken):
                room.release()


class TestPreview:
    def test_tells_row_by_row_in_the_reader_s_language(self, acme: Person) -> None:
        path = uploaded(acme, *rows(1), *rows(1, 金额="12万", 到期日="31/8/2026"), ["合计"])
        answer = acme.post(f"{path}/preview", {}, accept_language="zh-CN").json()
        assert (answer["state"], answer["payables"], answer["valid"]) == ("previewed", 2, 1)
        assert answer["total"] == "1200.50"
        faulty = acme.get(f"{path}/rows?faulty=true", headers={"accept-language": "zh"}).json()
        [row] = faulty["data"]
        assert [one["cell"] for one in row["findings"]] == ["C3", "D3"]
        assert "请以元为单位" in row["findings"][0]["detail"]
        assert row["amount"] is row["maturity"] is row["state"] is None
        english = acme.get(f"{path}/rows?faulty=true").json()["data"][0]["findings"][0]
        assert english["detail"].startswith("Cell C3 (Amount) says “12万”.")

    def test_lists_are_had_as_files(self, acme: Person, birch: Person) -> None:
        path = previewed(acme, *rows(2), *rows(1, 金额="12万"))
        name = path.rpartition("/")[2]

        def exported(address: str) -> list[dict[str, str]]:
            mark = "&" if "?" in address else "?"
            answer = acme.get(f"/v1/exports/imports{address}{mark}heads=names")
            assert answer.status_code == 200, answer.text
            return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

        listed = exported("")
        assert [one["id"] for one in listed] == every_import(acme)
        assert listed[0]["id"] == name
        of_state = [one for one in listed if one["state"] == "previewed"]
        assert exported("?state=previewed") == of_state
        told = exported(f"/{name}/rows")
        assert [one["line"] for one in told] == ["2", "3", "4"]
        assert [one["line"] for one in exported(f"/{name}/rows?faulty=true")] == ["4"]
        for address in ("", f"/{name}/rows"):
            workbook = acme.get(f"/v1/exports/imports{address}?format=xlsx")
            assert (workbook.status_code, workbook.content[:2]) == (200, b"PK")
        assert birch.get(f"/v1/exports/imports/{name}/rows").status_code == 404
        assert name not in birch.get("/v1/exports/imports").text

    def test_pages_through_the_rows(self, acme: Person) -> None:
        path, lines = previewed(acme, *rows(5)), []
        address = f"{path}/rows?limit=2"
        while True:
            page = acme.get(address).json()
            lines += [one["line"] for one in page["data"]]
            if not page["has_more"]:
                break
            address = f"{path}/rows?limit=2&cursor={page['next_cursor']}"
        assert lines == [2, 3, 4, 5, 6]
        foreign = acme.get(f"{path}/rows?faulty=true&cursor={'x' * 40}")
        assert foreign.json()["code"] == "CursorInvalid"

    def test_takes_a_choice_of_columns_and_a_bank(self, acme: Person) -> None:
        text = csv_of([["wer", "wann", "wieviel"], ["2", "2026-08-28", "5"]]).encode("gb18030")
        path = f"{PATH}/{upload(acme, text, 'text/csv', 'x.csv').json()['id']}"
        answer = acme.post(f"{path}/preview", {})
        assert (answer.status_code, answer.json()["code"]) == (422, "ColumnMissing")
        columns = {"supplier": "A", "amount": "wieviel", "maturity": "B"}
        answer = acme.post(f"{path}/preview", {"columns": columns, "settlement_bank": 6}).json()
        assert answer["columns"] | columns == answer["columns"] | {"amount": "wieviel"}
        assert answer["columns"]["amount"] == "C"
        [row] = acme.get(f"{path}/rows").json()["data"]
        assert (row["supplier"], row["settlement_bank"], row["amount"]) == (2, 6, "5.00")

    def test_notices_references_of_payables_that_were_issued_alone(
        self, acme: Person, world: World
    ) -> None:
        mark = f"PO-{secrets.token_hex(4)}"
        path, terms = "/v1/payables/issue", {"bank": 6, "maturity": "2026-08-28"}
        terms |= {"to": 2, "face": "75.00", "evidence": "0x" + "11" * 32, "invoices": []}
        body = acme.signed(path, **terms) | {"external_reference": mark}
        answer = acme.post(path, body, idempotency_key=secrets.token_hex(8))
        assert answer.status_code == 202, answer.text

        def earlier() -> list[str]:
            lines = [*rows(1, 业务编号=mark.lower()), *rows(1, 业务编号=f"{mark}x")]
            told = acme.get(f"{previewed(acme, *lines)}/rows").json()["data"]
            return [one["detail"] for row in told for one in row["findings"]]

        [waiting] = earlier()
        assert ": op_" in waiting
        world.turn()
        [issued] = earlier()
        assert ": P-" in issued
        assert "has this reference already" in issued

    def test_notices_the_same_file(self, acme: Person, monkeypatch: pytest.MonkeyPatch) -> None:
        data = xlsx_of([HEADER, *rows(1)])
        first, second = upload(acme, data).json(), upload(acme, data).json()
        assert (first["same_file"], second["same_file"]) == ([], [first["id"]])
        monkeypatch.setattr(imports, "SAME_FILES_TOLD", 1)
        assert upload(acme, data).json()["same_file"] == [first["id"]]
        assert second["file_name"] == "付款.xlsx"


class TestWholeWay:
    def test_from_the_file_to_its_payables(self, acme: Person, world: World) -> None:
        path = previewed(acme, *rows(2))
        prepared = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
        assert prepared["typed_data"]["primaryType"] == "IssueBatch"
        assert "2" in prepared["sentence"]
        again = acme.post(f"{path}/typed-data", {"choice": "all"}).json()
        assert again["digest"] == prepared["digest"]
        signed = acme.post(f"{path}/signatures", approvals(acme, prepared, MAKER)).json()
        if signed["state"] == "awaiting_signatures":
            assert signed["refusal"]["code"] in ("SignersTooFew", "CheckerMissing")
            signed = acme.post(f"{path}/signatures", approvals(acme, prepared, CHECKER)).json()
        assert (signed["state"], signed["refusal"]) == ("recording", None)
        imports = world.service.imports
        assert imports is not None
        for _ in range(4):
            world.turn()
            imports.issuing.step()
        told = acme.get(path).json()
        assert (told["state"], told["issued"]) == ("done", 2)
        data = acme.get(f"{path}/rows").json()["data"]
        assert [one["state"] for one in data] == ["issued", "issued"]
        payable = acme.get(f"/v1/payables/{data[0]['payable']}").json()
        assert (payable["face"], payable["maturity"]) == ("1200.50", "2026-08-28")
        assert acme.post(f"{path}/reopen", None).json()["code"] == "ImportStateWrong"

    def test_of_valid_rows_alone(self, acme: Person) -> None:
        path = previewed(acme, *rows(2), *rows(1, 金额=""))
        answer = acme.post(f"{path}/typed-data", {"choice": "all"})
        assert (answer.status_code, answer.json()["code"]) == (409, "RowsInvalid")
        prepared = acme.post(f"{path}/typed-data", {"choice": "valid"}).json()
        assert prepared["typed_data"]["message"]["count"] == 2
        assert acme.post(f"{path}/cancel", None).json()["state"] == "cancelled"
        assert [one["state"] for one in acme.get(f"{PATH}?limit=1").json()["data"]] == ["cancelled"]


class TestFiles:
    def test_template_is_a_workbook(self, acme: Person, client: TestClient) -> None:
        assert client.get(f"{PATH}/template").status_code == 401
        answer = acme.get(f"{PATH}/template")
        assert answer.headers["content-type"] == XLSX
        assert "attachment" in answer.headers["content-disposition"]
        assert read_sheet(answer.content).names[1] == "说明 Guide"

    def test_error_file_says_what_is_wrong(self, acme: Person) -> None:
        path = previewed(acme, *rows(1, 供应商='=HYPERLINK("http://evil.example")'))
        answer = acme.get(f"{path}/error-file", headers={"accept-language": "zh"})
        found = read_sheet(io.BytesIO(answer.content).getvalue()).rows
        assert found[1][8].text.startswith("单元格 B2（供应商名称）的内容为“=HYPERLINK")
