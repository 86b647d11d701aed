"""What a run of the state machine has covered."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Tally"]


@dataclass(slots=True)
class Tally:
    """Counts over all examples."""

    examples: int = 0
    steps: int = 0
    full_checks: int = 0
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)

    def count(self, verb: str, code: str | None) -> None:
        """Count one step by what became of it."""
        self.steps += 1
        if code is None:
            self.accepted[verb] += 1
        else:
            self.refused[verb, code] += 1

    @property
    def accepted_share(self) -> float:
        """The part of all steps that was accepted."""
        return self.accepted.total() / max(self.steps, 1)

    @property
    def codes(self) -> Counter[str]:
        """Refusals by code alone."""
        totals: Counter[str] = Counter()
        for (_, code), count in self.refused.items():
            totals[code] += count
        return totals

    def lines(self) -> list[str]:
        """The counts as lines of text."""
        lines = [
            f"{self.examples} examples, {self.steps} steps, {self.accepted_share:.1%} accepted,"
            f" {self.full_checks} full checks"
        ]
        for verb in sorted({*self.accepted, *(verb for verb, _ in self.refused)}):
            codes = {code: n for (other, code), n in sorted(self.refused.items()) if other == verb}
            shown = ", ".join(f"{code} {n}" for code, n in codes.items()) or "nothing refused"
            lines.append(f"{verb}: {self.accepted[verb]} accepted; {shown}")
        lines.append("refusals by code: " + ", ".join(f"{c} {n}" for c, n in self.codes.items()))
        lines.append("situations: " + ", ".join(f"{s} {n}" for s, n in self.situations.items()))
        return lines
