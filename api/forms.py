"""Models of what is sent for each command, made from the commands themselves.

A draft is the plain form; a message is what the signer's device shows, in its one canonical
spelling; a signed form is the message with the approvals and whatever its verb takes beside it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints, create_model

from api import shapes
from api.shapes import Given
from api.verbs import Beside, Verb
from ledger.model.commands import COMMANDS, Command, Struct
from ledger.model.meanings import Meaning
from ledger.model.once import once
from ledger.model.plain import DEFAULTED
from ledger.model.states import Duty, Role
from ledger.model.structs import Field as Member
from ledger.model.structs import fields_of

__all__ = ["Approval", "SignedForm", "draft_of", "message_of", "signed_form_of"]

LIST_MOST: Final = 512
SIGNERS_MOST: Final = 16
_SAFE_BITS: Final = 48

_Number = Annotated[int, Field(ge=0, le=2**32 - 1, examples=[3])]
_Word = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{64}$", max_length=66)]
_Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{40}$", max_length=42)]
_Bytes = Annotated[
    str, StringConstraints(pattern=r"^0x([0-9a-f]{2})*$", max_length=shapes.KEY_MOST)
]
_Roles = Annotated[
    list[Literal["issuer", "supplier", "bank", "settlement", "operator", "regulator"]],
    Field(min_length=1, max_length=len(Role)),
]
_Duties = Annotated[list[Literal["maker", "checker"]], Field(min_length=1, max_length=len(Duty))]
_Dates = Annotated[list[shapes.BusinessDate], Field(max_length=256)]

_PLAIN: Final[Mapping[Meaning, Any]] = MappingProxyType(
    {
        Meaning.PARTICIPANT: _Number,
        Meaning.PAYABLE: shapes.PayableName,
        Meaning.VOUCHER: shapes.VoucherName,
        Meaning.LOAN: shapes.LoanName,
        Meaning.AMOUNT: shapes.Amount,
        Meaning.POSITION: shapes.Position,
        Meaning.RATE: shapes.RateText,
        Meaning.DAILY_RATE: shapes.RateText,
        Meaning.SHARE: shapes.RateText,
        Meaning.MULTIPLIER: shapes.RateText,
        Meaning.DAY: shapes.BusinessDate,
        Meaning.SECOND: shapes.Moment,
        Meaning.NONCE: shapes.Digits,
        Meaning.ROLES: _Roles,
        Meaning.DUTIES: _Duties,
        Meaning.COMMITMENT: shapes.Hash,
        Meaning.ADDRESS: shapes.Account,
        Meaning.KEY: shapes.Hex,
        Meaning.FLAG: bool,
        Meaning.DAY_SET: _Dates,
    }
)


class Approval(Given):
    """One signer's approval of a command."""

    signer: int = Field(ge=0, le=254, description="The signer's number.", examples=[0])
    signature: shapes.Hex


Approvals = Annotated[list[Approval], Field(min_length=1, max_length=SIGNERS_MOST)]


class SignedForm(Given):
    """A command with its approvals."""

    message: Any
    approvals: Approvals


@once
def draft_of(kind: type[Struct]) -> type[Given]:
    """The plain form; a command's own participant, nonce and deadline may be left out."""
    is_command = issubclass(kind, Command)
    fields: dict[str, Any] = {}
    for member in fields_of(kind):
        annotation = _listed(member, _plain(member))
        if is_command and member.name in DEFAULTED:
            fields[member.name] = (annotation | None, None)
        else:
            fields[member.name] = (annotation, ...)
    name = f"{kind.__name__}Draft"
    return create_model(name, __base__=Given, __doc__=_said(kind), **fields)


@once
def message_of(kind: type[Struct]) -> type[Given]:
    """What the signer's device shows and signs."""
    fields: dict[str, Any] = {
        member.camel: (_listed(member, _canonical(member)), ...) for member in fields_of(kind)
    }
    return create_model(kind.__name__, __base__=Given, __doc__=_said(kind), **fields)


@once
def signed_form_of(verb: Verb) -> type[SignedForm]:
    """What is posted for a verb."""
    fields: dict[str, Any] = {"message": (message_of(COMMANDS[verb.command]), ...)}
    for one in verb.beside:
        name, annotation, default = _beside(one)
        fields[name] = (annotation, default)
    fields["external_reference"] = (
        shapes.Reference | None,
        None,
    )
    return create_model(
        f"Signed{verb.command}",
        __base__=SignedForm,
        __doc__=f"A signed {verb.command}.",
        **fields,
    )


@once
def _signed_quote_of(command: str) -> type[SignedForm]:
    return create_model(
        f"Signed{command}",
        __base__=SignedForm,
        __doc__=f"A signed {command}.",
        message=(message_of(COMMANDS[command]), ...),
    )


def _beside(one: Beside) -> tuple[str, Any, Any]:
    match one:
        case Beside.COST_SHARE:
            return "cost_share", _signed_quote_of("CostShareOffer") | None, None
        case Beside.COSIGNED:
            return "cosigned", Approvals, ...
        case Beside.SECOND_COSIGNED:
            some = Annotated[list[Approval], Field(max_length=SIGNERS_MOST)]
            return "second_cosigned", some, Field(default_factory=list)
        case Beside.PROOF:
            return "proof", shapes.Hex, ...
        case Beside.PROOFS:
            proofs = Annotated[list[shapes.Hex], Field(min_length=1, max_length=SIGNERS_MOST)]
            return "proofs", proofs, ...
        case Beside.FINGERPRINTS:
            hashes = Annotated[list[shapes.Hash], Field(max_length=64)]
            return "fingerprints", hashes, Field(default_factory=list)
        case _:
            return "quote", _signed_quote_of(one.value), ...


def _plain(member: Member) -> Any:
    if member.struct is not None:
        return draft_of(member.struct)
    if member.meaning is Meaning.SECOND and member.name == "expiry":
        return shapes.Moment | None
    if member.meaning in _PLAIN:
        return _PLAIN[member.meaning]
    return Annotated[int, Field(ge=0, le=2 ** min(member.bits, 53) - 1, examples=[1])]


def _canonical(member: Member) -> Any:
    if member.struct is not None:
        return message_of(member.struct)
    if member.bits > _SAFE_BITS:
        return shapes.Digits
    if member.bits:
        return Annotated[int, Field(ge=0, le=2**member.bits - 1)]
    return {"bool": bool, "bytes32": _Word, "address": _Address, "bytes": _Bytes}[member.item]


def _listed(member: Member, item: Any) -> Any:
    if not member.is_list:
        return item
    return Annotated[list[item], Field(max_length=LIST_MOST)]


def _said(kind: type[Struct]) -> str:
    return " ".join((kind.__doc__ or "").split())
