"""
Structures have the keys, types and values that ccxt's own published checks ask of an exchange,
unmodified. Skipped is what no venue tells, which is None.

They are the published ones, unmodified. What is skipped of each no venue tells, and is None.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from ccxt.test.exchange.base.test_balance import test_balance as check_balance
from ccxt.test.exchange.base.test_market import test_market as check_market
from ccxt.test.exchange.base.test_order import test_order as check_order
from ccxt.test.exchange.base.test_order_book import test_order_book as check_order_book
from ccxt.test.exchange.base.test_position import test_position as check_position
from ccxt.test.exchange.base.test_ticker import test_ticker as check_ticker
from ccxt.test.exchange.base.test_trade import test_trade as check_trade
from tests.ccxt.seats import Seat, best, exactly, hit, rested

import ccxt

# Fees are no part of what is learned of a market, and a book has no time.
NOT_OF_MARKETS = dict.fromkeys(("taker", "maker"), True)
NOT_OF_BOOKS = dict.fromkeys(("timestamp", "datetime"), True)
NOT_OF_POSITIONS = dict.fromkeys(
    (
        *("timestamp", "datetime", "initialMargin", "initialMarginPercentage"),
        *("maintenanceMargin", "maintenanceMarginPercentage", "notional", "leverage"),
        *("unrealizedPnl", "marginRatio", "liquidationPrice", "markPrice", "positionMargin"),
        *("collateral", "marginMode", "percentage"),
    ),
    True,
)


@pytest.fixture
def judge(alice: Seat) -> Any:
    """An exchange of ccxt's own that knows our markets, for its checks of structures."""
    alice.load_markets()
    one = ccxt.Exchange({"id": alice.exchange.id})
    one.markets, one.currencies = alice.exchange.markets, alice.exchange.currencies
    one.currencies_by_id = alice.exchange.currencies
    one.precisionMode = alice.exchange.precisionMode
    return one


def _now() -> int:
    return time.time_ns() // 1_000_000 + 1000


def test_markets(alice: Seat, judge: Any) -> None:
    """Each, by a symbol that is its own both ways."""
    listed = alice.fetch_markets()

    assert listed
    for market in listed:
        check_market(judge, NOT_OF_MARKETS, "fetchMarkets", market)
        assert alice.market(market["symbol"]) == market
        assert alice.market(market["id"]) == market
    assert alice.exchange.symbols == sorted(market["symbol"] for market in listed)


def test_orders(alice: Seat, bob: Seat, venue: str, judge: Any) -> None:
    """Each structure of an order: placed, read, traded and canceled."""
    placed = rested(alice, venue, times=2)
    symbol = placed["symbol"]
    hit(bob, venue)
    read = alice.fetch_order(placed["id"], symbol)
    opened = alice.fetch_open_orders(symbol)
    canceled = alice.cancel_order(placed["id"], symbol)
    after = alice.fetch_order(placed["id"], symbol)

    for order in (placed, read, *opened, canceled, after):
        check_order(judge, {}, "fetchOrder", order, symbol, _now())
    assert [placed["id"]] == [order["id"] for order in opened]
    assert (read["status"], canceled["status"], after["status"]) == ("open", "canceled", "canceled")
    assert exactly(read["filled"]) * 2 == exactly(read["amount"])
    assert read["filled"] == read["remaining"] == canceled["filled"] == after["filled"]
    assert read["average"] == read["price"] == placed["price"]
    assert exactly(read["cost"]) == exactly(read["price"]) * exactly(read["filled"])


def test_proof_is_told(alice: Seat, venue: str) -> None:
    """`info` has the outcome of an act, with its evidence, and the value of a read."""
    placed = rested(alice, venue)
    read = alice.fetch_order(placed["id"], placed["symbol"])
    canceled = alice.cancel_order(placed["id"], placed["symbol"])

    told = [one["info"]["countermand"] for one in (placed, canceled)]
    assert ["Open", "Canceled"] == [one["outcome"] for one in told]
    assert all(one["is_proven"] and one["evidence"]["witnesses"] for one in told)
    assert "canceled" in told[1]["evidence"]["proof"]["answer"]
    assert placed["id"] == read["info"]["countermand"]["order"]["order_id"]


def test_trades(alice: Seat, bob: Seat, venue: str, judge: Any) -> None:
    """Oldest first, and of an order alone."""
    if not alice.exchange.has["fetchMyTrades"]:
        with pytest.raises(ccxt.NotSupported):
            alice.fetch_my_trades()
        return
    made = [rested(alice, venue) for _ in range(2)]
    for _ in made:
        hit(bob, venue)
    symbol = made[0]["symbol"]
    told = alice.fetch_my_trades(symbol)
    stamps = [one["timestamp"] for one in told]

    for trade in told:
        check_trade(judge, {}, "fetchMyTrades", trade, symbol, _now(), is_public_trade=False)
    assert stamps == sorted(stamps)
    assert len({one["id"] for one in told}) == len(told)
    assert alice.fetch_my_trades(symbol, None, 1) == told[-1:]
    assert alice.fetch_my_trades(symbol, stamps[-1] + 1) == []
    if told[-1]["order"]:
        assert alice.fetch_order_trades(told[-1]["order"], symbol)[0]["side"] == "buy"


def test_balances(alice: Seat, bob: Seat, venue: str, judge: Any) -> None:
    """Free and used make the total; an order that is open uses some."""
    rested(alice, venue)
    hit(bob, venue)
    placed = rested(alice, venue)
    told = alice.fetch_balance()
    used = alice.fetch_used_balance()
    alice.cancel_order(placed["id"], placed["symbol"])

    check_balance(judge, {}, "fetchBalance", told)
    after = alice.fetch_used_balance()
    assert sum(used.values()) > sum(after.values())
    assert used == told["used"]
    market = alice.market(placed["symbol"])
    if market["spot"]:
        assert told[market["base"]]["total"] > 0


def test_positions(alice: Seat, bob: Seat, venue: str, judge: Any) -> None:
    """Both sides of a trade have a position, long and short."""
    if not alice.exchange.has["fetchPositions"]:
        with pytest.raises(ccxt.NotSupported):
            alice.fetch_positions()
        return
    symbol = rested(alice, venue)["symbol"]
    hit(bob, venue)
    told, theirs = alice.fetch_positions([symbol]), bob.fetch_positions([symbol])

    assert [("long", "short")] == [
        (one["side"], two["side"]) for one, two in zip(told, theirs, strict=True)
    ]
    for position in (*told, *theirs):
        check_position(judge, NOT_OF_POSITIONS, "fetchPositions", position, symbol, _now())


def test_books_and_tickers(alice: Seat, bob: Seat, venue: str, judge: Any) -> None:
    """Best prices first, and the last one once there was one."""
    rested(alice, venue)
    hit(bob, venue)
    symbol, price, _ = best(alice, venue)
    book, ticker = alice.fetch_order_book(symbol), alice.fetch_ticker(symbol)

    check_order_book(judge, NOT_OF_BOOKS, "fetchOrderBook", book, symbol)
    check_ticker(judge, {}, "fetchTicker", ticker, symbol)
    assert (ticker["bid"], ticker["ask"]) == (book["bids"][0][0], book["asks"][0][0])
    assert ticker["last"] in (price, None)
    assert len(alice.fetch_order_book(symbol, 1)["bids"]) == 1
