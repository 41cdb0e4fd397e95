"""
Checks: what an order is refused for, a function for each kind of reason.

`admitting.py` asks them of a new order, `replacing.py` of a replacement, `arriving.py` of an order
that was taken earlier.
"""

from msgspec.structs import replace

from countermand.core import slots, triggers, waiting
from countermand.core.exposure import (
    Priced,
    affordable,
    covers,
    over_position_limit,
    refuse_effect,
)
from countermand.core.matching import Incoming, meets_own
from countermand.core.state import OPEN_ORDERS_PER_ACCOUNT_MAX, Account, Market, State
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument, InstrumentKind, TradingState
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    Outcome,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason

# Enum members looked up once: most of these lines run on every order.
_LIMIT, _LEFT_OVER = OrdType.LIMIT, OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
_IOC, _FOK, _GTD = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTD
_REJECT, _NO_EFFECT = SelfTradePrevention.REJECT, PositionEffect.NONE
_TRADING, _EQUITY = TradingState.TRADING, InstrumentKind.EQUITY
_POST_ONLY, _REDUCE_ONLY = int(ExecInst.POST_ONLY), int(ExecInst.REDUCE_ONLY)
_WHOLE_OR_PASSIVE = int(ExecInst.POST_ONLY | ExecInst.ALL_OR_NONE)

# A day of a slice every ten seconds.
SLICES_MAX = 8_640


def refuse_account(account: Account) -> RejectReason | None:
    """Return why an account places and replaces nothing, or None."""
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    return RejectReason.ACCOUNT_KILLED if account.is_killed else None


def is_sound_schedule(instrument: Instrument, terms: OrderTerms) -> bool:
    """Whether an order can come in by the slices it asks for."""
    schedule = terms.schedule
    if schedule is None:
        return True
    return (
        terms.ord_type is _LIMIT
        and not terms.is_immediate
        and not terms.exec_inst & _WHOLE_OR_PASSIVE
        and terms.trigger is None
        and 0 < schedule.slices <= SLICES_MAX
        and schedule.interval_ns > 0
        and terms.order_qty_lots // schedule.slices >= instrument.order_qty_lots_min
    )


def refuse_met(market: Market, terms: OrderTerms) -> RejectReason | None:
    """Return that a trigger is met already, where its market refuses it then, or None."""
    if not terms.trigger or not market.instrument.refuses_met_trigger:
        return None
    met = triggers.is_met(terms.trigger, market.prices.basis_ticks)
    return RejectReason.TRIGGER_MET if met else None


def priced(terms: OrderTerms) -> OrderTerms:
    """Return terms with the price that was asked for: at the market, and asleep, none."""
    asks_none = terms.trigger is not None and terms.ord_type is not _LIMIT
    return replace(terms, price_ticks=0) if asks_none else terms


def refuse_unmet(market: Market, command: NewOrder, in_force: OrderTerms) -> RejectReason | None:
    """Return that a market order which needs an order to meet finds none, or None."""
    # A market order that names its worst price, or wants to rest at the best, needs an order there.
    asked = command.terms
    if asked.ord_type is _LIMIT:
        return None
    bound = asked.price_ticks or asked.ord_type is _LEFT_OVER or asked.cash_minor
    if not (bound or command.needs_liquidity):
        return None
    met = waiting.reaches(market, asked.side, in_force.price_ticks)
    return None if met else RejectReason.NO_LIQUIDITY


def refuse_meeting(account: Account, market: Market, in_force: OrderTerms) -> RejectReason | None:
    """Return that an order would trade with its own account, where it refuses that, or None."""
    if in_force.stp is not _REJECT:
        return None
    side, price_ticks = in_force.side, in_force.price_ticks
    coming = Incoming(account.account_id, side, price_ticks, in_force.order_qty_lots, in_force.stp)
    makers = waiting.makers(market, side, price_ticks)
    return RejectReason.SELF_TRADE if meets_own(coming, makers) else None


def refuse_in_state(state: TradingState, asked: OrderTerms) -> RejectReason | None:
    """Return why a market in this trading state lets an order not in, or None."""
    if state is _TRADING:
        return None
    if not state.matches:
        return RejectReason.MARKET_CLOSED
    if state is TradingState.POST_ONLY and not asked.exec_inst & _POST_ONLY:
        return RejectReason.POST_ONLY_MARKET
    if state is TradingState.LIMIT_ONLY and asked.ord_type is not _LIMIT:
        return RejectReason.LIMIT_ONLY_MARKET
    return None


def refuse_id(account: Account, cl_ord_id: str) -> RejectReason | None:
    """Return why an order may not have a client id, or None."""
    if cl_ord_id and cl_ord_id in account.cl_ord_ids:
        return RejectReason.DUPLICATE_CL_ORD_ID
    return None


def refuse_combination(ts_ns: int, asked: OrderTerms) -> RejectReason | None:
    """
    Return why an order's type, time in force, instructions and cash do not go together, or None.
    """
    immediate = asked.is_immediate
    if asked.ord_type is OrdType.MARKET and not immediate and not asked.trigger:
        return RejectReason.INVALID_TIME_IN_FORCE
    left_over = asked.ord_type is _LEFT_OVER
    if left_over and immediate:
        return RejectReason.INVALID_TIME_IN_FORCE
    if left_over and asked.exec_inst & _POST_ONLY:
        return RejectReason.INVALID_EXEC_INST
    if reason := refuse_style(ts_ns, asked):
        return reason
    if asked.cash and not _is_cash_order(asked):
        return RejectReason.INVALID_AMOUNT
    return None


def _is_cash_order(asked: OrderTerms) -> bool:
    positive = asked.cash_minor > 0 and asked.order_qty_lots == 0
    return positive and asked.ord_type is not _LIMIT


def refuse_complement(instrument: Instrument, asked: OrderTerms) -> RejectReason | None:
    """Return that cash is of the other outcome where it cannot be, or None."""
    if asked.cash is None or asked.cash.of is Outcome.YES:
        return None
    of_market = asked.ord_type is OrdType.MARKET
    return None if of_market and instrument.is_binary else RejectReason.INVALID_AMOUNT


def refuse_style(ts_ns: int, asked: OrderTerms) -> RejectReason | None:
    """Return why a time in force, an end and instructions do not go together, or None."""
    time_in_force, expire_ns = asked.time_in_force, asked.expire_ns
    immediate = time_in_force is _IOC or time_in_force is _FOK
    if immediate and asked.exec_inst & _POST_ONLY:
        return RejectReason.INVALID_EXEC_INST
    if expire_ns:
        ends = not immediate and expire_ns > ts_ns
        return None if ends else RejectReason.INVALID_EXPIRE_TIME
    return RejectReason.INVALID_EXPIRE_TIME if time_in_force is _GTD else None


def refuse_terms(market: Market, asked: OrderTerms, qty_lots: int) -> RejectReason | None:
    """Return why a price and a quantity are not allowed on the market, or None."""
    instrument, price_ticks = market.instrument, asked.price_ticks
    if qty_lots <= 0:
        return RejectReason.QTY_NOT_POSITIVE
    if qty_lots < instrument.order_qty_lots_min:
        return RejectReason.QTY_BELOW_MIN
    if instrument.order_qty_lots_max and qty_lots > instrument.order_qty_lots_max:
        return RejectReason.QTY_ABOVE_MAX
    if price_ticks <= 0 and (price_ticks < 0 or asked.ord_type is _LIMIT):
        return RejectReason.PRICE_NOT_POSITIVE
    limit_up = market.limit_up_ticks or price_ticks
    if price_ticks and not market.limit_down_ticks <= price_ticks <= limit_up:
        return RejectReason.PRICE_OUTSIDE_BAND
    value_ticks = price_ticks or market.mark_price_ticks
    if value_ticks * qty_lots * instrument.notional_minor < instrument.notional_minor_min:
        return RejectReason.NOTIONAL_BELOW_MIN
    return None


def refuse_exposure(
    state: State,
    account: Account,
    market: Market,
    in_force: OrderTerms,
    *,
    enters: bool = True,
) -> RejectReason | None:
    """
    Return why an order would be too much for its account, or None.

    One that sleeps does not enter: it crosses no order yet.
    """
    instrument, side, qty_lots = market.instrument, in_force.side, in_force.order_qty_lots
    exec_inst = in_force.exec_inst
    if exec_inst & _REDUCE_ONLY and not covers(account, instrument, side, qty_lots):
        return RejectReason.NOT_REDUCING
    has_effect = in_force.position_effect is not _NO_EFFECT or instrument.kind is _EQUITY
    if has_effect and (reason := refuse_effect(account, instrument, in_force, qty_lots)):
        return reason
    is_passive = exec_inst & _POST_ONLY and enters
    if is_passive and crosses(market, side, in_force.price_ticks, qty_lots):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if instrument.position_lots_max and over_position_limit(account, instrument, side, qty_lots):
        return RejectReason.POSITION_LIMIT
    priced = Priced(side, in_force.price_ticks, qty_lots, in_force.cash)
    freed_minor = slots.freed_minor(account, instrument, in_force) if in_force.slot else 0
    if not affordable(state, account, market, priced, None, freed_minor):
        return RejectReason.INSUFFICIENT_FUNDS
    if len(account.open_orders) >= OPEN_ORDERS_PER_ACCOUNT_MAX:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return None


def crosses(market: Market, side: Side, price_ticks: int, qty_lots: int) -> bool:
    """Whether an order would come to one that it does not pass over."""
    makers = waiting.makers(market, side, price_ticks)
    return waiting.meets_any(makers, qty_lots)
