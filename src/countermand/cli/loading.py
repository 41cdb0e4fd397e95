"""
Loading: a verb's module is imported when the verb is run, and not to list it.

What the list needs of a verb stands in its row; what its module says of it is read by a test.
"""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from countermand.cli.table import ROWS, Row

_NEGATIVE = re.compile(r"-\.?\d[\d.]*")


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
        words = [str(word) for word in arguments[1]]
        try:
            return command(self.name or "", self._row).make_context(*arguments, **extra)
        except Exception as error:
            # The command line library takes a number below zero for an option.
            begin = getattr(error, "option_name", "")
            negative = (word for word in words if _NEGATIVE.fullmatch(word))
            if (word := next(negative, "")) and begin and word.startswith(begin):
                text = f"{word}: a quantity and a price must be above zero"
                raise typer.BadParameter(text) from None
            raise


def command(name: str, row: Row) -> Any:
    """Return a verb's command, of its module."""
    found = getattr(import_module(row.module), row.attribute)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    single = typer.Typer(add_completion=False)
    single.command(name)(found)
    return typer.main.get_command(single)
