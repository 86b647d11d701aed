"""The command line: one of the two doors. It shows and asks; it decides nothing."""

__all__ = ["main"]


def main() -> None:
    """Run the command line; the console script `fenbook`."""
    from ledger.cli.app import app  # noqa: PLC0415 -- who imports a part needs not the whole

    app()
