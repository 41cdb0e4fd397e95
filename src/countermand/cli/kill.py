"""`countermand kill`: no new orders, none open, and proof of it, at every place at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermand.cli import complete, printed, progress
from countermand.cli.ending import ended
from countermand.cli.exits import Code, Stop
from countermand.cli.options import LONGEST_S, DryRun, Json, Ledger, Port, Profile, User, finite
from countermand.cli.verb import verb_help

if TYPE_CHECKING:
    from countermand.cli.firing import Kill, Report, Row
    from countermand.cli.places import Place

Venues = Annotated[
    list[str] | None,
    typer.Option(
        "--venue",
        metavar="VENUE",
        help="This venue alone; may be repeated.",
        autocompletion=complete.venues,
    ),
]
Mine = Annotated[
    bool, typer.Option("--mine/--all", help="Those in the ledger, or all of the account.")
]
KeepProtective = Annotated[
    bool, typer.Option("--keep-protective", help="Leave stops, where the venue tells them.")
]
QuietFor = Annotated[
    float,
    typer.Option(
        "--quiet-for",
        min=0.0,
        max=LONGEST_S,
        callback=finite,
        metavar="SECONDS",
        help="How long no order may be open or come.",
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        min=0.001, max=LONGEST_S, callback=finite, metavar="SECONDS", help="How long it may take."
    ),
]
_Status = Annotated[bool, typer.Option("--status", help="Say what is blocked, and do nothing.")]
_Lift = Annotated[bool, typer.Option("--lift", help="Let clients place orders again.")]
_Drill = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=0,
        max=200,
        help="Rehearse on the exchange here: place so many orders at each venue, and kill those.",
    ),
]

COLUMNS = (
    "venue", "account", "state", "canceled", "filled", "other", "spared", "came", "seconds", "why",
)  # fmt: skip


@verb_help("kill")
def kill(
    venue: Venues = None,
    mine: Mine = False,
    keep_protective: KeepProtective = False,
    quiet_for: QuietFor = 2.0,
    timeout: Timeout = 30.0,
    dry_run: DryRun = False,
    status: _Status = False,
    lift: _Lift = False,
    drill: _Drill = 0,
    profile: Profile = "",
    user: User = "",
    port: Port = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """
    Block new orders, cancel all open ones everywhere at once, and prove that none is left.

    It goes to every venue of every profile, or of the exchange here. No client of the ledger
    places or replaces from then on, until --lift. A venue is empty when its open orders were read
    as empty twice in a row, and for as long as --quiet-for says, with no order under way.

    Exit codes: 0 all are proven empty, 6 one is not (others still place, or nothing
    proves it), 5 one refused, 7 one was not reached, 2 asked wrongly.
    The others are finished all the same. Of several it is 6 7 5 2.
    """
    from countermand.cli.firing import Kill  # noqa: PLC0415  (loaded when it is needed)

    asked = Kill(tuple(venue or ()), mine, keep_protective, quiet_for, timeout)
    where: dict[str, Any] = {"profile": profile, "user": user, "port": port, "ledger": ledger}

    def run() -> Code:
        if sum((dry_run, status, lift, drill > 0)) > 1:
            raise Stop(Code.ASKED_WRONGLY, "one of --dry-run, --status, --lift, --drill")
        if drill:
            return _drill(asked, drill, (user, port), is_json=json)
        if status or lift:
            return _blocks(asked, where, lifts=lift, is_json=json)
        places = _places(asked, **where)
        if dry_run:
            return _rehearse(places, asked, is_json=json)
        return printed_report(shown_fire(places, asked), is_json=json)

    ended(run, as_json=json, acts=not (status or dry_run))


def _places(asked: Kill, **where: Any) -> list[Place]:
    from countermand.cli.places import everywhere  # noqa: PLC0415  (loaded when it is needed)

    return everywhere(asked.venues, **where)


def shown_fire(places: list[Place], asked: Kill) -> Report:
    """Fire, with a bar on a terminal."""
    from countermand.cli.firing import fire  # noqa: PLC0415  (loaded when it is needed)

    with progress.shown("orders") as bars:
        return fire(places, asked, bars.tell)


_BLOCKED = "; no client places until countermand kill --lift"


def printed_report(report: Report, *, is_json: bool, end: str = _BLOCKED, **more: Any) -> Code:
    """Print what a kill came to, and what follows; return its exit code."""
    if is_json:
        printed.document(as_json(report) | more)
        return report.code
    printed.table([_row(row) for row in report.rows], COLUMNS)
    for row in report.rows:
        for note in row.notes:
            printed.line(f"{row.venue}: {note}")
    seconds = f"{report.took_ns / 1e9:.2f} s"
    told = "empty: proven after" if report.is_empty else "not empty, or not proven, after"
    printed.line(f"{told} {seconds}{end}")
    return report.code


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as JSON has it."""
    from countermand.cli.acting import as_json as outcome_json  # noqa: PLC0415  (loaded when it is needed)

    venues = []
    for row in report.rows:
        told = printed.builtins(row)
        outcomes = [outcome_json(one) for one in row.outcomes]
        is_empty = row.code is Code.DONE
        venues.append(told | {"code": row.code.word, "is_empty": is_empty, "outcomes": outcomes})
    return {"is_empty": report.is_empty, "took_ns": report.took_ns, "venues": venues}


def _row(row: Row) -> dict[str, Any]:
    ended_so = ("Canceled", "Filled")
    return {
        "venue": row.venue,
        "account": row.account or "-",
        "state": row.state,
        "canceled": row.count("Canceled"),
        "filled": row.count("Filled"),
        "other": len(row.outcomes) - row.count(*ended_so),
        "spared": len(row.spared),
        "came": row.came,
        "seconds": f"{row.took_ns / 1e9:.2f}",
        "why": row.text or "-",
    }


def _rehearse(places: list[Place], asked: Kill, *, is_json: bool) -> Code:
    from countermand.cli import rehearsing  # noqa: PLC0415  (loaded when it is needed)

    return rehearsing.rehearse(places, asked, is_json=is_json)


def _blocks(asked: Kill, where: dict[str, Any], *, lifts: bool, is_json: bool) -> Code:
    from countermand.cli import blocks  # noqa: PLC0415  (loaded when it is needed)

    return blocks.told(asked.venues, where, lifts=lifts, is_json=is_json)


def _drill(asked: Kill, orders: int, who: tuple[str, int | None], *, is_json: bool) -> Code:
    from countermand.cli import drill  # noqa: PLC0415  (loaded when it is needed)

    return drill.drill(asked, orders, *who, is_json=is_json)
