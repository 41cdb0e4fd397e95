"""`countermand doctor`: whether a venue answers, takes the key, and agrees on the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from countermand.cli import printed, venues, where
from countermand.cli.asked import Asked
from countermand.cli.exits import Code, Stop
from countermand.cli.verb import look

if TYPE_CHECKING:
    from countermand.client.checkup import Check

_TryTrade = Annotated[
    bool,
    typer.Option("--trade", help="Try whether the key may trade: cancel an order there cannot be."),
]

# At these hosts an exchange of ours is expected, and nothing else to be proven.
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@look
def doctor(asked: Asked, trade: _TryTrade = False) -> Code:
    """
    Check a venue, and the key for it: does it answer, is the key taken, is the clock right.

    Nothing is changed. What was never proven on the real venue is told besides.

    Exit codes: 0 all is well, 1 something is not, 7 nothing says where to go,
    2 asked wrongly.
    """
    at = asked.found()
    checks = [_configured(at), *_checkup(asked, trade)]
    is_well = all(one["state"] != "no" for one in checks)
    lines = [] if urlsplit(at.base_url).hostname in _LOOPBACK else _unproven(at.venue)
    if asked.as_json:
        printed.document(asked.told(is_well=is_well, checks=checks, unproven=lines))
    else:
        printed.table(checks, ("check", "state", "text"))
        for line in lines:
            printed.line(f"never proven here: {line}")
    return Code.DONE if is_well else Code.FAILED


def _configured(at: where.Where) -> dict[str, str]:
    return _row("where", "ok", f"{at.base_url}, {at.said_by}")


def _checkup(asked: Asked, trade: bool) -> list[dict[str, str]]:
    try:
        client = asked.unconnected()
    except Stop as stop:
        return [_row("keys", "no", stop.text)]
    try:
        found: tuple[Check, ...] = client.checkup(tries_trade=trade)
    finally:
        client.close()
    return [_row(one.name, one.state.value, one.text) for one in found]


def _row(check: str, state: str, text: str) -> dict[str, Any]:
    return {"check": check, "state": state, "text": text}


def _unproven(name: str) -> list[str]:
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    return venues.unproven(VENUES[name].client)
