"""Refusals as the text that stands with an operation, and back."""

import json
from typing import Any, Final

from ledger.chain.codec import decode_refusal
from ledger.model import errors
from ledger.model.canonical import canonical
from ledger.model.errors import DeadlinePassed, LedgerError, NonceUsed

__all__ = [
    "codes_of",
    "deadline_passed",
    "nonce_used",
    "reason_after",
    "refusal_before",
    "refusal_of",
    "refusal_text",
    "text_after",
    "text_of_reason",
]

_ENDINGS: Final = (DeadlinePassed.__name__, NonceUsed.__name__)
"""Refusals that only say that it is too late; what was wrong before says more."""

_ERRORS: Final = {
    name: found
    for name in errors.__all__
    if isinstance(found := getattr(errors, name), type) and issubclass(found, LedgerError)
}


def refusal_text(refusal: LedgerError) -> str:
    """A refusal as canonical JSON: its code and its values."""
    values = {name: _plain(value) for name, value in refusal.values.items()}
    return canonical({"code": refusal.code, "values": values})


def text_of_reason(reason: bytes) -> str:
    """The refusal that a revert's bytes say; the bytes themselves where no release knows them."""
    refusal = decode_refusal(reason)
    if refusal is not None:
        return refusal_text(refusal)
    return canonical({"code": "0x" + reason[:4].hex(), "data": "0x" + reason.hex()})


def refusal_of(text: str) -> LedgerError | None:
    """The refusal that a text stands for; None for one that this release does not know."""
    said: dict[str, Any] = json.loads(text)
    kind = _ERRORS.get(said["code"])
    if kind is None:
        return None
    return kind(**{name: _value(value) for name, value in said["values"].items()})


def codes_of(text: str) -> tuple[str, str | None]:
    """What a log tells of a refusal: its code, and that of the one before it that says more."""
    said: dict[str, Any] = json.loads(text)
    return said.get("code", ""), said.get("after", {}).get("code")


def text_after(text: str, before: str | None) -> str:
    """A refusal after another one; where it only says that it is too late, with the other beside.

    Of several before it, the last one that says more.
    """
    said = json.loads(text)
    earlier = None if before is None else json.loads(before)
    if earlier is not None and earlier["code"] in _ENDINGS:
        earlier = earlier.get("after")
    if earlier is None or said["code"] not in _ENDINGS:
        return text
    return canonical({**said, "after": earlier})


def reason_after(reason: bytes, before: str | None) -> str:
    """The refusal that a revert's bytes say, after another one."""
    return text_after(text_of_reason(reason), before)


def nonce_used(participant: int, nonce: int) -> str:
    """The end of an operation whose nonce another one has used."""
    return refusal_text(NonceUsed(participant=participant, nonce=nonce))


def deadline_passed(deadline: int, second: int, before: str | None) -> str:
    """The end of an operation whose time is over, after what was wrong before."""
    return text_after(refusal_text(DeadlinePassed(deadline=deadline, time=second)), before)


def refusal_before(text: str) -> LedgerError | None:
    """What was wrong before it was too late; None where nothing was."""
    earlier = json.loads(text).get("after")
    return None if earlier is None else refusal_of(canonical(earlier))


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | str) or value is None else str(value)


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    return value
