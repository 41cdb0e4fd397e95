"""`countermand accounts`: what a client needs to use a server that runs on this machine."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countermand import announce
from countermand.announce import Announcement
from countermand.cli import needs, printed
from countermand.cli.failing import fail


def accounts(
    user: Annotated[str, typer.Argument(help="This user only.", metavar="[USER]")] = "",
    venue: Annotated[str, typer.Option(help="This venue only.")] = "",
    port: Annotated[
        int | None, typer.Option(help="Control port of the server. Default: the newest one.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """
    Print the base URLs of a running server of yours, and the credentials it was started with.

    For example: countermand accounts alice
    """
    server = announce.find(port)
    if server is None:
        where = "" if port is None else f" with control port {port}"
        fail(f"no server of yours{where} runs on this machine: countermand serve", 1)
    venues = _chosen(server, venue, user)
    if json:
        told = {"control": server.control, "pid": server.pid, "venues": venues}
        printed.document(told)
    else:
        needs.show(venues)


def _chosen(server: Announcement, name: str, user: str) -> dict[str, dict[str, Any]]:
    if name and name not in server.venues:
        fail(f"no venue is called {name!r}; there are {', '.join(server.venues)}", 2)
    chosen = {each: told for each, told in server.venues.items() if name in ("", each)}
    if not user:
        return chosen
    found = {
        each: told | {"accounts": {user: told["accounts"][user]}}
        for each, told in chosen.items()
        if user in told["accounts"]
    }
    if not found:
        users = dict.fromkeys(each for told in chosen.values() for each in told["accounts"])
        fail(f"no user is called {user!r}; there are {', '.join(users)}", 2)
    return found
