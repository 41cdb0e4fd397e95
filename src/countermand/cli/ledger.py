"""`countermand audit` and `resume`: what a client set out to do, and how that is settled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermand.cli import complete, printed
from countermand.cli.acting import as_json, print_outcomes
from countermand.cli.asked import Asked, usual_ledger
from countermand.cli.ending import ended
from countermand.cli.exits import Code, Stop, worst
from countermand.cli.options import (
    Account,
    BaseUrl,
    Json,
    Ledger,
    Port,
    Profile,
    Timeout,
    TlsCa,
    User,
)
from countermand.cli.people import utc
from countermand.cli.verb import verb_help
from countermand.wire.errors import WireError

if TYPE_CHECKING:
    from countermand.client.records import Intent
    from countermand.client.resume import Resumed

_Intent = Annotated[
    int | None, typer.Argument(metavar="[INTENT]", help="Show all that happened to this one.")
]
_Open = Annotated[bool, typer.Option("--open", help="Those alone of which nothing is proven.")]
_Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest.")]
_Venue = Annotated[
    str,
    typer.Argument(metavar="[VENUE]", help="This venue's alone.", autocompletion=complete.venues),
]

_COLUMNS = ("intent", "time", "venue", "account", "verb", "order", "outcome")


@verb_help("audit")
def audit(
    intent: _Intent = None,
    is_open: _Open = False,
    limit: _Limit = 20,
    ledger: Ledger = None,
    json: Json = False,
) -> None:
    """
    Check the ledger, and show what was set out to do and what came of it.

    The ledger has every act before its first byte is sent. It is whole when no record is changed,
    missing or cut off.

    Exit codes: 0 whole, 1 not whole or not there, 4 no such intent,
    2 asked wrongly.
    """
    path = ledger or usual_ledger()
    ended(lambda: _audit(path, intent, limit, is_open=is_open, is_json=json), as_json=json)


def _audit(path: Path, number: int | None, limit: int, *, is_open: bool, is_json: bool) -> None:
    from countermand.client import audit as client_audit  # noqa: PLC0415  (loaded when it is needed)

    found = client_audit.audit(path)
    chosen = found.open if is_open else found.intents
    if number is not None:
        chosen = tuple(one for one in chosen if one.intent_id == number)
        if not chosen:
            raise Stop(Code.NOT_FOUND, f"ledger {path}: no intent {number}")
    chosen = chosen[-limit:]
    if is_json:
        told = {"records": found.records, "open": len(found.open)}
        printed.document({"ledger": str(path), **told, "intents": [_told(one) for one in chosen]})
    elif number is not None:
        for line in client_audit.lines(chosen[0]):
            printed.line(line)
    else:
        printed.table([_row(one) for one in chosen], _COLUMNS)
        count = f"{found.records} records, whole; {len(found.intents)} intents"
        printed.line(f"{path}: {count}, {len(found.open)} open")


def _told(intent: Intent) -> dict[str, Any]:
    return {
        "intent_id": intent.intent_id,
        "ts_ns": intent.ts_ns,
        "wanted": intent.wanted,
        "outcome": intent.outcome,
        "is_open": intent.last("outcome") is None,
        "records": [
            {"seq": one.seq, "ts_ns": one.ts_ns, "kind": one.kind, "body": one.body}
            for one in intent.records
        ],
    }


def _row(intent: Intent) -> dict[str, Any]:
    wanted, outcome = intent.wanted, intent.outcome
    about = wanted.get("order") or wanted.get("cl_ord_id") or wanted.get("symbol") or "-"
    return {
        "intent": str(intent.intent_id),
        "time": utc(intent.ts_ns)[:-7] + "Z",
        "venue": wanted.get("venue"),
        "account": wanted.get("account"),
        "verb": wanted.get("verb"),
        "order": (outcome or {}).get("order_id") or about,
        "outcome": "open" if outcome is None else outcome.get("outcome"),
    }


@verb_help("resume")
def resume(
    venue: _Venue = "",
    profile: Profile = "",
    base_url: BaseUrl = "",
    user: User = "",
    port: Port = None,
    account: Account = "",
    tls_ca: TlsCa = None,
    ledger: Ledger = None,
    timeout: Timeout = 10.0,
    json: Json = False,
) -> None:
    """
    Settle what an earlier client left open: it ended, or nothing proved what came of it.

    A cancel goes on. An order that was to be placed or replaced is looked for, and nothing that
    would trade is sent a second time. What was for another account or place is left and told.

    Exit codes: 0 nothing is open any more, 6 something still is,
    7 not sent, 5 refused, 2 asked wrongly.
    """
    words = {
        "profile": profile, "base_url": base_url, "user": user, "port": port, "account": account,
        "json": json, "tls_ca": tls_ca, "ledger": ledger, "timeout": timeout, "dry_run": False,
    }  # fmt: skip
    ended(lambda: _resume(venue, words, is_json=json), as_json=json, acts=True)


def _resume(venue: str, words: dict[str, Any], *, is_json: bool) -> Code:
    path = _path(venue, words)
    settled: list[Resumed] = []
    stops: list[Stop] = []
    for name, account in _places(_open(path), venue):
        asked = Asked(words | {"venue": name, "account": words["account"] or account})
        asked.ledger = path
        try:
            with asked.client() as client:
                settled += client.resume(words["timeout"])
        except (Stop, WireError) as error:
            # The others are settled all the same.
            refused = Stop(Code.REFUSED, f"{name}: refused: {error}")
            stops.append(error if isinstance(error, Stop) else refused)
    left = [one for one in _open(path) if venue in ("", one.wanted.get("venue"))]
    _print(settled, left, is_json=is_json)
    for stop in stops:
        typer.echo(f"countermand: {stop.text}", err=True)
    return worst([stop.code for stop in stops] + [Code.UNKNOWN] * bool(left))


def _path(venue: str, words: dict[str, Any]) -> Path:
    if words["ledger"] is not None or not venue:
        return words["ledger"] or usual_ledger()
    asked = Asked(words | {"venue": venue})
    asked.found()
    return asked.ledger_path()


def _open(path: Path) -> list[Intent]:
    from countermand.client import ledger  # noqa: PLC0415  (loaded when it is needed)

    if not path.exists():
        return []  # nothing was ever set out to do
    with closing(ledger.Ledger(path, must_exist=True)) as opened:
        return opened.open_intents()


def _places(intents: Iterable[Intent], venue: str) -> list[tuple[str, str]]:
    # A venue that is not known here is left and told.
    from countermand.venues import VENUES  # noqa: PLC0415  (loaded when it is needed)

    where = ((one.wanted.get("venue", ""), one.wanted.get("account", "")) for one in intents)
    return [one for one in dict.fromkeys(where) if one[0] in VENUES and venue in ("", one[0])]


def _print(settled: list[Resumed], left: list[Intent], *, is_json: bool) -> None:
    if is_json:
        _print_json(settled, left)
        return
    for one in settled:
        print_outcomes(one.outcomes)
    where = Counter((one.wanted.get("venue"), one.wanted.get("host")) for one in left)
    for (venue, host), count in where.items():
        printed.line(f"still open: {count} of {venue} at {host}")
    if not settled and not left:
        printed.line("nothing is open")


def _print_json(settled: list[Resumed], left: list[Intent]) -> None:
    told = [
        {
            "intent_id": one.intent.intent_id,
            "wanted": one.intent.wanted,
            "is_proven": one.is_proven,
            "outcomes": [as_json(outcome) for outcome in one.outcomes],
        }
        for one in settled
    ]
    printed.document({"settled": told, "open": [_told(one) for one in left]})
