"""
Printed: one JSON document for programs, a table on a terminal, plain columns anywhere else.

Decimals are written out, `0.000000001` and never `1E-9`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import typer

from countermand.cli import shown

# Cells of these columns end where their column ends.
_NUMBERS = ("qty", "px", "price", "total", "available", "size")

_COLORS = {
    **dict.fromkeys(("Canceled", "Open", "Replaced", "Filled", "yes", "ok"), "green"),
    **dict.fromkeys(("Closed", "NotFound", "not tried"), "yellow"),
    **dict.fromkeys(("Refused", "NotSent", "Unknown", "no"), "red"),
}


def builtins(value: Any) -> Any:
    """Return a value as JSON has it."""
    told = msgspec.to_builtins(value, builtin_types=(Decimal,))
    return _plain(told)


def document(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(msgspec.json.encode(builtins(value)).decode() + "\n")


def table(rows: Iterable[Any], columns: Sequence[str]) -> None:
    """Print rows, structs or dicts, by their fields; `none` where there are none."""
    told = [{name: row.get(name) for name in columns} for row in map(builtins, rows)]
    if not told or not _is_terminal():
        typer.echo(shown.text(told))
        return
    # Imported here, so that output for programs does not load it.
    from rich.console import Console  # noqa: PLC0415  (loaded when it is needed)
    from rich.table import Table  # noqa: PLC0415  (loaded when it is needed)
    from rich.text import Text  # noqa: PLC0415  (loaded when it is needed)

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name in columns:
        made.add_column(name, justify="right" if name.endswith(_NUMBERS) else "left")
    for row in told:
        words = [shown.word(row[name]) for name in columns]
        made.add_row(*(Text(word, style=_COLORS.get(word, "")) for word in words))
    Console().print(made)


def fields(told: dict[str, Any]) -> None:
    """Print the fields of one thing, a line each."""
    typer.echo(shown.text(told))


def line(text: str, word: str = "") -> None:
    """Print a line; the word it begins with is in the color of what it says."""
    if word and text.startswith(word) and _is_terminal():
        told = typer.style(word, fg=_COLORS.get(word), bold=True)
        text = told + text.removeprefix(word)
    # None leaves it to the terminal; https://no-color.org
    typer.echo(text, color=False if os.environ.get("NO_COLOR") else None)


def heading(text: str) -> None:
    """Print a line that what follows belongs to."""
    told = typer.style(text, bold=True) if _is_terminal() else text
    typer.echo(told, color=False if os.environ.get("NO_COLOR") else None)


def aside(text: str) -> None:
    """Tell a person something that is no result, on stderr."""
    if sys.stderr.isatty():
        typer.echo(text, err=True)


def notice(text: str) -> None:
    """Tell on stderr, also off a terminal, what must be known besides the result, if anything."""
    if text:
        typer.echo(f"countermand: {text}", err=True)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
