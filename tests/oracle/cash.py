"""Cash: a journal of payments between parties, from which every net position is summed."""

from dataclasses import dataclass, field

__all__ = ["Cash", "Flow"]


@dataclass(frozen=True, slots=True)
class Flow:
    """One payment of one party to another, why, and about which payable."""

    reason: str
    payable: str
    payer: str
    payee: str
    amount: int


@dataclass(slots=True)
class Cash:
    """What every party has received less what it has paid."""

    net: dict[str, int]
    flows: list[Flow] = field(default_factory=list)

    def pay(self, flow: Flow) -> None:
        """Move money; money never flows backwards."""
        if flow.amount < 0:
            raise AssertionError(f"negative payment: {flow}")
        self.net[flow.payer] -= flow.amount
        self.net[flow.payee] += flow.amount
        self.flows.append(flow)
