"""
Checks: the ladders that refuse. Rungs stand in the order of `RejectReason`, the first that fails
answers.
"""

from countermand.core import sizing
from countermand.core.exposure import (
    Priced,
    affordable,
    covers,
    market_bound,
    over_position_limit,
    refuse_effect,
)
from countermand.core.matching import Incoming, meets_any, meets_own
from countermand.core.order import Order
from countermand.core.slots import freed_minor, refuse_slot
from countermand.core.state import OPEN_ORDERS_PER_ACCOUNT_MAX, Account, Market, State
from countermand.core.terms import keeps_priority
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    Outcome,
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
        _refuse_in_state(market.instrument.trading_state, command.terms)
        or _refuse_id(account, command.cl_ord_id)
        or refuse_slot(account, market.instrument, command.terms)
        or _refuse_combination(ts_ns, command.terms)
        or _refuse_complement(market.instrument, command.terms)
        or _refuse_sized(account, market, command)
    )


def _refuse_sized(account: Account, market: Market, command: NewOrder) -> RejectReason | None:
    qty_lots, terms = sizing.order_qty_lots(market, command), command.terms
    return (
        _refuse_unmet(market, terms)
        or refuse_terms(market, terms.ord_type, terms.price_ticks, qty_lots)
        or _refuse_exposure(account, market, terms, qty_lots)
        or _refuse_meeting(market, command, qty_lots)
    )


def _refuse_unmet(market: Market, terms: OrderTerms) -> RejectReason | None:
    # A market order that names its worst price, or wants to rest at the best, needs somebody there.
    if terms.ord_type is OrdType.LIMIT:
        return None
    needs = terms.price_ticks or terms.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    if not (needs or terms.cash_minor):
        return None
    bound = terms.price_ticks or market_bound(market, terms.side)
    return None if market.book.crosses(terms.side, bound) else RejectReason.NO_LIQUIDITY


def _refuse_meeting(market: Market, command: NewOrder, qty_lots: int) -> RejectReason | None:
    terms = command.terms
    if terms.stp is not SelfTradePrevention.REJECT:
        return None
    bound = terms.price_ticks or market_bound(market, terms.side)
    coming = Incoming(command.account_id, terms.side, bound, qty_lots, terms.stp)
    return RejectReason.SELF_TRADE if meets_own(market.book, coming) else None


def _refuse_in_state(state: TradingState, terms: OrderTerms) -> RejectReason | None:
    if state is TradingState.TRADING:
        return None
    if not state.matches:
        return RejectReason.MARKET_CLOSED
    if state is TradingState.POST_ONLY and not terms.exec_inst & ExecInst.POST_ONLY:
        return RejectReason.POST_ONLY_MARKET
    if state is TradingState.LIMIT_ONLY and terms.ord_type is not OrdType.LIMIT:
        return RejectReason.LIMIT_ONLY_MARKET
    return None


def _refuse_id(account: Account, cl_ord_id: str) -> RejectReason | None:
    if cl_ord_id and cl_ord_id in account.cl_ord_ids:
        return RejectReason.DUPLICATE_CL_ORD_ID
    return None


def _refuse_combination(ts_ns: int, terms: OrderTerms) -> RejectReason | None:
    immediate = terms.is_immediate
    if terms.ord_type is OrdType.MARKET and not immediate:
        return RejectReason.INVALID_TIME_IN_FORCE
    left_over = terms.ord_type is OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
    if left_over and immediate:
        return RejectReason.INVALID_TIME_IN_FORCE
    if left_over and terms.exec_inst & ExecInst.POST_ONLY:
        return RejectReason.INVALID_EXEC_INST
    if reason := _refuse_style(ts_ns, terms):
        return reason
    if terms.cash and not _is_cash_order(terms):
        return RejectReason.INVALID_AMOUNT
    return None


def _refuse_complement(instrument: Instrument, terms: OrderTerms) -> RejectReason | None:
    if terms.cash is None or terms.cash.of is Outcome.YES:
        return None
    of_market = terms.ord_type is OrdType.MARKET
    return None if of_market and instrument.is_binary else RejectReason.INVALID_AMOUNT


def _refuse_style(ts_ns: int, terms: OrderTerms) -> RejectReason | None:
    immediate, expire_ns = terms.is_immediate, terms.expire_ns
    if terms.exec_inst & ExecInst.POST_ONLY and immediate:
        return RejectReason.INVALID_EXEC_INST
    if terms.time_in_force is TimeInForce.GTD and not expire_ns:
        return RejectReason.INVALID_EXPIRE_TIME
    if expire_ns and (immediate or expire_ns <= ts_ns):
        return RejectReason.INVALID_EXPIRE_TIME
    return None


def _is_cash_order(terms: OrderTerms) -> bool:
    positive = terms.cash_minor > 0 and terms.order_qty_lots == 0
    return positive and terms.ord_type is not OrdType.LIMIT


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
    account: Account, market: Market, terms: OrderTerms, qty_lots: int
) -> RejectReason | None:
    instrument, side = market.instrument, terms.side
    reduces = account.reduce_only or terms.exec_inst & ExecInst.REDUCE_ONLY
    if reduces and not covers(account, instrument, side, qty_lots):
        return RejectReason.NOT_REDUCING
    if reason := refuse_effect(account, instrument, side, terms.position_effect, qty_lots):
        return reason
    post_only = terms.exec_inst & ExecInst.POST_ONLY
    if post_only and meets_any(market.book, side, terms.price_ticks, qty_lots):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if over_position_limit(account, instrument, side, qty_lots):
        return RejectReason.POSITION_LIMIT
    price_ticks = terms.price_ticks or market_bound(market, side)
    priced, freed = (
        Priced(side, price_ticks, qty_lots, terms.cash),
        freed_minor(account, instrument, terms),
    )
    if not affordable(account, market, priced, freed_minor=freed):
        return RejectReason.INSUFFICIENT_FUNDS
    if len(account.open_orders) >= OPEN_ORDERS_PER_ACCOUNT_MAX:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return None


def refuse_replace(
    account: Account, market: Market, order: Order, new: tuple[str, OrderTerms], ts_ns: int
) -> RejectReason | None:
    """Return why an open order may not have the client id and the terms given, or None."""
    cl_ord_id, terms = new
    old = order.now.terms
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    if not market.instrument.trading_state.matches:
        return RejectReason.MARKET_CLOSED
    if cl_ord_id != order.now.cl_ord_id and (reason := _refuse_id(account, cl_ord_id)):
        return reason
    # What is only kept may have run out by now, and is for the timers to end.
    if _style(terms) != _style(old) and (reason := _refuse_style(ts_ns, terms)):
        return reason
    if reason := refuse_terms(market, terms.ord_type, terms.price_ticks, terms.order_qty_lots):
        return reason
    if (cl_ord_id, terms) == (order.now.cl_ord_id, old):
        return RejectReason.NOTHING_TO_REPLACE
    if terms.order_qty_lots <= order.now.cum_qty_lots:
        return RejectReason.QTY_BELOW_EXECUTED
    return _refuse_replaced_exposure(account, market, order, terms)


def _style(terms: OrderTerms) -> tuple[int, int, int]:
    return terms.time_in_force, terms.exec_inst, terms.expire_ns


def _refuse_replaced_exposure(
    account: Account, market: Market, order: Order, terms: OrderTerms
) -> RejectReason | None:
    instrument, side, price_ticks = market.instrument, terms.side, terms.price_ticks
    leaves = terms.order_qty_lots - order.now.cum_qty_lots
    more_lots = leaves - order.now.leaves_qty_lots
    if reason := _refuse_more(account, instrument, terms, leaves, more_lots):
        return reason
    # A market that is post-only makes every order that comes in anew one.
    post_only = terms.exec_inst & ExecInst.POST_ONLY or (
        instrument.trading_state is TradingState.POST_ONLY
    )
    enters = not keeps_priority(order.now.terms, terms)
    if post_only and enters and meets_any(market.book, side, price_ticks, leaves):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if more_lots > 0 and over_position_limit(account, instrument, side, more_lots):
        return RejectReason.POSITION_LIMIT
    if not affordable(account, market, Priced(side, price_ticks, leaves), replaced=order):
        return RejectReason.INSUFFICIENT_FUNDS
    coming = Incoming(account.account_id, side, price_ticks, leaves, terms.stp)
    refuses = terms.stp is SelfTradePrevention.REJECT and enters
    if refuses and meets_own(market.book, coming):
        return RejectReason.SELF_TRADE
    return None


def _refuse_more(
    account: Account, instrument: Instrument, terms: OrderTerms, leaves: int, more_lots: int
) -> RejectReason | None:
    reduces = terms.exec_inst & ExecInst.REDUCE_ONLY or (account.reduce_only and more_lots > 0)
    if reduces and not covers(account, instrument, terms.side, leaves):
        return RejectReason.NOT_REDUCING
    if more_lots <= 0:
        return None
    return refuse_effect(account, instrument, terms.side, terms.position_effect, more_lots)
