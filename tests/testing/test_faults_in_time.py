"""Faults of orders and reads go by the exchange's clock: a test that moves it sees them exactly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from tests.faults.bots import CoinbaseBot

from countermand.faults.kinds import Kind
from countermand.testing import Exchange

PATH = "http://venue/api/v1/instruments/ETH-PERP"


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    """An exchange whose clock stands still; its entries differ by nanoseconds."""
    with Exchange("coinbase-intx") as made:
        made.clock.freeze()
        yield made


@pytest.fixture
def bot(exchange: Exchange) -> Iterator[CoinbaseBot]:
    """Alice on it."""
    alice = exchange.account("alice")
    made = CoinbaseBot({"accounts": {"alice": alice}, "base_url": exchange.url()})
    yield made
    made.close()


def test_a_pending_cancel_is_applied_when_it_is_due(exchange: Exchange, bot: CoinbaseBot) -> None:
    """The order is open until the millisecond before."""
    order = bot.place()
    exchange.faults.add("pending", operation="cancel-order", delay_ms=60_000, count=1)
    bot.cancel(order)

    seen = [bot.state(order)]
    for seconds in (60, 0.001):
        exchange.clock.advance(seconds=seconds)
        seen.append(bot.state(order))
    assert ["WORKING PENDING_CANCEL", "WORKING PENDING_CANCEL", "DONE CANCELED"] == seen


def test_a_fill_can_come_first(exchange: Exchange, bot: CoinbaseBot) -> None:
    """The order is filled, and the pending cancel finds it closed."""
    order = bot.place()
    exchange.faults.add("pending", operation="cancel-order", delay_ms=60_000)
    bot.cancel(order)
    exchange.trade("ETH-PERP", "2700", "0.01", side="sell")
    filled = bot.state(order)
    exchange.clock.advance(minutes=2)

    assert ["DONE TRADE", "DONE TRADE"] == [filled, bot.state(order)]


def test_old_news_get_new_by_the_clock(exchange: Exchange, bot: CoinbaseBot) -> None:
    """However long the test takes."""
    order = bot.place()
    exchange.faults.add("stale", lag_ms=5_000)
    bot.cancel(order)

    before = bot.state(order)
    exchange.clock.advance(seconds=5.001)
    assert ("WORKING NEW", "DONE CANCELED") == (before, bot.state(order))


def test_an_order_is_seen_by_the_clock(exchange: Exchange, bot: CoinbaseBot) -> None:
    """When it is so old."""
    exchange.faults.add("unseen", lag_ms=5_000)
    order = bot.place()

    with pytest.raises(Exception, match="status 404"):
        bot.state(order)
    exchange.clock.advance(seconds=5.001)
    assert "WORKING NEW" == bot.state(order)


def test_a_fault_outlives_a_restore_and_no_reset(exchange: Exchange, bot: CoinbaseBot) -> None:
    """Old news are of the exchange that is restored."""
    order = bot.place()
    exchange.snapshot("placed")
    exchange.faults.add("stale", lag_ms=5_000)
    exchange.restore("placed")
    bot.cancel(order)

    assert "WORKING NEW" == bot.state(order)
    exchange.reset()
    assert () == exchange.faults.reports()


def test_stamps_are_not_held_against_the_exchanges_clock(
    exchange: Exchange, bot: CoinbaseBot
) -> None:
    """A client's stamp is the wall's time, and is not held against the exchange's clock."""
    exchange.clock.advance(days=40)
    order = bot.place()
    exchange.faults.add("overloaded", account="alice", operation="cancel-order", count=1)
    exchange.faults.add("overloaded", account="bob")

    with pytest.raises(Exception, match="status 503"):
        bot.cancel(order)
    bot.cancel(order)
    assert [1, 0] == [each.struck for each in exchange.faults.reports()]


# What httpx raises where there is no socket, and where the client waits or not.
RAISED = {
    Kind.LOST_AFTER: httpx.RemoteProtocolError,
    Kind.RESET_BEFORE: httpx.ReadError,
    Kind.TRUNCATED: httpx.RemoteProtocolError,
    Kind.DELAYED_AFTER: httpx.ReadTimeout,
}


@pytest.mark.parametrize("kind", RAISED)
def test_clients_that_wait_and_those_that_do_not_are_told_alike(
    exchange: Exchange, kind: Kind
) -> None:
    """Sync and async clients raise the exceptions of a socket."""
    late = {"delay_ms": 2000} if kind is Kind.DELAYED_AFTER else {}
    exchange.faults.add(kind, count=2, **late)

    with (
        httpx.Client(transport=exchange.transport(), timeout=0.1) as client,
        pytest.raises(RAISED[kind]),
    ):
        client.get(PATH)

    async def ask() -> None:
        async with httpx.AsyncClient(transport=exchange.transport(), timeout=0.1) as client:
            await client.get(PATH)

    with pytest.raises(RAISED[kind]):
        asyncio.run(ask())
    assert [2] == [each.struck for each in exchange.faults.reports()]
