"""Where lives end: which crash points each campaign kills at, and where no world comes to.

Tests compare this with the crash points of the service: a new one has to be given to a campaign
whose work comes there.
"""

from collections.abc import Mapping
from typing import Final

__all__ = [
    "CAMPAIGNS",
    "DOOR_POINTS",
    "EMBEDDED_POINTS",
    "HOUSE_POINTS",
    "NODE_POINTS",
    "NOT_IN_WORLDS",
    "OFFICE_POINTS",
    "RECORDS_POINTS",
]


def _points(*names: str) -> tuple[str, ...]:
    """The two crash points of each commit or call."""
    return tuple(f"{when} {name}" for name in names for when in ("before", "after"))


NODE_POINTS: Final = _points(
    *("claim", "accept", "simulate", "switch", "pack", "count", "send", "mark", "locate"),
    *("split", "release", "head", "fetch", "follow", "alarm", "rebuild", "take over"),
)
"""Over a node behind HTTP, which loses answers and blocks: the path of commands."""

EMBEDDED_POINTS: Final = _points(
    *("found", "claim", "journal", "accept", "pack", "send", "mark", "follow"),
)
"""On the embedded chain, with the real contracts: its founding, its journal, and again the path."""

OFFICE_POINTS: Final = _points(
    *("import", "desk", "quote", "run", "ask", "remind", "hook", "take", "post", "note"),
    *("accept", "switch", "release", "journal", "mark", "follow"),
    *("want comparison", "begin comparison", "continue comparison", "end comparison"),
)
"""In a payable's whole life: import, desk, scheduler, settlement, webhooks; and again the path."""

RECORDS_POINTS: Final = _points(
    *("records key", "profile", "memo", "reading", "rotate", "renew", "reseal"),
)
"""Over private records, while a shell renews their keys."""

DOOR_POINTS: Final = _points(
    *("seal", "sign in", "sign out", "key", "revoke", "log", "forget"),
    *("profile", "reading", "records key", "hook", "release"),
    *("accept", "simulate", "pack", "count", "send", "mark", "locate", "head", "fetch", "follow"),
)
"""Of a divided service, by what its clients ask for at the door: in it, and behind it."""

HOUSE_POINTS: Final = _points(
    *("begin answer", "end answer"),
    *("want comparison", "begin comparison", "continue comparison", "end comparison"),
    *("import", "hook", "take", "post", "note", "accept", "journal", "follow"),
)
"""Of a service on the embedded chain, by what its clients ask for at the door."""

CAMPAIGNS: Final[Mapping[str, tuple[str, ...]]] = {
    "node": NODE_POINTS,
    "embedded": EMBEDDED_POINTS,
    "office": OFFICE_POINTS,
    "records": RECORDS_POINTS,
    "door": DOOR_POINTS,
    "house": HOUSE_POINTS,
}
"""The crash points that each campaign of real deaths kills at, of its own work."""

NOT_IN_WORLDS: Final[Mapping[str, str]] = {
    "claim": "a world's parts are made without settings",
    "found": "no world has the embedded chain",
    "journal": "no world has the embedded chain",
    "import": "the model of the chain has deposits, no payables",
    "desk": "the model of the chain has deposits, no vouchers",
    "quote": "the model of the chain has deposits, no vouchers",
    "run": "the model of the chain has deposits, no payables",
    "ask": "the model of the chain has deposits, no vouchers",
    "remind": "the model of the chain has deposits, no payables",
    **dict.fromkeys(
        (
            "seal",
            "sign in",
            "sign out",
            "key",
            "revoke",
            "log",
            "forget",
            "begin answer",
            "end answer",
        ),
        "worlds have no door",
    ),
    **dict.fromkeys(
        ("renew", "rotate", "reseal", "profile", "memo", "reading"),
        "worlds have no records but the secrets of webhooks",
    ),
    **dict.fromkeys(
        ("want comparison", "begin comparison", "continue comparison", "end comparison"),
        "the model answers no questions about its records",
    ),
}
"""What simulated worlds never come to, and why."""
