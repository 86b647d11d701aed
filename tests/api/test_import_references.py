"""What names something in a file, a reference or a party, is one thing at every step."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

import pytest

from tests.api.test_imports import approvals, previewed, rows
from tests.api.world import Person, World, directory_of
from tests.cast import CHECKER, MAKER

ALIKE: Final = (
    ("{}-1-12", "{}-11-2"),
    ("{}/2027/1/12", "{}/2027/11/2"),
    ("{}.1", "{}1"),
    ("{} 1", "{}1"),
    ("{}--", "{}.."),
    ("{}·一", "{}一"),
    ("{}①", "{}1"),
)
"""Two references that look alike."""
SAME: Final = (
    ("{}-1", "{}－１"),
    ("{}-d/2", "{}-Ｄ／２"),
    ("{} k 3", "{}　K　 ３"),
    ("{}-ﾌﾞ", "{}-ブ"),
    ("{}-é", "{}-e\u0301"),
)
"""One reference, spelled in two ways."""


def _issue(acme: Person, reference: str) -> Any:
    """Issue a payable by itself, under a reference."""
    path, terms = "/v1/payables/issue", {"bank": 6, "maturity": "2026-08-28"}
    terms |= {"to": 2, "face": "75.00", "evidence": "0x" + "11" * 32, "invoices": []}
    body = acme.signed(path, **terms) | {"external_reference": reference}
    return acme.post(path, body, idempotency_key=secrets.token_hex(8))


@pytest.fixture(autouse=True)
def _recorded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service with records, by which claimed references are found."""
    monkeypatch.setattr(world.service, "directory", directory_of(world))


def _pairs(pairs: Sequence[tuple[str, str]]) -> tuple[list[str], list[str]]:
    """Both halves of each pair, and nothing of it in another pair or another test."""
    marks = [secrets.token_hex(4) for _ in pairs]
    return (
        [one.format(mark) for mark, (one, _) in zip(marks, pairs, strict=True)],
        [other.format(mark) for mark, (_, other) in zip(marks, pairs, strict=True)],
    )


def _file(acme: Person, references: Sequence[str]) -> str:
    return previewed(acme, *(row for one in references for row in rows(1, 业务编号=one)))


def _ready(acme: Person, path: str, choice: str = "all") -> Any:
    """What is to be signed; it is tried before, and is the same."""
    tried = acme.post(f"{path}/typed-data?dry_run=true", {"choice": choice})
    assert tried.status_code == 200, tried.text
    made = acme.post(f"{path}/typed-data", {"choice": choice})
    assert made.status_code == 200, made.text
    return made.json()


def _found(acme: Person, path: str, **asked: str) -> list[Any]:
    answer = acme.get(path, params={"limit": "200", **asked})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["data"]
    return found


def _codes(acme: Person, path: str) -> list[list[str]]:
    """The codes of each row's findings that keep it from being issued."""
    told: Sequence[Any] = acme.get(f"{path}/rows?limit=200").json()["data"]
    return [[one["code"] for one in row["findings"] if one["is_error"]] for row in told]


class TestReferences:
    def test_that_look_alike_are_two_from_preview_to_signing(self, acme: Person) -> None:
        """Found by review: what was previewed as valid broke a constraint, and said 500."""
        one, other = _pairs(ALIKE)
        path = _file(acme, one + other)
        assert _codes(acme, path) == [[]] * 2 * len(ALIKE)
        assert _ready(acme, path)["typed_data"]["message"]["count"] == 2 * len(ALIKE)

    def test_spelled_in_two_ways_are_found_before_anything_is_signed(self, acme: Person) -> None:
        one, other = _pairs(SAME)
        path = _file(acme, one + other)
        assert _codes(acme, path) == [[]] * len(SAME) + [["ReferenceRepeated"]] * len(SAME)
        refused = acme.post(f"{path}/typed-data", {"choice": "all"})
        assert (refused.status_code, refused.json()["code"]) == (409, "RowsInvalid")
        made = _ready(acme, path, "valid")
        assert made["typed_data"]["message"]["count"] == len(SAME)

    def test_that_look_alike_are_two_in_two_files(self, acme: Person) -> None:
        for references in _pairs(ALIKE):
            path = _file(acme, references)
            assert _codes(acme, path) == [[]] * len(ALIKE)
            _ready(acme, path)

    def test_of_another_file_are_taken_however_they_are_spelled(self, acme: Person) -> None:
        one, other = _pairs(SAME)
        _ready(acme, _file(acme, one))
        assert _codes(acme, _file(acme, other)) == [["ReferenceUsed"]] * len(SAME)

    def test_that_look_alike_are_not_found_by_one_another(self, acme: Person) -> None:
        one, other = _pairs(ALIKE)
        path = _file(acme, one)
        _ready(acme, path)
        for asked, count in ((one, 1), (other, 0)):
            for reference in asked:
                assert len(_found(acme, "/v1/imports", external_reference=reference)) == count
                assert len(_found(acme, f"{path}/rows", reference=reference)) == count

    def test_are_found_however_they_are_spelled(self, acme: Person) -> None:
        one, other = _pairs(SAME)
        path = _file(acme, one)
        _ready(acme, path)
        for reference in one + other:
            assert len(_found(acme, "/v1/imports", external_reference=reference)) == 1
            assert len(_found(acme, f"{path}/rows", reference=reference)) == 1


class TestParties:
    @pytest.mark.parametrize(("supplier", "bank"), [("２", "６"), ("　２ ", "６　")])
    def test_named_by_numbers_in_full_width_are_read(
        self, acme: Person, supplier: str, bank: str
    ) -> None:
        path = previewed(acme, *rows(1, 供应商=supplier, 清算行=bank))
        [row] = acme.get(f"{path}/rows").json()["data"]
        assert (row["supplier"], row["settlement_bank"], row["findings"]) == (2, 6, [])

    @pytest.mark.parametrize("supplier", ["②", "²", "٢"])
    def test_named_by_marks_that_are_no_digits_are_not(self, acme: Person, supplier: str) -> None:
        path = previewed(acme, *rows(1, 供应商=supplier))
        assert _codes(acme, path) == [["NotInDirectory"]]


class TestTexts:
    """Found by review: a file carried references that no filter and no command took."""

    def test_of_a_file_find_what_came_of_it(self, acme: Person, world: World) -> None:
        text = "采购 2027-001（三）"
        path = _file(acme, [text, "采购 2027-0013"])
        prepared = _ready(acme, path)
        signed = acme.post(f"{path}/signatures", approvals(acme, prepared, MAKER, CHECKER))
        assert signed.status_code in (200, 202), signed.text
        for _ in range(4):
            world.turn()
            world.service.imports.issuing.step()  # type: ignore[union-attr]
        [row] = _found(acme, f"{path}/rows", reference=text)
        for asked in (text, "采购　2027－001（三）"):
            [payable] = _found(acme, "/v1/payables", external_reference=asked)
            assert payable["id"] == row["payable"]
            [batch] = _found(acme, "/v1/batches", external_reference=asked)
            assert batch["digest"] == prepared["digest"]
            [one] = _found(acme, "/v1/imports", external_reference=asked)
            assert path.endswith(one["id"])
            events = _found(acme, "/v1/events", external_reference=asked)
            assert events == _found(acme, "/v1/events", payable=row["payable"]) != []

    def test_of_a_command_are_kept_and_found(self, acme: Person, world: World) -> None:
        mark = secrets.token_hex(4)
        text, other = f"采购 {mark}-1-1", f"采购 {mark}-11"
        answer = _issue(acme, f" 采购　 {mark}-1-1 ")
        assert answer.status_code == 202, answer.text
        assert answer.json()["external_reference"] == text
        world.turn()
        for path in ("operations", "payables", "events"):
            assert _found(acme, f"/v1/{path}", external_reference=text.upper()), path
            assert not _found(acme, f"/v1/{path}", external_reference=other), path
        path = _file(acme, [text, other])
        assert _codes(acme, path) == [["ReferenceUsed"], []]

    @pytest.mark.parametrize("text", ["PO\u202e1", "PO\n1", "PO\ue0001", "\u3000", ""])
    def test_that_cannot_be_seen_are_refused(self, acme: Person, text: str) -> None:
        answer = _issue(acme, text)
        assert (answer.status_code, answer.json()["code"]) == (422, "RequestInvalid")
        assert answer.json()["errors"] == [
            {
                "pointer": "/external_reference",
                "detail": "must be one line of 1 to 64 visible characters.",
            }
        ]
