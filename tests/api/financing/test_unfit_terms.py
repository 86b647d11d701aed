"""Terms that the ledger would carry out for nobody: refused at the desk, told where compared."""

from typing import Any

import pytest

from ledger.service.financing import desk as financing
from tests.api.financing.desk import Desk
from tests.api.world import People, Person


@pytest.mark.parametrize(
    ("kind", "terms", "code"),
    [
        ("sale", {"rate": "4.2"}, "BadTerms"),
        ("sale", {"rate": "0.360000001"}, "BadTerms"),
        ("redemption", {"rate": "0.37"}, "BadTerms"),
        ("pledge", {"rate": "4.2"}, "BadTerms"),
        ("pledge", {"advance": "0.00"}, "BadTerms"),
        ("pledge", {"due": "2026-01-05"}, "BadTerms"),
        ("pledge", {"ltv": "0"}, "BadTerms"),
        ("pledge", {"ltv": "1.1"}, "BadTerms"),
        ("pledge", {"advance": "9000.01"}, "CoverTooLow"),
    ],
)
def test_terms_that_the_ledger_carries_out_for_nobody(
    desk: Desk,
    birch: Person,
    person: People,
    kind: str,
    terms: Any,
    code: str,
) -> None:
    """A rate of 420 % was a firm quote, and with it the comparison failed with 500."""
    request = desk.asked(birch, desk.spare())
    giver = person("Acme" if kind == "redemption" else "Delta Bank")
    form = desk.signed(giver, request, kind, **terms)
    assert desk.post(giver, kind, form).json()["code"] == code
    assert all(not one["quotes"] for one in desk.read(birch, request)["answers"])


def test_quote_that_nobody_can_take_hides_no_other(
    desk: Desk, birch: Person, delta: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = desk.asked(birch, desk.voucher())
    good = desk.give(delta, request)
    monkeypatch.setattr(financing, "require_terms", lambda *_, **__: None)
    bad = desk.give(delta, request, rate="4.2")
    compared = desk.read(birch, request, "/comparison")["data"]
    codes = {one["quote"]: (one["refusal"] or {}).get("code") for one in compared}
    assert codes == {good["id"]: None, bad["id"]: "BadTerms"}
