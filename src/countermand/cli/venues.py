"""`countermand venues`: what each venue offers, where it is, and what was never proven of it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from countermand import announce
from countermand.cli import complete, printed
from countermand.cli.ending import ended
from countermand.cli.exits import Code, Stop
from countermand.cli.options import Json
from countermand.cli.verb import verb_help
from countermand.wire.client_end import ClientEnd, Limit
from countermand.wire.venue import Venue

# More operations than these are not named.
_NAMED_MAX = 3


@verb_help("venues")
def venues(
    venue: Annotated[
        str,
        typer.Argument(metavar="[VENUE]", help="One alone.", autocompletion=complete.venues),
    ] = "",
    json: Json = False,
) -> None:
    """
    List the venues: what each offers, its base URLs, and what was never proven on the real one.

    Exit codes: 0 listed, 2 asked wrongly.
    """
    ended(lambda: _list(venue, as_json=json), as_json=json)


def _list(name: str, *, as_json: bool) -> None:
    from countermand.venues import VENUES  # noqa: PLC0415  (help does not load them)

    if name and name not in VENUES:
        text = f"no venue is called {name!r}; there are {', '.join(VENUES)}"
        raise Stop(Code.ASKED_WRONGLY, text)
    told = [told_of(venue) for venue in VENUES.values() if name in ("", venue.name)]
    if as_json:
        printed.document({"venues": told})
        return
    for one in told:
        _print(one)


def told_of(venue: Venue) -> dict[str, Any]:
    """Return what is to be told of a venue."""
    end = venue.client
    return {
        "venue": venue.name,
        "here": here(venue.name),
        "offers": sorted(able.value for able in venue.capabilities),
        "orders": [] if end is None else sorted(end.kinds),
        "base_urls": {} if end is None else end.homes,
        "limits": [] if end is None else [_limit(limit) for limit in end.limits],
        "unproven": unproven(end),
    }


def here(name: str) -> str | None:
    """Return where a running exchange of this user's serves a venue, or None."""
    served = (one.venues.get(name) for one in announce.running())
    return next((str(told["base_url"]) for told in served if told is not None), None)


def unproven(end: ClientEnd | None) -> list[str]:
    """Return what no real venue has confirmed, a line each."""
    return ["there is no client for it"] if end is None else list(end.unproven)


def _limit(limit: Limit) -> dict[str, Any]:
    operations = limit.operations
    return {
        "requests": limit.allowance.limit,
        "span_s": limit.allowance.span_s,
        "operations": None if operations is None else sorted(one.value for one in operations),
    }


def _print(told: dict[str, Any]) -> None:
    printed.heading(told["venue"])
    rows = [("offers", ", ".join(told["offers"]))]
    rows += [("orders", ", ".join(told["orders"]))] if told["orders"] else []
    rows += [("here", told["here"])] if told["here"] else []
    rows += list(told["base_urls"].items())
    rows += [("limit", _words(limit)) for limit in told["limits"]]
    rows += [("unproven", line) for line in told["unproven"]]
    before = ""
    for name, text in rows:
        printed.line(f"  {'' if name == before else name:<12}{text}")
        before = name


def _words(limit: dict[str, Any]) -> str:
    span = "second" if limit["span_s"] == 1 else f"{limit['span_s']} seconds"
    of = limit["operations"] or ()
    more = ", ..." if len(of) > _NAMED_MAX else ""
    told = f" of {', '.join(of[:_NAMED_MAX])}{more}" if of else ""
    return f"{limit['requests']} requests a {span}{told}"
