"""The command line: one of the two doors. It shows and asks; it decides nothing."""

import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; the console script `fenbook`."""
    # Who imports a part needs not the whole.
    from ledger.cli.app import app  # noqa: PLC0415
    from ledger.cli.usage import run  # noqa: PLC0415

    run(app, sys.argv[1:], os.environ)
