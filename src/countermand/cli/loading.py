"""
Loading: a verb's module is imported when the verb is run, and not to list it.

What the list needs of a verb stands in its row; what its module says of it is read by a test.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from countermand.cli.table import ROWS, Row


class Rows(TyperGroup):
    """The verbs, each a stand-in until it is run or its own help is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return their names, in the order of the table."""
        return list(ROWS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the stand-in of a verb, or None."""
        row = ROWS.get(cmd_name)
        return None if row is None else _StandIn(cmd_name, row)


class _StandIn(TyperCommand):
    def __init__(self, name: str, row: Row) -> None:
        super().__init__(name, help=row.summary, rich_help_panel=row.panel)
        self._row = row

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        # From here on it is the verb itself that is run, explained or completed.
        return command(self.name or "", self._row).make_context(*arguments, **extra)


def command(name: str, row: Row) -> Any:
    """Return a verb's command, of its module."""
    found = getattr(import_module(row.module), row.attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False)
    single.command(name)(found)
    return typer.main.get_command(single)
