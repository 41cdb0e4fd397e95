"""
Conditional: stops and orders that take a profit. They sleep until a price wakes them.

While one sleeps it holds what it would hold in the book, at its limit, or at the market at the band
around its trigger. Which price wakes is in `triggers.py`. All that one price wakes are awake before
the first of them comes in; they come in one after the other, when everything else that the price
brought about has happened, so that what they trade at wakes others in their turn. A market that is
not open to all orders wakes nothing; one that looks at its reference price looks again when it
opens.
"""

from collections.abc import Iterable, Iterator

from countermand.core import arriving, triggers
from countermand.core.decision import Reaction
from countermand.core.pictures import restated
from countermand.core.state import Market, State
from countermand.vocabulary.events import (
    Event,
    OrderRestated,
    ReferencePriceChanged,
    Traded,
    TradingStateChanged,
)
from countermand.vocabulary.instrument import TradingState, TriggerBasis

_LAST_TRADE, _REFERENCE = TriggerBasis.LAST_TRADE, TriggerBasis.REFERENCE
_WAKES = (TradingState.TRADING, TradingState.LIMIT_ONLY)


def on_traded(state: State, event: Traded) -> Iterable[list[Event]]:
    """Wake what a trade's price wakes, and let trailing triggers follow it."""
    market = state.markets[event.taker.instrument_id]
    if not market.armed.orders or market.instrument.trigger_basis is not _LAST_TRADE:
        return ()
    return _look(state, market, event.price_ticks)


def on_reference(
    state: State, event: ReferencePriceChanged | TradingStateChanged
) -> Iterable[list[Event]]:
    """Wake what the reference price wakes, when it moves and when its market opens."""
    market = state.markets[event.instrument_id]
    if not market.armed.orders or market.instrument.trigger_basis is not _REFERENCE:
        return ()
    return _look(state, market, market.instrument.reference_price_ticks)


def _look(state: State, market: Market, price_ticks: int) -> Iterator[list[Event]]:
    if market.instrument.trading_state not in _WAKES:
        return
    woken: list[Event] = [
        arriving.woken(state, state.orders[order_id].now)
        for order_id in market.armed.met(price_ticks)
    ]
    if woken:
        yield woken
    prices = market.prices
    followed: list[Event] = []
    for _, order in sorted(market.armed.trailing.items()):
        terms = triggers.trailed(prices, order.now.terms, price_ticks)
        if terms:
            made = restated(order.now, market.instrument, terms, order.fee_accrued, state.ts_ns)
            followed.append(OrderRestated(made))
    if followed:
        yield followed


REACTIONS: dict[type, Reaction] = {
    Traded: on_traded,
    ReferencePriceChanged: on_reference,
    TradingStateChanged: on_reference,
}
