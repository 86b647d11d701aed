"""The two routes of every verb: prepare its command, and submit it signed."""

from collections.abc import Callable
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api import shapes
from api.asking import PURPOSE, Preparer, log_read, submitter_of
from api.context import Context, context_of, parties_of
from api.forms import SignedForm, draft_of, message_of, signed_form_of
from api.languages import CONTENT_LANGUAGE
from api.look_ups import nameable
from api.openapi import FORM
from api.operations import Operation
from api.problems import scope_language
from api.router import refuse_unknown
from api.shapes import Given, Shape
from api.submitting import PARAMETERS, DryRun, is_dry, read_form, submit, try_out
from api.veil import claims_of
from api.verbs import QUOTES, VERBS, Verb
from ledger.chain.typed_data import Domain, digest, typed_data
from ledger.model.commands import COMMANDS, Command
from ledger.model.errors import LedgerError, ResourceUnknown
from ledger.model.figures import loan_name, payable_name, voucher_name
from ledger.model.glossary import Language
from ledger.model.meanings import Meaning
from ledger.model.plain import moment_text, plain_of, struct_of
from ledger.model.rendering import Names
from ledger.model.sentences import fields, sentence
from ledger.model.signing import check_code
from ledger.model.states import Role
from ledger.service.access import Subject

__all__ = ["add_preparations", "add_verbs", "prepared", "prepared_for"]

_NAMED: Final = MappingProxyType(
    {Meaning.VOUCHER: voucher_name, Meaning.PAYABLE: payable_name, Meaning.LOAN: loan_name}
)
_LOGGED_MOST: Final = 64
"""Of a command's parties and claims in the log of a regulator's reads."""
_DRY_RUN: Final = frozenset({"dry_run"})
"""What the address of a submission may ask for."""

DEADLINE_SECONDS = 15 * 60


class Row(Shape):
    """A signed field as people read it."""

    label: str = Field(examples=["Amount"])
    value: str = Field(examples=["CN¥400,000.00 (肆拾万元整)"])


class Prepared(Shape):
    """A command ready to be signed: what it says, and what its signers' devices show."""

    sentence: str = Field(examples=["Accept voucher V-1.1 of CN¥400,000.00"])
    fields: list[Row] = Field(description="Every signed field, in signing order.")
    command: dict[str, Any] = Field(description="The plain form, with every field.")
    typed_data: dict[str, Any] = Field(description="EIP-712, for eth_signTypedData_v4.")
    digest: shapes.Hash = Field(description="What is signed; the trace id from now on.")
    check_code: str = Field(description="The digest's first eight digits.", examples=["9f86d081"])
    deadline: shapes.Moment
    unnamed: list[shapes.ParticipantNumber] = Field(
        description="Parties whose names are left out on purpose: your look-ups are used up."
    )


def add_preparations(router: APIRouter, *commands: str) -> None:
    """Add the route that prepares each of some commands."""
    for name in commands:
        verb = VERBS.get(name) or QUOTES[name]
        router.add_api_route(
            f"{verb.path}/typed-data",
            _preparation(verb),
            methods=["POST"],
            operation_id=verb.prepare_name,
            summary=f"Prepare {name}",
            response_model=Prepared,
        )


def add_verbs(router: APIRouter, *commands: str) -> None:
    """Add the two routes of some verbs."""
    add_preparations(router, *commands)
    for name in commands:
        verb = VERBS[name]
        router.add_api_route(
            verb.path,
            _submission(verb),
            methods=["POST"],
            operation_id=verb.name,
            summary=f"Submit {name}",
            status_code=202,
            response_model=Operation,
            responses={200: {"model": Operation | DryRun, "description": "At its end, or dry."}},
            openapi_extra={FORM: name, "parameters": [*PARAMETERS, PURPOSE]},
        )


def _submission(verb: Verb) -> Callable[..., Any]:
    """The hot path: it reads its request itself, in a third of the framework's time."""
    form = signed_form_of(verb)

    async def post(request: Request) -> Response:
        subject = await submitter_of(request)
        refuse_unknown(request, _DRY_RUN)
        body = read_form(form, await request.body())
        if is_dry(request):
            await run_in_threadpool(_log_trial, request, subject, verb, body)
            return await try_out(request, verb, body, subject)
        return await submit(request, verb, body, subject)

    post.__doc__ = message_of(COMMANDS[verb.command]).__doc__
    return post


def _log_trial(request: Request, subject: Subject, verb: Verb, body: SignedForm) -> None:
    """What a regulator tries is told how it stands, and leaves no operation to be found by."""
    if not subject.roles & Role.REGULATOR:
        return
    about: dict[str, Any] = {}
    message: BaseModel = body.message
    with suppress(LedgerError):  # of a command that is none nothing is told
        about = _about(COMMANDS[verb.command].from_message(message.model_dump()))
    log_read(request, subject, about)


def _about(command: Command) -> dict[str, Any]:
    """Whom and what a command names, for the log of a regulator's reads."""
    claims = dict.fromkeys(_NAMED[meaning](one) for meaning, one in claims_of(command))
    parties = sorted(parties_of(command))
    return {"participants": parties[:_LOGGED_MOST], "claims": [*claims][:_LOGGED_MOST]}


def _preparation(verb: Verb) -> Callable[..., Any]:
    kind = COMMANDS[verb.command]
    draft = draft_of(kind)

    def prepare(request: Request, response: Response, body: Given, subject: Preparer) -> Prepared:
        language = scope_language(request.scope)
        response.headers["Content-Language"] = CONTENT_LANGUAGE[language]
        command = _filled(context_of(request), kind, body.model_dump(), subject)
        return prepared(request, command, subject)

    prepare.__annotations__["body"] = draft
    prepare.__doc__ = f"{draft.__doc__} Nothing is stored; the number and deadline may be yours."
    return prepare


def _filled(
    context: Context, kind: type[Command], plain: dict[str, Any], subject: Subject
) -> Command:
    """The command with what was left out: who acts, a number, a deadline."""
    if plain["participant"] is None:
        plain["participant"] = subject.participant
    if plain["participant"] != subject.participant:
        raise ResourceUnknown()
    if plain["nonce"] is None:
        plain["nonce"] = str(context.nonces.propose(subject.participant))
    if plain["deadline"] is None:
        plain["deadline"] = moment_text(context.service.now + DEADLINE_SECONDS)
    return struct_of(kind, plain)


def _numbered(names: Names) -> Names:
    """Names beside the numbers that are signed: a name alone is only what somebody recorded."""
    return {number: f"{name} ({number})" for number, name in names.items()}


def prepared(request: Request, command: Command, subject: Subject) -> Prepared:
    """A command as its signers read it."""
    context, language = context_of(request), scope_language(request.scope)
    parties = parties_of(command)
    told = nameable(request, subject, parties)
    log_read(request, subject, _about(command))
    names = context.names(told, subject, language, "sign")
    made = prepared_for(context, command, names, language)
    return made.model_copy(update={"unnamed": sorted(parties - told)})


def prepared_for(context: Context, command: Command, names: Names, language: Language) -> Prepared:
    """The same with names at hand."""
    deployment = context.service.deployment
    domain = Domain.of(deployment.chain_id, deployment.address(command.desk))
    hashed = digest(command, domain)
    return Prepared(
        sentence=sentence(command, _numbered(names), language),
        fields=[Row(label=one, value=value) for one, value in fields(command, names, language)],
        command=plain_of(command),
        typed_data=typed_data(command, domain),
        digest="0x" + hashed.hex(),
        check_code=check_code(hashed),
        deadline=moment_text(command.deadline),
        unnamed=[],
    )
