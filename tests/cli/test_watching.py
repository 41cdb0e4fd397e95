"""`countermand watch`, on every venue of a running exchange."""

from __future__ import annotations

import pytest
from tests.cli.calling import Calls, low

from countermand.venues import VENUES

SILENT = "coinbase-intx"


@pytest.mark.parametrize("venue", [name for name in VENUES if name != SILENT])
def test_orders_are_told_as_they_happen(call: Calls, venue: str) -> None:
    """The open orders first, then each event, one a line."""
    symbol, quantity, price = low(venue)
    order = call("place", venue, symbol, "buy", quantity, price, "--quiet").out.strip()
    shown = call("watch", venue, symbol, "--count", "1")
    told = call("watch", venue, "--count", "1", "--json")
    call("cancel-all", venue)

    first, second = shown.out.splitlines()
    assert (0, "Snapshot 1 open") == (shown.code, first)
    assert second.startswith(f"  {order} {symbol} buy ")
    assert second.endswith(": new")
    assert ("Snapshot", [order]) == (
        told.json["event"], [one["order_id"] for one in told.json["orders"]],
    )  # fmt: skip


@pytest.mark.parametrize("venue", VENUES)
def test_a_book_is_told(call: Calls, venue: str) -> None:
    """Its best levels, or whole in JSON."""
    symbol, _, _ = low(venue)
    shown = call("watch", venue, symbol, "--book", "--count", "1")
    told = call("watch", venue, symbol, "--book", "--count", "1", "--json")

    assert (0, 1) == (shown.code, len(shown.out.splitlines()))
    assert shown.out.startswith(f"BookUpdated {symbol} ")
    assert ("BookUpdated", symbol) == (told.json["event"], told.json["book"]["symbol"])


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ((SILENT,), 2, f"{SILENT} streams nothing of orders"),
        (("polymarket-us", "--book"), 2, "--book watches one market: name it"),
        (("polymarket-us", "no-such-market"), 2, "polymarket-us has no market no-such-market"),
        (("nowhere",), 2, "no venue is called 'nowhere'"),
    ],
)
def test_a_bad_request_is_one_line(
    call: Calls, words: tuple[str, ...], code: int, text: str
) -> None:
    """One line and an exit code."""
    said = call("watch", *words)
    assert code == said.code
    assert [f"countermand: {text}"] == [line[: len(text) + 13] for line in said.err.splitlines()]
