"""The published polymarket-us 2.4.1, unmodified, over a real socket: both of its WebSockets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from polymarket_us import AsyncPolymarketUS
from tests.served import Served
from tests.venues.polymarket_us.counter import terms
from tests.venues.polymarket_us.floor import GAME, NAME
from websockets.exceptions import InvalidStatus

TIMEOUT_S = 10


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """The demo world, as anyone would start it, without its quotes."""
    with Served.with_empty_books(NAME) as served:
        yield served.venue(NAME)


def client_of(venue: dict[str, Any], owner: str = "alice", **changes: Any) -> AsyncPolymarketUS:
    """Return a user's client."""
    account, url = venue["accounts"][owner], venue["base_url"]
    keys = {"key_id": account["key_id"], "secret_key": account["secret_key"]} | changes
    return AsyncPolymarketUS(api_base_url=url, gateway_base_url=url, **keys)


def test_an_order_lives_and_ends_on_the_stream(venue: dict[str, Any]) -> None:
    """New, and canceled once it is canceled, with balances and positions beside."""

    async def go() -> list[str]:
        async with client_of(venue) as client:
            events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            socket = client.ws.private()
            for name in ("order_update", "account_balance_snapshot", "error"):
                socket.on(name, events.put_nowait)
            await socket.connect()
            await socket.subscribe_account_balance("b")
            assert (await asyncio.wait_for(events.get(), TIMEOUT_S))["accountBalancesSnapshot"]
            await socket.subscribe_orders("o")
            created = await client.orders.create(terms("BUY_LONG", "0.30", 2))
            new = await asyncio.wait_for(events.get(), TIMEOUT_S)
            await client.orders.cancel(created["id"], {"marketSlug": GAME})
            canceled = await asyncio.wait_for(events.get(), TIMEOUT_S)
            await socket.close()
            return [
                each["orderSubscriptionUpdate"]["execution"]["type"] for each in (new, canceled)
            ]

    assert ["EXECUTION_TYPE_NEW", "EXECUTION_TYPE_CANCELED"] == asyncio.run(go())


def test_a_book_comes_at_once(venue: dict[str, Any]) -> None:
    """A second one comes when the book changes."""

    async def go() -> list[int]:
        async with client_of(venue) as client:
            events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
            socket = client.ws.markets()
            socket.on("market_data", events.put_nowait)
            await socket.connect()
            await socket.subscribe_market_data("m", [GAME])
            first = await asyncio.wait_for(events.get(), TIMEOUT_S)
            created = await client.orders.create(terms("BUY_LONG", "0.31", 2))
            then = await asyncio.wait_for(events.get(), TIMEOUT_S)
            await client.orders.cancel(created["id"], {"marketSlug": GAME})
            await socket.close()
            return [len(each["marketData"]["bids"]) for each in (first, then)]

    assert [0, 1] == asyncio.run(go())


def test_a_bad_key_is_refused_before_the_upgrade(venue: dict[str, Any]) -> None:
    """The websockets library raises its error for a refused handshake."""

    async def go() -> int:
        async with client_of(venue, key_id="00000000-0000-4000-8000-000000000000") as client:
            with pytest.raises(InvalidStatus) as refused:
                await client.ws.private().connect()
            return int(refused.value.response.status_code)

    assert 401 == asyncio.run(go())
