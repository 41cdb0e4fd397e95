"""
Assets, instruments and the states an instrument's market can be in. Knows no prices but its own
grid.
"""

from enum import IntEnum

from msgspec import Struct

from countermand.core.ids import AssetId, InstrumentId
from countermand.core.units import PPB


class InstrumentKind(IntEnum):
    """What is exchanged: SPOT swaps two assets, PERPETUAL moves a position on margin."""

    SPOT = 1
    PERPETUAL = 2


class TradingState(IntEnum):
    """What a market accepts. A cancel is accepted in every one of them."""

    TRADING = 1
    CANCEL_ONLY = 2
    POST_ONLY = 3
    LIMIT_ONLY = 4
    PAUSED = 5
    HALTED = 6

    @property
    def matches(self) -> bool:
        """Whether new orders may enter at all."""
        return self in (TradingState.TRADING, TradingState.POST_ONLY, TradingState.LIMIT_ONLY)


class Asset(Struct, frozen=True, array_like=True):
    """
    Something balances are kept in.

    Units: one minor unit is `10 ** -scale` of the asset.
    """

    asset_id: AssetId
    venue: str
    symbol: str
    scale: int


class Instrument(Struct, frozen=True, array_like=True):
    """
    A market and its rules.

    Units: a tick is `tick_units / 10**price_scale` of the quote asset, a lot is
    `lot_units / 10**qty_scale` of the base asset; `notional_minor` is what one lot at one tick
    costs in quote minor units, `lot_minor` one lot in base minor units. Rates are parts per
    billion; a band of 0 means none. `*_lots_max` of 0 means no limit.
    """

    instrument_id: InstrumentId
    venue: str
    symbol: str
    kind: InstrumentKind
    base_asset_id: AssetId
    quote_asset_id: AssetId
    tick_units: int
    price_scale: int
    lot_units: int
    qty_scale: int
    notional_minor: int
    lot_minor: int
    order_qty_lots_min: int = 1
    order_qty_lots_max: int = 0
    notional_minor_min: int = 0
    position_lots_max: int = 0
    price_band_ppb: int = 0
    market_band_ppb: int = 0
    maker_fee_ppb: int = 0
    taker_fee_ppb: int = 0
    initial_margin_ppb: int = PPB
    reference_price_ticks: int = 0
    trading_state: TradingState = TradingState.TRADING

    @property
    def is_perpetual(self) -> bool:
        """Whether trades move a margined position instead of swapping assets."""
        return self.kind is InstrumentKind.PERPETUAL

    @property
    def fee_reserve_ppb(self) -> int:
        """The dearest fee an order may be charged; a rebate reserves nothing."""
        return max(self.maker_fee_ppb, self.taker_fee_ppb, 0)

    @property
    def limit_down_ticks(self) -> int:
        """The lowest price accepted, in ticks; at least one."""
        width = self.reference_price_ticks * self.price_band_ppb // PPB
        return max(1, self.reference_price_ticks - width) if self.price_band_ppb else 1

    @property
    def limit_up_ticks(self) -> int:
        """The highest price accepted, in ticks; 0 means no limit."""
        if not self.price_band_ppb:
            return 0
        return self.reference_price_ticks + self.reference_price_ticks * self.price_band_ppb // PPB

    def notional_of(self, price_ticks: int, qty_lots: int) -> int:
        """Return the value of `qty_lots` at `price_ticks`, in quote minor units, exactly."""
        return price_ticks * qty_lots * self.notional_minor
