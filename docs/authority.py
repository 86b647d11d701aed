"""What authority each command needs, read from the entry points of the contracts."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ledger.chain.calls import ENTRY_POINTS

__all__ = ["CONTRACTS", "Authority", "authority_of", "source"]

CONTRACTS: Final = Path(__file__).parents[1] / "contracts"

_CALL: Final = re.compile(
    r"\b(_authorise(?:StoppableToward|Stoppable|Payment|Answer|Regulator|Jointly|)|_act)\((.*?)\);",
    re.DOTALL,
)
_COMMITTED: Final = re.compile(
    r"\bcommand\.(face|total|amount|principal|release|advance|budget)\b|\b(sum)\b"
)
_LEVEL: Final = re.compile(r"Level\.(\w+)")

# Quotes and offers are authorised beside the command that takes them.
_BESIDE: Final = {
    "SaleQuote": "amount",
    "RedemptionQuote": "amount",
    "PledgeQuote": "advance",
    "CostShareOffer": "budget",
}


@dataclass(frozen=True, slots=True)
class Authority:
    """How many signers an act needs, what it commits, and whether it can be stopped."""

    level: str
    commits: str
    is_stoppable: bool


def authority_of(command: str) -> Authority:
    """The authority that the contracts ask for a command."""
    if command in _BESIDE:
        return Authority("Amount", _BESIDE[command], is_stoppable=True)
    helper, arguments = _first_call(_entry(command))
    committed = [one or two for one, two in _COMMITTED.findall(arguments)]
    last = committed[-1] if committed else ""
    commits = "the sum of its parts" if last == "sum" else last
    if helper.startswith("_authoriseStoppable"):
        return Authority("Amount", commits, is_stoppable=True)
    if helper == "_authoriseAnswer":
        return Authority("One", "", is_stoppable=re.search(r"\btrue\b", arguments) is not None)
    if helper == "_authorisePayment":
        return Authority("Amount", commits, is_stoppable=False)
    level = _LEVEL.search(arguments)
    return Authority(level[1] if level else "Highest", commits, is_stoppable=False)


@cache
def source() -> str:
    """All contracts, without their comments."""
    texts = (path.read_text("utf-8") for path in sorted(CONTRACTS.rglob("*.sol")))
    return "\n".join(re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL) for text in texts)


def _entry(command: str) -> str:
    """The body of the function that takes a command."""
    head = rf"function {ENTRY_POINTS[command]}\(\s*{command} calldata command\b.*?\n    }}\n"
    found = re.search(head, source(), re.DOTALL)
    if found is None:
        raise LookupError(f"no entry point takes {command}")
    return found[0]


def _first_call(body: str) -> tuple[str, str]:
    found = _CALL.search(body)
    if found is None:
        raise LookupError(f"no authority is asked for in {body[:60]!r}")
    return found[1], found[2]
