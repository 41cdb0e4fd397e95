"""Completion: what a shell offers for a venue, a profile, a user or a market, where it is cheap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import typer

from countermand import announce
from countermand.cli.exits import Stop


def venues(incomplete: str) -> list[str]:
    """Return the venues."""
    # Imported here: only a shell that completes asks for it.
    from countermand.venues import VENUES  # noqa: PLC0415

    return _of(VENUES, incomplete)


def profiles(incomplete: str) -> list[str]:
    """Return the profiles; none where their file cannot be used."""
    from countermand.cli.profiles import names  # noqa: PLC0415

    try:
        return _of(names(), incomplete)
    except Stop:
        return []


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the users of the exchange on this machine."""
    return _of(_told(ctx).get("accounts", ()), incomplete)


def symbols(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the markets of the exchange on this machine."""
    return _of(_told(ctx).get("markets", ()), incomplete)


def _told(ctx: typer.Context) -> dict[str, Any]:
    server = announce.find()
    return {} if server is None else server.venues.get(ctx.params.get("venue") or "", {})


def _of(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
