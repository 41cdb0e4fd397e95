"""C11: a client that has a key and a place to send to, and learns everything else over the wire."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest
from tests.served import Served
from tests.venues.conformance.asking import skip_lacking
from tests.venues.conformance.losses import losses
from tests.venues.conformance.newcomer import Newcomer, at_desk, over_socket
from tests.venues.conformance.terms import changed
from tests.venues.desk import Desk

from countermand.vocabulary.commands import CancelOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdStatus, Side
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetQuote,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
)
from countermand.vocabulary.reports import OrderPage
from countermand.wire import numbers, times
from countermand.wire.errors import NotExpressible, WireError
from countermand.wire.operation import Operation
from countermand.wire.venue import Venue

# What is published of a key and a login tells as well.
ASKED_FOR = ("token", "apiKey", "encrypted_operation_key", "operation_key_hash")


@pytest.fixture
def desk(venue: Venue) -> Desk:
    """Return a desk of the test's own."""
    if venue.client is None:
        pytest.skip(f"{venue.name} has no client's end")
    return Desk(venue)


@pytest.fixture
def newcomer(desk: Desk) -> Newcomer:
    """Return one at a desk."""
    return at_desk(desk)


def known_market(desk: Desk) -> Instrument:
    """Return the market that is traded on, as the exchange knows it."""
    markets = list(desk.directory.instruments.values())
    return next((one for one in markets if one.has_positions), markets[0])


def market_of(newcomer: Newcomer, desk: Desk) -> Instrument:
    """Return the same market as a newcomer knows it."""
    found = newcomer.directory.instrument_by_symbol(known_market(desk).symbol)
    assert found is not None
    return found


def lots(newcomer: Newcomer, desk: Desk, count: int) -> tuple[Instrument, int, int]:
    """Return a market, so many of the exchange's lots in its own, and the reference price."""
    known, mine = known_market(desk), market_of(newcomer, desk)
    size = Decimal(numbers.qty_text(known, count))
    price = Decimal(numbers.price_text(known, known.reference_price_ticks))
    return mine, numbers.qty_lots(mine, size), numbers.price_ticks(mine, price)


def opened(newcomer: Newcomer) -> tuple[Any, ...]:
    """Return the open orders."""
    told = newcomer.ask(Operation.LIST_ORDERS, ListOpenOrders((newcomer.account_id,)))
    return told.orders if isinstance(told, OrderPage) else told


def cancel(newcomer: Newcomer, order: Any) -> None:
    """Cancel an order with the request that the venue has for it."""
    name = "" if order.order_id else order.cl_ord_id
    command = CancelOrder(newcomer.account_id, order.order_id, name)
    try:
        newcomer.ask(Operation.CANCEL_ORDER, command)
    except NotExpressible:
        bound = CancelOrder(newcomer.account_id, order.order_id, name, order.instrument_id)
        newcomer.ask(Operation.CANCEL_ORDER, bound)


def shown(newcomer: Newcomer, order: Any) -> Any:
    """Return an order, found by what the venue calls it."""
    text = newcomer.end.spell(order, newcomer.context)
    return newcomer.ask(Operation.GET_ORDER, newcomer.end.find(text, newcomer.context))


def test_markets_are_learned(newcomer: Newcomer, desk: Desk) -> None:
    """Each market comes with steps in which its own prices and quantities are whole."""
    known = desk.directory.instruments.values()
    assert {one.symbol for one in known} == {
        one.symbol for one in newcomer.directory.instruments.values()
    }
    for one in known:
        mine = newcomer.directory.instrument_by_symbol(one.symbol)
        assert mine is not None
        assert mine.kind is one.kind
        for text in (numbers.price_text(one, one.reference_price_ticks),):
            assert numbers.price_text(mine, numbers.price_ticks(mine, Decimal(text))) == text
        assets = newcomer.directory.assets
        assert mine.quote_asset_id in assets
        assert assets[mine.quote_asset_id].symbol == (
            desk.directory.assets[one.quote_asset_id].symbol
        )


def test_account_is_learned(newcomer: Newcomer, desk: Desk) -> None:
    """The key's own, of which one is acted for unless another is named."""
    mine = [one for one in newcomer.directory.accounts.values() if one.owner == "alice"]
    assert len(mine) >= 1
    assert sum(one.is_default for one in mine) <= 1
    if Operation.LIST_ACCOUNTS not in losses(desk).lacks:
        assert [one.name for one in mine] == [one.name for one in desk.accounts()]


def test_order_lives_and_ends(newcomer: Newcomer, desk: Desk) -> None:
    """Placed, read, listed and canceled, by ids that the venue gave out."""
    mine, size, ticks = lots(newcomer, desk, 1000)
    placed = newcomer.place(mine, Side.BUY, size, ticks)
    assert (placed.ord_status, placed.terms.order_qty_lots) == (OrdStatus.NEW, size)
    assert placed.terms.price_ticks == ticks
    assert [shown(newcomer, placed)] == list(opened(newcomer))

    cancel(newcomer, placed)
    ended = shown(newcomer, placed)
    assert (ended.ord_status, ended.cum_qty_lots, opened(newcomer)) == (OrdStatus.CANCELED, 0, ())


def test_unknown_order_is_not_found(newcomer: Newcomer, desk: Desk) -> None:
    """An unknown id or name of any form is refused, or cannot be sent."""
    for text in ("no-such-order", "0x" + "ab" * 32, "2147483646"):
        with pytest.raises((WireError, NotExpressible)):
            newcomer.ask(Operation.GET_ORDER, newcomer.end.find(text, newcomer.context))


def trade(newcomer: Newcomer, desk: Desk) -> tuple[Any, Instrument, int, int]:
    """Let an order of hers be filled by his; return it as it was, its market, size and price."""
    mine, size, ticks = lots(newcomer, desk, 1000)
    placed, bob = newcomer.place(mine, Side.BUY, size, ticks), at_desk(desk, "bob")
    given = losses(desk).given
    effect = {name: given[name] for name in ("position_effect",) if name in given}
    order = bob.order(market_of(bob, desk), Side.SELL, size, ticks)
    bob.ask(Operation.PLACE_ORDER, changed(order, **effect))
    return placed, mine, size, ticks


def test_filled_order(newcomer: Newcomer, desk: Desk) -> None:
    """The order is filled, with its quantity and its notional."""
    placed, mine, size, ticks = trade(newcomer, desk)
    filled = shown(newcomer, placed)
    assert (filled.ord_status, filled.cum_qty_lots) == (OrdStatus.FILLED, size)
    assert filled.cum_notional_minor == mine.notional_of(ticks, size)


def test_fills_are_told(newcomer: Newcomer, desk: Desk) -> None:
    """All fills, and those of one order."""
    skip_lacking(desk, Operation.LIST_FILLS)
    placed, mine, size, ticks = trade(newcomer, desk)
    order_id, name = placed.order_id or None, None if placed.order_id else placed.cl_ord_id
    for query in (
        ListFills((newcomer.account_id,)),
        ListFills((newcomer.account_id,), order_id, name),
        ListFills((newcomer.account_id,), order_id, name, limit=5),
    ):
        (fill,) = newcomer.ask(Operation.LIST_FILLS, query)
        assert (fill.instrument_id, fill.terms.side) == (mine.instrument_id, Side.BUY)
        assert (fill.last_qty_lots, fill.last_px_ticks) == (size, ticks)
        assert fill.ts_ns // times.S == desk.clock.now_ns() // times.S
    other = ListFills((newcomer.account_id,), since_ns=desk.clock.now_ns() + times.DAY)
    assert newcomer.ask(Operation.LIST_FILLS, other) == ()


def test_balances_are_told(newcomer: Newcomer, desk: Desk) -> None:
    """The client's decimals are the exchange's balances."""
    skip_lacking(desk, Operation.LIST_BALANCES)
    trade(newcomer, desk)
    summary = desk.engine.exchange.query(GetAccount(desk.accounts()[0].account_id))
    told = newcomer.ask(Operation.LIST_BALANCES, GetAccount(newcomer.account_id))
    rounded = losses(desk).rounded.get(Operation.LIST_BALANCES, ())
    for one in told:
        asset = newcomer.directory.assets[one.asset_id]
        known = desk.directory.asset_by_symbol(asset.symbol)
        assert known is not None
        held = next(b for b in summary.balances if b.asset_id == known.asset_id)
        apart = Decimal(numbers.minor_text(known, held.total_minor)) - Decimal(
            numbers.minor_text(asset, one.total_minor)
        )
        assert abs(apart) < (Decimal("0.00001") if rounded else Decimal("1e-18"))
    assert len(told) >= 1


def test_positions_are_told(newcomer: Newcomer, desk: Desk) -> None:
    """The client's positions are the exchange's."""
    skip_lacking(desk, Operation.LIST_POSITIONS)
    _, mine, size, _ = trade(newcomer, desk)
    told = newcomer.ask(Operation.LIST_POSITIONS, GetAccount(newcomer.account_id))

    assert [(one.instrument_id, one.net_lots) for one in told] == [(mine.instrument_id, size)]


def test_quote_is_told(newcomer: Newcomer, desk: Desk) -> None:
    """The best bid is hers, where bids are told, and the last trade's price."""
    skip_lacking(desk, Operation.GET_QUOTE)
    mine, size, ticks = lots(newcomer, desk, 1000)
    trade(newcomer, desk)
    newcomer.place(mine, Side.BUY, size, ticks - 1)
    quote = newcomer.ask(Operation.GET_QUOTE, GetQuote(mine.instrument_id))
    untold = losses(desk).untold.get(Operation.GET_QUOTE, frozenset())
    expected = {"last_px_ticks": ticks} | (
        {} if "bid_px_ticks" in untold else {"bid_px_ticks": ticks - 1}
    )

    assert {name: getattr(quote, name) for name in expected} == expected


def test_book_is_told(newcomer: Newcomer, desk: Desk) -> None:
    """The book has the order that rests."""
    skip_lacking(desk, Operation.GET_DEPTH)
    mine, size, ticks = lots(newcomer, desk, 1000)
    newcomer.place(mine, Side.BUY, size, ticks)
    depth = newcomer.ask(Operation.GET_DEPTH, GetDepth(mine.instrument_id))

    assert (depth.bids, depth.asks) == (((ticks, size),), ())


def test_account_and_assets_are_told(newcomer: Newcomer, desk: Desk) -> None:
    """A read of the account and of the assets names no unknown one."""
    for operation, query, known in (
        (Operation.GET_ACCOUNT, GetAccount(newcomer.account_id), newcomer.directory.accounts),
        (
            Operation.LIST_ASSETS,
            GetReferenceData(desk.venue.name),
            newcomer.directory.assets,
        ),
    ):
        if operation in losses(desk).lacks:
            continue
        told = newcomer.ask(operation, query)
        told = told if isinstance(told, tuple) else (told,)
        names = {getattr(one, "symbol", getattr(one, "name", "")) for one in known.values()}
        assert {getattr(one, "symbol", getattr(one, "name", "")) for one in told} <= names


def test_market_that_was_not_learned_is_learned_when_it_is_named(desk: Desk) -> None:
    """An answer about it is read all the same."""
    newcomer = at_desk(desk)
    if newcomer.end.learn_market is None:
        pytest.skip(f"{desk.venue.name} tells all its markets at once")
    mine, size, ticks = lots(newcomer, desk, 1000)
    placed = newcomer.place(mine, Side.BUY, size, ticks)
    query = newcomer.end.find(newcomer.end.spell(placed, newcomer.context), newcomer.context)
    newcomer.directory.instruments.clear()
    newcomer.directory._instruments_by_symbol.clear()
    again = newcomer.ask(Operation.GET_ORDER, query)

    assert (again.order_id, again.terms.order_qty_lots) == (placed.order_id, size)
    assert [one.symbol for one in newcomer.directory.instruments.values()] == [mine.symbol]
    assert [again] == list(opened(newcomer))


def test_venue_says_of_itself(desk: Desk) -> None:
    """Its production URL, and what was never proven on the real venue."""
    end = desk.venue.client
    assert end is not None
    assert end.homes
    assert all(url.startswith("https://") and not url.endswith("/") for url in end.homes.values())
    assert any("real venue" in line for line in end.unproven)
    for limit in end.limits:
        assert (limit.allowance.limit > 0, limit.allowance.span_s > 0) == (True, True)


def test_key_is_made_of_what_is_published(desk: Desk) -> None:
    """The fields of the venue's own SDK are enough for our client."""
    end, held = desk.venue.client, desk.credential()
    assert end is not None
    fields = end.key_fields(desk.venue.auth.publish(held, desk.accounts()))
    made = desk.venue.auth.credential("alice", fields)
    stranger = Newcomer(desk.venue, made, desk.answer, desk.clock.now_ns)

    assert len(stranger.directory.instruments) == len(desk.directory.instruments)


def test_over_a_socket(desk: Desk) -> None:
    """The same with a server of its own: logged in, learned, placed, read, listed, canceled."""
    venue = desk.venue
    with Served.with_empty_books(venue.name) as served:
        told = served.ready["venues"][venue.name]
        end = venue.client
        assert end is not None
        given = told["accounts"]["alice"]
        fields = end.key_fields({k: v for k, v in given.items() if k not in ASKED_FOR})
        key = end.addressed(venue.auth.credential("me", fields), told["base_url"])
        port = int(told["base_url"].rpartition(":")[2])
        newcomer = Newcomer(venue, key, over_socket(port), time.time_ns)
        mine, size, ticks = lots(newcomer, desk, 1000)
        placed = newcomer.place(mine, Side.BUY, size, ticks)
        assert [shown(newcomer, placed)] == list(opened(newcomer))
        cancel(newcomer, placed)
        assert shown(newcomer, placed).ord_status is OrdStatus.CANCELED
        assert opened(newcomer) == ()
