"""What names something in a file, a reference or a party, is one thing at every step."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.api.test_imports import previewed, rows
from tests.api.world import Person


def _codes(acme: Person, path: str) -> list[list[str]]:
    """The codes of each row's findings that keep it from being issued."""
    told: Sequence[Any] = acme.get(f"{path}/rows?limit=200").json()["data"]
    return [[one["code"] for one in row["findings"] if one["is_error"]] for row in told]


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
