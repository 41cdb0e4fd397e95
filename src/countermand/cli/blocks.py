"""Blocks: what a kill left blocked, in which ledger, and how that ends."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from countermand.cli import printed
from countermand.cli.asked import usual_ledger
from countermand.cli.exits import Code, Stop
from countermand.cli.people import utc
from countermand.cli.places import everywhere
from countermand.client.blocking import Block
from countermand.client.ledger import Ledger
from countermand.client.records import Intent
from countermand.venues import VENUES

_COLUMNS = ("ledger", "blocked", "since", "process")
_KILLS = ("time", "venue", "account", "host", "came_to", "why")


def told(venues: Sequence[str], where: dict[str, Any], *, lifts: bool, is_json: bool) -> Code:
    """Print what is blocked in each ledger, after it was lifted if it `lifts`."""
    paths = _ledgers(venues, where)
    rows = []
    for path in paths:
        with closing(Ledger(path, must_exist=True)) as ledger:
            block = ledger.lift(venues, VENUES) if lifts else ledger.blocked()
            rows.append((path, block, _last_kills(ledger)))
    if is_json:
        printed.document({"ledgers": [_document(*row) for row in rows]})
        return Code.DONE
    printed.table([_row(path, block) for path, block, _ in rows], _COLUMNS)
    kills = [_kill_row(one) for _, _, kills in rows for one in kills]
    if kills:
        printed.heading("the last kill at each")
        printed.table(kills, _KILLS)
    return Code.DONE


def _ledgers(venues: Sequence[str], where: dict[str, Any]) -> list[Path]:
    # One that was never written blocks nothing.
    if where["ledger"] is not None:
        found = [where["ledger"]]
    else:
        try:
            found = [place.ledger for place in everywhere(venues, **where, tells=False)]
        except Stop as stop:
            if stop.code is not Code.NOT_SENT:
                raise
            found = []
        found.append(usual_ledger())
    return [path for path in dict.fromkeys(found) if path.exists()]


def _last_kills(ledger: Ledger) -> list[Intent]:
    last = {
        (one.wanted.get("venue"), one.wanted.get("host"), one.wanted.get("account_mark")): one
        for one in ledger.intents()
        if one.wanted.get("verb") == "kill"
    }
    return list(last.values())


def _document(path: Path, block: Block, kills: list[Intent]) -> dict[str, Any]:
    return {
        "ledger": str(path),
        "is_blocked": bool(block.venues),
        "venues": list(block.venues),
        "since_ns": block.since_ns,
        "pid": block.pid,
        "kills": [
            {"intent_id": one.intent_id, "ts_ns": one.ts_ns, **one.wanted, "outcome": one.outcome}
            for one in kills
        ],
    }


def _row(path: Path, block: Block) -> dict[str, Any]:
    return {
        "ledger": str(path),
        "blocked": ", ".join(block.venues).replace("*", "all venues") or "nothing",
        "since": utc(block.since_ns)[:-11] + "Z" if block.venues else "-",
        "process": block.pid or "-",
    }


def _kill_row(intent: Intent) -> dict[str, Any]:
    outcome = intent.outcome or {"outcome": "no end"}
    return {
        "time": utc(intent.ts_ns)[:-11] + "Z",
        "venue": intent.wanted.get("venue"),
        "account": intent.wanted.get("account"),
        "host": intent.wanted.get("host"),
        "came_to": outcome.get("outcome"),
        "why": outcome.get("text") or "-",
    }
