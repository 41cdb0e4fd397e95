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
    "journal": _row(EXCHANGE, "journal:app", "Look into a journal, and prove it."),
    "ctl": _row(EXCHANGE, "ctl:app", "Act on a running exchange as its operator."),
}
