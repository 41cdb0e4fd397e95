"""Looking: ccxt's methods that change nothing, written once as those in `verbs` are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from countermand.ccxt import errors, structures, wording
from countermand.ccxt.configured import Configured
from countermand.ccxt.markets import Structure
from countermand.ccxt.numbers import Say
from countermand.ccxt.verbs import NONE, Call, Params, Talk, check_does, load_markets, venue_symbol
from countermand.client.accounts import Quote
from countermand.wire.operation import Operation


def fetch_order(
    exchange: Configured,
    id: str | None,  # noqa: A002  (ccxt's name)
    symbol: str | None = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """Return an order. Raises OrderNotFound when the venue knows none."""
    yield from load_markets(exchange)
    wording.check_known(f"{exchange.id} fetchOrder()", params, ("clientOrderId",))
    wanted = str(params.get("clientOrderId") or id or "")
    found = yield Call("order", (wanted,))
    if found is None:
        raise errors.OrderNotFound(f"{exchange.id} the venue knows no order {wanted}")
    return (yield from _told(exchange, [found], structures.order))[0]


def fetch_order_status(
    exchange: Configured,
    id: str,  # noqa: A002  (ccxt's name)
    symbol: str | None = None,
    params: Params = NONE,
) -> Talk[str]:
    """Return open, closed, canceled, expired or rejected. Raises as `fetch_order` does."""
    status: str = (yield from fetch_order(exchange, id, symbol, params))["status"]
    return status


def fetch_open_orders(
    exchange: Configured,
    symbol: str | None = None,
    since: int | None = None,
    limit: int | None = None,
    params: Params = NONE,
) -> Talk[list[Structure]]:
    """Return the open orders, oldest first. Units: `since` milliseconds since the Unix epoch."""
    yield from load_markets(exchange)
    wanted = venue_symbol(exchange, symbol)
    found = [one for one in (yield Call("open_orders")) if wanted in ("", one.symbol)]
    return _chosen((yield from _told(exchange, found, structures.order)), since, limit)


def fetch_my_trades(
    exchange: Configured,
    symbol: str | None = None,
    since: int | None = None,
    limit: int | None = None,
    params: Params = NONE,
) -> Talk[list[Structure]]:
    """Return what was traded lately, oldest first. Units: as `fetch_open_orders`."""
    check_does(exchange, "fetchMyTrades", Operation.LIST_FILLS)
    yield from load_markets(exchange)
    found = yield Call("fills", (venue_symbol(exchange, symbol),))
    return _chosen((yield from _told(exchange, found, structures.trade)), since, limit)


def fetch_order_trades(
    exchange: Configured,
    id: str,  # noqa: A002  (ccxt's name)
    symbol: str | None = None,
    since: int | None = None,
    limit: int | None = None,
    params: Params = NONE,
) -> Talk[list[Structure]]:
    """Return what an order traded lately, oldest first."""
    check_does(exchange, "fetchOrderTrades", Operation.LIST_FILLS)
    told = yield from fetch_my_trades(exchange, symbol)
    return _chosen([one for one in told if one["order"] == id], since, limit)


def fetch_balance(exchange: Configured, params: Params = NONE) -> Talk[Structure]:
    """Return what the account has, with the shares it holds, of companies or of outcomes."""
    yield from load_markets(exchange)
    found = yield Call("balances")
    shares = ()
    if exchange.loaded().has_shares():
        shares = yield Call("positions")
    return structures.balances(found, shares, exchange.loaded().held(), exchange.say)


def fetch_positions(
    exchange: Configured, symbols: Iterable[str] | None = None, params: Params = NONE
) -> Talk[list[Structure]]:
    """Return the positions, those of the markets named or all."""
    check_does(exchange, "fetchPositions", Operation.LIST_POSITIONS)
    yield from load_markets(exchange)
    wanted = None if symbols is None else {exchange.market_id(symbol) for symbol in symbols}
    held = [one for one in (yield Call("positions")) if one.net_qty]
    found = [one for one in held if wanted is None or one.symbol in wanted]
    return (yield from _told(exchange, found, structures.position))


def fetch_order_book(
    exchange: Configured, symbol: str, limit: int | None = None, params: Params = NONE
) -> Talk[Structure]:
    """Return the levels of a market, or its best ones alone where the venue tells no more."""
    yield from load_markets(exchange)
    market = exchange.market(symbol)
    found = yield Call("book", (market["id"],))
    return structures.book(found, market["symbol"], limit, exchange.say)


def fetch_ticker(exchange: Configured, symbol: str, params: Params = NONE) -> Talk[Structure]:
    """Return the best prices of a market and its last one; what is of a day is not told."""
    yield from load_markets(exchange)
    market = exchange.market(symbol)
    found: Quote = yield Call("quote", (market["id"],))
    if found.bid_px is None and found.ask_px is None:
        # Some venues tell the last price in one place and the best ones in another.
        found = structures.topped(found, (yield Call("book", (market["id"],))))
    return structures.ticker(found, market["symbol"], exchange.say)


def _told(
    exchange: Configured, found: Collection[Any], structure: Callable[[Any, str, Say], Structure]
) -> Talk[list[Structure]]:
    yield from _learn(exchange, (one.symbol for one in found))
    markets = exchange.loaded()
    return [structure(one, markets.unified(one.symbol), exchange.say) for one in found]


def _learn(exchange: Configured, symbols: Iterable[str]) -> Talk[None]:
    # A client learns of a market when an answer names it; that asks the venue nothing more.
    if not all(map(exchange.loaded().knows, symbols)):
        exchange.take_markets((yield Call("instruments")))


def _chosen(told: list[Structure], since: int | None, limit: int | None) -> list[Structure]:
    # As ccxt does: from a time on the first ones, else the last ones.
    told = sorted(told, key=lambda one: one["timestamp"] or 0)
    if since is None:
        return told[-limit:] if limit else told
    return [one for one in told if (one["timestamp"] or 0) >= since][: limit or None]
