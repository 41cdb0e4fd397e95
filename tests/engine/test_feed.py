"""The feed: each follower gets every receipt in order, and none delays the engine."""

import asyncio

import pytest
from tests.engine.desk import run

from countermand.engine.feed import Feed, FeedClosed, FeedCut
from countermand.vocabulary.receipt import Receipt


def receipts(first: int, last: int) -> list[Receipt]:
    """Return receipts that say nothing but their number."""
    return [Receipt(seq, seq, (), ()) for seq in range(first, last + 1)]


def test_everyone_gets_everything_after_they_came() -> None:
    """The receipts come in order, to a waiting reader and to a late one."""

    async def test() -> None:
        feed = Feed(7)
        early = feed.subscribe()
        first = asyncio.create_task(early.next())
        await asyncio.sleep(0)
        feed.publish(receipts(8, 9))
        late = feed.subscribe()
        feed.publish(receipts(10, 10))
        assert (7, 9) == (early.seq, late.seq)
        assert [8, 9, 10] == [(await first).seq, (await early.next()).seq, (await early.next()).seq]
        assert 10 == (await late.next()).seq

    run(test())


def test_a_slow_reader_is_cut_and_told() -> None:
    """Its unread receipts are dropped; the other readers do not notice."""

    async def test() -> None:
        feed = Feed()
        slow, quick = feed.subscribe(room=3), feed.subscribe(room=9)
        feed.publish(receipts(1, 2))
        assert 1 == (await slow.next()).seq
        feed.publish(receipts(3, 4))
        feed.publish(receipts(5, 6))
        with pytest.raises(FeedCut, match="cut after 1"):
            await slow.next()
        assert [1, 2, 3, 4, 5, 6] == [(await quick.next()).seq for _ in range(6)]

    run(test())


def test_a_reader_that_waits_when_it_is_cut_is_woken() -> None:
    """A single group can be more than it has room for."""

    async def test() -> None:
        feed = Feed()
        task = asyncio.create_task(feed.subscribe(room=1).next())
        await asyncio.sleep(0)
        feed.publish(receipts(1, 2))
        with pytest.raises(FeedCut):
            await task

    run(test())


def test_the_end_comes_after_what_was_published() -> None:
    """Iteration ends by itself; a later subscriber is told at once."""

    async def test() -> None:
        feed = Feed()
        subscription = feed.subscribe()
        feed.publish(receipts(1, 3))
        feed.close()
        assert [1, 2, 3] == [receipt.seq async for receipt in subscription]
        with pytest.raises(FeedClosed):
            await feed.subscribe().next()

    run(test())


def test_a_reader_that_left_is_not_served() -> None:
    """A reader that left is neither cut nor kept alive."""

    async def test() -> None:
        feed = Feed()
        gone = feed.subscribe()
        feed.leave(gone)
        feed.leave(gone)
        feed.publish(receipts(1, 1))
        assert 0 == len(gone._waiting)

    run(test())
