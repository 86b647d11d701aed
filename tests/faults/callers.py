"""Clients at a door whose service dies: they ask again, with the same key, until they are answered.

Each is a thread of a process of its own. What was answered is told at once; an answer that takes
back what another has said ends all of it.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.chain.keys import AccountKey
from ledger.model.structs import Command
from tests.faults.acts import signed
from tests.faults.lives import tell
from tests.faults.model_ledger import KEYS
from tests.faults.verdict import hold

__all__ = ["Answer", "Caller", "Town", "together", "until"]

_PATIENCE_SECONDS: Final = 90.0
"""For one answer, or for one thing to happen, however often the service dies meanwhile."""
_REST_SECONDS: Final = 0.02


@dataclass(frozen=True)
class Answer:
    """What the door said."""

    status: int
    body: Any
    is_replay: bool


@dataclass(frozen=True)
class Town:
    """Where the door is, and where to tell what it answered."""

    port: int
    told: int

    def tell(self, name: str, what: str) -> None:
        """Say what was answered."""
        tell(self.told, name, what)


@dataclass
class Caller:
    """Somebody who asks at the door, by a session or an API key."""

    town: Town
    participant: int
    secret: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    key: AccountKey | None = None
    """What signs; the participant's of the model where it is left out."""

    def sign_in(self) -> str:
        """Begin a session, and use it from now on; its id."""
        who = {"participant": self.participant, "signer": 0}

        def begun() -> Any:
            asked = self.ask("POST", "/v1/sign-in/challenge", who).body
            key = self.key or KEYS[self.participant]
            signature = key.sign(bytes.fromhex(asked["digest"][2:]))
            challenge = asked["typed_data"]["message"]["challenge"]
            said = {**who, "challenge": challenge, "signature": "0x" + signature.hex()}
            answer = self.ask("POST", "/v1/sign-in", said)
            return answer.body if answer.status == 201 else None

        made = until(begun, f"{self.participant} to be let in")
        self.secret = made["secret"]
        return str(made["id"])

    def ask(
        self, method: str, path: str, body: Any = None, *, key: str = "", content: bytes = b""
    ) -> Answer:
        """Ask until there is an answer that says what became of it."""
        heads = {"content-type": "text/csv" if content else "application/json", **self.more}
        if self.secret:
            heads["authorization"] = f"Bearer {self.secret}"
        if key:
            heads["idempotency-key"] = key
        data = content or (None if body is None else json.dumps(body).encode())

        def answered() -> Answer | None:
            try:
                found = self._once(method, path, data, heads)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                return None  # the service is dead, or has died in the middle of it
            is_busy = found.status in (429, 503) or _code(found) == "IdempotencyKeyBusy"
            hold(is_busy or found.status < 500, f"{method} {path}: {found}")
            return None if is_busy else found

        found: Answer = until(answered, f"an answer to {method} {path}")
        return found

    def done(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The same, of what must be done; an answer under a key is asked for twice."""
        found = self.ask(method, path, body, **options)
        hold(found.status < 300, f"{self.participant}, {method} {path}: {found}")
        if options.get("key"):
            again = self.ask(method, path, body, **options)
            hold(again.is_replay, f"{method} {path} was done twice: {again}")
            hold(again.body == found.body, f"{found.body} became {again.body}")
        return found.body

    def submit(self, command: Command, path: str, name: str) -> str:
        """Post a signed command; the operation that it was answered with."""
        [approval] = signed(command).approvals
        form = {
            "message": command.to_message(),
            "approvals": [{"signer": approval[0], "signature": "0x" + approval[1:].hex()}],
        }
        id_ = str(self.done("POST", path, form, key=name)["id"])
        self.town.tell(name, id_)
        return id_

    def ended(self, operation: str) -> Any:
        """An operation that was taken in, once it is done or refused."""

        def found() -> Any:
            made = self.done("GET", f"/v1/operations/{operation}")
            return made if made["state"] in ("done", "refused") else None

        return until(found, f"{operation} to end")

    def _once(self, method: str, path: str, data: bytes | None, heads: Mapping[str, str]) -> Answer:
        line = http.client.HTTPConnection("127.0.0.1", self.town.port, timeout=_PATIENCE_SECONDS)
        try:
            line.request(method, path, data, dict(heads))
            answer = line.getresponse()
            text = answer.read()
            is_replay = answer.headers.get("idempotent-replayed") == "true"
            return Answer(answer.status, json.loads(text) if text else None, is_replay)
        finally:
            line.close()


def together(scripts: Sequence[Callable[[], None]]) -> None:
    """Run scripts beside each other; raises what the first of them that failed raised."""
    failures: list[BaseException] = []

    def run(script: Callable[[], None]) -> None:
        try:
            script()
        except BaseException as failure:  # noqa: BLE001 -- raised once all have ended
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(one,), daemon=True) for one in scripts]
    for one in threads:
        one.start()
    while any(one.is_alive() for one in threads) and not failures:
        time.sleep(_REST_SECONDS)
    if failures:
        raise failures[0]


def _code(found: Answer) -> str:
    return str(found.body.get("code", "")) if isinstance(found.body, dict) else ""


def until(holds: Callable[[], Any], what: str) -> Any:
    """What is found at last; raises `Violated` where it is None for too long."""
    limit = time.monotonic() + _PATIENCE_SECONDS
    while (found := holds()) is None:
        hold(time.monotonic() < limit, f"nobody waits longer for {what}")
        time.sleep(_REST_SECONDS)
    return found
