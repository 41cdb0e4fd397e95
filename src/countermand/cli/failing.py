"""Failing: a verb that is no client's ends with one line on stderr and an exit code."""

from __future__ import annotations

from typing import NoReturn

import typer


def fail(text: str, code: int) -> NoReturn:
    """End with one line of why and an exit code: 1 it failed, 2 asked wrongly, 70 a bug."""
    typer.echo(f"countermand: {text}", err=True)
    raise typer.Exit(code)
