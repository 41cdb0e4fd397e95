"""
Checks: the ladders that refuse. Rungs stand in the order of `RejectReason`, the first that fails
answers.
"""

from countermand.core.commands import NewOrder, ReplaceOrder
from countermand.core.instrument import Instrument, TradingState
from countermand.core.ledger import hold_asset, margin, order_hold
from countermand.core.order import ExecInst, Order, OrdType, Side, TimeInForce
from countermand.core.reasons import RejectReason
from countermand.core.state import OPEN_ORDERS_PER_ACCOUNT_MAX, Account, Market, Position, State
from countermand.core.units import PPB, ceil_ppb

# What an account has where it never had a position; deciding must not make one.
_FLAT = Position()


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
        or _refuse_combination(ts_ns, command)
        or refuse_terms(market, command.ord_type, command.price_ticks, command.order_qty_lots)
        or _refuse_exposure(account, market, command)
    )


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
    if command.exec_inst & ExecInst.POST_ONLY and immediate:
        return RejectReason.INVALID_EXEC_INST
    if command.time_in_force is TimeInForce.GTD and not command.expire_ns:
        return RejectReason.INVALID_EXPIRE_TIME
    if command.expire_ns and (immediate or command.expire_ns <= ts_ns):
        return RejectReason.INVALID_EXPIRE_TIME
    return None


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
    if price_ticks < 0 or (price_ticks == 0 and ord_type is not OrdType.MARKET):
        return RejectReason.PRICE_NOT_POSITIVE
    limit_up = instrument.limit_up_ticks
    if price_ticks and limit_up and not instrument.limit_down_ticks <= price_ticks <= limit_up:
        return RejectReason.PRICE_OUTSIDE_BAND
    value_ticks = price_ticks or market.mark_price_ticks
    if instrument.notional_of(value_ticks, qty_lots) < instrument.notional_minor_min:
        return RejectReason.NOTIONAL_BELOW_MIN
    return None


def _refuse_exposure(account: Account, market: Market, command: NewOrder) -> RejectReason | None:
    instrument, side, qty_lots = market.instrument, command.side, command.order_qty_lots
    reduces = account.reduce_only or command.exec_inst & ExecInst.REDUCE_ONLY
    if reduces and not covers(account, instrument, side, qty_lots):
        return RejectReason.NOT_REDUCING
    post_only = command.exec_inst & ExecInst.POST_ONLY
    if post_only and market.book.crosses(side, command.price_ticks):
        return RejectReason.POST_ONLY_WOULD_CROSS
    if over_position_limit(account, instrument, side, qty_lots):
        return RejectReason.POSITION_LIMIT
    price_ticks = command.price_ticks or market_bound(market, side)
    if not affordable(account, market, side, price_ticks, qty_lots):
        return RejectReason.INSUFFICIENT_FUNDS
    if len(account.open_orders) >= OPEN_ORDERS_PER_ACCOUNT_MAX:
        return RejectReason.TOO_MANY_OPEN_ORDERS
    return None


def refuse_replace(
    account: Account,
    market: Market,
    order: Order,
    command: ReplaceOrder,
    price_ticks: int,
    qty_lots: int,
) -> RejectReason | None:
    """Return why an open order may not have the terms given, or None."""
    instrument, renamed = market.instrument, command.new_cl_ord_id not in ("", order.cl_ord_id)
    if account.trading_locked:
        return RejectReason.ACCOUNT_LOCKED
    if not instrument.trading_state.matches:
        return RejectReason.MARKET_CLOSED
    if renamed and (reason := _refuse_id(account, command.new_cl_ord_id)):
        return reason
    if reason := refuse_terms(market, order.ord_type, price_ticks, qty_lots):
        return reason
    same = price_ticks == order.price_ticks and qty_lots == order.order_qty_lots
    if same and not renamed:
        return RejectReason.NOTHING_TO_REPLACE
    if qty_lots <= order.cum_qty_lots:
        return RejectReason.QTY_BELOW_EXECUTED
    return _refuse_replaced_exposure(account, market, order, price_ticks, qty_lots)


def _refuse_replaced_exposure(
    account: Account, market: Market, order: Order, price_ticks: int, qty_lots: int
) -> RejectReason | None:
    instrument, side = market.instrument, order.side
    leaves = qty_lots - order.cum_qty_lots
    reduces = order.reduce_only or (account.reduce_only and leaves > order.leaves_qty_lots)
    if reduces and not covers(account, instrument, side, leaves):
        return RejectReason.NOT_REDUCING
    # A market that is post-only makes every order that comes in anew one.
    post_only = order.exec_inst & ExecInst.POST_ONLY or (
        instrument.trading_state is TradingState.POST_ONLY
    )
    if post_only and market.book.crosses(side, price_ticks):
        return RejectReason.POST_ONLY_WOULD_CROSS
    more_lots = leaves - order.leaves_qty_lots
    if more_lots > 0 and over_position_limit(account, instrument, side, more_lots):
        return RejectReason.POSITION_LIMIT
    if not affordable(account, market, side, price_ticks, leaves, replaced=order):
        return RejectReason.INSUFFICIENT_FUNDS
    return None


def covers(account: Account, instrument: Instrument, side: Side, qty_lots: int) -> bool:
    """Whether the account's position is opposite to `side` and at least `qty_lots`."""
    return qty_lots <= side.closable(account.net_lots(instrument.instrument_id))


def exceeds_position(account: Account, order: Order) -> bool:
    """Whether an open reduce-only order is larger than the position it may reduce."""
    return order.leaves_qty_lots > order.side.closable(account.net_lots(order.instrument_id))


def over_position_limit(
    account: Account, instrument: Instrument, side: Side, more_lots: int
) -> bool:
    """Whether `more_lots` on order could bring the position beyond its limit."""
    if not instrument.position_lots_max:
        return False
    position = account.positions.get(instrument.instrument_id, _FLAT)
    if side is Side.BUY:
        reach = position.net_lots + position.open_buy_lots + more_lots
    else:
        reach = -position.net_lots + position.open_sell_lots + more_lots
    return reach > instrument.position_lots_max


def required_minor(
    account: Account,
    market: Market,
    side: Side,
    price_ticks: int,
    qty_lots: int,
    replaced: Order | None = None,
) -> int:
    """
    Return what an order needs beyond what is held already, in minor units of `hold_asset`.

    A perpetual sell may trade above its limit, at most at the best bid, so that is what it is
    priced at.
    """
    instrument = market.instrument
    if not instrument.is_perpetual:
        held = replaced.hold_minor if replaced else 0
        return order_hold(instrument, side, price_ticks, qty_lots) - held
    if side is Side.SELL:
        price_ticks = max(price_ticks, market.book.bids.best_px_ticks)
    notional = instrument.notional_of(price_ticks, qty_lots)
    fee = ceil_ppb(notional, instrument.fee_reserve_ppb)
    if replaced:
        notional -= instrument.notional_of(replaced.price_ticks, replaced.leaves_qty_lots)
        qty_lots -= replaced.leaves_qty_lots
        fee -= replaced.hold_minor
    position = account.positions.get(instrument.instrument_id, _FLAT)
    added = margin(instrument, position, side, qty_lots, notional) - position.margin_minor
    # An order that needs no more margin is always let through: closing must never be barred.
    return added + fee if added > 0 else 0


def affordable(
    account: Account,
    market: Market,
    side: Side,
    price_ticks: int,
    qty_lots: int,
    replaced: Order | None = None,
) -> bool:
    """Whether the account can hold what the order may come to owe."""
    required = required_minor(account, market, side, price_ticks, qty_lots, replaced)
    if required <= 0:
        return True
    return required <= account.available_minor(hold_asset(market.instrument, side))


def market_bound(market: Market, side: Side) -> int:
    """
    Return the worst price a market order may trade at: the band around the best opposite price.

    0 when nothing stands opposite; without a band, the worst price that stands there.
    """
    ladder = market.book.ladder(side.opposite)
    best, band = ladder.best_px_ticks, market.instrument.market_band_ppb
    if not best:
        return 0
    if not band:
        worst: int = ladder.prices[-1] if side is Side.BUY else ladder.prices[0]
        return worst
    width = best * band // PPB
    return best + width if side is Side.BUY else max(1, best - width)
