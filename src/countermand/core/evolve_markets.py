"""
Evolve, of markets: an asset is registered, a market is listed, changes its rules, and is settled.
"""

from msgspec.structs import replace

from countermand.core import ledger
from countermand.core.state import (
    Market,
    State,
)
from countermand.vocabulary.events import (
    AssetRegistered,
    InstrumentListed,
    InstrumentSettled,
    ReferencePriceChanged,
    TradingStateChanged,
)
from countermand.vocabulary.instrument import Asset, TradingState


def asset_registered(state: State, event: AssetRegistered) -> None:
    """Add an asset."""
    assert event.asset_id not in state.assets, f"asset {event.asset_id} is registered already"
    state.assets[event.asset_id] = Asset(event.asset_id, event.venue, event.symbol, event.scale)


def instrument_listed(state: State, event: InstrumentListed) -> None:
    """Add a market, with an empty book."""
    instrument_id = event.instrument.instrument_id
    assert instrument_id not in state.markets, f"market {instrument_id} is listed already"
    state.markets[instrument_id] = Market(event.instrument)


def trading_state_changed(state: State, event: TradingStateChanged) -> None:
    """Put a market's trading state in its rules."""
    market = state.markets[event.instrument_id]
    assert market.settled_px_ticks is None, f"market {event.instrument_id} is over"
    market.rule(replace(market.instrument, trading_state=event.trading_state))


def reference_price_changed(state: State, event: ReferencePriceChanged) -> None:
    """Put a market's reference price in its rules."""
    market = state.markets[event.instrument_id]
    assert event.price_ticks > 0, f"market {event.instrument_id} is told no price"
    market.rule(replace(market.instrument, reference_price_ticks=event.price_ticks))


def instrument_settled(state: State, event: InstrumentSettled) -> None:
    """Pay out every position on a market at its last price, and end the market."""
    market = state.markets[event.instrument_id]
    assert market.settled_px_ticks is None, f"market {event.instrument_id} was settled before"
    assert not market.armed.orders, f"market {event.instrument_id} ends and orders sleep"
    assert not market.waiting, f"market {event.instrument_id} ends and orders wait"
    for account in state.accounts.values():
        if account.net_lots(event.instrument_id):
            ledger.settle_position(state, account, market.instrument, event.price_ticks)
        assert account.net_lots(event.instrument_id) == 0, "a position outlives its market"
    market.settled_px_ticks = event.price_ticks
    market.rule(replace(market.instrument, trading_state=TradingState.HALTED))
