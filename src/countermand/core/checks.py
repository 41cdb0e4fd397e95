"""
Checks: the ladders that refuse. Rungs stand in the order of `RejectReason`, the first that fails
answers.
"""

from countermand.core import sizing
from countermand.core.exposure import (
    affordable,
    covers,
    market_bound,
    over_position_limit,
    refuse_effect,
)
from countermand.core.matching import Incoming, meets_any, meets_own
from countermand.core.slots import freed_minor, refuse_slot
from countermand.core.state import OPEN_ORDERS_PER_ACCOUNT_MAX, Account, Market, State
from countermand.core.terms import Terms, keeps_priority, stated
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import (
    ExecInst,
    Order,
    OrdType,
    SelfTradePrevention,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason


def refuse_order(state: State, ts_ns: int, command: NewOrder) -> RejectReason | None:
    """Return why a new order is refused, or None."""
    account = state.accounts.get(command.account_id)
    if account is None or account.account_id < 0:
        return RejectReason.UNKNOWN_ACCOUNT
    market = state.markets.get(command.instrument_id)
    if market is None or market.instrument.venue != account.venue:
        return RejectReason.UNKNOWN_INSTRUMENT
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    return (
        _refuse_in_state(market.instrument.trading_state, command)
        or _refuse_id(account, command.cl_ord_id)
        or refuse_slot(account, market.instrument, command)
        or _refuse_combination(ts_ns, command)
        or _refuse_complement(market.instrument, command)
        or _refuse_sized(account, market, command)
    )


def _refuse_sized(account: Account, market: Market, command: NewOrder) -> RejectReason | None:
    qty_lots = sizing.order_qty_lots(market, command)
    return (
        _refuse_unmet(market, command)
        or refuse_terms(market, command.ord_type, command.price_ticks, qty_lots)
        or _refuse_exposure(account, market, command, qty_lots)
        or _refuse_meeting(market, command, qty_lots)
    )


def _refuse_unmet(market: Market, command: NewOrder) -> RejectReason | None:
    # A market order that names its worst price, or wants to rest at the best, needs somebody there.
    if command.ord_type is OrdType.LIMIT:
        return None
    needs = command.price_ticks or command.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    if not (needs or command.cash_qty_minor):
        return None
    bound = command.price_ticks or market_bound(market, command.side)
    return None if market.book.crosses(command.side, bound) else RejectReason.NO_LIQUIDITY


def _refuse_meeting(market: Market, command: NewOrder, qty_lots: int) -> RejectReason | None:
    if command.stp is not SelfTradePrevention.REJECT:
        return None
    bound = command.price_ticks or market_bound(market, command.side)
    coming = Incoming(command.account_id, command.side, bound, qty_lots, command.stp)
    return RejectReason.SELF_TRADE if meets_own(market.book, coming) else None


def _refuse_in_state(state: TradingState, command: NewOrder) -> RejectReason | None:
    if state is TradingState.TRADING:
        return None
    if not state.matches:
        return RejectReason.MARKET_CLOSED
    if state is TradingState.POST_ONLY and not command.exec_inst & ExecInst.POST_ONLY:
        return RejectReason.POST_ONLY_MARKET
    if state is TradingState.LIMIT_ONLY and command.ord_type is not OrdType.LIMIT:
        return RejectReason.LIMIT_ONLY_MARKET
    return None


def _refuse_id(account: Account, cl_ord_id: str) -> RejectReason | None:
    if cl_ord_id and cl_ord_id in account.cl_ord_ids:
        return RejectReason.DUPLICATE_CL_ORD_ID
    return None


def _refuse_combination(ts_ns: int, command: NewOrder) -> RejectReason | None:
    immediate = command.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    if command.ord_type is OrdType.MARKET and not immediate:
        return RejectReason.INVALID_TIME_IN_FORCE
    left_over = command.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    if left_over and immediate:
        return RejectReason.INVALID_TIME_IN_FORCE
    if left_over and command.exec_inst & ExecInst.POST_ONLY:
        return RejectReason.INVALID_EXEC_INST
    style = (command.time_in_force, command.exec_inst, command.expire_ns)
    if reason := _refuse_style(ts_ns, *style):
        return reason
    if command.cash_qty_minor and not _is_cash_order(command):
        return RejectReason.INVALID_AMOUNT
    return None


def _refuse_complement(instrument: Instrument, command: NewOrder) -> RejectReason | None:
    if not command.cash_at_complement:
        return None
    of_market = command.ord_type is OrdType.MARKET and command.cash_qty_minor > 0
    return None if of_market and instrument.is_binary else RejectReason.INVALID_AMOUNT


def _refuse_style(
    ts_ns: int, time_in_force: TimeInForce, exec_inst: int, expire_ns: int
) -> RejectReason | None:
    immediate = time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    if exec_inst & ExecInst.POST_ONLY and immediate:
        return RejectReason.INVALID_EXEC_INST
    if time_in_force is TimeInForce.GTD and not expire_ns:
        return RejectReason.INVALID_EXPIRE_TIME
    if expire_ns and (immediate or expire_ns <= ts_ns):
        return RejectReason.INVALID_EXPIRE_TIME
    return None


def _is_cash_order(command: NewOrder) -> bool:
    positive = command.cash_qty_minor > 0 and command.order_qty_lots == 0
    return positive and command.ord_type is not OrdType.LIMIT


def refuse_terms(
    market: Market, ord_type: OrdType, price_ticks: int, qty_lots: int
) -> RejectReason | None:
    """Return why a price and a quantity are not allowed on the market, or None."""
    instrument = market.instrument
    if qty_lots <= 0:
        return RejectReason.QTY_NOT_POSITIVE
    if qty_lots < instrument.order_qty_lots_min:
        return RejectReason.QTY_BELOW_MIN
    if instrument.order_qty_lots_max and qty_lots > instrument.order_qty_lots_max:
        return RejectReason.QTY_ABOVE_MAX
    if price_ticks < 0 or (price_ticks == 0 and ord_type is OrdType.LIMIT):
        return RejectReason.PRICE_NOT_POSITIVE
    limit_up = instrument.limit_up_ticks or price_ticks
    if price_ticks and not instrument.limit_down_ticks <= price_ticks <= limit_up:
        return RejectReason.PRICE_OUTSIDE_BAND
    value_ticks = price_ticks or market.mark_price_ticks
    if instrument.notional_of(value_ticks, qty_lots) < instrument.notional_minor_min:
        return RejectReason.NOTIONAL_BELOW_MIN
    return None


def _refuse_exposure(
    account: Account, market: Market, command: NewOrder, qty_lots: int
) -> RejectReason | None:
    instrument, side, cash = market.instrument, command.side, command.cash_qty_minor
    reduces = account.reduce_only or command.exec_inst & ExecInst.REDUCE_ONLY
    if reduces and not covers(account, instrument, side, qty_lots):
        return RejectReason.NOT_REDUCING
    if reason := refuse_effect(account, instrument, side, command.position_effect, qty_lots):
        return reason
    post_only = command.exec_inst & ExecInst.POST_ONLY
    if post_only and meets_any(market.book, side, command.price_ticks, qty_lots):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if over_position_limit(account, instrument, side, qty_lots):
        return RejectReason.POSITION_LIMIT
    price_ticks = command.price_ticks or market_bound(market, side)
    freed = freed_minor(account, instrument, command)
    priced = (side, price_ticks, qty_lots, None, cash, freed, command.cash_at_complement)
    if not affordable(account, market, *priced):
        return RejectReason.INSUFFICIENT_FUNDS
    if len(account.open_orders) >= OPEN_ORDERS_PER_ACCOUNT_MAX:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return None


def refuse_replace(
    account: Account, market: Market, order: Order, terms: Terms, ts_ns: int
) -> RejectReason | None:
    """Return why an open order may not have the terms given, or None."""
    old, price_ticks, qty_lots = stated(order), terms.price_ticks, terms.order_qty_lots
    style = (terms.time_in_force, terms.exec_inst, terms.expire_ns)
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    if not market.instrument.trading_state.matches:
        return RejectReason.MARKET_CLOSED
    if terms.cl_ord_id != old.cl_ord_id and (reason := _refuse_id(account, terms.cl_ord_id)):
        return reason
    # What is only kept may have run out by now, and is for the timers to end.
    restyled = style != (old.time_in_force, old.exec_inst, old.expire_ns)
    if restyled and (reason := _refuse_style(ts_ns, *style)):
        return reason
    if reason := refuse_terms(market, order.ord_type, price_ticks, qty_lots):
        return reason
    if terms == old:
        return RejectReason.NOTHING_TO_REPLACE
    if qty_lots <= order.cum_qty_lots:
        return RejectReason.QTY_BELOW_EXECUTED
    return _refuse_replaced_exposure(account, market, order, terms)


def _refuse_replaced_exposure(
    account: Account, market: Market, order: Order, terms: Terms
) -> RejectReason | None:
    instrument, side, price_ticks = market.instrument, order.side, terms.price_ticks
    leaves = terms.order_qty_lots - order.cum_qty_lots
    more_lots = leaves - order.leaves_qty_lots
    if reason := _refuse_more(account, instrument, order, terms, leaves):
        return reason
    # A market that is post-only makes every order that comes in anew one.
    post_only = terms.exec_inst & ExecInst.POST_ONLY or (
        instrument.trading_state is TradingState.POST_ONLY
    )
    enters = not keeps_priority(order, terms)
    if post_only and enters and meets_any(market.book, side, price_ticks, leaves):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if more_lots > 0 and over_position_limit(account, instrument, side, more_lots):
        return RejectReason.POSITION_LIMIT
    if not affordable(account, market, side, price_ticks, leaves, replaced=order):
        return RejectReason.INSUFFICIENT_FUNDS
    coming = Incoming(account.account_id, side, price_ticks, leaves, order.stp)
    refuses = order.stp is SelfTradePrevention.REJECT and enters
    if refuses and meets_own(market.book, coming):
        return RejectReason.SELF_TRADE
    return None


def _refuse_more(
    account: Account, instrument: Instrument, order: Order, terms: Terms, leaves: int
) -> RejectReason | None:
    more_lots = leaves - order.leaves_qty_lots
    reduces = terms.exec_inst & ExecInst.REDUCE_ONLY or (account.reduce_only and more_lots > 0)
    if reduces and not covers(account, instrument, order.side, leaves):
        return RejectReason.NOT_REDUCING
    if more_lots <= 0:
        return None
    return refuse_effect(account, instrument, order.side, order.position_effect, more_lots)
