"""One account's requests, of any kind, keep the order in which they were read."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.core.build import ALICE, BOB
from tests.engine.desk import FOUNDING, cancel, engine_over, order

from countermand.engine.memory import MemoryJournal
from countermand.engine.sequencer import Engine
from countermand.server.conversation import Conversation, Tools
from countermand.server.lanes import Lanes
from countermand.server.watch import OrderWatch
from countermand.vocabulary.commands import CancelOrder, Command, MassCancel
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.wire.conversation import Serving

MINE = GetOrder(ALICE, OrderId(0), "mine")


class Venue:
    """Conversations over an engine with a journal, in the order they are begun."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._lanes = Lanes()
        self._tools = Tools(engine, None, OrderWatch(engine), self._lanes)  # type: ignore[arg-type]
        self.answers: list[asyncio.Future[Any]] = []

    def begin(self, steps: Serving[Any], owner: str = "alice") -> None:
        """Begin a conversation, as when its request's last byte is read."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.answers.append(answer)

        def done(reply: Any, error: Exception | None) -> None:
            if error is None:
                answer.set_result(reply)
            else:
                answer.set_exception(error)

        self._lanes.enter(owner, Conversation(steps, self._tools, owner, done).start)

    async def told(self) -> list[Any]:
        """Return every answer."""
        return await asyncio.gather(*self.answers)


def doing(command: Command) -> Serving[Any]:
    """A conversation that is one command."""
    receipt = yield command
    return receipt


def doing_all(*commands: Command) -> Serving[Any]:
    """A conversation that is a batch."""
    receipts = yield commands
    return receipts


def canceling_by_name() -> Serving[Any]:
    """A conversation that looks its order up before it cancels it."""
    found = yield MINE
    if found is None:
        return "not found"
    yield CancelOrder(ALICE, found.order_id)
    return "canceled"


def seen_open(account: AccountId = ALICE) -> Serving[Any]:
    """A conversation that lists open orders."""
    found = yield ListOpenOrders((account,))
    return [report.cl_ord_id for report in found]


def run(story: Any) -> None:
    """Run a story over a started engine."""

    async def whole() -> None:
        engine = engine_over(MemoryJournal())
        await engine.start()
        await engine.submit_all(FOUNDING)
        async with asyncio.timeout(10):
            await story(Venue(engine))
        await engine.stop()

    asyncio.run(whole())


def open_orders(engine: Engine, account: Any = ALICE) -> int:
    """How many orders of an account are open."""
    return len(engine.view(ListOpenOrders((account,))))


def test_a_cancel_all_takes_the_orders_sent_before_it() -> None:
    """Of 320 orders read before it none rests; an order read after it does."""

    async def story(venue: Venue) -> None:
        for _ in range(320):
            venue.begin(doing(order()))
        for _ in range(10):
            venue.begin(doing_all(order(), order()))
        venue.begin(doing(MassCancel(ALICE)))
        venue.begin(doing(order()))
        venue.begin(doing(order(BOB)), "bob")
        await venue.told()

        assert (1, 1) == (open_orders(venue.engine), open_orders(venue.engine, BOB))

    run(story)


def test_a_cancel_by_name_finds_the_order_sent_before_it() -> None:
    """The cancel's query waits until the order is applied."""

    async def story(venue: Venue) -> None:
        venue.begin(doing(order(cl_ord_id="mine")))
        venue.begin(canceling_by_name())
        _, outcome = await venue.told()

        assert "canceled" == outcome
        assert OrdStatus.CANCELED == venue.engine.view(MINE).ord_status

    run(story)


def test_no_request_passes_one_that_waits() -> None:
    """Requests after a waiting cancel wait too, and come after it."""

    async def story(venue: Venue) -> None:
        def placing_after_a_look() -> Serving[Any]:
            yield MINE
            yield order(cl_ord_id="later")
            return "placed"

        venue.begin(doing(order(cl_ord_id="mine")))
        venue.begin(placing_after_a_look())
        venue.begin(doing(MassCancel(ALICE)))
        await venue.told()

        assert 0 == open_orders(venue.engine), "the cancel-all was sent last"

    run(story)


def test_a_list_has_the_orders_sent_before_it() -> None:
    """The list has the orders sent before it, and none sent later."""

    async def story(venue: Venue) -> None:
        venue.begin(doing(order(cl_ord_id="first")))
        venue.begin(seen_open())
        venue.begin(doing(order(cl_ord_id="second")))
        _, seen, _ = await venue.told()

        assert ["first"] == seen

    run(story)


def test_other_owners_do_not_wait() -> None:
    """A waiting request delays only its own owner's later ones."""

    async def story(venue: Venue) -> None:
        venue.begin(doing(order(cl_ord_id="mine")))
        venue.begin(canceling_by_name())
        venue.begin(seen_open(BOB), "bob")

        assert [False, False, True] == [answer.done() for answer in venue.answers]
        await venue.told()

    run(story)


def test_cancels_by_name_share_a_group() -> None:
    """Those of different orders do not wait for each other."""

    async def story(venue: Venue) -> None:
        def canceling(name: str) -> Serving[Any]:
            found = yield GetOrder(ALICE, OrderId(0), name)
            receipt = yield cancel(found.order_id)
            return receipt

        await venue.engine.submit_all([order(cl_ord_id=f"{n}") for n in range(64)])
        groups = venue.engine.groups
        for number in range(64):
            venue.begin(canceling(f"{number}"))
        await venue.told()

        assert 1 == venue.engine.groups - groups
        assert 0 == open_orders(venue.engine)

    run(story)
