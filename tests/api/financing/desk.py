"""The financing desk from its parties' sides: asking, quoting, comparing, taking."""

import csv
import io
import secrets
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineWorkbook

from api.sheets import _text as text_of
from tests.api.world import People, Person, World
from tests.views_scenario import Acts

__all__ = ["NOTICE", "Desk", "text_of", "told"]

NOTICE = "0x" + "01" * 32
DEFAULTS: dict[str, dict[str, Any]] = {
    "sale": {"rate": "0.0385", "recourse": False, "registration": NOTICE},
    "pledge": {
        "rate": "0.045",
        "advance": "800.00",
        "ltv": "0.9",
        "due": "2026-08-28",
        "registration": NOTICE,
    },
    "redemption": {"rate": "0.03"},
}


def told(answer: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]


@dataclass(slots=True)
class Desk:
    """Requests and quotes as people make them at the door."""

    world: World
    person: People
    _spare: dict[str, str] = field(default_factory=dict)

    @property
    def acts(self) -> Acts:
        made = Acts(self.world.cast)
        made.count = secrets.randbelow(10**9)
        return made

    def voucher(self, face: int = 10_000_00) -> str:
        """A fresh voucher of Birch's."""
        root = self.acts.issue(face)
        self.world.follow()
        return f"V-{root >> 32}.{root & 0xFFFFFFFF}"

    def spare(self, name: str = "") -> str:
        """A voucher of Birch's for requests that come to nothing; each name is one voucher."""
        if name not in self._spare:
            self._spare[name] = self.voucher()
        return self._spare[name]

    def ask(self, holder: Person, voucher: str, *, key: str = "", **more: Any) -> Any:
        """The answer to a request."""
        asked = {"kinds": ["sale", "pledge", "redemption"], "asked": [1, 4, 5], **more}
        body = {"voucher": voucher, **asked}
        key = key or secrets.token_hex(8)
        return holder.post("/v1/financing-requests", body, idempotency_key=key)

    def asked(self, holder: Person, voucher: str, **more: Any) -> Any:
        """A request that was taken in."""
        answer = self.ask(holder, voucher, **more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def draft(self, request: Any, kind: str, **more: Any) -> dict[str, Any]:
        """The plain form of a quote that fits a request."""
        names = ("voucher", "start", "end", "amount")
        fitting = {name: request[name] for name in names}
        return {"taker": request["holder"], **fitting, **DEFAULTS[kind], **more}

    def signed(self, giver: Person, request: Any, kind: str, **more: Any) -> Any:
        """The signed form of a quote."""
        form = giver.signed(f"/v1/quotes/{kind}", **self.draft(request, kind, **more))
        return {**form, "request": request["id"]}

    def post(self, giver: Person, kind: str, form: Any, *, key: str = "") -> Any:
        """The answer to a signed quote."""
        key = key or secrets.token_hex(8)
        return giver.post(f"/v1/quotes/{kind}", form, idempotency_key=key)

    def give(self, giver: Person, request: Any, kind: str = "sale", **more: Any) -> Any:
        """A quote that was taken in."""
        answer = self.post(giver, kind, self.signed(giver, request, kind, **more))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def file(self, reader: Person, request: Any, more: str, kind: str = "csv") -> list[list[Any]]:
        """The rows of a file about a request, in codes."""
        path = f"/v1/exports/financing-requests/{request['id']}{more}?format={kind}&heads=names"
        answer = reader.get(path)
        assert answer.status_code == 200, answer.text
        if kind == "csv":
            return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        return book.get_sheet_by_index(0).to_python()[1:]

    def take(self, taker: Person, quote: Any, **more: Any) -> Any:
        """The operation that takes a quote, relayed and read."""
        prepared = taker.post(f"/v1/quotes/{quote['id']}/take/typed-data", more)
        assert prepared.status_code == 200, prepared.text
        made = prepared.json()
        body = {**taker.sign(made), "quote": made["quote"]}
        answer = taker.post(made["submit_to"], body, idempotency_key=secrets.token_hex(8))
        assert answer.status_code == 202, answer.text
        self.world.turn()
        return taker.get(f"/v1/operations/{answer.json()['id']}").json()

    def read(self, reader: Person, request: Any, more: str = "") -> Any:
        """A request as somebody sees it."""
        answer = reader.get(f"/v1/financing-requests/{request['id']}{more}")
        assert answer.status_code == 200, answer.text
        return answer.json()
