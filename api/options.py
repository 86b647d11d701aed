"""What an installation may set about its door; the numbers are part of the documentation."""

from dataclasses import dataclass

from ledger.service.relaying.outbox import OVERDUE_SECONDS_MOST

__all__ = ["Options", "Rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many requests within how many seconds."""

    most: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Options:
    """Limits and places of the door. Sizes are bytes, times are seconds."""

    service: str = "fenbook"
    """The name under which it is reached; it is signed at each sign-in."""

    body_bytes: int = 256 * 1024
    """Of a JSON body; a transfer of 500 parts needs half of it."""
    body_depth: int = 12
    target_bytes: int = 4 * 1024
    """Of path and query together."""

    session_seconds: int = 3600
    challenge_seconds: int = 300
    idempotency_days: int = 35
    """How long a first answer is kept: over the end of a month."""

    per_address: Rate = Rate(120_000, 60)
    per_session: Rate = Rate(1_200, 60)
    per_key: Rate = Rate(60_000, 60)
    sign_in: Rate = Rate(30, 60)
    """Challenges and answers to them, by address and signer."""
    sign_in_address: Rate = Rate(300, 60)
    """The same of all signers at an address: a stranger who names many has no more."""
    export: Rate = Rate(30, 60)
    """By participant, whichever of its sessions and keys ask."""
    lookup: Rate = Rate(60, 60)
    """Of participants by their codes: enough to trade, too slow to list everybody."""

    batch_most: int = 256
    """Commands that are checked, simulated and stored together."""
    queue_most: int = 4_096
    """Commands that may wait for their batch; more are told to come again."""
    wait_most: int = 60
    """Longest `Prefer: wait`."""

    export_rows_most: int = 100_000
    exports_most: int = 2
    """Exports that are written at a time; more are told to come again."""
    streams_most: int = 200
    streams_each: int = 20
    """Of one participant: its share of those."""
    stream_seconds: int = 600
    """After which a stream ends, and its client comes again."""

    lag_blocks_most: int = 10
    """How far the views may be behind the chain while the service counts as ready."""
    outbox_seconds_most: int = OVERDUE_SECONDS_MOST
    """How long an operation may wait meanwhile to be sent, tried again or mined."""

    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of the proxies before it, whose word for a client's address counts."""
    metrics_networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128")
    """From where `/metrics` is answered; elsewhere, and by a proxy, it is not there."""
