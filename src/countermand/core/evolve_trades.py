"""Evolve, of trades: what a match leaves in two orders, two accounts and their market."""

from countermand.core import fees, ledger
from countermand.core.filing import close, move
from countermand.core.order import Order
from countermand.core.state import (
    Market,
    State,
)
from countermand.vocabulary.events import (
    Traded,
)
from countermand.vocabulary.instrument import Instrument, InstrumentKind
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import Fill, Trade

_BUY, _SPOT = Side.BUY, InstrumentKind.SPOT


def traded(state: State, event: Traded) -> object:
    """Settle a match: money, positions, both orders and the market's last trade."""
    maker, taker, qty_lots = event.maker, event.taker, event.qty_lots
    market, price_ticks = state.markets[taker.instrument_id], event.price_ticks
    instrument, side, match_id = market.instrument, taker.terms.side, event.match_id
    assert match_id > state.match_id, f"match {match_id} comes after its own time"
    assert maker.terms.side is not side, f"match {match_id} is of one side"
    state.match_id = match_id
    orders, accounts = state.orders, state.accounts
    made, taken = orders[maker.order_id], orders[taker.order_id]
    # The buyer first. Where an account meets itself the order shows: what it buys joins the cost of
    # its position before what it sells realizes a part of that (or, short, closes before the sale
    # opens). Fees and fills are booked the maker's first.
    parts = (
        (accounts[maker.account_id], made.now, maker, event.maker_fee_minor),
        (accounts[taker.account_id], taken.now, taker, event.taker_fee_minor),
    )
    buy, sell = (parts[1], parts[0]) if side is _BUY else parts
    if instrument.kind is _SPOT:
        ledger.settle_spot(buy[0], sell[0], instrument, (price_ticks, qty_lots), state.ts_ns)
        ledger.rehold(buy[0], instrument, buy[1], buy[2])
        ledger.rehold(sell[0], instrument, sell[1], sell[2])
    else:
        for account, was, now, fee_minor in (buy, sell):
            match = (price_ticks, qty_lots, fee_minor)
            ledger.fill_position(state, account, instrument, (was, now), match)
    _fill(state, market, event, made, is_maker=True)
    _fill(state, market, event, taken, is_maker=False)
    market.last_px_ticks, market.last_qty_lots = price_ticks, qty_lots
    market.volume_lots += qty_lots
    market.volume_notional_minor += price_ticks * qty_lots * instrument.notional_minor
    ts_ns = market.transact_ns = state.ts_ns
    market.trades.append(Trade(match_id, taker.instrument_id, side, price_ticks, qty_lots, ts_ns))
    linked = maker.terms.link or taker.terms.link
    return linked or market.armed.orders or parts[0][0].reducing or parts[1][0].reducing


def _fill(state: State, market: Market, event: Traded, order: Order, *, is_maker: bool) -> None:
    # One side of a match: its order, its fee, its record.
    now = event.maker if is_maker else event.taker
    fee_minor = event.maker_fee_minor if is_maker else event.taker_fee_minor
    before, account, qty_lots = order.now, state.accounts[now.account_id], event.qty_lots
    instrument = market.instrument
    assert now.cum_qty_lots == before.cum_qty_lots + qty_lots, f"order {now.order_id} is misfilled"
    if instrument.fee_step_minor:
        _accrue(instrument, order, event, is_maker=is_maker)
    if fee_minor:
        ledger.charge(state, account, instrument, now.terms.side, fee_minor)
    move(market, order, before, now)
    if not now.leaves_qty_lots:
        if now.due_ns:
            state.timers.drop()
        close(state, account, order)
    state.filled.append(
        Fill(
            event.match_id,
            now.order_id,
            now.account_id,
            now.instrument_id,
            now.cl_ord_id,
            now.terms,
            is_maker=is_maker,
            last_px_ticks=event.price_ticks,
            last_qty_lots=qty_lots,
            fee_minor=fee_minor,
            cum_qty_lots=now.cum_qty_lots,
            cum_notional_minor=now.cum_notional_minor,
            ts_ns=now.transact_ns,
        )
    )


def _accrue(instrument: Instrument, order: Order, event: Traded, *, is_maker: bool) -> None:
    # What fees would be without rounding, kept where the rounding is the order's.
    rate_ppb = instrument.maker_fee_ppb if is_maker else instrument.taker_fee_ppb
    side, match = order.now.terms.side, (event.price_ticks, event.qty_lots)
    order.fee_accrued += fees.accrual(instrument, side, rate_ppb, *match)
