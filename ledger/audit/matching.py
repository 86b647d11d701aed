"""The events that a transaction left against those that its calls must leave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.audit.findings import Finding, Kind
from ledger.audit.scene import Effect
from ledger.chain.codec import Event

__all__ = ["Match", "key_of", "matched"]


@dataclass(frozen=True, slots=True)
class Match:
    """How two lists of events compare."""

    explained: tuple[int, ...]
    """Places of the effects that were found."""
    findings: tuple[Finding, ...]
    unexplained: int
    """Events that follow from no effect."""


def matched(
    events: Sequence[Event], effects: Sequence[Effect], name_of: Callable[[str], str]
) -> Match:
    """Pair events with effects of the same contract, name and values; their order is no claim."""
    waiting: dict[tuple[str, str, str], list[int]] = {}
    for place, effect in enumerate(effects):
        waiting.setdefault(key_of(effect), []).append(place)
    explained: list[int] = []
    odd: list[tuple[Event, bytes]] = []
    digest = b""
    for event in events:
        digest = event.values["digest"] if event.name == "CommandExecuted" else digest
        places = waiting.get(key_of(event))
        if places:
            explained.append(places.pop(0))
        else:
            odd.append((event, digest))
    left = sorted(place for places in waiting.values() for place in places)
    findings = [_odd(event, near, effects, left, name_of) for event, near in odd]
    if events:
        findings += [_missing(effects[place], events[0], name_of) for place in left]
    return Match(tuple(explained), tuple(findings), len(odd))


def _odd(
    event: Event,
    digest: bytes,
    effects: Sequence[Effect],
    left: list[int],
    name_of: Callable[[str], str],
) -> Finding:
    """An event without its effect: a changed one of the same kind, if one is left, else extra."""
    alike = [place for place in left if _same_kind(effects[place], event)]
    told: dict[str, Any] = {
        "block": event.block,
        "transaction": event.transaction,
        "index": event.index,
        "contract": name_of(event.contract),
        "subject": event.name,
        "digest": digest,
    }
    if not alike:
        return Finding(Kind.EXTRA, **told, actual=event.values)
    nearest = max(alike, key=lambda place: _likeness(effects[place], event))
    left.remove(nearest)
    wanted = effects[nearest].values
    names = [name for name, value in event.values.items() if wanted.get(name) != value]
    identifying = dict(list(event.values.items())[:1])
    return Finding(
        Kind.CHANGED,
        **told,
        expected={name: wanted.get(name) for name in names},
        actual={**identifying, **{name: event.values[name] for name in names}},
    )


def _missing(effect: Effect, event: Event, name_of: Callable[[str], str]) -> Finding:
    return Finding(
        Kind.MISSING,
        event.block,
        event.transaction,
        contract=name_of(effect.contract),
        subject=effect.name,
        expected=effect.values,
    )


def _same_kind(effect: Effect, event: Event) -> bool:
    return (effect.contract, effect.name) == (event.contract, event.name)


def _likeness(effect: Effect, event: Event) -> int:
    return sum(effect.values.get(name) == value for name, value in event.values.items())


def key_of(one: Event | Effect) -> tuple[str, str, str]:
    """What an event and its effect have in common: contract, name and values."""
    return one.contract, one.name, repr(sorted(one.values.items(), key=_name))


def _name(item: tuple[str, Any]) -> str:
    return item[0]
