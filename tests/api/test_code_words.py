"""Cells of files and tables: states, kinds and acts in the reader's words, each its own."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from fastapi import FastAPI

from api.openapi import COLUMNS
from ledger.chain.calls import ENTRY_POINTS
from ledger.model.code_words import CODED, CODES, in_words
from ledger.service.access import Scope
from ledger.service.intake.posted import ACTS
from tests.api.world import Person

CJK: Final = re.compile(r"[\u4e00-\u9fff]")


def _codes_of(schema: Any, document: Any) -> set[str]:
    """The codes that a field may have, by the document."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found = set(schema.get("enum", ()))
    for one in (*schema.get("anyOf", ()), *filter(None, [schema.get("items")])):
        found |= _codes_of(one, document)
    return found


def _columns(document: Any) -> Iterator[tuple[str, str, set[str]]]:
    """Each file's columns that have codes: list, field, codes."""
    paths = document["paths"]
    for path, asked in paths.items():
        if "/exports/" not in path:
            continue
        of = path.rpartition("/")[2]
        names = {one["name"] for one in asked["get"][COLUMNS]}
        page = paths[path.replace("/exports/", "/")]["get"]["responses"]["200"]
        schema = page["content"]["application/json"]["schema"]
        shape = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        data = shape["properties"]["data"]["items"]
        row = document["components"]["schemas"][data["$ref"].rpartition("/")[2]]
        for name, field in row["properties"].items():
            codes = _codes_of(field, document)
            if name in names and codes:
                yield of, name, codes


def _told(of: str, name: str, codes: set[str]) -> set[tuple[str, str, str]]:
    """Codes without a word of their own in either language."""
    english = {one: in_words(name, one, "en", of=of) for one in codes}
    chinese = {one: in_words(name, one, "zh", of=of) for one in codes}
    wrong = {one for one, said in chinese.items() if not CJK.search(said)}
    wrong |= {one for one, said in english.items() if CJK.search(said) or "_" in said}
    for said in (english, chinese):
        wrong |= {one for one in codes if list(said.values()).count(said[one]) > 1}
    return {(of, name, one) for one in wrong}


def test_every_code_of_every_file_has_its_own_word_in_both_languages(app: FastAPI) -> None:
    columns = list(_columns(app.openapi()))
    assert len(columns) > 20
    assert {name for _, name, _ in columns} <= CODED
    assert sorted(set().union(*(_told(*one) for one in columns))) == []


def test_every_act_has_its_own_word() -> None:
    acts = {*ENTRY_POINTS.values(), *ACTS}
    assert len(acts) > 40
    assert _told("operations", "verb", acts) == set()


def test_word_of_one_list_differs_from_the_others() -> None:
    for key, word in CODES.items():
        code = key.rpartition(".")[2]
        assert code == key or word != CODES.get(code), key


@pytest.mark.parametrize("value", ["P-1", "0.00", 7, None, ["0xab", "0xcd"], {"amount": "1.00"}])
def test_what_is_no_code_stays(value: Any) -> None:
    assert in_words("data", value, "zh") == value


def test_no_word_is_of_a_code_that_no_file_has(app: FastAPI) -> None:
    columns = list(_columns(app.openapi()))
    known = {f"{of}.{code}" for of, _, codes in columns for code in codes}
    known |= {code for _, _, codes in columns for code in codes}
    known |= {*ENTRY_POINTS.values(), *ACTS, *Scope}
    assert sorted(set(CODES) - known) == []


def test_refusal_is_told_by_its_sentence_and_next_step() -> None:
    refusal = {"code": "NotHolder", "detail": "It is another's.", "next_step": "Ask.", "after": {}}
    assert in_words("refusal", refusal, "en") == "It is another's. Ask."
    hidden = {"code": "NotHolder", "detail": "", "next_step": "", "after": None}
    assert in_words("refusal", hidden, "en") == "NotHolder"


def test_bank_is_a_role_here_and_a_way_of_payment_there() -> None:
    assert in_words("roles", ["bank", "supplier"], "zh", of="participants") == "银行、供应商"
    assert in_words("rail", "bank", "zh", of="payments") == "银行转账"


def test_code_without_a_word_stays() -> None:
    assert in_words("kinds", ["VoucherAccepted", "sale"], "zh") == "VoucherAccepted、转让（保理）"


def _rows(person: Person, path: str, language: str, more: str = "") -> list[dict[str, str]]:
    answer = person.get(f"/v1/exports/{path}{more}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    [heads, *rows] = csv.reader(io.StringIO(text, newline=""))
    return [dict(zip(heads, row, strict=True)) for row in rows]


def test_chinese_file_speaks_chinese_and_a_program_s_keeps_codes(birch: Person) -> None:
    chinese = _rows(birch, "vouchers", "zh")
    english = _rows(birch, "vouchers", "en")
    codes = _rows(birch, "vouchers", "zh", "?heads=names")
    assert len(chinese) == len(english) == len(codes) > 0
    for said, told, code in zip(chinese, english, codes, strict=True):
        assert said["状态"] == in_words("state", code["state"], "zh", of="vouchers")
        assert CJK.search(said["状态"])
        assert told["State"] == in_words("state", code["state"], "en", of="vouchers")
        assert said["逾期"] == {"yes": "是", "no": "否"}[code["is_overdue"]]
        assert said["金额"] == told["Amount"] == code["amount"]
