"""The command line in this process: typer builds a tree of two hundred commands, here once."""

from functools import cache
from typing import Any
from unittest.mock import patch

import typer.testing
from typer.main import get_command
from typer.testing import CliRunner, Result

__all__ = ["Runner", "tree"]

tree = cache(get_command)
"""The commands of an application as they are parsed and told."""


class Runner(CliRunner):
    """Runs any number of commands of an application on one tree."""

    def invoke(self, *arguments: Any, **options: Any) -> Result:
        with patch.object(typer.testing, "_get_command", tree):
            return super().invoke(*arguments, **options)
