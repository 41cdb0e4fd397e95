"""The published ccxt 4.5.89, unmodified, over a real socket: all that it watches on this venue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import ccxt.pro
import pytest
from tests.served import Served
from tests.venues.coinbase_intx.test_sdk import NAME, User

ETH = "ETH/USDC:USDC"
TIMEOUT_S = 30
TAKES: dict[str, tuple[Any, ...]] = {
    "watch_ticker": (ETH,),
    "watch_tickers": ([ETH],),
    "watch_order_book": (ETH,),
    "watch_order_book_for_symbols": ([ETH],),
    "watch_trades": (ETH,),
    "watch_trades_for_symbols": ([ETH],),
    "watch_ohlcv": (ETH, "1m"),
    "watch_funding_rate": (ETH,),
    "watch_funding_rates": ([ETH],),
}


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """A server with the demo world."""
    with Served(None, "--venue", NAME) as running:
        yield running.venue(NAME)


def watched(venue: dict[str, Any], look: Callable[[Any, User], Awaitable[Any]]) -> Any:
    """Return what an exchange of ccxt's saw, its base URLs pointed here, nothing else changed."""

    async def go() -> Any:
        alice, url = venue["accounts"]["alice"], venue["base_url"]
        keys = {
            "apiKey": alice["access_key"],
            "secret": alice["signing_key"],
            "password": alice["passphrase"],
        }
        exchange = ccxt.pro.coinbaseinternational(keys)
        exchange.urls["api"] = {"rest": f"{url}/api", "ws": url.replace("http", "ws", 1)}
        try:
            await exchange.load_markets()
            return await asyncio.wait_for(look(exchange, User(venue, "bob")), TIMEOUT_S)
        finally:
            await exchange.close()

    return asyncio.run(go())


def buy(bob: User) -> None:
    """Let bob buy from what is quoted."""
    order = bob.place("BUY", None, type="MARKET", tif="IOC")
    assert order.exec_qty == "0.01"


@pytest.mark.parametrize("name", TAKES)
def test_each_is_told_what_happens(venue: dict[str, Any], name: str) -> None:
    """The first is of a snapshot, or of the trade that is made meanwhile."""

    async def look(exchange: Any, bob: User) -> Any:
        seeing = asyncio.ensure_future(getattr(exchange, name)(*TAKES[name]))
        for _ in range(20):
            if (await asyncio.wait([seeing], timeout=0.5))[0]:
                break
            await asyncio.to_thread(buy, bob)
        return await seeing

    told = watched(venue, look)
    if "ohlcv" in name:
        assert len(told[-1]) == 6
        return
    shown = told[-1] if isinstance(told, list) else told.get(ETH, told)
    assert shown["symbol"] == ETH
    # Of funding ccxt reads the symbol and the time alone.
    priced = shown["info"] if "funding" in name else shown
    assert any(priced.get(one) for one in ("price", "bid", "bids", "mark_price"))


def test_a_book_follows_orders(venue: dict[str, Any]) -> None:
    """Placed and canceled: the book that ccxt folds has it, and has it no more."""

    async def look(exchange: Any, bob: User) -> Any:
        best = (await exchange.watch_order_book(ETH))["bids"][0][0]
        seeing = asyncio.ensure_future(exchange.watch_order_book(ETH))
        order = await asyncio.to_thread(bob.place, "BUY", str(int(best) + 1))
        with_it = list((await seeing)["bids"][0])
        seeing = asyncio.ensure_future(exchange.watch_order_book(ETH))
        await asyncio.to_thread(bob.cancel, order.order_id)
        return best, with_it, (await seeing)["bids"][0]

    best, with_it, without = watched(venue, look)
    assert with_it == [int(best) + 1, 0.01]
    assert without[0] == best
