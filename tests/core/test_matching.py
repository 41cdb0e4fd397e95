"""Matching: the whole plan for an incoming order, step for step."""

import pytest
from tests.core.orders import change
from tests.core.test_book import resting, rows

from countermand.core import matching
from countermand.core.book import Book
from countermand.core.matching import Incoming, NetOf, Plan, Step, StepKind
from countermand.core.order import Order
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import ExecInst, SelfTradePrevention, Side
from countermand.vocabulary.reasons import CancelReason

ME, YOU, THEY = AccountId(1), AccountId(2), AccountId(3)
STP = SelfTradePrevention


def asks(*orders: tuple[AccountId, int, int]) -> tuple[Book, list[Order]]:
    """Return a book of asks, each (account, quantity, price), and the orders in it."""
    book, made = Book(), []
    for index, (account_id, qty, price) in enumerate(orders, 1):
        ask = resting(index, price, qty)
        change(ask, account_id=account_id)
        book.asks.add(ask)
        made.append(ask)
    return book, made


def buy(qty: int, price: int, stp: STP = STP.NONE) -> Incoming:
    """Return my incoming order."""
    return Incoming(ME, Side.BUY, price, qty, stp)


def plan(book: Book, incoming: Incoming, net_of: NetOf | None) -> Plan:
    """Return what an order would do to all that its price reaches."""
    reached = book.across(incoming.side).within(incoming.price_ticks)
    return matching.plan(incoming, lambda _: reached, net_of)


def trade(maker: Order, qty: int) -> Step:
    """Return a step in which a resting order trades."""
    return Step(StepKind.TRADE, maker, qty)


def pull(maker: Order, reason: CancelReason, lost: int = 0) -> Step:
    """Return a step in which a resting order is canceled."""
    return Step(StepKind.PULL, maker, lost, reason)


def test_best_price_goes_first_and_then_the_earliest() -> None:
    """Price, then time."""
    book, (dear, first, second) = asks((YOU, 2, 101), (YOU, 2, 100), (THEY, 2, 100))

    assert plan(book, buy(5, 101), None) == Plan(
        [trade(first, 2), trade(second, 2), trade(dear, 1)], leaves_qty_lots=0
    )


def test_sell_takes_the_highest_bid_first() -> None:
    """The other side is the mirror image."""
    book = Book()
    low, high = resting(1, 99, 2, Side.BUY), resting(2, 100, 2, Side.BUY)
    for bid in (low, high):
        change(bid, account_id=YOU)
        book.bids.add(bid)
    planned = plan(book, Incoming(ME, Side.SELL, 99, 3, STP.NONE), None)

    assert planned == Plan([trade(high, 2), trade(low, 1)], leaves_qty_lots=0)


def test_price_beyond_the_limit_is_not_met() -> None:
    """The rest stays with the order."""
    book, (near, _) = asks((YOU, 2, 100), (YOU, 2, 102))

    assert plan(book, buy(5, 101), None) == Plan([trade(near, 2)], leaves_qty_lots=3)


def test_sell_does_not_go_below_its_limit() -> None:
    """A bid under the limit stays."""
    book = Book()
    book.bids.add(resting(1, 98, 2, Side.BUY))

    assert plan(book, Incoming(ME, Side.SELL, 99, 3, STP.NONE), None) == Plan([], 3)


def test_planning_touches_nothing() -> None:
    """A plan is only a plan."""
    book, made = asks((YOU, 2, 100), (ME, 2, 100))
    before = rows(book.asks)
    plan(book, buy(3, 100, STP.BOTH), None)

    assert rows(book.asks) == before
    assert [each.now.leaves_qty_lots for each in made] == [2, 2]


@pytest.mark.parametrize("stp", STP)
def test_others_orders_trade_in_every_mode(stp: STP) -> None:
    """Self-trade prevention is about oneself."""
    book, (theirs,) = asks((YOU, 2, 100))

    assert plan(book, buy(2, 100, stp), None) == Plan([trade(theirs, 2)], leaves_qty_lots=0)


def test_without_prevention_one_trades_with_oneself() -> None:
    """NONE lets an account trade with itself."""
    book, (mine,) = asks((ME, 2, 100))

    assert plan(book, buy(2, 100), None) == Plan([trade(mine, 2)], leaves_qty_lots=0)


def test_aggressing_stops_the_incoming_order() -> None:
    """What it met before has traded; the resting order and all behind it stay."""
    book, (first, *_) = asks((YOU, 1, 100), (ME, 2, 100), (YOU, 2, 100))

    assert plan(book, buy(5, 100, STP.AGGRESSING), None) == Plan(
        [trade(first, 1)], leaves_qty_lots=4, stopped=True
    )


def test_resting_pulls_the_resting_order_and_goes_on() -> None:
    """The incoming order loses nothing."""
    book, (mine, behind) = asks((ME, 2, 100), (YOU, 2, 100))

    assert plan(book, buy(5, 100, STP.RESTING), None) == Plan(
        [pull(mine, CancelReason.SELF_TRADE_PREVENTION), trade(behind, 2)], leaves_qty_lots=3
    )


def test_both_pulls_one_and_stops_the_other() -> None:
    """Neither survives; what stands behind stays."""
    book, (mine, _) = asks((ME, 2, 100), (YOU, 2, 100))

    assert plan(book, buy(5, 100, STP.BOTH), None) == Plan(
        [pull(mine, CancelReason.SELF_TRADE_PREVENTION)], leaves_qty_lots=5, stopped=True
    )


def test_decrement_takes_a_smaller_resting_order_off_the_incoming() -> None:
    """The smaller is canceled, the larger loses as much and goes on."""
    book, (mine, behind) = asks((ME, 2, 100), (YOU, 2, 100))

    assert plan(book, buy(5, 100, STP.DECREMENT_AND_CANCEL), None) == Plan(
        [pull(mine, CancelReason.SELF_TRADE_PREVENTION, lost=2), trade(behind, 2)],
        leaves_qty_lots=1,
    )


def test_decrement_takes_a_smaller_incoming_order_off_the_resting() -> None:
    """The incoming order is canceled, the resting one loses as much and stays."""
    book, (mine,) = asks((ME, 5, 100))

    assert plan(book, buy(2, 100, STP.DECREMENT_AND_CANCEL), None) == Plan(
        [Step(StepKind.RESTATE, mine, 2)], leaves_qty_lots=2, stopped=True
    )


def test_decrement_cancels_both_of_equal_orders() -> None:
    """Neither has anything left."""
    book, (mine,) = asks((ME, 2, 100))

    assert plan(book, buy(2, 100, STP.DECREMENT_AND_CANCEL), None) == Plan(
        [pull(mine, CancelReason.SELF_TRADE_PREVENTION)], leaves_qty_lots=2, stopped=True
    )


def test_uncovered_reduce_only_order_is_pulled() -> None:
    """An order that may only reduce does not trade beyond its position."""
    book, (bare, behind) = asks((YOU, 5, 100), (THEY, 2, 100))
    change(bare, exec_inst=int(ExecInst.REDUCE_ONLY))
    nets = {YOU: 4, THEY: 0, ME: 0}

    assert plan(book, buy(5, 100), nets.__getitem__) == Plan(
        [pull(bare, CancelReason.REDUCE_ONLY), trade(behind, 2)], leaves_qty_lots=3
    )


def test_cover_used_up_on_the_way_counts() -> None:
    """Two orders may reduce one position, but it is reduced only once."""
    book, (first, second) = asks((YOU, 3, 100), (YOU, 3, 100))
    for order in (first, second):
        change(order, exec_inst=int(ExecInst.REDUCE_ONLY))
    nets = {YOU: 5, ME: 0}

    assert plan(book, buy(6, 100), nets.__getitem__) == Plan(
        [trade(first, 3), pull(second, CancelReason.REDUCE_ONLY)], leaves_qty_lots=3
    )


def test_traded_quantity_is_the_sum_of_the_trades() -> None:
    """Restated and pulled quantity has not traded."""
    book, _ = asks((ME, 2, 100), (YOU, 2, 100), (ME, 9, 100))

    assert plan(book, buy(5, 100, STP.DECREMENT_AND_CANCEL), None).traded_lots == 2
