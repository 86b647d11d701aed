"""Labels are read by people at terminals: what is not to be seen is refused at the door."""

from typing import Any

import pytest

from tests.api.world import Person

HIDDEN = ("\x1b[2J", "\x9b2J", "a\nb", "a\tb", "\x7f", "a\u202eb", "\u2066", "\u200b",
          "a\u2028b", "\ufeff", "\xa0")  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "/v1/api-keys": {"scopes": ["read"]},
    "/v1/webhooks": {"url": "https://example.com/visible"},
}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("label", HIDDEN, ids=ascii)
def test_label_that_is_not_to_be_seen_is_refused(birch: Person, path: str, label: str) -> None:
    answer = birch.post(f"{path}?dry_run=true", {**BODIES[path], "label": label})
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault == {"pointer": "/label", "detail": "must be one line of visible characters."}


@pytest.mark.parametrize("path", BODIES)
@pytest.mark.parametrize("label", ["Treasury – ERP №2", "司库\u3000系统", "é 😀"])
def test_label_in_words_is_taken(birch: Person, path: str, label: str) -> None:
    answer = birch.post(f"{path}?dry_run=true", {**BODIES[path], "label": label})
    assert answer.status_code == 200, answer.text
