"""Files of what is no list of views: events, webhooks and their messages, API keys."""

import csv
import io
import json
from typing import Any

import pytest

from tests.api.world import Person

HOOK = {"url": "https://erp.example.com/in", "label": "=erp"}


def _rows(person: Person, path: str) -> list[dict[str, str]]:
    mark = "&" if "?" in path else "?"
    answer = person.get(f"/v1/exports/{path}{mark}heads=names")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    text = answer.content.decode("utf-8-sig")
    [heads, *rows] = csv.reader(io.StringIO(text, newline=""))
    return [dict(zip(heads, row, strict=True)) for row in rows]


def _whole_feed(person: Person) -> list[Any]:
    found: list[Any] = []
    while True:
        after = found[-1]["seq"] if found else 0
        page = person.get(f"/v1/events?limit=200&after={after}").json()
        found += page["data"]
        if not page["has_more"]:
            return found


def test_events_are_those_of_the_feed(birch: Person) -> None:
    feed, rows = _whole_feed(birch), _rows(birch, "events")
    assert [one["seq"] for one in rows] == [str(one["seq"]) for one in feed]
    assert [json.loads(one["data"]) for one in rows] == [one["data"] for one in feed]
    behind = feed[9]["seq"]
    assert len(_rows(birch, f"events?after={behind}")) == len(feed) - 10
    kinds = {one["kind"] for one in _rows(birch, "events?kind=VoucherAccepted")}
    assert kinds == {"VoucherAccepted"}


def test_webhooks_and_their_messages_are_one_s_own(birch: Person, cedar: Person) -> None:
    made = birch.post("/v1/webhooks", HOOK).json()
    sent = birch.post(f"/v1/webhooks/{made['id']}/test", None).json()
    listed = birch.get("/v1/webhooks").json()
    rows = _rows(birch, "webhooks")
    assert [one["id"] for one in rows] == [one["id"] for one in listed["data"]]
    assert rows[0]["url"] == HOOK["url"]
    assert made["secret"] not in str(rows)
    assert made["id"] not in str(_rows(cedar, "webhooks"))
    path = f"webhooks/{made['id']}/deliveries"
    assert [one["id"] for one in _rows(birch, path)] == [sent["id"]]
    assert _rows(birch, f"{path}?state=delivered") == []
    answer = cedar.get(f"/v1/exports/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "ResourceUnknown")
    assert birch.get(f"/v1/exports/{path}?colour=red").status_code == 422


def test_keys_are_listed_without_their_secrets(birch: Person, cedar: Person) -> None:
    made = birch.post("/v1/api-keys", {"label": "export", "scopes": ["export", "read"]}).json()
    rows = _rows(birch, "api-keys")
    assert [one["id"] for one in rows] == [
        one["id"] for one in birch.get("/v1/api-keys").json()["data"]
    ]
    assert made["secret"] not in str(rows)
    assert made["id"] not in str(_rows(cedar, "api-keys"))
    headers = {"authorization": f"Bearer {made['secret']}"}
    answer = birch.client.get("/v1/exports/api-keys", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "ScopeMissing")


@pytest.mark.parametrize("path", ["webhooks", "api-keys", "events", "vouchers/V-1.1/lineage"])
def test_workbook_is_one_and_takes_no_other_parameter(birch: Person, path: str) -> None:
    answer = birch.get(f"/v1/exports/{path}?format=xlsx")
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")
    assert birch.get(f"/v1/exports/{path}?colour=red").status_code == 422
