"""Options: the words that many verbs have, each said once."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from countermand.cli import complete

# A time that is waited for is no longer than a year.
LONGEST_S = 366 * 86_400.0


def finite(seconds: float) -> float:
    """Return a number that is one; nan is within every range. Raises BadParameter."""
    if not math.isfinite(seconds):
        raise typer.BadParameter(f"{seconds} is no time.")
    return seconds


_WHERE_TO = "Where to go"

Venue = Annotated[
    str,
    typer.Argument(
        metavar="VENUE",
        help="The venue, as countermand venues lists it.",
        autocompletion=complete.venues,
    ),
]
Profile = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO,
        help="Profile of countermand.toml. Default: $COUNTERMAND_PROFILE, or the file's usual one.",
        autocompletion=complete.profiles,
    ),
]
BaseUrl = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO, help="URL, or the name of one of the venue's: production."
    ),
]
User = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO,
        help="User of the exchange on this machine. Default: its first, where no profile is.",
        autocompletion=complete.users,
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port",
        metavar="P",
        rich_help_panel=_WHERE_TO,
        help="Control port of the exchange on this machine. Default: the newest one's.",
    ),
]
Account = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WHERE_TO, help="Account at the venue. Default: the key's usual one."
    ),
]
TlsCa = Annotated[
    Path | None,
    typer.Option(
        "--tls-ca",
        metavar="PEM",
        rich_help_panel=_WHERE_TO,
        help="Certificate that signed the venue's own.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer in one JSON document.")]
Ledger = Annotated[
    Path | None,
    typer.Option(
        envvar="COUNTERMAND_LEDGER",
        help="File that keeps what was set out to do. Default: in the user's state folder.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.001,
        max=LONGEST_S,
        callback=finite,
        metavar="SECONDS",
        help="How long an outcome is sought before it is unknown.",
    ),
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Show the request, without its secrets, and do not send it; only read."
    ),
]
