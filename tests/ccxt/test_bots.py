"""
Bots as they are published for ccxt, unmodified but for the import, at every venue.

They are our own writing, after the ways of published ones: a maker of a ladder of orders, with a
loop that asks again around all it does, and a taker that buys, waits and cancels. That a published
bot of others' trades like this is told in docs/ccxt.md.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.client.desks import market
from tests.served import Served

import ccxt as published
import countermand.ccxt.sandbox as ccxt
import countermand.ccxt.sandbox.async_support as ccxt_async

LEVELS, SPREAD = 3, 0.02


class Maker:
    """Keeps a ladder of limit orders on both sides of the middle; keys it has none of ours."""

    def __init__(self, exchange_id: str, symbol: str, amount: float) -> None:
        settings = {"apiKey": "from-my-exchange", "secret": "mine", "enableRateLimit": True}
        self.exchange = getattr(ccxt_async, exchange_id)(settings)
        self.symbol, self.amount = symbol, amount
        self.base, self.quote = symbol.split("/")

    async def again(self, method: Any, *args: Any) -> Any:
        """Try until it is done, as bots do."""
        for _ in range(3):
            try:
                return await method(*args)
            except (published.RequestTimeout, published.NetworkError):
                await asyncio.sleep(0.1)
        raise RuntimeError("gave up")

    async def middle(self) -> float:
        """Return the price between the best two."""
        ticker = await self.again(self.exchange.fetch_ticker, self.symbol)
        return float(ticker["bid"] + ticker["ask"]) / 2

    async def lay(self) -> list[dict[str, Any]]:
        """Place the ladder, as far as there is money for it, and see each order open."""
        balance = await self.again(self.exchange.fetch_balance)
        middle, placed = await self.middle(), []
        for level in range(1, LEVELS + 1):
            for side, sign in (("buy", -1), ("sell", 1)):
                price = middle * (1 + sign * SPREAD * level)
                have = balance["free"].get(
                    self.quote.split(":")[0] if side == "buy" else self.base, 0
                )
                need = self.amount * price if side == "buy" else self.amount
                if have < need:
                    continue
                order = (self.symbol, "limit", side, self.amount, price)
                placed.append(await self.again(self.exchange.create_order, *order))
        return placed

    async def clear(self) -> None:
        """Cancel each order that is open, and see none."""
        for order in await self.again(self.exchange.fetch_open_orders, self.symbol):
            with suppress(published.OrderNotFound):
                await self.again(self.exchange.cancel_order, order["id"], self.symbol)
        assert await self.again(self.exchange.fetch_open_orders, self.symbol) == []

    async def run(self) -> list[dict[str, Any]]:
        """Do one turn of its loop."""
        await self.exchange.load_markets()
        try:
            placed = await self.lay()
            opened = await self.again(self.exchange.fetch_open_orders, self.symbol)
            assert {one["id"] for one in placed} == {one["id"] for one in opened}
            await self.clear()
        finally:
            await self.exchange.close()
        return placed


def take(exchange: Any, symbol: str, money: float) -> dict[str, Any]:
    """Buy below the market for some money, wait, and cancel what is left: a taker's turn."""
    exchange.load_markets()
    bid = exchange.fetch_order_book(symbol)["bids"][0][0]
    amount = exchange.amount_to_precision(symbol, money / bid)
    price = exchange.price_to_precision(symbol, bid * 0.97)
    try:
        order = exchange.create_limit_buy_order(symbol, float(amount), float(price))
    except published.InsufficientFunds:
        return {}
    until = exchange.milliseconds() + 200
    while exchange.fetch_order(order["id"], symbol)["status"] == "open":
        if exchange.milliseconds() >= until:
            canceled: dict[str, Any] = exchange.cancel_order(order["id"], symbol)
            return canceled
        time.sleep(0.05)
    return dict(exchange.fetch_order(order["id"], symbol))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An exchange that runs on this machine, and no other to be found."""
    folder: Path = tmp_path_factory.mktemp("run")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        with Served(None) as running:
            yield running


def test_maker(served: Served, venue: str) -> None:
    """Its whole ladder, as far as it has what to sell, with nothing left behind."""
    venue_symbol, _, quantity = market(venue)
    name = venue.replace("-", "_")
    with getattr(ccxt, name)() as exchange:
        symbol = exchange.load_markets() and exchange.market(venue_symbol)["symbol"]
    placed = asyncio.run(Maker(name, symbol, float(quantity)).run())

    buys = [one["price"] for one in placed if one["side"] == "buy"]
    assert len(buys) == LEVELS
    assert {"open"} == {one["status"] for one in placed}
    assert buys == sorted(buys, reverse=True)


def test_taker(served: Served, venue: str) -> None:
    """The part that is not bought in time is canceled, with the proof."""
    symbol, price, quantity = market(venue)
    with getattr(ccxt, venue.replace("-", "_"))() as exchange:
        told = take(exchange, symbol, float(price * quantity) * 2)

    assert ("canceled", 0) == (told["status"], told["filled"])
    assert told["info"]["countermand"]["is_proven"]
