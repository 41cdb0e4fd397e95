"""Clients over a socket, of either shell, at a server that the tests did not start."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from functools import cache
from typing import Any

from tests.served import Served
from tests.venues.desk import Desk

from countermand import connect, connect_sync
from countermand.client import people
from countermand.venues import VENUES

# Where a sale of what is not held is another thing than a sale.
SELLS_SHORT = ("autoshares",)

SHELLS = ("synchronous", "asynchronous")


class Seat:
    """A client of one shell, its methods called as if none of them waited."""

    def __init__(
        self, shell: str, venue: str, told: dict[str, Any], user: str, **more: Any
    ) -> None:
        where = told["base_url"], told["accounts"][user]
        self._runner = asyncio.Runner() if shell == "asynchronous" else None
        more = {"keep_limits": False, **more}
        if self._runner is None:
            self.client: Any = connect_sync(venue, *where, **more)
        else:
            self.client = self._runner.run(_awaited(connect(venue, *where, **more)))

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)
        if self._runner is None:
            return method
        return lambda *args, **more: self._runner.run(_awaited(method(*args, **more)))

    def close(self) -> None:
        """Close the client."""
        self.__getattr__("close")()
        if self._runner is not None:
            self._runner.close()


async def _awaited(waiting: Any) -> Any:
    return await waiting


@cache
def market(venue: str) -> tuple[str, Decimal, Decimal]:
    """Return the symbol of a market of the demo world, its reference price and a thousand lots."""
    markets = list(Desk(VENUES[venue]).directory.instruments.values())
    one = next((i for i in markets if i.has_positions), markets[0])
    return one.symbol, people.price(one, one.reference_price_ticks), people.qty(one, 1000)


def rested(seat: Any, venue: str, times: int = 1) -> str:
    """Place an order that stands in the book, best of all, and return what it is called."""
    symbol, price, quantity = market(venue)
    outcome = seat.place(symbol, "buy", quantity * times, price)
    assert outcome.name == "Open", outcome
    return str(outcome.order_id)


def hit(seat: Any, venue: str) -> None:
    """Sell a thousand lots to what stands best."""
    symbol, price, quantity = market(venue)
    shorts = {"position_effect": "open"} if VENUES[venue].name in SELLS_SHORT else {}
    outcome = seat.place(symbol, "sell", quantity, price, **shorts)
    assert outcome.name == "Filled", outcome


def speaking(served: Served) -> list[str]:
    """Return the venues that are served and that our client speaks."""
    return [name for name in served.ready["venues"] if VENUES[name].client is not None]
