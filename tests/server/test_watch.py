"""Watch: whoever waits for an order hears of its end, and nobody else is disturbed."""

from __future__ import annotations

import asyncio

from tests.core.build import ALICE, BOB, World

from countermand.core.commands import CancelOrder, Command, Entry
from countermand.core.ids import OrderId
from countermand.core.queries import Query
from countermand.engine.feed import Feed
from countermand.engine.sequencer import Answer
from countermand.server.watch import OrderWatch

FOREVER_NS = 3_600 * 10**9


class FedWorld(World):
    """An exchange that publishes what happens, as the engine does."""

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed(self.exchange.seq)

    async def query(self, query: Query) -> Answer:
        """As the engine's `query`."""
        return Answer(self.exchange.seq, self.exchange.query(query))

    def tell(self, command: Command) -> None:
        """Apply the command and publish its receipt."""
        exchange = self.exchange
        entry = Entry(exchange.seq + 1, exchange.ts_ns + 1, command)
        self.feed.publish((exchange.apply(entry),))


def watch(world: FedWorld) -> OrderWatch:
    """A watch over the world."""
    return OrderWatch(world)  # type: ignore[arg-type]  # what it uses of an engine


async def settled(task: asyncio.Task[None]) -> bool:
    """Let everything run that can, and say whether the task has ended."""
    for _ in range(10):
        await asyncio.sleep(0)
    return task.done()


def test_waits_until_the_order_is_canceled() -> None:
    """Not before, and not for another order's end."""

    async def story() -> tuple[bool, bool, bool]:
        world = FedWorld()
        mine, other = world.buy(ALICE, 5, 100), world.buy(BOB, 5, 99)
        waiting = asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS))
        before = await settled(waiting)
        world.tell(CancelOrder(BOB, other))
        between = await settled(waiting)
        world.tell(CancelOrder(ALICE, mine))
        return before, between, await settled(waiting)

    assert (False, False, True) == asyncio.run(story())


def test_order_that_is_closed_is_not_waited_for() -> None:
    """It may have closed before anybody came to wait."""

    async def story() -> bool:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        world.cancel(ALICE, mine)
        return await settled(asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS)))

    assert asyncio.run(story())


def test_waiting_ends_with_its_time() -> None:
    """The order rests on, and whoever waited goes."""

    async def story() -> bool:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        await watch(world).closed(ALICE, mine, 1)
        return world.report(ALICE, mine).is_open

    assert asyncio.run(story())


def test_waiting_ends_with_the_exchange() -> None:
    """When nothing more will come there is nothing to wait for."""

    async def story() -> bool:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        waiting = asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS))
        await settled(waiting)
        world.feed.close()
        return await settled(waiting)

    assert asyncio.run(story())


def test_many_wait_through_one_reader() -> None:
    """However many wait, the feed has one subscriber, and none when they have gone."""

    async def story() -> tuple[int, int]:
        world = FedWorld()
        watching = watch(world)
        orders = [world.buy(ALICE, 1, price) for price in range(50, 70)]
        waiting = [
            asyncio.create_task(watching.closed(ALICE, OrderId(order), FOREVER_NS))
            for order in orders
        ]
        await settled(waiting[-1])
        during = len(world.feed._subscriptions)
        for order in orders:
            world.tell(CancelOrder(ALICE, order))
        await asyncio.gather(*waiting)
        await settled(waiting[-1])
        return during, len(world.feed._subscriptions)

    assert (1, 0) == asyncio.run(story())
