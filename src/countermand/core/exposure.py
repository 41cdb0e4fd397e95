"""
Exposure: what an order could do to its account's money and position, worked out before it is taken.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from countermand.core import fees, waiting
from countermand.core.ledger import counted, hold_asset, margin, margin_rate_ppb, order_hold
from countermand.core.order import Order
from countermand.core.state import Account, Market, Position, State
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind
from countermand.vocabulary.order import Cash, OrderTerms, Outcome, PositionEffect, Side
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import Shared
from countermand.vocabulary.units import PPB, ceil_ppb

_SPOT, _BINARY, _EQUITY = InstrumentKind.SPOT, InstrumentKind.BINARY, InstrumentKind.EQUITY
_BUY, _SELL = Side.BUY, Side.SELL
_NO_EFFECT = PositionEffect.NONE

# What an account has where it never had a position; deciding must not make one.
_FLAT = Position()


def covers(account: Account, instrument: Instrument, side: Side, qty_lots: int) -> bool:
    """Whether the account's position is opposite to `side` and at least `qty_lots`."""
    return qty_lots <= side.closable(account.net_lots(instrument.instrument_id))


def exceeds_position(account: Account, order: Order) -> bool:
    """Whether an open reduce-only order is larger than the position it may reduce."""
    now = order.now
    return now.leaves_qty_lots > now.terms.side.closable(account.net_lots(now.instrument_id))


def refuse_effect(
    account: Account, instrument: Instrument, terms: OrderTerms, more_lots: int
) -> RejectReason | None:
    """
    Return why an order's `more_lots` may not open or close what they would, or None.

    What the open orders of its side already close is spoken for.
    """
    effect, is_equity = terms.position_effect, instrument.kind is _EQUITY
    if not is_equity and (effect is _NO_EFFECT or instrument.kind is _SPOT):
        return None
    side = terms.side
    position = account.positions.get(instrument.instrument_id, _FLAT)
    closable = side.closable(position.net_lots)
    free = closable - (position.open_buy_lots if side is _BUY else position.open_sell_lots)
    is_owned = is_equity and not account.may_borrow
    if is_owned and side is _SELL and more_lots > free:
        return RejectReason.SHORT_NOT_ALLOWED
    if effect is PositionEffect.OPEN and closable > 0:
        return RejectReason.OPPOSITE_POSITION
    if effect is PositionEffect.CLOSE and closable <= 0:
        return RejectReason.NOTHING_TO_CLOSE
    if effect is PositionEffect.CLOSE and more_lots > free:
        return RejectReason.CLOSES_BEYOND_POSITION
    return None


def over_position_limit(
    account: Account, instrument: Instrument, side: Side, more_lots: int
) -> bool:
    """Whether `more_lots` on order could bring the position beyond its limit."""
    if not instrument.position_lots_max:
        return False
    position = account.positions.get(instrument.instrument_id, _FLAT)
    if side is _BUY:
        reach = position.net_lots + position.open_buy_lots + more_lots
    else:
        reach = -position.net_lots + position.open_sell_lots + more_lots
    return reach > instrument.position_lots_max


class Priced(Struct, frozen=True, gc=False):
    """What an order could trade: its side, the worst price, how much, and for what cash."""

    side: Side
    price_ticks: int
    qty_lots: int
    cash: Cash | None = None
    shared: Shared | None = None


def required_minor(
    account: Account, market: Market, priced: Priced, replaced: Order | None = None
) -> int:
    """
    Return what an order needs beyond what is held already, in minor units of `hold_asset`.

    A sell on margin may trade above its limit, at most at the best bid, so that is what it is
    priced at. A buy for cash, of either outcome, needs that much and what it may be charged on it.
    """
    if market.instrument.kind is not _SPOT:
        return _position_required_minor(account, market, priced, replaced)
    instrument, cash = market.instrument, priced.cash
    if cash and priced.side is _BUY:
        return cash.minor + _cash_fee(instrument, cash.minor)
    side, price_ticks, qty_lots = priced.side, priced.price_ticks, priced.qty_lots
    if replaced is None:
        return order_hold(instrument, side, price_ticks, qty_lots)
    charged = _charged(replaced)
    need = order_hold(instrument, side, price_ticks, qty_lots, *charged)
    if priced.shared is not None:
        need = max(0, need - priced.shared.hold_minor)
    return need - replaced.now.hold_minor


def _position_required_minor(
    account: Account, market: Market, priced: Priced, replaced: Order | None
) -> int:
    instrument, side = market.instrument, priced.side
    position = account.positions.get(instrument.instrument_id, _FLAT)
    on_order = position.open_buy_lots if side is _BUY else position.open_sell_lots
    qty_lots, notional, fee = _added(market, priced, replaced)
    rate_ppb = margin_rate_ppb(account, instrument)
    after = margin(instrument, position, side, qty_lots, notional, rate_ppb)
    added = after - position.margin_minor
    if instrument.kind is _BINARY and on_order + qty_lots > side.closable(position.net_lots):
        # Its other side may already hold as much; the fee comes on top of that all the same.
        return max(0, added) + fee
    # An order that needs no more margin is always let through: closing must never be barred.
    return added + fee if added > 0 else 0


def _added(market: Market, priced: Priced, replaced: Order | None) -> tuple[int, int, int]:
    # What it would put on order beyond what the one it replaces does: lots, notional, fee.
    instrument, qty_lots = market.instrument, priced.qty_lots
    notional, fee = _worth_and_fee(market, priced, replaced)
    if priced.shared is not None:
        qty_lots = max(0, qty_lots - priced.shared.lots)
        notional = max(0, notional - priced.shared.minor)
        fee = max(0, fee - priced.shared.hold_minor)
    if replaced:
        lots, minor = counted(instrument, replaced.now)
        return qty_lots - lots, notional - minor, fee - replaced.now.hold_minor
    return qty_lots, notional, fee


def _worth_and_fee(market: Market, priced: Priced, replaced: Order | None) -> tuple[int, int]:
    # What it may come to be worth, and be charged.
    instrument, side, cash = market.instrument, priced.side, priced.cash
    price_ticks, qty_lots = priced.price_ticks, priced.qty_lots
    if side is _SELL and instrument.kind is not _BINARY:
        price_ticks = max(price_ticks, waiting.best_px_ticks(market, _BUY))
    if cash and side is (_BUY if cash.of is Outcome.YES else _SELL):
        brought = instrument.payout_minor * qty_lots - cash.minor
        worth = cash.minor if cash.of is Outcome.YES else brought
        return worth, _cash_fee(instrument, cash.minor)
    maker_ppb, taker_ppb = instrument.maker_fee_ppb, instrument.taker_fee_ppb
    rate = max(maker_ppb, taker_ppb)
    worth = price_ticks * qty_lots * instrument.notional_minor
    if replaced is None:
        return worth, fees.reserve_minor(instrument, side, rate, price_ticks, qty_lots)
    terms = (side, rate, price_ticks, qty_lots, *_charged(replaced))
    return worth, fees.reserve_minor(instrument, *terms)


def _charged(replaced: Order | None) -> tuple[int, int]:
    return (replaced.fee_accrued, replaced.now.fee_minor) if replaced else (0, 0)


def _cash_fee(instrument: Instrument, cash_minor: int) -> int:
    # No basis takes more than its rate of what is paid, and a sum is rounded by a step at most.
    if instrument.fee_basis is FeeBasis.RECEIVED:
        return 0
    return ceil_ppb(cash_minor, instrument.fee_reserve_ppb) + instrument.fee_step_minor


def loss_minor(state: State, account: Account, asset_id: AssetId) -> int:
    """
    Return what the account's positions on margin have lost together at their marks, in the asset.

    Profit counts against loss and for nothing else. A position of which all is held can lose no
    more than that.
    """
    profit = 0
    for instrument_id, position in account.positions.items():
        market = state.markets[instrument_id]
        instrument = market.instrument
        if not position.net_lots or instrument.kind is _BINARY:
            continue
        if instrument.quote_asset_id == asset_id and margin_rate_ppb(account, instrument) < PPB:
            value = instrument.notional_of(market.mark_price_ticks, position.net_lots)
            profit += value - position.cost_minor
    return max(0, -profit)


def affordable(
    state: State,
    account: Account,
    market: Market,
    priced: Priced,
    replaced: Order | None = None,
    freed_minor: int = 0,
) -> bool:
    """
    Whether the account can hold what the order may come to owe; `freed_minor` is held no more then.

    What is lost at the mark is not there to be held.
    """
    required = required_minor(account, market, priced, replaced)
    if required <= 0:
        return True
    asset_id = hold_asset(market.instrument, priced.side)
    balance = account.balances.get(asset_id)
    free_minor = balance.total_minor - balance.hold_minor if balance else 0
    if account.positions:
        free_minor -= loss_minor(state, account, asset_id)
    return required <= free_minor + freed_minor


def affordable_together(
    state: State, account: Account, market: Market, wanted: Sequence[tuple[Priced, Order]]
) -> bool:
    """Whether the account can hold what orders may come to owe that replace others at once."""
    instrument = market.instrument
    required: dict[AssetId, int] = {}
    if instrument.kind is _SPOT:
        for priced, replaced in wanted:
            asset_id = hold_asset(instrument, priced.side)
            more_minor = required_minor(account, market, priced, replaced)
            required[asset_id] = required.get(asset_id, 0) + more_minor
    else:
        required[instrument.quote_asset_id] = _required_together(account, market, wanted)
    return all(
        minor <= 0 or minor <= account.available_minor(a) - loss_minor(state, account, a)
        for a, minor in required.items()
    )


def _required_together(
    account: Account, market: Market, wanted: Sequence[tuple[Priced, Order]]
) -> int:
    # As of one order, of a position with both sides as they will be.
    instrument, fees_minor = market.instrument, 0
    before = account.positions.get(instrument.instrument_id, _FLAT)
    after = replace(before)
    for priced, replaced in wanted:
        lots, notional, fee = _added(market, priced, replaced)
        fees_minor += fee
        if priced.side is _BUY:
            after.open_buy_lots += lots
            after.open_buy_minor += notional
        else:
            after.open_sell_lots += lots
            after.open_sell_minor += notional
    rate_ppb = margin_rate_ppb(account, instrument)
    added = margin(instrument, after, rate_ppb=rate_ppb) - before.margin_minor
    if instrument.kind is _BINARY and _opens(after, wanted):
        return max(0, added) + fees_minor
    return added + fees_minor if added > 0 else 0


def _opens(position: Position, wanted: Sequence[tuple[Priced, Order]]) -> bool:
    # Whether what is on order, of a side that changes, could do more than close.
    on_order = {_BUY: position.open_buy_lots, _SELL: position.open_sell_lots}
    sides = {priced.side for priced, _ in wanted}
    return any(on_order[side] > side.closable(position.net_lots) for side in sides)


def left_over_px_ticks(market: Market, side: Side, bound_ticks: int) -> int:
    """
    Return where a left-over order will stand: at the leading opposite price, if it is within reach.
    """
    leading = waiting.leading_px_ticks(market, side.opposite)
    within = leading <= bound_ticks if side is _BUY else leading >= bound_ticks
    return leading if within else waiting.best_px_ticks(market, side.opposite)


def market_bound(market: Market, side: Side) -> int:
    """
    Return the worst price a market order may trade at: the band around the leading opposite price.

    0 when nothing stands opposite; without a band, the worst price that stands there.
    """
    best = waiting.leading_px_ticks(market, side.opposite)
    band = market.instrument.market_band_ppb
    if not best:
        return 0
    if not band:
        return waiting.worst_px_ticks(market, side.opposite)
    width = best * band // PPB
    return best + width if side is _BUY else max(1, best - width)
