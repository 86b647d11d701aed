"""The heads of files and of the shell's tables: words of the reader's language, each once."""

import re
from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI

from api.openapi import COLUMNS
from ledger.cli.resources import LISTS, PARTS
from ledger.model.heads import HEADS, head
from ledger.service.reconciliation.matters import MATTERS

CJK = re.compile(r"[\u4e00-\u9fff]")


def _problems(of: str, heads: Iterable[tuple[str, str, str]]) -> set[tuple[str, str]]:
    """Columns that say nothing, speak the other language, or say what another column says."""
    found, seen = set(), set()
    for name, english, chinese in heads:
        is_plain = english != name and not CJK.search(english) and CJK.search(chinese)
        if not is_plain or {english, chinese} & seen:
            found.add((of, name))
        seen |= {english, chinese}
    return found


def test_every_column_of_every_file_has_its_own_head_in_both_languages(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    files = {path: asked["get"] for path, asked in paths.items() if "/exports/" in path}
    assert len(files) > 30
    wrong = [
        _problems(path, ((one["name"], one["en"], one["zh"]) for one in asked[COLUMNS]))
        for path, asked in files.items()
    ]
    assert sorted(set().union(*wrong)) == []


def test_columns_of_tables_are_those_of_files() -> None:
    tables = {one.path: one.columns for one in (*LISTS.values(), *PARTS)}
    wrong = set()
    for path, columns in tables.items():
        of, names = path.rpartition("/")[2], [one.rpartition(".")[2] for one in columns]
        heads = [(one, head(one, "en", of=of), head(one, "zh", of=of)) for one in names]
        wrong |= _problems(path, heads)
    assert wrong == set()


def test_head_of_one_list_differs_from_the_others() -> None:
    for key, word in HEADS.items():
        name = key.rpartition(".")[2]
        assert key == name or word != HEADS.get(name), key


# Of pages, preparations and refusals, which commands read and tell in sentences of their own.
UNSHOWN = {
    *("as_of", "has_more", "next_after", "next_cursor", "is_whole", "params", "dry_run"),
    *("sentence", "fields", "value", "command", "typed_data", "check_code", "unnamed"),
    *("submit_to", "ends_in_seconds"),
}


def test_whatever_an_answer_holds_has_a_head_in_both_languages(app: FastAPI) -> None:
    told = app.openapi()
    schemas, wrong, seen = told["components"]["schemas"], set(), set()

    def walk(of: str, schema: Any) -> None:
        for part in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else [])):
            walk(of, part)
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and (of, name) not in seen:
            seen.add((of, name))
            for field, inner in schemas[name].get("properties", {}).items():
                if field not in UNSHOWN and not CJK.search(head(field, "zh", of=of)):
                    wrong.add((name, field))
                walk(field, inner)

    for path, methods in told["paths"].items():
        of = (path.rpartition("/{")[0] or path).rpartition("/")[2]
        for asked in methods.values():
            for status, answer in asked["responses"].items():
                content = answer.get("content", {}).get("application/json")
                if status.startswith("2") and content:
                    walk(of, content["schema"])
    assert len(seen) > 150
    assert sorted(wrong) == []


def test_matters_that_are_compared_have_words() -> None:
    wanted = {f"compared.{one.name}" for one in MATTERS}
    assert {key for key in HEADS if key.startswith("compared.")} == wanted
