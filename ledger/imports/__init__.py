"""Spreadsheets of payables: read, judged row by row, written. It knows no chain, no database."""

__all__: list[str] = []
