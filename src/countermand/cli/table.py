"""The table of verbs: their names, where each is, and the one line that the list of them shows."""

from __future__ import annotations

from typing import NamedTuple

TRADE, LOOK, KEEP, EXCHANGE = "Act", "Look", "The client itself", "The exchange"


class Row(NamedTuple):
    """A verb: the module and the name in it of the function or group that it is."""

    panel: str
    module: str
    attribute: str
    summary: str


def _row(panel: str, place: str, summary: str) -> Row:
    module, _, attribute = place.partition(":")
    return Row(panel, f"countermand.cli.{module}", attribute, summary)


ROWS: dict[str, Row] = {
    "cancel": _row(TRADE, "acting:cancel", "Cancel orders, and say what is proven of each."),
    "cancel-all": _row(
        TRADE,
        "acting:cancel_all",
        "Cancel all open orders, until open orders were read empty twice.",
    ),
    "place": _row(TRADE, "acting:place", "Place an order, once, and say what is proven of it."),
    "replace": _row(
        TRADE, "acting:replace", "Change an order's price or its whole quantity, once."
    ),
    "kill": _row(
        TRADE,
        "kill:kill",
        "Block new orders, cancel all open ones everywhere at once, and prove that none is left.",
    ),
    "guard": _row(
        TRADE,
        "guard:guard",
        "Run a bot, and kill (see countermand kill) when it ends or stops calling home.",
    ),
    "order": _row(LOOK, "looking:order", "Show an order as its venue does."),
    "orders": _row(LOOK, "looking:orders", "List the open orders."),
    "fills": _row(LOOK, "looking:fills", "List what was traded lately, the newest first."),
    "book": _row(
        LOOK,
        "looking:book",
        "Show a market's levels, the best first; of some venues the best ones alone.",
    ),
    "balances": _row(LOOK, "looking:balances", "List what the account has of each asset."),
    "positions": _row(LOOK, "looking:positions", "List the positions."),
    "instruments": _row(
        LOOK, "looking:instruments", "List what can be traded, and in which steps."
    ),
    "watch": _row(
        LOOK,
        "watching:watch",
        "Tell what happens to the account's orders as it happens, or how a market's book stands.",
    ),
    "venues": _row(
        KEEP,
        "venues:venues",
        "List the venues: what each offers, its base URLs, and what was never proven on the real "
        "one.",
    ),
    "doctor": _row(
        KEEP,
        "doctor:doctor",
        "Check a venue, and the key for it: does it answer, is the key taken, is the clock right.",
    ),
    "audit": _row(
        KEEP,
        "ledger:audit",
        "Check the ledger, and show what was set out to do and what came of it.",
    ),
    "resume": _row(
        KEEP,
        "ledger:resume",
        "Settle what an earlier client left open: it ended, or nothing proved what came of it.",
    ),
    "serve": _row(
        EXCHANGE,
        "serve:serve",
        "Run the exchange: the venues' own APIs, over one durable exchange core.",
    ),
    "accounts": _row(
        EXCHANGE,
        "accounts:accounts",
        "Print the base URLs of a running server of yours, and the credentials it was started "
        "with.",
    ),
    "world": _row(EXCHANGE, "world:app", "Make a world of one's own."),
    "backup": _row(
        EXCHANGE,
        "backup:backup",
        "Copy a data directory into a file, while its server goes on, and prove the copy.",
    ),
    "restore": _row(
        EXCHANGE, "restore:restore", "Make a data directory of a backup, to go on from it."
    ),
    "journal": _row(EXCHANGE, "journal:app", "Look into a journal, and prove it."),
    "ctl": _row(EXCHANGE, "ctl:app", "Act on a running exchange as its operator."),
}
