"""`fenbook demo`: the five steps as they happen, for people or as JSON."""

import typer
from rich.progress import BarColumn, Progress, TextColumn

from ledger.chain.artifacts import CONTRACTS
from ledger.chain.deployment import VERIFIERS
from ledger.cli.screen import DIFFERENT, Screen
from ledger.cli.stage import Stage, Step
from ledger.cli.story import story
from ledger.cli.story_print import StoryPrinter
from ledger.cli.story_report import reconciled, story_to_json
from ledger.cli.story_words import tell as text_of

__all__ = ["tell"]


def tell(screen: Screen, is_json: bool) -> None:
    """Deploy, act, show; ends with status 1 should the sums not agree."""
    with screen.guarded():
        stage = _deployed(screen)
        steps: list[Step] = []
        printer = StoryPrinter(screen, stage)
        if not is_json:
            printer.open()
        for step in story(stage):
            steps.append(step)
            if not is_json:
                printer.show(step)
        sums = reconciled(stage, steps[-1])
    if is_json:
        screen.print_json(story_to_json(steps, sums, screen.language))
    else:
        printer.close(sums)
    if not sums.agrees:
        raise typer.Exit(DIFFERENT)


def _deployed(screen: Screen) -> Stage:
    """The stage, with a bar on standard error while it is built, where somebody watches."""
    total = len(CONTRACTS) + len(VERIFIERS)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[part]}"))
    bar = Progress(*columns, console=screen.err, transient=True, disable=not screen.err.is_terminal)
    with bar:
        task = bar.add_task(text_of("deploying", screen.language), total=total, part="")
        return Stage(progress=lambda name: bar.update(task, advance=1, part=name))
