"""Where an act takes the word of others, each of them is asked, over the same digest."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ledger.chain.calls import Item, Signed
from ledger.model.commands import Command, SuspendParticipant
from ledger.model.errors import (
    CheckerMissing,
    InvalidSignature,
    LedgerError,
    ParticipantSuspended,
    SignerExpired,
    SignerRevoked,
    SignersTooFew,
    SignersUnordered,
)
from tests.cast import CHECKER, EXPIRED, MAKER, OTHER_MAKER, REVOKED, Cast, Member, named
from tests.contracts.act import Act, beside
from tests.contracts.campaign import relay_refused
from tests.contracts.office_acts import NEW_KEYS, OFFICE_ACTS, cosigned, proven

Word = Callable[[Command], tuple[bytes, ...]]

# Where the false word stands among what goes beside the command.
PLACES: dict[str, tuple[str, str, Callable[[Cast, Word], tuple[Any, ...]]]] = {
    "withdrawal": ("WithdrawDeposit", "settlement_bank", lambda _, word: (word,)),
    "rules": ("SetRules", "delta", lambda _, word: (word,)),
    "holidays": ("SetHolidays", "delta", lambda _, word: (word,)),
    "admission, first": (
        "AdmitParticipant",
        "delta",
        lambda cast, word: (word, cosigned(cast.echo), proven(cast, *NEW_KEYS)),
    ),
    "admission, second": (
        "AdmitParticipant",
        "echo",
        lambda cast, word: (cosigned(cast.delta), word, proven(cast, *NEW_KEYS)),
    ),
    "recovery": ("ProposeRecovery", "delta", lambda cast, word: (word, proven(cast, *NEW_KEYS))),
    "version, first": ("AddVersion", "delta", lambda cast, word: (word, cosigned(cast.echo))),
    "version, second": ("AddVersion", "echo", lambda cast, word: (cosigned(cast.delta), word)),
}


def false_words(
    cast: Cast, asked: Member, command: Command
) -> dict[str, tuple[tuple[bytes, ...], type[LedgerError]]]:
    """What stands where the asked member's approvals should, and how it is refused."""

    def by(member: Member, *signers: int) -> tuple[bytes, ...]:
        return member.approvals(cast.ledger.digest(command), signers)

    another = replace(command, nonce=command.nonce + 1)
    return {
        "nobody": ((), SignersTooFew),
        "its maker alone": (by(asked, MAKER), SignersTooFew),
        "its checker alone": (by(asked, CHECKER), SignersTooFew),
        "its maker twice": (by(asked, MAKER, MAKER), SignersUnordered),
        "its signers unordered": (by(asked, CHECKER, MAKER), SignersUnordered),
        "its two makers": (by(asked, MAKER, OTHER_MAKER), CheckerMissing),
        "a revoked key of it": (by(asked, MAKER, REVOKED), SignerRevoked),
        "an expired key of it": (by(asked, MAKER, EXPIRED), SignerExpired),
        "the operator": (by(cast.operator, MAKER, CHECKER), InvalidSignature),
        "another": (by(cast.birch, MAKER, CHECKER), InvalidSignature),
        "its word on another command": (asked.sign(another).approvals, InvalidSignature),
    }


@pytest.mark.parametrize("place", PLACES)
def test_no_false_word_of_a_cosigner_is_taken(cast: Cast, place: str) -> None:
    verb, name, words = PLACES[place]
    act, asked = OFFICE_ACTS[verb](cast), getattr(cast, name)
    false = false_words(cast, asked, act.command)
    items = [_with_word(cast, act, words, given) for given, _ in false.values()]
    refusals = relay_refused(cast, items)
    for (who, (_, error)), refusal in zip(false.items(), refusals, strict=True):
        assert type(refusal) is error, (who, refusal)
        assert refusal.values["participant"] == asked.id, who
    cast.ledger.carry_out(_with_word(cast, act, words, asked.sign(act.command).approvals))


def _with_word(
    cast: Cast, act: Act, words: Callable[..., tuple[Any, ...]], given: tuple[bytes, ...]
) -> Item:
    def word(_: Command) -> tuple[bytes, ...]:
        return given

    signed: Signed = act.signed()
    return beside(*words(cast, word))(signed)


# A suspended bank still pays out: nobody's money is held back.
@pytest.mark.parametrize("place", [place for place in PLACES if place != "withdrawal"])
def test_a_suspended_cosigner_has_no_word(cast: Cast, place: str) -> None:
    verb, name, _ = PLACES[place]
    act, asked = OFFICE_ACTS[verb](cast), getattr(cast, name)
    cast.operator.act(SuspendParticipant, subject=asked.id, suspended=True, reason=named("fraud"))
    [refusal] = relay_refused(cast, [act.item()])
    assert type(refusal) is ParticipantSuspended
    assert refusal.values == {"participant": asked.id}
