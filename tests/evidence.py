"""What a run has shown, kept for the evidence page: counts, seeds and seconds, by its parts.

Each campaign has a file in build/assurance. Its parts may be written by tests that run at the same
time in other processes; `python -m tests.evidence forgeries` prints the sums.
"""

import fcntl
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from ledger.chain.artifacts import code_fingerprint

__all__ = ["ASSURANCE", "parts", "record", "seed_of", "total"]

ASSURANCE: Final = Path(__file__).parents[1] / "build" / "assurance"


def record(campaign: str, part: str, result: Mapping[str, Any]) -> None:
    """Write the result of one part of a campaign, and the contracts it is about, in place of an
    older one."""
    ASSURANCE.mkdir(parents=True, exist_ok=True)
    path = ASSURANCE / f"{campaign}.json"
    with (ASSURANCE / f".{campaign}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        parts = json.loads(path.read_text("utf-8"))["parts"] if path.exists() else {}
        parts[part] = {**result, "contracts": code_fingerprint()}
        written = {"totals": total(parts.values()), "parts": dict(sorted(parts.items()))}
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(written, indent=1, sort_keys=True) + "\n", "utf-8")
        draft.replace(path)


def parts(campaign: str) -> dict[str, Any]:
    """What is kept of a campaign about the contracts that ship."""
    kept = json.loads((ASSURANCE / f"{campaign}.json").read_text("utf-8"))["parts"]
    shipped = code_fingerprint()
    return {part: one for part, one in kept.items() if one["contracts"] == shipped}


def total(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sum of what was counted; seeds and names are none."""
    sums: dict[str, Any] = {}
    for part in parts:
        for name, value in part.items():
            if isinstance(value, dict):
                sums[name] = total([sums.get(name, {}), value])
            elif isinstance(value, int | float) and name != "seed":
                sums[name] = round(sums.get(name, 0) + value, 1)
    return sums


def seed_of(default: int = 1) -> int:
    """The seed of a random run: `FENBOOK_SEED`, to run one again or another one."""
    return int(os.environ.get("FENBOOK_SEED", default))


def main(campaigns: Sequence[str]) -> None:
    """Print the sums of campaigns."""
    for campaign in campaigns:
        found = json.loads((ASSURANCE / f"{campaign}.json").read_text("utf-8"))["totals"]
        print(f"{campaign}: {json.dumps(found, indent=2)}")


if __name__ == "__main__":
    main(sys.argv[1:])
