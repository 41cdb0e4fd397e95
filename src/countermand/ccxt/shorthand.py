"""Shorthand: ccxt's methods that are others with something said already."""

from __future__ import annotations

from typing import Any

from countermand.ccxt.configured import Configured
from countermand.ccxt.looking import fetch_balance
from countermand.ccxt.markets import Structure
from countermand.ccxt.verbs import NONE, Params, Talk, create_order


def create_limit_order(
    exchange: Configured, symbol: str, side: str, amount: Any, price: Any, params: Params = NONE
) -> Talk[Structure]:
    """Place a limit order. Raises as `create_order` does."""
    return create_order(exchange, symbol, "limit", side, amount, price, params)


def create_limit_buy_order(
    exchange: Configured, symbol: str, amount: Any, price: Any, params: Params = NONE
) -> Talk[Structure]:
    """Place a limit order to buy. Raises as `create_order` does."""
    return create_order(exchange, symbol, "limit", "buy", amount, price, params)


def create_limit_sell_order(
    exchange: Configured, symbol: str, amount: Any, price: Any, params: Params = NONE
) -> Talk[Structure]:
    """Place a limit order to sell. Raises as `create_order` does."""
    return create_order(exchange, symbol, "limit", "sell", amount, price, params)


def create_market_order(
    exchange: Configured,
    symbol: str,
    side: str,
    amount: Any,
    price: Any = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """Place a market order; a price is not needed, and not sent. Raises as `create_order` does."""
    return create_order(exchange, symbol, "market", side, amount, price, params)


def create_market_buy_order(
    exchange: Configured, symbol: str, amount: Any, params: Params = NONE
) -> Talk[Structure]:
    """Place a market order to buy. Raises as `create_order` does."""
    return create_order(exchange, symbol, "market", "buy", amount, None, params)


def create_market_sell_order(
    exchange: Configured, symbol: str, amount: Any, params: Params = NONE
) -> Talk[Structure]:
    """Place a market order to sell. Raises as `create_order` does."""
    return create_order(exchange, symbol, "market", "sell", amount, None, params)


def create_post_only_order(
    exchange: Configured,
    symbol: str,
    type: str,  # noqa: A002  (ccxt's name)
    side: str,
    amount: Any,
    price: Any = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """Place an order that takes nothing from the book. Raises as `create_order` does."""
    return create_order(exchange, symbol, type, side, amount, price, {**params, "postOnly": True})


def create_reduce_only_order(
    exchange: Configured,
    symbol: str,
    type: str,  # noqa: A002  (ccxt's name)
    side: str,
    amount: Any,
    price: Any = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """Place an order that only brings a position toward zero. Raises as `create_order` does."""
    return create_order(exchange, symbol, type, side, amount, price, {**params, "reduceOnly": True})


def fetch_free_balance(exchange: Configured, params: Params = NONE) -> Talk[Structure]:
    """Return what of each asset can be spent."""
    return (yield from _part(exchange, "free"))


def fetch_used_balance(exchange: Configured, params: Params = NONE) -> Talk[Structure]:
    """Return what of each asset is held."""
    return (yield from _part(exchange, "used"))


def fetch_total_balance(exchange: Configured, params: Params = NONE) -> Talk[Structure]:
    """Return what there is of each asset."""
    return (yield from _part(exchange, "total"))


def _part(exchange: Configured, name: str) -> Talk[Structure]:
    part: Structure = (yield from fetch_balance(exchange))[name]
    return part
