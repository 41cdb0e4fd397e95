"""Exchanges of ccxt's of either shell, at a server that the tests did not start."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

from tests.client.desks import SELLS_SHORT, market
from tests.served import Served

import countermand.ccxt
import countermand.ccxt.async_support
from countermand.venues import VENUES

SHELLS = {"synchronous": countermand.ccxt, "asynchronous": countermand.ccxt.async_support}


class Seat:
    """An exchange of one shell, its methods called as if none of them waited."""

    def __init__(self, shell: str, name: str, config: dict[str, Any]) -> None:
        self.exchange: Any = getattr(SHELLS[shell], name)(config)
        self._runner = asyncio.Runner() if shell == "asynchronous" else None

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.exchange, name)
        if self._runner is None or not callable(found):
            return found

        def call(*args: Any, **named: Any) -> Any:
            assert self._runner is not None
            result = found(*args, **named)
            return self._runner.run(result) if asyncio.iscoroutine(result) else result

        return call

    def close(self) -> None:
        """Close the exchange."""
        self.__getattr__("close")()
        if self._runner is not None:
            self._runner.close()


def config(served: Served, venue: str, user: str = "alice", **more: Any) -> dict[str, Any]:
    """Return the config of an exchange that is one of a server's users."""
    told = served.venue(venue)
    options = {"credentials": dict(told["accounts"][user])}
    urls = {"api": told["base_url"]}
    return {"urls": urls, "options": options, "enableRateLimit": False, **more}


def best(seat: Seat, venue: str) -> tuple[str, float, float]:
    """Return a market, a price that is best of all and an amount, as a bot has them: floats."""
    venue_symbol, price, quantity = market(venue)
    seat.load_markets()
    return seat.market(venue_symbol)["symbol"], float(price), float(quantity)


def rested(seat: Seat, venue: str, times: int = 1, **more: Any) -> dict[str, Any]:
    """Place an order that stands in the book, and return it."""
    symbol, price, amount = best(seat, venue)
    placed: dict[str, Any] = seat.create_order(symbol, "limit", "buy", amount * times, price, more)
    assert placed["status"] == "open", placed
    return placed


def hit(seat: Seat, venue: str) -> dict[str, Any]:
    """Sell to what stands best."""
    symbol, price, amount = best(seat, venue)
    shorts = {"positionEffect": "open"} if VENUES[venue].name in SELLS_SHORT else {}
    sold: dict[str, Any] = seat.create_order(symbol, "limit", "sell", amount, price, shorts)
    assert sold["status"] == "closed", sold
    return sold


def exactly(number: float) -> Decimal:
    """Return a float as it is written."""
    return Decimal(str(number))
