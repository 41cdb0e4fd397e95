"""Completion: what a shell offers for a venue, a profile, a user or a market, where it is cheap."""

from __future__ import annotations

from collections.abc import Iterable

import typer

from countermand import announce
from countermand.cli.exits import Stop


def venues(incomplete: str) -> list[str]:
    """Return the venues."""
    # Imported here: only a shell that completes asks for it.
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    return _of(VENUES, incomplete)


def profiles(incomplete: str) -> list[str]:
    """Return the profiles; none where their file cannot be used."""
    from countermand.cli.profiles import names  # noqa: PLC0415  (loaded when it is needed)

    try:
        return _of(names(), incomplete)
    except Stop:
        return []


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the users of the exchange on this machine."""
    return _of(_told(ctx, "accounts"), incomplete)


def symbols(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the markets of the exchange on this machine."""
    return _of(_told(ctx, "markets"), incomplete)


def _told(ctx: typer.Context, field: str) -> list[str]:
    server = announce.find(ctx.params.get("port"))
    served = {} if server is None else server.venues
    # Before an option has its value the words beside it are not read: then it is of all venues.
    venue = ctx.params.get("venue")
    told = [served[venue]] if venue in served else list(served.values())
    return list(dict.fromkeys(name for one in told for name in one[field]))


def _of(words: Iterable[str], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
