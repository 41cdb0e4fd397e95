"""An exchange of one venue behind a host, in memory or in a data directory, without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from countermand import world as worlds
from countermand.app.disk import DiskLives
from countermand.app.generation import Clocks
from countermand.app.host import Host
from countermand.app.lives import Lives
from countermand.app.memory import MemoryLives
from countermand.control.call import call
from countermand.control.row import ControlError
from countermand.engine.clock import ClientClock, ExchangeClock, Reading
from countermand.server.limits import Limits
from countermand.venues import VENUES
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport

VENUE = "coinbase-intx"

HOUR_NS = 3_600 * 10**9


def fail() -> None:
    """End a test whose core met a bug."""
    raise AssertionError("the core met a bug")


class Hosted:
    """A host, and short words for what a test asks of it."""

    def __init__(self, host: Host) -> None:
        self.host = host

    async def act(self, name: str, **fields: Any) -> Any:
        """Do an operator's act at the venue and return its reply as JSON says it."""
        reply = await call(self.host.operated, name, {"venue": VENUE} | fields)
        return msgspec.json.decode(msgspec.json.encode(reply))

    async def refused(self, doing: Awaitable[Any]) -> str:
        """Return the code of a refusal, which is one line."""
        with pytest.raises(ControlError) as caught:
            await doing
        assert "\n" not in caught.value.text
        return caught.value.code

    @property
    def alice(self) -> AccountId:
        """Alice's account."""
        directory = self.host.generation.pipelines[VENUE].directory
        return next(iter(directory.accounts_of("alice"))).account_id

    async def order(self, expire_ns: int = 0) -> OrderId:
        """Place an order of alice's that rests, and return its id."""
        directory = self.host.generation.pipelines[VENUE].directory
        market = directory.instrument_by_symbol("BTC-PERP")
        assert market is not None
        in_force = TimeInForce.GTD if expire_ns else TimeInForce.GTC
        terms = OrderTerms(Side.BUY, OrdType.LIMIT, in_force, 10, 500_000, expire_ns=expire_ns)
        new = NewOrder(self.alice, market.instrument_id, "", terms)
        receipt = await self.host.generation.engine.submit(new)
        [order] = receipt.orders
        assert order.is_open
        return order.order_id

    def find(self, order_id: OrderId) -> OrderReport | None:
        """Return an order of alice's, if it is known."""
        found: OrderReport | None = self.host.generation.engine.view(GetOrder(self.alice, order_id))
        return found

    def is_open(self, order_id: OrderId) -> bool:
        """Whether an order of alice's is open."""
        found = self.find(order_id)
        return found is not None and found.is_open


@asynccontextmanager
async def hosted(data: Path | None, reading: Reading | None = None) -> AsyncIterator[Hosted]:
    """Yield a host over the demo world of a venue."""
    clock = ExchangeClock()
    clock.show(reading or Reading())
    clocks, venues = Clocks(clock, ClientClock(clock)), [VENUES[VENUE]]
    lives: Lives = MemoryLives(worlds.demo(venues), clocks, fail)
    if data is not None:
        lives = DiskLives(data, venues, None, clocks, fail)
    host = Host(lives, clocks, Limits())
    try:
        await host.begin()
        yield Hosted(host)
    finally:
        await host.end()


def tell(
    data: Path | None,
    story: Callable[[Hosted], Awaitable[None]],
    reading: Reading | None = None,
) -> None:
    """Run a story on a host."""

    async def run() -> None:
        async with hosted(data, reading) as here:
            await story(here)

    asyncio.run(run())
