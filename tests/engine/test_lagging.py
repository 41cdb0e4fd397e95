"""An exchange held behind: by entries, by time, and not by both less than by each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.core.build import ALICE, BOB, World, new_order

from countermand.core.exchange import Exchange
from countermand.core.history import History
from countermand.engine.feed import Feed
from countermand.engine.lagging import Lagging
from countermand.vocabulary.commands import CancelOrder, Command, Entry
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetOrder, ListFills, ListOrders


class Clock:
    """It stands where it is put."""

    ns = 0

    def now_ns(self) -> int:
        """Return where."""
        return self.ns


class Engine:
    """A world that publishes what it does."""

    def __init__(self) -> None:
        self.exchange, self.feed = World().exchange, Feed()

    def copy(self, over: Callable[[Exchange], History]) -> Exchange:
        """Return the exchange as it is, over a history made of it."""
        return Exchange.load(self.exchange.dump(), over(self.exchange))

    def enter(self, command: Command, ts_ns: int = 0) -> int:
        """Apply a command and return its number."""
        seq = self.exchange.seq + 1
        entry = Entry(seq, max(ts_ns, self.exchange.ts_ns + 1), command)
        self.feed.publish((self.exchange.apply(entry),))
        return seq

    def bid(self, name: str, ts_ns: int = 0) -> int:
        """Enter an order of alice's."""
        return self.enter(new_order(ALICE, Side.BUY, 1, 50, cl_ord_id=name), ts_ns)


def shows(lagging: Lagging, seq: int) -> bool:
    """Whether the order that an entry brought is there."""
    return lagging.view(GetOrder(ALICE, OrderId(seq))) is not None


def test_what_was_there_at_first_is_shown() -> None:
    """It begins as it is."""
    engine = Engine()
    seq = engine.bid("a")

    assert shows(Lagging(engine, Clock(), entries=5), seq)


def test_by_entries() -> None:
    """One is shown when so many more are there, whatever the time."""
    engine = Engine()
    lagging = Lagging(engine, Clock(), entries=2)
    first, second, _ = (engine.bid(name) for name in "abc")

    assert (True, False) == (shows(lagging, first), shows(lagging, second))


def test_by_time() -> None:
    """One is shown when it is so old, also when nothing comes after it."""
    engine, clock = Engine(), Clock()
    lagging = Lagging(engine, clock, lag_ns=100)
    first, second = engine.bid("a", 1_000_000), engine.bid("b", 1_000_050)

    seen = []
    for now_ns in (1_000_099, 1_000_100, 1_000_149, 1_000_150):
        clock.ns = now_ns
        seen.append((shows(lagging, first), shows(lagging, second)))
    assert [(False, False), (True, False), (True, False), (True, True)] == seen


def test_by_both() -> None:
    """The later of the two."""
    engine, clock = Engine(), Clock()
    lagging = Lagging(engine, clock, entries=1, lag_ns=100)
    first = engine.bid("a", 1_000_000)
    clock.ns = 1_000_100
    alone = shows(lagging, first)
    engine.bid("b", 1_000_100)

    assert (False, True) == (alone, shows(lagging, first))


def test_it_can_end() -> None:
    """Then nothing more is shown, and nothing is done."""
    engine = Engine()
    lagging = Lagging(engine, Clock())
    seen = engine.bid("a")
    lagging.close()
    unseen = engine.bid("b")

    assert (True, False) == (shows(lagging, seen), shows(lagging, unseen))
    with pytest.raises(ValueError, match="not in list"):
        lagging.close()


def test_what_has_ended_since_is_shown_as_it_was() -> None:
    """An order is open, its end is counted nowhere, and no fill of it is shown, until they are."""
    engine = Engine()
    before = engine.bid("before")
    engine.enter(CancelOrder(ALICE, OrderId(before)))
    canceled, filled = engine.bid("canceled"), engine.bid("filled")
    lagging = Lagging(engine, Clock(), entries=3)
    engine.enter(CancelOrder(ALICE, OrderId(canceled)))
    engine.enter(new_order(BOB, Side.SELL, 1, 50))

    question = ListOrders((ALICE,), ascending=True)
    page = lagging.view(question)
    assert (3, [before, canceled, filled]) == (page.total, [now.order_id for now in page.orders])
    assert [False, True, True] == [now.is_open for now in page.orders]
    assert () == lagging.view(ListFills((ALICE, BOB)))
    assert lagging.view(GetOrder(ALICE, OrderId(canceled))).is_open

    for name in "ab":
        engine.bid(name)
    assert [False, False, True] == [now.is_open for now in lagging.view(question).orders[:3]]
    engine.bid("c")
    truth = engine.exchange.query(question).orders[:3]
    assert truth == lagging.view(question).orders[:3]
    assert [False] * 3 == [now.is_open for now in truth]
    assert engine.exchange.query(ListFills((ALICE,))) == lagging.view(ListFills((ALICE,)))
