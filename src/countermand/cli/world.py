"""
`countermand world`: make the world of an exchange that others can reach.

Exit codes: 0 done, 1 it failed, 2 asked wrongly.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from countermand import durable
from countermand.cli import printed
from countermand.cli.failing import fail
from countermand.venues import VENUES
from countermand.wire.venue import Venue
from countermand.world import WorldError
from countermand.world.new import Wanted, written

_USERS_MAX = 1000

# More than these are counted, not named.
_NAMED_MAX = 6

app = typer.Typer(help="Make a world of one's own.", no_args_is_help=True, add_completion=False)


@app.callback()
def _about() -> None:
    """Make a world of one's own."""


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")],
    users: Annotated[
        str, typer.Option(help="How many users there are, or their names: ann,ben.")
    ] = "2",
    venue: Annotated[
        list[str] | None, typer.Option(help="With this venue only; may be repeated.")
    ] = None,
    rate_limit: Annotated[
        int | None, typer.Option(min=0, help="Requests a second of each key. 0: any number.")
    ] = None,
    open_orders: Annotated[
        int | None, typer.Option(min=0, help="Open orders of each account. 0: any number.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """
    Write a world with users and secrets of its own, so that it can be served beyond loopback.

    Each user has the demo's accounts and money, a key that may trade, and one that may only look.
    The markets are the demo's, quoted from the start.

    For example: countermand world new team.toml --users ann,ben --rate-limit 50
    """
    chosen, names = _venues(venue or []), _names(users)
    wanted = Wanted(names, secrets.token_bytes, time.time_ns(), rate_limit, open_orders)
    if file.exists():
        fail(f"{file} is there already, and is not overwritten", 2)
    try:
        _write(file, written(chosen, wanted))
    except WorldError as error:
        fail(str(error), 2)
    except FileExistsError:
        fail(f"{file} is there already, and is not overwritten", 2)
    except OSError as error:
        fail(f"{file}: {error.strerror}", 1)
    served = [one.name for one in chosen]
    if json:
        told = {"file": str(file), "venues": served, "users": names}
        printed.document(told)
    else:
        typer.echo("\n".join(_told(file, served, names)))


def _told(file: Path, venues: list[str], names: tuple[str, ...]) -> list[str]:
    users = f"{len(names)} users" if len(names) > _NAMED_MAX else ", ".join(names)
    return [
        f"{file}: {', '.join(venues)}; {users}",
        "it holds their secrets, and you alone can read it",
        f"serve it:       countermand serve --world {file} --host 0.0.0.0 --data DIR",
        f"hand out keys:  countermand accounts {names[0]}",
    ]


def _venues(names: list[str]) -> list[Venue]:
    for name in names:
        if name not in VENUES:
            fail(f"no venue is called {name!r}; there are {', '.join(VENUES)}", 2)
    return [VENUES[name] for name in VENUES if name in names or not names]


def _names(users: str) -> tuple[str, ...]:
    if not users.isdecimal():
        return tuple(name.strip() for name in users.split(","))
    if not 1 <= int(users) <= _USERS_MAX:
        fail(f"--users {users} is not between 1 and {_USERS_MAX}", 2)
    return tuple(f"user{number}" for number in range(1, int(users) + 1))


def _write(file: Path, text: str) -> None:
    # A start that was killed must not leave half a world, which every later start would refuse.
    part = file.with_name(f".{file.name}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        _put(part, file)
    finally:
        part.unlink(missing_ok=True)
    durable.sync_directory(file.absolute().parent)


def _put(part: Path, file: Path) -> None:
    try:
        os.link(part, file)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no second names.
        part.rename(file)
