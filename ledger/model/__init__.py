"""The language of the ledger: values, commands, errors and their words. Standard library only."""

__all__: list[str] = []
