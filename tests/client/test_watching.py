"""Streams as a client of ours hears them: whole, once, in order, and through a cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import pytest

from countermand import connect, connect_sync
from countermand.client import folding
from countermand.client.errors import Unstreamed
from countermand.client.events import (
    BookUpdated,
    Filled,
    Gap,
    OrderUpdated,
    Snapshot,
)
from countermand.client.people import Order
from countermand.testing import Account, Exchange
from countermand.wire.errors import NotExpressible, Unauthorized
from countermand.wire.venue import Venue

TIMEOUT_S = 10

# What is bought of which market, at a price that no quote of the demo meets, and with what money.
BIDS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "deltadefi": ("ADAUSDM", "100", "0.5", {"USDM": "1000000", "ADA": "1000000"}),
    "autoshares": ("AAPL", "10", "150", {"USD": "1000000"}),
    "coinbase-intx": ("ETH-PERP", "0.4", "2900", {"USDC": "1000000"}),
    "loopring": ("LRC-ETH", "1000", "0.0001", {"ETH": "1000", "LRC": "1000000"}),
    "polymarket-us": ("aec-nba-ny-sa-2026-06-05", "10", "0.30", {"USD": "10000"}),
}
SILENT = {"coinbase-intx"}


class Floor:
    """An exchange with one venue, and a trader on it."""

    def __init__(self, exchange: Exchange, venue: str) -> None:
        self.exchange, self.venue = exchange, venue
        self.symbol, self.qty, self.price, self.funds = BIDS[venue]
        self.alice = self.trader("alice")
        self.bob = self.trader("bob")

    def trader(self, owner: str) -> Account:
        """Return a user of the demo, with a key."""
        return self.exchange.account(owner)

    @property
    def base_url(self) -> str:
        """The base URL that a client is given."""
        return self.exchange.url(self.venue)

    def trade(self, part: str) -> None:
        """Sell a part of what alice bids for, in the house's name."""
        quantity = Decimal(self.qty) * Decimal(part)
        self.exchange.trade(self.symbol, self.price, str(quantity), side="sell")

    def cut(self) -> None:
        """Cut every connection."""
        self.exchange.call("close-connections")


@pytest.fixture
def floor(venue: Venue) -> Iterator[Floor]:
    """An exchange with empty books of one venue."""
    with Exchange(venue.name) as exchange:
        floor = Floor(exchange, venue.name)
        exchange.call("cancel-all", venue=venue.name)
        yield floor


async def until(events: AsyncIterator[Any], kind: type[Any], **wanted: Any) -> list[Any]:
    """Return what is told up to an event of a kind, whose order has such fields."""
    told: list[Any] = []

    def fits(event: Any) -> bool:
        shown: Any = getattr(event, "order", event)
        return isinstance(event, kind) and all(
            getattr(shown, name) == value for name, value in wanted.items()
        )

    while not told or not fits(told[-1]):
        told.append(await asyncio.wait_for(anext(events), TIMEOUT_S))
    return told


def only_with_orders(floor: Floor) -> None:
    """Skip a venue that streams nothing of orders."""
    if floor.venue in SILENT:
        pytest.skip(f"{floor.venue} streams nothing of orders")


def test_an_order_is_told_from_its_start_to_its_end(floor: Floor) -> None:
    """A snapshot of what was there, then each thing that happens, with its fills."""
    only_with_orders(floor)

    async def go() -> list[Any]:
        async with await connect(floor.venue, floor.base_url, floor.alice.credentials) as client:
            events = client.events([floor.symbol])
            told = await until(events, Snapshot)
            placed = await client.place(floor.symbol, "buy", floor.qty, floor.price)
            told += await until(events, OrderUpdated, ord_status="new")
            floor.trade("0.5")
            told += await until(events, OrderUpdated, ord_status="partially_filled")
            await client.cancel(placed.order_id, floor.symbol)
            told += await until(events, OrderUpdated, ord_status="canceled")
            return [
                event for event in told if not isinstance(event, Snapshot) or event.orders == ()
            ]

    told = asyncio.run(go())
    assert ["Snapshot", "OrderUpdated", "Filled", "OrderUpdated", "OrderUpdated"] == [
        type(event).__name__ for event in told
    ]
    filled, last = told[2], told[-1].order
    half = Decimal(floor.qty) / 2
    assert (half, Decimal(floor.price)) == (filled.last_qty, filled.last_px)
    assert (half, False) == (last.cum_qty, last.is_open)


def test_missed_fills_are_told_once_and_then_the_state(floor: Floor) -> None:
    """
    An order was filled or canceled in the gap: the fill comes once, then a snapshot as REST has it.
    """
    only_with_orders(floor)

    async def go() -> tuple[list[Any], tuple[Order, ...]]:
        async with await connect(floor.venue, floor.base_url, floor.alice.credentials) as client:
            events = client.events()
            await until(events, Snapshot)
            first = await client.place(floor.symbol, "buy", floor.qty, floor.price)
            await until(events, OrderUpdated, ord_status="new")
            floor.cut()
            told = await until(events, Gap)
            floor.trade("0.5")
            floor.alice.cancel_all()
            await client.place(floor.symbol, "buy", floor.qty, floor.price)
            told += await until(events, Snapshot)
            assert first.order_id
            return told, await client.open_orders()

    told, listed = asyncio.run(go())
    fills = [event for event in told if isinstance(event, Filled)]
    assert [Decimal(floor.qty) / 2] == [event.last_qty for event in fills]
    ended = [e for e in told if isinstance(e, OrderUpdated) and e.order.ord_status == "canceled"]
    assert 1 == len(ended)
    assert (True, 1) == (told[-1].is_again, len(told[-1].orders))
    assert [order.order_id for order in listed] == [o.order_id for o in told[-1].orders]


def test_a_book_is_told_and_told_again_after_a_gap(floor: Floor) -> None:
    """Whole each time, as it is."""

    async def go() -> list[Any]:
        async with await connect(floor.venue, floor.base_url, floor.alice.credentials) as client:
            books = client.book_stream(floor.symbol)
            await until(books, BookUpdated)
            await client.place(floor.symbol, "buy", floor.qty, floor.price)
            told = await until(books, BookUpdated)
            floor.cut()
            told += await until(books, Gap)
            return told + await until(books, BookUpdated)

    told = [event.book for event in asyncio.run(go()) if isinstance(event, BookUpdated)]
    assert all(len(book.bids) < 2 for book in told)
    best = (Decimal(floor.price), Decimal(floor.qty))
    assert [best, best] == [told[0].bids[0], told[-1].bids[0]]


def test_the_same_in_a_thread(floor: Floor) -> None:
    """`connect_sync` has the same names."""
    only_with_orders(floor)
    with connect_sync(floor.venue, floor.base_url, floor.alice.credentials) as client:
        events = client.events()
        assert isinstance(next(events), Snapshot)
        client.place(floor.symbol, "buy", floor.qty, floor.price)
        told = next(events)
        assert (floor.symbol, "new") == (told.order.symbol, told.order.ord_status)  # type: ignore[union-attr]
        events.close()  # type: ignore[attr-defined]


def test_a_venue_without_a_stream_of_orders_says_so(floor: Floor) -> None:
    """NotExpressible is raised before anything is sent."""
    if floor.venue not in SILENT:
        pytest.skip(f"{floor.venue} streams orders")
    with (
        connect_sync(floor.venue, floor.base_url, floor.alice.credentials) as client,
        pytest.raises(NotExpressible, match="streams nothing of orders"),
    ):
        next(client.events())


def test_a_key_that_has_ended_is_told_and_not_tried_for_ever(floor: Floor) -> None:
    """The venue refuses the stream for good."""
    only_with_orders(floor)
    with connect_sync(floor.venue, floor.base_url, floor.alice.credentials) as client:
        for key in floor.exchange.call("keys", venue=floor.venue).keys:
            if key.owner == "alice":
                floor.exchange.call("revoke-key", venue=floor.venue, key=key.key)
        with pytest.raises((Unstreamed, Unauthorized)):
            hear_all(client)


def hear_all(client: Any) -> None:
    """Hear a stream to its end; there is nothing to hear."""
    for event in client.events():
        assert not isinstance(event, Snapshot)


def test_orders_that_were_over_before_are_no_news(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some venues tell them first; the snapshot has what is open, and then comes what happens."""
    only_with_orders(floor)
    monkeypatch.setattr(folding, "SLACK_NS", 0)

    async def go() -> list[Any]:
        async with await connect(floor.venue, floor.base_url, floor.alice.credentials) as client:
            over = await client.place(floor.symbol, "buy", floor.qty, floor.price)
            await client.cancel(over.order_id, floor.symbol)
            await asyncio.sleep(0.05)
            events = client.events()
            told = await until(events, Snapshot)
            placed = await client.place(floor.symbol, "buy", floor.qty, floor.price)
            told += await until(events, OrderUpdated, ord_status="new")
            assert placed.order_id != over.order_id
            return told

    told = asyncio.run(go())
    assert [Snapshot, OrderUpdated] == [type(event) for event in told]
