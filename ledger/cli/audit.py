"""`fenbook audit`: replay a ledger from its first block and report what no command explains."""
# ruff: noqa: PLC0415 -- a chain takes seconds to import, and only this command needs one

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ledger.cli.audit_words import tell
from ledger.cli.options import JsonOption, LangOption, NoColorOption
from ledger.cli.screen import DIFFERENT, Screen
from ledger.model.days import chain_second
from ledger.model.errors.input import InvalidField
from ledger.model.errors.service import DeploymentUnknown

if TYPE_CHECKING:
    from ledger.audit import Report

__all__ = ["audit"]

_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")

EndpointOption = Annotated[
    str,
    typer.Option(
        "--node",
        metavar="URL",
        help="JSON-RPC of any node of the chain; it only reads 任一节点，只读.",
    ),
]
ParticipantsOption = Annotated[
    str | None,
    typer.Option(
        "--participants",
        metavar="ADDRESS",
        help="The ledger's registry of participants; found if the chain has one ledger alone "
        "参与方登记合约，链上仅一个账本时自动识别.",
        show_default=False,
    ),
]
DeploymentOption = Annotated[
    Path | None,
    typer.Option(
        "--deployment",
        metavar="FILE",
        help="The manifest that the deployment wrote, instead 或以部署清单代替.",
        show_default=False,
        dir_okay=False,
    ),
]
FirstOption = Annotated[
    int | None,
    typer.Option(
        "--from-block",
        min=0,
        metavar="NUMBER",
        help="The ledger's first block or an earlier one; the manifest's, or 0, if not given "
        "起始区块.",
        show_default=False,
    ),
]
LastOption = Annotated[
    int | None,
    typer.Option(
        "--to-block",
        min=0,
        metavar="NUMBER",
        help="Where to stop; the last block if not given 截止区块，默认为最新区块.",
        show_default=False,
    ),
]


def audit(
    ctx: typer.Context,
    node: EndpointOption,
    participants: ParticipantsOption = None,
    deployment: DeploymentOption = None,
    from_block: FirstOption = None,
    to_block: LastOption = None,
    lang: LangOption = None,
    no_color: NoColorOption = False,
    is_json: JsonOption = False,
) -> None:
    """Explain every change of a ledger by a signed command, from its first block 授权追溯审计."""
    screen = Screen.chosen(ctx, lang, no_color=no_color)
    with screen.guarded(node):
        given = (participants, deployment)
        report = _audited(screen, node, given, (from_block, to_block))
    from ledger.cli.audit_report import drawn, report_to_json

    if is_json:
        screen.print_json(report_to_json(report, screen, now=_now()))
    else:
        screen.out.print(drawn(report, screen, now=_now()))
    raise typer.Exit(0 if report.is_explained else DIFFERENT)


# ---- private


def _now() -> int:
    """This machine's clock, in chain seconds."""
    return chain_second(datetime.now(UTC))


def _audited(
    screen: Screen,
    node: str,
    given: tuple[str | None, Path | None],
    blocks: tuple[int | None, int | None],
) -> "Report":
    from ledger.audit import audit as replayed
    from ledger.chain.deployment import Deployment
    from ledger.chain.history import History, answering

    registry, manifest = given
    if registry is not None and manifest is not None:
        screen.fail(tell("name_one", screen.language))
    known = None if manifest is None else Deployment.load(manifest)
    if known is not None:
        registry = known.addresses.get("Participants", "")
    if registry is not None and not _ADDRESS.fullmatch(registry):
        raise InvalidField(field="participants", value=registry, expected="address")
    with answering(node):
        history = History.connect(node)
        if known is not None and known.chain_id != history.chain_id:
            numbers = {"known": known.chain_id, "chain": history.chain_id}
            screen.fail(tell("other_chain", screen.language, **numbers))
        first = (known.first_block if known else 0) if blocks[0] is None else blocks[0]
        last = _last(screen, first, blocks[1], history.last_block)
        registry = registry or _only(screen, node, history.emitters(first, last, "DeskAdded"))
        span = {"first_block": first, "last_block": last}
        with _progress(screen) as heard:
            return replayed(history, registry, **span, progress=heard)


def _last(screen: Screen, first: int, asked: int | None, end: int) -> int:
    """Where to stop."""
    last = end if asked is None else asked
    if not first <= last <= end:
        screen.fail(tell("no_blocks", screen.language, first=first, last=last, end=end))
    return last


def _only(screen: Screen, node: str, registries: list[str]) -> str:
    """The one ledger of a chain."""
    if not registries:
        raise DeploymentUnknown(path=node, problem="no ledger")
    if len(registries) > 1:
        values = {"count": len(registries), "registries": screen.comma.join(registries)}
        screen.fail(tell("which_one", screen.language, **values))
    return registries[0]


@contextmanager
def _progress(screen: Screen) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where somebody watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, console=screen.err, transient=True, disable=not screen.err.is_terminal)
    with bar:
        task = bar.add_task(tell("replaying", screen.language), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
