"""What is done behind a door: in one process everything, or in one of two taking in alone."""

from collections.abc import Callable
from threading import Thread

from ledger.service.intake.first_answers import FirstAnswers
from ledger.service.intake.intake import Intake
from ledger.service.relaying.outbox import Operation, Outbox
from ledger.service.relaying.window import Window
from ledger.service.running.back_office import Line
from ledger.service.running.collecting import keep_for_good
from ledger.service.running.opening import opened
from ledger.service.running.service import Service
from ledger.service.running.settings import Settings

__all__ = ["intake_behind", "work_behind"]


def work_behind(
    settings: Settings, said: Callable[[Operation], str], line: Line, window: Window
) -> None:
    """What a back office does: run a service until its door hangs up; raises what opening does.

    `said` writes the first answer about an operation.
    """
    service = Service.open(settings)
    first = FirstAnswers(service.database, service.intake, said)
    service.heard = line.tell
    service.start()
    keep_for_good()

    _open_window(window, first, line)
    try:
        while line.hear():
            service.wake("relay")
    finally:
        service.stop()


def intake_behind(
    settings: Settings, said: Callable[[Operation], str], line: Line, window: Window
) -> None:
    """What a process does that only takes in, until its door hangs up; raises what opening does.

    `said` writes the first answer about an operation.
    """
    site = opened(settings).site
    first = FirstAnswers(site.database, Intake(site, Outbox(site.database)), said)
    keep_for_good()
    _open_window(window, first, line)
    while line.hear():
        pass
    site.endpoint.close()
    site.database.close()


def _open_window(window: Window, first: FirstAnswers, line: Line) -> None:
    """Take in what is handed in, on a thread of its own."""

    def take_in() -> None:
        try:
            window.serve(first.submit)
        finally:
            line.hang_up()  # without a window there is no back office, and so no door

    Thread(target=take_in, name="fenbook-window", daemon=True).start()
