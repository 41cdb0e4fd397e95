"""`countermand guard`: runs a bot, and kills when it ends or stops calling home."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from countermand.cli import printed
from countermand.cli.ending import ended
from countermand.cli.exits import Code, Stop, worst
from countermand.cli.kill import (
    KeepProtective,
    Mine,
    QuietFor,
    Timeout,
    Venues,
    printed_report,
    shown_fire,
)
from countermand.cli.options import Json, Ledger, Port, Profile, User
from countermand.cli.verb import verb_help

if TYPE_CHECKING:
    from countermand.cli.firing import Kill
    from countermand.cli.guarding import Ended
    from countermand.cli.places import Place

_Command = Annotated[
    list[str], typer.Argument(metavar="-- CMD...", help="The bot, and its own arguments.")
]
_Deadline = Annotated[
    float,
    typer.Option(
        min=0.0,
        metavar="SECONDS",
        help="How long it may be without calling home. 0: it need not call.",
    ),
]
_Grace = Annotated[
    float,
    typer.Option(min=0.0, metavar="SECONDS", help="How long after SIGTERM it is killed."),
]


@verb_help("guard")
def guard(
    command: _Command,
    deadline: _Deadline = 0.0,
    grace: _Grace = 2.0,
    venue: Venues = None,
    mine: Mine = False,
    keep_protective: KeepProtective = False,
    quiet_for: QuietFor = 2.0,
    timeout: Timeout = 30.0,
    profile: Profile = "",
    user: User = "",
    port: Port = None,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """
    Run a bot, and kill (see countermand kill) when it ends or stops calling home.

    It calls home by touching the file in COUNTERMAND_HOME_FILE, or by writing a line to the file
    descriptor in COUNTERMAND_HOME_FD. New orders are blocked, then every process that came of it is
    ended, then all orders are canceled. Signals are passed on to it.

    Exit codes: 0 it ended with 0 or was asked to end, and all are proven empty;
    1 it failed, died or fell silent, and all are proven empty; else as kill:
    6 5 7, and 6 for a process that did not end; 2 asked wrongly, 7 also for a
    kill that was not lifted: it is not run then.
    """
    from countermand.cli.firing import Kill  # noqa: PLC0415  (loaded when it is needed)
    from countermand.cli.places import everywhere  # noqa: PLC0415  (loaded when it is needed)

    asked = Kill(tuple(venue or ()), mine, keep_protective, quiet_for, timeout)

    def run() -> Code:
        places = everywhere(asked.venues, profile=profile, user=user, port=port, ledger=ledger)
        _check(places)
        return _guard(command, places, asked, (deadline, grace), is_json=json)

    ended(run, as_json=json, acts=True)


def _check(places: list[Place]) -> None:
    # A bot that can place nothing is not run; what cannot be written blocks nothing.
    from countermand.client.ledger import Ledger as Opened  # noqa: PLC0415  (loaded when it is needed)

    for place in places:
        with closing(Opened(place.ledger)) as opened:
            if opened.blocked().covers(place.venue):
                text = f"{place.venue} is blocked by a kill: countermand kill --lift"
                raise Stop(Code.NOT_SENT, text)


def _guard(
    command: list[str],
    places: list[Place],
    asked: Kill,
    times_s: tuple[float, float],
    *,
    is_json: bool,
) -> Code:
    from countermand.cli import firing, guarding  # noqa: PLC0415  (loaded when it is needed)

    deadline_s, grace_s = times_s
    ledgers = list(dict.fromkeys(place.ledger for place in places))
    if len(ledgers) == 1:
        os.environ.setdefault("COUNTERMAND_LEDGER", str(ledgers[0]))
    with guarding.guarded(command, deadline_s) as program:
        how = program.watch(grace_s)
        firing.block(ledgers, asked.venues)
        ended_so = program.end(how, grace_s)
        if not is_json:
            printed.line(f"guard: {command[0]} {ended_so.text}; canceling")
        code = printed_report(shown_fire(places, asked), is_json=is_json, program=ended_so)
    return _code(ended_so, code)


def _code(program: Ended, code: Code) -> Code:
    is_well = program.how == "asked" or (program.how, program.code) == ("exit", 0)
    left = Code.UNKNOWN if program.left else Code.DONE
    return worst((code, left, Code.DONE if is_well else Code.FAILED))
