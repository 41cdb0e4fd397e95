"""Watch: a request that waits for an order hears of its end, and no other is disturbed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from tests.core.build import ALICE, BOB, World, new_order

from countermand.engine.feed import Feed
from countermand.engine.intake import Queued, Reply
from countermand.server.watch import OrderWatch
from countermand.vocabulary.commands import CancelOrder, Command, Entry, NewOrder
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import Query
from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import WaitForClose

FOREVER_NS = 3_600 * 10**9


class FedWorld(World):
    """
    An exchange that publishes what happens, as the engine does, at once or a turn later; with a
    `failure` it answers every command with that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.feed = Feed(self.exchange.seq)
        self.asked = self.clock_behind_ns = 0
        self.answers_later = False
        self.failure: Exception | None = None

    def view(self, query: Query) -> Any:
        """Answer as the engine's `view` does, and count the calls."""
        self.asked += 1
        return self.exchange.query(query)

    def put(self, command: Command, reply: Reply, *, cancels_first: bool = True) -> None:
        """Take a command as the engine's `put` does."""
        self._answer(reply, lambda: self.tell(command))

    def put_batch(
        self, commands: tuple[Command, ...], reply: Reply, *, cancels_first: bool = True
    ) -> None:
        """Take commands as the engine's `put_batch` does."""
        self._answer(reply, lambda: tuple([self.tell(command) for command in commands]))

    def blocker(self, query: Query) -> Queued | None:
        """Return that nothing waits here."""

    def tell(self, command: Command) -> Receipt:
        """Apply the command and publish its receipt."""
        exchange = self.exchange
        entry = Entry(exchange.seq + 1, exchange.ts_ns + 1, command)
        receipt = exchange.apply(entry)
        self.feed.publish((receipt,))
        return receipt

    def _answer(self, reply: Reply, act: Callable[[], Any]) -> None:
        if self.failure is not None and not self.answers_later:
            raise self.failure
        if self.failure is not None:
            asyncio.get_running_loop().call_soon(reply.set_exception, self.failure)
        elif self.answers_later:
            asyncio.get_running_loop().call_soon(lambda: reply.set_result(act()))
        else:
            reply.set_result(act())


def sell(account: AccountId, qty: int) -> NewOrder:
    """An order that takes what is bid at 100."""
    return new_order(account, Side.SELL, qty, 100)


async def closed(watch: OrderWatch, order_id: OrderId, wait_ns: int = FOREVER_NS) -> None:
    """Wait for one of alice's orders."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watch.wait(WaitForClose(ALICE, order_id, wait_ns), lambda: ended.set_result(None))
    await ended


async def settled(task: asyncio.Task[None]) -> bool:
    """Let everything run that can, and say whether the task has ended."""
    for _ in range(10):
        await asyncio.sleep(0)
    return task.done()


def test_waits_until_the_order_is_canceled() -> None:
    """The wait ends with this order's end, and not with another's."""

    async def story() -> tuple[bool, bool, bool]:
        world = FedWorld()
        mine, other = world.buy(ALICE, 5, 100), world.buy(BOB, 5, 99)
        waiting = asyncio.create_task(closed(OrderWatch(world), mine))
        before = await settled(waiting)
        world.tell(CancelOrder(BOB, other))
        between = await settled(waiting)
        world.tell(CancelOrder(ALICE, mine))
        return before, between, await settled(waiting)

    assert (False, False, True) == asyncio.run(story())


def test_order_that_is_closed_is_not_waited_for() -> None:
    """An order that closed before the wait needs no follower of the feed."""

    async def story() -> tuple[bool, int]:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        world.cancel(ALICE, mine)
        waiting = asyncio.create_task(closed(OrderWatch(world), mine))
        return await settled(waiting), len(world.feed._followers)

    assert (True, 0) == asyncio.run(story())


def test_waiting_ends_with_its_time() -> None:
    """The wait ends and the order rests on."""

    async def story() -> bool:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        await closed(OrderWatch(world), mine, 1)
        return world.report(ALICE, mine).is_open

    assert asyncio.run(story())


def test_waiting_ends_with_the_exchange() -> None:
    """Waits that run end, and later ones end at once."""

    async def story() -> bool:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        watch = OrderWatch(world)
        waiting = asyncio.create_task(closed(watch, mine))
        await settled(waiting)
        watch.end()
        await closed(watch, mine)
        return await settled(waiting)

    assert asyncio.run(story())


def test_partly_filled_order_is_waited_for_without_hurry() -> None:
    """A partial fill does not end the wait."""

    async def story() -> tuple[bool, int, bool]:
        world = FedWorld()
        mine = world.buy(ALICE, 5, 100)
        waiting = asyncio.create_task(closed(OrderWatch(world), mine))
        await settled(waiting)
        world.asked = 0
        world.tell(sell(BOB, 2))
        partly = await settled(waiting)
        asked = world.asked
        world.tell(sell(BOB, 3))
        return partly, asked, await settled(waiting)

    assert (False, 0, True) == asyncio.run(story())
