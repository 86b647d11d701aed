"""What clients of a divided service do in a run: sign in, pay each other, keep house, look."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ledger.chain.rpc import RpcEndpoint
from ledger.model.commands import MoveDeposit
from ledger.model.structs import Command
from tests.faults.callers import Caller, Town, together
from tests.faults.model_ledger import BANK, OPERATOR, POISON, REGULATOR
from tests.faults.verdict import hold

__all__ = ["CONTACTS", "PARTIES", "POISONED", "READS", "DoorDay", "name_of"]

PARTIES: Final = (2, 3)
"""They keep house beside their payments."""
CONTACTS: Final = ("Lin", "Mei")
"""Who is to be called, before the change of a profile and after it."""
READS: Final = 4
POISONED: Final = 2
"""The giver of what can never be paid."""
_RECEIVER: Final = "https://receiver.invalid/fenbook"
_BLOCK_SECONDS: Final = 0.03
_FIRST_LOOK_SECONDS: Final = 0.1
"""After an answer, before what it says is looked at: by then it was stored, or is lost."""
_FAR_SECONDS: Final = 1_000
"""Behind the deadlines of all commands."""


def name_of(participant: int) -> str:
    """As it is recorded."""
    return f"Member {participant}"


@dataclass
class DoorDay:
    """A run's clients, in a process of their own."""

    town: Town
    node: str
    commands: Sequence[Command]
    funded: threading.Event = field(default_factory=threading.Event)
    is_parked: threading.Event = field(default_factory=threading.Event)
    operations: dict[str, tuple[Caller, str]] = field(default_factory=dict)
    """Who was answered with which operation, by the command's name."""

    def work(self) -> None:
        """Everybody at once; then, after all deadlines, whatever was asked for has ended."""
        control, over = RpcEndpoint(self.node), threading.Event()

        def mine() -> None:
            own = RpcEndpoint(self.node)
            while not over.wait(_BLOCK_SECONDS):
                own._ask("model_mine")
            own.close()

        miner = threading.Thread(target=mine)
        miner.start()
        try:
            together([self._bank, *(partial(self._party, one) for one in PARTIES),
                      self._operator, self._regulator])  # fmt: skip
            ends = {name: found for name, found in self.operations.items() if not _is_poison(name)}
            for name, (caller, operation) in ends.items():
                made = caller.ended(operation)
                hold(made["state"] == "done", f"{name} is {made}")
            control._ask("model_advance", _FAR_SECONDS)
            [(caller, operation)] = [
                found for name, found in self.operations.items() if _is_poison(name)
            ]
            made = caller.ended(operation)
            hold(made["refusal"] and made["refusal"]["detail"], f"nobody is told why: {made}")
        finally:
            over.set()
            miner.join()
            control.close()

    # ---- who does what

    def _bank(self) -> None:
        """Books the money that the others pay with."""
        caller = self._signed_in(BANK)
        issued = [self._submit(caller, number) for number in self._places(BANK)]
        time.sleep(_FIRST_LOOK_SECONDS)
        for one in issued:
            hold(caller.ended(one)["state"] == "done", f"{one} is not done")
        self.funded.set()

    def _party(self, participant: int) -> None:
        """Pays by an API key, and keeps house meanwhile."""
        session = self._signed_in(participant)
        together([partial(self._pay, session), partial(self._keep_house, session)])

    def _pay(self, session: Caller) -> None:
        caller = Caller(self.town, session.participant, self._key(session, "system"))
        _wait(self.funded)
        for number in self._places(session.participant):
            self._submit(caller, number)
        caller.done("GET", "/v1/deposits")

    def _keep_house(self, session: Caller) -> None:
        number = session.participant
        spare = Caller(self.town, number, self._key(session, "spare"))
        [id_] = [one["id"] for one in session.done("GET", "/v1/api-keys")["data"]
                 if one["label"] == "spare"]  # fmt: skip
        session.done("DELETE", f"/v1/api-keys/{id_}", key="revoke")
        self.town.tell(f"revoked-{number}", id_)
        hold(spare.ask("GET", "/v1/deposits").status == 401, "a key is good that was revoked")
        path = f"/v1/participants/{number}/profile"
        for contact in CONTACTS:
            reached = {"name": contact, "email": f"{contact.lower()}@member.example"}
            profile = {"name_en": name_of(number), "contacts": [reached]}
            session.done("PUT", path, profile, key=f"profile-{contact}")
            self.town.tell(f"profile-{number}-{contact}", "recorded")
        found = session.done("GET", path)["contacts"]
        hold([one["name"] for one in found] == [CONTACTS[-1]], f"contacts are {found}")
        hook = session.done("POST", "/v1/webhooks", {"url": _RECEIVER}, key=f"hook-{number}")
        self.town.tell(f"hook-{number}", hook["id"])
        other = Caller(self.town, number)
        other.sign_in()
        left = other.ask("DELETE", "/v1/sign-in").status
        hold(left in (204, 401), f"who signs out is told {left}")
        hold(other.ask("GET", "/v1/deposits").status == 401, "a session is good that has ended")

    def _operator(self) -> None:
        """Has what was set aside tried once more."""
        caller = self._signed_in(OPERATOR)
        _wait(self.funded)
        for number in self._places(OPERATOR):
            self._submit(caller, number)
        limit = time.monotonic() + 90
        while not (found := caller.done("GET", "/v1/operations?state=parked")["data"]):
            hold(time.monotonic() < limit, "nothing is set aside")
            time.sleep(0.05)
        released = caller.done("POST", f"/v1/operations/{found[0]['id']}/release", key="release")
        hold(released["state"] == "accepted", f"what is released is {released}")
        self.town.tell("release", found[0]["id"])

    def _regulator(self) -> None:
        """Looks, and says what for."""
        caller = self._signed_in(REGULATOR)
        for number in range(READS):
            caller.more = {"fenbook-purpose": f"case-{number}"}
            caller.done("GET", "/v1/deposits")
            self.town.tell(f"read-{number}", f"case-{number}")

    # ---- deeds

    def _signed_in(self, participant: int) -> Caller:
        caller = Caller(self.town, participant)
        self.town.tell(f"session-{participant}", caller.sign_in())
        return caller

    def _key(self, session: Caller, label: str) -> str:
        asked = {"label": label, "scopes": ["read", "submit"]}
        made = session.done("POST", "/v1/api-keys", asked, key=label)
        self.town.tell(f"key-{session.participant}-{label}", made["id"])
        return str(made["secret"])

    def _places(self, participant: int) -> list[int]:
        return [at for at, one in enumerate(self.commands) if one.participant == participant]

    def _submit(self, caller: Caller, number: int) -> str:
        command = self.commands[number]
        is_move = isinstance(command, MoveDeposit)
        is_poison = getattr(command, "purpose", b"") == POISON
        name = f"poison-{number}" if is_poison else f"command-{number}"
        path = "/v1/deposits/move" if is_move else "/v1/deposits/issue"
        self.operations[name] = caller, (id_ := caller.submit(command, path, name))
        return id_


def _is_poison(name: str) -> bool:
    return name.startswith("poison")


def _wait(event: threading.Event) -> None:
    hold(event.wait(90), "nothing was booked")
