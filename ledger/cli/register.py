"""Puts the commands of clients and operators on the command line, a group for each noun."""

import inspect
import re
from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from ledger.cli import (
    api_keys,
    commands,
    doctor,
    events,
    financing,
    import_steps,
    imports,
    keys,
    operating,
    parties,
    sign_in,
    statements,
    unsigned,
    webhooks,
)
from ledger.cli.acting import SIGNING_PARAMETERS, command_of
from ledger.cli.nouns import NOUNS
from ledger.cli.reading import exporter_of, lister_of, part_of, shower_of
from ledger.cli.resources import EXPORTS, LISTS, PARTS
from ledger.cli.verbs import VERBS
from ledger.model.glossary import Term

__all__ = ["register"]

_TOLD: Final = re.compile(r"(?P<first>.*?)(?:[;:] .*)? (?P<chinese>[\u4e00-\u9fff].*)\.")


def register(app: typer.Typer) -> None:
    """Add everything."""
    groups = {name: _group(app, name, text) for name, text in NOUNS.items()}
    _add_reading(groups)
    for verb in VERBS.values():
        groups[verb.noun].command(verb.word)(command_of(verb))
    _add_financing(groups)
    _add_imports(groups["import"])
    _add_following(groups)
    _add_own(app, groups)
    _add_operating(app, groups)
    for group in (app, *groups.values()):
        for command in group.registered_commands:
            command.short_help = _short_of(command.callback)


def _short_of(run: Callable[..., Any] | None) -> str:
    """What a command does, as its group's help lists it: the first clause, and its Chinese."""
    whole = " ".join((getattr(run, "__doc__", None) or "").split())
    told = _TOLD.fullmatch(whole)
    return whole if told is None else f"{told['first']} {told['chinese']}."


def _group(app: typer.Typer, name: str, text: Term) -> typer.Typer:
    made = typer.Typer(help=f"{text.en} {text.zh}.", no_args_is_help=True, rich_markup_mode=None)
    app.add_typer(made, name=name)
    return made


def _add_reading(groups: dict[str, typer.Typer]) -> None:
    for noun, resource in LISTS.items():
        groups[noun].command("list")(lister_of(resource))
        if resource.has_items:
            groups[noun].command("show")(shower_of(resource))
    for export in EXPORTS:
        groups[export.noun].command(export.word)(exporter_of(export))
    for part in PARTS:
        groups[part.noun].command(part.word)(part_of(part))


def _add_financing(groups: dict[str, typer.Typer]) -> None:
    for name in ("make", "withdraw", "refuse"):
        groups["request"].command(name)(getattr(financing, name))
    give = typer.Typer(
        help="Give a quote on a request 报价.", no_args_is_help=True, rich_markup_mode=None
    )
    groups["quote"].add_typer(give, name="give")
    for word in financing.QUOTES:
        give.command(word)(financing.giver_of(word))
    groups["quote"].command("take")(financing.take)
    groups["quote"].command("share-cost")(financing.share_cost)


def _add_imports(group: typer.Typer) -> None:
    for name in ("upload", "preview", "rows", "show", "wait"):
        group.command(name)(getattr(imports, name))
    for name in ("reopen", "cancel", "retry"):
        group.command(name)(getattr(import_steps, name))
    group.command("template")(imports.template)
    group.command("error-file")(imports.error_file)
    group.command("sign")(_signer_of_imports())


def _signer_of_imports() -> Callable[..., None]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    choice = Annotated[
        str,
        typer.Option(
            "--choice",
            help="all: no row may have a fault; valid: those alone; "
            "全部无误才开立，valid 仅开立有效行.",
        ),
    ]
    parameters = [
        inspect.Parameter("ctx", kind, annotation=typer.Context),
        inspect.Parameter("id", kind, annotation=imports.ImportArgument),
        inspect.Parameter(
            "choice", inspect.Parameter.KEYWORD_ONLY, default="all", annotation=choice
        ),
        *SIGNING_PARAMETERS,
    ]
    signer: Any = import_steps.sign
    signer.__signature__ = inspect.Signature(parameters)
    signer.__annotations__ = {one.name: one.annotation for one in parameters}
    made: Callable[..., None] = signer
    return made


def _add_following(groups: dict[str, typer.Typer]) -> None:
    groups["operation"].command("wait")(events.wait)
    groups["event"].command("list")(events.listed)
    groups["event"].command("follow")(events.follow)
    groups["webhook"].command("list")(webhooks.listed)
    for name in ("show", "make", "change", "remove", "replay", "deliveries", "delivery"):
        groups["webhook"].command(name)(getattr(webhooks, name))
    groups["webhook"].command("test")(webhooks.try_out)
    groups["webhook"].command("renew-secret")(webhooks.renew_secret)
    groups["command"].command("show")(commands.show)
    groups["command"].command("sign")(commands.sign)
    groups["command"].command("submit")(commands.send)


def _add_own(app: typer.Typer, groups: dict[str, typer.Typer]) -> None:
    """What a party asks for itself, unsigned."""
    groups["api-key"].command("make")(api_keys.make)
    groups["api-key"].command("revoke")(api_keys.revoke)
    groups["participant"].command("lookup")(parties.lookup)
    groups["participant"].command("contacts")(parties.contacts)
    groups["report"].command("maturities")(statements.maturities)
    groups["report"].command("deposits")(statements.deposits)
    groups["voucher"].command("settle")(unsigned.settle)
    groups["payable"].command("lapse")(unsigned.lapse)
    groups["payable"].command("apply-unapplied")(unsigned.apply_unapplied)
    groups["clock"].command("move")(unsigned.move_clock)
    groups["reconciliation"].command("ask")(unsigned.reconcile)
    groups["operation"].command("retry")(unsigned.retry)
    app.command("about")(statements.about)


def _add_operating(app: typer.Typer, groups: dict[str, typer.Typer]) -> None:
    groups["key"].command("new")(keys.new)
    groups["key"].command("show")(keys.show)
    groups["key"].command("evaluation")(keys.evaluation)
    app.command("sign-in")(sign_in.sign_in)
    app.command("sign-out")(sign_in.sign_out)
    app.command("serve")(operating.serve)
    app.command("reconcile")(operating.reconcile)
    app.command("doctor")(doctor.doctor)
    groups["views"].command("rebuild")(operating.rebuild)
    groups["relayer"].command("pause")(operating.pause)
    groups["relayer"].command("resume")(operating.resume)
    groups["relayer"].command("show")(operating.status)
    groups["operation"].command("park")(operating.park)
    groups["operation"].command("release")(operating.release)
