"""Watch: whoever waits for an order hears of its end, and nobody else is disturbed."""

from __future__ import annotations

import asyncio

from tests.core.build import ALICE, BOB, SPOT, World

from countermand.engine.feed import Feed
from countermand.engine.sequencer import Answer
from countermand.server.watch import OrderWatch
from countermand.vocabulary.commands import CancelOrder, Command, Entry, NewOrder
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdType, Side, TimeInForce
from countermand.vocabulary.queries import Query

FOREVER_NS = 3_600 * 10**9


class FedWorld(World):
    """An exchange that publishes what happens, as the engine does."""

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed(self.exchange.seq)
        self.asked = 0

    async def query(self, query: Query) -> Answer:
        """As the engine's `query`; how often it is asked is counted."""
        self.asked += 1
        return Answer(self.exchange.seq, self.exchange.query(query))

    def tell(self, command: Command) -> None:
        """Apply the command and publish its receipt."""
        exchange = self.exchange
        entry = Entry(exchange.seq + 1, exchange.ts_ns + 1, command)
        self.feed.publish((exchange.apply(entry),))


def sell(account: AccountId, qty: int) -> NewOrder:
    """An order that takes what is bid at 100."""
    return NewOrder(account, SPOT, "", Side.SELL, OrdType.LIMIT, TimeInForce.GTC, qty, 100)


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
    """It may have closed before anybody came to wait; then the feed is left as it was."""

    async def story() -> tuple[bool, int]:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        world.cancel(ALICE, mine)
        waiting = asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS))
        return await settled(waiting), len(world.feed._subscriptions)

    assert (True, 0) == asyncio.run(story())


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


def test_partly_filled_order_is_waited_for_without_hurry() -> None:
    """A fill that leaves something wakes whoever waits once, and they go back to waiting."""

    async def story() -> tuple[bool, int, bool]:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        waiting = asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS))
        await settled(waiting)
        world.asked = 0
        world.tell(sell(BOB, 2))
        partly = await settled(waiting)
        asked = world.asked
        world.tell(sell(BOB, 3))
        return partly, asked, await settled(waiting)

    assert (False, 1, True) == asyncio.run(story())


def test_reader_that_was_too_slow_looks_for_itself() -> None:
    """What it missed may be what somebody waits for."""

    async def story() -> bool:
        world = FedWorld()
        mine, other = world.buy(ALICE, 5, 100), world.buy(BOB, 5, 90)
        waiting = asyncio.create_task(watch(world).closed(ALICE, mine, FOREVER_NS))
        await settled(waiting)
        (subscription,) = world.feed._subscriptions
        subscription._room = 0
        world.tell(CancelOrder(ALICE, mine))
        ended = await settled(waiting)
        world.tell(CancelOrder(BOB, other))
        return ended

    assert asyncio.run(story())


def test_nobody_waits_once_the_server_stops() -> None:
    """Those who wait go, and those who come later do not begin."""

    async def story() -> tuple[bool, bool, int]:
        world = FedWorld()
        watching, mine = watch(world), world.buy(ALICE, 5, 100)
        waiting = asyncio.create_task(watching.closed(ALICE, mine, FOREVER_NS))
        await settled(waiting)
        watching.end()
        ended = await settled(waiting)
        late = asyncio.create_task(watching.closed(ALICE, mine, FOREVER_NS))
        return ended, await settled(late), len(world.feed._subscriptions)

    assert (True, True, 0) == asyncio.run(story())


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
