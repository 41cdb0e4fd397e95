"""
Wording: from the arguments of `create_order` to what the client is asked to place.

What a parameter says is either understood or refused: one that is ignored could do harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from countermand.ccxt import errors
from countermand.ccxt.numbers import lots, ticks
from countermand.client.accounts import Market

_TIMES = ("GTC", "IOC", "FOK", "DAY", "GTD")
_NS_PER_MS = 1_000_000
_KNOWN = (
    *("clientOrderId", "timeInForce", "postOnly", "reduceOnly"),
    *("positionEffect", "expireTime"),
)
# Orders that sleep until a price wakes them. Which way a triggerPrice waits is not said in them, so
# that none is guessed at: the client's own `place` has words for both ways.
_TRIGGERS = (
    *("triggerPrice", "stopPrice", "stopLossPrice", "takeProfitPrice", "stopLoss", "takeProfit"),
    *("trailingAmount", "trailingPercent", "trailingTriggerPrice"),
)


def placed(
    name: str,
    market: Market,
    kind: str,
    side: str,
    amount: Any,
    price: Any,
    params: Mapping[str, Any],
) -> dict[str, Any]:
    """
    Return the arguments of `place`; `name` is the exchange's, for what is told.

    Shape:  `kind` is limit or market, `side` buy or sell, in any case.
    Raises: ccxt's errors.
    """
    check_known(f"{name} createOrder()", params, _KNOWN)
    kind, side = str(kind).lower(), str(side).lower()
    if kind not in ("limit", "market"):
        raise errors.NotSupported(f"{name} createOrder() places no {kind} orders")
    if side not in ("buy", "sell"):
        raise errors.InvalidOrder(f"{name} createOrder() side {side!r} is neither buy nor sell")
    if kind == "limit" and price is None:
        raise errors.ArgumentsRequired(f"{name} createOrder() requires a price for a limit order")
    wish = {
        "symbol": market.symbol,
        "side": side,
        "order_qty": amount_of(name, market, amount),
        "price": price_of(name, market, price) if kind == "limit" else None,
    }
    return wish | _terms(name, params)


def amount_of(name: str, market: Market, amount: Any) -> Decimal:
    """Return an amount in whole lots. Raises InvalidOrder when it comes to none."""
    if amount is None:
        raise errors.ArgumentsRequired(f"{name} requires an amount")
    if value := lots(amount, market.lot_size):
        return value
    least = f"must be greater than minimum amount precision of {market.lot_size:f}"
    raise errors.InvalidOrder(f"{name} amount of {market.symbol} {least}")


def price_of(name: str, market: Market, price: Any) -> Decimal:
    """Return a price on a tick. Raises InvalidOrder when it comes to none."""
    if value := ticks(price, market.tick_size):
        return value
    least = f"must be greater than minimum price precision of {market.tick_size:f}"
    raise errors.InvalidOrder(f"{name} price of {market.symbol} {least}")


def check_known(what: str, params: Mapping[str, Any], known: tuple[str, ...]) -> None:
    """See that every parameter is understood. Raises NotSupported, BadRequest."""
    for one in params:
        if one in _TRIGGERS:
            raise errors.NotSupported(f"{what} has no {one}: it places no trigger orders")
        if one not in known:
            raise errors.BadRequest(f"{what} does not know the parameter {one}")


def _terms(name: str, params: Mapping[str, Any]) -> dict[str, Any]:
    time_in_force = str(params.get("timeInForce") or "").upper()
    is_post_only = bool(params.get("postOnly")) or time_in_force == "PO"
    time_in_force = "" if time_in_force == "PO" else time_in_force
    if time_in_force and time_in_force not in _TIMES:
        raise errors.InvalidOrder(f"{name} timeInForce {time_in_force} is none of {_TIMES} and PO")
    insts = [("post_only", is_post_only), ("reduce_only", bool(params.get("reduceOnly")))]
    return {
        "cl_ord_id": str(params.get("clientOrderId") or ""),
        "time_in_force": time_in_force.lower(),
        "exec_inst": tuple(inst for inst, is_said in insts if is_said),
        "expire_ns": int(params.get("expireTime") or 0) * _NS_PER_MS,
        "position_effect": str(params.get("positionEffect") or "").lower(),
    }
