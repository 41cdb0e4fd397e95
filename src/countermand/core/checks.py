"""
Checks: the ladder that refuses a new order. Rungs stand in the order of `RejectReason`, the first
that fails answers. What is refused of a replacement is in `replacing.py`, on rungs that both use.
"""

from msgspec import Struct
from msgspec.structs import replace

from countermand.core import sizing, slots, triggers, waiting
from countermand.core.exposure import (
    Priced,
    affordable,
    covers,
    market_bound,
    over_position_limit,
    refuse_effect,
)
from countermand.core.ledger import counted
from countermand.core.matching import Incoming, meets_own
from countermand.core.order import Order
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
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport

_LIMIT, _LEFT_OVER = OrdType.LIMIT, OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT
_IOC, _FOK, _GTD = TimeInForce.IOC, TimeInForce.FOK, TimeInForce.GTD
_REJECT, _NO_EFFECT = SelfTradePrevention.REJECT, PositionEffect.NONE
_ARMED = Standing.ARMED
_WHOLE_OR_PASSIVE = int(ExecInst.POST_ONLY | ExecInst.ALL_OR_NONE)

# A day of a slice every ten seconds.
SLICES_MAX = 8_640

_TRADING, _EQUITY = TradingState.TRADING, InstrumentKind.EQUITY
_POST_ONLY, _REDUCE_ONLY = int(ExecInst.POST_ONLY), int(ExecInst.REDUCE_ONLY)


class Admitted(Struct, gc=False):
    """
    An order that is taken: whose, where, and with which terms in force.

    `plain` is a limit order that can rest, without instructions or other terms that have a rung of
    their own.
    """

    account: Account
    market: Market
    terms: OrderTerms
    is_plain: bool


def admit(
    state: State, ts_ns: int, command: NewOrder, *, is_child: bool = False
) -> Admitted | RejectReason:
    """
    Return an order as it is taken, or why it is refused.

    Of a child, which another order lets in, nothing is asked yet that depends on the book, on
    money or on a position.
    """
    account = state.accounts.get(command.account_id)
    if account is None or command.account_id < 0:
        return RejectReason.UNKNOWN_ACCOUNT
    market = state.markets.get(command.instrument_id)
    if market is None or market.instrument.venue != account.venue:
        return RejectReason.UNKNOWN_INSTRUMENT
    if (account.trading_locked or account.is_killed) and (reason := refuse_account(account)):
        return reason
    asked = command.terms
    if _is_plain(asked) and not account.reduce_only and not is_child:
        reason = _refuse_plain(state, account, market, ts_ns, command)
        return reason or Admitted(account, market, asked, is_plain=True)
    reason = _refuse_form(account, market, ts_ns, command)
    if reason:
        return reason
    if is_child:
        return _admit_child(account, market, asked)
    if asked.trigger or asked.schedule:
        return _admit_asleep(state, account, market, asked)
    in_force = _in_force(account, market, asked)
    reason = (
        _refuse_unmet(market, command, in_force)
        or refuse_terms(market, asked, in_force.order_qty_lots)
        or _refuse_exposure(state, account, market, in_force)
        or _refuse_meeting(account, market, in_force)
    )
    return reason or Admitted(account, market, in_force, is_plain=False)


def refuse_account(account: Account) -> RejectReason | None:
    """Return why an account places and replaces nothing, or None."""
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    return RejectReason.ACCOUNT_KILLED if account.is_killed else None


def _refuse_form(
    account: Account, market: Market, ts_ns: int, command: NewOrder
) -> RejectReason | None:
    # What is wrong with what is asked for, whatever there is of money.
    asked, instrument = command.terms, market.instrument
    if asked.link is not None:
        # A list gives its orders their links.
        return RejectReason.INVALID_LIST
    reason = (
        _refuse_in_state(instrument.trading_state, asked)
        or refuse_id(account, command.cl_ord_id)
        or slots.refuse_slot(account, instrument, asked)
        or _refuse_combination(ts_ns, asked)
        or _refuse_complement(instrument, asked)
    )
    if reason or is_sound_schedule(instrument, asked):
        return reason
    return RejectReason.INVALID_SCHEDULE


def _admit_asleep(
    state: State, account: Account, market: Market, asked: OrderTerms
) -> Admitted | RejectReason:
    # One that sleeps meets no order yet.
    if asked.cash:
        return RejectReason.INVALID_AMOUNT
    reduce_only = _REDUCE_ONLY if account.reduce_only else 0
    in_force = triggers.is_sound(asked) and triggers.placed(market.prices, asked)
    if not in_force:
        return RejectReason.INVALID_TRIGGER
    in_force = replace(in_force, exec_inst=in_force.exec_inst | reduce_only)
    reason = (
        refuse_met(market, in_force)
        or refuse_terms(market, priced(in_force), in_force.order_qty_lots)
        or _refuse_exposure(state, account, market, in_force, enters=False)
    )
    return reason or Admitted(account, market, in_force, is_plain=False)


def _admit_child(account: Account, market: Market, asked: OrderTerms) -> Admitted | RejectReason:
    if not triggers.is_sound(asked):
        return RejectReason.INVALID_TRIGGER
    reduce_only = _REDUCE_ONLY if account.reduce_only else 0
    terms = replace(asked, exec_inst=asked.exec_inst | reduce_only)
    follows = asked.trigger is not None and asked.trigger.limit_offset_ticks is not None
    # A limit that follows its trigger is not known yet, and is no less than any other.
    checked = replace(terms, price_ticks=market.limit_down_ticks) if follows else terms
    reason = refuse_terms(market, checked, asked.order_qty_lots)
    return reason or Admitted(account, market, terms, is_plain=False)


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


def _refuse_plain(
    state: State, account: Account, market: Market, ts_ns: int, command: NewOrder
) -> RejectReason | None:
    # The same ladder without the rungs that a plain order cannot fail on.
    asked, instrument = command.terms, market.instrument
    if instrument.trading_state is not _TRADING:
        reason = _refuse_in_state(instrument.trading_state, asked)
        if reason:
            return reason
    if command.cl_ord_id in account.cl_ord_ids:
        return RejectReason.DUPLICATE_CL_ORD_ID
    return (
        refuse_style(ts_ns, asked)
        or refuse_terms(market, asked, asked.order_qty_lots)
        or _refuse_exposure(state, account, market, asked)
    )


def _is_plain(asked: OrderTerms) -> bool:
    time_in_force = asked.time_in_force
    return (
        asked.ord_type is _LIMIT
        and not asked.exec_inst
        and time_in_force is not _IOC
        and time_in_force is not _FOK
        and asked.cash is None
        and asked.slot is None
        and asked.trigger is None
        and asked.link is None
        and asked.schedule is None
        and asked.stp is not _REJECT
        and asked.position_effect is _NO_EFFECT
    )


def _in_force(account: Account, market: Market, asked: OrderTerms) -> OrderTerms:
    exec_inst = asked.exec_inst
    if account.reduce_only:
        # What an account may only do, its orders carry, so that they lose their cover together.
        exec_inst |= _REDUCE_ONLY
    return replace(
        asked,
        order_qty_lots=sizing.order_qty_lots(market, account.account_id, asked),
        price_ticks=asked.price_ticks or market_bound(market, asked.side),
        exec_inst=exec_inst,
    )


def _refuse_unmet(market: Market, command: NewOrder, in_force: OrderTerms) -> RejectReason | None:
    # A market order that names its worst price, or wants to rest at the best, needs an order there.
    asked = command.terms
    if asked.ord_type is _LIMIT:
        return None
    bound = asked.price_ticks or asked.ord_type is _LEFT_OVER or asked.cash_minor
    if not (bound or command.needs_liquidity):
        return None
    met = waiting.reaches(market, asked.side, in_force.price_ticks)
    return None if met else RejectReason.NO_LIQUIDITY


def _refuse_meeting(account: Account, market: Market, in_force: OrderTerms) -> RejectReason | None:
    if in_force.stp is not _REJECT:
        return None
    side, price_ticks = in_force.side, in_force.price_ticks
    coming = Incoming(account.account_id, side, price_ticks, in_force.order_qty_lots, in_force.stp)
    makers = waiting.makers(market, side, price_ticks)
    return RejectReason.SELF_TRADE if meets_own(coming, makers) else None


def refuse_coming_in(
    state: State, market: Market, order: Order, now: OrderReport
) -> RejectReason | None:
    """Return why an order that was taken earlier may not come to the book as `now`, or None."""
    terms, account = now.terms, state.accounts[now.account_id]
    side, price_ticks, leaves = terms.side, terms.price_ticks, now.leaves_qty_lots
    enters = now.standing is not _ARMED
    if enters and (reason := _refuse_in_state(market.instrument.trading_state, terms)):
        return reason
    stands_at_best = enters and terms.ord_type is _LEFT_OVER and price_ticks
    if stands_at_best and not waiting.reaches(market, side, price_ticks):
        return RejectReason.NO_LIQUIDITY
    if terms.exec_inst & _REDUCE_ONLY and not covers(account, market.instrument, side, leaves):
        return RejectReason.NOT_REDUCING
    if terms.link is not None and (reason := _refuse_growth(account, market, order.now, now)):
        return reason
    is_passive = enters and terms.exec_inst & _POST_ONLY
    if is_passive and crosses(market, side, price_ticks, leaves):
        return RejectReason.POST_ONLY_WOULD_CROSS
    wanted = Priced(side, price_ticks, leaves, shared=now.shared)
    if not affordable(state, account, market, wanted, order):
        return RejectReason.INSUFFICIENT_FUNDS
    return _refuse_meeting(account, market, terms) if enters else None


def _refuse_growth(
    account: Account, market: Market, before: OrderReport, now: OrderReport
) -> RejectReason | None:
    # What comes to be on order by a list's letting it in.
    instrument, side = market.instrument, now.terms.side
    more_lots = counted(instrument, now)[0] - counted(instrument, before)[0]
    if more_lots <= 0:
        return None
    if reason := refuse_effect(account, instrument, now.terms, more_lots):
        return reason
    over = over_position_limit(account, instrument, side, more_lots)
    return RejectReason.POSITION_LIMIT if over else None


def _refuse_in_state(state: TradingState, asked: OrderTerms) -> RejectReason | None:
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


def _refuse_combination(ts_ns: int, asked: OrderTerms) -> RejectReason | None:
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


def _refuse_complement(instrument: Instrument, asked: OrderTerms) -> RejectReason | None:
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


def _refuse_exposure(
    state: State,
    account: Account,
    market: Market,
    in_force: OrderTerms,
    *,
    enters: bool = True,
) -> RejectReason | None:
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
