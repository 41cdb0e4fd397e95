"""Book: two ladders of queues."""

import pytest
from tests.core.orders import order

from countermand.core import book
from countermand.core.book import Book, Ladder
from countermand.core.order import Order
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Side


def resting(order_id: int, price: int, qty: int = 5, side: Side = Side.SELL) -> Order:
    """Return an order that can stand in a book."""
    terms = {"price_ticks": price, "order_qty_lots": qty, "side": side}
    return order(order_id=OrderId(order_id), leaves_qty_lots=qty, **terms)


def rows(ladder: Ladder) -> list[tuple[int, int, list[int]]]:
    """Return price, quantity and queue of every level, best first."""
    return [
        (price, ladder.levels[price].qty_lots, list(ladder.levels[price].orders))
        for price in ladder.descend()
    ]


def test_asks_descend_from_the_lowest() -> None:
    """The best ask is the lowest."""
    asks = Book().ladder(Side.SELL)
    for order_id, price in ((1, 101), (2, 100), (3, 102)):
        asks.add(resting(order_id, price))

    assert asks.best_px_ticks == 100
    assert rows(asks) == [(100, 5, [2]), (101, 5, [1]), (102, 5, [3])]


def test_bids_descend_from_the_highest() -> None:
    """The best bid is the highest."""
    bids = Book().ladder(Side.BUY)
    for order_id, price in ((1, 101), (2, 100), (3, 102)):
        bids.add(resting(order_id, price, side=Side.BUY))

    assert bids.best_px_ticks == 102
    assert rows(bids) == [(102, 5, [3]), (101, 5, [1]), (100, 5, [2])]


def test_orders_of_one_price_queue_as_they_came() -> None:
    """A later order stands behind, with any id; the level has their sum."""
    asks = Book().asks
    for order_id, qty in ((3, 5), (1, 2), (2, 1)):
        asks.add(resting(order_id, 100, qty))

    assert rows(asks) == [(100, 8, [3, 1, 2])]


def test_order_that_leaves_takes_its_quantity_along() -> None:
    """The others keep their places."""
    asks = Book().asks
    orders = [resting(order_id, 100, order_id) for order_id in (1, 2, 3)]
    for each in orders:
        asks.add(each)
    asks.remove(orders[1].now)

    assert rows(asks) == [(100, 4, [1, 3])]
    assert [asks.holds(each.now) for each in orders] == [True, False, True]


def test_last_order_takes_the_level_along() -> None:
    """An empty ladder has no price."""
    asks, only = Book().asks, resting(1, 100)
    asks.add(only)
    asks.remove(only.now)

    assert rows(asks) == []
    assert asks.best_px_ticks == 0


@pytest.mark.parametrize(("order_id", "price"), [(2, 100), (1, 101)])
def test_order_that_does_not_stand_there_cannot_leave(order_id: int, price: int) -> None:
    """It would take away another order's quantity."""
    asks = Book().asks
    asks.add(resting(1, 100))

    with pytest.raises(KeyError):
        asks.remove(resting(order_id, price).now)


def test_order_that_shrinks_keeps_its_place() -> None:
    """Only the sum changes."""
    asks, first = Book().asks, resting(1, 100)
    asks.add(first)
    asks.add(resting(2, 100))
    asks.shrink(first.now, 3)

    assert rows(asks) == [(100, 7, [1, 2])]


@pytest.mark.parametrize(
    ("side", "price", "expected"),
    [
        (Side.BUY, 99, False),
        (Side.BUY, 100, True),
        (Side.BUY, 101, True),
        (Side.SELL, 97, True),
        (Side.SELL, 98, True),
        (Side.SELL, 99, False),
        (Side.SELL, 0, False),
    ],
)
def test_order_meets_who_its_price_reaches(side: Side, price: int, *, expected: bool) -> None:
    """The book is 98 bid, 100 asked."""
    both = Book()
    both.bids.add(resting(1, 98, side=Side.BUY))
    both.asks.add(resting(2, 100))

    assert both.across(side).reaches(price) is expected
    assert bool(list(both.across(side).within(price))) is expected


@pytest.mark.parametrize("side", Side)
def test_empty_book_has_no_match(side: Side) -> None:
    """An order meets no other there."""
    assert not Book().across(side).reaches(100)
    assert Book().ladder(side).worst_px_ticks == 0


@pytest.mark.parametrize(
    ("side", "best", "worst", "next_best"), [(Side.BUY, 102, 100, 101), (Side.SELL, 100, 102, 101)]
)
def test_best_and_worst_are_of_who_stands_there(
    side: Side, best: int, worst: int, next_best: int
) -> None:
    """A level that empties is passed over, at the front, in the middle and at the end."""
    ladder = Book().ladder(side)
    orders = {price: resting(price, price, side=side) for price in (100, 101, 102)}
    for each in orders.values():
        ladder.add(each)
    assert (ladder.best_px_ticks, ladder.worst_px_ticks) == (best, worst)
    ladder.remove(orders[best].now)
    assert (ladder.best_px_ticks, ladder.worst_px_ticks) == (next_best, worst)
    ladder.remove(orders[worst].now)
    assert (ladder.best_px_ticks, ladder.worst_px_ticks) == (next_best, next_best)
    ladder.add(orders[worst])
    assert [price for price, _ in ladder.shown()] == [next_best, worst]


def test_empty_levels_are_swept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep comes before they outnumber the others; orders come back to their prices."""
    monkeypatch.setattr(book, "PACK_MIN", 2)
    asks = Book().asks
    orders = [resting(number, 100 + number) for number in range(10)]
    for each in orders:
        asks.add(each)
    for each in orders[3:9]:
        asks.remove(each.now)

    assert asks.empty * 2 <= len(asks.levels)
    asks.add(orders[5])
    assert [price for price, _ in asks.shown()] == [100, 101, 102, 105, 109]


def test_level_that_packs_itself_keeps_its_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The orders that stay keep their order, with any number that come and go."""
    monkeypatch.setattr(book, "PACK_MIN", 4)
    asks = Book().asks
    orders = [resting(order_id, 100, 1) for order_id in range(1, 21)]
    for each in orders:
        asks.add(each)
    for each in orders[:18]:
        asks.remove(each.now)
    asks.add(resting(21, 100, 1))

    assert rows(asks) == [(100, 3, [19, 20, 21])]
