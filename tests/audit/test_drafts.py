"""A draft is what it is a draft of, until it is written; the other one never knows."""

from collections import defaultdict
from collections.abc import MutableMapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from ledger.audit.drafts import Draft, drafted


@dataclass
class Leaf:
    numbers: list[int] = field(default_factory=list)


@dataclass
class Part:
    name: str
    leaves: dict[int, Leaf] = field(default_factory=dict)
    counts: defaultdict[int, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    seen: set[int] = field(default_factory=set)
    rows: list[Leaf] = field(default_factory=list)


def _act(on: MutableMapping[int, Leaf], act: int, key: int, value: int) -> Any:
    """One of the ways in which records are read and written; what it answers."""
    if act == 0:
        on[key] = Leaf([value])
    elif act == 1 and key in on:
        on[key].numbers.append(value)
    elif act == 2:
        return on.pop(key, None)
    elif act == 3:
        return on.setdefault(key, Leaf([value]))
    elif act == 4 and key in on:
        del on[key]
    elif act == 5:
        return on.get(key)
    elif act == 6 and isinstance(on, defaultdict | Draft):
        on[key].numbers.append(value)
    return (
        key in on,
        len(on),
        list(on) != [],
        sorted(on),
        sum(map(len, (one.numbers for one in on.values()))),
    )


@pytest.mark.parametrize("seed", range(40))
def test_answers_like_a_copy_and_leaves_the_other_alone(seed: int) -> None:
    chance = Random(seed)
    under: MutableMapping[int, Leaf] = defaultdict(Leaf) if seed % 2 else {}
    acts = range(7) if seed % 2 else range(6)
    for key in range(5):
        under[key] = Leaf([key])
    before, copy = deepcopy(under), deepcopy(under)
    draft: Draft[int, Leaf] = Draft(under)
    for _ in range(60):
        given = chance.choice(acts), chance.randrange(8), chance.randrange(100)
        assert _act(draft, *given) == _act(copy, *given)
    assert dict(draft) == dict(copy)
    assert under == before


def test_of_a_plain_mapping_has_no_values_of_its_own() -> None:
    draft: Draft[int, Leaf] = Draft({})
    for ask in (lambda: draft[1], lambda: draft.pop(1), lambda: draft.__delitem__(1)):
        with pytest.raises(KeyError):
            ask()


def test_of_a_record_shares_nothing_that_can_be_changed() -> None:
    part = Part("one", {1: Leaf([1])}, seen={1}, rows=[Leaf([2])])
    part.counts[3][4] = 5
    before = deepcopy(part)
    draft = drafted(part)
    draft.name = "two"
    draft.leaves[1].numbers.append(9)
    draft.counts[3][4] += 1
    draft.counts[7][7] = 7
    draft.seen.add(8)
    draft.rows[0].numbers.append(10)
    assert part == before
    assert (draft.leaves[1].numbers, draft.counts[3], draft.counts[7]) == ([1, 9], {4: 6}, {7: 7})
