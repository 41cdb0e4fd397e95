"""Needs: what a venue's own client needs of a server, as a list for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer


def show(venues: Mapping[str, Mapping[str, Any]]) -> None:
    """
    Print each venue with its base URL, what each of its users needs, and its markets.

    Shape:  `venues` as in the ready line, by name.
    """
    for name, venue in venues.items():
        typer.secho(f"{name}  {venue['base_url']}", bold=True)
        fields = (field for needs in venue["accounts"].values() for field in needs)
        width = 2 + max(map(len, fields), default=0)
        for account, needs in venue["accounts"].items():
            for index, (field, value) in enumerate(needs.items()):
                typer.echo(f"  {'' if index else account:<8}{field:<{width}}{_plain(value)}")
        typer.echo(f"  {'markets':<{8 + width}}{_plain(venue['markets'])}\n")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {item}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
