"""A body of the right form for each operation, with one id in it as a test wants it."""

from collections.abc import Mapping
from typing import Any, Final

from api.verbs import QUOTES, VERBS, Beside
from docs.samples import sample
from ledger.chain.typed_data import Domain, typed_data
from ledger.model.commands import COMMANDS
from ledger.model.plain import moment_text, plain_of, struct_of
from tests.api.asked import Place, kind_of
from tests.api.crowd import OTHER, Crowd
from tests.cast import CHECKER, MAKER, Member, named

__all__ = ["GIVEN", "OTHERS", "PREPARED", "SUBMITTED", "draft", "form", "given", "put"]

SUBMITTED: Final = {one.name: one for one in VERBS.values()}
PREPARED: Final = {one.prepare_name: one for one in (*VERBS.values(), *QUOTES.values())}
GIVEN: Final = {f"give{name}": name for name in QUOTES if name != "CostShareOffer"}
"""By operationId."""
OTHERS: Final[Mapping[str, Any]] = {
    "askChallenge": {"participant": 1, "signer": 0},
    "signIn": {
        "participant": 1,
        "signer": 0,
        "challenge": "0x" + "11" * 32,
        "signature": "0x" + "22" * 65,
    },
    "settle": {"vouchers": ["V-1.1"]},
    "lapse": {"payable": "P-1"},
    "applyUnapplied": {"payable": "P-1"},
    "makeFinancingRequest": {"voucher": "V-1.1", "kinds": ["redemption"], "asked": [1]},
    "previewImport": {"settlement_bank": 6},
    "lookUpParticipant": {"uscc": "91350100M000100Y43"},
    "putProfile": {"uscc": ""},
}
"""Of operations that take no signed command."""
_NONCE: Final = "123456789012345678901234567890"
_PROOF: Final = "0x" + "ab" * 65
_FALSE: Final[Mapping[Beside, Any]] = {
    Beside.PROOF: _PROOF,
    Beside.PROOFS: [_PROOF, _PROOF],
    Beside.FINGERPRINTS: ["0x" + named("invoice 1").hex()],
}
_BESIDE: Final = {
    Beside.COST_SHARE: "cost_share",
    Beside.COSIGNED: "cosigned",
    Beside.SECOND_COSIGNED: "second_cosigned",
    Beside.PROOF: "proof",
    Beside.PROOFS: "proofs",
    Beside.FINGERPRINTS: "fingerprints",
}
"""By which name it goes; a quote is a quote."""


def put(draft: Any, place: Place, value: Any) -> None:
    """Put a value where a place leads."""
    for step in place[:-1]:
        draft = draft[0 if step == "[]" else step]
    draft[0 if place[-1] == "[]" else place[-1]] = value


def draft(crowd: Crowd, command: str, member: Member) -> dict[str, Any]:
    """The plain form of a command of a member's, about what is its own where it has some."""
    plain = plain_of(sample(COMMANDS[command]))
    for name in plain:
        kind = kind_of(name) or ""
        if kind in OTHER:
            plain[name] = (crowd.whose(kind, member.name) or [OTHER[kind]])[-1]
    later = moment_text(crowd.world.cast.ledger.now + 900)
    return {**plain, "participant": member.id, "nonce": _NONCE, "deadline": later}


def form(crowd: Crowd, operation: str, member: Member, place: Place, value: Any) -> Any:
    """What a member posts for a verb, with a value at a place of the command or beside it."""
    verb = SUBMITTED[operation]
    plain = draft(crowd, verb.command, member)
    if place[0] == "message":
        put(plain, place[1:], value)
    posted = _signed(crowd, verb.command, plain, member)
    for one in verb.beside:
        posted[_BESIDE.get(one, "quote")] = _beside(crowd, one, plain, posted, place, value)
    if len(place) == 1 or place[0] == "fingerprints":
        put(posted, place, value)
    return posted


def given(crowd: Crowd, operation: str, member: Member, place: Place, value: Any) -> Any:
    """What a member posts as a quote on a request."""
    plain = draft(crowd, GIVEN[operation], member)
    if place[0] == "message":
        put(plain, place[1:], value)
    [request] = crowd.own["request"]
    posted = _signed(crowd, GIVEN[operation], plain, member)
    return {**posted, "request": value if place == ("request",) else request}


def _beside(
    crowd: Crowd, one: Beside, taken: Mapping[str, Any], posted: Any, place: Place, value: Any
) -> Any:
    """What goes beside a command; signatures of others than members of the cast are false."""
    if one in (Beside.COSIGNED, Beside.SECOND_COSIGNED):
        return posted["approvals"]
    if one in _FALSE:
        return _FALSE[one]
    cast = crowd.world.cast
    name = _BESIDE.get(one, "quote")
    command = "CostShareOffer" if one is Beside.COST_SHARE else one.value
    giver = cast.acme if command in ("CostShareOffer", "RedemptionQuote") else cast.delta
    plain = draft(crowd, command, giver)
    shared = {field: taken[field] for field in plain if field in taken and field != "participant"}
    plain |= {**shared, "nonce": f"9{_NONCE}"}
    if "taker" in plain:
        plain["taker"] = taken["participant"]
    if place[:2] == (name, "message"):
        put(plain, place[2:], value)
    return _signed(crowd, command, plain, giver)


def _signed(crowd: Crowd, command: str, plain: Mapping[str, Any], member: Member) -> dict[str, Any]:
    deployment, struct = crowd.world.service.deployment, struct_of(COMMANDS[command], plain)
    domain = Domain.of(deployment.chain_id, deployment.address(struct.desk))
    approvals = [
        {"signer": one[0], "signature": "0x" + one[1:].hex()}
        for one in member.sign_by(struct, MAKER, CHECKER).approvals
    ]
    return {"message": typed_data(struct, domain)["message"], "approvals": approvals}
