"""The oracle's ladders of refusal: the first rung that fails is the answer."""

from types import SimpleNamespace
from typing import Any

from tests.core import oracle_money as money
from tests.core.oracle_order import POST_ONLY, REDUCE_ONLY, Order


def why_not_new(oracle: Any, c: SimpleNamespace) -> str | None:  # noqa: C901, PLR0912 - a ladder
    """Return why a new order is refused, or None."""
    if c.account_id not in oracle.accounts:
        return "UNKNOWN_ACCOUNT"
    account, instrument = oracle.accounts[c.account_id], oracle.instruments.get(c.instrument_id)
    if instrument is None or instrument.venue != account.venue:
        return "UNKNOWN_INSTRUMENT"
    if account.trading_locked:
        return "ACCOUNT_LOCKED"
    if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
        return "MARKET_CLOSED"
    post_only, reduce_only = bool(c.exec_inst & POST_ONLY), bool(c.exec_inst & REDUCE_ONLY)
    if instrument.trading_state == "POST_ONLY" and not post_only:
        return "POST_ONLY_MARKET"
    if instrument.trading_state == "LIMIT_ONLY" and c.ord_type != "LIMIT":
        return "LIMIT_ONLY_MARKET"
    if oracle._is_used(c.account_id, c.cl_ord_id):
        return "DUPLICATE_CL_ORD_ID"
    immediate = c.time_in_force in ("IOC", "FOK")
    left_over = c.ord_type == "MARKET_WITH_LEFT_OVER_AS_LIMIT"
    if (c.ord_type == "MARKET" and not immediate) or (left_over and immediate):
        return "INVALID_TIME_IN_FORCE"
    # What shall trade at once cannot be barred from it.
    if post_only and (immediate or left_over):
        return "INVALID_EXEC_INST"
    if c.time_in_force == "GTD" and c.expire_ns == 0:
        return "INVALID_EXPIRE_TIME"
    if c.expire_ns != 0 and (immediate or c.expire_ns <= oracle.ts_ns):
        return "INVALID_EXPIRE_TIME"
    cash = c.cash_qty_minor
    if cash < 0 or (cash > 0 and (c.order_qty_lots != 0 or c.ord_type == "LIMIT")):
        return "INVALID_AMOUNT"
    price = c.price_ticks or oracle._market_bound(instrument, c.side)
    needs_somebody = left_over or (c.ord_type == "MARKET" and (c.price_ticks or cash))
    if needs_somebody and not oracle._reached(instrument.id, c.side, price):
        return "NO_LIQUIDITY"
    qty = oracle._sized(c)
    reason = why_not_terms(oracle, instrument, c.ord_type, c.price_ticks, qty)
    if reason:
        return reason
    cover = oracle._cover(c.account_id, c.instrument_id, c.side)
    if (reduce_only or account.reduce_only) and qty > cover:
        return "NOT_REDUCING"
    if post_only and oracle._reached(instrument.id, c.side, price):
        return "POST_ONLY_WOULD_CROSS"
    if oracle._is_over_limit(c.account_id, instrument, c.side, qty):
        return "POSITION_LIMIT"
    if not oracle._can_afford(c.account_id, instrument, c.side, price, qty, cash=cash):
        return "INSUFFICIENT_FUNDS"
    if len(oracle._open(c.account_id)) >= oracle.open_max:
        return "TOO_MANY_OPEN_ORDERS"
    if c.stp == "REJECT" and oracle._meets_own(c.account_id, instrument.id, c.side, price, qty):
        return "SELF_TRADE"
    return None


def why_not_terms(
    oracle: Any, instrument: SimpleNamespace, ord_type: str, price: int, qty: int
) -> str | None:
    """Return why a price and a quantity are not allowed, or None."""
    if qty <= 0:
        return "QTY_NOT_POSITIVE"
    if qty < instrument.order_qty_lots_min:
        return "QTY_BELOW_MIN"
    if instrument.order_qty_lots_max != 0 and qty > instrument.order_qty_lots_max:
        return "QTY_ABOVE_MAX"
    if price < 0 or (price == 0 and ord_type == "LIMIT"):
        return "PRICE_NOT_POSITIVE"
    if price and not money.is_price_allowed(instrument, price):
        return "PRICE_OUTSIDE_BAND"
    reference = instrument.reference_price_ticks
    value_px = price or oracle.last_px.get(instrument.id, reference)
    if value_px * qty * instrument.notional_minor < instrument.notional_minor_min:
        return "NOTIONAL_BELOW_MIN"
    return None


def why_not_replace(  # noqa: C901 - a ladder
    oracle: Any, order: Order, price: int, qty: int, new_name: str
) -> str | None:
    """Return why an order may not have the terms given, or None."""
    account, instrument = oracle.accounts[order.account], oracle.instruments[order.instrument]
    renamed = new_name not in ("", order.cl_ord_id)
    if account.trading_locked:
        return "ACCOUNT_LOCKED"
    if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
        return "MARKET_CLOSED"
    if renamed and oracle._is_used(order.account, new_name):
        return "DUPLICATE_CL_ORD_ID"
    reason = why_not_terms(oracle, instrument, order.ord_type, price, qty)
    if reason:
        return reason
    if (price, qty) == (order.price, order.qty) and not renamed:
        return "NOTHING_TO_REPLACE"
    if qty <= order.cum:
        return "QTY_BELOW_EXECUTED"
    leaves = qty - order.cum
    cover = oracle._cover(order.account, order.instrument, order.side)
    grows = oracle.accounts[order.account].reduce_only and leaves > order.leaves
    if (order.exec_inst & REDUCE_ONLY or grows) and leaves > cover:
        return "NOT_REDUCING"
    post_only = order.exec_inst & POST_ONLY or instrument.trading_state == "POST_ONLY"
    if post_only and oracle._reached(instrument.id, order.side, price):
        return "POST_ONLY_WOULD_CROSS"
    more = leaves - order.leaves
    if more > 0 and oracle._is_over_limit(order.account, instrument, order.side, more):
        return "POSITION_LIMIT"
    if not oracle._can_afford(order.account, instrument, order.side, price, leaves, order):
        return "INSUFFICIENT_FUNDS"
    where = (order.account, instrument.id, order.side)
    if order.stp == "REJECT" and oracle._meets_own(*where, price, leaves):
        return "SELF_TRADE"
    return None
