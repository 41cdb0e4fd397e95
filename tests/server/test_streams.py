"""What a stream is told: a view, then every event after it, each once and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.venues.desk import Desk
from tests.venues.toy import VENUE as TOY

from countermand.server.sessions import bound
from countermand.vocabulary.commands import MassCancel, NewOrder
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import ListOpenOrders
from countermand.wire.conversation import OpenStream
from countermand.wire.stream import Book, Line, Message, Session, Source, Told


class Tape:
    """A line that remembers, and the session of it."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.closed: tuple[int, str] | None = None

    def say(self, message: Message) -> None:
        """Remember a message."""
        self.messages.append(message)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Remember the end."""
        self.closed = code, reason

    def receive(self, message: Message) -> None:
        """Hear nothing."""

    def end(self) -> None:
        """Hold nothing."""


class Floor:
    """The toy's exchange, and traders on it."""

    def __init__(self) -> None:
        self.desk = Desk(TOY)
        self.hub = self.desk.pipeline.hub
        self.alice, self.bob = (self.desk.accounts(name)[0].account_id for name in ("alice", "bob"))
        self.market = next(iter(self.desk.directory.instruments))

    def open(self, tape: Tape | None = None) -> tuple[Source, Session]:
        """Open a stream and return what it sees."""
        sources: list[Source] = []

        def begin(line: Line, source: Source) -> Session:
            sources.append(source)
            return tape or Tape()

        session = bound(OpenStream(begin), self.hub)(tape or Tape())
        return sources[0], session

    def place(self, account_id: int, side: Side, price_ticks: int, lots: int = 1000) -> None:
        """Place a limit order."""
        terms = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, lots, price_ticks=price_ticks)
        self.desk.engine.enter(NewOrder(account_id, self.market, "", terms))  # type: ignore[arg-type]


def ignore(more: Sequence[Told]) -> None:
    """Hear nothing."""


def break_down(more: Sequence[Told]) -> None:
    """Be a bug."""
    raise ZeroDivisionError


async def turns(count: int = 4) -> None:
    """Let the loop turn."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_it_is_told_what_comes_after_its_view_even_while_older_news_waits() -> None:
    """A stream begun between an event and its turn has that event in its view only."""

    async def go() -> None:
        floor, told = Floor(), list[Told]()
        early, _ = floor.open()
        early.follow(ignore, accounts=[floor.alice])
        floor.place(floor.alice, Side.BUY, 9000)  # waits for a turn of the loop
        source, _ = floor.open()
        seen = source.view(ListOpenOrders((floor.alice,)))
        source.follow(told.extend, accounts=[floor.alice])
        floor.place(floor.alice, Side.BUY, 9001)
        await turns()

        assert [9000] == [order.terms.price_ticks for order in seen]
        assert {9001} == {each.event.order.terms.price_ticks for each in told}  # type: ignore[union-attr]

    asyncio.run(go())


def test_an_event_that_concerns_two_of_its_keys_is_told_once() -> None:
    """A trade between two followed accounts on a followed market is one event."""

    async def go() -> None:
        floor, told = Floor(), list[Told]()
        source, _ = floor.open()
        source.follow(told.extend, [floor.alice, floor.bob], [floor.market])
        floor.place(floor.alice, Side.BUY, 9000)
        floor.place(floor.bob, Side.SELL, 9000)
        await turns()

        events = [each.event for each in told]
        assert len(events) == len({id(event) for event in events})
        assert ["Traded"] == [type(e).__name__ for e in events if type(e).__name__ == "Traded"]

    asyncio.run(go())


def test_a_stream_that_follows_too_much_is_ended_and_told_so() -> None:
    """The stream follows no more, and no other stream is disturbed."""

    async def go() -> None:
        floor, told, tape = Floor(), list[Told](), Tape()
        floor.hub.subscriptions_max = 2
        greedy, _ = floor.open(tape)
        modest, _ = floor.open()
        modest.follow(told.extend, accounts=[floor.alice])
        heard: list[Told] = []
        for _ in range(2):
            greedy.follow(ignore, accounts=[floor.alice])
        assert tape.closed is None
        greedy.follow(heard.extend, accounts=[floor.alice])
        floor.place(floor.alice, Side.BUY, 9000)
        await turns()

        assert (1008, "more than 2 subscriptions") == tape.closed
        assert ([], True) == (heard, bool(told))

    asyncio.run(go())


def test_a_session_that_fails_ends_its_own_stream_and_no_other() -> None:
    """A bug in a dialect harms one stream."""

    async def go() -> None:
        floor, told, tape = Floor(), list[Told](), Tape()
        broken, _ = floor.open(tape)
        broken.follow(break_down, accounts=[floor.alice])
        sound, _ = floor.open()
        sound.follow(told.extend, accounts=[floor.alice])
        floor.place(floor.alice, Side.BUY, 9000)
        await turns()

        assert (1011, "internal error") == tape.closed
        assert told

    asyncio.run(go())


@pytest.mark.parametrize("kind", ["events", "book", "timer"])
def test_an_ended_stream_hears_no_event(kind: str) -> None:
    """Its subscriptions end, and the hub leaves the feed with the last stream."""

    async def go() -> None:
        floor, told = Floor(), list[object]()
        source, session = floor.open()
        begin: dict[str, Callable[[], object]] = {
            "events": partial(source.follow, told.append, [floor.alice]),
            "book": partial(source.follow_book, floor.market, told.append, 5),
            "timer": partial(source.every, 0.0, partial(told.append, 1)),
        }
        begin[kind]()
        floor.place(floor.alice, Side.BUY, 9000)
        session.end()
        floor.place(floor.alice, Side.BUY, 9001)
        await turns()

        assert [] == told

    asyncio.run(go())


def test_a_book_is_told_as_it_stands_at_most_once_in_its_time() -> None:
    """Changes within the time are told as one, at its end."""

    async def go() -> None:
        floor, books = Floor(), list[Book]()
        source, _ = floor.open()
        source.follow_book(floor.market, books.append, levels_max=2, every_s=0.03)
        for price_ticks in (9000, 9001, 9002):
            floor.place(floor.alice, Side.BUY, price_ticks)
            await turns()
        told_at_once = len(books)
        await asyncio.sleep(0.1)

        assert 1 == told_at_once
        assert [((9000, 1000),), ((9002, 1000), (9001, 1000))] == [b.depth.bids for b in books]
        assert floor.desk.engine.seq == books[-1].as_of_seq

    asyncio.run(go())


def test_flush_tells_all_at_once() -> None:
    """A clock that is moved on finds everything told."""

    async def go() -> None:
        floor, told, books = Floor(), list[Told](), list[Book]()
        source, _ = floor.open()
        source.follow(told.extend, [floor.alice])
        source.follow_book(floor.market, books.append, 5, every_s=60)
        for price_ticks in range(9000, 9200):
            floor.place(floor.alice, Side.BUY, price_ticks)
        floor.hub.flush()

        assert 200 == len({each.seq for each in told})
        assert 9199 == books[-1].depth.bids[0][0]

    asyncio.run(go())


class Fold:
    """The open orders of alice, as one stream knows them."""

    def __init__(self, floor: Floor) -> None:
        source, _ = floor.open()
        view = source.view(ListOpenOrders((floor.alice,)))
        self.orders = {order.order_id: order.leaves_qty_lots for order in view}
        self._account_id = floor.alice
        source.follow(self.apply, [floor.alice])

    def apply(self, more: Sequence[Told]) -> None:
        """Follow what is told."""
        for order in (order for told in more for order in told.event.orders):
            if order.account_id == self._account_id:
                self.orders.pop(order.order_id, None)
                if order.is_open:
                    self.orders[order.order_id] = order.leaves_qty_lots


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["alice", "bob", "open", "turn", "cancel"]),
            st.sampled_from(list(Side)),
            st.integers(9990, 10010),
        ),
        max_size=60,
    )
)
def test_a_fold_over_what_is_told_is_the_view(acts: Sequence[tuple[str, Side, int]]) -> None:
    """Streams opened at any moment each come to the open orders that the exchange has."""

    async def go() -> None:
        floor, folds = Floor(), list[Fold]()
        for what, side, price_ticks in acts:
            match what:
                case "open":
                    folds.append(Fold(floor))
                case "turn":
                    await turns(1)
                case "cancel":
                    floor.desk.engine.enter(MassCancel(floor.alice, (floor.market,)))
                case _:
                    who = floor.alice if what == "alice" else floor.bob
                    floor.place(who, side, price_ticks)
        floor.hub.flush()
        now = Fold(floor).orders
        assert all(fold.orders == now for fold in folds)

    asyncio.run(go())
