"""Rehearsing a kill: what it would cancel and what it would spare, with nothing sent but reads."""

from __future__ import annotations

from typing import Any

from countermand.cli import printed
from countermand.cli.exits import Code, Stop, worst
from countermand.cli.firing import Kill
from countermand.cli.places import Place
from countermand.client import stops
from countermand.client.errors import LedgerError, Unanswered
from countermand.client.killing import Found
from countermand.wire.errors import WireError

_COLUMNS = ("venue", "said_by", "state", "meant", "spared", "why")


def rehearse(places: list[Place], kill: Kill, *, is_json: bool) -> Code:
    """Print what a kill would do at each place; nothing is blocked."""
    rows = [_row(place, kill) for place in places]
    if is_json:
        told = [{name: one for name, one in row.items() if name != "code"} for row in rows]
        printed.document({"would_kill": told})
        return worst(row["code"] for row in rows)
    counted = [row | {"meant": len(row["meant"]), "spared": len(row["spared"])} for row in rows]
    printed.table(counted, _COLUMNS)
    for row in rows:
        for order in row["meant"]:
            printed.line(f"would be canceled: {row['venue']} {_words(order)}")
    printed.line("nothing is blocked, and nothing was canceled")
    return worst(row["code"] for row in rows)


def _words(order: Any) -> str:
    at = "" if order.price is None else f" at {order.price}"
    return f"{order.order_id} {order.side} {order.leaves_qty} {order.symbol}{at}"


def _row(place: Place, kill: Kill) -> dict[str, Any]:
    row: dict[str, Any] = {"venue": place.venue, "said_by": place.called, "why": "-"}
    nothing: dict[str, Any] = {"meant": (), "spared": ()}
    try:
        found, why = _found(place, kill)
    except Stop as stop:
        return row | nothing | {"state": stop.code.word, "code": stop.code, "why": stop.text}
    except (Unanswered, WireError, LedgerError) as error:
        code = Code.REFUSED if isinstance(error, WireError) else Code.NOT_SENT
        return row | nothing | {"state": code.word, "code": code, "why": str(error)}
    told = {"meant": found.meant, "spared": found.spared}
    return row | told | {"state": "read", "code": Code.DONE, "why": why}


def _found(place: Place, kill: Kill) -> tuple[Found, str]:
    # A ledger that is not there is not made for a look.
    asked = place.asked(ledger=place.ledger)
    asked.keeps_ledger = place.ledger.exists()
    with asked.client() as client:
        told = client.would_kill(mine=kill.mine, keep_protective=kill.keep_protective)
        unknown = kill.keep_protective and not stops.can_tell(client.session)
        return told, "no stop can be told from other orders here" if unknown else "-"
